"""How far two explanations of one text agree, as plain numbers.

Where both have a sign and a label that they speak for, signed scores are compared, in
the direction of the first one's label; otherwise sizes. Words that either gives no
score are left out. What is not defined is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.errors import UnsupportedError, quoted
from generator.methods.finding import in_top
from generator.methods.ranked import Row
from generator.methods.statistics import correlation, ranks

Array = NDArray[np.float64]

LEAST = 3
"""Words of a text that an order can be compared on."""


@dataclass(frozen=True)
class Pair:
    """Two explanations of one text, for the words that both give a score."""

    left: Array  # (words,)
    right: Array  # (words,), for the label of the left where `signed`
    signed: bool

    def sizes(self) -> tuple[Array, Array]:
        """Both without their signs."""
        return np.abs(self.left), np.abs(self.right)

    def count(self, top: int) -> int:
        """How many words are the top: `top`, fewer in short texts and sparse scores."""
        given = (int(np.count_nonzero(each)) for each in (self.left, self.right))
        return min(top, self.left.size // 2, *given)


def pair(left: Row, right: Row) -> Pair | None:
    """Two explanations of one text; None where one of them has no scores.

    Raises `ValueError` where both have a sign and speak for labels that cannot be
    turned into each other.
    """
    if left.undefined or right.undefined:
        return None
    there = np.isfinite(left.scores) & np.isfinite(right.scores)
    signed = bool(left.label and right.label)
    sign = turn(left, right) if signed else 1
    return Pair(left.scores[there], sign * right.scores[there], signed)


def turn(left: Row, right: Row) -> int:
    """The sign that turns scores for the right label into scores for the left one.

    With two labels what speaks for one speaks against the other. Raises `ValueError`.
    """
    if left.label == right.label:
        return 1
    if sorted(left.labels) == sorted((left.label, right.label)):
        return -1
    raise ValueError("no two labels")


def rho(both: Pair, top: int) -> float:
    """Spearman's rank correlation of scores, or of sizes where not both are signed."""
    del top
    if both.left.size < LEAST:
        return math.nan
    values = (both.left, both.right) if both.signed else both.sizes()
    left, right = (ranks(each) for each in values)
    return correlation(left - left.mean(), right - right.mean())


def overlap(both: Pair, top: int) -> float:
    """The share of the words of the largest size that both have in common."""
    count = both.count(top)
    if not count:
        return math.nan
    left, right = (in_top(each, count) for each in both.sizes())
    return float(left @ right / count)


def same_sign(both: Pair, top: int) -> float:
    """The share with one sign among the words that are of the largest in either."""
    count = both.count(top)
    if not both.signed or not count:
        return math.nan
    left, right = (in_top(each, count) for each in both.sizes())
    weight = (1 - (1 - left) * (1 - right)) * (both.left * both.right != 0)
    alike = np.sign(both.left) == np.sign(both.right)
    return float(weight @ alike / weight.sum()) if weight.any() else math.nan


def chance(both: Pair, top: int) -> float:
    """The overlap expected of random orders."""
    count = both.count(top)
    return count / both.left.size if count else math.nan


def same_texts(every: Sequence[Sequence[Row]], names: Sequence[str]) -> None:
    """Raises `UnsupportedError` unless all explanations are of the same texts."""
    for rows, name in zip(every[1:], names[1:], strict=True):
        if len(rows) != len(every[0]):
            raise UnsupportedError(
                f"of: {quoted(name)} holds {len(rows)} texts and {quoted(names[0])} "
                f"{len(every[0])}; expected the same: give both methods the same texts"
            )
        for place, (mine, first) in enumerate(zip(rows, every[0], strict=True), 1):
            if mine.words != first.words:
                raise UnsupportedError(
                    f"of: text {place} of {quoted(name)} ({len(mine.words)} words) is "
                    f"another than that of {quoted(names[0])} ({len(first.words)} "
                    "words); expected the same: give both methods the same texts"
                )
