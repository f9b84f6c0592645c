"""The test of attention against rarity: both controls, its nulls, its verdicts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.artifacts import Estimate, Estimates
from generator.core.errors import CorpusError, IntegrityError, UnsupportedError
from generator.corpora.base import Corpus
from generator.methods.language_model import tfidf
from generator.methods.language_model.tfidf import (
    AttentionSteps,
    TfidfCorrelation,
    inverse_frequencies,
)
from tests.fakes.language_models import (
    FakeTrained,
    HandWriter,
    UniformWriter,
    ask,
    corpus_of,
    trained,
    words,
)

SIZE, WINDOW = 40, 8
VOCABULARY = words(SIZE)


def zipf() -> Corpus:
    """Documents in which `w1` is everywhere and `w40` nearly nowhere."""
    texts = [
        " ".join(f"w{at}" for at in range(1, SIZE + 1) if number % at == 0)
        for number in range(120)
    ]
    return corpus_of(*texts)


IDF = inverse_frequencies(VOCABULARY, zipf().documents)


def rarity(strength: float) -> Any:
    """Attention that is set by hand to follow idf, and the newest slots."""
    sizes = np.nan_to_num(IDF, nan=1.0)

    def attend(rows: NDArray[Any]) -> NDArray[Any]:
        scores = np.exp(strength * sizes[rows] + np.linspace(0, 2, WINDOW))
        return scores / scores.sum(1, keepdims=True)

    return attend


def collect(model: FakeTrained, corpus: Any = None, **settings: Any) -> Estimates:
    """The correlations of `model`."""
    settings = {"texts": 20, "length": 25, "temperature": 1.0, **settings}
    method = TfidfCorrelation(method="tfidf", model="lm", **settings)
    return method.collect(ask(model, corpus=corpus or zipf()))


def rows(found: Estimates) -> dict[str, Estimate]:
    """Rows by name."""
    return {row.name: row for row in found.rows}


def test_idf_is_smoothed_as_stated() -> None:
    """`ln((1 + N) / (1 + df)) + 1`; repeats within a document do not count."""
    found = inverse_frequencies(words(3), corpus_of("w1 w1 w2", "w1", "x").documents)
    assert math.isnan(found[0])
    known = np.log(4 / (1 + np.array([2, 1, 0, 3]))) + 1
    np.testing.assert_allclose(found[1:], known)


def test_attention_that_follows_rarity_is_found() -> None:
    """Positive control: rho above 0.5, p below 0.01, supported, above its nulls."""
    vocabulary = VOCABULARY
    model = FakeTrained(
        {
            0: UniformWriter(vocabulary, WINDOW, 0),
            3: HandWriter(vocabulary, WINDOW, 3, attend=rarity(2.0)),
        }
    )
    found = collect(model)
    observed = rows(found)["attention and idf"]
    assert observed.value > 0.5
    assert observed.p is not None
    assert observed.p < 0.01
    assert found.verdict == "supported"
    assert 15 <= observed.n <= 20
    assert rows(found)["attention set to follow idf"].value > 0.5
    assert abs(rows(found)["recency only"].value) < 0.1
    assert abs(rows(found)["idf shuffled"].value) < 0.05
    assert rows(found)["before training"].n == 0


def test_attention_that_avoids_rarity_is_not_supported() -> None:
    """The sign matters: the interval lies below any association of the claimed sort."""
    model = trained(HandWriter(VOCABULARY, WINDOW, attend=rarity(-2.0)))
    found = collect(model)
    assert found.rows[0].value < -0.5
    assert found.verdict == "not supported"


def test_recency_alone_gives_nothing() -> None:
    """Attention that knows positions alone does not correlate, though words differ."""
    model = trained(HandWriter(VOCABULARY, WINDOW, attend=rarity(0.0)))
    found = collect(model)
    observed = found.rows[0]
    assert observed.n == 0 or abs(observed.value) < 0.1
    assert found.verdict in {"undecided", "not supported"}


def steps_of(seed: int, strength: float, texts: int = 12) -> AttentionSteps:
    """Texts of random words, and attention that follows idf by `strength`."""
    rng = np.random.default_rng([11, seed])
    ids = rng.integers(1, SIZE + 1, (texts, 30 + WINDOW))
    histories = np.array(
        [ids[text, step : step + WINDOW] for text in range(texts) for step in range(30)]
    )
    noise = rng.normal(0, 0.5, histories.shape)
    scores = np.exp(strength * IDF[histories] + noise + np.linspace(0, 2, WINDOW))
    weights = scores / scores.sum(1, keepdims=True)
    return AttentionSteps(
        histories.astype(np.int32),
        weights.astype(np.float32),
        np.repeat(np.arange(texts), 30),
        SIZE + 1,
        texts,
    )


@pytest.mark.slow
def test_shuffled_idf_gives_uniform_p() -> None:
    """Negative control: with idf shuffled, |rho| is small and p uniform over 200."""
    from scipy.stats import kstest

    model = trained(UniformWriter(VOCABULARY, WINDOW))
    values, rhos = [], []
    for repeat in range(200):
        steps = steps_of(repeat, strength=1.0)
        idf = IDF.copy()
        idf[1:-1] = np.random.default_rng([12, repeat]).permutation(IDF[1:-1])
        observed = tfidf.defined_mean(steps.correlations(steps.weights, idf))
        null = tfidf.shuffled_correlations(
            steps, idf, 99, ask(model, seed=(13, repeat))
        )
        rhos.append(observed)
        values.append(tfidf.permutation_p(observed, null, two_sided=True))
    assert abs(np.mean(rhos)) < 0.05
    assert kstest(values, "uniform").pvalue > 0.01


def test_correlations_see_the_strength() -> None:
    """More attention to rare words gives a larger rho, none gives about 0."""
    found = [
        tfidf.defined_mean(steps.correlations(steps.weights, IDF))
        for steps in (steps_of(1, strength) for strength in (0.0, 0.5, 2.0))
    ]
    assert abs(found[0]) < 0.05
    assert found[0] < found[1] < found[2]


def test_padding_marks_and_unknown_words_are_left_out() -> None:
    """Only slots that hold a word of the vocabulary make pairs."""
    steps = AttentionSteps(
        np.array([[0, 4, 1], [4, 0, 2]], np.int32),
        np.full((2, 3), 1 / 3, np.float32),
        np.zeros(2, int),
        4,
        1,
    )
    assert steps.words.tolist() == [[False, False, True], [False, False, True]]


def test_texts_without_variation_are_counted_out() -> None:
    """Even attention has no rank: no value, no interval, undecided, and said so."""
    found = collect(trained(UniformWriter(VOCABULARY, WINDOW)))
    observed = rows(found)["attention and idf"]
    # Even over the window is constant, so nothing is left to correlate.
    assert math.isnan(observed.value)
    assert observed.n == 0
    assert found.verdict == "undecided"
    assert any("20 texts left out" in note for note in found.notes)


@pytest.mark.parametrize(
    ("observed", "nulls", "known"),
    [
        ((0.3, 0.2, 0.4, 50, 0.005), [0.0, 0.1], "supported"),
        ((0.3, 0.2, 0.4, 50, 0.005), [0.25], "undecided"),
        ((0.3, 0.2, 0.4, 50, 0.2), [0.0], "undecided"),
        ((0.3, -0.1, 0.7, 50, 0.005), [0.0], "undecided"),
        ((0.05, 0.01, 0.09, 50, 0.005), [0.0], "not supported"),
        ((0.08, 0.05, 0.12, 50, 0.005), [0.0], "undecided"),
        ((0.3, 0.2, 0.4, 9, 0.005), [0.0], "undecided"),
        ((0.3, 0.2, 0.4, 50, 0.005), [math.nan], "supported"),
        ((math.nan, math.nan, math.nan, 0, math.nan), [], "undecided"),
    ],
)
def test_verdict(observed: Any, nulls: list[float], known: str) -> None:
    """The rule as stated, at its edges."""
    value, low, high, n, p = observed
    first = Estimate("x", value, low, high, n, p=p)
    others = [Estimate("y", null, null, null, n, "null") for null in nulls]
    assert tfidf.judge_correlation([first, *others]) == known


def test_what_is_missing() -> None:
    """No corpus to count, weights that are no shares, an epoch that was not kept."""
    model = trained(UniformWriter(VOCABULARY, WINDOW))
    method = TfidfCorrelation(method="tfidf", model="lm")
    with pytest.raises(CorpusError, match="the model has no corpus"):
        method.collect(ask(model))
    with pytest.raises(UnsupportedError, match="epoch 9"):
        collect(model, epoch=9)
    broken = HandWriter(VOCABULARY, WINDOW, attend=lambda seen: np.ones(seen.shape))
    with pytest.raises(IntegrityError, match="sum to 1"):
        collect(trained(broken))


def test_held_out_documents_are_not_counted() -> None:
    """Idf comes from what the model was trained on."""
    model = trained(UniformWriter(words(2), 3), held_out=(1,))
    found = collect(model, corpus_of("w1", "w2 w1", "w1"))
    assert "N = 2 training documents" in found.notes[0]


def test_the_same_question_has_the_same_answer() -> None:
    """Texts, shuffles and intervals come from the seed alone."""
    model = trained(HandWriter(VOCABULARY, WINDOW, attend=rarity(0.3)))
    first, again = collect(model), collect(model)
    assert [row for row in first.rows if row.n] == [row for row in again.rows if row.n]
