"""Scores of cells by epoch."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Curves
from generator.core.errors import ConfigError, quoted
from generator.corpora.base import Annotation
from generator.methods.base import Asked, Method
from generator.methods.cells.rank_scores import (
    Doubles,
    labels_of,
    score_of,
    signed_strengths,
)
from generator.methods.cells.search import cells_of, search_of
from generator.methods.cells.texts import (
    Passage,
    chosen,
    memories,
    passages,
    picked,
    stated,
)
from generator.methods.common.snapshots import by_epoch
from generator.models.base import Epoch
from generator.models.capabilities import CellModel


class CellTraining(Method):
    """When cells begin to follow a hypothesis while a network learns.

    1. The second text of a search is read at every epoch that was kept, epoch 0 being
       before training. No cell was chosen on this text.
    2. For each hypothesis one line is the score of the cell that the search found best at
       the end: AUROC in the direction that the search found, or Spearman's ρ. Before the
       cell has its part it lies near 0.5, or 0.
    3. The other line is the best score of any cell at that epoch, whichever it is. Where it
       is high long before the first, another cell had the part, or several shared it.

    The best of many is never at 0.5: what it is at epoch 0 is what the choice alone gives.

    Source: the search is that of *cells*; Karpathy, Johnson and Fei-Fei (2015) looked at
    trained networks alone.
    """

    needs: ClassVar = (CellModel,)
    gives: ClassVar = Curves
    expects: ClassVar = frozenset({Annotation.STATES})
    method: Literal["cell_training"]
    of: str
    """Name of the search whose best cells are followed."""
    hypotheses: tuple[str, ...] = Field(min_length=1, max_length=3)
    """Hypotheses to follow, three at most: each is two lines."""
    characters: int = Field(default=10_000, ge=500, le=1_000_000)
    """Characters that are read at every epoch."""
    length: int = Field(default=4000, ge=100, le=1_000_000)
    """Characters that are read of a document, from its beginning."""
    epochs: tuple[Epoch, ...] = ()
    """The snapshots to ask; without it, all that were kept."""

    def reads(self) -> tuple[str, ...]:
        """The search."""
        return (self.of,)

    def snapshots(self) -> tuple[Epoch, ...]:
        """The epochs asked for by name."""
        return self.epochs

    def collect(self, asked: Asked) -> Curves:
        """Measure. Raises `ConfigError`, `CorpusError` and `UnsupportedError`."""
        fits = {fit.name: fit for fit in search_of(asked.read[0], self.of).fits}
        for name in self.hypotheses:
            if name not in fits:
                raise ConfigError(
                    f"hypotheses: {quoted(name)} was not searched for in "
                    f"{quoted(self.of)}"
                )
        best: CellModel = asked.model.at("best")
        rows = chosen(stated(asked), self.hypotheses)
        _, text = passages(asked, best, self.characters, self.length)
        text = picked(text, rows)
        wanted = [fits[name] for name in self.hypotheses]
        graded = np.array([fit.graded for fit in wanted])

        def measure(model: CellModel) -> tuple[float, ...]:
            every = cells_of(model)
            found = strengths(model, text, graded)
            return tuple(
                score_of(value, graded=fit.graded)
                for row, fit in enumerate(wanted)
                for value in (
                    fit.sign * float(found[row, every.index(fit.cell)]),
                    float(np.abs(found[row]).max()),
                )
            )

        names = tuple(
            f"{fit.name}, {what}"
            for fit in wanted
            for what in (f"cell {fit.cell.name}", "best cell at each epoch")
        )
        label = "Spearman’s ρ" if graded.all() else "AUROC"
        label = "AUROC, or Spearman’s ρ" if graded.any() and not graded.all() else label
        return by_epoch(asked, self.epochs, measure, names, label)


def strengths(model: CellModel, text: Passage, graded: NDArray[np.bool_]) -> Doubles:
    """Signed strengths of all cells at one epoch, (hypotheses, cells)."""
    return signed_strengths(memories(model, text), labels_of(text.labels, graded))
