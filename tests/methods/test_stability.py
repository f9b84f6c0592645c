"""Explanations that stay, that depend on their draws, and that depend on a word."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest

from generator.artifacts import Scores, TokenScores, TrustScore, store
from generator.collect import pipeline
from generator.core.errors import UnsupportedError
from generator.methods.attribution.anchors import AnchorExplanation
from generator.methods.attribution.gradients import WordGradients
from generator.methods.attribution.leave_one_out import LeaveOneOut
from generator.methods.attribution.lime import Lime
from generator.methods.base import Context, Method
from generator.methods.common.explained_predictions import AttributionMethod
from generator.methods.common.explanations import read_explanations
from generator.methods.evaluation.reexplain import anchor_overlap
from generator.methods.evaluation.stability import (
    NearestWords,
    Stability,
    is_same_prediction,
    replace_words,
    replaceable_places,
)
from generator.study.study import load_study
from tests.fakes.classifiers import LinearClassifier, WeighingClassifier
from tests.methods.attending import stored
from tests.methods.explanations import (
    LETTERS,
    cases,
    explanation,
    linear,
    make_context,
    true,
    written,
)

STUDY = """\
title: Steady
corpora:
  reviews: {kind: planted_reviews, documents: 400, classes: 2}
models:
  bag: {kind: bag_of_words, corpus: reviews}
artifacts:
  exact: {method: coefficients, model: bag, documents: 12}
  steady: {method: stability, model: bag, of: [exact]}
"""
DRAWS, WORD = "rank correlation, other draws", "rank correlation, one word replaced"


class Whim(AttributionMethod):
    """Scores that are drawn, and mean nothing."""

    gives: ClassVar = TokenScores
    method: Literal["whim"] = "whim"

    def collect(self, context: Context) -> TokenScores:
        held = self.find_predictions(context)
        texts = (
            case.with_scores(context.generator(number).normal(size=case.size))
            for number, case in enumerate(held)
        )
        return TokenScores(
            epoch=1, texts=tuple(texts), labels=held[0].model.labels, quantity="whim"
        )


def stability(model: Any, *methods: Method, **settings: Any) -> Scores:
    """The scores of what methods give, as `a`, `b`, …."""
    names = tuple("abcdef"[: len(methods)])
    given = make_context(model, makers=methods)
    read = [
        method.collect(Context(given.model, None, (), maker.seed))
        for method, maker in zip(methods, given.producers, strict=True)
    ]
    grade = Stability(method="stability", model="m", of=names, **settings)
    assert grade.artifact_names() == names
    found = grade.collect(make_context(model, *read, makers=methods))
    assert stored(found) == found
    return found


def by_name(found: Scores, of: str = "a") -> dict[str, TrustScore]:
    """The rows of one artifact."""
    return {row.name: row for row in found.rows if row.of == of}


def about(count: int = 12, words: int = 10, **more: Any) -> dict[str, Any]:
    """What an attribution of texts is told."""
    return {"model": "m", "texts": tuple(written(count, words)), **more}


def test_what_draws_nothing_is_exactly_the_same() -> None:
    """Its likeness with other draws is 1, without an interval to speak of."""
    left = LeaveOneOut(method="leave_one_out", **about())
    row = by_name(stability(linear(), left))[DRAWS]
    assert (row.value, row.low, row.high, row.n) == (1, 1, 1, 12)
    assert row.said == "passed"
    assert row.baseline is None


def test_a_sum_over_words_does_not_mind_another_word() -> None:
    """What each word adds stays when its neighbour changes."""
    slope = WordGradients(method="gradients", kind="input", **about())
    row = by_name(stability(linear(0.3), slope))[WORD]
    assert row.value == 1
    assert row.said == "passed"


def test_a_whim_is_not_stable() -> None:
    """Scores drawn anew have nothing in common; drawn alike, all of it."""
    found = by_name(stability(linear(), Whim(**about(30))))
    assert found[DRAWS].value == pytest.approx(0, abs=0.15)
    assert found[DRAWS].said == "failed"
    assert found[WORD].value == 1  # the same draws, whatever the text


@pytest.mark.slow(2)
def test_more_samples_are_more_stable() -> None:
    """LIME of few texts depends on which they are."""
    few, many = (
        Lime(method="lime", samples=samples, repeats=1, features=20, **about())
        for samples in (15, 1500)
    )
    found = stability(linear(), few, many)
    assert by_name(found)[DRAWS].value < 0.8 < by_name(found, "b")[DRAWS].value
    assert by_name(found, "b")[DRAWS].said == "passed"


def test_anchors_are_compared_as_sets() -> None:
    """Enumerated, they draw nothing."""
    found = by_name(
        stability(linear(2.0), AnchorExplanation(method="anchors", **about(words=7)))
    )
    assert found["overlap of anchors, other draws"].value == 1


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [([1, 1, 0], [1, 0, 0], 0.5), ([1, 0], [0, 1], 0), ([0, 1], [0, 0], 0)],
)
def test_overlap(one: list[float], other: list[float], shared: float) -> None:
    """Words in both of those in either; of two empty anchors there is none."""
    assert anchor_overlap(np.array(one), np.array(other)) == shared
    assert math.isnan(anchor_overlap(np.zeros(2), np.zeros(2)))


def test_an_explanation_of_the_text_around_a_word_is_not_stable() -> None:
    """What depends on the exact text changes with any word."""

    class Mood(Whim):
        def collect(self, context: Context) -> TokenScores:
            held = self.find_predictions(context)
            texts = (
                case.with_scores(
                    np.random.default_rng(case.question.ids).normal(size=case.size)
                )
                for case in held
            )
            return TokenScores(
                epoch=1, texts=tuple(texts), labels=held[0].model.labels, quantity="x"
            )

    found = by_name(stability(linear(0.1), Mood(**about(30))))
    assert found[DRAWS].value == 1
    assert found[WORD].value == pytest.approx(0, abs=0.15)
    assert found[WORD].said == "failed"


def test_changed_predictions_do_not_count() -> None:
    """A word that matters makes another text of it; it is left out and counted."""
    mild = stability(linear(0.01), Whim(**about()))
    assert "texts with another word" not in "\n".join(mild.notes)
    wild = stability(linear(20.0), Whim(**about()))
    assert "of 36 texts with a changed word left out" in "\n".join(wild.notes)
    assert by_name(wild)[WORD].n < 12


def test_short_texts_have_no_word_to_replace() -> None:
    """Three words are the three largest; nothing is said then."""
    found = stability(linear(0.1), Whim(**about(words=3)))
    row = by_name(found)[WORD]
    assert row.n == 0
    assert math.isnan(row.value)
    assert row.said == "none"
    said_ = "a: 12 texts left out: no known word outside the three largest scores"
    assert said_ in found.notes


def test_the_first_texts_are_asked() -> None:
    """No more than are wanted, so that costly methods can be graded."""
    found = by_name(stability(linear(), Whim(**about(12)), documents=10, repeats=1))
    assert found[DRAWS].n == 10
    few = by_name(stability(linear(), Whim(**about(12)), documents=9))
    assert few[DRAWS].said == "none"


def test_the_nearest_word_is_that_of_the_vectors() -> None:
    """By the cosine, a word itself left out; without vectors, by frequency."""
    vectors = np.random.default_rng(2).normal(size=(len(LETTERS), 4))
    model: Any = LinearClassifier(LETTERS, np.zeros((4, 2)), vectors=vectors)
    near = NearestWords(model)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for index in range(2, len(LETTERS)):
        cosines = unit @ unit[index]
        cosines[[0, 1, index]] = -2
        assert near.nearest(index) == cosines.argmax()
    plain: Any = WeighingClassifier(LETTERS, np.zeros(14), np.zeros((14, 2)))
    other = NearestWords(plain)
    assert "frequency" in other.said
    assert [other.nearest(index) for index in (2, 12, 13)] == [3, 13, 12]


def test_only_known_words_outside_the_top_are_replaced() -> None:
    """The three largest scores and unknown words stay; the label does too."""
    model = linear()
    text = "a b zig c d e"
    read = explanation(model, [text], true)
    (one,) = read_explanations(make_context(model, read), read, "a")
    sizes = np.abs(one.scores)
    assert replaceable_places(one) == [
        at for at in range(6) if at != 2 and at not in np.argsort(-sizes)[:3]
    ]
    (swap,) = replace_words([(one.case, 0)], NearestWords(model))
    assert swap.place == 0
    assert swap.case.label == one.case.label
    assert swap.case.question.tokens[1:] == one.case.question.tokens[1:]
    assert swap.case.question.tokens[0] != one.case.question.tokens[0]
    assert swap.case.question.ids == model.words.encode(
        token.text for token in swap.case.question.tokens
    )
    assert replace_words([], NearestWords(model)) == []


def test_a_text_is_alike_if_its_label_hardly_moves() -> None:
    """The same label, within a tenth."""
    model = linear()
    (case,) = cases(model, written(1))
    p = case.probabilities[case.label]
    other = np.array([1 - p, p] if case.label else [p, 1 - p])
    step = np.array([-1, 1]) * 0.2
    assert is_same_prediction(case, other)
    assert not is_same_prediction(case, other[::-1])
    assert not is_same_prediction(case, other + (step if p < 0.8 else -step))


def test_what_cannot_explain_again_is_refused() -> None:
    """A method must explain texts of the model that is asked."""
    model = linear()
    read = explanation(model, written(2))
    grade = Stability(method="stability", model="m", of=("a",))
    graded = Stability(method="stability", model="m", of=("b",))
    with pytest.raises(UnsupportedError, match='"a" is of method stability, which'):
        grade.collect(make_context(model, read, makers=[graded]))
    other = Whim(**about() | {"model": "other"})
    with pytest.raises(
        UnsupportedError, match='explains the model "other"; name one of "m"'
    ):
        grade.collect(make_context(model, read, makers=[other]))
    empty = TokenScores(epoch=1, texts=(), labels=model.labels, quantity="x")
    with pytest.raises(UnsupportedError, match="holds no text"):
        grade.collect(make_context(model, empty, makers=[Whim(**about())]))


def test_a_study_tells_what_made_the_artifacts(tmp_path: Path) -> None:
    """Collected as a study words it: exact coefficients do not depend on draws."""
    folder = tmp_path / "studies" / "2026-01-02-steady"
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    study = load_study(folder)
    report = pipeline.collect_studies([study], pipeline.Workspace(tmp_path, tmp_path))
    assert not report.failures
    found = store.load_artifact(store.artifact_path(study, "steady")).artifact
    assert isinstance(found, Scores)
    draws, word = found.rows
    assert (draws.value, draws.said, draws.n) == (1, "passed", 12)
    assert word.n > 0
