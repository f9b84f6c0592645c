"""The attention weights furthest from a classifier's that leave its answer in place.

Wanted are weights `a`, not negative and of sum 1, whose Jensen–Shannon divergence from
the model's is as large as can be while the answer moves by at most a tolerance of total
variation.

With two labels (`find_furthest_weights`) the answer is exact:

1. The divergence is convex in `a`, so its maximum over a convex set lies in a corner.
2. With two labels the answer is a rising function of the difference `d` of the two
   logits, and `d` is linear in `a`. So the answer stays within the tolerance where `d`
   stays between two bounds: the set is convex, a slab cut out of all weightings.
3. A corner of that set has weight on one slot, or on two slots of which one bound fixes
   the shares. All of them are tried: the answer is exact, no search and no chance.

With more labels the set is curved and its corners cannot be listed
(`search_furthest_weights`). Many starts climb at once, for texts of like lengths
together:

1. Weights are the softmax of free numbers, so they stay weights.
2. Adam climbs the Jensen–Shannon divergence from the model's weights, less a penalty
   times the total variation where that is at the tolerance or beyond. The penalty
   grows, from another beginning in each start, and the steps shrink.
3. Where a start ends beyond the tolerance, it is drawn back along the straight line to
   the model's own weights, which are always within.
4. The furthest of all starts is the answer. It need not be the furthest there is: its
   divergence is a lower bound. Where that can be known, with two labels, it falls short
   of it by about 0.01 nats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.attention.hypothesis_tests.permutation import WeightedText
from generator.methods.common.divergence import (
    LN2,
    jensen_shannon,
    softmax,
    softmax_gradient,
    total_variation,
)

Array = NDArray[np.float64]
Places = NDArray[np.intp]
WITHIN = 1 - 1e-9
"""Of the tolerance, so that rounding does not lead beyond it."""
TWO = 2


def find_furthest_weights(weighing: WeightedText, tolerance: float) -> Array:
    """Find the weights furthest from the model's, exactly, for two labels.

    Args:
        weighing: A text of two slots or more.
        tolerance: How far the answer may move, in total variation.

    Returns:
        Weights, (slots,).
    """
    slopes = weighing.values[:, 1] - weighing.values[:, 0]
    logits = weighing.logits()
    here = float(weighing.weights @ slopes)
    low, high = logit_bounds(float(logits[1] - logits[0]), tolerance * WITHIN)
    corners = list(iterate_corners(slopes, here + low, here + high))
    first, second = (np.concatenate([one[at] for one in corners]) for at in (0, 1))
    shares = np.concatenate([one[2] for one in corners])
    best = int(np.argmax(corner_divergences(weighing.weights, first, second, shares)))
    answer = np.zeros(len(slopes))
    answer[first[best]] = shares[best]
    answer[second[best]] += 1 - shares[best]
    return answer


def logit_bounds(difference: float, tolerance: float) -> tuple[float, float]:
    """Compute how far the difference of two logits may fall and rise.

    Args:
        difference: The second logit less the first.
        tolerance: How far the probability may move.

    Returns:
        Bounds on the change, below and above 0; infinite where any change is within.
    """
    falls = _reach(-difference, tolerance)
    rises = _reach(difference, tolerance)
    return -falls, rises


def _reach(difference: float, tolerance: float) -> float:
    """Compute how far a logit may rise until its probability rises by `tolerance`."""
    share = float(np.exp(-np.logaddexp(0, -difference)))
    rest = float(np.exp(-np.logaddexp(0, difference)))
    if rest <= tolerance:
        return float("inf")
    return float(np.log((share + tolerance) / (rest - tolerance))) - difference


def iterate_corners(
    slopes: Array, low: float, high: float
) -> Iterator[tuple[Places, Places, Array]]:
    """Yield the corners of the slab `low ≤ a · slopes ≤ high` of all weightings.

    Args:
        slopes: What each slot adds to the logits' difference, (slots,).
        low: Lower bound, possibly infinite.
        high: Upper bound, possibly infinite.

    Yields:
        Places of two slots and the first one's share, each (corners,).
    """
    alone = np.flatnonzero((low <= slopes) & (slopes <= high))
    yield alone, (alone + 1) % len(slopes), np.ones(len(alone))
    first, second = np.triu_indices(len(slopes), 1)
    gaps = slopes[first] - slopes[second]
    for bound in (low, high):
        shares = np.full(len(gaps), np.nan)
        if np.isfinite(bound):
            np.divide(bound - slopes[second], gaps, out=shares, where=gaps != 0)
        valid = (shares >= 0) & (shares <= 1)
        yield first[valid], second[valid], shares[valid]


def corner_divergences(
    weights: Array, first: Places, second: Places, shares: Array
) -> Array:
    """Compute the divergence from `weights` of weights on two slots alone.

    Args:
        weights: The model's, (slots,).
        first: Places of the first slot, (corners,).
        second: Places of the second slot, (corners,).
        shares: The first slot's weight, (corners,).

    Returns:
        (corners,), in nats.
    """
    gains = _divergence_gain(shares, weights[first]) + _divergence_gain(
        1 - shares, weights[second]
    )
    return np.asarray((LN2 + gains) / TWO)


def _divergence_gain(share: Array, weight: Array) -> Array:
    """Compute what a slot's share adds to twice the divergence."""
    total = share + weight
    own = _times_log(share, total)
    return np.asarray(own + _times_log(weight, total) - weight * LN2)


def _times_log(part: Array, total: Array) -> NDArray[np.float64]:
    """Compute `part · ln(2 part / total)`, 0 where `part` is 0."""
    ratio: NDArray[Any] = np.ones(part.shape)
    np.divide(TWO * part, total, out=ratio, where=part > 0)
    return np.asarray(part * np.log(ratio))


STARTS = 16
STEPS = 600
TEXTS = 32
"""Texts that climb together."""
RATE = 0.3
PENALTIES = (1.0, 30.0)
"""The range in which the starts' penalties begin."""
PENALTY = 300.0
"""Where all of them end."""
PENALTY_FROM = 0.98
"""Of the tolerance, from where on the penalty is due."""
DRAWN_BACK = np.linspace(0, 1, 33)
"""Shares of the way from the model's weights."""
TINY = 1e-12
LEAST = -30.0
"""Free numbers are at least this beside their largest: a share of 1e-13."""


def search_furthest_weights(
    weighings: Sequence[WeightedText],
    tolerance: float,
    draws: Sequence[np.random.Generator],
) -> tuple[Array, ...]:
    """Search for the furthest weights of each text, for three labels or more.

    Args:
        weighings: The texts.
        tolerance: How far the answer may move, in total variation.
        draws: A generator for each text.

    Returns:
        Weights of each text, (slots,); their divergence is a lower bound.
    """
    furthest: dict[int, Array] = {}
    for part in group_by_length(weighings):
        mine = [weighings[at] for at in part]
        starts = [
            draw_starts(one, draws[at]) for one, at in zip(mine, part, strict=True)
        ]
        best = ascend(mine, np.stack(list(_pad_starts(starts))), tolerance)
        for at, one, row in zip(part, mine, best, strict=True):
            furthest[at] = row[: len(one.weights)]
    return tuple(furthest[at] for at in range(len(weighings)))


def group_by_length(weighings: Sequence[WeightedText]) -> Iterator[list[int]]:
    """Yield the indices of texts in groups of like numbers of slots."""
    order = sorted(range(len(weighings)), key=lambda at: len(weighings[at].weights))
    for first in range(0, len(order), TEXTS):
        yield order[first : first + TEXTS]


def draw_starts(weighing: WeightedText, rng: np.random.Generator) -> Array:
    """Draw free numbers (starts, slots): the model's weights inverted, then random ones."""
    starts = rng.normal(size=(STARTS, len(weighing.weights)))
    starts[0] = -np.log(weighing.weights + 1e-3)
    return starts


def _pad_starts(starts: Sequence[Array]) -> Iterator[Array]:
    """Pad starts to one width; slots that a text has not are minus infinity."""
    width = max(each.shape[1] for each in starts)
    for each in starts:
        wide = np.full((STARTS, width), -np.inf)
        wide[:, : each.shape[1]] = each
        yield wide


def ascend(weighings: Sequence[WeightedText], free: Array, tolerance: float) -> Array:
    """Climb from all starts, and return the furthest weights.

    Args:
        weighings: The texts.
        free: Free numbers, (texts, starts, slots).
        tolerance: How far the answer may move, in total variation.

    Returns:
        (texts, slots).
    """
    height = AscentObjective(weighings, tolerance)
    real = np.isfinite(free)
    first, second = np.zeros(free.shape), np.zeros(free.shape)
    begin = np.geomspace(*PENALTIES, free.shape[1])[:, None]
    for step in range(1, STEPS + 1):
        done = step / STEPS
        slope = height.gradient(softmax(free), begin * (PENALTY / begin) ** done)
        first += 0.1 * (slope - first)
        second += 0.01 * (slope * slope - second)
        rate = RATE * (1 + np.cos(np.pi * done)) / 2
        even = np.sqrt(second / (1 - 0.99**step)) + 1e-8
        free = free + rate * first / (1 - 0.9**step) / even
        free -= free.max(-1, keepdims=True)
        free = np.where(real, np.maximum(free, LEAST), -np.inf)
    return height.best_weights(softmax(free))


class AscentObjective:
    """The objective of the search, for several texts at once: divergence less penalty."""

    def __init__(self, weighings: Sequence[WeightedText], tolerance: float) -> None:
        self.tolerance = tolerance
        slots = max(len(one.weights) for one in weighings)
        self.weights = np.zeros((len(weighings), 1, slots))
        self.values = np.zeros((len(weighings), slots, len(weighings[0].biases)))
        for at, one in enumerate(weighings):
            self.weights[at, 0, : len(one.weights)] = one.weights
            self.values[at, : len(one.values)] = one.values
        self.logits = np.array([one.logits() for one in weighings])[:, None]
        self.said = softmax(self.logits)

    def probabilities(self, weights: Array) -> Array:
        """Compute probabilities (texts, starts, labels) under (texts, starts, slots)."""
        return softmax(self.logits + (weights - self.weights) @ self.values)

    def gradient(self, weights: Array, penalty: Array) -> Array:
        """Compute the objective's gradient by the free numbers.

        Args:
            weights: (texts, starts, slots).
            penalty: Of each start, (starts, 1).

        Returns:
            (texts, starts, slots).
        """
        probabilities = self.probabilities(weights)
        shift = total_variation(probabilities, self.said)[..., None]
        signs = np.sign(probabilities - self.said) / 2
        by_logit = softmax_gradient(probabilities, signs) * (
            shift > PENALTY_FROM * self.tolerance
        )
        uphill = np.log((weights + TINY) / ((weights + self.weights) / 2 + TINY)) / 2
        downhill = penalty * (by_logit @ self.values.transpose(0, 2, 1))
        return softmax_gradient(weights, uphill - downhill)

    def best_weights(self, weights: Array) -> Array:
        """Return the furthest of all starts, drawn back to the tolerance where needed.

        Args:
            weights: (texts, starts, slots).

        Returns:
            (texts, slots).
        """
        answer = self.weights[:, 0].copy()
        far = np.zeros(len(answer))
        for share in DRAWN_BACK:
            candidates = self.weights + share * (weights - self.weights)
            within = (
                total_variation(self.probabilities(candidates), self.said)
                <= self.tolerance
            )
            apart: NDArray[Any] = np.where(
                within, jensen_shannon(candidates, self.weights), 0
            )
            start = apart.argmax(1)
            rows = np.arange(len(answer))
            better = apart[rows, start] > far
            answer[better] = candidates[rows, start][better]
            far = np.maximum(far, apart[rows, start])
        return answer
