"""Spans of a text's tokens as masks: elsewhere by chance, and how well scores find one.

A mask is (tokens,), True on the tokens that spans cover.

How well scores find the words that decide, where these are known.

A mask is (tokens,), True on the words that decide. Scores that are equal are settled by
chance: a measure is what it would be on average over all orders of the tied words. So
scores that are all equal get exactly what a random order gets, and nothing more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Row = NDArray[np.floating[Any]]


def spans_mask(spans: Sequence[tuple[int, int]], tokens: int) -> Mask:
    """Which of the tokens half-open spans cover."""
    mask = np.zeros(tokens, dtype=np.bool_)
    for start, end in spans:
        mask[start:end] = True
    return mask


def run_lengths(mask: Mask) -> list[int]:
    """Lengths of the runs of True, in their order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [int(end - start) for start, end in edges.reshape(-1, 2)]


def draw_elsewhere(mask: Mask, rng: np.random.Generator) -> Mask | None:
    """Spans as long as those of `mask`, at random on tokens that it does not cover.

    The longest are placed first. None where they found no room.
    """
    free, placed = ~mask, np.zeros_like(mask)
    for length in sorted(run_lengths(mask), reverse=True):
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


Chances = NDArray[np.float64]
Masks = NDArray[np.bool_]

HALF = 0.5
"""Overlap, as a share of their union, from which two spans count as one."""


def top_chances(scores: Row, count: int) -> Chances:
    """The chance of each token, (tokens,), to be among the `count` largest scores."""
    if count >= scores.size:
        return np.ones(scores.size)
    edge = np.sort(scores)[-count]
    above, level = scores > edge, scores == edge
    return np.asarray(above + level * ((count - above.sum()) / level.sum()))


def expected_precision(scores: Row, mask: Mask) -> float:
    """The average precision expected; 1 where all that is sought is on top.

    In a group of m tied tokens, c of them sought, the one at place j is sought with the
    chance c / m; given that, (j - 1) (c - 1) / (m - 1) before it in the group are too.
    """
    sizes, sought = tie_groups(scores, mask)
    ranks = np.arange(1, scores.size + 1)
    before = np.repeat(np.cumsum(sought) - sought, sizes)
    start = np.repeat(np.cumsum(sizes) - sizes, sizes)
    m, c = np.repeat(sizes, sizes), np.repeat(sought, sizes)
    others = (ranks - start - 1) * (c - 1) / np.maximum(m - 1, 1)
    return float(np.sum(c / m * (before + 1 + others) / ranks) / mask.sum())


def tie_groups(scores: Row, mask: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Sizes of the groups of equal scores, largest first, and what is sought in each.

    A group that holds nothing sought adds nothing wherever it is.
    """
    _, place, sizes = np.unique(-scores, return_inverse=True, return_counts=True)
    return sizes, np.bincount(place[mask], minlength=sizes.size)


def top_hits(scores: Row, mask: Mask, count: int) -> float:
    """The share of the `count` largest scores that is expected on the mask."""
    return float(top_chances(scores, count) @ mask / count)


def draw_tops(scores: Row, count: int, noise: Row) -> Masks:
    """The `count` largest scores as masks (draws, tokens), ties broken by the noise.

    `noise` is (draws, tokens). Without a tie at the edge there is one mask.
    """
    chances = top_chances(scores, count)
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
    rows, starts, ends = find_runs(found)
    _, first, last = find_runs(mask[None])
    most = np.minimum(ends[:, None], last) - np.maximum(starts[:, None], first)
    shared = np.maximum(most, 0)
    union = (ends - starts)[:, None] + (last - first) - shared
    same = (shared >= HALF * union).any(1)
    right = np.bincount(rows[same], minlength=len(found))
    every = np.bincount(rows, minlength=len(found))
    return float(np.mean(2 * right / (every + first.size)))


def find_runs(
    masks: Masks,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Row, start and end of each run of True in masks (rows, tokens)."""
    edges = np.diff(np.pad(masks.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    return rows, starts, np.nonzero(edges == -1)[1]
