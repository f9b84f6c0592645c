"""Documents, corpora, and the split of a corpus by document.

A corpus is read once, whole, and never changed. Whatever is done to text on the way
(cleaning, truncation, replaced characters) is counted in `Corpus.notes`, which the page
prints. The split is by document: no window of a held-out document is trained on.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from generator.core.files import digest
from generator.core.spec import Spec

SplitPart = Literal["train", "validation", "test"]
Spans = tuple[tuple[int, int], ...]
"""Half-open spans of words (`words.words_of`), sorted."""


def note_repeats(texts: Sequence[str]) -> tuple[str, ...]:
    """Return notes on repeated texts, which a split by document cannot tell apart."""
    extra = len(texts) - len(set(texts))
    if not extra:
        return ()
    if extra == len(texts) - 1:
        note = f"all {len(texts):,} texts are identical: held-out loss says nothing"
        return (note,)
    top = Counter(texts).most_common(1)[0][1]
    note = (
        f"{extra:,} of {len(texts):,} texts repeat an earlier one (one occurs {top:,} "
        "times): copies may stand on both sides of the split"
    )
    return (note,)


class Annotation(StrEnum):
    """What a corpus knows of every document beside its text, in words for messages.

    `NUMBERS` come in place of a text (see `corpora.numeric`).
    """

    words: str
    """How a message calls it, after "documents with"."""

    def __new__(cls, value: str, words: str) -> Self:
        """Return the member that settings call `value` and messages `words`."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    LABEL = "label", "labels"
    TRUTH = "truth", "their truth: the key token that decides another"
    RATIONALE = "rationale", "their rationales: the words that decide the label"
    STATES = "states", "the states of every character, such as inside quotes"
    NUMBERS = "numbers", "rows of numbers"
    BOUNDARY = "boundary", "a boundary that is known"
    TRANSLATION = "translation", "their translations"
    ALIGNMENT = "alignment", "links of their words to those of their translations"


@dataclass(frozen=True, slots=True)
class Truth:
    """What decides what in a planted document, in word tokens of that document.

    `key` is the half-open span of the tokens that decide; `answer` the index of the
    token they decide; `choices` every token that could stand there, sorted.
    """

    key: tuple[int, int]
    answer: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a cell may follow: something that a program knows of every character.

    It is true or false of a character, or `graded`, such as a depth. `closing` are the
    characters that end it, and `closes` what they are called, "" where nothing does.
    """

    name: str
    graded: bool = False
    closing: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Links (target token, source token) of a text and its translation, sorted.

    Tokens are `words.words_of`, or characters where `unit` says so. `sure` links are
    right; `possible` ones are not asked for and not wrong.
    """

    sure: tuple[tuple[int, int], ...]
    possible: tuple[tuple[int, int], ...] = ()
    unit: Literal["word", "character"] = "word"


@dataclass(frozen=True, slots=True)
class Document:
    """One text a model learns from, with what is known about it."""

    text: str
    label: str | None = None
    translation: str | None = None
    truth: Truth | None = None
    rationale: tuple[tuple[int, int], ...] = ()
    """Half-open spans of the words (`words.words_of`) that decide the label, sorted."""
    part: SplitPart | None = None
    """The side its publisher put it on; None where the study decides."""
    masks: tuple[tuple[str, Spans], ...] = ()
    """Annotation masks by name: the words that must not matter."""
    states: NDArray[np.int16] | None = field(default=None, compare=False)
    """The corpus's hypotheses of every character, (hypotheses, characters)."""
    alignment: Alignment | None = None
    """Which token of the translation is from which of the text, where it is known."""


@dataclass(frozen=True)
class Corpus:
    """Documents in a fixed order.

    `key` is the hash of the bytes read and the settings that read them; `notes` say
    what was cleaned, dropped or doubtful, with counts. `labels` are all labels in their
    natural order, such as from negative to positive; empty for texts without.
    `hypotheses` are the rows of every document's `states`.
    """

    documents: tuple[Document, ...]
    key: str
    notes: tuple[str, ...] = ()
    source: str = ""
    labels: tuple[str, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a corpus may be read from: the study's own folder, then the data folder."""

    study: Path
    data: Path


class CorpusSpec(Spec):
    """How to read or make a corpus."""

    version: ClassVar[int] = 1
    """Bump when the same settings would give other documents."""
    holds: ClassVar[frozenset[Annotation]] = frozenset()
    """What every document carries beside its text."""
    kind: str
    """Which reader or maker; the rest of the entry are its settings."""

    def key(self, folders: Folders) -> str:
        """Hash of everything `load` depends on: the settings, unless files are read."""
        del folders
        return compute_corpus_key(self)

    def missing_dataset(self, folders: Folders) -> str | None:
        """The registry name of a dataset that must be fetched first, if one must."""
        del folders
        return None

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`."""
        raise NotImplementedError


class SyntheticCorpus(CorpusSpec):
    """Texts that this program makes, each from the settings and its number alone."""

    source: ClassVar[str]
    """What makes them, in words for the page."""
    documents: int
    """How many texts."""

    def make_document(self, index: int) -> Document:
        """Return text number `index` with what is known about it."""
        raise NotImplementedError

    def labels(self) -> tuple[str, ...]:
        """Return all labels in their natural order; none for texts without."""
        return ()

    def extra_notes(self) -> tuple[str, ...]:
        """Return what there is to note besides repeated texts."""
        return ()

    def load(self, folders: Folders) -> Corpus:
        """The texts, in the order of their numbers."""
        documents = tuple(map(self.make_document, range(self.documents)))
        return Corpus(
            documents=documents,
            key=self.key(folders),
            notes=(*self.extra_notes(), *note_repeats([one.text for one in documents])),
            source=self.source,
            labels=self.labels(),
        )


def compute_corpus_key(spec: CorpusSpec, read: str = "") -> str:
    """Return the hash of a spec, its version and the hash of the bytes it reads."""
    settings = spec.model_dump(mode="json")
    whole = {"settings": settings, "version": spec.version, "read": read}
    return digest(json.dumps(whole, sort_keys=True).encode())


@dataclass(frozen=True, slots=True)
class Split:
    """Indices of the documents of each side, each sorted."""

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]


def split_by_document(
    corpus: Corpus, fraction: float, seed: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Indices of training and held-out documents, each sorted.

    A document's side depends on the seed and its position alone. `fraction` of the
    documents, rounded, are held out; at least one on each side if there are two.
    """
    return hold_out_fraction(range(len(corpus.documents)), fraction, seed)


def hold_out_fraction(
    indices: Sequence[int], fraction: float, seed: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What is left of `indices`, and the `fraction` of them that is taken away."""
    count = len(indices)
    held = round(count * fraction)
    held = min(max(held, 1 if fraction > 0 else 0), count - 1) if count > 1 else 0

    def rank(index: int) -> bytes:
        return hashlib.sha256(f"split/{seed}/{index}".encode()).digest()

    order = sorted(indices, key=rank)
    return tuple(sorted(order[held:])), tuple(sorted(order[:held]))


def split_corpus(corpus: Corpus, validation: float, test: float, seed: int) -> Split:
    """The three sides of a corpus.

    Documents that their publisher put on a side stay there. Where none is a test
    document, the fraction `test` of the others is taken; where none is for validation,
    the fraction `validation` of what is then left.
    """
    places: dict[SplitPart | None, list[int]] = {}
    for index, document in enumerate(corpus.documents):
        places.setdefault(document.part, []).append(index)
    free = sorted([*places.get("train", []), *places.get(None, [])])
    tested = tuple(places.get("test", ()))
    if not tested:
        left, tested = hold_out_fraction(free, test, seed)
        free = list(left)
    held = tuple(places.get("validation", ()))
    if not held:
        left, held = hold_out_fraction(free, validation, seed + 1)
        free = list(left)
    return Split(tuple(free), held, tested)
