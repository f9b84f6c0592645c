"""Gradients integrated along straight lines, by Gauss–Legendre quadrature.

With the points x′ at the start and x at the end of a line, each dimension i is given
`(x_i − x′_i) ∫ ∂f/∂x_i (x′ + t (x − x′)) dt`, t from 0 to 1. These sum to
`f(x) − f(x′)`, so that the error of the quadrature can be measured. n nodes are exact
for polynomials of degree 2n − 1; for what is smooth the error falls faster than any
power of n, over a kink only like 1/n.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.artifacts import Measurement, ScoredText, TokenScores
from generator.methods.attribution.gradients import (
    EXPLAINED_NOTES,
    UNITS,
    GradientMethod,
    build_scored_text,
    value_measurement,
)
from generator.methods.base import Context
from generator.methods.common.explained_predictions import ExplainedPrediction
from generator.methods.common.language_model_texts import to_float32
from generator.methods.common.perturbation import filling_ids, split_portions
from generator.models.base import Floats
from generator.models.capabilities import Differentiable, InputGradients

Array = NDArray[np.float64]
CELLS = 8_000_000
"""Numbers of points asked about in one call, 32 MB; their gradients are as many."""
TOLERANCE = 1e-3
"""By how much of the difference the scores' sum may miss it."""
ROUNDING = 1e-6
"""Float32 rounding of the function's values, relative to the larger one."""


@dataclass(frozen=True, eq=False)
class IntegrationPath:
    """A straight line between two points of one shape, and a function at its ends."""

    start: Floats
    end: Floats
    label: int = 0  # which function: the place of what is explained
    first: float = 0.0  # the function's value at the start
    last: float = 0.0  # and at the end

    @property
    def change(self) -> float:
        """The function's value at the end less that at the start."""
        return self.last - self.first

    @property
    def displacement(self) -> Array:
        """The vector from start to end, in double precision."""
        return np.asarray(self.end, np.float64) - self.start

    def is_complete(self, gap: float) -> bool:
        """Return whether scores that miss the change by `gap` are complete."""
        rounding = ROUNDING * max(abs(self.first), abs(self.last))
        return abs(gap) <= TOLERANCE * abs(self.change) + rounding


GradientFunction = Callable[
    [Sequence[IntegrationPath], Sequence[Floats]], Sequence[NDArray[Any]]
]
"""The gradient of each line's function at a point of it, shaped like the point."""


@dataclass(frozen=True, eq=False)
class Integral:
    """The integral along one line, by dimension."""

    parts: Array  # shaped like a point
    gap: float  # the sum of parts less the change
    nodes: int


def integrate_until_complete(
    gradients: GradientFunction, lines: Sequence[IntegrationPath], nodes: int, most: int
) -> list[Integral]:
    """Integrate each line, doubling the nodes until it is complete.

    Args:
        gradients: Returns the gradient of each line's function at a point of it.
        lines: The lines.
        nodes: How many nodes to begin with.
        most: How many nodes at most.

    Returns:
        One integral per line.
    """
    integrals: dict[int, Integral] = {}
    waiting = list(range(len(lines)))
    while waiting:
        parts = integrate(gradients, [lines[at] for at in waiting], nodes)
        for at, part in zip(waiting, parts, strict=True):
            gap = float(part.sum()) - lines[at].change
            integrals[at] = Integral(part, gap, nodes)
        if nodes >= most:
            break
        waiting = [at for at in waiting if not lines[at].is_complete(integrals[at].gap)]
        nodes = min(2 * nodes, most)
    return [integrals[at] for at in range(len(lines))]


def integrate(
    gradients: GradientFunction, lines: Sequence[IntegrationPath], nodes: int
) -> list[Array]:
    """Integrate each line with a fixed number of nodes.

    Args:
        gradients: Returns the gradient of each line's function at a point of it.
        lines: The lines.
        nodes: How many nodes.

    Returns:
        What each dimension contributes, shaped like the line's points.
    """
    at, weights = gauss_legendre(nodes)
    ways = [line.displacement for line in lines]
    sums = [np.zeros(way.shape) for way in ways]
    every = ((row, k) for row in range(len(lines)) for k in range(nodes))
    for pairs in split_portions(every, lambda pair: ways[pair[0]].size, CELLS):
        points = [to_float32(lines[row].start + at[k] * ways[row]) for row, k in pairs]
        slopes = gradients([lines[row] for row, _ in pairs], points)
        for (row, k), slope in zip(pairs, slopes, strict=True):
            sums[row] += weights[k] * slope
    return [way * total for way, total in zip(ways, sums, strict=True)]


@cache
def gauss_legendre(nodes: int) -> tuple[Array, Array]:
    """Return nodes between 0 and 1, (nodes,), and their weights, which sum to 1."""
    at, weights = np.polynomial.legendre.leggauss(nodes)
    return (at + 1) / 2, weights / 2


Baseline = Literal["zero", "pad", "unknown", "mean"]
BASELINES: dict[Baseline, str] = {
    "zero": "the baseline has zeros in the place of each word's vector",
    "pad": "the baseline has padding's vector in the place of each word's",
    "unknown": "the baseline has the unknown word in place of each word",
    "mean": "the baseline has the mean of all words' vectors in place of each word's",
}
ZERO = "all scores are zero"
BETWEEN = "points between the baseline and the text are not texts"


class IntegratedGradients(GradientMethod):
    """Gradients summed up on the way from nothing to the text: integrated gradients.

    1. A baseline stands for a text that says nothing: as many words, each with the same
       vector. It is the vector of zeros, or the study chooses padding's, the unknown
       word's, or the mean of the vectors of all words.
    2. All words' vectors go together, on a straight line, from the baseline to their own.
    3. On the way the gradient of what is explained is taken by each word's vector: of the
       logit of one label before softmax, of its probability, or of the logarithm of that.
       The label is the predicted one unless the study names another.
    4. A word's score is the mean of its gradient over the way, times how far its vector
       went, summed over dimensions. Above 0 the word spoke for the label, below 0 against.

    The scores of a text, with those of padding where the model reads it, sum to the value
    at the text less the value at the baseline. A word that changes nothing anywhere on the
    way scores 0, and two models that give equal answers everywhere give equal scores,
    however they compute them. The gradient at the text alone sums to nothing in particular,
    and may be 0 for the very word that decided.

    **How exact it is.** The mean is computed from the gradient at Gauss–Legendre nodes, 64
    unless the study says otherwise, with dropout off. What the scores' sum misses is told
    as the completeness gap. Where it is more than a thousandth of the difference, and more
    than rounding, a millionth of the values, the nodes are doubled, up to a limit; where
    that does not help, the text says so.

    **How far to believe it.** Only differences from the baseline are explained, and another
    baseline gives other scores: the value there is told, and need not be neutral. A word
    that has the baseline's vector itself scores 0: an unknown word, where the baseline is
    the unknown word's. Padding's vector was never trained in a model that masks padding.
    The points on the way are no texts. The model has learnt nothing about them, and one
    with attention weighs them in its own way: at the baseline all words are alike, and
    attention shifts among them as they come apart. A small gap says that the sum is right,
    not that the way was a sensible one.

    A text whose words are all unknown has no scores, nor has one whose scores are equal.

    Source: Sundararajan, Taly and Yan (2017), Axiomatic attribution for deep networks,
    arXiv 1703.01365.

    Differs: the integral is taken at Gauss–Legendre nodes where the paper takes a sum of
    equal steps, which needs more of them for the same gap; and their number follows from
    the gap.
    """

    version: ClassVar[int] = 2
    gives: ClassVar = TokenScores
    method: Literal["integrated_gradients"]
    baseline: Baseline = "zero"
    """What stands for a text that says nothing: zeros, the vector of padding or of the
    unknown word, or the mean of all words' vectors."""
    nodes: int = Field(default=64, ge=1, le=512)
    """At how many points of the way the gradient is taken."""
    most_nodes: int = Field(default=512, ge=1, le=512)
    """Up to how many where the scores do not sum to the difference."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        """Check that the limit of nodes is not below their number.

        Raises:
            ValueError: It is.
        """
        if self.most_nodes < self.nodes:
            raise ValueError(
                f"most_nodes: {self.most_nodes}; expected at least nodes, {self.nodes}"
            )
        return self

    def collect(self, context: Context) -> TokenScores:
        """Integrate the gradients of every text; see the base."""
        return self.explain(
            context,
            quantity="integrated gradient",
            unit=UNITS[self.quantity],
            signed=True,
            notes=(EXPLAINED_NOTES[self.quantity], BASELINES[self.baseline], BETWEEN),
        )

    def score_texts(
        self,
        model: Differentiable,
        cases: Sequence[ExplainedPrediction],
        points: Sequence[Floats],
        gradients: InputGradients,
    ) -> Iterator[ScoredText]:
        """Yield each prediction's scores; see the base."""
        labels = [case.label for case in cases]
        nothing = baseline_vector(model, self.baseline)
        starts = [np.tile(nothing, (len(point), 1)) for point in points]
        first = model.compute_gradients(starts, labels, self.quantity).values.tolist()
        last = gradients.values.tolist()
        lines = list(map(IntegrationPath, starts, points, labels, first, last))
        ways = integrate_until_complete(
            partial(self._gradients_at, model), lines, self.nodes, self.most_nodes
        )
        for case, line, way in zip(cases, lines, ways, strict=True):
            yield build_scored_text(
                case,
                way.parts.sum(-1),
                UNITS[self.quantity],
                *self._measurements(line, way),
                why="" if way.parts.any() else ZERO,
            )

    def _gradients_at(
        self,
        model: Differentiable,
        lines: Sequence[IntegrationPath],
        points: Sequence[Floats],
    ) -> Sequence[Floats]:
        """Compute the gradient of each line's label at a point of it."""
        labels = [line.label for line in lines]
        return model.compute_gradients(points, labels, self.quantity).gradients

    def _measurements(
        self, line: IntegrationPath, way: Integral
    ) -> Iterator[Measurement]:
        """Yield the values at both ends, and how exactly the scores sum to the change."""
        unit = UNITS[self.quantity]
        yield value_measurement(self.quantity, "with every token", line.last)
        yield value_measurement(self.quantity, "at the baseline", line.first)
        doubt = (
            f"more than a thousandth of the difference of {line.change:.3g} that the "
            "scores should sum to"
        )
        yield Measurement(
            "completeness gap",
            way.gap,
            unit,
            "" if line.is_complete(way.gap) else doubt,
        )
        yield Measurement("nodes", float(way.nodes))


def baseline_vector(model: Differentiable, baseline: Baseline) -> Floats:
    """Return the vector that each word's path starts from, (dimensions,)."""
    rows, filled = model.embedding(), filling_ids(model)
    if baseline == "zero":
        return np.zeros_like(rows[0])
    if baseline == "mean":
        words = np.delete(rows, sorted(set(filled.values())), axis=0)
        return to_float32(words.mean(0, dtype=np.float64))
    return np.asarray(rows[filled[baseline]])
