"""Last week's study as the beginning of this week's: what it trains, asks and draws.

The sections are taken as they are written, comments and all: lines of the file, from a
key to the next. What belongs to one study alone (title, summary, updates, claims) stays
behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import ConfigError, quoted
from generator.project import FILE, STUDIES
from generator.reading.source import Source
from generator.reading.yaml import read
from generator.study import Study

SECTIONS = ("authors", "licence", "seed", "corpora", "models", "artifacts", "figures")
"""What is copied, in this order."""

_WRITE_UP = """\
Say first what you ask, and why somebody should care.
{before}
## What was found

{figures}
## What follows

Say what the figures show, and what they do not.
"""


@dataclass(frozen=True)
class Copied:
    """What a new study begins with."""

    sections: str
    write_up: str
    category: str
    tags: tuple[str, ...]
    files: dict[str, Path]
    """Files of the old study that its corpora or models read, by their name there."""


def copied(study: Study) -> Copied:
    """The parts of `study` that a new one may share. Raises `ConfigError`."""
    path = study.folder / FILE
    name = f"{STUDIES}/{study.folder.name}/{FILE}"
    source = read(path, name)
    found = sections(path.read_text("utf-8-sig"), source)
    return Copied(
        "\n".join(found[key] for key in SECTIONS if key in found),
        write_up(study),
        study.category,
        study.tags,
        read_files(study.folder, source.data),
    )


def sections(text: str, source: Source) -> dict[str, str]:
    """The lines of each key of the file, with the comments above it."""
    lines = text.replace("\r\n", "\n").split("\n")
    starts = {way[0]: at for way, at in source.keys.items() if len(way) == 1}
    order = sorted(starts, key=lambda key: starts[key])
    rows = [starts[key][0] for key in order]
    if any(starts[key][1] != 1 for key in order) or len(set(rows)) < len(rows):
        raise ConfigError(
            f"{source.name}:1: every key of the file must begin a line of its own to "
            "be copied; break the lines, or use --plain"
        )
    begins = [commented(lines, row - 1) for row in rows]
    ends = [*begins[1:], len(lines)]
    return {
        str(key): "\n".join(lines[begin:end]).strip("\n") + "\n"
        for key, begin, end in zip(order, begins, ends, strict=True)
    }


def commented(lines: list[str], row: int) -> int:
    """Where the comments begin that stand directly above a row."""
    while row > 0 and lines[row - 1].startswith("#"):
        row -= 1
    return row


def write_up(study: Study) -> str:
    """A write-up that places every figure and names the study it follows."""
    where = f"../{study.folder.name}/index.md"
    title = study.title.translate({ord(c): f"\\{c}" for c in "\\[]*_`<{"})
    before = "" if study.draft else f"\nThis goes on from [{title}]({where}).\n"
    figures = "".join(
        f"![Say what this shows.](figure:{name})\n\n" for name in study.figures
    )
    return _WRITE_UP.format(before=before, figures=figures)


def read_files(folder: Path, data: dict[str, Any]) -> dict[str, Path]:
    """Files of a study's folder that its file names as a path."""
    entries = [
        entry
        for section in ("corpora", "models")
        for entry in (data.get(section) or {}).values()
        if isinstance(entry, dict)
    ]
    named = [
        value
        for entry in entries
        for key, value in entry.items()
        if key.endswith("path") and isinstance(value, str)
    ]
    return {name: folder / name for name in named if is_own(folder / name, folder)}


def is_own(path: Path, folder: Path) -> bool:
    """Whether a file lies in a study's folder, no link leading out of it."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def chosen(studies: tuple[Study, ...], name: str) -> Study | None:
    """The study called `name`, else the newest. Raises `ConfigError`."""
    if not name:
        return studies[-1] if studies else None
    for study in studies:
        if name in (study.slug, study.folder.name):
            return study
    known = ", ".join(study.slug for study in studies)
    raise ConfigError(f"--from: no study {quoted(name)}; known: {known or 'none'}")
