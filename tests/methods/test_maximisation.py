"""Searching for inputs: known optima, rivals, and what a search may not change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import Curves, Estimates, OptimisedInputs, TokenScores
from generator.core.errors import ConfigError, IntegrityError, UnsupportedError
from generator.methods.common.divergence import softmax
from generator.methods.inputs.maximisation import Maximisation, choose_steps
from generator.methods.inputs.maximisation_reports import (
    MaximisationCurve,
    MaximisationScores,
)
from generator.methods.inputs.maximisation_search import (
    LabelLogOdds,
    MixtureClimb,
    WordExchange,
    log_odds,
    nearest_words,
    vectors_of,
)
from tests.fakes.classifiers import LinearClassifier, SlopingClassifier, known, reviews
from tests.fakes.language_models import FakeTrained, ask, trained

WORDS = known(*"abcdefghijklmnopqrstuvwxyz")
SIZE = len(WORDS)
RNG = np.random.default_rng(7)


def linear(**changed: Any) -> LinearClassifier:
    """A linear bag of words over vectors of five dimensions."""
    rng = np.random.default_rng(7)
    vectors, weights = rng.normal(0, 1, (SIZE, 5)), rng.normal(0, 1, (5, 2))
    return LinearClassifier(WORDS, weights, vectors=vectors, **changed)


def gain(model: LinearClassifier) -> np.ndarray:
    """What each word adds to the log odds of the second label, best first by rank."""
    said = model.word_logits()
    return np.asarray(said[2:, 1] - said[2:, 0])


def search(model: Any, *, corpus: Any = None, **settings: Any) -> OptimisedInputs:
    """A search for what pleases the second label."""
    told = {"label": "positive", "length": 4, "random": 50, "restarts": 3, "steps": 60}
    method = Maximisation(method="maximisation", model="m", **{**told, **settings})
    found = trained(model)
    texts = reviews(("a b c d e f", "positive"), ("p q", "negative"))
    return method.collect(ask(found, corpus=corpus or texts))


def last(optimised: OptimisedInputs, start: int = 0) -> list[str]:
    """The words of the text a start ends with."""
    return [token.text for token in optimised.searches[start].stages[-1].tokens]


class TestLinear:
    """Of a linear bag of words the optimum is known: its best words."""

    @pytest.mark.parametrize("length", [1, 3, 6])
    def test_the_best_different_words_are_found(self, length: int) -> None:
        """Without repeats these are the words of the `length` largest weights."""
        model = linear()
        gains = gain(model)
        best = {WORDS.words[i] for i in np.argsort(-gains)[:length]}
        found = search(model, length=length, repeats=False)
        expected = np.sort(gains)[-length:].sum() + model.biases[1] - model.biases[0]
        for start, one in enumerate(found.searches):
            assert set(last(found, start)) == best
            assert one.flipped == pytest.approx(expected, rel=1e-4)

    def test_with_repeats_it_is_the_best_word_all_over(self) -> None:
        """A sum is largest where every term is; the relaxation alone finds it."""
        model = linear()
        best = WORDS.words[int(np.argmax(gain(model)))]
        found = search(model, flips=0, steps=200)
        for start, one in enumerate(found.searches):
            assert last(found, start) == [best] * 4
            assert one.flipped == pytest.approx(float(one.texts[-1]))

    def test_exchanges_alone_find_it_too(self) -> None:
        """For a linear model the first-order estimate of a flip is exact."""
        model = linear()
        found = search(model, repeats=False)
        for one in found.searches:
            assert one.alone == pytest.approx(one.flipped, rel=1e-4)

    def test_of_three_labels(self) -> None:
        """The log odds of one against all others together climb."""
        model = linear(labels=("negative", "so-so", "positive"), biases=(0, 0, 0))
        model.weights = np.random.default_rng(8).normal(0, 1, (5, 3))
        found = search(model, length=2)
        every = [(a, b) for a in range(2, SIZE) for b in range(2, SIZE)]
        most = log_odds(model.predict(every), 2).max()
        assert max(one.flipped for one in found.searches) == pytest.approx(
            most, rel=1e-4
        )


def sloping() -> SlopingClassifier:
    """Attention decides which words count: not linear, so maxima can be local."""
    rng = np.random.default_rng(3)
    scores, values = rng.normal(0, 2, SIZE), rng.normal(0, 2, (SIZE, 2))
    return SlopingClassifier(WORDS, scores, values)


class TestSearch:
    found = search(sloping(), restarts=5)

    def test_it_ends_above_where_it_began(self) -> None:
        """Mixtures score more at the end than at the start, from every start."""
        for one in self.found.searches:
            assert one.mixtures[-1] > one.mixtures[0]
            assert one.flipped >= one.texts[-1] - 1e-6

    def test_both_scores_are_those_of_the_model(self) -> None:
        """A stage's text scores what it scores when asked anew; shares are shares."""
        model = sloping()
        found = search(model)
        aim = LabelLogOdds(model, 1)
        for one in found.searches:
            steps = [stage.step for stage in one.stages]
            assert steps == sorted({*steps})
            for stage in one.stages:
                ids = WORDS.encode(token.text for token in stage.tokens)
                assert stage.score == pytest.approx(
                    float(aim.score([ids])[0]), rel=1e-5
                )
                assert (stage.shares >= 0).all()
                assert (stage.shares <= 1).all()

    def test_mixtures_come_down_to_words(self) -> None:
        """At the last temperature each place is nearly one word, and the gap small."""
        model = linear()
        one = search(model, steps=300, temperatures=(1.0, 0.02)).searches[0]
        stage = one.stages[-1] if one.stages[-1].step <= 300 else one.stages[7]
        assert stage.shares.min() > 0.99
        assert stage.score == pytest.approx(stage.mixture, abs=0.05)

    def test_random_texts_are_beaten(self) -> None:
        """The best of fifty random texts scores no more than what was found."""
        best = max(one.flipped for one in self.found.searches)
        assert best >= self.found.best_random.score
        assert self.found.best_random.score == pytest.approx(
            max(one.random for one in self.found.searches)
        )

    def test_the_best_stretch_is_that_of_all_training_texts(self) -> None:
        """Every stretch of the length is asked about, and no shorter text is."""
        model = linear()
        found = search(model)
        texts = [WORDS.encode("abcdef"[i : i + 4]) for i in range(3)]
        assert found.windows == 3
        assert found.best_trained is not None
        assert found.best_trained.score == pytest.approx(
            float(LabelLogOdds(model, 1).score(texts).max())
        )

    def test_no_training_text_is_long_enough(self) -> None:
        """Then there is no such rival, in any of the tables."""
        found = search(linear(), length=7)
        assert found.best_trained is None
        assert not any("stretch" in row.name for row in table(found).rows)
        assert not any("stretch" in name for name in curve(found).names)

    def test_starts_differ_and_are_the_same_again(self) -> None:
        """Each start has its own draws; the whole is the same when done again."""
        model = sloping()
        one, two = search(model), search(model)
        for a, b in zip(one.searches, two.searches, strict=True):
            assert np.array_equal(a.mixtures, b.mixtures)
        assert not np.array_equal(one.searches[0].mixtures, one.searches[1].mixtures)
        more = search(model, restarts=4)
        assert np.allclose(more.searches[0].mixtures, one.searches[0].mixtures)


class Learning(LinearClassifier):
    """A model whose weights change while it is asked."""

    def weights_hash(self) -> str:
        self.count = getattr(self, "count", 0) + 1
        return str(self.count)


def test_weights_that_change_are_found_out() -> None:
    """A search that changed the model is not stored."""
    model = Learning(WORDS, RNG.normal(0, 1, (SIZE, 2)))
    with pytest.raises(IntegrityError, match="weights are the same"):
        search(model)


def test_weights_of_a_network_stay() -> None:
    """SHA-256 of a real network's weights is the same after a search as before."""
    pytest.importorskip("tensorflow", reason="tensorflow is not installed")
    from tests.networks.sentiments import state

    model = state()
    before = model.weights_hash()
    found = search(model, label="good", length=3, steps=10, random=10, restarts=2)
    assert model.weights_hash() == before
    assert len(before) == 64
    assert found.checks[0].passed
    assert state(seed=1).weights_hash() != before
    for one in found.searches:
        assert one.mixtures[-1] > one.mixtures[0]


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"label": "postive"}, ConfigError, 'no "postive"; did you mean "positive"'),
        ({"length": 51}, UnsupportedError, "51 words; the model reads 50 at most"),
        (
            {"length": 27, "repeats": False},
            UnsupportedError,
            "27 different words; the model knows 26",
        ),
    ],
)
def test_what_cannot_be_searched(
    settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    """Labels and lengths that the model does not have are refused."""
    with pytest.raises(error, match=message):
        search(linear(), **settings)


def test_temperatures_must_fall() -> None:
    """A rising temperature, or none, is refused with the study."""
    for wrong in ((0.1, 1.0), (1.0, 0.0)):
        with pytest.raises(ValueError, match="expected both above 0"):
            Maximisation(
                method="maximisation", model="m", label="x", temperatures=wrong
            )


class TestParts:
    def test_log_odds_near_certainty(self) -> None:
        """1 − p is summed of what is left, so that no digit of it is lost."""
        told = np.array([[1e-20, 1 - 1e-20], [0.25, 0.75]], np.float32)
        assert log_odds(told, 1) == pytest.approx([np.log(1e20), np.log(3)], rel=1e-5)

    def test_the_slope_is_that_of_finite_differences(self) -> None:
        """At random points of a model that is not linear, for each of its labels."""
        model = SlopingClassifier(
            WORDS,
            RNG.normal(0, 1, SIZE),
            RNG.normal(0, 1, (SIZE, 3)),
            biases=(0.1, 0.2, 0.3),
            labels=("bad", "so-so", "good"),
        )
        point = softmax(RNG.normal(0, 1, (1, 3, SIZE)))
        way = RNG.normal(0, 1, point.shape)
        for label in range(3):
            aim = LabelLogOdds(model, label)
            _, slope = aim.gradient(point)
            ends = [aim.gradient(point + sign * 1e-3 * way)[0][0] for sign in (1, -1)]
            expected = (ends[0] - ends[1]) / 2e-3
            assert float((slope * way).sum()) == pytest.approx(expected, rel=1e-2)

    def test_padding_stands_behind_the_text(self) -> None:
        """A model that reads padding is asked with its padding in place."""
        model = SlopingClassifier(
            WORDS, RNG.normal(0, 1, SIZE), RNG.normal(0, 1, (SIZE, 2)), masked=False
        )
        aim, text = LabelLogOdds(model, 1), (3, 4, 5)
        assert aim.gradient(vectors_of(model, [text]))[0] == pytest.approx(
            aim.score([text]), rel=1e-5
        )

    def test_a_flip_is_estimated_to_first_order(self) -> None:
        """For a linear model the estimate is the change; a word itself is barred."""
        model = linear()
        flipping = WordExchange(np.arange(2, SIZE), 1, repeats=False)
        aim, text = LabelLogOdds(model, 1), (2, 3, 4)
        gains = flipping.estimates(aim, text)
        assert np.isneginf(gains[:, :3]).all()
        own = gain(model)
        assert gains[0, 9] == pytest.approx(own[9] - own[0], rel=1e-4)
        assert gains[2, 9] == pytest.approx(own[9] - own[2], rel=1e-4)

    def test_words_are_read_off_by_angle(self) -> None:
        """The nearest by angle, each once where none may stand twice."""
        table = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
        mixed = np.array([[[5.0, 0.1], [4.0, 0.0]]])
        assert nearest_words(mixed, table, repeats=True).tolist() == [[0, 0]]
        assert nearest_words(mixed, table, repeats=False).tolist() == [[2, 0]]

    def test_the_temperature_falls_in_equal_ratios(self) -> None:
        """From the first to the last; one moment more than there are steps."""
        model = linear()
        climb = MixtureClimb(4, 0.1, (1.0, 0.0625), repeats=True)
        table = model.embedding().astype(float)[2:]
        free = RNG.normal(0, 0.1, (2, 3, SIZE - 2))
        moments = [*climb.moments(LabelLogOdds(model, 1), table, free)]
        found = [one.temperature for one in moments]
        assert found == pytest.approx([1, 0.5, 0.25, 0.125, 0.0625])

    def test_stages_are_kept_early(self) -> None:
        """The first and the last step, and between them ever rarer ones."""
        assert choose_steps(100, 6) == [0, 4, 16, 36, 64, 100]
        assert choose_steps(1, 8) == [0, 1]


def table(found: Any, measure: str = "scores") -> Estimates:
    """A table of a search."""
    method = MaximisationScores(
        method="maximisation_scores", model="m", of="a", measure=measure
    )
    return method.collect(ask(FakeTrained({1: None}), found))


def curve(found: Any) -> Curves:
    """The lines of a search."""
    method = MaximisationCurve(method="maximisation_curve", model="m", of="a")
    return method.collect(ask(FakeTrained({1: None}), found))


class TestTables:
    found = search(sloping(), restarts=5)

    def test_scores_are_means_over_starts(self) -> None:
        """Each with its interval, but for the one number of the training texts."""
        rows = {row.name: row for row in table(self.found).rows}
        finals = [one.flipped for one in self.found.searches]
        row = rows["after exchanges"]
        assert (row.value, row.n) == (pytest.approx(np.mean(finals)), 5)
        assert row.low <= row.value <= row.high
        best = rows["best of 3 training stretches"]
        assert best.n == 1
        assert best.low == best.value == best.high

    def test_gains_are_paired(self) -> None:
        """Differences start by start, against 0; the gap is text less mixture."""
        found = table(self.found, "gains")
        rows = {row.name: row for row in found.rows}
        gap = np.mean([one.texts[-1] - one.mixtures[-1] for one in self.found.searches])
        assert rows["gap, texts less mixtures"].value == pytest.approx(gap, abs=1e-5)
        assert found.reference == 0
        assert rows["exchanges add"].low >= -1e-6

    def test_the_curve_ends_where_the_table_says(self) -> None:
        """The last point of both lines is the mean that the table prints."""
        rows = {row.name: row.value for row in table(self.found).rows}
        lines = curve(self.found)
        ends = dict(zip(lines.names, lines.y[:, -1], strict=True))
        pairs = {"mixture": "mixtures", "text read off it": "texts read off them"}
        for line, row in pairs.items():
            assert ends[line] == pytest.approx(rows[row], rel=1e-5)
        assert len(lines.x) == 61

    def test_another_artifact_is_refused(self) -> None:
        """The error names what was found and what to name."""
        scores = TokenScores(texts=(), labels=(), quantity="x")
        with pytest.raises(UnsupportedError, match="holds no search"):
            table(scores)


def test_the_best_words_of_an_averaging_network_are_found() -> None:
    """A real network that averages its words: the best of all texts, from every start.

    All pairs of words are asked about, so the optimum is known without any search.
    """
    pytest.importorskip("tensorflow", reason="tensorflow is not installed")
    from tests.networks.sentiments import WORDS as FEW
    from tests.networks.sentiments import state

    model = state(encoder="average", attention="uniform")
    alone = LabelLogOdds(model, 0)
    ids = list(range(2, len(FEW)))
    every = [(a, b) for a in ids for b in ids if a != b]
    best = alone.score(every).max()
    found = search(
        model, label="bad", length=2, repeats=False, steps=60, random=10, restarts=2
    )
    for one in found.searches:
        assert one.flipped == pytest.approx(float(best), rel=1e-4)
