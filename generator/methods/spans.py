"""Spans of a text's tokens as masks: elsewhere by chance, and how well scores find one.

A mask is (tokens,), True on the tokens that spans cover.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Row = NDArray[np.floating[Any]]


def mask_of(spans: Sequence[tuple[int, int]], tokens: int) -> Mask:
    """Which of the tokens half-open spans cover."""
    mask = np.zeros(tokens, dtype=np.bool_)
    for start, end in spans:
        mask[start:end] = True
    return mask


def lengths(mask: Mask) -> list[int]:
    """Lengths of the runs of True, in their order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [int(end - start) for start, end in edges.reshape(-1, 2)]


def elsewhere(mask: Mask, rng: np.random.Generator) -> Mask | None:
    """Spans as long as those of `mask`, at random on tokens that it does not cover.

    The longest are placed first. None where they found no room.
    """
    free, placed = ~mask, np.zeros_like(mask)
    for length in sorted(lengths(mask), reverse=True):
        if length > free.size:
            return None
        windows = np.lib.stride_tricks.sliding_window_view(free, length)
        starts = np.flatnonzero(windows.all(1))
        if not starts.size:
            return None
        start = int(rng.choice(starts))
        placed[start : start + length] = True
        free[start : start + length] = False
    return placed


def holds_largest(scores: Row, mask: Mask) -> bool:
    """Whether the largest score is under the mask, a tie with any other being lost.

    `scores` may be longer than the mask: what follows is not under it.
    """
    under = np.zeros(scores.size, dtype=np.bool_)
    under[: mask.size] = mask
    if under.all() or not under.any():
        return bool(under.any())
    return bool(scores[under].max() > scores[~under].max())


def average_precision(scores: Row, mask: Mask) -> float:
    """Area under precision by recall, by steps: the mean precision at the tokens found.

    Tokens are taken by falling score, tied ones together. NaN where the mask covers
    nothing or everything.
    """
    if mask.all() or not mask.any():
        return math.nan
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    found = np.cumsum(mask[order])[last]
    gained = np.diff(found, prepend=0) / found[-1]
    return float(gained @ (found / (last + 1)))


def random_precision(count: int, tokens: int) -> float:
    """The average precision expected of a random order, `count` of `tokens` sought.

    The token at rank i is sought with probability count / tokens; given that, the ranks
    before it hold (i - 1) (count - 1) / (tokens - 1) more on average. NaN as above.
    """
    if not 0 < count < tokens:
        return math.nan
    harmonic = float(np.sum(1 / np.arange(1, tokens + 1)))
    return (harmonic + (count - 1) / (tokens - 1) * (tokens - harmonic)) / tokens
