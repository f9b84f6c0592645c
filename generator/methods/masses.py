"""What one row of attention says: how even it is, and where it rests.

A row is one text's weights, (slots,): its tokens first, padding after them where the
model weighs any. Everything is computed in double precision from what the model gave.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.floating[Any]]

PARTS = 5
"""Into how many equal parts a text is divided: fifths."""


def evenness(weights: Row) -> float:
    """Entropy as a share of its largest value, log n: 1 is even, 0 is one slot alone.

    NaN for a single slot, whose weight is 1 by definition.
    """
    if weights.size < 2:  # noqa: PLR2004 - two slots can differ
        return math.nan
    shares = np.asarray(weights, dtype=np.float64)
    shares = shares[shares > 0] / shares.sum()
    return float(-(shares @ np.log(shares)) / math.log(weights.size)) + 0.0


def largest(weights: Row) -> float:
    """The largest weight."""
    return float(weights.max())


def on_padding(weights: Row, tokens: int) -> float:
    """Sum over the slots after the text's tokens."""
    return float(np.sum(weights[tokens:], dtype=np.float64))


def on(weights: Row, mask: NDArray[np.bool_]) -> float:
    """Sum over the tokens under a mask (tokens,), which may end before padding."""
    return float(np.sum(weights[: mask.size][mask], dtype=np.float64))


def fifths(weights: Row, tokens: int) -> NDArray[np.float64]:
    """Shares of the attention on tokens that fall on each fifth of the text, (5,).

    A token that a border cuts is divided in proportion, so that even attention gives
    each fifth exactly 0.2 whatever the number of tokens. NaN where none is on tokens.
    """
    sums = np.cumsum(weights[:tokens], dtype=np.float64)
    if not sums[-1]:
        return np.full(PARTS, np.nan)
    borders = np.linspace(0, 1, PARTS + 1)
    reached = np.interp(borders, np.linspace(0, 1, tokens + 1), [0.0, *sums])
    return np.asarray(np.diff(reached) / sums[-1])


def least_on_padding(slots: int, tokens: int, ratio: float) -> float:
    """The least padding can get if no weight is over `ratio` times another."""
    pads = slots - tokens
    return pads / (pads + ratio * tokens)
