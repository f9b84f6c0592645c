"""What each command of the command line does.

The two halves meet here: `collect` fills artifacts, `render` draws them, and `build`
does one after the other, rendering after each study that gave something new, so that
the first page can be read while the second study trains.

The half of the command line that draws: what `render` does, and `build` at its end.

A module of its own because it is run again and again while a write-up is written, and
imports nothing that collects.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from generator.cli import clean as cleaning
from generator.cli import run
from generator.cli.job import Job, count, listed, problems_of
from generator.cli.terminal import Lines
from generator.collect.executors import executor
from generator.collect.pipeline import Workplace
from generator.collect.pipeline import collect as collect_studies
from generator.core.errors import ConfigError, MissingArtifactError
from generator.core.invocation import command_line
from generator.corpora.download import fetch as fetch_dataset
from generator.site import fingerprint
from generator.site.swap import staged
from generator.study.freshness import Standing, doubt
from generator.study.project import choose
from generator.study.study import Study


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
    key = fingerprint.key_of(job.root, studies, job.shown)
    said = fingerprint.told(job.cache, job.site, key)
    if said is None:
        said = _draw(job, lines, studies, key, early=early)
    else:
        job.require_peace(lines)
    return said


def _draw(
    job: Job, lines: Lines, studies: Sequence[Study], key: str, *, early: bool
) -> str:
    from generator.site.build import render as render_site  # noqa: PLC0415 - slow to import

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
    fingerprint.remember(job.cache, job.site, key, said, job.shown, warned=warned)
    return said


def pack(job: Job) -> None:
    """Write the site as one zip, if that is wanted."""
    if not job.portable:
        return
    from generator.site.portable import pack as packed  # noqa: PLC0415 - only where it is wanted

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


def build(job: Job) -> int:
    """Collect what is stale, rendering as studies are done; then render all."""
    begun = time.monotonic()
    with job.working() as lines:
        _ = job.settings  # a mistake there is told before any work
        chosen, place = job.chosen(), job.site
        status = _collect(job, chosen, lines, interim=True)
        if status:
            return status
        done = draw(job, lines, chosen)
        pack(job)
    job.say(f"{done} in {took(begun)}{job.made()}; open {place / 'index.html'}")
    return 0


def collect(job: Job, names: Sequence[str] = ()) -> int:
    """Collect what is stale, of the studies called `names` or of all."""
    begun = time.monotonic()
    with job.working() as lines:
        chosen = choose(job.studies, names) if names else job.chosen()
        status = _collect(job, chosen, lines, interim=False)
        if not status:
            job.require_peace(lines)
    if not status:
        made = job.made() or " (nothing was stale)"
        job.say(f"collected {count(chosen, 'study')} in {took(begun)}{made}")
    return status


def list_studies(job: Job, *, as_json: bool, asked: Sequence[str] = ()) -> None:
    """Print how every study stands, or those that are draft, scheduled or stale."""
    found = [job.standing(study) for study in job.chosen(drafts=True)]
    found = [one for one in found if not asked or set(asked) & _states(job, one)]
    if as_json:
        shown = [listed(job.root, one, job.wait(one.study)) for one in found]
        click.echo(json.dumps(shown, indent=2, ensure_ascii=True))
        return
    for one in found:
        draft = " (draft)" if one.study.draft else ""
        wait = job.wait(one.study)
        later = f" (scheduled, {wait})" if wait else ""
        click.echo(f"{one.study.date}  {one.study.slug}  {one.word}{draft}{later}")
        for reason in one.reasons():
            click.echo(f"    {reason}")


def _states(job: Job, one: Standing) -> set[str]:
    """What `list` can be asked for, of one study."""
    told = {"drafts": one.study.draft, "scheduled": job.wait(one.study)}
    told["stale"] = one.word != "fresh"
    return {name for name, is_so in told.items() if is_so}


def fetch(job: Job, names: Sequence[str]) -> None:
    """Fetch datasets into the data folder."""
    for name in names:
        bar = Bar(quiet=job.quiet)
        for path in fetch_dataset(name, job.data_folder, bar):
            job.say(f"{name}: {path}")


def clean(job: Job, *, artifacts: bool, yes: bool) -> None:
    """Remove the site, models and pictures, and artifacts if asked for."""
    with job.working():
        loose = _loose_artifacts(job, yes=yes) if artifacts else []
        removed = [
            *cleaning.clean_site(Path(job.site_dir), job.root),
            *cleaning.clean_models(job.root),
            *cleaning.clean_kept(job.root),
        ]
        for path in loose:
            path.unlink()
        removed += loose
    for path in removed:
        job.say(f"removed {path.relative_to(job.root)}")
    if not removed:
        job.say("nothing to remove")


class Bar:
    """A bar for each file that is fetched, on a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def __call__(self, path: str, done: int, size: int) -> None:
        """`done` of `size` bytes of the file `path` are here."""
        if self._quiet or not sys.stderr.isatty():
            return
        share = done / size if size else 1.0
        bar = ("#" * int(share * 30)).ljust(30, ".")
        text = f"\r{path} [{bar}] {share:4.0%} of {size / 1e6:.1f} MB"
        click.echo(text, nl=done >= size, err=True)


def _collect(job: Job, chosen: Sequence[Study], lines: Lines, *, interim: bool) -> int:
    """Collect, and say what failed; the exit status."""

    def after(study: Study) -> None:
        if interim and study is not chosen[-1]:
            _render_early(job, lines, chosen)

    with executor(job.jobs, job.scheduler) as where:
        work = Workplace(job.root, job.data_folder, where, lines, job.strict)
        collect_studies(chosen, work, after, job.report)
    failures = job.report.failures
    if not failures:
        return 0
    status = run.explain(
        [failure.placed() for failure in failures], job.log, lambda: job.root
    )
    failed = len({failure.study for failure in failures})
    lines.say(
        f"{failed} of {count(chosen, 'study')} failed; what the others gave is kept, "
        "and the site was left as it was",
        -1,
    )
    return status


def _render_early(job: Job, lines: Lines, chosen: Sequence[Study]) -> None:
    """Show what is done while the rest is under way, if it can be shown."""
    if job.strict or job.report.failures:
        return
    try:
        draw(job, lines.muted(), chosen, early=True)
    except Exception as error:  # noqa: BLE001 - the last rendering says it
        lines.say(f"not rendered yet: {error}", 1)
    else:
        lines.say(f"rendered so far: open {job.index}")


def _loose_artifacts(job: Job, *, yes: bool) -> list[Path]:
    """Artifact files that may go, if the author says so."""
    loose, frozen = cleaning.artifact_files(job.root)
    if frozen:
        text = f"kept: {count(frozen, 'artifact file')} that git tracks"
        click.echo(text, err=True)
    question = f"Delete {count(loose, 'artifact file')}?"
    return loose if loose and (yes or click.confirm(question, err=True)) else []
