"""What a classifier is trained on: texts of any length, each with its label.

All ids of all texts lie in one array, a text after the other. A batch is as wide as its
longest text, padded with 0 on the right; or, for a network that reads padding too, as
wide as it always is. Where words are marked as ones that must not matter, the marks
come with the ids, padded alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.networks.windows import pack

Numbers = NDArray[np.int64]
Inputs = NDArray[np.int32] | tuple[NDArray[np.int32], NDArray[np.float32]]


class Texts:
    """Texts with labels: examples that know their lengths."""

    def __init__(
        self,
        texts: Sequence[Sequence[int]],
        labels: Sequence[int],
        size: int,
        *,
        width: int | None = None,
        marks: Sequence[Sequence[int]] | None = None,
    ) -> None:
        """Args: ids of each text, below `size`; places of labels; a fixed width; marks.

        `marks` are 1 for each token that must not matter, 0 for the others.
        """
        self._ids, self._offsets = pack(texts, size)
        self._targets = np.array(labels, np.int32)
        self._width = width
        self.lengths: Numbers = np.diff(self._offsets)
        if width is not None:
            self.lengths = np.full_like(self.lengths, width)
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts with {len(labels)} labels")
        if width is not None and len(texts) and np.diff(self._offsets).max() > width:
            raise ValueError(f"a text is longer than {width} tokens")
        self._marks = None if marks is None else pack(marks, 2)[0]
        if self._marks is not None and len(self._marks) != len(self._ids):
            raise ValueError(f"{len(self._marks)} marks of {len(self._ids)} tokens")
        told = hashlib.sha256(f"texts/1/{width}/{self._ids.dtype.str}".encode())
        for array in (self._offsets, self._targets, self._ids, self._marks):
            if array is not None:
                told.update(np.ascontiguousarray(array).data)
        self.key = told.hexdigest()

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self._targets)

    def take(self, numbers: Numbers) -> tuple[Inputs, NDArray[np.int32]]:
        """Ids (n, width) and labels (n,) of the texts with these numbers.

        With marks, the ids and the marks (n, width) instead of the ids.
        """
        starts, ends = self._offsets[numbers], self._offsets[numbers + 1]
        width = self._width or int((ends - starts).max(initial=1))
        slots = starts[:, None] + np.arange(width)
        inside = slots < ends[:, None]
        last = max(len(self._ids) - 1, 0)
        places = np.minimum(slots, last)

        def spread(values: NDArray[Any]) -> NDArray[Any]:
            return np.where(inside, values[places] if len(values) else 0, 0)

        ids, targets = spread(self._ids).astype(np.int32), self._targets[numbers]
        if self._marks is None:
            return ids, targets
        return (ids, spread(self._marks).astype(np.float32)), targets
