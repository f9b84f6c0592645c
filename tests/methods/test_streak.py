"""The streak statistic against attention that follows one word, and none."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.artifacts import Estimates, SlotScores
from generator.core.errors import UnsupportedError
from generator.core.tokens import Token
from generator.methods.language_model import streak
from generator.methods.language_model.streak import AttentionStreak
from generator.methods.language_model.writing import TextGeneration
from tests.fakes.language_models import (
    CopyWriter,
    FakeTrained,
    HandWriter,
    UniformWriter,
    ask,
    trained,
    words,
)


def collect(text: Any, model: FakeTrained | None = None, **settings: Any) -> Estimates:
    """Streaks of `text`; the model is asked for nothing but epoch 0."""
    method = AttentionStreak(method="streak", model="lm", of="greedy", **settings)
    return method.collect(ask(model or trained(UniformWriter(words(99), 10)), text))


def text_of(weights: NDArray[Any], tokens: list[Token]) -> SlotScores:
    """A text with these weights (steps, window); `tokens` begin before step 0."""
    steps, window = weights.shape
    return SlotScores(
        epoch=1,
        targets=tuple(tokens[window:]),
        histories=tuple(tuple(tokens[t : t + window]) for t in range(steps)),
        scores=weights.astype(np.float32),
        probabilities=np.ones(steps, np.float32),
        quantity="attention weight",
    )


def named(count: int) -> list[Token]:
    """Different words."""
    return [Token(f"w{number}") for number in range(1, count + 1)]


def test_diagonals() -> None:
    """Row j holds what falls on the token newest at step j, as it moves back."""
    weights = np.arange(20.0).reshape(5, 4)
    found = streak.diagonals(weights)
    assert found.tolist() == [[3, 6, 9, 12], [7, 10, 13, 16]]
    assert streak.diagonals(weights[:3]).shape == (0, 4)


def test_a_word_that_is_followed_ranks_first() -> None:
    """The streak's value and place are those that the weights were given."""
    weights = np.full((40, 10), 0.08)
    for back in range(10):
        weights[7 + back, 9 - back] = 0.28
    found = collect(text_of(weights, named(50)))
    first = found.rows[0]
    # Step 7's newest token is the one before the 17th token of the text.
    assert first.name == "w17"
    assert first.value == pytest.approx(0.28)
    assert (first.n, first.p) == (10, 0.001)
    assert found.verdict == "supported"
    assert found.reference == 0.1


def rare_words(seed: int) -> tuple[SlotScores, str]:
    """Attention set by hand to follow rarity: common words, and one rare name."""
    rng = np.random.default_rng(seed)
    ids = rng.integers(1, 30, 60)
    place = int(rng.integers(12, 35))
    ids[place] = 99
    rarity = np.where(ids == 99, 2.0, rng.normal(0, 0.3, 60))
    rows = np.array([rarity[t : t + 10] for t in range(50)])
    rows = np.exp(rows + rng.normal(0, 0.5, rows.shape) + np.linspace(0, 2, 10))
    weights = rows / rows.sum(1, keepdims=True)
    tokens = [Token("name" if at == 99 else f"w{at}") for at in ids]
    return text_of(weights, tokens), "name"


def test_attention_that_follows_rare_words_finds_the_key() -> None:
    """In at least 95 of 100 texts the rare word ranks first."""
    hits = 0
    for seed in range(100):
        text, key = rare_words(seed)
        tokens, ways = streak.complete_streaks(text)
        hits += tokens[int(ways.mean(1).argmax())].text == key
    assert hits >= 95


def random_weights(seed: int) -> NDArray[np.float64]:
    """Attention that prefers the newest slots and knows no words."""
    rng = np.random.default_rng([3, seed])
    return rng.dirichlet(np.linspace(1, 8, 10), 50)


def test_random_attention_gives_uniform_p() -> None:
    """Whatever slots are preferred, the largest streak's p is uniform."""
    from scipy.stats import kstest

    values = []
    for seed in range(200):
        ways = streak.diagonals(random_weights(seed))
        null = streak.shuffled_largest(ways, 199, np.random.default_rng([4, seed]))
        values.append(streak.permutation_p(ways.mean(1).max(), null))
    assert kstest(values, "uniform").pvalue > 0.01
    assert np.mean(np.array(values) < 0.05) < 0.1


def test_random_attention_is_not_supported() -> None:
    """With enough words, nothing found is a finding; with few it is not."""
    found = collect(text_of(random_weights(1), named(60)))
    assert found.verdict == "not supported"
    few = collect(text_of(random_weights(1)[:15], named(25)))
    assert few.verdict == "undecided"


def test_even_attention_ranks_nobody() -> None:
    """Constant weights: all streaks are even, p is 1, the order is the text's."""
    found = collect(text_of(np.full((30, 10), 0.1), named(40)), top=3)
    assert [row.name for row in found.rows[:3]] == ["w10", "w11", "w12"]
    assert {row.p for row in found.rows[:3]} == {1.0}
    assert found.verdict == "not supported"


def test_rows() -> None:
    """The largest ones, then chance, then the weights before training."""
    vocabulary = words(20)
    copy = CopyWriter(vocabulary, 4, 2, lag=4)
    model = FakeTrained({0: UniformWriter(vocabulary, 4, 0), 2: copy})
    text = TextGeneration(
        method="writing", model="lm", prefix="w1 w2 w3 w4", length=12
    ).collect(ask(model))
    found = collect(text, model, top=2)
    roles = [(row.name, row.role) for row in found.rows[2:]]
    assert roles == [
        ("largest by chance", "null"),
        ("largest before training", "null"),
    ]
    assert found.rows[-1].value == pytest.approx(0.25)
    assert len(found.rows) == 4


def test_repeated_words_are_numbered() -> None:
    """Every row can be told from the others."""
    names = streak.unique_names([Token(text) for text in ("a", "b", "a", " ")])
    assert names == ("a (1)", "b", "a (2)", '" "')


def test_padding_has_no_streak() -> None:
    """In a text without an opening mark the first newest slot may hold padding."""
    tokens = [Token("<pad>", "pad")] * 10 + named(20)
    found, ways = streak.complete_streaks(text_of(np.full((20, 10), 0.1), tokens))
    assert len(found) == len(ways) == 10
    assert {token.kind for token in found} == {"word"}


@pytest.mark.parametrize("steps", [1, 5, 10])
def test_a_text_that_is_too_short(steps: int) -> None:
    """Fewer than two words pass through: nothing can be exchanged."""
    with pytest.raises(UnsupportedError, match="expected at least 11"):
        collect(text_of(np.full((steps, 10), 0.1), named(10 + steps)))


def test_a_window_of_one_slot() -> None:
    """Every weight is 1, every streak too."""
    model = trained(HandWriter(words(3), 1))
    text = TextGeneration(method="writing", model="lm", length=5).collect(ask(model))
    found = collect(text, model)
    assert {row.value for row in found.rows} == {1.0}


def test_only_attention_is_followed() -> None:
    """Scores of another quantity are refused."""
    text = text_of(np.full((30, 10), 0.1), named(40))
    other = dataclasses.replace(text, quantity="drop in probability")
    with pytest.raises(UnsupportedError, match="expected attention weights"):
        collect(other)


def test_the_same_question_has_the_same_answer() -> None:
    """Shuffles and intervals come from the seed alone."""
    text = text_of(random_weights(2), named(60))
    assert collect(text) == collect(text)
