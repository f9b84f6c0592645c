"""All cells of a network against all hypotheses, on plain arrays.

What goes in are activations and labels of two texts that the network was not trained
on, and activations of untrained networks over the first; what comes out is the artifact
of the method `cells`, whose docstring says what is tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Cell, CellSearch, Estimate, Fit
from generator.corpora.base import Hypothesis
from generator.methods.block_intervals import auroc, count_of, spearman
from generator.methods.circular_shifts import Shifted, shifted
from generator.methods.discovery import discoveries, overlap, untrained_p
from generator.methods.linear_probe import NOTHING, Probed, probe
from generator.methods.rank_scores import (
    Doubles,
    Numbers,
    labels_of,
    score_of,
    signed_strengths,
)
from generator.methods.statistics import Interval
from generator.methods.windows import narrow

QUANTITY = "AUROC, or Spearman’s ρ of graded hypotheses, on the second text"


@dataclass(frozen=True, slots=True)
class Text:
    """What was read: `cells` (characters, cells), `labels` (hypotheses, characters)."""

    cells: Numbers
    labels: Numbers


@dataclass(frozen=True, slots=True)
class Search:
    """A search: the network's cells and texts, and untrained networks' cells."""

    hypotheses: Sequence[Hypothesis]
    cells: Sequence[Cell]
    first: Text
    second: Text
    untrained: Sequence[Numbers]  # each (characters, cells) over the first text
    q: float
    epoch: int


@dataclass(frozen=True, slots=True)
class Strengths:
    """2 AUROC − 1 or ρ by hypothesis and cell, on both texts and without training."""

    first: Doubles
    second: Doubles
    untrained: Doubles  # absolute, (hypotheses, cells of all networks)


@dataclass(frozen=True, slots=True)
class Tested:
    """What was found, and by which nulls."""

    strengths: Strengths
    shifts: Shifted
    p: Doubles  # the larger one of both nulls
    hits: NDArray[np.bool_]  # of Benjamini-Hochberg


def searched(search: Search, rng: np.random.Generator) -> CellSearch:
    """The artifact. `rng` draws the blocks of intervals, nothing else."""
    known = tested(search)
    fits = tuple(fit(search, row, known, rng) for row in range(len(known.p)))
    return CellSearch(
        epoch=search.epoch,
        quantity=QUANTITY,
        rows=tuple(
            Estimate(
                one.name, one.again, one.low, one.high,
                n=count_of(len(search.second.cells)), p=one.p,
            )
            for one in fits
        ),
        cells=tuple(search.cells),
        fits=fits,
        strengths=narrow(known.strengths.first),
        found=known.hits.astype(np.int32),
        characters=(len(search.first.cells), len(search.second.cells)),
        networks=len(search.untrained),
        q=search.q,
    )  # fmt: skip


def tested(search: Search) -> Tested:
    """All pairs under both nulls."""
    graded = np.array([one.graded for one in search.hypotheses])
    known = labels_of(search.first.labels, graded)
    again = labels_of(search.second.labels, graded)
    found = Strengths(
        signed_strengths(search.first.cells, known),
        signed_strengths(search.second.cells, again),
        without_training(search, graded),
    )
    moved = shifted(search.first.cells, known)
    p = np.maximum(moved.p, untrained_p(np.abs(found.first), found.untrained))
    return Tested(found, moved, p, discoveries(p, search.q))


def without_training(search: Search, graded: NDArray[np.bool_]) -> Doubles:
    """Strengths of the untrained networks' cells, over as much as they read."""
    rows = []
    for cells in search.untrained:
        labels = labels_of(search.first.labels[:, : len(cells)], graded)
        rows.append(np.abs(signed_strengths(cells, labels)))
    return np.concatenate(rows, axis=1) if rows else np.zeros((len(graded), 0))


def fit(search: Search, row: int, known: Tested, rng: np.random.Generator) -> Fit:
    """One hypothesis and its best cell; NaN throughout where labels do not vary."""
    found = known.strengths
    one = search.hypotheses[row]
    best = strongest(found.first[row], known.hits[row])
    sign = -1 if found.first[row, best] < 0 else 1
    most = found.untrained[row].max() if found.untrained[row].size else np.nan
    again = confirmed(search.second, row, best, sign, graded=one.graded, rng=rng)
    probed, blank = probes(search, row)
    return Fit(
        name=one.name,
        graded=one.graded,
        share=np.nan if one.graded else float((search.first.labels[row] > 0).mean()),
        cell=search.cells[best],
        sign=sign,
        score=score_of(float(np.abs(found.first[row, best])), graded=one.graded),
        again=again.value,
        low=again.low,
        high=again.high,
        shifts=score_of(float(known.shifts.high[row, best]), graded=one.graded),
        untrained=score_of(float(most), graded=one.graded),
        p=float(known.p[row, best]),
        found=bool(known.hits[row, best]),
        cells=int(known.hits[row].sum()),
        overlap=overlap(np.abs(found.first[row]), np.abs(found.second[row])),
        probe=probed.score,
        probe_cells=probed.cells,
        untrained_probe=blank.score,
        closes=one.closes,
    )


def strongest(signed: Doubles, hits: NDArray[np.bool_]) -> int:
    """The strongest cell of those that were found, else of all; the first of a tie."""
    sizes = np.nan_to_num(np.abs(signed), nan=-1.0)
    return int(np.argmax(np.where(hits, sizes, -2.0) if hits.any() else sizes))


def confirmed(
    text: Text,
    row: int,
    cell: int,
    sign: int,
    *,
    graded: bool,
    rng: np.random.Generator,
) -> Interval:
    """The score on another text, in the direction that the first one showed."""
    values, labels = sign * text.cells[:, cell], text.labels[row]
    return spearman(values, labels, rng) if graded else auroc(values, labels > 0)


def probes(search: Search, row: int) -> tuple[Probed, Probed]:
    """A probe on all cells, and one on an untrained network's, both on text two.

    An untrained network reads the first text alone: its probe is fitted on one half of
    that and judged on the other.
    """
    graded = search.hypotheses[row].graded
    pairs = [(text.cells, text.labels[row]) for text in (search.first, search.second)]
    trained = probe(pairs[0], pairs[1], graded=graded)
    if not search.untrained:
        return trained, NOTHING
    cells = search.untrained[0]
    half = len(cells) // 2
    labels = search.first.labels[row]
    blank = probe(
        (cells[:half], labels[:half]), (cells[half:], labels[half : len(cells)]),
        graded=graded,
    )  # fmt: skip
    return trained, blank
