"""Rows of numbers to train on, each with its label and perhaps an annotation mask."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.networks.stepping import Batch

Numbers = NDArray[np.int64]


class Rows:
    """Rows with labels: examples of one length."""

    def __init__(
        self,
        rows: NDArray[np.float32],
        labels: NDArray[np.integer[Any]],
        mask: NDArray[np.bool_] | None = None,
    ) -> None:
        """Args: rows (n, features); places of labels (n,); a mask like the rows."""
        self._rows = np.ascontiguousarray(rows, np.float32)
        self._labels = np.ascontiguousarray(labels, np.int32)
        self._mask = None if mask is None else np.ascontiguousarray(mask)
        told = hashlib.sha256(f"rows/1/{rows.shape}/{mask is None}".encode())
        for array in (self._rows, self._labels, self._mask):
            if array is not None:
                told.update(array.data)
        self.key = told.hexdigest()

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._labels)

    def take(self, numbers: Numbers) -> Batch:
        """Rows, with their mask if there is one, and labels of these numbers."""
        rows, labels = self._rows[numbers], self._labels[numbers]
        if self._mask is None:
            return rows, labels
        return (rows, self._mask[numbers].astype(np.float32)), labels
