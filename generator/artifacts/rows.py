"""What a model of numbers was asked: a function over a plane, scores of features."""

from __future__ import annotations

from dataclasses import dataclass

from generator.artifacts.base import Artifact, Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Plane(Artifact):
    """A function of two features on a grid, and its gradient there."""

    function: str  # what was differentiated, in words
    unit: str  # of the gradient
    axes: tuple[str, str]
    x: Floats  # (columns,), rising
    y: Floats  # (rows,), rising
    values: Floats  # (rows, columns), of the function
    gradients: Floats  # (rows, columns, 2), by x and by y
    labels: tuple[str, ...]
    probabilities: Floats  # (rows, columns, labels)
    outline: Floats  # (points, 2) along the true boundary; none where it is not known


@dataclass(frozen=True, slots=True)
class FeaturePanel:
    """Scores of all features: of one row, or over many."""

    name: str
    scores: Floats  # (features,) or, of a picture, (pixels,)
    marked: Ints  # places in `scores` that an annotation mask names
    row: int | None = None  # the row's number in the corpus
    truth: str = ""
    label: str = ""  # what was predicted
    probability: float = 1.0  # of that
    rows: int = 1  # how many rows it is over


@dataclass(frozen=True, kw_only=True)
class FeatureScores(Artifact):
    """A score for every feature; of pictures, for every pixel."""

    quantity: str
    unit: str
    signed: bool
    features: tuple[str, ...]
    shape: tuple[int, ...]  # (rows, columns) of a picture, empty for a table
    panels: tuple[FeaturePanel, ...]
    mask: str = ""  # the annotation mask that is marked
    notes: tuple[str, ...] = ()
