"""Occlusion of slots against drops that are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import SlotScores
from generator.core.errors import UnsupportedError
from generator.methods import METHODS
from generator.methods.common import language_model_texts
from generator.methods.language_model.occlusion import SlotOcclusion
from generator.methods.language_model.writing import TextGeneration
from tests.fakes.language_models import (
    CopyWriter,
    FakeTrained,
    HandWriter,
    UniformWriter,
    trained,
    words,
)
from tests.fakes.language_models import ask as given


def write(model: FakeTrained, **settings: Any) -> SlotScores:
    """A text to ask about."""
    found = TextGeneration(method="writing", model="lm", **settings)
    return found.collect(given(model))


def occlude(model: FakeTrained, text: SlotScores, **settings: Any) -> SlotScores:
    """Its drops."""
    found = SlotOcclusion(method="occlusion", model="lm", of="greedy", **settings)
    return found.collect(given(model, text))


@pytest.mark.parametrize("quantity", ["probability", "log probability"])
def test_only_the_copied_slot_matters(quantity: str) -> None:
    """Without the token that is copied the probability falls to the rest's share."""
    model = trained(CopyWriter(words(5), 6, lag=3))
    text = write(model, prefix="w4 w2 w5", length=9)
    found = occlude(model, text, quantity=quantity)
    rest = 0.1 / 6
    drop = 0.9 - rest if quantity == "probability" else np.log(0.9 / rest)
    known = np.zeros((9, 6))
    known[:, -3] = drop
    np.testing.assert_allclose(found.scores, known, atol=1e-6)
    assert found.quantity == f"drop in {quantity}"
    assert found.unit == ("" if quantity == "probability" else "nats")
    assert found.signed
    assert found.histories == text.histories


def test_padding_and_unknown_words_score_nothing() -> None:
    """Nothing is replaced there, so the score is 0 exactly."""
    rng = np.random.default_rng(1)
    table = rng.random((6, 6, 6, 6)) + 0.01

    def answer(rows: Any) -> Any:
        found = table[rows[:, 0], rows[:, 1], rows[:, 2]]
        return found / found.sum(1, keepdims=True)

    model = trained(HandWriter(words(4), 3, answer=answer))
    text = write(model, prefix="zzz", length=4)
    found = occlude(model, text)
    kinds = np.array([[token.kind for token in row] for row in text.histories])
    blank = np.isin(kinds, ["pad", "unknown"])
    assert blank.any()
    assert not found.scores[blank].any()
    assert found.scores[~blank].all()


def test_scores_are_signed() -> None:
    """A word that speaks against the one written scores below 0."""

    def answer(rows: Any) -> Any:
        share = np.where((rows == 2).any(1), 0.3, 0.6)[:, None]
        return np.hstack([np.zeros((len(rows), 1)), share, 1 - share])

    model = trained(HandWriter(words(1), 2, answer=answer))
    text = write(model, length=1)
    assert text.targets[0].kind == "mark"
    found = occlude(model, text)
    assert found.scores[0, 1] == pytest.approx(np.log(0.7 / 0.4))
    reading = write(trained(HandWriter(words(1), 2)), length=1)
    assert occlude(model, reading).scores[0, 1] == pytest.approx(np.log(0.3 / 0.6))


def test_equal_histories_are_asked_once() -> None:
    """A text that repeats itself costs no more than its distinct histories."""
    fake = CopyWriter(words(5), 4, lag=1)
    model = trained(fake)
    text = write(model, prefix="w2", length=50)
    fake.asked = 0
    occlude(model, text)
    whole = {tuple(token.text for token in row) for row in text.histories}
    assert fake.asked <= 5 * len(whole) < 5 * 50


def test_probabilities_of_nothing_stay_finite() -> None:
    """A probability of 0 counts as 1e-30."""

    def answer(rows: Any) -> Any:
        sure = (rows[:, -1:] != 0).astype(float)
        return np.hstack([np.zeros_like(sure), sure, 1 - sure])

    model = trained(HandWriter(words(1), 2, answer=answer))
    found = occlude(model, write(model, length=2))
    assert found.scores[0, 1] == pytest.approx(-np.log(1e-30))


def test_one_slot() -> None:
    """A window of one slot has one score."""
    model = trained(UniformWriter(words(2), 1))
    assert not occlude(model, write(model, length=1)).scores.any()


def test_answers_do_not_depend_on_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking a few histories at a time gives each the answer it had."""
    model = trained(CopyWriter(words(5), 6, lag=3))
    text = write(model, prefix="w4 w2 w5", length=9)
    whole = occlude(model, text).scores
    monkeypatch.setattr(language_model_texts, "BATCH", 7)
    np.testing.assert_array_equal(occlude(model, text).scores, whole)


def test_an_epoch_that_was_not_kept() -> None:
    """It is refused."""
    model = trained(UniformWriter(words(2), 2))
    with pytest.raises(UnsupportedError, match="epoch 5"):
        occlude(model, write(model, length=1), epoch=5)


def test_a_classifier_is_asked_by_another_method() -> None:
    """What answers the like for it is a method, and that one can ask it."""
    for offered, name in SlotOcclusion.instead.items():
        wanted = METHODS[name].needs
        assert all(offered in (n if isinstance(n, tuple) else (n,)) for n in wanted)
