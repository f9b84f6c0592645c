"""Which tokens of a text can be hidden, and many texts asked about together.

A token that looks the same hidden and kept, an unknown word that the unknown word would
replace, is no player: nothing can be said of it, and masks have no column for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.attributing import Case, unreadable
from generator.methods.perturbing import Array, Masks, Operator, answers, fillings

CELLS = 5_000_000
"""Tokens of perturbed texts asked about in one call: some 200 MB."""
EACH = 10
"""What a text costs beside its tokens, in tokens."""
ROUNDING = 1e-6
"""Rounding of float32 probabilities, as a share of the largest, with room to spare."""


@dataclass(frozen=True)
class Players:
    """A case, and the places of its tokens that can be hidden."""

    case: Case
    places: NDArray[np.intp]
    operator: Operator

    def undefined(self, least: int) -> str:
        """Why fewer than `least` can be hidden, "" where enough can."""
        count = len(self.places)
        why = unreadable(self.case.question.tokens, least)
        if why or count >= least:
            return why
        size = self.case.size
        return f"{count} of {size} tokens can be hidden; at least {least} are needed"

    def spread_out(self, values: NDArray[np.floating[Any]]) -> Array:
        """Values of the players as those of all tokens, NaN for the others."""
        found = np.full(self.case.size, np.nan)
        found[self.places] = values
        return found

    def whole(self, masks: Masks) -> Masks:
        """Masks over players as masks over all tokens."""
        found = np.ones((len(masks), self.case.size), np.bool_)
        found[:, self.places] = masks
        return found


def players(case: Case, operator: Operator) -> Players:
    """The tokens of a case that the operator changes."""
    filling = fillings(case.model).get(operator)
    changed = np.array([index != filling for index in case.question.ids], np.bool_)
    return Players(case, np.flatnonzero(changed), operator)


def answered(
    asked: Iterable[tuple[Players, Masks]],
) -> Iterator[tuple[Masks, Array]]:
    """The masks of each text and what the model answers, (rows, labels), in order.

    As many texts as memory allows are asked about in one call. All have one model.
    """
    waiting: list[tuple[Players, Masks]] = []
    cells = 0
    for one, masks in asked:
        more = len(masks) * (one.case.size + EACH)
        if waiting and cells + more > CELLS:
            yield from _together(waiting)
            waiting, cells = [], 0
        waiting.append((one, masks))
        cells += more
    if waiting:
        yield from _together(waiting)


def _together(
    asked: list[tuple[Players, Masks]],
) -> Iterator[tuple[Masks, Array]]:
    first = asked[0][0]
    found = answers(
        first.case.model,
        [one.case.question.ids for one, _ in asked],
        [one.whole(masks) for one, masks in asked],
        first.operator,
    )
    return zip((masks for _, masks in asked), found, strict=True)


def unmoved(probabilities: NDArray[np.floating[Any]]) -> str:
    """Why answers that never change say nothing, "" where they change."""
    flat = np.ptp(probabilities) <= ROUNDING * np.max(probabilities)
    return "the prediction is the same whatever is hidden" if flat else ""
