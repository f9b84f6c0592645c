"""Checks of a site's sources: artifacts, what is not written yet, and prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.artifacts.store import artifact_path
from generator.cli.check.finding import Finding
from generator.cli.job import Job
from generator.cli.sources import find_input_errors
from generator.core.brought_cache import CACHE, MEND, describe_brought
from generator.core.errors import format_some_names, quote_text
from generator.core.files import read_plain_text
from generator.core.invocation import format_command
from generator.core.tracked_files import list_tracked_files
from generator.site.writeup import lint
from generator.study.freshness import StudyStatus
from generator.study.new_study import PLACEHOLDERS
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
                yield from _find_doubt(job, one, f"{folder}/study.yaml")
                continue
            what = "artifacts" if names[1:] else "artifact"
            verb = "are" if names[1:] else "is"
            text = (
                f"{what} {format_some_names(names)} {verb} {state.word}: {state.reason}"
            )
            mild = state.word in ("stale", "older", "outdated")
            mild = mild or (state.word == "missing" and bool(one.waits_for))
            level = "warn" if mild else "error"
            words = "collect"
            if one.waits_for:
                words = f"fetch {min(one.waits_for.values())}"
            fix = f"run: {format_command(words)}"
            if state.word == "newer":  # the reason says what to do
                level, text, fix = "error", *text.split("; ")
            place = f"{folder}/study.yaml"
            yield Finding(place, 0, "artifacts", text, fix, level)


def _find_doubt(job: Job, status: StudyStatus, place: str) -> Iterator[Finding]:
    """Yield that a study cannot be collected again, unless its author froze it."""
    tracked = list_tracked_files(job.root, STUDIES)
    paths = {
        artifact_path(status.study, name).relative_to(job.root).as_posix()
        for name in status.artifacts
    }
    if status.unreadable and not paths <= tracked:
        reason = "; ".join(status.unreadable)
        text = f"drawn as it was collected, which may be stale: {reason}"
        fix = "put it back, or commit the artifacts, which freezes the study"
        yield Finding(place, 0, "artifacts", text, fix, "warn")


def check_drafts(job: Job) -> Iterator[Finding]:
    """Yield mistakes in the data of drafts, whose write-ups may be unfinished.

    Args:
        job: The run with its options.

    Yields:
        The findings, as warnings.
    """
    drafts = [study for study in job.studies if not job.is_shown(study)]
    for error in find_input_errors(job, drafts):
        for problem in error.problems:
            first = problem.split("\n")[0]
            match = PLACE.fullmatch(first)
            file, line, text = match.groups() if match else (STUDIES, "0", first)
            what, _, fix = text.partition("; ")
            fix = fix or "correct it before the study is published"
            yield Finding(file, int(line), "draft", what, fix, "warn")


PLACE = re.compile(r"([^:]+):(\d+):(?:\d+:)? (.*)")
"""A problem with its file, line and column."""


def check_placeholders(job: Job) -> Iterator[Finding]:
    """Yield what a new study begins with and no reader should see.

    No setting makes these findings mild: a study that is not written is a draft.

    Args:
        job: The run with its options.

    Yields:
        Sentences of the template, an empty write-up, an empty summary.
    """
    for study in job.studies:
        if not job.is_shown(study):
            continue
        folder = study.folder.relative_to(job.root).as_posix()
        later = "or set draft: true in study.yaml"
        if not study.summary.strip():
            text = "the study has no summary, which lists, feeds and search show"
            place = f"{folder}/{STUDY_FILE}"
            fix = f"write one sentence as summary:, {later}"
            yield Finding(place, 0, "placeholder", text, fix)
        path = study.folder / "index.md"
        prose = read_plain_text(path) if path.is_file() else ""
        for number, line in enumerate(prose.splitlines(), 1):
            for sentence in PLACEHOLDERS:
                if sentence in line:
                    text = f"{quote_text(sentence)} is a sentence of the template"
                    fix = f"write your own, {later}"
                    place = f"{folder}/index.md"
                    yield Finding(place, number, "placeholder", text, fix)
        if not re.search(r"\w", prose):
            text = "the write-up is empty"
            fix = f"say what was asked and what was found, {later}"
            yield Finding(f"{folder}/index.md", 0, "placeholder", text, fix)


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
    for warning in read(shown, read_plain_text(path)):
        if match := LINT_LINE.fullmatch(warning):
            what, _, fix = match[3].partition("; ")
            fix = fix or "reword it"
            yield Finding(match[1], int(match[2]), "prose", what, fix, "warn")


def check_cache(job: Job) -> Iterator[Finding]:
    """Yield a warning where git tracks files of the cache, which every clone then has.

    Args:
        job: The run with its options.
    """
    if brought := job.brought_files:
        text = f"{describe_brought(brought)}, and none is believed"
        fix = f"build once, which sets them aside, then run: {MEND}"
        yield Finding(CACHE, 0, "cache", text, fix, "warn")
