"""The most different attention weights that leave a classifier's answer in place.

Wanted are weights `a`, not negative and of sum 1, whose Jensen–Shannon divergence from
the model's is as large as can be while the answer moves by at most a tolerance of total
variation.

1. The divergence is convex in `a`, so its maximum over a convex set lies in a corner.
2. With two labels the answer is a rising function of the difference `d` of the two
   logits, and `d` is linear in `a`. So the answer stays within the tolerance where `d`
   stays between two bounds: the set is convex, a slab cut out of all weightings.
3. A corner of that set has weight on one slot, or on two slots of which one bound fixes
   the shares. All of them are tried: the answer is exact, no search and no chance.
4. With more labels the set is curved and its corners cannot be listed; see `ascent`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.averages import Weighing
from generator.methods.divergence import LN2

Array = NDArray[np.float64]
Places = NDArray[np.intp]
WITHIN = 1 - 1e-9
"""Of the tolerance, so that rounding does not lead beyond it."""
TWO = 2


def furthest(weighing: Weighing, tolerance: float) -> Array:
    """The weights (slots,) furthest from the model's; for two labels and two slots."""
    slopes = weighing.values[:, 1] - weighing.values[:, 0]
    logits = weighing.logits()
    here = float(weighing.weights @ slopes)
    low, high = bounds(float(logits[1] - logits[0]), tolerance * WITHIN)
    found = list(corners(slopes, here + low, here + high))
    first, second = (np.concatenate([one[at] for one in found]) for at in (0, 1))
    shares = np.concatenate([one[2] for one in found])
    best = int(np.argmax(distances(weighing.weights, first, second, shares)))
    answer = np.zeros(len(slopes))
    answer[first[best]] = shares[best]
    answer[second[best]] += 1 - shares[best]
    return answer


def bounds(difference: float, tolerance: float) -> tuple[float, float]:
    """How far the difference of two logits may fall and rise; infinite if any far."""
    falls = _reach(-difference, tolerance)
    rises = _reach(difference, tolerance)
    return -falls, rises


def _reach(difference: float, tolerance: float) -> float:
    """By how much a logit may rise until its probability has risen by `tolerance`."""
    share = float(np.exp(-np.logaddexp(0, -difference)))
    rest = float(np.exp(-np.logaddexp(0, difference)))
    if rest <= tolerance:
        return float("inf")
    return float(np.log((share + tolerance) / (rest - tolerance))) - difference


def corners(
    slopes: Array, low: float, high: float
) -> Iterator[tuple[Places, Places, Array]]:
    """Pairs of slots with the first one's share, where `low ≤ a · slopes ≤ high`."""
    alone = np.flatnonzero((low <= slopes) & (slopes <= high))
    yield alone, (alone + 1) % len(slopes), np.ones(len(alone))
    first, second = np.triu_indices(len(slopes), 1)
    gaps = slopes[first] - slopes[second]
    for bound in (low, high):
        shares = np.full(len(gaps), np.nan)
        if np.isfinite(bound):
            np.divide(bound - slopes[second], gaps, out=shares, where=gaps != 0)
        kept = (shares >= 0) & (shares <= 1)
        yield first[kept], second[kept], shares[kept]


def distances(weights: Array, first: Places, second: Places, shares: Array) -> Array:
    """Divergence from `weights` of weights on two slots alone, in nats."""
    found = _beside(shares, weights[first]) + _beside(1 - shares, weights[second])
    return np.asarray((LN2 + found) / TWO)


def _beside(share: Array, weight: Array) -> Array:
    """What a slot adds to twice the divergence, beyond what it would without share."""
    total = share + weight
    own = _times_log(share, total)
    return np.asarray(own + _times_log(weight, total) - weight * LN2)


def _times_log(part: Array, total: Array) -> NDArray[np.float64]:
    """`part · ln(2 part / total)`, 0 where `part` is 0."""
    ratio: NDArray[Any] = np.ones(part.shape)
    np.divide(TWO * part, total, out=ratio, where=part > 0)
    return np.asarray(part * np.log(ratio))
