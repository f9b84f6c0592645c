"""A write-up's text, and where in it something stands.

Values are marked before Markdown reads the text and looked up only where it is prose,
so that `{{ … }}` in code stays code and an error names its line.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import WriteUpError

LONGEST = 200_000
"""Bytes of a write-up."""
VALUE = re.compile(r"\{\{([^{}\n]*)\}\}")


@dataclass(frozen=True)
class Source:
    """A write-up as written. `shown` is its path as messages print it."""

    shown: str
    text: str
    folder: Path
    problems: list[str] = field(default_factory=list)
    """What was found wrong so far; all of it is told at once."""

    def blame(self, line: int, problem: str) -> None:
        """Keep a problem of a line (from 1)."""
        self.problems.append(f"{self.shown}:{line}: {problem}")

    def line_of(self, needle: str) -> int:
        """The first line that holds `needle`, 1 if none does."""
        place = self.text.find(needle)
        return self.text.count("\n", 0, place) + 1 if place >= 0 else 1

    def settle(self) -> None:
        """Raises `WriteUpError` with every problem, in the order of the lines."""
        if self.problems:

            def line(problem: str) -> int:
                return int(problem.removeprefix(f"{self.shown}:").split(":", 1)[0])

            raise WriteUpError(*sorted(set(self.problems), key=lambda p: (line(p), p)))


@dataclass(frozen=True)
class Marks:
    """Values marked in a text: `word(i)` stands for `expressions[i]`."""

    stem: str
    text: str
    expressions: tuple[str, ...]
    lines: tuple[int, ...]

    def word(self, index: int) -> str:
        """The mark of a value: letters and digits, in no text of the author's."""
        return f"{self.stem}v{index}e"

    @property
    def pattern(self) -> str:
        """A regular expression for all marks, its group being the index."""
        return f"{self.stem}v([0-9]+)e"


def read(path: Path, shown: str) -> Source:
    """The write-up at `path`. Raises `WriteUpError`."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            data = file.read(LONGEST + 1) if regular else b""
    except OSError as error:
        raise WriteUpError(
            f"{shown}: cannot be read: {error.strerror}; a study's prose is in index.md"
        ) from error
    if not regular:
        raise WriteUpError(f"{shown}: is no file")
    if len(data) > LONGEST:
        raise WriteUpError(
            f"{shown}: longer than {LONGEST:,} bytes; make it two studies"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"{data[error.start]:#04x}"
        raise WriteUpError(
            f"{shown}:{line}: not UTF-8: byte {byte}; save the file as UTF-8"
        ) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    return Source(shown, text, path.parent)


def mark_values(source: Source) -> Marks:
    """`source` with each `{{ … }}` replaced by its mark."""
    stem = "zq"
    while stem in source.text:
        stem += "q"
    found = list(VALUE.finditer(source.text))
    lines = tuple(source.text.count("\n", 0, m.start()) + 1 for m in found)
    numbers = iter(range(len(found)))
    text = VALUE.sub(lambda _: f"{stem}v{next(numbers)}e", source.text)
    return Marks(stem, text, tuple(m[1].strip() for m in found), lines)
