"""What measures of several matrices share: which are asked, of the same texts, pooled.

A matrix holds scores of target tokens over a source: attention, gradients or occlusion,
of one model or of several on the same corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.artifacts import AlignedText, Alignments, Artifact, Estimate, Role
from generator.errors import UnsupportedError, quoted
from generator.methods.base import Method
from generator.methods.statistics import RESAMPLES, percentiles
from generator.spec import Line

Array = NDArray[np.floating[Any]]


class OfMatrices(Method):
    """A method that measures scores of the same pairs of texts."""

    of: Annotated[tuple[str, ...], Field(min_length=1, max_length=10)]
    """Artifacts with scores of the same pairs of texts."""
    names: tuple[Line, ...] = ()
    """What rows call them; without, as the study does."""

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if len(set(self.of)) < len(self.of):
            raise ValueError("of: one of them is named twice")
        if self.names and len(self.names) != len(self.of):
            raise ValueError("names: give one for each of `of`")
        if len(set(self.names)) < len(self.names):
            raise ValueError("names: two are the same")
        return self

    def reads(self) -> tuple[str, ...]:
        """The scores."""
        return self.of

    def called(self) -> tuple[str, ...]:
        """A name for each row."""
        return self.names or self.of


def texts_of(artifact: Artifact, name: str) -> tuple[AlignedText, ...]:
    """The texts of a matrix. Raises `UnsupportedError` where it is none."""
    if not isinstance(artifact, Alignments):
        raise UnsupportedError(
            f"of: {quoted(name)} holds {type(artifact).__name__}; expected scores of a "
            "target over a source: name an artifact of alignment, source_gradients or "
            "source_occlusion"
        )
    return artifact.texts


def same_pairs(every: Sequence[Sequence[AlignedText]], names: Sequence[str]) -> None:
    """Raises `UnsupportedError` unless all scores are of the same texts."""
    first = [(text.sources, text.targets) for text in every[0]]
    for texts, name in zip(every[1:], names[1:], strict=True):
        if [(text.sources, text.targets) for text in texts] != first:
            raise UnsupportedError(
                f"of: {quoted(name)} is of other texts than {quoted(names[0])}; "
                "expected the same: give both the same corpus and documents"
            )


def diagonal(text: AlignedText) -> Array:
    """Scores that are largest on the diagonal of a text's words."""
    targets, sources = len(text.targets) - 1, len(text.sources) - 1
    places = np.arange(targets + 1) * (max(sources - 1, 0) / max(targets - 1, 1))
    return np.asarray(-np.abs(places[:, None] - np.arange(sources + 1)))


def pooled(
    name: str,
    found: Sequence[tuple[float, int]],
    rng: np.random.Generator,
    role: Role = "observed",
) -> Estimate:
    """A share over all texts, each giving what it has and out of how many.

    The interval comes from resampling texts, which are counted. Raises
    `UnsupportedError` where no text has anything.
    """
    right, total = np.array(found, dtype=np.float64).T
    if not total.any():
        raise UnsupportedError(
            f"of: {quoted(name)}: no target word has a score; expected sources of at "
            "least two words and targets with a letter or digit: give more documents"
        )
    low, high = resampled(right, total, rng)
    value = float(right.sum() / total.sum())
    return Estimate(name, value, min(low, value), max(high, value), len(found), role)


def resampled(
    right: Array, total: Array, rng: np.random.Generator
) -> tuple[float, float]:
    """The 95 % interval of `sum(right) / sum(total)` over resampled texts."""
    drawn = rng.integers(0, right.size, size=(RESAMPLES, right.size))
    totals = total[drawn].sum(1)
    shares = right[drawn].sum(1)[totals > 0] / totals[totals > 0]
    return percentiles(shares)
