"""Null hypotheses of the cell search: circular shifts and untrained networks.

Two nulls must both be rejected.

Circular shifts say what a cell and a hypothesis share by chance, if each keeps its own
rhythm. Characters of a text are not independent: a string is thirty characters long,
and a
cell drifts. A test that shuffles characters finds something everywhere. Shifting the
labels
around the text, its end joined to its beginning, keeps how long strings are and how
slowly cells drift, and breaks only that the two belong together. Under the hypothesis
that they do not, every shift is as likely as none, so

    p = share of all shifts (none among them) whose strength is at least the one found.

All shifts of one pair are one circular correlation, which the fast Fourier transform
gives: no shifts are drawn, and the smallest p is one over the characters. A text is cut
by a few characters to a length that the transform likes.

Shifts do not say that anything was learnt: a network of random weights carries the last
characters too, a quote mark moves all of its cells, and the shifts reject for many of
them. So cells of untrained networks are the second null:

    p_untrained = (1 + untrained cells at least as strong) / (1 + untrained cells)

by hypothesis, over the cells of several networks that differ in their random weights
alone. A cell stronger than all of them gets the share of one, 1 / (1 + n), times
exp(−(strength − largest) / b), with b the mean excess of the largest tenth over their
least: an exponential tail. The strengths of random cells fall off faster than that, as
they are bounded and near to normal, so it makes p too large rather than too small.

The p of a pair is the larger of the two (an intersection-union test), and
Benjamini-Hochberg at q, over all cells and hypotheses at once, says which are found. Of
another untrained network all findings would be false, and its p_untrained is, by
exchange, not smaller than even chances would make it.

Source: circular shifts as a null for two autocorrelated series: Harris (2020),
"Nonsense correlations in neuroscience"; the strength is that of `rank_scores`.
Benjamini
and Hochberg (1995); tails of a null from few draws: Knijnenburg and others (2009),
"Fewer
permutations, more accurate P-values".
"""

from __future__ import annotations

import bisect
import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.methods.cells.rank_scores import (
    Doubles,
    HypothesisLabels,
    Numbers,
    centred_ranks,
    graded_norms,
    prepare_labels,
)

HIGH = 0.99
"""The quantile of the shifts' strengths that is printed."""
SLACK = 1e-5
"""Strengths nearer than this are one: float32 rounding of the transform."""


class ShiftedStrengths(NamedTuple):
    """The results over all shifts, (hypotheses, cells) each; NaN where labels do not vary."""

    p: Doubles
    high: Doubles  # quantile `HIGH` of the strengths


@cache
def _smooth(limit: int) -> list[int]:
    """Return the numbers up to `limit` that are products of 2, 3 and 5, rising."""
    numbers = {1}
    for prime in (2, 3, 5):
        for number in sorted(numbers):
            power = number * prime
            while power <= limit:
                numbers.add(power)
                power *= prime
    return sorted(numbers)


def fast_length(length: int) -> int:
    """Return the largest length up to `length` that the transform is fast for."""
    known = _smooth(max(1, length))
    return known[bisect.bisect_right(known, length) - 1]


def score_shifts(cells: Numbers, labels: HypothesisLabels) -> ShiftedStrengths:
    """Score every cell against every hypothesis at all shifts.

    Args:
        cells: (characters, cells).
        labels: The hypotheses over the same characters.
    """
    from scipy.fft import irfft, rfft

    length = fast_length(len(cells))
    known = prepare_labels(labels.rows[:, :length], labels.graded)
    rows = known.rows / known.sizes[:, None]
    rows -= rows.mean(1, keepdims=True)
    turned = np.conj(rfft(rows.astype(np.float32), axis=1))
    p = np.full((len(known.graded), cells.shape[1]), np.nan)
    high = p.copy()
    for part, ranks in centred_ranks(cells[:length]):
        wide = graded_norms(ranks).astype(np.float32)
        waves = rfft(ranks.astype(np.float32), axis=1)
        for row in np.flatnonzero(known.varies):
            strengths = np.abs(irfft(waves * turned[row], n=length, axis=1))
            strengths /= wide if known.graded[row] else np.float32(1)
            p[row, part], high[row, part] = summarize_shifts(strengths)
    return ShiftedStrengths(p, high)


def summarize_shifts(strengths: NDArray[np.float32]) -> tuple[Doubles, Doubles]:
    """Compute the p-value and the high quantile of strengths.

    Args:
        strengths: Strengths at all shifts, (cells, shifts), unshifted first.

    Returns:
        Two arrays, (cells,).
    """
    reached = strengths >= strengths[:, :1] - SLACK
    place = min(strengths.shape[1] - 1, int(HIGH * strengths.shape[1]))
    return reached.mean(1), np.partition(strengths, place, axis=1)[:, place].astype(
        float
    )


TAIL = 0.1
"""Share of untrained cells whose excess says how fast the tail falls."""
TOP = 5
"""Cells whose overlap between two texts is counted."""


def untrained_p(strengths: Doubles, untrained: Doubles) -> Doubles:
    """Compute p-values under cells of untrained networks.

    Args:
        strengths: (hypotheses, cells).
        untrained: (hypotheses, untrained cells).

    Returns:
        (hypotheses, cells), NaN where a hypothesis was not scored.
    """
    p = np.full(strengths.shape, np.nan)
    for row, (real, null) in enumerate(zip(strengths, untrained, strict=True)):
        if np.isfinite(real).all() and np.isfinite(null).all() and null.size:
            p[row] = tail_p(real, null)
    return p


def tail_p(values: Doubles, null: Doubles) -> Doubles:
    """Compute the share of `null` at least as large, continued beyond its largest value."""
    null = np.sort(null)
    reached = null.size - np.searchsorted(null, values - 1e-12)
    p = (1.0 + reached) / (1.0 + null.size)
    tail = null[-max(2, math.ceil(TAIL * null.size)) :]
    fall = max(float((tail - tail[0]).mean()), 1e-9)
    beyond = np.maximum(values - null[-1], 0.0)
    return np.asarray(p * np.exp(-beyond / fall))


def find_discoveries(p: Doubles, q: float) -> NDArray[np.bool_]:
    """Return which p-values Benjamini-Hochberg rejects at `q`, NaN being none."""
    rejected = np.zeros(p.shape, dtype=bool)
    real = np.isfinite(p)
    values = np.sort(p[real])
    if not values.size:
        return rejected
    bars = q * np.arange(1, values.size + 1) / values.size
    passed = np.flatnonzero(values <= bars)
    if passed.size:
        rejected[real] = p[real] <= values[passed[-1]]
    return rejected


def order_cells(strengths: Doubles) -> NDArray[np.intp]:
    """Sort the cells of one row by strength, strongest first, ties in their order."""
    return np.argsort(-np.nan_to_num(strengths, nan=-1.0), kind="stable")


def top_cell_overlap(one: Doubles, other: Doubles, top: int = TOP) -> float:
    """Compute the Jaccard index of the strongest cells of two texts, NaN if not scored."""
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return math.nan
    first, second = (
        set(order_cells(one)[:top].tolist()),
        set(order_cells(other)[:top].tolist()),
    )
    return len(first & second) / len(first | second)
