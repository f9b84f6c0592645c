"""Attention over the last places of a sequence, at every place at once.

At place t, the last `window` places up to t are weighed as `attention` says: a weight
is `exp(e_i - max e) / (Σ exp(e_j - max e) + ε)`, the maximum taken over these places
alone, and what comes out is the weighted average of their vectors.

The sums are made by doubling. What `n` places in a row come to is three things: their
highest score `m`, and `Σ exp(e - m)` and `Σ exp(e - m) x` over them. Two runs side by
side are one: both are scaled to the higher of the two maxima and added. So runs of 1,
2, 4, … places ending everywhere are made, each of two of the one before, and `window`
is put together from those of its binary digits. Nothing is ever taken away from a sum,
so no precision is lost in a difference, and no exponent is above 0.

A place that is not there has the lowest score there is, and weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import tensorflow as tf

from generator.networks.layers.attention import EPSILON
from generator.networks.training.steps import Tensor


@dataclass(frozen=True)
class WindowRuns:
    """What a run of places that ends at each place comes to."""

    highest: Tensor  # (n, T)
    shares: Tensor  # (n, T), summed
    vectors: Tensor  # (n, T, D), summed

    def shift_later(self, places: int) -> WindowRuns:
        """The runs that end so many places before; nothing where there are none."""
        if not places:
            return self
        return WindowRuns(
            _shift_values(self.highest, places, self.highest.dtype.min),
            _shift_values(self.shares, places, 0.0),
            _shift_values(self.vectors, places, 0.0),
        )

    def join_runs(self, later: WindowRuns) -> WindowRuns:
        """Each run together with the one behind it."""
        highest = tf.maximum(self.highest, later.highest)
        first = tf.exp(self.highest - highest)
        second = tf.exp(later.highest - highest)
        return WindowRuns(
            highest,
            first * self.shares + second * later.shares,
            first[..., None] * self.vectors + second[..., None] * later.vectors,
        )


def compute_sliding_averages(scores: Tensor, vectors: Tensor, window: int) -> Tensor:
    """The average (n, T, D) over the last `window` places, at every place.

    `scores` are (n, T), the lowest number where a place is not there; `vectors`
    (n, T, D).
    """
    there = tf.cast(scores > scores.dtype.min, scores.dtype)
    # The average does not depend on what scores are measured from.
    highest = tf.stop_gradient(scores)
    shares = tf.where(there > 0, tf.exp(scores - highest), 0.0)
    run = WindowRuns(highest, shares, shares[..., None] * vectors)
    found: WindowRuns | None = None
    behind = 0
    for size in _iterate_doublings(window):
        if window & size:
            found = run if found is None else run.shift_later(behind).join_runs(found)
            behind += size
        if 2 * size <= window:
            run = run.shift_later(size).join_runs(run)
    assert found is not None  # noqa: S101 - a window has a place
    return found.vectors / (found.shares + EPSILON)[..., None]


def _iterate_doublings(window: int) -> Iterator[int]:
    """1, 2, 4, … up to `window`."""
    size = 1
    while size <= window:
        yield size
        size *= 2


def _shift_values(values: Tensor, places: int, filling: float) -> Tensor:
    """`values` moved to later places along axis 1."""
    rest = [[0, 0]] * (values.shape.rank - 2)
    padded = tf.pad(values, [[0, 0], [places, 0], *rest], constant_values=filling)
    return padded[:, : tf.shape(values)[1]]
