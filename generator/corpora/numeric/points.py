"""Points in a square, of two classes with a smooth boundary between them.

1. Points are drawn evenly from the square [-50, 50]².
2. A point is *inside* or *outside* of the boundary that `shape` names (see
   `boundaries`); nothing is noisy.

So a model's boundary can be compared with the true one, and its input gradients with
what is normal to that.

Source: notebook 2D Intuition of Ross, Hughes and Doshi-Velez (2017), which draws 20,000
points around the super-ellipse.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.corpora.base import Annotation, Corpus, CorpusSpec, Folders
from generator.corpora.numeric.base import (
    EXTENT,
    Boundary,
    BoundaryShape,
    make_generator,
    make_numeric_corpus,
)

LABELS = ("inside", "outside")


class Points(CorpusSpec):
    """Points in the plane, inside or outside of a boundary."""

    document_noun: ClassVar[str] = "point"
    holds: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.NUMBERS, Annotation.BOUNDARY}
    )
    kind: Literal["points"] = "points"
    shape: BoundaryShape = "super_ellipse"
    """The boundary."""
    documents: int = Field(default=20_000, ge=10, le=1_000_000)
    """How many points."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other points."""

    def load(self, folders: Folders) -> Corpus:
        """The points, each with its label."""
        drawn = make_generator("points", self.seed).random((self.documents, 2))
        inputs = ((2 * drawn - 1) * EXTENT).astype(np.float32)
        boundary = Boundary(self.shape)
        outside = boundary.compute_ratio(inputs.astype(np.float64)) > 1
        return make_numeric_corpus(
            inputs,
            [LABELS[int(one)] for one in outside],
            LABELS,
            key=self.key(folders),
            notes=(f"{int(outside.sum()):,} points lie outside of the boundary",),
            source="points drawn evenly from a square by this program",
            features=("x", "y"),
            boundary=boundary,
        )
