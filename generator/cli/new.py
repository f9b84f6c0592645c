"""`new`: the next study of a blog that appears in a rhythm."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from generator.cli.job import Job
from generator.core.errors import ConfigError, ResourceError, StudyError, quoted
from generator.core.invocation import command_line
from generator.study import schedule
from generator.study.new_study import chosen, new_study
from generator.study.project import STUDIES, named, study_folders


@dataclass(frozen=True)
class Asked:
    """What the author gave; nothing is filled in later."""

    title: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    date: dt.date | None = None
    schedule: bool | None = None
    source: str = ""
    plain: bool = False
    edit: bool = False


def start(job: Job, slug: str, asked: Asked) -> Path:
    """Make the study, say when it appears and what to do next; its folder."""
    if asked.plain and asked.source:
        raise ConfigError("--plain and --from contradict each other; keep one")
    editor = command() if asked.edit else []
    source = None if asked.plain else chosen(job.studies, asked.source)
    folder = new_study(
        job.root,
        slug,
        date=asked.date or slot(job, scheduled=asked.schedule),
        title=asked.title,
        category=asked.category,
        tags=asked.tags,
        source=source,
    )
    own, date = named(folder)
    begun = f", from {source.slug}" if source else ""
    job.say(f"made {folder}{begun}")
    if not schedule.is_due(date, job.moment):
        job.say(f"it appears on {date:%A} {date}, {schedule.wait(date, job.moment)}")
    job.say(f"next: change study.yaml and index.md; "
            f"{command_line(f'collect {own}')}; {command_line('serve')}")  # fmt: skip
    if editor:
        edit(editor, [folder / "study.yaml", folder / "index.md"])
    return folder


def slot(job: Job, *, scheduled: bool | None) -> dt.date:
    """The day of the next study. Raises `ConfigError` for a rhythm that is not set."""
    rhythm = job.settings.cadence
    if scheduled and not rhythm:
        raise ConfigError(
            f"{STUDIES}/site.yaml: no cadence is set; add, for example, cadence: "
            "weekly friday"
        )
    dates = [named(folder)[1] for folder in study_folders(job.root)]
    weekly = "" if scheduled is False else rhythm
    return schedule.next_slot(weekly, max(dates, default=None), job.moment.date())


def command() -> list[str]:
    """The words of the author's editor. Raises `ConfigError`."""
    text = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        words = shlex.split(text)
    except ValueError:
        raise ConfigError(
            f"EDITOR: {quoted(text)} has an open quote; close it"
        ) from None
    if not words:
        raise ConfigError("--edit: neither VISUAL nor EDITOR is set; set one")
    return words


def edit(editor: list[str], files: list[Path]) -> None:
    """Open the files in the editor. Raises `StudyError` if it fails; they stay."""
    try:
        words = [*editor, *map(str, files)]
        done = subprocess.run(words, check=False)  # noqa: S603 - no shell
    except OSError as error:
        raise ResourceError(
            f"EDITOR: {quoted(editor[0])} cannot be run: {error.strerror}; the study "
            "is made, open it yourself"
        ) from error
    if done.returncode:
        raise StudyError(
            f"EDITOR: {quoted(editor[0])} ended with {done.returncode}; the study is "
            "made, open it yourself"
        )
