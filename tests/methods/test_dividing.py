"""Predictions divided by random orders: what is counted, and when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from generator.methods.attribution.shap import ROUND, by_all, by_orders
from generator.methods.attribution.shapley_values import drawn
from generator.methods.common.classifier_texts import question
from generator.methods.common.explained_predictions import Players, of_texts, players
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


def game(model: Any, size: int) -> Players:
    """The first letters as a text, whose tokens are taken out."""
    (case,) = of_texts(model, [question(model, list(WORDS[:size]))])
    return players(case, "remove")


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
    (found,) = by_orders([game(model, 12)], [moves], "probability", precision=1e-12)
    assert found.pairs == len(moves) > ROUND
    assert not found.flat
    (flat,) = by_orders([game(model, 12)], [moves[1:]], "probability")
    assert flat.flat


def test_as_many_coalitions_are_counted_as_texts_were_asked_about() -> None:
    """Coalitions met several times count once, in both ways of dividing."""
    for size in (2, 3, 5):
        model = Counting(lambda words: 0.05 * len(words))
        some = drawn(size, 9, np.random.default_rng(size))
        (found,) = by_orders([game(model, size)], [some], "probability")
        assert found.asked == len(model.seen)
        assert found.asked <= 2**size
        (exact,) = by_all([game(model, size)], "probability")
        assert exact.asked == len(model.seen) == 2**size
        np.testing.assert_allclose(found.scores, exact.scores, atol=1e-6)
