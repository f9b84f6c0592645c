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
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from generator.core.files import digest
from generator.core.spec import Spec

SplitPart = Literal["train", "validation", "test"]
Spans = tuple[tuple[int, int], ...]
"""Half-open spans of words (`split_into_words`), sorted."""


def note_repeats(texts: Sequence[str]) -> tuple[str, ...]:
    """Note repeated texts, which a split by document cannot keep apart.

    Args:
        texts: The texts of a corpus.

    Returns:
        One note if any text repeats an earlier one, else none.
    """
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
    """What a corpus knows of every document beside its text.

    `words` is how messages call it. `NUMBERS` come in place of a text (see
    `corpora.numeric`).
    """

    words: str
    """How a message calls it, after "documents with"."""

    def __new__(cls, value: str, words: str) -> Self:
        """Create the member that settings call `value` and messages `words`."""
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
    """The planted truth of a document: which tokens decide which other token.

    Indices count the document's words. `key` is the half-open span of the tokens that
    decide; `answer` the index of the token they decide; `choices` every token that
    could stand there, sorted.
    """

    key: tuple[int, int]
    answer: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A hypothesis about cells: a property that is known of every character.

    The property is true or false of a character, or `graded`, such as a depth.
    `closing` are the characters that end it, and `closes` what messages call them; ""
    where nothing ends it.
    """

    name: str
    graded: bool = False
    closing: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Gold alignment: sorted links (target token, source token) between translations.

    Tokens are words as `split_into_words` finds them, or characters where `unit` says
    so. `sure` links are right; `possible` ones may be found or missed without being
    wrong.
    """

    sure: tuple[tuple[int, int], ...]
    possible: tuple[tuple[int, int], ...] = ()
    unit: Literal["word", "character"] = "word"


@dataclass(frozen=True, slots=True)
class Document:
    """One text that a model learns from, with its annotations."""

    text: str
    label: str | None = None
    translation: str | None = None
    truth: Truth | None = None
    rationale: tuple[tuple[int, int], ...] = ()
    """Half-open spans of the words that decide the label, sorted."""
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

    `key` is the hash of the bytes that were read and of the settings that read them;
    `notes` say what was cleaned, dropped or doubtful, with counts. `labels` are all
    labels in their natural order, such as from negative to positive; empty for texts
    without. `hypotheses` name the rows of every document's `states`.
    """

    documents: tuple[Document, ...]
    key: str
    notes: tuple[str, ...] = ()
    source: str = ""
    labels: tuple[str, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders that corpora are read from: the study's own, then the data folder."""

    study: Path
    data: Path


class CorpusSpec(Spec):
    """How to read or make a corpus."""

    version: ClassVar[int] = 1
    """Bump when the same settings would give other documents."""
    holds: ClassVar[frozenset[Annotation]] = frozenset()
    """What every document carries beside its text."""
    document_noun: ClassVar[str] = "text"
    """What one document is, as a noun in the singular."""
    later: ClassVar[frozenset[str]] = frozenset()
    """Settings that came later: at their default they are no part of the key."""
    kind: str
    """Which reader or maker; the rest of the entry are its settings."""

    def key(self, folders: Folders) -> str:
        """Return the key of the corpus: a hash of everything that `load` depends on.

        By default that is the settings alone; corpora that read files add their bytes.

        Args:
            folders: Where files are looked for.

        Returns:
            The key.
        """
        del folders
        return compute_corpus_key(self)

    def key_settings(self) -> dict[str, Any]:
        """Return the settings that the key is made of, as plain data."""
        settings = self.model_dump(mode="json")
        fields = type(self).model_fields
        unset = {n for n in self.later if getattr(self, n) == fields[n].get_default()}
        return {name: value for name, value in settings.items() if name not in unset}

    def missing_dataset(self, folders: Folders) -> str | None:
        """Return the dataset that must be fetched before the corpus can be loaded.

        Args:
            folders: Where files are looked for.

        Returns:
            Its name in the registry, None if nothing is missing.
        """
        del folders
        return None

    def load(self, folders: Folders) -> Corpus:
        """Load the corpus.

        Args:
            folders: Where files are looked for.

        Returns:
            The corpus.

        Raises:
            CorpusError: A file cannot be read, or does not hold such a corpus.
        """
        raise NotImplementedError


class SyntheticCorpus(CorpusSpec):
    """Texts that this program makes, each from the settings and its number alone."""

    source: ClassVar[str]
    """What makes them, in words for the page."""
    documents: int
    """How many texts."""

    def make_document(self, index: int) -> Document:
        """Generate one document from the settings and its index alone.

        Args:
            index: Number of the document, from 0.

        Returns:
            The text with everything that is known about it.
        """
        raise NotImplementedError

    def labels(self) -> tuple[str, ...]:
        """Return all labels in their natural order; none for texts without labels."""
        return ()

    def extra_notes(self) -> tuple[str, ...]:
        """Return notes besides the one on repeated texts."""
        return ()

    def load(self, folders: Folders) -> Corpus:
        """Generate all documents, in the order of their indices."""
        documents = tuple(map(self.make_document, range(self.documents)))
        return Corpus(
            documents=documents,
            key=self.key(folders),
            notes=(*self.extra_notes(), *note_repeats([one.text for one in documents])),
            source=self.source,
            labels=self.labels(),
        )


def compute_corpus_key(spec: CorpusSpec, read: str = "") -> str:
    """Compute the key of a corpus.

    Args:
        spec: The settings, whose version counts too.
        read: Hash of the bytes that it reads, if any.

    Returns:
        A hexadecimal hash.
    """
    whole = {"settings": spec.key_settings(), "version": spec.version, "read": read}
    return digest(json.dumps(whole, sort_keys=True).encode())


@dataclass(frozen=True, slots=True)
class Split:
    """Indices of the documents on each side of a split, sorted."""

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]


def split_by_document(
    corpus: Corpus, fraction: float, seed: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Split a corpus into training and held-out documents.

    The side of a document depends on the seed and its index alone.

    Args:
        corpus: The corpus.
        fraction: Share of the documents to hold out, from 0 to 1; rounded, but at least
            one document on each side if there are two.
        seed: Decides which documents.

    Returns:
        Indices of training and of held-out documents, sorted.
    """
    return hold_out_fraction(range(len(corpus.documents)), fraction, seed)


def hold_out_fraction(
    indices: Sequence[int], fraction: float, seed: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Hold out a fraction of some indices.

    Args:
        indices: Indices of documents.
        fraction: Share to hold out, from 0 to 1.
        seed: Decides which indices.

    Returns:
        The remaining indices and those held out, sorted.
    """
    count = len(indices)
    held = round(count * fraction)
    held = min(max(held, 1 if fraction > 0 else 0), count - 1) if count > 1 else 0

    def rank(index: int) -> bytes:
        return hashlib.sha256(f"split/{seed}/{index}".encode()).digest()

    order = sorted(indices, key=rank)
    return tuple(sorted(order[held:])), tuple(sorted(order[:held]))


def split_corpus(corpus: Corpus, validation: float, test: float, seed: int) -> Split:
    """Split a corpus into training, validation and test documents.

    Documents that their publisher put on a side stay there. The shares apply only to
    sides that are otherwise empty.

    Args:
        corpus: The corpus.
        validation: Share of what is left after the test side was taken.
        test: Share of the documents without a side.
        seed: Decides which documents.

    Returns:
        Indices of the documents on each side.
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
