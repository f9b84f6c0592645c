"""The half of the command line that draws: what `render` does, and `build` at its end.

A module of its own because it is run again and again while a write-up is written, and
imports nothing that collects.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from generator import rendered
from generator.errors import ConfigError, MissingArtifactError
from generator.freshness import doubt
from generator.invocation import command_line
from generator.job import Job, count, problems_of
from generator.study import Study
from generator.swap import staged
from generator.terminal import Lines


def render(job: Job) -> None:
    """Render what was collected."""
    begun = time.monotonic()
    with job.working() as lines:
        done = draw(job, lines, job.studies)
        pack(job)
    job.say(f"{done} in {took(begun)}; open {job.index}")


def draw(
    job: Job, lines: Lines, chosen: Sequence[Study], *, early: bool = False
) -> str:
    """Draw the site unless it is drawn; what to say of it.

    `early` is while more is under way: of what is missing nothing is said.
    """
    studies = _drawable(job, lines, chosen, early=early)
    key = rendered.key_of(job.root, studies, job.shown)
    said = rendered.told(job.cache, job.site, key)
    if said is None:
        said = _draw(job, lines, studies, key, early=early)
    else:
        job.require_peace(lines)
    return said


def _draw(
    job: Job, lines: Lines, studies: Sequence[Study], key: str, *, early: bool
) -> str:
    from generator.site import render as render_site  # noqa: PLC0415 - slow to import

    with staged(Path(job.site_dir), job.root) as staging:
        done = render_site(
            job.root,
            studies,
            job.settings,
            staging.folder,
            base_url=job.base_url,
            drafts=job.drafts,
            kept=job.memory,
            before=staging.site,
            marks=dict.fromkeys(job.early, ("Scheduled",)),
        )
        staging.hashes = done.hashes
        for warning in done.warnings:
            lines.warn(warning)
        job.require_peace(lines)
    if not early:
        job.memory.prune()
    said = f"built {count(studies, 'study')}, {count(done.pages, 'page')}"
    warned = bool(done.warnings)
    rendered.remember(job.cache, job.site, key, said, job.shown, warned=warned)
    return said


def pack(job: Job) -> None:
    """Write the site as one zip, if that is wanted."""
    if not job.portable:
        return
    from generator.portable import pack as packed  # noqa: PLC0415 - only where it is wanted

    settings = job.settings
    path = packed(job.site, settings.title, job.base_url or settings.base_url)
    job.say(f"packed {path}, {path.stat().st_size / 1e6:.1f} MB")


def _drawable(
    job: Job, lines: Lines, chosen: Sequence[Study], *, early: bool
) -> list[Study]:
    """Studies that can be drawn. Raises `MissingArtifactError` for one that must be."""
    if not early:
        _tell_scheduled(job, lines)
    standings = [job.standing(study) for study in job.studies if job.shows(study)]
    drawable = [one for one in standings if one.complete]
    if early:
        return [one.study for one in drawable]
    for one in drawable:
        if one.word == "stale":
            fix = f"run: {command_line('collect')}"
            lines.warn(f"{one.study.slug}: is stale; {fix}")
        if one.word == "unknown" and one.study.slug not in job.report.doubted:
            lines.warn(doubt(one.study.slug, one.absent))
    wanted = {study.slug for study in chosen}
    others = [one for one in standings if not one.complete]
    due = [o for o in others if not o.waits_for and o.study.slug in wanted]
    if due:
        raise MissingArtifactError(*problems_of(due))
    for one in others:
        if one.study.slug not in job.report.skipped:
            lines.note(f"{one.study.slug}: left out: {one.reasons()[0]}")
    return [one.study for one in drawable]


def _tell_scheduled(job: Job, lines: Lines) -> None:
    """Say what is still to come. Raises `ConfigError` if that is all there is."""
    ready = [s for s in job.studies if job.drafts or not s.draft]
    late = [] if job.future else [s for s in ready if job.wait(s)]
    if late and len(late) == len(ready):
        raise ConfigError(
            f"{late[0].slug}: scheduled for {late[0].date}, {job.wait(late[0])}, and "
            f"no study is before it: today is {job.moment.date()}, and the site would "
            "be empty; set the clock, name a day with --now, or add --future"
        )
    for study in late:
        lines.note(f"{study.slug}: scheduled for {study.date}, {job.wait(study)}")


def took(begun: float) -> str:
    """The seconds since `begun`, in words."""
    return f"{time.monotonic() - begun:.1f} s"
