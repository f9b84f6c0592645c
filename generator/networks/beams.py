"""Beam search: the most probable target that is found by keeping a few at a time.

1. A beam is a target so far, with the sum of the log probabilities of its tokens. Each
   text begins with one beam, which is empty.
2. Every beam is continued by every token. Of all continuations of a text the `width`
   most probable stay; of equal ones the earlier beam, then the lower id. One that
   closes its target is set aside.
3. A text is done when nothing is open, or when nothing open is more probable than the
   best that is closed: going on can only make a sum smaller. After `longest` tokens it
   is done in any case; then an open target is the answer only where none is closed.

A width of 1 is greedy search. With a width of all targets it finds the best of them.
Sums are not divided by lengths, so the answer is the most probable target found, which
favours short ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Step = Callable[[Array, Array], Array]
"""(places of the rows to go on from, tokens before) -> log probabilities, a row each.

Both are (texts · width,): row `text · width + beam` of the answer before."""


@dataclass
class Beams:
    """The targets of one text."""

    open: list[tuple[float, tuple[int, ...]]] = field(
        default_factory=lambda: [(0.0, ())]
    )
    closed: tuple[float, tuple[int, ...]] | None = None

    @property
    def done(self) -> bool:
        """Whether the answer is known."""
        best = self.open[0][0] if self.open else -np.inf
        return not self.open or (self.closed is not None and self.closed[0] >= best)

    @property
    def answer(self) -> tuple[float, tuple[int, ...]]:
        """The best closed target, or the best open one, and its sum."""
        return self.closed or self.open[0]

    def go_on(self, logs: Array, width: int, end: int) -> list[int]:
        """Take one token more; `logs` (beams, tokens). Gives each open one's origin."""
        sums = np.array([total for total, _ in self.open])[:, None] + logs
        flat = sums.ravel()
        found, origins = [], []
        for place in np.argsort(-flat, kind="stable")[:width]:
            beam, token = divmod(int(place), logs.shape[1])
            target = (float(flat[place]), (*self.open[beam][1], token))
            if token != end:
                found.append(target)
                origins.append(beam)
            elif self.closed is None or target[0] > self.closed[0]:
                self.closed = target
        self.open = found
        return origins


def search(
    step: Step, texts: int, width: int, longest: int, end: int
) -> list[tuple[float, tuple[int, ...]]]:
    """The sum of log probabilities and the tokens of each text's answer.

    An answer that is closed has `end` as its last token.
    """
    every = [Beams() for _ in range(texts)]
    rows = np.arange(texts * width).reshape(texts, width)
    before = np.full(rows.shape, end, np.int32)
    origins = rows.copy()
    for _ in range(longest):
        if all(beams.done for beams in every):
            break
        logs = step(origins.ravel(), before.ravel()).reshape(texts, width, -1)
        origins, before = rows.copy(), np.full(rows.shape, end, np.int32)
        for text, beams in enumerate(every):
            if beams.done:
                continue
            found = beams.go_on(logs[text, : len(beams.open)], width, end)
            origins[text, : len(found)] = rows[text, 0] + np.array(found, int)
            before[text, : len(found)] = [ids[-1] for _, ids in beams.open]
    return [beams.answer for beams in every]
