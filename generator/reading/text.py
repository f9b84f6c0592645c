"""The text of a YAML file before it is parsed: its bytes, its characters, its lines.

What a parser of YAML would misplace (control characters), misread (UTF-16) or report
as nonsense (merge conflicts) is refused here, in plain words.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from generator.errors import ConfigError
from generator.reading.words import redacted


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be: bytes, levels of nesting, keys and values."""

    size: int = 1_000_000
    depth: int = 20
    nodes: int = 10_000


LIMITS = Limits()

Place = tuple[int, int]
"""Line and column, both from 1."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_CONFLICT = re.compile("^(<<<<<<<|>>>>>>>)( |$)", re.MULTILINE)
_TOO_HIGH = re.compile(r"\\U(?!000|0010)[0-9a-fA-F]{8}")
_BREAK = re.compile("\r\n|[\n\r\u2028\u2029]")
_LONG = re.compile(r"[^\n]{65536}")
_WIDTH = 72
_HALF_OF_HEAD = 2


class StoppedError(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, text: str, place: Place) -> None:
        super().__init__(text)
        self.place = place


def contents(path: Path, name: str, limit: int) -> bytes:
    """The bytes of a regular file of bearable size."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError(f"{name}: not a file")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise ConfigError(f"{name}: there is no such file") from None
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise ConfigError(f"{name}: larger than {limit} bytes; shorten it")
    return data


def decoded(data: bytes, name: str) -> str:
    """The text of `data`, its byte order mark removed."""
    head = data[:4]
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or head.count(0) >= _HALF_OF_HEAD:
        raise ConfigError(f"{name}: UTF-16 is not supported; save the file as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start + (3 if head[:3] == b"\xef\xbb\xbf" else 0)
        line = data.count(b"\n", 0, at) + 1
        raise ConfigError(
            f"{name}: not UTF-8 at byte {at + 1} (line {line}); save the file as UTF-8"
        ) from None


def guard(text: str) -> None:
    """Refuse what the reader of YAML would misplace or misread."""
    if found := _CONTROL.search(text):
        code = f"U+{ord(found[0]):04X}"
        raise StoppedError(
            f"control character {code}; remove it", _at(text, found.start())
        )
    if found := _CONFLICT.search(text):
        raise StoppedError(
            "this file has unresolved merge conflicts; keep one side of each",
            _at(text, found.start()),
        )
    if found := _LONG.search(text):
        raise StoppedError(
            "a line of more than 65,536 characters; break it", _at(text, found.start())
        )


def too_high(text: str) -> Place:
    r"""The place of the first \U escape beyond the last character there is."""
    found = _TOO_HIGH.search(text)
    return _at(text, found.start()) if found else (1, 1)


def _at(text: str, index: int) -> Place:
    """The place of a character."""
    lines = _BREAK.split(text[:index])
    return len(lines), len(lines[-1]) + 1


def pointer(text: str, line: int, column: int) -> str:
    """The source line and a caret under `column`, or "" where there is none."""
    lines = _BREAK.split(text)
    if line > len(lines) or not lines[line - 1].strip():
        return ""
    start = max(0, column - _WIDTH // 2)
    shown = redacted(lines[line - 1])[start : start + _WIDTH]
    shown = "".join(c if c.isprintable() else "→" if c == "\t" else "�" for c in shown)
    margin = " " * (len(str(line)) + 3)
    return f"\n  {line} | {shown}\n{margin}| {' ' * (column - 1 - start)}^"
