"""The positions that hold a one, found by their rank, in an eighth of a byte each.

A text of 100 million tokens has nearly as many places to train on. A list of them
would take 800 MB; here one bit says whether a token is one, and a running count for
every block of 512 bits says where the k-th is to be looked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 64
"""Bytes for each running count."""
_CHUNK = 1 << 22


class Places:
    """Positions where `mask` is true, in rising order, addressed by rank."""

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        packed = np.packbits(mask)
        self._bytes = np.pad(packed, (0, -len(packed) % BLOCK)).reshape(-1, BLOCK)
        counts = np.zeros(len(self._bytes) + 1, dtype=np.int64)
        step = _CHUNK // BLOCK
        for start in range(0, len(self._bytes), step):
            ones = np.bitwise_count(self._bytes[start : start + step])
            counts[start + 1 : start + 1 + len(ones)] = ones.sum(1, dtype=np.int64)
        self._before = np.cumsum(counts)

    def __len__(self) -> int:
        """How many positions there are."""
        return int(self._before[-1])

    def __getitem__(self, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The positions with the given ranks, each from 0 to `len(self) - 1`."""
        block = np.searchsorted(self._before, ranks, side="right") - 1
        left = ranks - self._before[block]
        rows = self._bytes[block]
        byte, left = _find(np.bitwise_count(rows), left)
        last = rows[np.arange(len(rows)), byte]
        bit, _ = _find(np.unpackbits(last[:, None], axis=1), left)
        return (block * BLOCK + byte) * 8 + bit


def _find(
    counts: NDArray[np.uint8], ranks: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which column of each row holds the one of that rank, and its rank within."""
    through = np.cumsum(counts, axis=1, dtype=np.int64)
    column = (through <= ranks[:, None]).sum(1)
    rows = np.arange(len(ranks))
    return column, ranks - through[rows, column] + counts[rows, column]
