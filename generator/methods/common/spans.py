"""Spans of a text's tokens as masks, and how well scores find them.

A mask is (tokens,), True on the tokens that spans cover, such as the words that decide
where these are known. Functions that speak of chances or of what is expected settle
equal
scores by chance: a measure is what it would be on average over all orders of the tied
words, so scores that are all equal get exactly what a random order gets.
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
    """Return the mask of half-open spans.

    Args:
        spans: Pairs of start and end.
        tokens: Length of the text.

    Returns:
        (tokens,), True on covered tokens.
    """
    mask = np.zeros(tokens, dtype=np.bool_)
    for start, end in spans:
        mask[start:end] = True
    return mask


def run_lengths(mask: Mask) -> list[int]:
    """Return the lengths of the runs of True, in their order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [int(end - start) for start, end in edges.reshape(-1, 2)]


def draw_elsewhere(mask: Mask, rng: np.random.Generator) -> Mask | None:
    """Draw spans as long as those of a mask, on tokens that it does not cover.

    Args:
        mask: (tokens,).
        rng: Chooses the places, longest span first.

    Returns:
        The mask of the drawn spans, None where there is no room for one.
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
    """Return whether the largest score is under the mask, a tie counting as not.

    Args:
        scores: (slots,), possibly longer than the mask; what follows is not under it.
        mask: (tokens,).
    """
    under = np.zeros(scores.size, dtype=np.bool_)
    under[: mask.size] = mask
    if under.all() or not under.any():
        return bool(under.any())
    return bool(scores[under].max() > scores[~under].max())


def average_precision(scores: Row, mask: Mask) -> float:
    """Compute the average precision of scores, tied tokens taken together.

    This is the area under precision by recall, by steps: the mean precision at the
    tokens
    sought, as tokens are taken by falling score.

    Args:
        scores: (tokens,).
        mask: (tokens,), True on the tokens sought.

    Returns:
        From 0 to 1, NaN where the mask covers nothing or everything.
    """
    if mask.all() or not mask.any():
        return math.nan
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    hits = np.cumsum(mask[order])[last]
    gained = np.diff(hits, prepend=0) / hits[-1]
    return float(gained @ (hits / (last + 1)))


def random_precision(count: int, tokens: int) -> float:
    """Compute the average precision expected of a random order.

    The token at rank i is sought with probability count / tokens; given that, the ranks
    before
    it hold (i - 1) (count - 1) / (tokens - 1) more on average.

    Args:
        count: Tokens sought.
        tokens: Length of the text.

    Returns:
        From 0 to 1, NaN where nothing or everything is sought.
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
    """Compute each token's chance to be among the largest scores.

    Args:
        scores: (tokens,).
        count: How many are taken, ties by chance.

    Returns:
        (tokens,), from 0 to 1.
    """
    if count >= scores.size:
        return np.ones(scores.size)
    edge = np.sort(scores)[-count]
    above, level = scores > edge, scores == edge
    return np.asarray(above + level * ((count - above.sum()) / level.sum()))


def expected_precision(scores: Row, mask: Mask) -> float:
    """Compute the average precision expected when ties are broken at random.

    In a group of m tied tokens, c of them sought, the one at place j is sought with the
    chance c / m; given that, (j - 1) (c - 1) / (m - 1) before it in the group are too.

    Args:
        scores: (tokens,).
        mask: (tokens,), True on the tokens sought, at least one.

    Returns:
        From 0 to 1; 1 where all that is sought is on top.
    """
    sizes, sought = tie_groups(scores, mask)
    ranks = np.arange(1, scores.size + 1)
    before = np.repeat(np.cumsum(sought) - sought, sizes)
    start = np.repeat(np.cumsum(sizes) - sizes, sizes)
    m, c = np.repeat(sizes, sizes), np.repeat(sought, sizes)
    others = (ranks - start - 1) * (c - 1) / np.maximum(m - 1, 1)
    return float(np.sum(c / m * (before + 1 + others) / ranks) / mask.sum())


def tie_groups(scores: Row, mask: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the groups of equal scores, largest score first.

    Args:
        scores: (tokens,).
        mask: (tokens,), True on the tokens sought.

    Returns:
        Sizes of the groups, and how many tokens sought are in each.
    """
    _, place, sizes = np.unique(-scores, return_inverse=True, return_counts=True)
    return sizes, np.bincount(place[mask], minlength=sizes.size)


def top_hits(scores: Row, mask: Mask, count: int) -> float:
    """Compute the expected share of the `count` largest scores that the mask covers."""
    return float(top_chances(scores, count) @ mask / count)


def draw_tops(scores: Row, count: int, noise: Row) -> Masks:
    """Draw the `count` largest scores as masks, ties broken by noise.

    Args:
        scores: (tokens,).
        count: How many are taken.
        noise: (draws, tokens).

    Returns:
        (draws, tokens), or a single row where no tie is at the edge.
    """
    chances = top_chances(scores, count)
    if np.all((chances == 0) | (chances == 1)):
        return np.asarray(chances == 1)[None]
    order = np.lexsort((noise, np.broadcast_to(-scores, noise.shape)), axis=-1)
    masks = np.zeros(noise.shape, dtype=np.bool_)
    np.put_along_axis(masks, order[:, :count], values=True, axis=1)
    return masks


def span_f1(masks: Masks, mask: Mask) -> float:
    """Compute the mean F1 of the spans of masks against those of one mask.

    A span is a run of True. It is found if one of the others shares at least half of
    their
    union with it; as no two runs touch, that is one for one.

    Args:
        masks: (draws, tokens).
        mask: (tokens,).

    Returns:
        From 0 to 1.
    """
    rows, starts, ends = find_runs(masks)
    _, first, last = find_runs(mask[None])
    most = np.minimum(ends[:, None], last) - np.maximum(starts[:, None], first)
    shared = np.maximum(most, 0)
    union = (ends - starts)[:, None] + (last - first) - shared
    same = (shared >= HALF * union).any(1)
    right = np.bincount(rows[same], minlength=len(masks))
    every = np.bincount(rows, minlength=len(masks))
    return float(np.mean(2 * right / (every + first.size)))


def find_runs(
    masks: Masks,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Find the runs of True.

    Args:
        masks: (rows, tokens).

    Returns:
        Row, start and end (exclusive) of each run, each (runs,).
    """
    edges = np.diff(np.pad(masks.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    return rows, starts, np.nonzero(edges == -1)[1]
