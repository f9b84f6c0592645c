"""All cells against all hypotheses."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from generator.artifacts import Artifact, Cell, CellSearch
from generator.corpora.base import Annotation
from generator.errors import UnsupportedError, quoted
from generator.methods.base import Asked, Method
from generator.methods.passages import (
    Passage,
    chosen,
    hypotheses,
    memories,
    passages,
    picked,
    stated,
)
from generator.methods.searching_cells import Search, Text, searched
from generator.models.base import Epoch
from generator.models.cells import CellModel

INTERVALS, NETWORKS = 1, 2
"""Positions of what is drawn."""


class Cells(Method):
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
        """The epoch asked."""
        return (self.epoch,)

    def collect(self, asked: Asked) -> CellSearch:
        """Search. Raises `CorpusError` and `ConfigError`."""
        model: CellModel = asked.model.at(self.epoch)
        corpus = stated(asked)
        rows = chosen(corpus, self.hypotheses)
        first, second = (
            picked(one, rows)
            for one in passages(asked, model, self.characters, self.length)
        )
        search = Search(
            hypotheses(corpus, rows),
            cells_of(model),
            text_of(model, first),
            text_of(model, second),
            tuple(
                memories(model.untrained(seed), first)
                for seed in seeds(asked, self.networks)
            ),
            self.q,
            model.epoch,
        )
        return searched(search, asked.generator(INTERVALS))


def cells_of(model: CellModel) -> tuple[Cell, ...]:
    """All cells, layer by layer, as `Activity` has them."""
    return tuple(
        Cell(layer, place + 1)
        for layer, count in enumerate(model.layers, 1)
        for place in range(count)
    )


def search_of(found: Artifact, name: str) -> CellSearch:
    """The search that `of` names. Raises `UnsupportedError` where it is none."""
    if not isinstance(found, CellSearch):
        raise UnsupportedError(
            f"of: {quoted(name)} holds {type(found).__name__}; expected a search: name "
            "an artifact of the method cells"
        )
    return found


def text_of(model: CellModel, passage: Passage) -> Text:
    """A text as it is searched."""
    return Text(memories(model, passage), passage.labels)


def seeds(asked: Asked, count: int) -> list[int]:
    """Seeds of untrained networks."""
    drawn = asked.generator(NETWORKS).integers(0, 2**31, size=count)
    return [int(seed) for seed in drawn]
