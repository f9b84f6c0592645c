"""One run of the command line: its options, and what every command shares."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from generator.cli.lock import WAIT, locked
from generator.cli.terminal import Lines
from generator.collect.pipeline import Report
from generator.core.cache import Kept
from generator.core.errors import ConfigError, StudyError, quoted
from generator.core.invocation import command_line
from generator.corpora.base import Folders
from generator.site import ownership
from generator.study import schedule
from generator.study.freshness import Standing, standing
from generator.study.project import choose, find_project
from generator.study.site_settings import SiteSettings, load_settings
from generator.study.study import Study, load_studies

NOT = "!"
"""Before a pattern: what does not match it."""


@dataclass
class Job:
    """The options of one run, as the command line gives them, and what follows."""

    project: str = "."
    strict: bool = False
    site_dir: str = "site"
    base_url: str = ""
    only: str = ""
    jobs: int = 1
    scheduler: str = ""
    data: str = ""
    no_wait: bool = False
    drafts: bool = False
    future: bool = False
    portable: bool = False
    now: str = ""
    verbose: int = 0
    quiet: bool = False
    color: bool | None = None
    report: Report = field(default_factory=Report)

    @cached_property
    def root(self) -> Path:
        """The project's folder. Raises `ConfigError`."""
        root = find_project(Path(self.project))
        if not str(root).isprintable():
            raise ConfigError(
                f"{quoted(root, 200)}: a project's path must hold no line break and no "
                "control character; rename the folder"
            )
        return root

    @cached_property
    def studies(self) -> tuple[Study, ...]:
        """All studies of the project. Raises `ConfigError`."""
        return load_studies(self.root, kept=self.memory)

    @cached_property
    def settings(self) -> SiteSettings:
        """The settings of the site. Raises `ConfigError`."""
        return load_settings(self.root, self.memory)

    @cached_property
    def data_folder(self) -> Path:
        """Where fetched corpora are."""
        given = Path(self.data).absolute() if self.data else None
        return given or self.root / ".cache" / "data"

    @cached_property
    def site(self) -> Path:
        """Where the site goes. Raises `ConfigError` if it is not ours to replace."""
        place = ownership.place_of(Path(self.site_dir), self.root)
        ownership.require_ours(place)
        return place

    @property
    def cache(self) -> Path:
        """What the program keeps for itself."""
        return self.root / ".cache"

    @cached_property
    def memory(self) -> Kept:
        """What is kept of earlier runs, because it can be made again."""
        return Kept(self.cache / "kept")

    @property
    def shown(self) -> list[Any]:
        """The options that change what the site shows."""
        return [self.base_url, self.drafts, self.early]

    @property
    def early(self) -> list[str]:
        """The folders of studies that are shown before their day."""
        return [s.folder.name for s in self.studies if self.future and self.wait(s)]

    @property
    def index(self) -> Path:
        """What a reader opens."""
        return self.site / "index.html"

    @cached_property
    def moment(self) -> dt.datetime:
        """Now, where the site is. Raises `ConfigError`."""
        return schedule.moment(self.now, self.settings.timezone)

    def wait(self, study: Study) -> str:
        """How long it is until a study appears, "" for one that may be shown."""
        due = schedule.is_due(study.date, self.moment)
        return "" if due else schedule.wait(study.date, self.moment)

    def chosen(self, *, drafts: bool = False) -> tuple[Study, ...]:
        """The studies that `--only` means, drafts where they are wanted or named."""
        if not self.only or self.only.startswith(NOT):
            left = self.only.removeprefix(NOT)
            every = (s for s in self.studies if drafts or self.shows(s))
            return tuple(study for study in every if not is_called(study, left))
        found = tuple(s for s in self.studies if is_called(s, self.only))
        return found or choose(self.studies, [self.only])

    def shows(self, study: Study) -> bool:
        """Whether the study belongs to the site."""
        return (self.drafts or not study.draft) and (
            self.future or not self.wait(study)
        )

    def standing(self, study: Study) -> Standing:
        """How a study stands."""
        folders = Folders(study=study.folder, data=self.data_folder)
        return standing(study, folders, self.memory)

    @contextmanager
    def working(self) -> Iterator[Lines]:
        """Hold the project's lock; the listener that shows progress."""
        with self.listener() as lines:
            wait = 0.0 if self.no_wait else WAIT
            with locked(self.cache, wait=wait, say=lines.note):
                yield lines

    @contextmanager
    def listener(self) -> Iterator[Lines]:
        """A bar on a terminal, lines elsewhere."""
        stream: Any = sys.stderr
        level = -1 if self.quiet else self.verbose
        if level < 0 or not stream.isatty() or os.environ.get("TERM") == "dumb":
            yield Lines(stream, level)
            return
        from generator.cli.terminal import Display  # noqa: PLC0415 - for terminals alone

        display = Display(stream, level, color=self.color is not False)
        with display.shown():
            yield display

    def require_peace(self, lines: Lines) -> None:
        """Raise `StudyError` if there were warnings and they are errors."""
        if self.strict and lines.warnings:
            raise StudyError(
                f"{count(lines.warnings, 'warning')}, and --strict makes them errors: "
                "the site was left as it was"
            )

    def made(self) -> str:
        """What this run made, in brackets, or nothing."""
        parts = [
            f"{verb} {count(things, noun)}"
            for verb, things, noun in (
                ("trained", self.report.trained, "model"),
                ("collected", self.report.collected, "artifact"),
            )
            if things
        ]
        return f" ({', '.join(parts)})" if parts else ""

    def kept(self) -> str:
        """What an interrupt leaves behind, in a few words."""
        made = self.made().strip(" ()")
        return f"what was finished is kept ({made})" if made else "nothing was lost"

    def folder(self) -> Path | None:
        """The project's folder, None where there is none."""
        try:
            return self.root
        except ConfigError:
            return None

    def log(self) -> Path:
        """Where a bug is written down."""
        return self.cache / "log" / "error.log"

    def say(self, text: str) -> None:
        """One line of result on standard output."""
        if not self.quiet:
            click.echo(text)


def is_called(study: Study, pattern: str) -> bool:
    """Whether a study's name matches, with its date or without."""
    return any(fnmatchcase(name, pattern) for name in (study.slug, study.folder.name))


def count(things: Sized | int, noun: str, plural: str = "") -> str:
    """`3 studies`."""
    number = things if isinstance(things, int) else len(things)
    many = plural or (f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s")
    return f"{number} {noun if number == 1 else many}"


def listed(root: Path, one: Standing, wait: str) -> dict[str, Any]:
    """How a study stands, for programs; `wait` is for one that is to appear later."""
    return {
        "slug": one.study.slug,
        "date": one.study.date.isoformat(),
        "title": one.study.title,
        "draft": one.study.draft,
        "scheduled": bool(wait),
        "folder": one.study.folder.relative_to(root).as_posix(),
        "state": one.word,
        "artifacts": {
            name: {"state": state.word, "reason": state.reason}
            for name, state in one.artifacts.items()
        },
        "fetch": sorted(one.waits_for.values()),
    }


def problems_of(standings: Sequence[Standing]) -> list[str]:
    """One message for each artifact that cannot be drawn."""
    return [
        f"{one.study.slug}: {reason}; run: {command_line('collect')}"
        for one in standings
        for reason in one.reasons()
    ]
