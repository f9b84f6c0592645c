"""Distances between two distributions: attention weights, or probabilities of labels.

1. Total variation is half the sum of absolute differences: the share that would have to
   be moved to make one distribution of the other, from 0 to 1.
2. The Jensen–Shannon divergence is the mean of the two Kullback–Leibler divergences
   from the average of both, in nats. It is 0 for equal distributions alone, and ln 2
   where no place has weight in both. Two weightings that agree on half of their weight
   and share no place beside have half of that.

Rows are distributions over the last axis, which sum to 1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
LN2 = math.log(2)
"""The largest Jensen–Shannon divergence, in nats."""


def softmax(logits: Array) -> NDArray[np.float64]:
    """Compute the softmax over the last axis, in double precision.

    Args:
        logits: (…, n); minus infinity gets the probability 0.

    Returns:
        Probabilities (…, n); rows sum to 1.
    """
    wide = np.asarray(logits, dtype=np.float64)
    sizes = np.exp(wide - wide.max(-1, keepdims=True))
    return np.asarray(sizes / sizes.sum(-1, keepdims=True))


def softmax_gradient(shares: Array, slope: Array) -> NDArray[np.float64]:
    """Compute the gradient by logits from the gradient by their softmax.

    Args:
        shares: Softmax values, (…, n).
        slope: Gradient by `shares`, (…, n).

    Returns:
        Gradient by the logits, (…, n).
    """
    return np.asarray(shares * (slope - (shares * slope).sum(-1, keepdims=True)))


def normalize_rows(weights: Array) -> NDArray[np.float64]:
    """Divide rows by their sum, which removes float32 rounding.

    Args:
        weights: Non-negative, (…, n).

    Returns:
        Rows that sum to 1, in double precision.
    """
    wide = np.asarray(weights, dtype=np.float64)
    return np.asarray(wide / wide.sum(-1, keepdims=True))


def total_variation(left: Array, right: Array) -> NDArray[np.float64]:
    """Compute the total variation distance between rows.

    Args:
        left: Distributions, (…, n).
        right: Distributions, broadcast against `left`.

    Returns:
        Distances (…), from 0 to 1.
    """
    apart = np.asarray(left, dtype=np.float64) - np.asarray(right, dtype=np.float64)
    return np.asarray(np.abs(apart).sum(-1) / 2)


def jensen_shannon(left: Array, right: Array) -> NDArray[np.float64]:
    """Compute the Jensen–Shannon divergence between rows.

    Args:
        left: Distributions, (…, n).
        right: Distributions of the same shape.

    Returns:
        Divergences (…), in nats, from 0 to ln 2.
    """
    first, second = np.asarray(left, np.float64), np.asarray(right, np.float64)
    middle = (first + second) / 2
    both = _relative_entropy(first, middle).sum(-1) + _relative_entropy(
        second, middle
    ).sum(-1)
    return np.asarray(np.clip(both / 2, 0.0, LN2))


def _relative_entropy(values: Array, middle: Array) -> NDArray[np.float64]:
    """Compute `values · ln(values / middle)` entry by entry, 0 where a value is 0."""
    there = (values > 0) & (middle > 0)
    ratio = np.divide(values, middle, out=np.ones(middle.shape), where=there)
    return np.asarray(values * np.log(ratio))
