"""Predictions divided by random orders: what is counted, and when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from generator.methods.attribution.shap import ROUND, divide_by_orders, divide_exactly
from generator.methods.attribution.shapley_values import draw_orders
from generator.methods.common.classifier_texts import build_input_text
from generator.methods.common.explained_predictions import (
    MaskableTokens,
    find_maskable_tokens,
    predict_texts,
)
from generator.models.base import Floats, Texts
from tests.methods.explaining import Telling

WORDS = "abcdefghijkl"


class Counting(Telling):
    """Notes every text that it is asked about."""

    def __init__(self, tell: Any) -> None:
        super().__init__(tell)
        self.seen: set[tuple[int, ...]] = set()

    def predict(self, texts: Texts) -> Floats:
        self.seen |= set(map(tuple, texts))
        return super().predict(texts)


def only_first(words: Sequence[str]) -> float:
    """Say 0.9 of the first word alone, else 0.2."""
    return 0.9 if list(words) == ["a"] else 0.2


def game(model: Any, size: int) -> MaskableTokens:
    """The first letters as a text, whose tokens are taken out."""
    (case,) = predict_texts(model, [build_input_text(model, list(WORDS[:size]))])
    return find_maskable_tokens(case, "remove")


def orders(firsts: Sequence[str]) -> Any:
    """Orders of all letters that begin with these, `a` in the middle of the others."""
    rows = []
    for first in firsts:
        rest = [at for at in range(1, len(WORDS)) if WORDS[at] != first]
        middle = [] if first == "a" else [0]
        rows.append([WORDS.index(first), *rest[:5], *middle, *rest[5:]])
    return np.array(rows, np.intp)


def test_one_round_that_sees_a_change_is_enough() -> None:
    """Rounds in which every answer is the same take nothing from one that moved."""
    model = Counting(only_first)
    moves = orders(["a", *"bcdefghij", *"bcdefghijk"])
    (found,) = divide_by_orders(
        [game(model, 12)], [moves], "probability", precision=1e-12
    )
    assert found.pairs == len(moves) > ROUND
    assert not found.flat
    (flat,) = divide_by_orders([game(model, 12)], [moves[1:]], "probability")
    assert flat.flat


def test_as_many_coalitions_are_counted_as_texts_were_asked_about() -> None:
    """Coalitions met several times count once, in both ways of dividing."""
    for size in (2, 3, 5):
        model = Counting(lambda words: 0.05 * len(words))
        some = draw_orders(size, 9, np.random.default_rng(size))
        (found,) = divide_by_orders([game(model, size)], [some], "probability")
        assert found.evaluations == len(model.seen)
        assert found.evaluations <= 2**size
        (exact,) = divide_exactly([game(model, size)], "probability")
        assert exact.evaluations == len(model.seen) == 2**size
        np.testing.assert_allclose(found.scores, exact.scores, atol=1e-6)
