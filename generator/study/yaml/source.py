"""A YAML file: its text before parsing, and its data, places and problems.

What a parser of YAML would misplace (control characters), misread (UTF-16) or report as
nonsense (merge conflicts) is refused here, and its errors of syntax become words an
author can act on. This is also the one place where what looks like a credential is
taken out of text on its way into a message.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.core.edits import TextEdit
from generator.core.errors import ConfigError, find_meant, quote_text
from generator.core.files import open_regular_file

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError

_SECRET = re.compile(
    r"(?<=//)[^/@\s]+(?=@)|\bgh[a-z]_\w{16,}|\bgithub_pat_\w{16,}|\bAKIA[0-9A-Z]{12,}"
)
_INDENTED = "this line is indented unlike the lines it belongs to; use as many spaces"
COLON_ADVICE = 'a value that holds ": " must be quoted'
_WORDS = (
    ("mapping values are not allowed", COLON_ADVICE),
    ("unknown escape", r'unknown escape; inside "…" write \\ for a backslash'),
    ("tag handle", "tags (!) are not allowed; write plain values"),
    ("but found '<alias>'", "aliases (*) are not allowed; write the value out"),
    ("character '\\t'", "a tab where a space belongs; use spaces"),
    ("<document start>", _INDENTED),
    ("<block end>", _INDENTED),
    ("expected the node content", "a value is missing, or a bracket is not closed"),
    ("could not find expected ':'", 'expected ": " after a key'),
)
_OPENING = (
    ("quoted scalar", "the quote opened here is not closed"),
    ("flow sequence", "the [ opened here is not closed, or a comma is missing"),
    ("flow mapping", "the { opened here is not closed, or a comma is missing"),
)


def redact_secrets(text: str) -> str:
    """Return a text with what looks like a credential replaced by dots of equal length.

    Args:
        text: The text.
    """
    return _SECRET.sub(lambda secret: "·" * len(secret[0]), text)


def explain_error(error: MarkedYAMLError, text: str) -> tuple[str, Any]:
    """Return a sentence for an error of syntax, and the mark it is about.

    Args:
        error: The parser's error.
        text: The file.
    """
    problem, context = str(error.problem), str(error.context)
    mark = error.problem_mark or error.context_mark
    if re.match(r" *\t", _find_line(text, mark.line)):
        return "tab used for indentation; use spaces", mark
    for part, message in _OPENING:
        if part in context and error.context_mark and "escape" not in problem:
            return message, error.context_mark
    if place := _find_open_quote(text, mark.line):
        return _OPENING[0][1], place
    for part, message in _WORDS:
        if part in problem:
            return message, mark
    if found := re.search(r"character '(.+)' that cannot start", problem):
        return f"a value cannot begin with {quote_text(found[1], 8)}; quote it", mark
    return f"not YAML: {quote_text(problem)}", mark


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place as the parser has it, from 0."""

    line: int
    column: int


_OPEN_QUOTE = re.compile(r"""\s*(?:- )?[\w-]+:\s+(["'])((?:(?!\1).)*)$""")


def _find_open_quote(text: str, before: int) -> _Mark | None:
    """Return the place of a quote that is closed by one meant to open another value.

    Args:
        text: The file.
        before: The line of the parser's error, from 0.
    """
    lines = _BREAK.split(text)
    for number, line in enumerate(lines[:before]):
        if opened := _OPEN_QUOTE.match(line):
            rest = "\n".join(lines[number + 1 : before + 1])
            _, _, after = rest.partition(opened[1])
            if not re.match(r"[ \t]*([,\]}#\n]|$)", after):
                return _Mark(number, opened.start(1))
    return None


def quote_line_value(line: str) -> str:
    """Return a line of YAML with its value in quotes, "" where it already has them.

    Args:
        line: The line, whose indentation is left out of what is returned.
    """
    match = re.fullmatch(r"(\s*(?:- )?[\w-]+:\s+)([^\"'\[{|>&*!#\s].*?)\s*", line)
    if not match:
        return ""
    value = match[2].replace("\\", "\\\\").replace('"', '\\"')
    return f'{match[1]}"{value}"'.strip()


def find_quoting(text: str, line: int) -> tuple[Place, str, str] | None:
    """Return the edit that puts the value in a line into quotes, None if it has them.

    Args:
        text: The file.
        line: The line, from 1.
    """
    written = _find_line(text, line - 1)
    quoted = quote_line_value(written)
    indent = len(written) - len(written.lstrip())
    return ((line, indent + 1), written.strip(), quoted) if quoted else None


def _find_line(text: str, number: int) -> str:
    lines = re.split("\r\n|[\n\r\u2028\u2029]", text)
    return lines[number] if number < len(lines) else ""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Limits of a file: bytes, levels of nesting, keys and values."""

    size: int = 1_000_000
    depth: int = 20
    nodes: int = 10_000


LIMITS = FileLimits()

Place = tuple[int, int]
"""Line and column, both from 1."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_CONFLICT = re.compile("^(<<<<<<<|>>>>>>>)( |$)", re.MULTILINE)
_TOO_HIGH = re.compile(r"\\U(?!000|0010)[0-9a-fA-F]{8}")
_BREAK = re.compile("\r\n|[\n\r\u2028\u2029]")
_LONG = re.compile(r"[^\n]{65536}")
_WIDTH = 72
_HALF_OF_HEAD = 2


class UnreadableYamlError(Exception):
    """A mistake after which the rest of the file cannot be read.

    Args:
        text: The message.
        place: Where the mistake is.
        edit: Where, what is written and what should be; None where only the author
            can know.
    """

    def __init__(
        self, text: str, place: Place, edit: tuple[Place, str, str] | None = None
    ) -> None:
        super().__init__(text)
        self.place = place
        self.edit = edit


def read_limited_file(path: Path, name: str, limit: int) -> bytes:
    """Return the bytes of a regular file.

    Args:
        path: The file.
        name: Its name in messages.
        limit: Bytes that it may have at most.

    Raises:
        ConfigError: The file is missing, too large or no file, or cannot be read.
    """
    try:
        with open_regular_file(path) as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise ConfigError(f"{name}: there is no such file") from None
    except OSError as error:
        fix = "remove it, or put a file of your own there"
        if error.errno in (errno.EACCES, errno.EPERM):
            fix = "give yourself the right to read it"
        raise ConfigError(f"{name}: cannot be read: {error.strerror}; {fix}") from error
    if len(data) > limit:
        raise ConfigError(f"{name}: larger than {limit} bytes; shorten it")
    return data


def decode_yaml(data: bytes, name: str) -> str:
    """Return the text of a file, its byte order mark removed.

    Args:
        data: The file.
        name: Its name in messages.

    Raises:
        ConfigError: It is not UTF-8.
    """
    head = data[:4]
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or head.count(0) >= _HALF_OF_HEAD:
        raise ConfigError(
            f"{name}:1:1: UTF-16 is not supported; save the file as UTF-8"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start + (3 if head[:3] == b"\xef\xbb\xbf" else 0)
        line, begun = data.count(b"\n", 0, at) + 1, data.rfind(b"\n", 0, at) + 1
        column = len(data[begun:at].decode("utf-8-sig", "replace")) + 1
        raise ConfigError(
            f"{name}:{line}:{column}: not UTF-8: byte {data[at]:#04x}; save the file "
            "as UTF-8"
        ) from None


def refuse_misreadable(text: str) -> None:
    """Refuse a text that a parser of YAML would misplace or misread.

    Args:
        text: The file.

    Raises:
        UnreadableYamlError: It holds control characters, merge conflicts or a line that
            is too long.
    """
    if found := _CONTROL.search(text):
        code = f"U+{ord(found[0]):04X}"
        raise UnreadableYamlError(
            f"control character {code}; remove it",
            place := _find_place(text, found.start()),
            (place, found[0], ""),
        )
    if found := _CONFLICT.search(text):
        raise UnreadableYamlError(
            "this file has unresolved merge conflicts; keep one side of each",
            _find_place(text, found.start()),
        )
    if found := _LONG.search(text):
        raise UnreadableYamlError(
            "a line of more than 65,536 characters; break it",
            _find_place(text, found.start()),
        )


def find_too_high_escape(text: str) -> Place:
    r"""Return the place of the first \U escape beyond the last character there is.

    Args:
        text: The file.
    """
    found = _TOO_HIGH.search(text)
    return _find_place(text, found.start()) if found else (1, 1)


def _find_place(text: str, index: int) -> Place:
    """Return the place of a character."""
    lines = _BREAK.split(text[:index])
    return len(lines), len(lines[-1]) + 1


def format_pointer(text: str, line: int, column: int) -> str:
    """Return a line of a file and a caret below it, or "" where there is no such line.

    Args:
        text: The file.
        line: Line number, from 1.
        column: Column of the caret, from 1.
    """
    lines = _BREAK.split(text)
    if line > len(lines) or not lines[line - 1].strip():
        return ""
    start = max(0, column - _WIDTH // 2)
    shown = redact_secrets(lines[line - 1])[start : start + _WIDTH]
    shown = "".join(c if c.isprintable() else "→" if c == "\t" else "�" for c in shown)
    margin = " " * (len(str(line)) + 3)
    return f"\n  {line} | {shown}\n{margin}| {' ' * (column - 1 - start)}^"


KeyPath = tuple[str | int, ...]
"""Keys and indices from the top of a file to one value."""
MOST = 40
"""Problems of one file that are listed."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake and its place, and what mends it where that is plain."""

    place: Place
    text: str
    edit: TextEdit | None = field(default=None, compare=False)


@dataclass
class YamlSource:
    """A file that was read: its data, and the place of each part of it.

    `keys` and `values` have the place of a key and of its value; `refused` holds the
    paths whose value is already among the `problems`, so that it is not judged twice.
    """

    name: str
    data: dict[str, Any]
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: set[KeyPath] = field(default_factory=set)
    text: str = field(default="", compare=False, repr=False)
    """The file as it is written."""
    unread: Callable[[], None] | None = field(default=None, compare=False)
    """What fills `keys` and `values`, where no place has been needed yet."""

    def find_key_place(self, key_path: KeyPath) -> Place:
        """Return the place of a key, or of the nearest thing above it.

        Args:
            key_path: Path of the key.
        """
        self._fill()
        while key_path and key_path not in self.keys and key_path not in self.values:
            key_path = key_path[:-1]
        return self.keys.get(key_path) or self.values.get(key_path, (1, 1))

    def find_value_place(self, key_path: KeyPath) -> Place:
        """Return the place of a value, or of the nearest thing above it.

        Args:
            key_path: Path of the value.
        """
        self._fill()
        return (
            self.values[key_path]
            if key_path in self.values
            else self.find_key_place(key_path)
        )

    def note_problem(
        self,
        key_path: KeyPath | None,
        place: Place,
        text: str,
        edit: TextEdit | None = None,
    ) -> None:
        """Add a problem, and remember a value that is not to be judged again.

        Args:
            key_path: Path of that value; None where it may be judged again.
            place: Where the problem is.
            text: The message.
            edit: What mends it, None where only the author can know.
        """
        self.problems.append(Problem(place, text, edit))
        if key_path is not None:
            self.refused.add(key_path)

    def format_messages(self) -> tuple[str, ...]:
        """Return all problems as `file:line:column: text`, in the order of the file."""
        problems = sorted(set(self.problems))
        lines = [f"{self.name}:{p.place[0]}:{p.place[1]}: {p.text}" for p in problems]
        if len(lines) > MOST:
            lines[MOST:] = [f"{self.name}: and {len(lines) - MOST} more problems"]
        return tuple(lines)

    def make_error(self) -> ConfigError:
        """Return the error of all problems, with the edits that mend some of them."""
        edits = dict.fromkeys(p.edit for p in sorted(set(self.problems)) if p.edit)
        return ConfigError(*self.format_messages(), edits=tuple(edits))

    def make_edit(self, place: Place, old: str, new: str) -> TextEdit | None:
        """Return the edit that writes something else at a place of the file.

        Args:
            place: Where a word begins, or the quotes around it.
            old: The word.
            new: What should stand there.

        Returns:
            The edit, None where the word is not written at that place.
        """
        line, column = place
        rest = self.read_from(place)
        if rest[:1] in {'"', "'"} and rest[1:].startswith(f"{old}{rest[0]}"):
            return TextEdit(self.name, line, column + 1, old, new)
        if not old or not rest.startswith(old):
            return None
        return TextEdit(self.name, line, column, old, new)

    @property
    def line_end(self) -> str:
        """What ends the lines of the file."""
        found = _BREAK.search(self.text)
        return found[0] if found else "\n"

    def read_from(self, place: Place) -> str:
        """Return what is written from a place to the end of its line."""
        lines = _BREAK.split(self.text)
        return lines[place[0] - 1][place[1] - 1 :] if place[0] <= len(lines) else ""

    def make_renaming(
        self, place: Place, word: str, known: Iterable[str]
    ) -> TextEdit | None:
        """Return the edit that writes the name which is meant, where that is plain.

        Args:
            place: Where the name is written.
            word: The name, which is not known.
            known: The names that are.
        """
        meant = find_meant(word, known)
        return self.make_edit(place, word, meant) if meant else None

    def _fill(self) -> None:
        if self.unread:
            unread, self.unread = self.unread, None
            unread()


def format_key_path(key_path: KeyPath) -> str:
    """Return a path as `models.lm.epochs[1]`; parts that are no plain names are quoted.

    Args:
        key_path: The path.
    """
    shown = ""
    for part in key_path:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            plain_name = re.fullmatch(r"[\w-]{1,64}", part, re.ASCII)
            shown += (
                f"{'.' if shown else ''}{part if plain_name else quote_text(part, 30)}"
            )
    return shown
