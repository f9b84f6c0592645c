"""The activations of chosen cells over a text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from generator.artifacts import Artifact, Cell, CellSearch, CellTraces
from generator.core.errors import (
    ConfigError,
    CorpusError,
    UnsupportedError,
    quote_text,
)
from generator.core.tokens import Token
from generator.corpora.base import Annotation
from generator.methods.base import Context, Method
from generator.methods.cells.search import list_cells, read_search
from generator.methods.cells.texts import (
    corpus_with_states,
    count_unlearnt,
    encode_text,
)
from generator.methods.common.language_model_texts import held_out_documents, to_float32
from generator.models.base import Epoch
from generator.models.capabilities import CellModel

DIGITS = 3
"""Decimals kept of an activation: a tenth of what a colour can show."""
FAR_APART = 20_000
"""Characters of a document beyond which no stretch is looked for."""
CellName = Annotated[str, Field(pattern=r"^[1-9]\d{0,3}\.[1-9]\d{0,4}$")]
"""A cell as `layer.place`."""


@dataclass(frozen=True)
class TextStretch:
    """A part of a text, and what is known of its characters."""

    before: str
    text: str
    names: tuple[str, ...]
    states: NDArray[np.int16]  # (hypotheses, characters)
    document: int | None

    def without_first(self, characters: int) -> TextStretch:
        """Return the part of the stretch that comes after so many of the text."""
        cut = max(0, characters - len(self.before))
        return replace(
            self,
            before=self.before + self.text[:cut],
            text=self.text[cut:],
            states=self.states[:, cut:],
        )


class CellActivations(Method):
    """What chosen cells do over a text, character by character.

    1. The text is a stretch of a document that the model was not trained on, or one that
       the author gives. A document is read from its beginning, so that the model has seen
       what came before the stretch; a text that is given is read by itself.
    2. After every character an LSTM's cell has a memory `c`, which has no bound and which
       figures draw as tanh(c), and gives out an activation `o ∘ tanh(c)`, between −1 and 1.
       Both are kept.
    3. Cells are those that are named, as `layer.place` counted from 1, or those that a
       search found best, or all.

    A model of a single text learnt from whole windows alone, so the characters of its first
    window are read and not shown.

    Without a document the stretch is the one, of all that begin a line, in which the
    hypotheses change most often, which is where a cell that follows them has most to do.
    It is chosen by the text alone, before any cell is read.

    Source: Karpathy, Johnson and Fei-Fei (2015), whose figures colour text by tanh(c) of a
    cell.
    """

    needs: ClassVar = (CellModel,)
    reads: ClassVar = (CellSearch,)
    gives: ClassVar = CellTraces
    version: ClassVar[int] = 2
    method: Literal["activations"]
    cells: tuple[CellName, ...] = ()
    """Cells to read, as `layer.place` counted from 1; without it and without `of`,
    all."""
    of: str | None = None
    """Name of a search, whose best cells are read; instead of `cells`."""
    hypotheses: tuple[str, ...] = ()
    """Whose best cells these are; without it, all of the search."""
    text: str | None = Field(default=None, min_length=1, max_length=20_000)
    """A text to read; without it, a stretch of a held-out document."""
    document: int | None = Field(default=None, ge=0)
    """The document, by its number in the corpus; without it, any held-out one."""
    length: int = Field(default=400, ge=1, le=20_000)
    """Characters of the stretch."""
    epoch: Epoch = "best"
    """Snapshot to ask."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        """Check that the settings do not contradict each other.

        Raises:
            ValueError: They do.
        """
        if self.cells and self.of is not None:
            raise ValueError("cells and of exclude each other; keep one")
        if self.hypotheses and self.of is None:
            raise ValueError("hypotheses: say whose best cells; name a search with of")
        if self.text is not None and self.document is not None:
            raise ValueError("text and document exclude each other; keep one")
        return self

    def required_annotations(self) -> frozenset[Annotation]:
        """Return states of characters, unless the study gives a text."""
        return frozenset({Annotation.STATES} if self.text is None else ())

    def artifact_names(self) -> tuple[str, ...]:
        """Return the search, if one is named."""
        return () if self.of is None else (self.of,)

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)

    def collect(self, context: Context) -> CellTraces:
        """Trace the cells over the text; see the base."""
        model: CellModel = context.model.at(self.epoch)
        every = list_cells(model)
        wanted = self.find_cells(context, every)
        places = [every.index(cell) for cell in wanted]
        stretch = self.find_stretch(context)
        whole = stretch.before + stretch.text
        unlearnt = count_unlearnt(model)
        if len(whole) <= unlearnt:
            raise UnsupportedError(
                f"text: {len(whole):,} characters; the model was trained on a single "
                f"text, whose first {unlearnt:,} it never learnt from: give a longer one"
            )
        stretch = stretch.without_first(unlearnt)
        (seen,) = model.trace_cells([encode_text(model, whole)])
        rows = slice(len(stretch.before), len(whole))
        known = set(model.vocabulary.ids)
        return CellTraces(
            epoch=model.epoch,
            tokens=tuple(
                Token(char, "word" if char in known else "unknown")
                for char in stretch.text
            ),
            cells=wanted,
            activations=to_float32(
                np.round(seen.activations[rows][:, places].T, DIGITS)
            ),
            memories=to_float32(np.round(seen.memories[rows][:, places].T, DIGITS)),
            hypotheses=stretch.names,
            truths=stretch.states.astype(np.float32),
            document=stretch.document,
            start=len(stretch.before),
        )

    def find_cells(self, context: Context, every: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """Return the cells to trace.

        Raises:
            ConfigError: A named one is not in the network.
            UnsupportedError: The artifact is no search.
        """
        if self.of is not None:
            return best_cells(context.artifacts[0], self.of, self.hypotheses)
        cells = tuple(Cell(*map(int, name.split("."))) for name in self.cells)
        for cell in cells:
            if cell not in every:
                last = every[-1].name if every else "none"
                raise ConfigError(
                    f"cells: the model has no cell {cell.name}; the last is {last}"
                )
        return cells or every

    def find_stretch(self, context: Context) -> TextStretch:
        """Return the text to read.

        Raises:
            CorpusError: No held-out document is long enough.
        """
        if self.text is not None:
            return TextStretch("", self.text, (), np.zeros((0, len(self.text)), np.int16),
                           None)  # fmt: skip
        corpus = corpus_with_states(context)
        documents = held_out_documents(context)
        if self.document is not None:
            documents = tuple(one for one in documents if one[0] == self.document)
        graded = np.array([one.graded for one in corpus.hypotheses])
        stretches = [
            (
                *find_busiest_stretch(
                    document.states[~graded], document.text, self.length
                ),
                index,
            )
            for index, document in documents
            if document.states is not None and len(document.text) >= self.length
        ]
        if not stretches:
            raise CorpusError(
                f"no held-out document of {self.length:,} characters; expected one: "
                "lower length, or hold out more"
            )
        _, start, index = max(stretches, key=lambda one: (one[0], -one[2]))
        document = corpus.documents[index]
        end = start + self.length
        assert document.states is not None  # noqa: S101 - stretches are of documents with states alone
        return TextStretch(
            document.text[:start],
            document.text[start:end],
            tuple(one.name for one in corpus.hypotheses),
            document.states[:, start:end],
            index,
        )


def best_cells(
    search: Artifact, name: str, hypotheses: tuple[str, ...]
) -> tuple[Cell, ...]:
    """Return the best cells of a search, each once.

    Raises:
        UnsupportedError: The artifact is no search, or has no such hypothesis.
    """
    known = {fit.name: fit.cell for fit in read_search(search, name).fits}
    for one in hypotheses:
        if one not in known:
            raise ConfigError(
                f"hypotheses: {quote_text(one)} was not searched for in {quote_text(name)}"
            )
    return tuple(dict.fromkeys(known[one] for one in hypotheses or known))


def find_busiest_stretch(
    states: NDArray[np.int16], text: str, length: int
) -> tuple[int, int]:
    """Find the stretch of a text in which most hypotheses change.

    A stretch begins a line. A hypothesis counts four changes at most, so that one of
    them
    cannot decide alone; of equal stretches the first is taken.

    Args:
        states: (hypotheses, characters), of which the first `FAR_APART` are looked at.
        text: The characters.
        length: Characters of the stretch.

    Returns:
        How many changes it has and where it begins; −1 and 0 where the text is too
        short.
    """
    states = states[:, :FAR_APART]
    count = states.shape[1] - length + 1
    if count < 1:
        return -1, 0
    changes = np.abs(np.diff(states > 0, axis=1, prepend=False))
    sums = np.cumsum(np.pad(changes, ((0, 0), (1, 0))), axis=1)
    inside = sums[:, length:] - sums[:, :-length]
    total = np.minimum(inside[:, :count], 4).sum(0)
    before = np.array([True, *(char == "\n" for char in text[: count - 1])])
    total[~before] = -1
    place = int(np.argmax(total))
    return int(total[place]), place
