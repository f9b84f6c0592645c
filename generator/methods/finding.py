"""How well scores find the words that decide, where these are known.

A mask is (tokens,), True on the words that decide. Scores that are equal are settled by
chance: a measure is what it would be on average over all orders of the tied words. So
scores that are all equal get exactly what a random order gets, and nothing more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.spans import Mask

Row = NDArray[np.floating[Any]]
Chances = NDArray[np.float64]
Masks = NDArray[np.bool_]

HALF = 0.5
"""Overlap, as a share of their union, from which two spans count as one."""


def in_top(scores: Row, count: int) -> Chances:
    """The chance of each token, (tokens,), to be among the `count` largest scores."""
    if count >= scores.size:
        return np.ones(scores.size)
    edge = np.sort(scores)[-count]
    above, level = scores > edge, scores == edge
    return np.asarray(above + level * ((count - above.sum()) / level.sum()))


def precision(scores: Row, mask: Mask) -> float:
    """The average precision expected; 1 where all that is sought is on top.

    In a group of m tied tokens, c of them sought, the one at place j is sought with the
    chance c / m; given that, (j - 1) (c - 1) / (m - 1) before it in the group are too.
    """
    sizes, sought = groups(scores, mask)
    ranks = np.arange(1, scores.size + 1)
    before = np.repeat(np.cumsum(sought) - sought, sizes)
    start = np.repeat(np.cumsum(sizes) - sizes, sizes)
    m, c = np.repeat(sizes, sizes), np.repeat(sought, sizes)
    others = (ranks - start - 1) * (c - 1) / np.maximum(m - 1, 1)
    return float(np.sum(c / m * (before + 1 + others) / ranks) / mask.sum())


def groups(scores: Row, mask: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Sizes of the groups of equal scores, largest first, and what is sought in each.

    A group that holds nothing sought adds nothing wherever it is.
    """
    _, place, sizes = np.unique(-scores, return_inverse=True, return_counts=True)
    return sizes, np.bincount(place[mask], minlength=sizes.size)


def hits(scores: Row, mask: Mask, count: int) -> float:
    """The share of the `count` largest scores that is expected on the mask."""
    return float(in_top(scores, count) @ mask / count)


def tops(scores: Row, count: int, noise: Row) -> Masks:
    """The `count` largest scores as masks (draws, tokens), ties broken by the noise.

    `noise` is (draws, tokens). Without a tie at the edge there is one mask.
    """
    chances = in_top(scores, count)
    if np.all((chances == 0) | (chances == 1)):
        return np.asarray(chances == 1)[None]
    order = np.lexsort((noise, np.broadcast_to(-scores, noise.shape)), axis=-1)
    found = np.zeros(noise.shape, dtype=np.bool_)
    np.put_along_axis(found, order[:, :count], values=True, axis=1)
    return found


def span_f1(found: Masks, mask: Mask) -> float:
    """The mean F1 of the spans of masks (draws, tokens) against those of `mask`.

    A span is a run of True. It is found if one of the others shares at least half of
    their union with it; as no two runs touch, that is one for one.
    """
    rows, starts, ends = runs(found)
    _, first, last = runs(mask[None])
    most = np.minimum(ends[:, None], last) - np.maximum(starts[:, None], first)
    shared = np.maximum(most, 0)
    union = (ends - starts)[:, None] + (last - first) - shared
    same = (shared >= HALF * union).any(1)
    right = np.bincount(rows[same], minlength=len(found))
    every = np.bincount(rows, minlength=len(found))
    return float(np.mean(2 * right / (every + first.size)))


def runs(
    masks: Masks,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Row, start and end of each run of True in masks (rows, tokens)."""
    edges = np.diff(np.pad(masks.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    return rows, starts, np.nonzero(edges == -1)[1]
