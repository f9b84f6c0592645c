"""Artifacts about single cells of a recurrent network: traces, a search, clamping."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from generator.artifacts.base import Artifact, Floats, Ints
from generator.artifacts.statistics import Estimates
from generator.core.tokens import Token

CellUse = Literal["used", "one direction only", "correlates only", "not tested"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a recurrent layer; both numbers count from 1."""

    layer: int
    place: int

    @property
    def name(self) -> str:
        """The cell's name, `layer.place`."""
        return f"{self.layer}.{self.place}"


@dataclass(frozen=True, kw_only=True)
class CellTraces(Artifact):
    """Chosen cells over a text, character by character.

    `memories[i, t]` is the memory of cell `i` after it read character `t`, which is
    unbounded, and `activations[i, t]` its output there, between -1 and 1.
    """

    tokens: tuple[Token, ...]
    cells: tuple[Cell, ...]
    activations: Floats  # (cells, tokens)
    memories: Floats  # (cells, tokens)
    hypotheses: tuple[str, ...] = ()
    truths: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """(hypotheses, tokens): 1 where one holds, a number where it is graded."""
    document: int | None = None  # its number in the corpus, None for a given text
    start: int = 0  # the first character's place in its document


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisFit:
    """One hypothesis, and the cell that fits it best.

    Scores are AUROC or, of graded hypotheses, Spearman's rho; `sign` says whether the
    cell is high (1) or low (-1) where the hypothesis holds, and all scores are turned
    by it, so that larger fits better.
    """

    name: str
    graded: bool
    share: float  # of characters of which it is true; NaN of graded ones
    cell: Cell
    sign: int
    score: float  # on the first text, on which the cell was chosen
    again: float  # on the second text
    low: float  # 95 % interval of `again`
    high: float
    shifts: float  # quantile 0.99 of all circular shifts, of this cell
    untrained: float  # the best cell of all untrained networks
    p: float  # the larger one of both nulls
    found: bool  # by Benjamini-Hochberg over all cells and hypotheses
    cells: int  # how many cells were found for it
    overlap: float  # Jaccard index of the five strongest cells of both texts
    probe: float  # of a sparse linear probe on all cells, on the second text
    probe_cells: int
    untrained_probe: float  # the same on an untrained network
    closes: str = ""  # what ends it, in words, "" where nothing does


@dataclass(frozen=True, kw_only=True)
class CellSearch(Estimates):
    """A search of all cells for all hypotheses.

    Rows are the scores of the best cells, measured again on the second text.
    """

    cells: tuple[Cell, ...]
    fits: tuple[HypothesisFit, ...]
    strengths: Floats  # (hypotheses, cells), 2 AUROC - 1 or rho, NaN if not scored
    found: Ints  # (hypotheses, cells), 1 where found
    characters: tuple[int, int]  # of the two texts
    networks: int  # untrained ones
    q: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClampEffect:
    """The effect of clamping one cell on the probability of what ends a hypothesis.

    Changes are means over places, in the direction that the hypothesis predicts: `off`
    is how far the probability of the closing token falls where it comes next, the cell
    being held at its mean where the hypothesis is false; `on` how far it rises where
    the hypothesis is false, the cell being held at its mean where it is true. `*_high`
    is quantile 0.99 of the same over other cells, drawn at random.
    """

    hypothesis: str
    closes: str
    cell: Cell
    off: float
    off_low: float
    off_high: float
    off_random: float
    off_p: float
    off_places: int
    on: float
    on_low: float
    on_high: float
    on_random: float
    on_p: float
    on_places: int
    random: int
    before: float  # mean probability of the closing token where it comes next
    use: CellUse


@dataclass(frozen=True, kw_only=True)
class CellEffects(Estimates):
    """Effects of clamped cells, against random cells.

    Rows are the changes and their nulls.
    """

    effects: tuple[ClampEffect, ...]
