"""Reading a file that somebody else made.

Only regular files are opened, so that neither a pipe nor a device can hang a build, and
a file that changes while it is read is refused.

Text is UTF-8 unless the study says otherwise. A byte order mark is dropped, CRLF counts
as LF, and LF is the only separator of lines: form feeds, U+2028 and their like stay in
the text. A lone surrogate becomes U+FFFD. Each of these that happened becomes a note.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from generator.errors import CorpusError, quoted
from generator.files import digest

SIZE_LIMIT = 1_000_000_000
"""Bytes of the largest file that is read."""
LINE_LIMIT = 65_536
"""Characters of the longest line; a longer one is split."""

Encoding = Literal["utf-8", "latin-1", "cp1252"]
Normal = Literal["NFC"]

SEPARATORS = {
    "\r": "lone CR",
    "\x0b": "vertical tab",
    "\x0c": "form feed",
    "\x1c": "U+001C",
    "\x1d": "U+001D",
    "\x1e": "U+001E",
    "\x85": "U+0085",
    "\u2028": "U+2028",
    "\u2029": "U+2029",
}
"""What other programs take for the end of a line, and this one does not."""

WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


@dataclass(frozen=True, slots=True)
class Raw:
    """A file as read: its bytes, its name as the author wrote it, its SHA-256."""

    data: bytes
    place: str
    sha256: str


def read(place: Path, path: str, limit: int = SIZE_LIMIT) -> Raw:
    """The bytes of a regular file of at most `limit` bytes. Raises `CorpusError`."""
    with opened(place, path) as file:
        before = os.fstat(file.fileno())
        if before.st_size > limit:
            raise CorpusError(
                f"{quoted(path)}: {before.st_size:,} bytes; at most {limit:,} are "
                "read; use a part of it"
            )
        data = contents(file, limit)
        after = os.fstat(file.fileno())
    if stamp(after) != stamp(before) or len(data) != before.st_size:
        raise CorpusError(
            f"{quoted(path)}: changed during reading; expected a file at rest; run "
            "the same command again when nothing writes to it"
        )
    return Raw(data, path, digest(data))


@contextmanager
def opened(place: Path, path: str) -> Iterator[BinaryIO]:
    """A regular file open for reading, without waiting or following a last link."""
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        handle = os.open(place, flags)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise CorpusError(
                    f"{quoted(path)}: not a regular file; expected a file of text; "
                    "name one"
                )
            with os.fdopen(handle, "rb", closefd=False) as file:
                yield file
        finally:
            os.close(handle)
    except OSError as error:
        raise CorpusError(
            f"{quoted(path)}: cannot be read ({error.strerror}); expected a regular "
            "file that you may read"
        ) from error


def contents(file: BinaryIO, limit: int) -> bytes:
    """All bytes of an open file, one more than `limit` at most."""
    return file.read(limit + 1)


def stamp(status: os.stat_result) -> tuple[int, int]:
    """What changes when a file is written to: size and time of change."""
    return status.st_size, status.st_mtime_ns


def decode(
    raw: Raw, encoding: Encoding = "utf-8", normalize: Normal | None = None
) -> tuple[str, tuple[str, ...]]:
    """The text of a file, lines ending in LF, and notes on what was changed.

    Raises `CorpusError` for an empty file, NUL bytes and bytes of another encoding.
    """
    data = raw.data.removeprefix(codecs.BOM_UTF8) if encoding == "utf-8" else raw.data
    refuse_binary(data, raw.place)
    text = as_text(data, encoding, raw.place).replace("\r\n", "\n")
    if not text.strip():
        raise CorpusError(
            f"{quoted(raw.place)}: empty or blank; expected text; write some into it"
        )
    text, lone = re.subn("[\ud800-\udfff]", "\ufffd", text)
    notes = [f"{lone:,} lone surrogates replaced by U+FFFD"] if lone else []
    notes += [
        f"{text.count(mark):,} × {name} kept as text: only LF and CRLF end a line"
        for mark, name in SEPARATORS.items()
        if mark in text
    ]
    if normalize and not unicodedata.is_normalized(normalize, text):
        text = unicodedata.normalize(normalize, text)
        notes.append(f"characters normalised to {normalize}")
    return text, tuple(notes)


def refuse_binary(data: bytes, place: str) -> None:
    """Raise `CorpusError` for UTF-16, UTF-32 and whatever else has NUL bytes."""
    if data.startswith(WIDE_MARKS):
        raise CorpusError(
            f"{quoted(place)}: UTF-16 or UTF-32; expected UTF-8; save it as UTF-8"
        )
    if (at := data.find(b"\0")) >= 0:
        raise CorpusError(
            f"{quoted(place)}: NUL at line {data.count(LF, 0, at) + 1}; expected "
            "text: this may be a binary or UTF-16 file; save it as UTF-8"
        )


LF = b"\n"


def as_text(data: bytes, encoding: Encoding, place: str) -> str:
    """`data` decoded; lone surrogates pass, for the caller to replace."""
    errors = "surrogatepass" if encoding == "utf-8" else "strict"
    try:
        return data.decode(encoding, errors)
    except UnicodeDecodeError as error:
        line = data.count(LF, 0, error.start) + 1
        found = data[error.start : error.start + 4].hex(" ")
        hint = "latin-1" if encoding == "utf-8" else "utf-8 or latin-1"
        raise CorpusError(
            f"{quoted(place)}:{line}: not {encoding.upper()}, found the bytes {found}; "
            f"save the file as UTF-8 or set encoding: {hint}"
        ) from error


def lines(text: str, limit: int = LINE_LIMIT) -> tuple[list[str], tuple[str, ...]]:
    """The lines of a decoded text that are not blank, and notes.

    A line longer than `limit` characters is split, after a space where there is one.
    """
    kept: list[str] = []
    blank, long, first, parts = 0, 0, 0, 0
    whole = text.removesuffix("\n").split("\n")
    for number, line in enumerate(whole, 1):
        if len(line) > limit:
            long, first = long + 1, first or number
            pieces = [piece for piece in split(line, limit) if piece.strip()]
            parts += len(pieces)
            kept += pieces
        elif line.strip():
            kept.append(line)
        else:
            blank += 1
    notes = [f"{blank:,} blank lines dropped"] if blank else []
    if long:
        notes.append(
            f"{long:,} lines longer than {limit:,} characters (first: line {first:,}, "
            f"{len(whole[first - 1]):,}) split into {parts:,}"
        )
    return kept, tuple(notes)


def split(line: str, limit: int) -> Iterator[str]:
    """Pieces of at most `limit` characters that join to `line`."""
    start = 0
    while len(line) - start > limit:
        space = line.rfind(" ", start, start + limit)
        end = space + 1 if space > start else start + limit
        yield line[start:end]
        start = end
    yield line[start:]
