"""The search of all cells of a network for those that follow hypotheses.

Its input are activations and labels of two texts that the network was not trained on,
and
activations of untrained networks over the first; its output is the artifact of the
method
`cells`, whose docstring says what is tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Artifact, Cell, CellSearch, Estimate, HypothesisFit
from generator.core.errors import UnsupportedError, quote_text
from generator.corpora.base import Annotation, Hypothesis
from generator.methods.base import Context, Method
from generator.methods.cells.linear_probe import NOTHING, ProbeScore, fit_probe
from generator.methods.cells.null_hypotheses import (
    ShiftedStrengths,
    find_discoveries,
    score_shifts,
    top_cell_overlap,
    untrained_p,
)
from generator.methods.cells.rank_scores import (
    Doubles,
    Numbers,
    count_units,
    estimate_auroc,
    estimate_spearman,
    prepare_labels,
    printed_score,
    signed_strengths,
)
from generator.methods.cells.texts import (
    TextPassage,
    corpus_with_states,
    find_hypotheses,
    find_passages,
    list_hypotheses,
    read_memories,
    select_hypotheses,
)
from generator.methods.common.language_model_texts import to_float32
from generator.methods.common.statistics import Interval
from generator.models.base import Epoch
from generator.models.capabilities import CellModel

QUANTITY = "AUROC, or Spearman’s ρ of graded hypotheses, on the second text"


@dataclass(frozen=True, slots=True)
class SearchedText:
    """One text: `cells` (characters, cells) and `labels` (hypotheses, characters)."""

    cells: Numbers
    labels: Numbers


@dataclass(frozen=True, slots=True)
class CellSearchInput:
    """The input of a search: the network's cells and texts, and untrained networks' cells."""

    hypotheses: Sequence[Hypothesis]
    cells: Sequence[Cell]
    first: SearchedText
    second: SearchedText
    untrained: Sequence[Numbers]  # each (characters, cells) over the first text
    q: float
    epoch: int


@dataclass(frozen=True, slots=True)
class CellStrengths:
    """2 AUROC − 1 or ρ by hypothesis and cell, on both texts and without training."""

    first: Doubles
    second: Doubles
    untrained: Doubles  # absolute, (hypotheses, cells of all networks)


@dataclass(frozen=True, slots=True)
class NullResults:
    """The pairs that were found, and p-values under both nulls."""

    strengths: CellStrengths
    shifts: ShiftedStrengths
    p: Doubles  # the larger one of both nulls
    hits: NDArray[np.bool_]  # of Benjamini-Hochberg


def search_cells(search: CellSearchInput, rng: np.random.Generator) -> CellSearch:
    """Search all pairs of cells and hypotheses.

    Args:
        search: The input.
        rng: Draws the blocks of intervals, nothing else.
    """
    known = apply_nulls(search)
    fits = tuple(fit_hypothesis(search, row, known, rng) for row in range(len(known.p)))
    return CellSearch(
        epoch=search.epoch,
        quantity=QUANTITY,
        rows=tuple(
            Estimate(
                one.name, one.again, one.low, one.high,
                n=count_units(len(search.second.cells)), p=one.p,
            )
            for one in fits
        ),
        cells=tuple(search.cells),
        fits=fits,
        strengths=to_float32(known.strengths.first),
        found=known.hits.astype(np.int32),
        characters=(len(search.first.cells), len(search.second.cells)),
        networks=len(search.untrained),
        q=search.q,
    )  # fmt: skip


def apply_nulls(search: CellSearchInput) -> NullResults:
    """Test all pairs under both nulls."""
    graded = np.array([one.graded for one in search.hypotheses])
    known = prepare_labels(search.first.labels, graded)
    again = prepare_labels(search.second.labels, graded)
    strengths = CellStrengths(
        signed_strengths(search.first.cells, known),
        signed_strengths(search.second.cells, again),
        untrained_strengths(search, graded),
    )
    shifts = score_shifts(search.first.cells, known)
    p = np.maximum(shifts.p, untrained_p(np.abs(strengths.first), strengths.untrained))
    return NullResults(strengths, shifts, p, find_discoveries(p, search.q))


def untrained_strengths(search: CellSearchInput, graded: NDArray[np.bool_]) -> Doubles:
    """Compute the strengths of the untrained networks' cells, over as much as they read."""
    rows = []
    for cells in search.untrained:
        labels = prepare_labels(search.first.labels[:, : len(cells)], graded)
        rows.append(np.abs(signed_strengths(cells, labels)))
    return np.concatenate(rows, axis=1) if rows else np.zeros((len(graded), 0))


def fit_hypothesis(
    search: CellSearchInput, row: int, known: NullResults, rng: np.random.Generator
) -> HypothesisFit:
    """Fit one hypothesis and its best cell; NaN throughout where labels do not vary.

    Args:
        search: The input.
        row: Index of the hypothesis.
        known: The results of the nulls.
        rng: Draws the blocks of intervals.
    """
    strengths = known.strengths
    one = search.hypotheses[row]
    best = find_strongest(strengths.first[row], known.hits[row])
    sign = -1 if strengths.first[row, best] < 0 else 1
    most = strengths.untrained[row].max() if strengths.untrained[row].size else np.nan
    again = confirm_score(search.second, row, best, sign, graded=one.graded, rng=rng)
    probed, blank = fit_probes(search, row)
    return HypothesisFit(
        name=one.name,
        graded=one.graded,
        share=np.nan if one.graded else float((search.first.labels[row] > 0).mean()),
        cell=search.cells[best],
        sign=sign,
        score=printed_score(
            float(np.abs(strengths.first[row, best])), graded=one.graded
        ),
        again=again.value,
        low=again.low,
        high=again.high,
        shifts=printed_score(float(known.shifts.high[row, best]), graded=one.graded),
        untrained=printed_score(float(most), graded=one.graded),
        p=float(known.p[row, best]),
        found=bool(known.hits[row, best]),
        cells=int(known.hits[row].sum()),
        overlap=top_cell_overlap(
            np.abs(strengths.first[row]), np.abs(strengths.second[row])
        ),
        probe=probed.score,
        probe_cells=probed.cells,
        untrained_probe=blank.score,
        closes=one.closes,
    )


def find_strongest(signed: Doubles, hits: NDArray[np.bool_]) -> int:
    """Return the strongest of the cells found, else of all; the first of a tie."""
    sizes = np.nan_to_num(np.abs(signed), nan=-1.0)
    return int(np.argmax(np.where(hits, sizes, -2.0) if hits.any() else sizes))


def confirm_score(
    text: SearchedText,
    row: int,
    cell: int,
    sign: int,
    *,
    graded: bool,
    rng: np.random.Generator,
) -> Interval:
    """Score a cell on another text, in the direction that the first one showed.

    Args:
        text: The other text.
        row: Index of the hypothesis.
        cell: Index of the cell.
        sign: The direction, 1 or −1.
        graded: Whether the hypothesis is graded.
        rng: Draws the blocks of intervals.
    """
    values, labels = sign * text.cells[:, cell], text.labels[row]
    return (
        estimate_spearman(values, labels, rng)
        if graded
        else estimate_auroc(values, labels > 0)
    )


def fit_probes(search: CellSearchInput, row: int) -> tuple[ProbeScore, ProbeScore]:
    """Fit a probe on all cells, and one on an untrained network's.

    An untrained network reads the first text alone: its probe is fitted on one half of
    that
    and judged on the other.
    """
    graded = search.hypotheses[row].graded
    pairs = [(text.cells, text.labels[row]) for text in (search.first, search.second)]
    trained = fit_probe(pairs[0], pairs[1], graded=graded)
    if not search.untrained:
        return trained, NOTHING
    cells = search.untrained[0]
    half = len(cells) // 2
    labels = search.first.labels[row]
    blank = fit_probe(
        (cells[:half], labels[:half]), (cells[half:], labels[half : len(cells)]),
        graded=graded,
    )  # fmt: skip
    return trained, blank


INTERVALS, NETWORKS = 1, 2
"""Positions of what is drawn."""


class HypothesisSearch(Method):
    """Which cells of a recurrent network follow which hypothesis.

    A hypothesis is something that a program knows of every character: whether it is in a
    string, how deep it is in brackets. A cell keeps a number in its memory after every
    character. The search compares all cells with all hypotheses and says which pairs are
    more than chance and more than what a network carries before it has learnt anything.

    1. Two texts are made of documents that the model was not trained on. All cells are read
       over both in one pass, each document from its beginning; a model with a window reads,
       at each character, the window that ends there. What is scored is the memory c of an
       LSTM's cell, which figures draw as tanh(c); what the cell gives out of it at a
       character is another matter, and up to its output gate.
    2. Every cell is scored for every hypothesis on the first text: by AUROC, or by the size
       of Spearman's ρ where the hypothesis is graded. A cell that is low where a hypothesis
       holds counts like one that is high, and which it is, is told.
    3. First null: the labels are shifted around the text by every number of characters,
       which keeps how long strings are and how slowly cells drift.
    4. Second null: the cells of `networks` networks with the same shape and random weights,
       over the same text. Such networks remember the last characters; a quote moves all of
       their cells, and the shifts alone call a good part of them found. A score has to be
       beyond theirs; past their largest, an exponential tail is fitted.
    5. The p of a pair is the larger of the two. Benjamini-Hochberg over all cells and
       hypotheses at `q` says which pairs are found. By construction another untrained
       network has next to none.
    6. Of each hypothesis the strongest cell that was found, else the strongest of all, is
       scored again on the second text, on which it was not chosen, with a 95 % interval
       over fifty blocks of that text; and how many of the five strongest cells are the same
       on both texts is told as their Jaccard index.
    7. A sparse linear probe on all cells, fitted on the first text and scored on the
       second, is the upper bound; the same probe on an untrained network says how much of
       that needs no learning.

    A cell that is found correlates. Whether the model uses it, *ablation* says.

    Source: Karpathy, Johnson and Fei-Fei (2015), Visualizing and Understanding Recurrent
    Networks, where cells that follow quotes and `if` conditions were picked by hand.

    Differs: all cells are searched and their number is told; there are nulls, held-out
    text, a second text and a test of use.
    """

    version: ClassVar[int] = 3
    needs: ClassVar = (CellModel,)
    gives: ClassVar = CellSearch
    expects: ClassVar = frozenset({Annotation.STATES})
    unit: ClassVar[str] = "block"
    method: Literal["cells"]
    hypotheses: tuple[str, ...] = ()
    """Hypotheses of the corpus to search for; without it, all."""
    characters: int = Field(default=20_000, ge=1000, le=1_000_000)
    """Characters of each of the two texts."""
    length: int = Field(default=4000, ge=100, le=1_000_000)
    """Characters that are read of a document, from its beginning."""
    networks: int = Field(default=8, ge=2, le=100)
    """Untrained networks of the second null."""
    q: Annotated[float, Field(gt=0, le=0.5)] = 0.05
    """Share of false ones among those found that is accepted."""
    epoch: Epoch = "best"
    """Snapshot to ask."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)

    def collect(self, context: Context) -> CellSearch:
        """Search all cells; see the base."""
        model: CellModel = context.model.at(self.epoch)
        corpus = corpus_with_states(context)
        rows = find_hypotheses(corpus, self.hypotheses)
        first, second = (
            select_hypotheses(one, rows)
            for one in find_passages(context, model, self.characters, self.length)
        )
        search = CellSearchInput(
            list_hypotheses(corpus, rows),
            list_cells(model),
            read_searched_text(model, first),
            read_searched_text(model, second),
            tuple(
                read_memories(model.draw_untrained(seed), first)
                for seed in untrained_seeds(context, self.networks)
            ),
            self.q,
            model.epoch,
        )
        return search_cells(search, context.generator(INTERVALS))


def list_cells(model: CellModel) -> tuple[Cell, ...]:
    """Return all cells, layer by layer, in the order of activations."""
    return tuple(
        Cell(layer, place + 1)
        for layer, count in enumerate(model.layers, 1)
        for place in range(count)
    )


def read_search(artifact: Artifact, name: str) -> CellSearch:
    """Return the search that `of` names.

    Raises:
        UnsupportedError: The artifact is no search.
    """
    if not isinstance(artifact, CellSearch):
        raise UnsupportedError(
            f"of: {quote_text(name)} holds no search for cells; name an artifact of the "
            "method cells"
        )
    return artifact


def read_searched_text(model: CellModel, passage: TextPassage) -> SearchedText:
    """Read a text with all cells."""
    return SearchedText(read_memories(model, passage), passage.labels)


def untrained_seeds(context: Context, count: int) -> list[int]:
    """Draw the seeds of untrained networks."""
    seeds = context.generator(NETWORKS).integers(0, 2**31, size=count)
    return [int(seed) for seed in seeds]
