"""The scores of cells by epoch."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import CellSearch, Curves
from generator.core.errors import ConfigError, quote_text
from generator.corpora.base import Annotation
from generator.methods.base import Context, Method
from generator.methods.cells.rank_scores import (
    Doubles,
    prepare_labels,
    printed_score,
    signed_strengths,
)
from generator.methods.cells.search import list_cells, read_search
from generator.methods.cells.texts import (
    TextPassage,
    corpus_with_states,
    find_hypotheses,
    find_passages,
    read_memories,
    select_hypotheses,
)
from generator.methods.common.snapshots import measure_epochs
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
    reads: ClassVar = (CellSearch,)
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

    def artifact_names(self) -> tuple[str, ...]:
        """Return the search."""
        return (self.of,)

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the epochs that are named."""
        return self.epochs

    def collect(self, context: Context) -> Curves:
        """Score the cells at each epoch; see the base."""
        fits = {
            fit.name: fit for fit in read_search(context.artifacts[0], self.of).fits
        }
        for name in self.hypotheses:
            if name not in fits:
                raise ConfigError(
                    f"hypotheses: {quote_text(name)} was not searched for in "
                    f"{quote_text(self.of)}"
                )
        best: CellModel = context.model.at("best")
        rows = find_hypotheses(corpus_with_states(context), self.hypotheses)
        _, text = find_passages(context, best, self.characters, self.length)
        text = select_hypotheses(text, rows)
        wanted = [fits[name] for name in self.hypotheses]
        graded = np.array([fit.graded for fit in wanted])

        def measure(model: CellModel) -> tuple[float, ...]:
            every = list_cells(model)
            strengths = epoch_strengths(model, text, graded)
            return tuple(
                printed_score(value, graded=fit.graded)
                for row, fit in enumerate(wanted)
                for value in (
                    fit.sign * float(strengths[row, every.index(fit.cell)]),
                    float(np.abs(strengths[row]).max()),
                )
            )

        names = tuple(
            f"{fit.name}, {what}"
            for fit in wanted
            for what in (f"cell {fit.cell.name}", "best cell at each epoch")
        )
        label = "Spearman’s ρ" if graded.all() else "AUROC"
        label = "AUROC, or Spearman’s ρ" if graded.any() and not graded.all() else label
        return measure_epochs(context, self.epochs, measure, names, label)


def epoch_strengths(
    model: CellModel, text: TextPassage, graded: NDArray[np.bool_]
) -> Doubles:
    """Compute signed strengths of all cells at one epoch, (hypotheses, cells)."""
    return signed_strengths(
        read_memories(model, text), prepare_labels(text.labels, graded)
    )
