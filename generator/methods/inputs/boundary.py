"""A gradient field over a square."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Plane
from generator.corpora.base import Annotation
from generator.corpora.boundaries import EXTENT
from generator.corpora.numeric import numbers_of
from generator.methods.base import Asked
from generator.methods.numbered import RowMethod
from generator.models.rows import RowClassifier


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

    def collect(self, asked: Asked) -> Plane:
        """Ask. Raises `CorpusError`."""
        model: RowClassifier = asked.model.at(self.epoch)
        corpus = numbers_of(asked.corpus)
        half = EXTENT / self.points
        line = np.linspace(-EXTENT + half, EXTENT - half, self.points)
        x, y = np.meshgrid(line, line)
        found = self.slopes(model, np.stack([x.ravel(), y.ravel()], -1))
        shape = (self.points, self.points)
        outline = corpus.boundary.outline() if corpus.boundary else np.zeros((0, 2))
        return Plane(
            epoch=model.epoch,
            function=self.function(),
            unit=f"per unit of {corpus.features[0]} and {corpus.features[1]}",
            axes=(corpus.features[0], corpus.features[1]),
            x=line.astype(np.float32),
            y=line.astype(np.float32),
            values=found.values.reshape(shape).astype(np.float32),
            gradients=found.gradients.reshape((*shape, 2)).astype(np.float32),
            labels=model.labels,
            probabilities=found.probabilities.reshape((*shape, -1)).astype(np.float32),
            outline=outline.astype(np.float32),
        )
