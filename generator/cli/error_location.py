"""A problem as programs and people find it: its file, its line, and the words there.

Messages begin with their place, `file:line:column: …`. Where a message names a line and
no column, the first word it quotes is looked for on that line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from generator.study.yaml.source import redact_secrets

FILE_PLACE = re.compile(
    r"(?P<file>(?:[\w.@+ -]+/)*[\w.@+ -]+\.(?:yaml|md|html|bib|css|js))"
    r"(?::(?P<line>\d{1,7}))?(?::(?P<column>\d{1,7}))?: (?P<text>.*)",
    re.DOTALL,
)
STUDY_PART = re.compile(r"\b(figures|artifacts|models|corpora|claims)\.([a-z0-9_-]+)")
QUOTED = re.compile(r'"([^"…]{1,60})"')
COLON_ADVICE = 'a value that holds ": " must be quoted'
LARGEST = 1_000_000
WIDTH = 160
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class LocatedMessage:
    """A message and where it is; `line` and `column` are from 1, 0 where unknown."""

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
        """`file:line:column`, as far as it is known."""
        numbers = [str(n) for n in (self.line, self.column) if n]
        return ":".join([self.file, *numbers]) if self.file else ""


def locate_message(
    problem: str, project: Path | None, around: int = 0
) -> LocatedMessage:
    """`problem` with its place, and the source lines `around` it."""
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


def quote_line_value(line: str) -> str:
    """A line of YAML with its value in quotes, "" where it already has some."""
    match = re.fullmatch(r"(\s*(?:- )?[\w-]+:\s+)([^\"'\[{|>&*!#\s].*?)\s*", line)
    if not match:
        return ""
    value = match[2].replace("\\", "\\\\").replace('"', '\\"')
    return f'{match[1]}"{value}"'.strip()


def find_named_path(name: str, project: Path) -> Path | None:
    """The file that a message names, if it is one of the project."""
    for path in (project / name, project / "studies" / name):
        inside = path.resolve().is_relative_to(project.resolve())
        if inside and path.is_file() and path.stat().st_size <= LARGEST:
            return path
    return None


def read_lines(path: Path) -> list[str]:
    """The lines of a file, read leniently."""
    try:
        return path.read_text("utf-8", "replace").split("\n")
    except OSError:
        return []


def find_part_line(text: str, source: list[str]) -> int:
    """The line of the part of a study that a message names, as in `figures.weights`."""
    match = STUDY_PART.search(text)
    inside = False
    for number, line in enumerate(source, 1) if match else ():
        if re.match(r"\w", line):
            inside = bool(match and line.startswith(f"{match[1]}:"))
        elif inside and match and re.match(rf"\s+['\"]?{match[2]}['\"]?\s*:", line):
            return number
    return 0


def find_column(text: str, line: str) -> int:
    """The column of the first word that a message quotes, 0 if it is not there."""
    places = (line.find(word) + 1 for word in QUOTED.findall(text))
    return next((place for place in places if place), 0)


def format_source_line(line: str) -> str:
    """A line of a file as a terminal may show it, without what looks like a secret."""
    shown = redact_secrets(line.rstrip("\r"))[:WIDTH]
    return "".join(c if c.isprintable() else "→" if c == "\t" else "�" for c in shown)
