"""`new`: the next study of a blog that appears in a rhythm."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from generator.cli.job import Job
from generator.core.errors import ConfigError, ResourceError, StudyError, quote_text
from generator.core.invocation import format_command
from generator.study import schedule
from generator.study.new_study import choose_source_study, write_new_study
from generator.study.project import STUDIES, list_study_folders, parse_folder_name


@dataclass(frozen=True)
class NewStudyOptions:
    """The author's options for a new study; nothing is filled in later."""

    title: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    date: dt.date | None = None
    schedule: bool | None = None
    source: str = ""
    plain: bool = False
    edit: bool = False


def start_study(job: Job, slug: str, options: NewStudyOptions) -> Path:
    """Create a study, and print when it appears and what to do next.

    Args:
        job: The run with its options.
        slug: Last part of the study's address.
        options: The author's options.

    Returns:
        The study's folder.

    Raises:
        ConfigError: If options contradict each other, or the study exists.
    """
    if options.plain and options.source:
        raise ConfigError("--plain and --from contradict each other; keep one")
    editor = find_editor_command() if options.edit else []
    source = None if options.plain else choose_source_study(job.studies, options.source)
    folder = write_new_study(
        job.root,
        slug,
        date=options.date or find_slot(job, scheduled=options.schedule),
        title=options.title,
        category=options.category,
        tags=options.tags,
        source=source,
    )
    own, date = parse_folder_name(folder)
    begun = f", from {source.slug}" if source else ""
    job.say(f"made {folder}{begun}")
    if not schedule.is_due(date, job.moment):
        job.say(
            f"it appears on {date:%A} {date}, {schedule.format_wait(date, job.moment)}"
        )
    job.say(
        f"next: change study.yaml and index.md; {format_command(f'collect {own}')}; "
        f"{format_command('serve')}; delete `draft: true` once it is written"
    )
    if editor:
        open_editor(editor, [folder / "study.yaml", folder / "index.md"])
    return folder


def find_slot(job: Job, *, scheduled: bool | None) -> dt.date:
    """Find the day of the next study.

    Args:
        job: The run with its options.
        scheduled: Whether to take the cadence's next slot; None if there is a cadence.

    Returns:
        The day.

    Raises:
        ConfigError: If a slot is wanted and the settings have no cadence.
    """
    rhythm = job.settings.cadence
    if scheduled and not rhythm:
        raise ConfigError(
            f"{STUDIES}/site.yaml: no cadence is set; add, for example, cadence: "
            "weekly friday"
        )
    dates = [parse_folder_name(folder)[1] for folder in list_study_folders(job.root)]
    weekly = "" if scheduled is False else rhythm
    return schedule.find_next_slot(weekly, max(dates, default=None), job.moment.date())


def find_editor_command() -> list[str]:
    """Return the words of the author's editor command.

    Raises:
        ConfigError: If VISUAL and EDITOR are empty or have an open quote.
    """
    text = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        words = shlex.split(text)
    except ValueError:
        raise ConfigError(
            f"EDITOR: {quote_text(text)} has an open quote; close it"
        ) from None
    if not words:
        raise ConfigError("--edit: neither VISUAL nor EDITOR is set; set one")
    return words


def open_editor(editor: list[str], files: list[Path]) -> None:
    """Open files in the author's editor.

    Args:
        editor: Words of the editor command.
        files: The files.

    Raises:
        ResourceError: If the editor cannot be run.
        StudyError: If it fails; the files stay.
    """
    try:
        words = [*editor, *map(str, files)]
        done = subprocess.run(words, check=False)  # noqa: S603 - no shell
    except OSError as error:
        raise ResourceError(
            f"EDITOR: {quote_text(editor[0])} cannot be run: {error.strerror}; the "
            f"study "
            "is made, open it yourself"
        ) from error
    if done.returncode:
        raise StudyError(
            f"EDITOR: {quote_text(editor[0])} ended with {done.returncode}; the "
            f"study is "
            "made, open it yourself"
        )
