"""Attention over the last places of a sequence, at every place at once.

At place t, the last `window` places up to t are weighed as `attention` says: a weight
is `exp(e_i - max e) / (Σ exp(e_j - max e) + ε)`, the maximum taken over these places
alone, and the output is the weighted average of their vectors.

The sums are made by doubling. A run of `n` places is summed up by three numbers: its
highest score `m`, and `Σ exp(e - m)` and `Σ exp(e - m) x` over it. Two runs side
by side are one: both are scaled to the higher of the two maxima and added. So runs of
1, 2, 4, … places ending everywhere are made, each of two of the one before, and
`window` is put together from those of its binary digits. Nothing is ever taken away
from a sum, so no precision is lost in a difference, and no exponent is above 0.

A place that does not exist has the lowest score there is, and weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import tensorflow as tf

from generator.networks.layers.attention import EPSILON
from generator.networks.training.steps import Tensor


@dataclass(frozen=True)
class WindowRuns:
    """The sums of attention over a run of places that ends at each place."""

    highest: Tensor  # (n, T)
    shares: Tensor  # (n, T), summed
    vectors: Tensor  # (n, T, D), summed

    def shift_later(self, places: int) -> WindowRuns:
        """Return the runs that end `places` earlier, empty where there are none."""
        if not places:
            return self
        return WindowRuns(
            _shift_values(self.highest, places, self.highest.dtype.min),
            _shift_values(self.shares, places, 0.0),
            _shift_values(self.vectors, places, 0.0),
        )

    def join_runs(self, later: WindowRuns) -> WindowRuns:
        """Return each run together with the one behind it."""
        highest = tf.maximum(self.highest, later.highest)
        first = tf.exp(self.highest - highest)
        second = tf.exp(later.highest - highest)
        return WindowRuns(
            highest,
            first * self.shares + second * later.shares,
            first[..., None] * self.vectors + second[..., None] * later.vectors,
        )


def compute_sliding_averages(scores: Tensor, vectors: Tensor, window: int) -> Tensor:
    """Average the last `window` places at every place, by attention.

    Args:
        scores: Scores (n, T), the lowest number where a place does not exist.
        vectors: Vectors (n, T, D).
        window: How many places are averaged.

    Returns:
        The averages (n, T, D).
    """
    exists = tf.cast(scores > scores.dtype.min, scores.dtype)
    # The average does not depend on what scores are measured from.
    highest = tf.stop_gradient(scores)
    shares = tf.where(exists > 0, tf.exp(scores - highest), 0.0)
    run = WindowRuns(highest, shares, shares[..., None] * vectors)
    joined: WindowRuns | None = None
    behind = 0
    for size in _iterate_doublings(window):
        if window & size:
            joined = (
                run if joined is None else run.shift_later(behind).join_runs(joined)
            )
            behind += size
        if 2 * size <= window:
            run = run.shift_later(size).join_runs(run)
    assert joined is not None  # noqa: S101 - for mypy: a window has a place
    return joined.vectors / (joined.shares + EPSILON)[..., None]


def _iterate_doublings(window: int) -> Iterator[int]:
    """Yield 1, 2, 4, … up to `window`."""
    size = 1
    while size <= window:
        yield size
        size *= 2


def _shift_values(values: Tensor, places: int, filling: float) -> Tensor:
    """Move `values` to later places along axis 1, filling up in front."""
    rest = [[0, 0]] * (values.shape.rank - 2)
    padded = tf.pad(values, [[0, 0], [places, 0], *rest], constant_values=filling)
    return padded[:, : tf.shape(values)[1]]
