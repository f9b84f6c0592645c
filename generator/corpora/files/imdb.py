"""Film reviews, half of them against their film and half for it, on two sides.

The Large Movie Review Dataset is one packed archive with a file for each review. It is
read from the archive, file by file, and never unpacked to disk; `path` names an archive
of the same shape instead, such as one without the reviews that have no label.

The folder that a review lies in is its side and its label, as the dataset has them:
reviews that gave their film 1 to 4 of 10 stars are negative, 7 to 10 positive. Reviews
are ordered by side, label and number, wherever they stand in the archive. Line breaks
of the web page (`<br />`) become spaces.

Source: Maas et al., Learning Word Vectors for Sentiment Analysis, ACL 2011.

Files inside a packed archive (`.tar.gz`), read one by one and never put on disk.

The archive is one stream: unpacked as it is read, from its first byte to its last, so
that its checksum is verified. Links, devices and folders are passed over, names lead
nowhere. A stream that grows beyond a hundred times the archive, or beyond a gigabyte,
is refused when it does; a megabyte is always free. A header that is damaged ends in an
error, not in a shorter archive.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from heapq import heappush, heapreplace
from typing import Literal, NamedTuple, Self, TypeVar

from pydantic import Field

from generator.core.errors import CorpusError, quote_text
from generator.corpora.base import Annotation, Corpus, Document, Folders, SplitPart
from generator.corpora.files.base import FileCorpus
from generator.corpora.files.text_files import (
    RawFile,
    note_control_characters,
    refuse_binary,
)
from generator.corpora.splits import check_labels, find_leaks

RATIO_LIMIT = 100
"""How many times its size an archive may expand to."""
FREE_BYTES = 1_000_000
"""Bytes that every archive may expand to: tar pads, and padding packs well."""
EXPANDED_LIMIT = 1_000_000_000
"""Bytes that an archive may expand to."""
FILE_LIMIT = 1_000_000
"""Bytes of the largest file that is read."""
CHUNK = 65_536
ARCHIVE_ERRORS = (
    tarfile.TarError,
    EOFError,
    OSError,
    zlib.error,
    ValueError,
    RecursionError,
)
"""What a damaged archive makes the standard library raise."""

Wanted = TypeVar("Wanted")


class ExpandedStream(io.RawIOBase):
    """The expanded bytes of an archive. Reading too many raises `CorpusError`."""

    def __init__(self, raw: RawFile) -> None:
        super().__init__()
        self.place = raw.place
        self.limit = min(max(RATIO_LIMIT * len(raw.data), FREE_BYTES), EXPANDED_LIMIT)
        self.left = self.limit
        self.packed = gzip.GzipFile(fileobj=io.BytesIO(raw.data), mode="rb")

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""
        data = self.packed.read(CHUNK if size < 0 else size)
        self.left -= len(data)
        if self.left < 0:
            raise CorpusError(
                f"{quote_text(self.place)}: expands to more than {self.limit:,} bytes; "
                f"expected at most {RATIO_LIMIT} times its size and at most "
                f"{EXPANDED_LIMIT:,} bytes; use another archive"
            )
        return data


class CheckedTarHeader(tarfile.TarInfo):
    """A member's header; a damaged one is an error, not the archive's end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """The header in a block. Raises `ReadError` unless it is good, or an end."""
        if not buf.strip(b"\0"):
            return super().frombuf(buf, encoding, errors)  # raises: an end
        try:
            found = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"a damaged header: {error}") from error
        plain = found.isreg()
        if found.size < 0 or (not plain and found.size > FILE_LIMIT):
            raise tarfile.ReadError("a header of impossible size")
        return found


def read_archive_files(
    raw: RawFile, wanted: Callable[[str], Wanted | None]
) -> Iterator[tuple[Wanted, bytes]]:
    """The wanted files, in the archive's order: what `wanted` made of it, its bytes.

    `wanted` is asked about the name of every regular file. Raises `CorpusError` for a
    damaged or expanding archive and for a wanted file that is too large.
    """
    stream = ExpandedStream(raw)
    try:
        with tarfile.open(
            fileobj=stream, mode="r|", tarinfo=CheckedTarHeader
        ) as archive:
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # kept by it
                if not member.isreg() or member.issparse():
                    continue
                if (found := wanted(member.name)) is not None:
                    yield found, read_archive_member(archive, member, raw.place)
        while stream.read(CHUNK):
            pass
    except ARCHIVE_ERRORS as error:
        raise CorpusError(
            f"{quote_text(raw.place)}: cannot be unpacked ({quote_text(error)}); "
            f"expected a "
            "whole .tar.gz archive; get it again"
        ) from error


def read_archive_member(
    archive: tarfile.TarFile, member: tarfile.TarInfo, place: str
) -> bytes:
    """The bytes of a regular file. Raises `CorpusError` for a large one."""
    if member.size > FILE_LIMIT:
        raise CorpusError(
            f"{quote_text(place)}: {quote_text(member.name)} has {member.size:,} "
            f"bytes; "
            f"expected at most {FILE_LIMIT:,}; leave it out of the archive"
        )
    file = archive.extractfile(member)
    return file.read() if file else b""


LABELS = ("negative", "positive")
FOLDERS = {"neg": "negative", "pos": "positive"}
SIDES: dict[str, SplitPart] = {"train": "train", "test": "test"}
REVIEW_NAME = re.compile(
    r"(?:\./)?aclImdb/(train|test)/(neg|pos)/([0-9]{1,9})_(?:10|[0-9])\.txt"
)
LINE_BREAK = re.compile(r"<br\s*/?>")


class ReviewFile(NamedTuple):
    """Where a review stands, and the name of its file."""

    side: SplitPart
    label: str
    number: int
    name: str


class Imdb(FileCorpus):
    """Film reviews, negative and positive, for training and for the test."""

    kind: Literal["imdb"] = "imdb"
    holds = frozenset({Annotation.LABEL})
    limit: int | None = Field(default=None, ge=1)
    """Keep this many reviews of each side and label, the first by their numbers."""

    def registered_dataset(self) -> str | None:
        """The dataset, unless `path` names an archive of its shape."""
        return "imdb" if self.path is None else None

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`; `IntegrityError` for a damaged dataset."""
        raw = self.read_raw(folders)
        shelves = ReviewShelves(raw.place, self.limit)
        for review, data in read_archive_files(raw, shelves.select_review):
            shelves.add_review(review, data)
        documents = shelves.make_documents()
        checked = check_labels(documents, LABELS, raw.place)
        checked += tuple(note_control_characters((d.text for d in documents), "text"))
        return Corpus(
            documents=documents,
            key=self.compute_key(raw.fingerprint),
            notes=shelves.notes() + checked + find_leaks(documents),
            source=self.describe_source(raw),
            labels=LABELS,
        )


class ReviewShelves:
    """Reviews by side and label; under a limit, those with the lowest numbers.

    Each shelf is a heap of (minus the number, text): the highest number goes first.
    """

    def __init__(self, place: str, limit: int | None) -> None:
        self.place, self.limit = place, limit
        self.counts: Counter[str] = Counter()
        self.seen: set[tuple[SplitPart, str, int]] = set()
        self.shelves: dict[tuple[SplitPart, str], list[tuple[int, str]]] = {
            (side, label): [] for side in SIDES.values() for label in LABELS
        }

    def select_review(self, name: str) -> ReviewFile | None:
        """The review that a file is, None for one not to read. Raises `CorpusError`."""
        review = parse_review_name(name)
        if review is None:
            self.counts["other files of the archive passed over"] += 1
            return None
        if review[:3] in self.seen:
            raise CorpusError(
                f"{quote_text(self.place)}: {quote_text(name)} is a second review of "
                f"its side, "
                "label and number; expected one; mend the archive"
            )
        self.seen.add(review[:3])
        shelf = self.shelves[review.side, review.label]
        return review if self.has_room(shelf) or review.number < -shelf[0][0] else None

    def has_room(self, shelf: list[tuple[int, str]]) -> bool:
        """Whether a review can be added without another going."""
        return self.limit is None or len(shelf) < self.limit

    def add_review(self, review: ReviewFile, data: bytes) -> None:
        """Take a wanted review. Raises `CorpusError` unless it is text."""
        shelf = self.shelves[review.side, review.label]
        entry = (
            -review.number,
            self.decode_review(data, f"{self.place}: {review.name}"),
        )
        (heappush if self.has_room(shelf) else heapreplace)(shelf, entry)

    def decode_review(self, data: bytes, place: str) -> str:
        """The text of a review. Raises `CorpusError` if there is none."""
        refuse_binary(data, place)
        try:
            found, breaks = LINE_BREAK.subn(" ", data.decode())
        except UnicodeDecodeError as error:
            raise CorpusError(
                f"{quote_text(place)}: not UTF-8 ({error.reason}); expected the text "
                f"of a "
                "review; mend the archive"
            ) from error
        if not found.strip():
            raise CorpusError(
                f"{quote_text(place)}: empty or blank; expected the text of a "
                f"review; mend "
                "the archive"
            )
        self.counts["line breaks (<br />) replaced by spaces"] += breaks
        return found.strip()

    def make_documents(self) -> tuple[Document, ...]:
        """All reviews by side, label and number. Raises `CorpusError` for none."""
        found = tuple(
            Document(text, label=label, part=side)
            for (side, label), shelf in self.shelves.items()
            for _, text in sorted(shelf, reverse=True)
        )
        if not found:
            raise CorpusError(
                f"{quote_text(self.place)}: no review in it; expected files such as "
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


def parse_review_name(name: str) -> ReviewFile | None:
    """The review that a file of this name is, or None."""
    if (found := REVIEW_NAME.fullmatch(name)) is None:
        return None
    side, label, number = found.groups()
    return ReviewFile(SIDES[side], FOLDERS[label], int(number), name)
