"""Whether a site follows from its published studies, and from nothing else.

The note of the last build says what the site was rendered from, and that is compared
first, since it is quick and its message is the clearest. The proof comes after it: the
site is rendered once more, into memory, from the studies that readers may see today,
and every file must have the hash that this gives. A file that does not is not
published, however it came into the site.

Nothing that is rendered comes from a cache: whoever writes into `.cache` can seal an
entry as this program does. A parsed study file, an artifact's state, a figure and a
page are all made from the project's own files again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from posixpath import dirname

from generator.cli.clean import clean_cache
from generator.cli.job import Job
from generator.cli.publish.verify import SiteFile
from generator.core.errors import (
    ConfigError,
    IntegrityError,
    format_some_names,
    quote_text,
)
from generator.core.invocation import format_command
from generator.site import fingerprint
from generator.site.fingerprint import RenderNote
from generator.site.pages.post import study_path
from generator.site.swap import is_code
from generator.study.freshness import StudyStatus


def restrict_to_released(job: Job) -> Job:
    """Return the same run without caches and what readers may not see today.

    Drafts, studies to come and a day that has not come are for a look on this machine,
    whatever options or variables ask for.

    Args:
        job: The run with its options.
    """
    wanted = replace(job, drafts=False, future=False, from_sources=True)
    today = replace(wanted, now="")
    return wanted if wanted.moment < today.moment else today


def find_released(job: Job) -> list[StudyStatus]:
    """Return the states of the studies that are on the site, in the order of studies.

    Args:
        job: The run, without drafts and studies to come.

    Raises:
        IntegrityError: An artifact is damaged, or was collected by a newer version.
    """
    shown = [job.find_status(study) for study in job.studies if job.is_shown(study)]
    fixes = {"damaged": f"run: {format_command('build')}, then publish", "newer": ""}
    problems = [
        "; ".join(filter(None, (f"{place}: {state.word}: {state.reason}", fix)))
        for status in shown
        for state, names in status.group_unfresh().items()
        for place in [f"{status.study.slug}: {format_some_names(names)}"]
        for fix in [fixes.get(state.word)]
        if fix is not None
    ]
    if problems:
        raise IntegrityError(*problems)
    return [status for status in shown if status.complete]


def require_current(job: Job, released: Sequence[StudyStatus]) -> RenderNote:
    """Check that the site is what its sources give now, by the note of its build.

    Args:
        job: The run, without drafts and studies to come.
        released: States of the published studies.

    Returns:
        The note.

    Raises:
        ConfigError: If it is not, or was built with drafts or studies to come.
    """
    note = fingerprint.read_note(job.cache_folder)
    shown = quote_text(job.site_dir, 200)
    then = f"run: {format_command('build')}"
    if note is None or not note.is_of(job.site):
        raise ConfigError(
            f"{shown}: not known as what the last build left; {then}, then publish"
        )
    if note.drafts:
        raise ConfigError(
            f"{shown}: was built with its drafts, which are not published; {then}, "
            "without --drafts, then publish"
        )
    if note.early:
        raise ConfigError(
            f"{shown}: was built with {quote_text(note.early[0])}, whose day had not "
            f"come; {then}, without --future, then publish"
        )
    studies = [status.study for status in released]
    key = fingerprint.site_key(job.root, studies, json.loads(note.options))
    if key != note.key:
        raise ConfigError(
            f"{shown}: is older than what it is made from; {then}, then publish"
        )
    return note


def require_collected(released: Iterable[StudyStatus]) -> None:
    """Check that no published study was collected from another study file.

    Its data and figures would say what was since changed in the file, or taken out of
    it. What an older version of the program collected from the same file may stay.

    Args:
        released: States of the published studies.

    Raises:
        ConfigError: With the stale artifacts of all such studies.
    """
    stale = [
        f"{status.study.slug}: {format_some_names(names)}: {state.reason}; data and "
        "figures would say what the study file said before: run: "
        f"{format_command('build')}, then publish"
        for status in released
        for state, names in status.group_unfresh().items()
        if state.word == "stale"
    ]
    if stale:
        raise ConfigError(*stale)


def require_derived(
    job: Job,
    released: Iterable[StudyStatus],
    files: Mapping[str, SiteFile],
    base_url: str,
) -> None:
    """Check that each file is what the published studies give, by rendering them.

    Of the build before, code and styles may be there beside them. After a difference
    the caches of drawn pages are emptied, so that the next build repeats none of it.

    Args:
        job: The run, without drafts and studies to come.
        released: States of the published studies.
        files: The verified files of the site by path.
        base_url: The address that the site was rendered for, "" for that of the
            settings.

    Raises:
        IntegrityError: For the first file that differs, is missing, or is one more.
    """
    from generator.site.build import render_site  # noqa: PLC0415 - slow to import

    done = render_site(
        job.root,
        [status.study for status in released],
        job.settings,
        None,
        base_url=base_url,
    )
    wanted = {path: content.digest for path, content in done.files.items()}
    for path in sorted(wanted.keys() | files.keys()):
        found = files[path].digest if path in files else ""
        if found == wanted.get(path) or (path not in wanted and is_code(path, found)):
            continue
        forget_rendering(job)
        raise IntegrityError(
            f"{path}: {_describe_difference(job, path, found, wanted)}; only what "
            "follows from the published studies is published, and what was cached of "
            f"pages was removed: run: {format_command('build')}, then publish"
        )


def forget_rendering(job: Job) -> None:
    """Have the next build draw everything anew.

    Args:
        job: The run with its options.
    """
    fingerprint.remove_note(job.cache_folder)
    for _folder in clean_cache(job.root):
        pass


def _describe_difference(
    job: Job, path: str, found: str, wanted: Mapping[str, str]
) -> str:
    if not found:
        return "is missing"
    if path in wanted:
        return "is not what they give now"
    for study in job.studies:
        page = study_path(study.category, study.date, study.slug)
        if not job.is_shown(study) and path.startswith(f"{dirname(page)}/"):
            return f"is of {study.slug}, which is not to be published yet"
    return "is of none of them"
