"""What a cell and a hypothesis share by chance, if each keeps its own rhythm.

Characters of a text are not independent: a string is thirty characters long, and a cell
drifts. A test that shuffles characters finds something everywhere. Shifting the labels
around the text, its end joined to its beginning, keeps how long strings are and how
slowly cells drift, and breaks only that the two belong together. Under the hypothesis
that they do not, every shift is as likely as none, so

    p = share of all shifts (none among them) whose strength is at least the one found.

All shifts of one pair are one circular correlation, which the fast Fourier transform
gives: no shifts are drawn, and the smallest p is one over the characters. A text is cut
by a few characters to a length that the transform likes.

Source: circular shifts as a null for two autocorrelated series: Harris (2020),
"Nonsense correlations in neuroscience"; the strength is that of `rank_scores`.
"""

from __future__ import annotations

import bisect
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.methods.rank_scores import (
    Doubles,
    Labels,
    Numbers,
    centred_ranks,
    graded_norms,
    labels_of,
)

HIGH = 0.99
"""The quantile of the shifts' strengths that is printed."""
SLACK = 1e-5
"""Strengths nearer than this are one: float32 rounding of the transform."""


class Shifted(NamedTuple):
    """What all shifts gave, (hypotheses, cells) each; NaN where labels do not vary."""

    p: Doubles
    high: Doubles  # quantile `HIGH` of the strengths


@cache
def _smooth(limit: int) -> list[int]:
    """Numbers up to `limit` that are products of 2, 3 and 5, rising."""
    found = {1}
    for prime in (2, 3, 5):
        for number in sorted(found):
            power = number * prime
            while power <= limit:
                found.add(power)
                power *= prime
    return sorted(found)


def fast_length(length: int) -> int:
    """The largest length up to `length` that the transform is fast for."""
    known = _smooth(max(1, length))
    return known[bisect.bisect_right(known, length) - 1]


def shifted(cells: Numbers, labels: Labels) -> Shifted:
    """Every cell (characters, cells) against every hypothesis at all shifts."""
    from scipy.fft import irfft, rfft

    length = fast_length(len(cells))
    known = labels_of(labels.rows[:, :length], labels.graded)
    rows = known.rows / known.sizes[:, None]
    rows -= rows.mean(1, keepdims=True)
    turned = np.conj(rfft(rows.astype(np.float32), axis=1))
    p = np.full((len(known.graded), cells.shape[1]), np.nan)
    high = p.copy()
    for part, ranks in centred_ranks(cells[:length]):
        wide = graded_norms(ranks).astype(np.float32)
        waves = rfft(ranks.astype(np.float32), axis=1)
        for row in np.flatnonzero(known.varies):
            found = np.abs(irfft(waves * turned[row], n=length, axis=1))
            found /= wide if known.graded[row] else np.float32(1)
            p[row, part], high[row, part] = told(found)
    return Shifted(p, high)


def told(found: NDArray[np.float32]) -> tuple[Doubles, Doubles]:
    """The p-value and the high quantile of strengths at all shifts (cells, shifts)."""
    reached = found >= found[:, :1] - SLACK
    place = min(found.shape[1] - 1, int(HIGH * found.shape[1]))
    return reached.mean(1), np.partition(found, place, axis=1)[:, place].astype(float)
