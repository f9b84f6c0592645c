"""Searches of many texts side by side: what they ask goes to the model in few calls.

Every search is a generator that yields masks over its text's tokens and is sent whether
the prediction stayed the same. In a round each search that is not done asks once, and
what none of its earlier rounds asked goes to the model, for all texts together. No
search knows of another, so what one finds does not depend on which others there are.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Generic, TypeVar

import numpy as np

from generator.methods.anchor_space import Same
from generator.methods.classified import predicted
from generator.methods.perturbing import Array, Masks, distinct
from generator.methods.players import Players, answered

T = TypeVar("T")
TOGETHER = 20
"""Searches that go on at a time, so that their draws fit into memory."""


class Talk(Generic[T]):
    """One search, and all that the model has said of its text."""

    def __init__(self, game: Players, search: Generator[Masks, Same, T]) -> None:
        self.game, self.search = game, search
        self.known: dict[bytes, bool] = {}
        self.found: T | None = None

    def begin(self) -> None:
        """Up to its first question; a search has one at least."""
        self._wants(next(self.search))

    def _wants(self, masks: Masks) -> None:
        self.different, self.back = distinct(masks)
        self.keys = [row.tobytes() for row in np.packbits(self.different, axis=1)]

    def unknown(self) -> Masks:
        """What it wants to know and the model was not asked yet."""
        new = [at for at, key in enumerate(self.keys) if key not in self.known]
        return np.asarray(self.different[new])

    def learn(self, masks: Masks, rows: Array) -> None:
        """What the model said of `masks`, probabilities (perturbed texts, labels)."""
        same = predicted(rows) == self.game.case.label
        packed = (row.tobytes() for row in np.packbits(masks, axis=1))
        self.known.update(zip(packed, same.tolist(), strict=True))

    def goes_on(self) -> bool:
        """Tell it, and hear its next question; false where it has none."""
        same = np.array([self.known[key] for key in self.keys], np.bool_)
        try:
            self._wants(self.search.send(same[self.back]))
        except StopIteration as end:
            self.found = end.value
            return False
        return True


def side_by_side(
    games: Sequence[Players], searches: Sequence[Generator[Masks, Same, T]]
) -> list[tuple[T, int]]:
    """What each search found, and about how many different texts it asked."""
    talks = [Talk(*pair) for pair in zip(games, searches, strict=True)]
    for start in range(0, len(talks), TOGETHER):
        live = talks[start : start + TOGETHER]
        for talk in live:
            talk.begin()
        while live:
            wanted = [(talk.game, talk.unknown()) for talk in live]
            for talk, told in zip(live, answered(wanted), strict=True):
                talk.learn(*told)
            live = [talk for talk in live if talk.goes_on()]
    return [(talk.found, len(talk.known)) for talk in talks]  # type: ignore[misc]
