"""One run of the command line: its options, and what every command shares."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from generator.cli.lock import WAIT, hold_lock
from generator.cli.terminal import LineProgress
from generator.collect.pipeline import CollectReport
from generator.core.brought_cache import (
    ASIDE,
    CACHE,
    MEND,
    describe_brought,
    list_brought_files,
    set_aside,
)
from generator.core.cache import Cache
from generator.core.errors import ConfigError, StudyError, quote_text
from generator.core.files import require_plain_folders
from generator.core.invocation import format_command
from generator.core.trust import (
    ProjectCode,
    find_code,
    give_trust,
    read_trust,
    require_trust,
)
from generator.corpora.base import Folders
from generator.site import ownership
from generator.study import schedule
from generator.study.brought_code import list_function_files
from generator.study.freshness import StudyStatus, find_study_status
from generator.study.project import STUDIES, choose_studies, find_project
from generator.study.site_settings import SiteSettings, load_settings
from generator.study.study import Study, load_studies

NEGATION = "!"
"""Before a pattern: what does not match it."""


CACHE_FOLDERS = ("aside", "collected", "data", "kept", "log", "models", "pictures")
"""Folders in `.cache`, of which any may come with a project."""
CACHE_FILES = ("lock",)
"""Files in `.cache` that are written in place; others are moved there whole."""


def require_own_paths(root: Path, *, data: bool = True) -> None:
    """Check that what the program writes to and deletes from is the project's own.

    Args:
        root: The project's folder.
        data: Whether corpora are read from the project's own folder.

    Raises:
        ConfigError: With each folder that is a link or no folder, and each file that is
            no file or has a second name; git and archives can carry these.
    """
    cached = (name for name in CACHE_FOLDERS if data or name != "data")
    studies = sorted(path for path in (root / STUDIES).iterdir() if path.is_dir())
    require_plain_folders(
        root,
        (
            ".cache",
            *(f".cache/{name}" for name in cached),
            STUDIES,
            *(f"{STUDIES}/{study.name}/artifacts" for study in studies),
        ),
        (f".cache/{name}" for name in CACHE_FILES),
    )


@dataclass
class Job:
    """One run of the command line: its options, and what follows from them."""

    project: str = "."
    strict: bool = False
    site_dir: str = "site"
    base_url: str = ""
    only: str = ""
    jobs: int = 0  # 0 to choose
    threads: int = 0  # 0 to choose
    device: str = ""  # "" for what the environment says
    scheduler: str = ""
    data: str = ""
    no_wait: bool = False
    drafts: bool = False
    future: bool = False
    portable: bool = False
    dry_run: bool = False
    record_times: bool = False
    trust: bool = False
    from_sources: bool = False
    """Whether no cached result of earlier runs is used."""
    now: str = ""
    verbose: int = 0
    quiet: bool = False
    color: bool | None = None
    report: CollectReport = field(default_factory=CollectReport)
    gaps: list[str] = field(default_factory=list)
    """Why studies are not on the site, to be told at the end."""
    drawable_before: set[str] = field(default_factory=set)
    """Slugs of the studies that could be drawn before this run collected anything."""

    @cached_property
    def root(self) -> Path:
        """The project's folder.

        Raises:
            ConfigError: If there is none, or its path has control characters.
        """
        root = find_project(Path(self.project))
        if not str(root).isprintable():
            raise ConfigError(
                f"{quote_text(root, 200)}: a project's path must hold no line break "
                f"and no "
                "control character; rename the folder"
            )
        require_own_paths(root, data=not self.data)
        return root

    @cached_property
    def studies(self) -> tuple[Study, ...]:
        """All studies of the project.

        Raises:
            ConfigError: If a study file has mistakes.
        """
        return load_studies(self.root, kept=self.usable_cache)

    @cached_property
    def settings(self) -> SiteSettings:
        """The settings of the site.

        Raises:
            ConfigError: If the file has mistakes.
        """
        return load_settings(self.root, self.usable_cache)

    @cached_property
    def data_folder(self) -> Path:
        """The folder of downloaded corpora."""
        chosen = Path(self.data).absolute() if self.data else None
        return chosen or self.root / ".cache" / "data"

    @cached_property
    def site(self) -> Path:
        """The site's folder.

        Raises:
            ConfigError: If it was not made by a build.
        """
        place = ownership.site_folder(Path(self.site_dir), self.root)
        ownership.require_own_folder(place)
        return place

    @property
    def cache_folder(self) -> Path:
        """The folder of the program's caches."""
        return self.root / ".cache"

    @cached_property
    def run_cache(self) -> Cache:
        """The cache of earlier runs' results, all of which can be made again."""
        return Cache(self.cache_folder / "kept", self.root)

    @property
    def usable_cache(self) -> Cache | None:
        """The cache of earlier runs' results, None where none of them is used."""
        return None if self.from_sources or self.brought_files else self.run_cache

    @cached_property
    def brought_files(self) -> frozenset[str]:
        """Files of the cache that git tracks, as somebody else may have made them."""
        try:
            return list_brought_files(self.root)
        except ConfigError:  # git cannot tell
            return frozenset()

    @property
    def display_options(self) -> list[Any]:
        """The options that change what the site shows."""
        return [self.base_url, self.drafts, self.list_early_folders]

    @property
    def list_early_folders(self) -> list[str]:
        """The folders of studies that are shown before their day."""
        return [
            s.folder.name for s in self.studies if self.future and self.format_wait(s)
        ]

    @property
    def index(self) -> Path:
        """The site's first page."""
        return self.site / "index.html"

    @cached_property
    def moment(self) -> dt.datetime:
        """The current time in the site's time zone, or the time that `--now` gives.

        Raises:
            ConfigError: If `--now` is no time.
        """
        return schedule.parse_moment(self.now, self.settings.timezone)

    def format_wait(self, study: Study) -> str:
        """Format how long it is until a study appears, "" for one that may be shown.

        Args:
            study: The study.
        """
        due = schedule.is_due(study.date, self.moment)
        return "" if due else schedule.format_wait(study.date, self.moment)

    def choose_studies(self, *, drafts: bool = False) -> tuple[Study, ...]:
        """Choose the studies that `--only` names.

        Args:
            drafts: Whether drafts and studies to come are chosen where none are named.

        Returns:
            The studies.
        """
        if not self.only or self.only.startswith(NEGATION):
            left = self.only.removeprefix(NEGATION)
            every = (s for s in self.studies if drafts or self.is_shown(s))
            return tuple(study for study in every if not is_name_match(study, left))
        matches = tuple(s for s in self.studies if is_name_match(s, self.only))
        return matches or choose_studies(self.studies, [self.only])

    def is_shown(self, study: Study) -> bool:
        """Return whether the study belongs to the site.

        Args:
            study: The study.
        """
        return (self.drafts or not study.draft) and (
            self.future or not self.format_wait(study)
        )

    def find_status(self, study: Study) -> StudyStatus:
        """Find out which artifacts of a study are fresh, stale or missing.

        Args:
            study: The study.
        """
        folders = Folders(study=study.folder, data=self.data_folder)
        return find_study_status(study, folders, self.usable_cache)

    @contextmanager
    def hold_project(self) -> Iterator[LineProgress]:
        """Hold the project's lock, and set aside what git brought into the cache.

        Yields:
            The listener that shows progress.
        """
        with self.open_listener() as lines:
            wait = 0.0 if self.no_wait else WAIT
            with hold_lock(self.cache_folder, wait=wait, say=lines.note):
                if brought := self.brought_files:
                    set_aside(self.root, brought)
                    self.brought_files = frozenset()
                    lines.warn(
                        f"{CACHE}: {describe_brought(brought)}, which may be somebody "
                        f"else's results; they were moved to {CACHE}/{ASIDE}, and what "
                        f"is wanted is made again: run: {MEND}"
                    )
                yield lines

    @contextmanager
    def open_listener(self) -> Iterator[LineProgress]:
        """Open a listener for progress.

        Yields:
            A bar on a terminal, lines elsewhere.
        """
        stream: Any = sys.stderr
        level = -1 if self.quiet else self.verbose
        if level < 0 or not stream.isatty() or os.environ.get("TERM") == "dumb":
            lines = LineProgress(stream, level)
            with lines.report_time():
                yield lines
            return
        from generator.cli.terminal import BarProgress  # noqa: PLC0415 - rich is needed on terminals alone

        display = BarProgress(stream, level, color=self.color is not False)
        with display.show_bar():
            yield display

    def require_no_warnings(self, lines: LineProgress) -> None:
        """Check that there were no warnings, where `--strict` makes them errors.

        Args:
            lines: The listener that counted the warnings.

        Raises:
            StudyError: If there were warnings.
        """
        if self.strict and lines.warnings:
            raise StudyError(
                f"{format_noun_count(lines.warnings, 'warning')}, and --strict makes "
                f"them errors: "
                "the site was left as it was"
            )

    def find_code(self) -> ProjectCode:
        """Find the code that the project brings, and that its studies name.

        Raises:
            ConfigError: If a study file has mistakes, or a file is not there.
        """
        return find_code(self.root, list_function_files(self.studies, self.data_folder))

    def require_trust(self) -> None:
        """Check that the scripts which the project brings are trusted, or trust it.

        Functions of studies are checked where they would be asked, and trusted with
        the scripts.

        Raises:
            UntrustedCodeError: If nobody has trusted it, and `--trust` does not.
        """
        code = self.find_code() if self.trust else None
        if code and not code.is_trusted(read_trust()):
            give_trust(code)
            self.say(f"trusted until it changes: {code.format_contents()}")
        require_trust(self.root)

    def format_outputs(self) -> str:
        """Format what this run made, in brackets, "" for nothing."""
        parts = [
            f"{verb} {format_noun_count(things, noun)}"
            for verb, things, noun in (
                ("trained", self.report.trained, "model"),
                ("collected", self.report.collected, "artifact"),
            )
            if things
        ]
        return f" ({', '.join(parts)})" if parts else ""

    def format_leftovers(self) -> str:
        """Format what an interrupt leaves behind, in a few words."""
        outputs = self.format_outputs().strip(" ()")
        return (
            f"what was finished is kept ({outputs})" if outputs else "nothing was lost"
        )

    def find_folder(self) -> Path | None:
        """Return the project's folder, None where there is none."""
        try:
            return self.root
        except ConfigError:
            return None

    def find_log_path(self) -> Path:
        """Return the path of the file that tracebacks are written to."""
        return self.cache_folder / "log" / "error.log"

    def say(self, text: str) -> None:
        """Print a line of result on standard output, unless told to be quiet."""
        if not self.quiet:
            click.echo(text)


def format_fetches(statuses: Iterable[StudyStatus]) -> str:
    """Format the command that fetches what studies wait for, "" for nothing.

    Args:
        statuses: Status of each study.
    """
    waiting = [one for one in statuses if one.waits_for and one.word == "waiting"]
    datasets = sorted({name for one in waiting for name in one.waits_for.values()})
    if not datasets:
        return ""
    verb = "waits" if len(waiting) == 1 else "wait"
    command = format_command(f"fetch {' '.join(datasets)}")
    studies = format_noun_count(waiting, "study")
    return f"{studies} {verb} for data that is not here; run: {command}"


def is_name_match(study: Study, pattern: str) -> bool:
    """Return whether a study's name matches a pattern, with its date or without.

    Args:
        study: The study.
        pattern: A pattern with `*` and `?`.

    Returns:
        True if it matches.
    """
    return any(fnmatchcase(name, pattern) for name in (study.slug, study.folder.name))


def format_noun_count(things: Sized | int, noun: str, plural: str = "") -> str:
    """Format a count with its noun, as in `3 studies`.

    Args:
        things: The number, or what to count.
        noun: The noun in the singular.
        plural: The plural, "" for a regular one.

    Returns:
        The text.
    """
    number = things if isinstance(things, int) else len(things)
    many = plural or (f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s")
    return f"{number} {noun if number == 1 else many}"


def status_as_json(root: Path, status: StudyStatus, wait: str) -> dict[str, Any]:
    """Return a study's status as plain data, for programs.

    Args:
        root: The project's folder.
        status: The status.
        wait: How long it is until the study appears, "" for none.

    Returns:
        The data.
    """
    return {
        "slug": status.study.slug,
        "date": status.study.date.isoformat(),
        "title": status.study.title,
        "draft": status.study.draft,
        "scheduled": bool(wait),
        "folder": status.study.folder.relative_to(root).as_posix(),
        "state": status.word,
        "artifacts": {
            name: {"state": state.word, "reason": state.reason}
            for name, state in status.artifacts.items()
        },
        "fetch": sorted(status.waits_for.values()),
    }
