"""What a translator is trained on: sources and targets of any lengths."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.networks.windows import pack

Numbers = NDArray[np.int64]
Rows = NDArray[np.int32]


class Side:
    """The texts of one side, all ids in one array."""

    def __init__(self, texts: Sequence[Sequence[int]], size: int) -> None:
        self._ids, self._offsets = pack(texts, size)
        self.lengths: Numbers = np.diff(self._offsets)

    def take(self, numbers: Numbers) -> Rows:
        """Ids (n, width) of the texts with these numbers, 0 after each."""
        starts, ends = self._offsets[numbers], self._offsets[numbers + 1]
        width = int((ends - starts).max(initial=1))
        slots = starts[:, None] + np.arange(width)
        last = max(len(self._ids) - 1, 0)
        found = self._ids[np.minimum(slots, last)] if len(self._ids) else 0
        return np.where(slots < ends[:, None], found, 0).astype(np.int32)

    def arrays(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """What decides the answers of `take`."""
        return self._offsets, self._ids


class Pairs:
    """Pairs of texts: examples that know their lengths."""

    def __init__(
        self,
        sources: Sequence[Sequence[int]],
        targets: Sequence[Sequence[int]],
        sizes: tuple[int, int],
    ) -> None:
        """Args: closed texts as ids, and how many ids there are on either side."""
        if len(sources) != len(targets):
            raise ValueError(f"{len(sources)} sources with {len(targets)} targets")
        self._sides = (Side(sources, sizes[0]), Side(targets, sizes[1]))
        self.lengths: Numbers = self._sides[0].lengths + self._sides[1].lengths
        told = hashlib.sha256(b"pairs/1")
        for side in self._sides:
            for array in side.arrays():
                told.update(array.dtype.str.encode())
                told.update(np.ascontiguousarray(array).data)
        self.key = told.hexdigest()

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.lengths)

    def take(self, numbers: Numbers) -> tuple[tuple[Rows, Rows], Rows]:
        """Sources (n, S) and targets (n, T), and the lengths (n,) of both together."""
        sources, targets = (side.take(numbers) for side in self._sides)
        return (sources, targets), self.lengths[numbers].astype(np.int32)
