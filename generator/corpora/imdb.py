"""Film reviews, half of them against their film and half for it, on two sides.

The Large Movie Review Dataset is one packed archive with a file for each review. It is
read from the archive, file by file, and never unpacked to disk; `path` names an archive
of the same shape instead, such as one without the reviews that have no label.

The folder that a review lies in is its side and its label, as the dataset has them:
reviews that gave their film 1 to 4 of 10 stars are negative, 7 to 10 positive. Reviews
are ordered by side, label and number, wherever they stand in the archive. Line breaks
of the web page (`<br />`) become spaces.

Source: Maas et al., Learning Word Vectors for Sentiment Analysis, ACL 2011.
"""

from __future__ import annotations

import re
from collections import Counter
from heapq import heappush, heapreplace
from typing import Literal, NamedTuple

from pydantic import Field

from generator.corpora.archives import read_files
from generator.corpora.base import Annotation, Corpus, Document, Folders, Part
from generator.corpora.labels import check_labels
from generator.corpora.parts import leaks
from generator.corpora.reading import refuse_binary
from generator.corpora.source import FileCorpus
from generator.errors import CorpusError, quoted

LABELS = ("negative", "positive")
FOLDERS = {"neg": "negative", "pos": "positive"}
SIDES: dict[str, Part] = {"train": "train", "test": "test"}
NAME = re.compile(
    r"(?:\./)?aclImdb/(train|test)/(neg|pos)/([0-9]{1,9})_(?:10|[0-9])\.txt"
)
BREAK = re.compile(r"<br\s*/?>")


class Review(NamedTuple):
    """Where a review stands, and the name of its file."""

    side: Part
    label: str
    number: int
    name: str


class Imdb(FileCorpus):
    """Film reviews, negative and positive, for training and for the test."""

    kind: Literal["imdb"] = "imdb"
    holds = frozenset({Annotation.LABEL})
    limit: int | None = Field(default=None, ge=1)
    """Keep this many reviews of each side and label, the first by their numbers."""

    def registered(self) -> str | None:
        """The dataset, unless `path` names an archive of its shape."""
        return "imdb" if self.path is None else None

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`; `IntegrityError` for a damaged dataset."""
        raw = self.raw(folders)
        shelves = Shelves(raw.place, self.limit)
        for review, data in read_files(raw, shelves.wanted):
            shelves.put(review, data)
        documents = shelves.documents()
        checked = check_labels(documents, LABELS, raw.place)
        return Corpus(
            documents=documents,
            key=self.key_with(raw.sha256),
            notes=shelves.notes() + checked + leaks(documents),
            source=self.source(raw),
            labels=LABELS,
        )


class Shelves:
    """Reviews by side and label; under a limit, those with the lowest numbers.

    Each shelf is a heap of (minus the number, text): the highest number goes first.
    """

    def __init__(self, place: str, limit: int | None) -> None:
        self.place, self.limit = place, limit
        self.counts: Counter[str] = Counter()
        self.seen: set[tuple[Part, str, int]] = set()
        self.shelves: dict[tuple[Part, str], list[tuple[int, str]]] = {
            (side, label): [] for side in SIDES.values() for label in LABELS
        }

    def wanted(self, name: str) -> Review | None:
        """The review that a file is, None for one not to read. Raises `CorpusError`."""
        review = review_of(name)
        if review is None:
            self.counts["other files of the archive passed over"] += 1
            return None
        if review[:3] in self.seen:
            raise CorpusError(
                f"{quoted(self.place)}: {quoted(name)} is a second review of its side, "
                "label and number; expected one; mend the archive"
            )
        self.seen.add(review[:3])
        shelf = self.shelves[review.side, review.label]
        return review if self.has_room(shelf) or review.number < -shelf[0][0] else None

    def has_room(self, shelf: list[tuple[int, str]]) -> bool:
        """Whether a review can be added without another going."""
        return self.limit is None or len(shelf) < self.limit

    def put(self, review: Review, data: bytes) -> None:
        """Take a wanted review. Raises `CorpusError` unless it is text."""
        shelf = self.shelves[review.side, review.label]
        entry = (-review.number, self.text(data, f"{self.place}: {review.name}"))
        (heappush if self.has_room(shelf) else heapreplace)(shelf, entry)

    def text(self, data: bytes, place: str) -> str:
        """The text of a review. Raises `CorpusError` if there is none."""
        refuse_binary(data, place)
        try:
            found, breaks = BREAK.subn(" ", data.decode())
        except UnicodeDecodeError as error:
            raise CorpusError(
                f"{quoted(place)}: not UTF-8 ({error.reason}); expected the text of a "
                "review; mend the archive"
            ) from error
        if not found.strip():
            raise CorpusError(
                f"{quoted(place)}: empty or blank; expected the text of a review; mend "
                "the archive"
            )
        self.counts["line breaks (<br />) replaced by spaces"] += breaks
        return found.strip()

    def documents(self) -> tuple[Document, ...]:
        """All reviews by side, label and number. Raises `CorpusError` for none."""
        found = tuple(
            Document(text, label=label, part=side)
            for (side, label), shelf in self.shelves.items()
            for _, text in sorted(shelf, reverse=True)
        )
        if not found:
            raise CorpusError(
                f"{quoted(self.place)}: no review in it; expected files such as "
                "aclImdb/train/neg/0_3.txt; name an archive of the Large Movie Review "
                "Dataset"
            )
        return found

    def notes(self) -> tuple[str, ...]:
        """What was left out or changed, with counts."""
        kept = sum(map(len, self.shelves.values()))
        first = f"the first {self.limit or 0:,} reviews of each side and label kept"
        cut = f"{first}: {kept:,} of {len(self.seen):,}"
        counted = (f"{count:,} {what}" for what, count in self.counts.items() if count)
        return (*((cut,) if kept < len(self.seen) else ()), *counted)


def review_of(name: str) -> Review | None:
    """The review that a file of this name is, or None."""
    if (found := NAME.fullmatch(name)) is None:
        return None
    side, label, number = found.groups()
    return Review(SIDES[side], FOLDERS[label], int(number), name)
