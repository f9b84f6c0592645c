"""Texts written step by step: labels, weights and probabilities belong together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import SlotScores
from generator.core.errors import IntegrityError, UnsupportedError
from generator.core.tokens import Token
from generator.methods.language_model.writing import TextGeneration
from generator.models.base import Ids
from generator.models.capabilities import GeneratedTexts
from tests.fakes.language_models import (
    CopyWriter,
    HandWriter,
    UniformWriter,
    ask,
    characters,
    trained,
    words,
)


def writing(**settings: Any) -> TextGeneration:
    """The method with these settings."""
    return TextGeneration(method="writing", model="lm", **settings)


def write(model: UniformWriter, seed: tuple[int, ...] = (7, 1), **settings: Any) -> Any:
    """What it writes."""
    return writing(**settings).collect(ask(trained(model), seed=seed))


def texts(scores: SlotScores) -> list[str]:
    """The tokens written."""
    return [token.text for token in scores.targets]


def looked_at(scores: SlotScores) -> list[str]:
    """The token with the largest weight of each step."""
    slots = scores.scores.argmax(1)
    return [row[at].text for row, at in zip(scores.histories, slots, strict=True)]


def test_attention_stands_on_the_token_that_is_copied() -> None:
    """The slot with all attention holds the token written: nothing is off by one."""
    found = write(CopyWriter(words(5), 6, lag=3), prefix="w4 w2 w5", length=9)
    assert texts(found) == ["w4", "w2", "w5"] * 3
    assert looked_at(found) == texts(found)
    assert found.probabilities == pytest.approx(0.9)


def test_histories_slide() -> None:
    """Each history is the last one moved by one, with the token written at its end."""
    found = write(CopyWriter(words(5), 4, lag=2), prefix="w4 w2", length=8)
    for step in range(1, 8):
        before, after = found.histories[step - 1 : step + 1]
        assert after == (*before[1:], found.targets[step - 1])


def test_sixty_tokens_from_nothing() -> None:
    """Without a prefix, 60 steps of 40 slots: padding, then the opening mark alone."""
    found = write(UniformWriter(characters("abc"), 40), prefix="", length=60)
    assert len(found.targets) == len(found.histories) == len(found.probabilities) == 60
    assert found.scores.shape == (60, 40)
    kinds = [token.kind for token in found.histories[0]]
    assert kinds == ["pad"] * 39 + ["mark"]
    assert np.abs(found.scores.sum(1) - 1).max() < 1e-6
    assert found.epoch == 1
    assert all(check.passed for check in found.checks)


@pytest.mark.parametrize(("stop", "steps"), [(False, 4), (True, 1)])
def test_the_mark_ends_a_text_only_if_asked(stop: bool, steps: int) -> None:
    """A model that writes nothing but the mark fills the length, or stops at once."""

    def only_mark(rows: Ids) -> Any:
        found = np.zeros((len(rows), 4))
        found[:, 3] = 1
        return found

    model = HandWriter(words(2), 3, answer=only_mark)
    found = write(model, length=4, stop=stop)
    assert [token.kind for token in found.targets] == ["mark"] * steps


@pytest.mark.parametrize("window", [1, 2])
def test_one_slot_and_one_token(window: int) -> None:
    """A window of one slot, one step and one known token are no special case."""
    found = write(UniformWriter(words(1), window), length=1)
    assert found.scores.shape == (1, window)
    assert texts(found) == ["w1"]


def test_unknown_words_are_shown_by_name() -> None:
    """An unknown word of the prefix keeps its text, with its kind; the model sees 0."""
    found = write(UniformWriter(words(2), 4), prefix="Zappa w1", length=1)
    assert found.histories[0][2:] == (Token("zappa", "unknown"), Token("w1"))


def test_a_prefix_of_only_unknown_words() -> None:
    """It is no padding: it stands after the mark."""
    found = write(UniformWriter(words(2), 4), prefix="x y", length=2)
    kinds = [token.kind for token in found.histories[0]]
    assert kinds == ["pad", "mark", "unknown", "unknown"]


def test_read_prefix_puts_its_steps_before() -> None:
    """The prefix's tokens become steps with what was seen before; the rest stays."""
    model = CopyWriter(words(5), 6, lag=2)
    alone = write(model, prefix="w4 w2", length=3)
    found = write(model, prefix="w4 w2", length=3, read_prefix=True)
    assert texts(found) == ["w4", "w2", *texts(alone)]
    assert found.histories[2:] == alone.histories
    assert [token.kind for token in found.histories[0]] == ["pad"] * 5 + ["mark"]
    np.testing.assert_array_equal(found.scores[2:], alone.scores)
    empty = write(model, prefix="", length=3, read_prefix=True)
    assert len(empty.targets) == 3


def test_alternatives_are_ordered_ties_by_id() -> None:
    """Best first; equal ones in the order of ids; padding's id is never offered."""

    def answer(rows: Ids) -> Any:
        return np.tile([0.5, 0.1, 0.2, 0.1, 0.1], (len(rows), 1))

    model = HandWriter(words(3), 3, answer=answer)
    (row,) = write(model, length=1, alternatives=3).alternatives
    assert [one.token.text for one in row] == ["w2", "w1", "w3"]
    assert [one.probability for one in row] == pytest.approx([0.2, 0.1, 0.1])
    assert write(model, length=1, alternatives=0).alternatives == ()
    assert len(write(model, length=1, alternatives=99).alternatives[0]) == 4


def test_temperature_draws_from_the_seed() -> None:
    """The same question gives the same text; another seed another one."""
    model = UniformWriter(words(50), 3)
    first, again = (write(model, temperature=1.0, length=20) for _ in range(2))
    assert texts(first) == texts(again)
    other = write(model, temperature=1.0, length=20, seed=(8, 1))
    assert texts(first) != texts(other)


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ([0.5, 0.6], "attention rows sum to 1: off by 0.1"),
        ([1.5, -0.5], "attention is not negative: off by 0.5"),
        ([np.nan, 1.0], "attention rows sum to 1: off by nan"),
    ],
)
def test_weights_that_are_no_shares_are_refused(
    weights: list[float], told: str
) -> None:
    """Rows that do not sum to 1, are negative or NaN are never stored."""
    model = HandWriter(
        words(2), 2, attend=lambda rows: np.tile(weights, (len(rows), 1))
    )
    with pytest.raises(IntegrityError, match=told):
        write(model, length=2)


def test_shifted_histories_are_refused() -> None:
    """A model that reports another history than the text's is caught."""

    class Shifted(CopyWriter):
        def write(self, *args: Any, **kwargs: Any) -> GeneratedTexts:
            found = super().write(*args, **kwargs)
            found.histories[:] = np.roll(found.histories, 1, axis=1)
            return found

    with pytest.raises(IntegrityError, match="holds the tokens before it: off by"):
        write(Shifted(words(5), 6), prefix="w4 w2 w5", length=5)


def test_an_epoch_that_was_not_kept() -> None:
    """It is refused by the model, and asked for by number before training."""
    with pytest.raises(UnsupportedError, match="epoch 3"):
        write(UniformWriter(words(2), 3), epoch=3)
    assert writing(epoch=3).snapshots() == (3,)
