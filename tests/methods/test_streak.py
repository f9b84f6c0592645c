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
from generator.methods.language_model.streak import AttentionStreak, StreakByEpoch
from generator.methods.language_model.writing import TextGeneration
from tests.fakes.language_models import (
    CopyWriter,
    FakeTrained,
    HandWriter,
    UniformWriter,
    ask,
    corpus_of,
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


KEY = 99
"""The word that weights set by hand follow."""


def reviews(count: int = 40, length: int = 25) -> Any:
    """Documents of common words, each with the rare one in a place of its own."""
    rng = np.random.default_rng(11)
    texts = []
    for _ in range(count):
        ids = rng.integers(1, 30, length)
        ids[rng.integers(3, 14)] = KEY
        texts.append(" ".join(f"w{at}" for at in ids))
    return corpus_of(*texts)


def follower(strength: float, epoch: int) -> HandWriter:
    """Attention that prefers new slots, and the rare word by `strength` logits."""

    def attend(histories: NDArray[Any]) -> NDArray[Any]:
        logits = np.linspace(0, 2, 10) + strength * (histories == KEY)
        # Words differ a little, so that the largest streak is not a tie.
        logits = logits + 0.05 * np.sin(histories)
        sizes = np.exp(logits)
        return sizes / sizes.sum(1, keepdims=True)

    return HandWriter(words(99), 10, epoch, attend=attend)


def follow(
    states: dict[int, Any], corpus: Any = None, seed: int = 1, **settings: Any
) -> Estimates:
    """Streaks of held-out documents at each epoch of `states`."""
    corpus = corpus or reviews()
    method = StreakByEpoch(
        method="streak_by_epoch", model="lm", **{"shuffles": 99, **settings}
    )
    model = FakeTrained(states, held_out=tuple(range(len(corpus.documents))))
    return method.collect(ask(model, corpus=corpus, seed=(7, seed)))


def test_a_streak_of_one_epoch_is_found_at_that_epoch() -> None:
    """Weights that follow the rare word after one epoch, and later do not."""
    found = follow({0: follower(0, 0), 1: follower(2.5, 1), 2: follower(0, 2)})
    assert [row.name for row in found.rows] == ["epoch 0", "epoch 1", "epoch 2"]
    assert [row.role for row in found.rows] == ["null", "observed", "observed"]
    before, first, last = found.rows
    assert first.p == pytest.approx(3 / 100)
    assert first.low > 0.1
    assert max(before.high, last.high) < 0.01
    assert found.notes[0].startswith('epoch 1: most often "w99", 40 of 40')
    assert found.verdict == "supported"


def test_words_no_better_followed_than_before_training_are_not_supported() -> None:
    """Weights of all epochs are those from before training.

    Shuffles detect by how little they prefer a word; the verdict asks for more.
    """
    found = follow({epoch: follower(0, epoch) for epoch in (0, 1, 2)})
    assert found.verdict == "not supported"
    assert all(abs(row.value) < 0.01 for row in found.rows)


def test_even_attention_at_every_epoch() -> None:
    """Constant weights exceed no shuffle: every excess is 0 and every p is 1."""
    found = follow({at: UniformWriter(words(99), 10, at) for at in (0, 1)})
    assert [(row.value, row.p) for row in found.rows] == [(0.0, 1.0), (0.0, 1.0)]
    assert found.verdict == "not supported"


def test_attention_that_knows_no_words_gives_uniform_p() -> None:
    """The p of an epoch is uniform where weights prefer slots and no word."""
    from scipy.stats import kstest

    values = []
    for seed in range(100):
        rng = np.random.default_rng([5, seed])

        def attend(
            histories: NDArray[Any], rng: np.random.Generator = rng
        ) -> NDArray[Any]:
            return rng.dirichlet(np.linspace(1, 8, 10), len(histories))

        model = HandWriter(words(99), 10, 1, attend=attend)
        values.append(follow({1: model}, reviews(4), seed).rows[0].p)
    assert kstest(values, "uniform").pvalue > 0.01


def test_p_values_of_epochs_are_corrected_for_their_number() -> None:
    """The same epoch looked at among four has four times the p-value."""
    state = follower(2.5, 1)
    alone = follow({1: state}).rows[0]
    four = follow({at: follower(2.5 * (at == 1), at) for at in range(4)}).rows[1]
    assert (alone.p, four.p) == pytest.approx((0.01, 0.04))
    assert dataclasses.replace(alone, p=None) == dataclasses.replace(four, p=None)


def test_documents_that_are_too_short_are_left_out() -> None:
    """Only the others are counted; where none is left, a message says what to do."""
    short = " ".join(["w1"] * 8)
    long = [document.text for document in reviews(3).documents]
    found = follow({1: follower(2.5, 1)}, corpus_of(short, *long))
    assert found.rows[0].n == 3
    assert found.verdict == "undecided"
    with pytest.raises(UnsupportedError, match="longer documents or a smaller window"):
        follow({1: follower(2.5, 1)}, corpus_of(short, short))


def test_documents_are_read_in_any_number_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One document in a call gives what all in one call give."""
    whole = follow({1: follower(1.0, 1)}, reviews(5))
    monkeypatch.setattr(streak, "AT_ONCE", 1)
    assert follow({1: follower(1.0, 1)}, reviews(5)) == whole


def test_shuffles_in_parts_are_those_in_one_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How many shuffles are in memory changes no bit of them."""
    ways = random_weights(6)
    whole = streak.shuffled_largest(ways, 50, np.random.default_rng(1))
    monkeypatch.setattr(streak, "CELLS", 3 * ways.size)
    parts = streak.shuffled_largest(ways, 50, np.random.default_rng(1))
    rng = np.random.default_rng(1)
    single = [rng.permuted(ways, axis=0).mean(1).max() for _ in range(50)]
    assert whole.tolist() == parts.tolist() == single
