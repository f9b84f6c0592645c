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

from generator.core.errors import CorpusError, quoted
from generator.corpora.base import Annotation, Corpus, Document, Folders, Part
from generator.corpora.files.base import FileCorpus
from generator.corpora.files.text_files import Raw, refuse_binary
from generator.corpora.splits import check_labels, leaks

RATIO_LIMIT = 100
"""How many times its size an archive may expand to."""
FREE = 1_000_000
"""Bytes that every archive may expand to: tar pads, and padding packs well."""
EXPANDED_LIMIT = 1_000_000_000
"""Bytes that an archive may expand to."""
FILE_LIMIT = 1_000_000
"""Bytes of the largest file that is read."""
CHUNK = 65_536
DAMAGE = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, RecursionError)
"""What a damaged archive makes the standard library raise."""

Wanted = TypeVar("Wanted")


class Expanding(io.RawIOBase):
    """The expanded bytes of an archive. Reading too many raises `CorpusError`."""

    def __init__(self, raw: Raw) -> None:
        super().__init__()
        self.place = raw.place
        self.limit = min(max(RATIO_LIMIT * len(raw.data), FREE), EXPANDED_LIMIT)
        self.left = self.limit
        self.packed = gzip.GzipFile(fileobj=io.BytesIO(raw.data), mode="rb")

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""
        data = self.packed.read(CHUNK if size < 0 else size)
        self.left -= len(data)
        if self.left < 0:
            raise CorpusError(
                f"{quoted(self.place)}: expands to more than {self.limit:,} bytes; "
                f"expected at most {RATIO_LIMIT} times its size and at most "
                f"{EXPANDED_LIMIT:,} bytes; use another archive"
            )
        return data


class Header(tarfile.TarInfo):
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


def read_files(
    raw: Raw, wanted: Callable[[str], Wanted | None]
) -> Iterator[tuple[Wanted, bytes]]:
    """The wanted files, in the archive's order: what `wanted` made of it, its bytes.

    `wanted` is asked about the name of every regular file. Raises `CorpusError` for a
    damaged or expanding archive and for a wanted file that is too large.
    """
    stream = Expanding(raw)
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=Header) as archive:
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # kept by it
                if not member.isreg() or member.issparse():
                    continue
                if (found := wanted(member.name)) is not None:
                    yield found, contents(archive, member, raw.place)
        while stream.read(CHUNK):
            pass
    except DAMAGE as error:
        raise CorpusError(
            f"{quoted(raw.place)}: cannot be unpacked ({quoted(error)}); expected a "
            "whole .tar.gz archive; get it again"
        ) from error


def contents(archive: tarfile.TarFile, member: tarfile.TarInfo, place: str) -> bytes:
    """The bytes of a regular file. Raises `CorpusError` for a large one."""
    if member.size > FILE_LIMIT:
        raise CorpusError(
            f"{quoted(place)}: {quoted(member.name)} has {member.size:,} bytes; "
            f"expected at most {FILE_LIMIT:,}; leave it out of the archive"
        )
    file = archive.extractfile(member)
    return file.read() if file else b""


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
