"""What a recurrent model of characters can be asked of its single cells.

Such a model reads a text from a memory of zeros, and its cells can be watched after
every character or held at a value while it reads. Most read a whole text in one pass. A
model with a window reads, for every character, the window that ends with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

from generator.corpora.vocabulary import Vocabulary
from generator.models.base import Floats, Ids


@dataclass(frozen=True, slots=True)
class Activity:
    """All cells after each character that was read, layer by layer."""

    activations: Floats  # (characters, cells), in [-1, 1]: what a cell gives out
    memories: Floats  # (characters, cells), the LSTM's memory, without bound


@dataclass(frozen=True, slots=True)
class Clamp:
    """One cell, by its place in `Activity`, and the memory that it is held at.

    The memory has that value after every character, whatever the gates say; what the
    cell gives out follows from it by the output gate, as ever.
    """

    cell: int
    memory: float


@runtime_checkable
class CellModel(Protocol):
    """A model of the next character whose cells can be watched and held.

    Texts are ids without the mark that opens a document; a model that has learnt such a
    mark reads it before each.
    """

    epoch: int
    vocabulary: Vocabulary

    @property
    def layers(self) -> tuple[int, ...]:
        """How many cells each recurrent layer has, the lowest first."""
        ...

    def watch(self, texts: Sequence[Ids]) -> list[Activity]:
        """Activity over each text (characters,) of ids, each read from rest."""
        ...

    def hold(
        self, texts: Sequence[Ids], places: Sequence[Ids], clamps: Sequence[Clamp]
    ) -> Floats:
        """What comes next, with each cell held in turn, (clamps, places, vocabulary).

        Places of a text are those after whose character the next is asked for; the
        answers of all texts stand behind each other. Every text is read from rest
        once for each clamp, its cell held from the first character on.
        """
        ...

    def predict_next(self, texts: Sequence[Ids], places: Sequence[Ids]) -> Floats:
        """The same with no cell held, (places, vocabulary)."""
        ...

    def untrained(self, seed: int) -> Self:
        """A network of the same shape whose weights were drawn afresh by `seed`."""
        ...
