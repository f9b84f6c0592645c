"""Corpora of numbers: rows of features instead of texts, with all else a corpus has.

A row stands where a text would: `documents[i]` carries the label and the side of row
`inputs[i]` and an empty text. So dividing, counting labels, keys and notes are those
of every corpus. An annotation mask says of features that they must not matter, for all
rows alike or row by row; which masks there are is the corpus's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.corpora.base import Corpus, Document, Part
from generator.corpora.boundaries import Boundary
from generator.errors import CorpusError, nearest, quoted

Inputs = NDArray[np.float32]
Mask = NDArray[np.bool_]


def nothing() -> Inputs:
    """No row."""
    return np.zeros((0, 0), np.float32)


@dataclass(frozen=True, eq=False)
class NumericCorpus(Corpus):
    """Rows of numbers in a fixed order.

    `masks` are annotation masks by name, each (features,) or (rows, features). `shape`
    is (rows, columns) or (rows, columns, channels) of a picture whose values the
    features are, in that order; empty where they are none. `ends` are the least and
    the largest value a feature of a picture can have.
    """

    inputs: Inputs = field(default_factory=nothing)  # (rows, features)
    features: tuple[str, ...] = ()
    masks: tuple[tuple[str, Mask], ...] = ()
    shape: tuple[int, ...] = ()
    ends: tuple[float, float] | None = None
    boundary: Boundary | None = None

    def mask(self, name: str, rows: Sequence[int]) -> Mask:
        """The mask of these rows, (rows, features). Raises `CorpusError`."""
        known = dict(self.masks)
        if name not in known:
            raise CorpusError(
                f"mask: the corpus has no annotation mask {quoted(name)}; "
                f"{nearest(name, known)}"
            )
        found = known[name]
        whole = (len(rows), len(self.features))
        return np.broadcast_to(found, whole) if found.ndim == 1 else found[list(rows)]


def numeric(
    inputs: NDArray[Any],
    labels: Sequence[str],
    names: Sequence[str],
    parts: Sequence[Part | None] = (),
    **more: Any,  # noqa: ANN401 - fields of `NumericCorpus`
) -> NumericCorpus:
    """A corpus of these rows, `names` being the labels in their order."""
    sides = parts or (None,) * len(labels)
    documents = (
        Document("", label, part=part)
        for label, part in zip(labels, sides, strict=True)
    )
    return NumericCorpus(
        documents=tuple(documents),
        inputs=inputs.astype(np.float32),
        labels=tuple(names),
        **more,
    )


def numbers_of(corpus: Corpus | None) -> NumericCorpus:
    """`corpus`, which must hold numbers. Raises `CorpusError`."""
    if not isinstance(corpus, NumericCorpus):
        raise CorpusError("the corpus holds texts; expected rows of numbers")
    return corpus
