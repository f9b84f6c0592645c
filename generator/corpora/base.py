"""Documents, corpora, and the split of a corpus by document.

A corpus is read once, whole, and never changed. Whatever is done to text on the way
(cleaning, truncation, replaced characters) is counted in `Corpus.notes`, which the page
prints. The split is by document: no window of a held-out document is trained on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from generator.spec import Spec


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
class Document:
    """One text a model learns from, with what is known about it."""

    text: str
    label: str | None = None
    translation: str | None = None
    truth: Truth | None = None


@dataclass(frozen=True)
class Corpus:
    """Documents in a fixed order.

    `key` is the hash of the bytes read and the settings that read them; `notes` say
    what was cleaned, dropped or doubtful, with counts.
    """

    documents: tuple[Document, ...]
    key: str
    notes: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a corpus may be read from: the study's own folder, then the data folder."""

    study: Path
    data: Path


class CorpusSpec(Spec):
    """How to read or make a corpus."""

    version: ClassVar[int] = 1
    """Bump when the same settings would give other documents."""
    planted: ClassVar[bool] = False
    """Whether every document carries its `truth`."""
    kind: str
    """Which reader or maker; the rest of the entry are its settings."""

    def key(self, folders: Folders) -> str:
        """Hash of everything `load` depends on, cheaper than loading where possible."""
        raise NotImplementedError

    def missing(self, folders: Folders) -> str | None:
        """The registry name of a dataset that must be fetched first, if one must."""
        del folders
        return None

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`."""
        raise NotImplementedError


def split(
    corpus: Corpus, fraction: float, seed: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Indices of training and held-out documents, each sorted.

    A document's side depends on the seed and its position alone. `fraction` of the
    documents, rounded, are held out; at least one on each side if there are two.
    """
    count = len(corpus.documents)
    held = round(count * fraction)
    held = min(max(held, 1 if fraction > 0 else 0), count - 1) if count > 1 else 0

    def rank(index: int) -> bytes:
        return hashlib.sha256(f"split/{seed}/{index}".encode()).digest()

    order = sorted(range(count), key=rank)
    return tuple(sorted(order[held:])), tuple(sorted(order[:held]))
