"""Batches of texts of like lengths, computed and never stored.

A batch is as wide as its longest text, so a short text in it pays for a long one. Texts
sorted by length pay little, but then a batch is no longer drawn at random. Between the
two:

1. The order of an epoch (`order`) is cut into blocks of `BLOCK` batches.
2. Within a block texts are sorted by length, equals staying in the epoch's order, and
   cut into batches.
3. The batches of a block come in an order of their own.
4. Texts that fill no whole batch, the last of the epoch's order, are the last batch.

Which texts make a batch follows from the lengths, the seed, the epoch and the batch's
place alone, so that a resumed run finds its place by arithmetic. Each epoch holds every
text once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.networks.order import Order

Numbers = NDArray[np.int64]
BLOCK = 50
"""Batches whose texts are sorted together."""


class Buckets:
    """The batches of any epoch over texts of given lengths."""

    def __init__(self, lengths: NDArray[np.integer[Any]], size: int, seed: int) -> None:
        """`lengths` (texts,); `size` texts in a batch."""
        self._lengths, self._size, self._seed = lengths, size, seed
        self._block: tuple[tuple[int, int], Numbers] | None = None

    def batch(self, epoch: int, place: int) -> Numbers:
        """The texts of batch `place` of `epoch`, both from 0."""
        whole = len(self._lengths) // self._size
        if place >= whole:
            return self._order(epoch)(place * self._size, len(self._lengths))
        block, within = divmod(place, BLOCK)
        batches = self._batches(epoch, block, min(BLOCK, whole - block * BLOCK))
        return batches[within]

    def _batches(self, epoch: int, block: int, count: int) -> Numbers:
        """The batches (count, size) of a block; the last one asked for is kept."""
        if self._block is None or self._block[0] != (epoch, block):
            first = block * BLOCK * self._size
            drawn = self._order(epoch)(first, first + count * self._size)
            batches = by_length(drawn, self._lengths).reshape(count, self._size)
            turns = Order(count, self._seed, epoch, block)(0, count)
            self._block = ((epoch, block), batches[turns])
        return self._block[1]

    def _order(self, epoch: int) -> Order:
        return Order(len(self._lengths), self._seed, epoch)


def by_length(numbers: Numbers, lengths: NDArray[np.integer[Any]]) -> Numbers:
    """`numbers`, those of shorter texts first, equals as they were."""
    return numbers[np.argsort(lengths[numbers], kind="stable")]
