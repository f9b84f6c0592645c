"""Held-out text for a search of cells, with what is known of every character.

Two texts are made of the documents that the model was not trained on, taken in turn:
the first, third, … to the first text, the others to the second. Of each document the
first `length` characters are read, from its beginning and from a memory of zeros, so
that the model never predicts what it could not have seen. A document more makes a
text longer until it has the characters that the settings name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import ConfigError, CorpusError, quote_text, suggest_nearest
from generator.corpora.base import Corpus, Document, Hypothesis
from generator.methods.base import Context
from generator.methods.cells.rank_scores import Doubles
from generator.methods.common.language_model_texts import held_out_documents
from generator.models.base import Floats, Ids
from generator.models.capabilities import CellModel


@dataclass(frozen=True)
class TextPassage:
    """The beginnings of documents as ids, and the hypotheses of their characters."""

    documents: tuple[int, ...]  # their numbers in the corpus
    texts: tuple[str, ...]
    ids: tuple[Ids, ...]
    labels: Doubles  # (hypotheses, characters)

    def __len__(self) -> int:
        """Return the number of characters."""
        return sum(map(len, self.texts))

    @property
    def text(self) -> str:
        """All texts joined."""
        return "".join(self.texts)

    def first_documents(self, characters: int) -> TextPassage:
        """Return its first documents, as many as begin before `characters`."""
        ends = np.cumsum([len(text) for text in self.texts])
        keep = 1 + int(np.searchsorted(ends, characters))
        return TextPassage(
            self.documents[:keep],
            self.texts[:keep],
            self.ids[:keep],
            self.labels[:, : int(ends[min(keep, len(ends)) - 1])],
        )


def find_passages(
    context: Context, model: CellModel, characters: int, length: int
) -> tuple[TextPassage, TextPassage]:
    """Build the two texts.

    Args:
        context: The corpus.
        model: The model, which encodes them.
        characters: Of each text.
        length: Of each document.

    Raises:
        CorpusError: There are no two held-out documents with states.
    """
    corpus_with_states(context)
    documents = [
        (i, d)
        for i, d in held_out_documents(context)
        if d.text and d.states is not None
    ]
    if len(documents) < 2:  # noqa: PLR2004 - each of the two texts needs a document
        raise CorpusError(
            f"only {len(documents)} held-out documents have text; expected two or more: "
            "give the model a larger share to validate on"
        )
    first, second = (
        build_passage(model, documents[turn::2], characters, length) for turn in (0, 1)
    )
    return first, second


def corpus_with_states(context: Context) -> Corpus:
    """Return the corpus.

    Raises:
        CorpusError: Nothing is known of its characters.
    """
    if context.corpus is None or not context.corpus.hypotheses:
        raise CorpusError(
            "nothing is known of this corpus's characters; expected one with states, "
            "such as source_code"
        )
    return context.corpus


def build_passage(
    model: CellModel,
    documents: Sequence[tuple[int, Document]],
    characters: int,
    length: int,
) -> TextPassage:
    """Build a passage of documents' beginnings, until there are enough characters.

    Args:
        model: The model, which encodes them.
        documents: Documents with their indices.
        characters: Of the passage.
        length: Of each document.
    """
    beginnings: list[tuple[int, str, NDArray[np.int16]]] = []
    total = 0
    for index, document in documents:
        if total >= characters:
            break
        size = min(length, characters - total, len(document.text))
        assert document.states is not None  # noqa: S101 - `find_passages` takes documents with states alone
        beginnings.append((index, document.text[:size], document.states[:, :size]))
        total += size
    return TextPassage(
        tuple(index for index, _, _ in beginnings),
        tuple(text for _, text, _ in beginnings),
        tuple(encode_text(model, text) for _, text, _ in beginnings),
        np.concatenate([states for _, _, states in beginnings], axis=1).astype(
            np.float64
        ),
    )


def encode_text(model: CellModel, text: str) -> Ids:
    """Encode a text as the model reads it."""
    return np.array(model.vocabulary.encode(text), dtype=np.int32)


def count_unlearnt(model: CellModel) -> int:
    """Return how many characters of a text are read through padding never learnt from.

    They fill the first window of a model of a single text, less one: after the last of
    that window's characters, the window is whole. A model whose texts have marks learnt
    from padding, and one that reads texts from end to end has none.

    Args:
        model: The model that reads the text.
    """
    window = getattr(model, "window", 1) if model.vocabulary.mark is None else 1
    return int(window) - 1


def read_memories(model: CellModel, passage: TextPassage) -> Floats:
    """Trace the memories of all cells over a text, (characters, cells)."""
    return np.concatenate([one.memories for one in model.trace_cells(passage.ids)])


def find_hypotheses(corpus: Corpus, names: Sequence[str]) -> list[int]:
    """Return the rows of the named hypotheses, all without names.

    Raises:
        ConfigError: The corpus has no such hypothesis.
    """
    known = [one.name for one in corpus.hypotheses]
    for name in names:
        if name not in known:
            raise ConfigError(
                f"hypotheses: {quote_text(name)} is none of this corpus; "
                f"{suggest_nearest(name, known)}"
            )
    return [known.index(name) for name in names] or list(range(len(known)))


def select_hypotheses(passage: TextPassage, rows: Sequence[int]) -> TextPassage:
    """Return the passage with some of its hypotheses."""
    labels = passage.labels[list(rows)]
    return TextPassage(passage.documents, passage.texts, passage.ids, labels)


def list_hypotheses(corpus: Corpus, rows: Sequence[int]) -> tuple[Hypothesis, ...]:
    """Return some of the corpus's hypotheses."""
    return tuple(corpus.hypotheses[row] for row in rows)
