"""All perturbed texts of a short text, and how often each anchor keeps its prediction.

A text of n tokens has 2^n perturbed texts, one for each set of tokens that is kept. An
anchor's precision is the share, of those that hold it, which are still predicted alike,
each counted by its chance: `keep^k (1 − keep)^(n − k)` where k tokens are kept, the
same for all of them where `keep` is one half. So the precision of every anchor comes
from one pass over the answers, and the shortest that reaches a threshold is found by
looking at all: no shorter one exists.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.methods.coalitions import every

Array = NDArray[np.float64]
Same = NDArray[np.bool_]
"""(perturbed texts,), true where the prediction is that of the whole text."""

ROUNDING = 1e-12
"""Sums of chances that differ by less are equal."""


class Shortest(NamedTuple):
    """An anchor, in the order of the text."""

    anchor: tuple[int, ...]
    rivals: int  # other anchors of its size that reach the threshold
    reached: bool  # whether this one does


def precisions(same: Same, keep: float) -> Array:
    """Of every anchor, (2^tokens,), in the order of `coalitions.every`."""
    tokens = len(same).bit_length() - 1
    sizes = every(tokens).sum(axis=1)
    chances = keep**sizes * (1 - keep) ** (tokens - sizes)
    return _supersets(same * chances) / _supersets(chances)


def _supersets(values: Array) -> Array:
    """For each set the sum over all sets that hold it, (2^tokens,)."""
    tokens = len(values).bit_length() - 1
    sums = values.reshape((2,) * tokens)
    for axis in range(tokens):
        sums = np.flip(np.cumsum(np.flip(sums, axis), axis), axis)
    return sums.ravel()


def shortest(found: Array, threshold: float, longest: int) -> Shortest:
    """The shortest anchor whose precision (2^tokens,) reaches the threshold.

    Of several as short the most precise is taken, of a tie the leftmost. Where none of
    `longest` tokens reaches it, the most precise of that length.
    """
    sets = every(len(found).bit_length() - 1)
    sizes = sets.sum(axis=1)
    good = found >= threshold - ROUNDING
    size = min(longest, int(sizes[good].min(initial=longest)))
    rows = np.flatnonzero(sizes == size)
    best = rows[found[rows] >= found[rows].max() - ROUNDING]
    anchor = min(tuple(np.flatnonzero(sets[row]).tolist()) for row in best)
    reached = int(good[rows].sum())
    return Shortest(anchor, max(0, reached - 1), reached > 0)
