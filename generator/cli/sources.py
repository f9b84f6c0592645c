"""Mistakes in a project's files, looked for before anything is trained or written."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from generator.cli.job import Job
from generator.collect.inputs import InputCheck
from generator.core.errors import StudyError, join_errors
from generator.corpora.base import Folders
from generator.site.source_checks import find_source_errors
from generator.study.study import Study

SETTLED = ("fresh", "unknown", "older", "newer")
"""Words for artifacts that no build collects."""


def require_sound_sources(job: Job, studies: Sequence[Study]) -> None:
    """Check all that the files of some studies tell without training.

    Args:
        job: The run with its options.
        studies: The studies.

    Raises:
        StudyError: With every mistake, and the edits of those that are plain.
    """
    errors = find_source_errors(job.root, studies, job.settings, job.run_cache)
    errors += find_input_errors(job, studies)
    if errors:
        raise join_errors(errors)


def find_input_errors(job: Job, studies: Sequence[Study]) -> list[StudyError]:
    """Find mistakes of what the training of some studies begins with.

    Args:
        job: The run with its options.
        studies: The studies.
    """
    due = _list_due(job, studies)
    return [e for one, models in due for e in one.find_errors(models, fetched=False)]


def list_shown(job: Job) -> list[Study]:
    """Return the studies that the site shows: drafts may still have mistakes."""
    return [study for study in job.studies if job.is_shown(study)]


def require_sound_pages(job: Job, chosen: Sequence[Study]) -> None:
    """Check the files of all pages that a build will draw, before it trains anything.

    Args:
        job: The run with its options.
        chosen: The studies to collect; others are drawn if they are collected already.

    Raises:
        StudyError: With every mistake, and the edits of those that are plain.
    """
    drawn = [
        study
        for study in job.studies
        if study in chosen or (job.is_shown(study) and job.find_status(study).complete)
    ]
    errors = find_source_errors(job.root, drawn, job.settings, job.run_cache)
    if errors:
        raise join_errors(errors)


def require_sound_inputs(job: Job, chosen: Sequence[Study], executor: Executor) -> None:
    """Check what the training of some studies begins with, before any of it begins.

    Args:
        job: The run with its options.
        chosen: The studies to collect.
        executor: What reads the files of models, as the libraries for that are slow
            to load.

    Raises:
        StudyError: With every mistake, and the edits of those that are plain.
    """
    due = _list_due(job, chosen)
    errors = [e for one, models in due for e in one.find_errors(models, fetched=True)]
    if not errors:
        errors = [e for one, models in due for e in one.check_files(models, executor)]
    if errors:
        raise join_errors(errors)


def _list_due(
    job: Job, studies: Sequence[Study]
) -> list[tuple[InputCheck, tuple[str, ...]]]:
    """Return each study's check, and names of the models that stale artifacts need."""
    due = []
    for study in studies:
        status = job.find_status(study)
        stale = [n for n, one in status.artifacts.items() if one.word not in SETTLED]
        if models := study.list_needed_models(stale):
            folders = Folders(study=study.folder, data=job.data_folder)
            due.append((InputCheck(study, folders, job.run_cache), models))
    return due
