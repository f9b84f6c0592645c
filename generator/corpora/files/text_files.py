"""Reading a file that somebody else made.

Only regular files are opened, so that neither a pipe nor a device can hang a build, and
a file that changes while it is read is refused.

Text is UTF-8 unless the study says otherwise. A byte order mark is dropped, CRLF counts
as LF, and LF is the only separator of lines: form feeds, U+2028 and their like stay in
the text. A lone surrogate becomes U+FFFD. Each of these that happened becomes a note.

Where a file that a study names may be.

A path is relative and stays inside: it is looked for in the study's own folder, then
in the data folder, and a link counts as the place it leads to.
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
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from generator.core.errors import CorpusError, quote_text, suggest_nearest
from generator.core.files import digest
from generator.corpora.base import Folders

SIZE_LIMIT = 1_000_000_000
"""Bytes of the largest file that is read."""
LINE_LIMIT = 65_536
"""Characters of the longest line; a longer one is split."""

Encoding = Literal["utf-8", "latin-1", "cp1252"]
NormalForm = Literal["NFC"]

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
class RawFile:
    """A file as read: its bytes, its name as the author wrote it, its SHA-256."""

    data: bytes
    place: str
    sha256: str


def read_raw_file(place: Path, path: str, limit: int = SIZE_LIMIT) -> RawFile:
    """The bytes of a regular file of at most `limit` bytes. Raises `CorpusError`."""
    with open_regular_file(place, path) as file:
        before = os.fstat(file.fileno())
        if before.st_size > limit:
            raise CorpusError(
                f"{quote_text(path)}: {before.st_size:,} bytes; at most {limit:,} are "
                "read; use a part of it"
            )
        data = contents(file, limit)
        after = os.fstat(file.fileno())
    if (
        compute_file_stamp(after) != compute_file_stamp(before)
        or len(data) != before.st_size
    ):
        raise CorpusError(
            f"{quote_text(path)}: changed during reading; expected a file at rest; run "
            "the same command again when nothing writes to it"
        )
    return RawFile(data, path, digest(data))


@contextmanager
def open_regular_file(place: Path, path: str) -> Iterator[BinaryIO]:
    """A regular file open for reading, without waiting or following a last link."""
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        handle = os.open(place, flags)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise CorpusError(
                    f"{quote_text(path)}: not a regular file; expected a file of text; "
                    "name one"
                )
            with os.fdopen(handle, "rb", closefd=False) as file:
                yield file
        finally:
            os.close(handle)
    except OSError as error:
        raise CorpusError(
            f"{quote_text(path)}: cannot be read ({error.strerror}); expected a "
            f"regular "
            "file that you may read"
        ) from error


def contents(file: BinaryIO, limit: int) -> bytes:
    """All bytes of an open file, one more than `limit` at most."""
    return file.read(limit + 1)


def compute_file_stamp(status: os.stat_result) -> tuple[int, int]:
    """What changes when a file is written to: size and time of change."""
    return status.st_size, status.st_mtime_ns


def decode_text(
    raw: RawFile, encoding: Encoding = "utf-8", normalize: NormalForm | None = None
) -> tuple[str, tuple[str, ...]]:
    """The text of a file, lines ending in LF, and notes on what was changed.

    Raises `CorpusError` for an empty file, NUL bytes and bytes of another encoding.
    """
    data = raw.data.removeprefix(codecs.BOM_UTF8) if encoding == "utf-8" else raw.data
    refuse_binary(data, raw.place)
    text = decode_bytes(data, encoding, raw.place).replace("\r\n", "\n")
    if not text.strip():
        raise CorpusError(
            f"{quote_text(raw.place)}: empty or blank; expected text; write some "
            f"into it"
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
            f"{quote_text(place)}: UTF-16 or UTF-32; expected UTF-8; save it as UTF-8"
        )
    if (at := data.find(b"\0")) >= 0:
        raise CorpusError(
            f"{quote_text(place)}: NUL at line {data.count(LF, 0, at) + 1}; expected "
            "text: this may be a binary or UTF-16 file; save it as UTF-8"
        )


LF = b"\n"


def decode_bytes(data: bytes, encoding: Encoding, place: str) -> str:
    """`data` decoded; lone surrogates pass, for the caller to replace."""
    errors = "surrogatepass" if encoding == "utf-8" else "strict"
    try:
        return data.decode(encoding, errors)
    except UnicodeDecodeError as error:
        line = data.count(LF, 0, error.start) + 1
        found = data[error.start : error.start + 4].hex(" ")
        hint = "latin-1" if encoding == "utf-8" else "utf-8 or latin-1"
        raise CorpusError(
            f"{quote_text(place)}:{line}: not {encoding.upper()}, found the bytes "
            f"{found}; "
            f"save the file as UTF-8 or set encoding: {hint}"
        ) from error


def split_lines(
    text: str, limit: int = LINE_LIMIT
) -> tuple[list[str], tuple[str, ...]]:
    """The lines of a decoded text that are not blank, and notes.

    A line longer than `limit` characters is split, after a space where there is one.
    """
    kept: list[str] = []
    blank, long, first, parts = 0, 0, 0, 0
    whole = text.removesuffix("\n").split("\n")
    for number, line in enumerate(whole, 1):
        if len(line) > limit:
            long, first = long + 1, first or number
            pieces = [piece for piece in split_long_line(line, limit) if piece.strip()]
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


def split_long_line(line: str, limit: int) -> Iterator[str]:
    """Pieces of at most `limit` characters that join to `line`."""
    start = 0
    while len(line) - start > limit:
        space = line.rfind(" ", start, start + limit)
        end = space + 1 if space > start else start + limit
        yield line[start:end]
        start = end
    yield line[start:]


NAME_LIMIT = 255
"""Bytes of the longest name in a path; file systems take no longer one."""


def find_path_problem(path: str) -> str | None:
    """What is wrong with a path written in a study file, or None.

    A good one is relative, with `/` between its parts, and names nothing hidden.
    """
    parts = path.split("/")
    if "://" in path or path.startswith("file:"):
        return "an address; a corpus is a file here: fetch it and name the file"
    if path.startswith(("/", "~")) or "\\" in path or ":" in path:
        return "not a relative path with / between its parts"
    if any(not part.isprintable() or len(part.encode()) > NAME_LIMIT for part in parts):
        return "a part of the path is too long or has control characters"
    if any(part in {"", ".", ".."} or part.startswith(".") for part in parts):
        return "a part of the path is empty, hidden or leads upwards"
    if any(part.endswith((".", " ")) for part in parts):
        return "a part of the path ends in a dot or a space"
    return None


def find_corpus_file(path: str, folders: Folders) -> Path:
    """Where `path` is: in the study's folder, else in the data folder.

    Raises `CorpusError` for an unsafe path, a missing file and a link that leads out.
    """
    if problem := find_path_problem(path):
        raise CorpusError(
            f"{quote_text(path)}: {problem}; put the file into the study's folder or "
            f"the "
            "data folder and write its path from there"
        )
    for folder in (folders.study, folders.data):
        if os.path.lexists(folder / path):
            return resolve_corpus_path(folder / path, path, folders)
    raise CorpusError(
        f"{quote_text(path)}: no such file in the study's folder nor in the data "
        f"folder; "
        f"{suggest_nearest(path, find_neighbouring_files(path, folders))}"
    )


def find_neighbouring_files(path: str, folders: Folders) -> list[str]:
    """Some files beside the place where `path` was looked for, written like it."""
    parent = str(PurePosixPath(path).parent)
    places = [(f / parent) for f in (folders.study, folders.data)]
    names = {e.name for p in places if p.is_dir() for e in p.iterdir() if e.is_file()}
    seen = sorted(name for name in names if not name.startswith("."))[:20]
    return [str(PurePosixPath(parent) / name) for name in seen]


def resolve_corpus_path(place: Path, path: str, folders: Folders) -> Path:
    """The file that `place` is, links followed. Raises `CorpusError` if outside."""
    try:
        target = place.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise CorpusError(
            f"{quote_text(path)}: a link that leads nowhere; put the file itself there"
        ) from error
    roots = (folders.study.resolve(), folders.data.resolve())
    if not any(target.is_relative_to(root) for root in roots):
        raise CorpusError(
            f"{quote_text(path)}: a link that leads out of the study's folder and "
            f"the data "
            "folder; put the file itself there"
        )
    return target
