"""HotFlip: words exchanged one by one, where the gradient says that it pays.

1. To first order, writing the word v in place of x_t changes what is climbed by
   `g_t · (E_v − E_{x_t})`, `g_t` being the gradient by the vector at that place.
2. Of all places and words the `SHORTLIST` most promising are written, and the model is
   asked about each.
3. The best of them is kept if it is better than what was there; else it ends.

Source: Ebrahimi, Rao, Lowd and Dou (2018), HotFlip: white-box adversarial examples for
text classification, arXiv 1712.06751, equation 2.
Differs: there the first-order estimate decides, in a beam; here it draws up a short
list and the model's own answer decides, so that no flip makes a text worse. Any word
may be written, not only one of like meaning: the aim is another text, not a small
change of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.methods.logodds import Array, LogOdds, vectors_of

SHORTLIST = 16
"""Flips that the model is asked about at once."""
BETTER = 1e-6
"""By how much a flip must be better: beyond float32 rounding."""
Text = tuple[int, ...]


@dataclass(frozen=True)
class Flipping:
    """How to exchange words: the ids that may be written, how often, twice or not."""

    known: NDArray[np.intp]
    flips: int
    repeats: bool

    def climb(self, aim: LogOdds, text: Sequence[int]) -> Iterator[tuple[Text, float]]:
        """The text after each flip, with its log odds; nothing if none is better."""
        here = tuple(int(one) for one in text)
        best = float(aim.of([here])[0])
        for _ in range(self.flips):
            tried = self._promising(aim, here)
            if not tried:
                return
            scores = aim.of(tried)
            place = int(scores.argmax())
            if scores[place] <= best + BETTER:
                return
            here, best = tried[place], float(scores[place])
            yield here, best

    def _promising(self, aim: LogOdds, text: Text) -> list[Text]:
        """Texts that differ in one word, those of the largest estimates first."""
        gains = self.estimates(aim, text)
        order = np.argsort(-gains, axis=None, kind="stable")[:SHORTLIST]
        places, words = np.unravel_index(order, gains.shape)
        return [
            (*text[:place], int(self.known[word]), *text[place + 1 :])
            for place, word in zip(places.tolist(), words.tolist(), strict=True)
            if np.isfinite(gains[place, word])
        ]

    def estimates(self, aim: LogOdds, text: Text) -> Array:
        """`g_t · (E_v − E_{x_t})`, (T, words); minus infinity where v may not stand."""
        point = vectors_of(aim.model, [text])
        slope = aim.slope(point)[1][0]
        table = aim.model.embedding().astype(np.float64)[self.known]
        gains = slope @ table.T - (slope * point[0]).sum(1, keepdims=True)
        here = np.array(text)[:, None] == self.known
        barred = here if self.repeats else np.broadcast_to(here.any(0), here.shape)
        return np.where(barred, -np.inf, gains)
