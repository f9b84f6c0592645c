"""Reading a file that somebody else made.

Only regular files are opened, so that neither a pipe nor a device can hang a build, and
a file that changes while it is read is refused.

Text is UTF-8 unless the study says otherwise or the file begins with the byte order
mark of UTF-16 or UTF-32. The mark is dropped, CRLF counts as LF, and LF is the only
separator of lines: form feeds, U+2028 and their like stay in the text. In a file
without LF, lines end in CR. A lone surrogate becomes U+FFFD; other control characters
stay. Each of these that happened becomes a note.

Bytes of another encoding are an error. Its hint names the encoding, which the library
charset-normalizer finds where many letters are beyond ASCII; no text is guessed at.

Where a file that a study names may be.

A path is relative and stays inside: it is looked for in the study's own folder, then
in the data folder, and a link counts as the place it leads to.
"""

from __future__ import annotations

import codecs
import errno
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, get_args

from generator.core.edits import SettingEdit, format_edit
from generator.core.errors import (
    CorpusError,
    find_meant,
    quote_text,
    suggest_nearest,
)
from generator.core.files import digest, open_regular_file
from generator.corpora.base import Folders

SIZE_LIMIT = 1_000_000_000
"""Bytes of the largest file that is read."""
LINE_LIMIT = 65_536
"""Characters of the longest line; a longer one is split."""

Encoding = Literal[
    "utf-8",
    "latin-1",
    "cp1252",
    "utf-16-le",
    "utf-16-be",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "koi8-r",
    "mac-roman",
    "cp932",
    "euc-jp",
    "gb18030",
    "big5",
    "cp949",
]
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)
NormalForm = Literal["NFC"]
NormalSetting = Literal["NFC", "none"] | None

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

WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks and their codecs; the mark of UTF-32 begins like that of UTF-16."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file as read: its bytes, its name as the author wrote it, its SHA-256."""

    data: bytes
    place: str
    sha256: str
    splitting: str = ""  # how its texts are read, where that changed

    @property
    def ends_in_cr(self) -> bool:
        """Whether lines end in CR alone, as on Macs before 2001."""
        return b"\r" in self.data and b"\n" not in self.data

    @property
    def fingerprint(self) -> str:
        """What a key has of the file: its hash, and what is read otherwise than once.

        That is lines that end in CR, words with combining characters, and text that is
        in no normal form.
        """
        as_lines = self.ends_in_cr and b"\0" not in self.data
        read = f"{self.sha256}/cr" if as_lines else self.sha256
        return f"{read}/{self.splitting}" if self.splitting else read


def read_raw_file(place: Path, path: str, limit: int = SIZE_LIMIT) -> RawFile:
    """The bytes of a regular file of at most `limit` bytes. Raises `CorpusError`."""
    with open_corpus_file(place, path) as file:
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
def open_corpus_file(place: Path, path: str) -> Iterator[BinaryIO]:
    """Open a regular file of a corpus for reading; see `open_regular_file`.

    Args:
        place: The file.
        path: Its path as messages say it.

    Yields:
        The open file.

    Raises:
        CorpusError: It is no regular file, or cannot be read.
    """
    try:
        with open_regular_file(place) as file:
            yield file
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise CorpusError(
                f"{quote_text(path)}: not a regular file; expected a file of text; "
                "name one"
            ) from error
        reason = os.strerror(error.errno or errno.EIO)
        raise CorpusError(
            f"{quote_text(path)}: cannot be read ({reason}); expected a regular file "
            "that you may read"
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
    """Decode the text of a file.

    Args:
        raw: The file.
        encoding: How its bytes are read, unless a byte order mark says otherwise.
        normalize: Normal form to bring the text to.

    Returns:
        The text, lines ending in LF, and notes on what was changed or is doubtful.

    Raises:
        CorpusError: The file is empty, has NULs, or has bytes of another encoding.
    """
    text, notes = decode_bytes(raw, encoding)
    text = text.replace("\r\n", "\n")
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
        notes.append("lines end in CR, as old Macs wrote them: read like LF")
    if not text.strip():
        raise CorpusError(
            f"{quote_text(raw.place)}: empty or blank; expected text; write some "
            f"into it"
        )
    text, lone = re.subn("[\ud800-\udfff]", "\ufffd", text)
    notes += [f"{lone:,} lone surrogates replaced by U+FFFD"] if lone else []
    notes += [
        f"{text.count(mark):,} × {name} kept as text: only LF and CRLF end a line"
        for mark, name in SEPARATORS.items()
        if mark in text and not (mark == "\x85" and encoding == "latin-1")
    ]
    if LATIN_CONTROLS.search(text):  # most files have none, and are large
        notes += note_control_characters(text.split("\n"), "line", encoding)
    if normalize and not unicodedata.is_normalized(normalize, text):
        text = unicodedata.normalize(normalize, text)
        notes.append(f"characters normalised to {normalize}")
    return text, tuple(notes)


CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
"""Control characters that end no line for anybody."""
C1_CONTROLS = re.compile("[\x80-\x9f]")


def note_control_characters(
    texts: Iterable[str], thing: str, encoding: Encoding | None = None
) -> list[str]:
    """Note control characters, which no page shows and a model learns like letters.

    Args:
        texts: Lines or texts, in their order.
        thing: What one of them is, "line" or "text".
        encoding: How the bytes of the lines were read; None for texts that were no
            lines, of which nothing else was noted.

    Returns:
        One note if there are any: how many, and where the first is.
    """
    pattern = ALL_CONTROLS if encoding is None else CONTROLS
    if encoding == "latin-1":  # whose controls 80 to 9f are letters and marks in cp1252
        pattern = LATIN_CONTROLS
    count, first, c1 = 0, "", 0
    for number, text in enumerate(texts, 1):
        found = pattern.findall(text)
        if found and not count:
            first = f"U+{ord(found[0]):04X} in {thing} {number:,}"
        count += len(found)
        c1 += sum(map(bool, map(C1_CONTROLS.match, found)))
    if not count:
        return []
    hint = (
        f"; {c1:,} of them are letters or quotation marks in cp1252: set "
        f"{format_edit(SettingEdit('encoding', 'cp1252'))}"
        if c1 and encoding == "latin-1"
        else ""
    )
    return [f"{count:,} × control characters kept as text (first: {first}){hint}"]


ALL_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
LATIN_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f]")
LF, CR = b"\n", b"\r"
LEAST_WIDE = 8
"""Bytes of the shortest file that is taken for UTF-16."""
NUL_SHARE = 0.4
"""Share of NULs among all second bytes from which on a file is taken for UTF-16."""


def refuse_binary(data: bytes, place: str) -> None:
    """Refuse bytes with NULs: a binary file, or text of two bytes a character.

    Raises:
        CorpusError: There is a NUL; where it is plainly UTF-16 the hint says which.
    """
    if (at := data.find(b"\0")) < 0:
        return
    wide = _find_wide_encoding(data)
    hint = "expected text: this may be a binary or UTF-16 file; save it as UTF-8"
    edits = (SettingEdit("encoding", wide),) if wide else ()
    if edits:
        hint = (
            f"this looks like UTF-16; save it as UTF-8 or set {format_edit(edits[0])}"
        )
    raise CorpusError(
        f"{quote_text(place)}: NUL at line {_count_line(data, at)}; {hint}", edits=edits
    )


def _find_wide_encoding(data: bytes) -> Encoding | None:
    """Return which UTF-16 bytes without a byte order mark are, None if not plainly."""
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    wide: Encoding = "utf-16-le" if odd > even else "utf-16-be"
    short = len(data) < LEAST_WIDE or len(data) % 2
    if short or max(even, odd) < NUL_SHARE * len(sample) / 2 or min(even, odd):
        return None
    return wide


def _count_line(data: bytes, end: int) -> int:
    """Return the line of the byte at `end`, from 1."""
    mark = LF if LF in data else CR
    return data.count(mark, 0, end) + 1


def decode_bytes(raw: RawFile, encoding: Encoding) -> tuple[str, list[str]]:
    """Decode bytes; lone surrogates pass, for the caller to replace.

    Args:
        raw: The file.
        encoding: How its bytes are read, unless a byte order mark says otherwise.

    Returns:
        The text without its byte order mark, and a note where the mark decided.

    Raises:
        CorpusError: There are NULs, or bytes of another encoding.
    """
    data, place = raw.data, raw.place
    codec, notes = str(encoding), list[str]()
    marked = next((name for mark, name in WIDE_MARKS if data.startswith(mark)), None)
    if marked:
        codec = marked
        notes.append(f"read as {marked.upper()}, as the byte order mark says")
    elif not encoding.startswith("utf-16"):
        refuse_binary(data, place)
    elif b"\0" not in data and _decodes(data, "utf-8"):
        # Any two bytes are a character of UTF-16, so nothing else would stop it.
        edit = SettingEdit("encoding", "utf-8")
        raise CorpusError(
            f"{quote_text(place)}: not {encoding.upper()} but UTF-8; set "
            f"{format_edit(edit)}",
            edits=(edit,),
        )
    errors = "surrogatepass" if codec.startswith("utf") else "strict"
    try:
        text = data.decode(codec, errors)
    except UnicodeDecodeError as error:
        raise _make_encoding_error(raw, codec, error) from error
    if codec.startswith("utf"):
        text = text.removeprefix("\ufeff")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise CorpusError(
            f"{quote_text(place)}: NUL at line {line}; expected text; name a file of "
            "text, or remove the NUL"
        )
    return text, notes


def _make_encoding_error(
    raw: RawFile, codec: str, error: UnicodeDecodeError
) -> CorpusError:
    line = _count_line(raw.data, error.start)
    found = raw.data[error.start : error.start + 4].hex(" ")
    said = (
        f"{quote_text(raw.place)}:{line}: not {codec.upper()}, found the bytes {found}"
    )
    likely = suggest_encoding(raw)
    if likely is None or likely == codec:
        return CorpusError(
            f"{said}; save the file as UTF-8, or set encoding: to that of its writer"
        )
    edit = SettingEdit("encoding", likely)
    return CorpusError(
        f"{said}; save the file as UTF-8 or set {format_edit(edit)}", edits=(edit,)
    )


WESTERN_SHARE = 0.3
"""Share of letters beyond ASCII up to which a text is taken for a western one."""
SAMPLE = 65_536
"""Bytes that an encoding is guessed from."""
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
_MARKS = re.compile(rb"[\x80-\x9f]")


def suggest_encoding(raw: RawFile) -> Encoding | None:
    """Suggest what bytes that were read wrongly are written in.

    Args:
        raw: The file.

    Returns:
        An encoding that decodes all of them, None if none is likely.
    """
    if _decodes(raw.data, "utf-8"):
        return "utf-8"
    first = _HIGH.search(raw.data)
    start = max(0, (first.start() if first else 0) - SAMPLE // 2)
    sample = raw.data[start : start + SAMPLE]
    western = len(_HIGH.findall(sample)) <= WESTERN_SHARE * len(_LETTER.findall(sample))
    likely: list[Encoding] = ["cp1252", "mac-roman"]
    if western and not _MARKS.search(raw.data):
        likely = ["latin-1"]
    elif western and raw.ends_in_cr:
        likely = ["mac-roman"]
    elif not western:
        codecs_known = {codecs.lookup(name).name: name for name in ENCODINGS}
        from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import

        best = from_bytes(sample, cp_isolation=[*codecs_known]).best()
        name = codecs.lookup(best.encoding).name if best else ""
        likely = [codecs_known[name]] if name in codecs_known else []
    return next((name for name in likely if _decodes(raw.data, name)), None)


def _decodes(data: bytes, encoding: Encoding) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


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
    beside = find_neighbouring_files(path, folders)
    meant = find_meant(path, beside)
    raise CorpusError(
        f"{quote_text(path)}: no such file in the study's folder nor in the data "
        f"folder; {suggest_nearest(path, beside)}",
        edits=[SettingEdit("path", meant)] if meant else [],
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
