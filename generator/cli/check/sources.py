"""Checks of a site's sources: artifacts, the site's age, and prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.cli.check.finding import Finding
from generator.cli.job import Job
from generator.core.errors import format_some_names
from generator.core.invocation import format_command
from generator.site.writeup import lint
from generator.study.project import STUDIES, STUDY_FILE
from generator.study.site_settings import SETTINGS_FILE as SITE_FILE

LINT_LINE = re.compile(r"(.*?):(\d+): (.*)", re.DOTALL)
"""A line of the linter: file, line, what."""


def check_source_artifacts(job: Job) -> Iterator[Finding]:
    """Yield artifacts that are missing, damaged, or out of date.

    A method, a model or a corpus whose version changed makes what it gave stale, since
    the version is part of the key. What is stale can be drawn, so it is a warning.

    Args:
        job: The run with its options.

    Yields:
        The findings.
    """
    for study in job.studies:
        if not job.is_shown(study):
            continue
        one = job.find_status(study)
        folder = study.folder.relative_to(job.root).as_posix()
        for state, names in one.group_unfresh().items():
            if state.word == "unknown":
                continue
            what = "artifacts" if names[1:] else "artifact"
            verb = "are" if names[1:] else "is"
            text = (
                f"{what} {format_some_names(names)} {verb} {state.word}: {state.reason}"
            )
            mild = one.waits_for or state.word in ("stale", "older", "outdated")
            level = "warn" if mild else "error"
            words = "collect"
            if one.waits_for:
                words = f"fetch {min(one.waits_for.values())}"
            fix = f"run: {format_command(words)}"
            place = f"{folder}/study.yaml"
            yield Finding(place, 0, "artifacts", text, fix, level)


def check_prose(job: Job) -> Iterator[Finding]:
    """Yield the linter's warnings about write-ups and settings.

    Args:
        job: The run with its options.
    """
    for study in job.studies:
        if job.is_shown(study):
            yield from lint_file(job, study.folder / "index.md")
            yield from lint_file(job, study.folder / STUDY_FILE)
    yield from lint_file(job, job.root / STUDIES / SITE_FILE)


def lint_file(job: Job, path: Path) -> Iterator[Finding]:
    """Yield the linter's warnings about a file, none if it does not exist."""
    if not path.is_file():
        return
    shown = path.relative_to(job.root).as_posix()
    read = lint.lint_write_up if path.suffix == ".md" else lint.lint_study_file
    for warning in read(shown, path.read_text("utf-8", "replace")):
        if match := LINT_LINE.fullmatch(warning):
            what, _, fix = match[3].partition("; ")
            fix = fix or "reword it"
            yield Finding(match[1], int(match[2]), "prose", what, fix, "warn")
