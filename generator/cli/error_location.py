"""The place of a problem: its file, its line, and the words there.

Messages begin with their place, `file:line:column: …`. Where a message names a line and
no column, the first word it quotes is looked for on that line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from generator.core.files import read_plain_text
from generator.study.yaml.source import (
    COLON_ADVICE,
    quote_line_value,
    redact_secrets,
)

FILE_PLACE = re.compile(
    r"(?P<file>(?:[\w.@+ -]+/)*[\w.@+ -]+\.(?:yaml|md|html|bib|css|js))"
    r"(?::(?P<line>\d{1,7}))?(?::(?P<column>\d{1,7}))?: (?P<text>.*)",
    re.DOTALL,
)
STUDY_PART = re.compile(r"\b(figures|artifacts|models|corpora|claims)\.([a-z0-9_-]+)")
QUOTED = re.compile(r'"([^"…]{1,60})"')
LARGEST = 1_000_000
WIDTH = 160
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class LocatedMessage:
    """A message and its place; `line` and `column` are from 1, 0 where unknown."""

    text: str
    file: str = ""
    line: int = 0
    column: int = 0
    lines: tuple[tuple[int, str], ...] = ()
    """Numbers and words of the lines around."""
    fix: str = ""
    """The line as it should be, where that is certain."""

    @property
    def place(self) -> str:
        """The place as `file:line:column`, as far as it is known."""
        numbers = [str(n) for n in (self.line, self.column) if n]
        return ":".join([self.file, *numbers]) if self.file else ""


def locate_message(
    problem: str, project: Path | None, around: int = 0
) -> LocatedMessage:
    """Locate a message in the project's files.

    Args:
        problem: The message.
        project: The project's folder, None without one.
        around: Number of source lines to quote before and after the place.

    Returns:
        The message with its place and the source lines.
    """
    first = problem.partition("\n")[0]
    match = FILE_PLACE.fullmatch(first)
    if not match:
        return LocatedMessage(first)
    file, text = match["file"], match["text"]
    line, column = int(match["line"] or 0), int(match["column"] or 0)
    found = find_named_path(file, project) if project else None
    source = read_lines(found) if found else []
    file = found.relative_to(project).as_posix() if found and project else file
    line = line or find_part_line(text, source)
    if not 1 <= line <= len(source):
        return LocatedMessage(text, file, line, column)
    column = column or find_column(text, source[line - 1])
    shown = range(max(1, line - around), min(len(source), line + around) + 1)
    lines = tuple((number, format_source_line(source[number - 1])) for number in shown)
    fix = quote_line_value(source[line - 1]) if COLON_ADVICE in text else ""
    return LocatedMessage(text, file, line, column, lines, format_source_line(fix))


def find_named_path(name: str, project: Path) -> Path | None:
    """Find the file of the project that a message names.

    Args:
        name: The name in the message.
        project: The project's folder.

    Returns:
        The path, None if the project has no such file.
    """
    for path in (project / name, project / "studies" / name):
        inside = path.resolve().is_relative_to(project.resolve())
        if inside and path.is_file() and path.stat().st_size <= LARGEST:
            return path
    return None


def read_lines(path: Path) -> list[str]:
    """Read the lines of a file, none if that fails."""
    try:
        return read_plain_text(path).split("\n")
    except OSError:
        return []


def find_part_line(text: str, source: list[str]) -> int:
    """Find the line of the part of a study file that a message names.

    Args:
        text: The message, with a name such as `figures.weights`.
        source: Lines of the file.

    Returns:
        The line from 1, 0 if there is none.
    """
    match = STUDY_PART.search(text)
    key = re.match(r"[a-z_]+(?=: )", text)
    if key and not match:
        written = f"{key[0]}:"
        lines = (n for n, line in enumerate(source, 1) if line.startswith(written))
        return next(lines, 0)
    inside = False
    for number, line in enumerate(source, 1) if match else ():
        if re.match(r"\w", line):
            inside = bool(match and line.startswith(f"{match[1]}:"))
        elif inside and match and re.match(rf"\s+['\"]?{match[2]}['\"]?\s*:", line):
            return number
    return 0


def find_column(text: str, line: str) -> int:
    """Find the column of the first word that a message quotes.

    Args:
        text: The message.
        line: The source line.

    Returns:
        The column from 1, 0 if there is none.
    """
    places = (line.find(word) + 1 for word in QUOTED.findall(text))
    return next((place for place in places if place), 0)


def format_source_line(line: str) -> str:
    """Format a source line for a terminal, without what looks like a secret."""
    shown = redact_secrets(line.rstrip("\r"))[:WIDTH]
    return "".join(c if c.isprintable() else "→" if c == "\t" else "�" for c in shown)
