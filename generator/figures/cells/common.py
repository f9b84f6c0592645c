"""What figures of cells share: their scale, their hypotheses, their traces."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Cell, CellSearch, CellTraces, HypothesisFit
from generator.core.errors import FigureError, suggest_nearest
from generator.figures.formatting import (
    DisplayToken,
    format_count,
    format_significant,
    make_visible,
)
from generator.figures.scales import Scale
from generator.figures.squares import Thumbnail, Thumbnails, shade_squares
from generator.figures.thumbnails import STRIP_COLUMNS, STRIP_LINES

ENDS = ("low", "high")


MEMORY = "tanh of the memory"
"""What is drawn of a cell unless its activation is asked for."""


def activation_scale(quantity: str = MEMORY) -> Scale:
    """Return the fixed scale of all cells: from -1 to 1, 0 as the page's paper."""
    return Scale(1.0, signed=True, quantity=quantity, unit="", origin="fixed")


def find_fit(search: CellSearch, name: str | None) -> HypothesisFit:
    """Return the hypothesis called `name`, else the best fitted one.

    Raises:
        FigureError: The search has no such hypothesis, or none at all.
    """
    known = {fit.name: fit for fit in search.fits}
    if not known:
        raise FigureError("cells: the search holds no hypothesis, nothing to draw")
    if name is None:
        return max(search.fits, key=lambda fit: _strength(fit))
    if name not in known:
        told = make_visible(name, blanks=False)
        raise FigureError(f"hypothesis: no ‘{told}’; {suggest_nearest(name, known)}")
    return known[name]


def _strength(fit: HypothesisFit) -> float:
    size = abs(fit.score) if fit.graded else abs(2 * fit.score - 1)
    return -1.0 if math.isnan(size) else size


def find_fit_row(search: CellSearch, fit: HypothesisFit) -> int:
    """Return the index of a hypothesis in the search's arrays."""
    return next(i for i, one in enumerate(search.fits) if one is fit)


def quantity_of(fit: HypothesisFit) -> str:
    """Return what a hypothesis is scored by."""
    return "Spearman’s ρ" if fit.graded else "AUROC"


def directed_score(strength: float, fit: HypothesisFit) -> float:
    """Return a cell's score, turned so that larger is more of the hypothesis."""
    return strength if fit.graded else (1 + strength) / 2


def describe_direction(fit: HypothesisFit) -> str:
    """Return whether a cell is high or low where a hypothesis holds, in words."""
    where = "as it grows" if fit.graded else "where it holds"
    return f"{ENDS[fit.sign > 0]} {where}"


def describe_null(search: CellSearch) -> str:
    """Return how much was searched and against which nulls, in one sentence."""
    cells = format_count(len(search.cells), "cell")
    sought = format_count(len(search.fits), "hypothesis", "hypotheses")
    pairs = format_count(len(search.cells) * len(search.fits), "pair")
    text = format_count(search.characters[0], "held-out character")
    return (
        f"{cells} searched for {sought}, {pairs}, on {text}. Null: all circular shifts "
        f"of the labels, and the cells of "
        f"{format_count(search.networks, 'untrained network')}"
        "; a pair is found where both are rejected, by Benjamini-Hochberg over all "
        f"pairs at q = {format_significant(search.q)}."
    )


def rank_cells(search: CellSearch, fit: HypothesisFit) -> list[int]:
    """Return the indices of the cells, best fitting first, the first of a tie first."""
    strengths = np.abs(search.strengths[find_fit_row(search, fit)])
    ranked = np.argsort(-np.nan_to_num(strengths, nan=-1.0), kind="stable")
    return [int(place) for place in ranked]


def find_trace(traces: CellTraces, cell: Cell) -> int:
    """Return the index of a cell's trace.

    Raises:
        FigureError: The cell has no trace.
    """
    if cell not in traces.cells:
        raise FigureError(
            f"cells: no trace of cell {cell.name}; ask `activations` for all cells"
        )
    return traces.cells.index(cell)


def displayed_trace(
    traces: CellTraces, place: int, quantity: str = MEMORY
) -> NDArray[np.float64]:
    """Return a trace as it is coloured: tanh of the memory, or the activation."""
    if quantity != MEMORY:
        return np.asarray(traces.activations[place], dtype=np.float64)
    return np.tanh(np.asarray(traces.memories[place], dtype=np.float64))


LINES, COLUMNS = 12, 36
"""Lines of a text, and characters of a line, that are pictured in small."""


def picture_trace(traces: CellTraces, place: int) -> Thumbnails | None:
    """Picture the text's first lines in the colours of the cell at `place`."""
    if not traces.activations.size:
        return None
    lead = picture_lines(first_lines(traces, place, LINES, COLUMNS))
    scale = activation_scale()
    lead = replace(
        lead,
        heads=tuple(DisplayToken(str(i), str(i)) for i in range(1, lead.lines + 1)),
        description="The first lines of a text, each character in the colour of cell "
        f"{traces.cells[place].name}; {scale.quantity}, {scale.source}.",
    )
    return Thumbnails(
        lead, picture_lines(first_lines(traces, place, STRIP_LINES, STRIP_COLUMNS))
    )


def first_lines(
    traces: CellTraces, place: int, lines: int, columns: int
) -> list[list[float]]:
    """Return values of the text's first lines; blank lines are left out."""
    found: list[list[float]] = [[]]
    for token, value in zip(traces.tokens, displayed_trace(traces, place), strict=True):
        if token.text == "\n":
            if found[-1]:
                found.append([])
        elif len(found[-1]) < columns:
            found[-1].append(float(value))
    return [line for line in found if line][:lines]


def picture_lines(lines: list[list[float]]) -> Thumbnail:
    """Picture lines on the scale of all cells."""
    wide = max(map(len, lines), default=1)
    return Thumbnail(wide, len(lines), shade_squares(lines, activation_scale()))
