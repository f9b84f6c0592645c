"""How often a model is right: known shares, other models, calibration, cost."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from generator.artifacts import Estimate, Estimates, Predictions
from generator.core.errors import UnsupportedError
from generator.corpora.base import Corpus
from generator.methods.common.statistics import wilson_interval
from generator.methods.evaluation.accuracy import ClassifierEvaluation
from generator.methods.evaluation.accuracy_tables import (
    BINS,
    LabelConfidence,
    ModelPair,
    calibration_gap,
    compare_models,
    measure_confidence,
)
from tests.fakes.classifiers import LinearClassifier, known, reviews
from tests.fakes.classifiers import tested as every_side
from tests.fakes.language_models import FakeTrained, ask

WORDS = known("good", "bad")
SAID = np.array([[0, 0], [0, 0], [0, 2.0], [2.0, 0]])
LABELS = ("negative", "positive")
TESTED, TAUGHT = 40, 10


def corpus() -> Corpus:
    """40 documents to test on, 30 of them as their word says; 10 to learn from."""
    told = [("good", "positive"), ("bad", "negative")] * 15
    told += [("bad", "positive")] * 8 + [("good", "negative")] * 2
    return reviews(*told, *[("good", "positive")] * 7, *[("bad", "negative")] * 3)


CORPUS = corpus()
TRUTHS = np.array([LABELS.index(d.label or "") for d in CORPUS.documents[:TESTED]])


def model(**log: Any) -> FakeTrained:
    """A model that goes by the word, its log as given."""
    found = every_side(LinearClassifier(WORDS, SAID, epoch=3), CORPUS)
    values = {name: getattr(found.log, name) for name in found.log.__dataclass_fields__}
    values |= {"tested": tuple(range(TESTED)), "held_out": (), "epochs": (0, 1, 2, 3)}
    found.log = found.log.__class__(**{**values, **log})
    return found


def answers(right: Any, **more: Any) -> Predictions:
    """Another model's answers, right on documents that the test gives."""
    hits = np.zeros(TESTED, bool)
    hits[right] = True
    given = np.where(hits, TRUTHS, 1 - TRUTHS)
    values: dict[str, Any] = {
        "labels": LABELS,
        "documents": np.arange(TESTED, dtype=np.int32),
        "truths": TRUTHS.astype(np.int32),
        "probabilities": np.eye(2, dtype=np.float32)[given],
        "part": "test",
    }
    return Predictions(**{**values, **more})


def collect(*others: Any, trained: FakeTrained | None = None, **more: Any) -> Estimates:
    """One table of the model, others beside it."""
    against = tuple(f"other_{number}" for number in range(len(others)))
    settings = {"method": "evaluation", "model": "words", "against": against, **more}
    method = ClassifierEvaluation.model_validate(settings)
    return method.collect(ask(trained or model(), *others, corpus=CORPUS))


def rows(found: Estimates) -> dict[str, Estimate]:
    """Rows by name."""
    return {row.name: row for row in found.rows}


class TestAccuracy:
    def test_known_share(self) -> None:
        """30 of 40 right, with the Wilson interval, beside the most frequent label."""
        found = collect()
        row = rows(found)["words"]
        assert (row.value, row.low, row.high) == wilson_interval(30, 40)
        assert row.n == 40
        guess = rows(found)['always "positive"']
        assert (guess.value, guess.role) == (23 / 40, "null")
        assert found.reference == 23 / 40
        assert found.verdict == "none"
        assert found.epoch == 3

    def test_most_frequent_is_counted_in_training(self) -> None:
        """The label comes from the documents learnt from, its share from the side."""
        few = tuple(range(TESTED)) + tuple(range(TESTED, TESTED + 7))
        found = collect(trained=model(tested=tuple(range(TESTED)), held_out=few))
        assert rows(found)['always "negative"'].value == pytest.approx(17 / 40)

    def test_mcnemar(self) -> None:
        """The p is the binomial one over documents on which the two differ."""
        from scipy.stats import binomtest

        found = collect(answers([*range(20), *range(30, 34)]))
        row = rows(found)["other_0"]
        assert row.value == pytest.approx(24 / 40)
        assert row.p == pytest.approx(binomtest(10, 14).pvalue)
        assert found.verdict == "undecided"
        told = (
            "words is right and other_0 wrong on 10 documents; the reverse holds for 4"
        )
        assert told in found.notes

    @pytest.mark.parametrize(
        ("right", "verdict"),
        [
            (range(15), "supported"),
            (range(40), "not supported"),
            (range(30), "undecided"),
            (range(28), "undecided"),
        ],
    )
    def test_verdict(self, right: range, verdict: str) -> None:
        """By the sign of a significant difference, and by nothing else."""
        for measure in ("accuracy", "difference"):
            found = collect(answers(right), measure=measure)
            assert found.verdict == verdict
            assert found.claim == "words is right more often than other_0"

    def test_claim_and_names(self) -> None:
        """Several others: the verdict is about the one named, in the author's words."""
        others = answers(range(40)), answers(range(15))
        assert collect(*others).verdict == "none"
        found = collect(
            *others,
            than="other_1",
            claim="attention beats the bag of words",
            names=("LSTM", "oracle", "bag of words"),
        )
        assert (found.verdict, found.claim) == (
            "supported",
            "attention beats the bag of words",
        )
        assert [row.name for row in found.rows[:3]] == [
            "LSTM",
            "oracle",
            "bag of words",
        ]

    def test_state_is_told(self) -> None:
        """The first note says which epoch was asked, and how it was chosen."""
        assert collect().notes[0] == "words: epoch 3 of 3"
        chosen = collect(trained=model(held_out=(40, 41))).notes[0]
        assert "epoch 3 of 3, chosen by the loss on 2 validation documents" in chosen
        found = collect(trained=model(held_out=(0, 1)), part="validation").notes[0]
        assert "helped to choose" in found


class TestPairs:
    def test_counts(self) -> None:
        """Who alone is right, of how many."""
        mine = np.array([True, True, False, False])
        other = np.array([True, False, True, False])
        assert compare_models(mine, other) == ModelPair(1, 1, 4)

    def test_models_that_never_differ(self) -> None:
        """Nothing tells them apart: p is 1 and the interval has no width."""
        same = ModelPair(0, 0, 10)
        assert same.p_value() == 1
        assert same.interval(np.random.default_rng(0)) == (0, 0, 0)
        assert same.verdict() == "undecided"

    def test_p_is_symmetrical_and_exact(self) -> None:
        """Two of two: a half; six of six: 2 · 2⁻⁶."""
        assert ModelPair(2, 0, 9).p_value() == pytest.approx(0.5)
        assert ModelPair(6, 0, 9).p_value() == pytest.approx(2 / 64)
        assert ModelPair(0, 6, 9).p_value() == ModelPair(6, 0, 9).p_value()

    def test_interval_is_that_of_the_documents(self) -> None:
        """Drawing three numbers gives the interval that drawing documents gives."""
        values = np.array([1.0] * 30 + [-1.0] * 10 + [0.0] * 60)
        found = ModelPair(30, 10, 100).interval(np.random.default_rng(0))
        rng = np.random.default_rng(1)
        drawn = values[rng.integers(0, 100, (4000, 100))].mean(1)
        assert found.value == pytest.approx(0.2)
        np.testing.assert_allclose(
            found[1:], np.percentile(drawn, [2.5, 97.5]), atol=0.02
        )

    def test_difference_table(self) -> None:
        """A row for each other model, around the difference, 0 being none."""
        found = collect(answers(range(20)), answers(range(40)), measure="difference")
        assert [row.value for row in found.rows] == pytest.approx([0.25, -0.25])
        assert all(row.low <= row.value <= row.high for row in found.rows)
        assert (found.reference, found.verdict) == (0.0, "none")
        assert found.rows[0].name == "words minus other_0"


class TestCalibration:
    def test_known_bins(self) -> None:
        """Documents in their bins, the share right in each, empty bins left out."""
        sure = np.array([0.55, 0.6, 0.61, 0.95, 1.0])
        found = LabelConfidence(sure, np.array([True, False, True, True, True]))
        assert [
            (name, hits.sum(), hits.size) for name, hits in found.accuracy_by_bin()
        ] == [
            ("0.5–0.6 (mean 0.57)", 1, 2),
            ("0.6–0.7 (mean 0.61)", 1, 1),
            ("0.9–1.0 (mean 0.97)", 2, 2),
        ]
        gaps = abs(1 - 1.15) + abs(1 - 0.61) + abs(2 - 1.95)
        assert found.error() == pytest.approx(gaps / 5)

    def test_calibrated_model(self) -> None:
        """Its error lies in the range that chance gives; a boaster's lies above."""
        rng = np.random.default_rng(2)
        sure = rng.uniform(0.5, 1, 2000)
        honest = LabelConfidence(sure, rng.random(2000) < sure)
        range_ = honest.perfect_error(np.random.default_rng(3))
        assert range_.low <= honest.error() <= range_.high
        boaster = LabelConfidence(sure, rng.random(2000) < sure - 0.2)
        assert boaster.interval(np.random.default_rng(4)).low > range_.high
        assert boaster.error() == pytest.approx(0.2, abs=0.03)

    def test_extremes(self) -> None:
        """Always sure and always right: no error at all; always wrong: 1."""
        sure = np.ones(5)
        assert LabelConfidence(sure, np.ones(5, bool)).error() == 0
        assert LabelConfidence(sure, np.zeros(5, bool)).error() == 1
        assert calibration_gap(np.array([0, BINS - 1]), np.array([0.5, -0.5])) == 0.5

    def test_table(self) -> None:
        """The error, its null, then the bins; every document is in one."""
        found = collect(measure="calibration")
        error, null, *bins = found.rows
        assert (error.name, null.role) == ("expected calibration error", "null")
        assert error.low <= error.value <= error.high
        assert sum(row.n for row in bins) == 40
        share = measure_confidence(answers(range(10)))
        assert share.right.sum() == 10


class TestLabels:
    def test_recall_and_precision(self) -> None:
        """15 of 23 positive ones found; 15 of 17 called positive are."""
        found = rows(collect(measure="labels"))
        recall = found["positive, recall"]
        assert (recall.value, recall.low, recall.high, recall.n) == (
            *wilson_interval(15, 23),
            23,
        )
        assert found["positive, precision"].value == pytest.approx(15 / 17)
        assert found["negative, recall"].n + recall.n == 40

    def test_label_never_given(self) -> None:
        """Its precision is not defined, and is not called 0."""
        always = every_side(LinearClassifier(WORDS, SAID * 0, epoch=3), CORPUS)
        found = rows(collect(trained=always, measure="labels"))
        assert math.isnan(found["positive, precision"].value)
        assert found["positive, precision"].n == 0
        assert found["positive, recall"].value == 0


class TestCost:
    def test_times(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """In the units that are named, a row for each model, without an interval."""
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        other = answers([], seconds_per_text=0.25, seconds_per_epoch=7.0, parameters=99)
        slow = model(seconds=9.0)
        found = collect(other, trained=slow, measure="cost")
        assert rows(found)["other_0"].value == 250
        assert rows(found)["words"].value > 0
        assert all(math.isnan(row.low) and math.isnan(row.high) for row in found.rows)
        assert "other_0: 99 parameters" in found.notes
        found = collect(other, trained=slow, measure="training_cost")
        assert [row.value for row in found.rows] == [3.0, 7.0]

    def test_times_that_were_not_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """They are not defined, and a note says whose."""
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
        other = answers([], seconds_per_text=0.25)
        found = collect(other, measure="cost")
        assert math.isnan(rows(found)["words"].value)
        assert rows(found)["other_0"].value == 250
        assert any("no times of words:" in note for note in found.notes)


class TestRefused:
    @pytest.mark.parametrize(
        ("other", "message"),
        [
            (Estimates(quantity="x", rows=()), "holds no predictions"),
            (answers([], labels=("a", "b")), 'knows the labels "a", "b"; expected'),
            (
                answers([], documents=np.arange(1, TESTED + 1, dtype=np.int32)),
                "about other documents than .* 40 of 40 differ",
            ),
            (
                answers([], truths=np.zeros(TESTED, np.int32)),
                "other documents with the labels .* 23 of 40 differ",
            ),
            (
                dataclasses.replace(
                    answers([]),
                    documents=np.arange(3, dtype=np.int32),
                    truths=np.zeros(3, np.int32),
                ),
                "3, not 40",
            ),
        ],
    )
    def test_answers_to_other_questions(self, other: Any, message: str) -> None:
        """Another kind, other labels, other documents or other truths."""
        with pytest.raises(UnsupportedError, match=message):
            collect(other)

    def test_reads_the_others(self) -> None:
        """Other models' predictions are collected before."""
        found = ClassifierEvaluation(method="evaluation", model="m", against=("a", "b"))
        assert found.artifact_names() == ("a", "b")
        assert found.snapshots() == ("best",)
