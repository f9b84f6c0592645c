"""Input gradients over a plane, and their angles and sizes near a known boundary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Estimate, Estimates, Plane
from generator.core.errors import CorpusError
from generator.corpora.base import Annotation
from generator.corpora.numeric.base import EXTENT, Boundary, require_numeric
from generator.methods.base import Context
from generator.methods.common.classifier_texts import side_documents
from generator.methods.common.feature_rows import RowMethod, load_rows
from generator.methods.common.statistics import percentiles
from generator.models.base import Quantity
from generator.models.capabilities import RowClassifier


class BoundaryMap(RowMethod):
    """A function of a model over two features, and its gradient at every point of a grid.

    1. The model is asked at the points of an even grid over the square of its corpus. What
       it is asked for is one number: the probability, the log probability or the logit of
       one label or, without one, of the label it predicts at that point. Which of them
       stands with the figure, as they are different fields.
    2. At each point the gradient is taken: the direction in which the number grows fastest,
       and how fast, per unit of each feature.
    3. Beside it are kept the probabilities of all labels, whose even line is the model's
       boundary, and the true boundary.

    **What to expect.** Where a model goes from sure of one label to sure of the other, the
    gradient is large and stands normal to its boundary; where it is sure, all of it is
    nearly 0. Of the predicted label's probability, gradients point away from the boundary
    on both sides. The logarithm of the same divides by that probability, which is between
    one half and 1: two labels' fields of max p and of log max p differ by a factor of 2 at
    most and look alike. Of a fixed label, log p keeps its slope far into the other side.

    Source: Ross, Hughes and Doshi-Velez (2017), arXiv 1703.03717, figure 1 and the notebook
    2D Intuition.
    Differs: a grid, not the sample itself; arrows have a scale. Their widely shown figure
    is titled max p and drawn from log max p, as its code has it.
    """

    needs: ClassVar = (RowClassifier,)
    gives: ClassVar = Plane
    expects: ClassVar[frozenset[Annotation]] = frozenset({Annotation.BOUNDARY})
    method: Literal["boundary"]
    points: int = Field(default=21, ge=2, le=64)
    """Points of the grid along each side."""

    def collect(self, context: Context) -> Plane:
        """Differentiate at every point of the grid; see the base."""
        model: RowClassifier = context.model.at(self.epoch)
        corpus = require_numeric(context.corpus)
        half = EXTENT / self.points
        line = np.linspace(-EXTENT + half, EXTENT - half, self.points)
        x, y = np.meshgrid(line, line)
        gradients = self.gradients(model, np.stack([x.ravel(), y.ravel()], -1))
        shape = (self.points, self.points)
        outline = (
            corpus.boundary.compute_outline() if corpus.boundary else np.zeros((0, 2))
        )
        return Plane(
            epoch=model.epoch,
            function=self.describe_function(),
            unit=f"per unit of {corpus.features[0]} and {corpus.features[1]}",
            axes=(corpus.features[0], corpus.features[1]),
            x=line.astype(np.float32),
            y=line.astype(np.float32),
            values=gradients.values.reshape(shape).astype(np.float32),
            gradients=gradients.gradients.reshape((*shape, 2)).astype(np.float32),
            labels=model.labels,
            probabilities=gradients.probabilities.reshape((*shape, -1)).astype(
                np.float32
            ),
            outline=outline.astype(np.float32),
        )


Array = NDArray[np.float64]
BAND = (0.9, 1.1)
FAR = (0.5, 1.4)
NORMAL = 0.99
"""A cosine from which a gradient counts as normal: 8 degrees."""
TENTH = 10
RESAMPLES = 1000


class BoundaryTests(RowMethod):
    """Whether input gradients stand normal to a boundary that is known, and where they are.

    The model is asked about every test row of a corpus whose boundary is known. r is 1 on
    that boundary, below 1 inside of it and above 1 outside. The *band* are rows with
    `0.9 < r < 1.1`; *far* are rows with r below 0.5 or above 1.4.

    *angle*: in the band, the cosine between the gradient of the predicted label's quantity
    and the true normal, turned to the side that the model says: the median and its tenth
    percentile; a note counts the rows above 0.99. Where a model predicts the wrong side
    the turned cosine is negative. The reference is 0, which directions without any relation
    to the normal would give; a row of its own shows gradients given to each other's points.

    *size*: the decimal logarithm of the ratio of the median length of the gradient in the
    band to that far away: 3 means a thousand times larger. One row for the probability of
    the predicted label, one for its logarithm, one for the log probability of each label.

    Intervals are 95 % bootstrap intervals over rows.

    Source: Ross, Hughes and Doshi-Velez (2017), arXiv 1703.03717, say of a similar corpus
    that gradients "lie normal" to the boundary, and show it.
    """

    needs: ClassVar = (RowClassifier,)
    gives: ClassVar = Estimates
    expects: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.BOUNDARY}
    )
    version: ClassVar[int] = 3
    method: Literal["boundary_tests"]
    test: Literal["angle", "size"] = "angle"
    """Which table."""

    def collect(self, context: Context) -> Estimates:
        """Test the gradients near the boundary; see the base.

        Raises:
            CorpusError: Too few test rows lie near the boundary.
        """
        model: RowClassifier = context.model.at(self.epoch)
        boundary = require_numeric(context.corpus).boundary
        assert boundary is not None  # noqa: S101 - `expects` requires a boundary
        rows = load_rows(context, side_documents(context, "test"))[0].astype(np.float64)
        ratio = boundary.compute_ratio(rows)
        band = (ratio > BAND[0]) & (ratio < BAND[1])
        if band.sum() < TENTH:
            raise CorpusError(
                f"{band.sum()} test rows lie near the boundary; expected {TENTH} or "
                "more: give the corpus more documents, or the model a larger test share"
            )
        if self.test == "angle":
            return self._angle(context, model, rows[band], boundary)
        far = (ratio < FAR[0]) | (ratio > FAR[1])
        return self._size(context, model, rows[band], rows[far])

    def _angle(
        self, context: Context, model: RowClassifier, rows: Array, boundary: Boundary
    ) -> Estimates:
        gradients = self.gradients(model, rows)
        outward = gradients.probabilities.argmax(1) == 1
        turned = np.where(self._should_grow(outward), 1.0, -1.0)[:, None]
        normals = boundary.compute_normals(rows)
        cosines = cosine_similarity(gradients.gradients * turned, normals)
        mixed = context.generator(0).permutation(len(rows))
        others = cosine_similarity((gradients.gradients * turned)[mixed], normals)
        table: tuple[tuple[str, Array, Callable[..., Any], Any], ...] = (
            ("median cosine", cosines, np.median, "observed"),
            ("tenth percentile", cosines, tenth_percentile, "observed"),
            ("median of shuffled gradients", others, np.median, "null"),
        )
        estimates = [
            bootstrap_statistic(name, values, how, context.generator(1, i), role)
            for i, (name, values, how, role) in enumerate(table)
        ]
        near = int((cosines > NORMAL).sum())
        return Estimates(
            epoch=model.epoch,
            quantity="cosine of gradient and true normal, 0.9 < r < 1.1",
            rows=tuple(estimates),
            reference=0.0,
            reference_name="no relation",
            notes=(
                f"gradients are of {self.describe_function()}",
                f"the cosine is above {NORMAL} for {near:,} of {len(rows):,} rows",
            ),
        )

    def _should_grow(self, outward: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return whether the quantity should grow outwards at each point."""
        if self.label is None:
            return outward
        return np.full(len(outward), self.label == "outside")

    def _size(
        self, context: Context, model: RowClassifier, band: Array, far: Array
    ) -> Estimates:
        def ratios() -> Iterator[Estimate]:
            each: list[tuple[str, Quantity, int | None]] = [
                ("p of the predicted label", "probability", None),
                ("log p of the predicted label", "log probability", None),
                *(
                    (f"log p of {label}", "log probability", place)
                    for place, label in enumerate(model.labels)
                ),
            ]
            for number, (name, quantity, label) in enumerate(each):
                near, away = (
                    np.log10(
                        vector_lengths(
                            model.compute_gradients(rows, quantity, label).gradients
                        )
                    )
                    for rows in (band, far)
                )
                yield median_difference(name, near, away, context.generator(number))

        return Estimates(
            epoch=model.epoch,
            quantity="log10 of gradient length in the band over that far away",
            rows=tuple(ratios()),
            reference=0.0,
            reference_name="equally large",
            notes=(f"{len(band):,} rows in the band, {len(far):,} far away",),
        )


def cosine_similarity(left: Array, right: Array) -> Array:
    """Compute the cosine of the angle between each two vectors (n, 2)."""
    lengths = vector_lengths(left) * vector_lengths(right)
    return np.asarray((left * right).sum(1) / lengths)


def vector_lengths(vectors: Array) -> Array:
    """Compute the lengths (n,) of vectors, never 0."""
    lengths = np.linalg.norm(vectors, axis=1)
    return np.asarray(np.maximum(lengths, np.finfo(np.float64).tiny))


def tenth_percentile(values: Array, axis: int | None = None) -> Any:  # noqa: ANN401 - a number or an array, as NumPy returns
    """Compute the tenth percentile."""
    return np.percentile(values, TENTH, axis)


def bootstrap_statistic(
    name: str,
    values: Array,
    how: Callable[..., Any],
    rng: np.random.Generator,
    role: Any = "observed",  # noqa: ANN401 - `EstimateRole`, taken from a table of mixed types
) -> Estimate:
    """Estimate a statistic of values (n,) with its bootstrap interval.

    Args:
        name: Name of the row.
        values: (n,).
        how: Computes the statistic, of an array or along an axis.
        rng: Draws the resamples.
        role: What the row is in its table.
    """
    indices = rng.integers(0, values.size, (RESAMPLES, values.size))
    value = float(how(values))
    low, high = percentiles(how(values[indices], axis=1))
    return Estimate(name, value, min(low, value), max(high, value), values.size, role)


def median_difference(
    name: str, near: Array, away: Array, rng: np.random.Generator
) -> Estimate:
    """Estimate the median of one sample minus that of another, with its interval."""
    value = float(np.median(near) - np.median(away))
    medians = [
        np.median(v[rng.integers(0, v.size, (RESAMPLES, v.size))], axis=1)
        for v in (near, away)
    ]
    low, high = percentiles(medians[0] - medians[1])
    ends = min(low, value), max(high, value)
    return Estimate(name, value, *ends, near.size + away.size)
