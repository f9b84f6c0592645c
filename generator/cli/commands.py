"""What each command of the command line does.

The two halves meet here: `collect` fills artifacts, `render` draws them, and `build`
does one after the other, rendering after each study that gave something new, so that
the first page can be read while the second study trains. What is slow to import is
imported where it is used, since `render` runs again and again while a write-up is
written.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from posixpath import dirname

import click

from generator.cli import clean as cleaning
from generator.cli import run
from generator.cli.job import (
    Job,
    format_fetches,
    format_noun_count,
    require_own_paths,
    status_as_json,
)
from generator.cli.sources import (
    require_sound_inputs,
    require_sound_pages,
    require_sound_sources,
)
from generator.cli.terminal import (
    WORTH_NAMING,
    LineProgress,
    escape_line,
    format_shares,
)
from generator.collect.executors import choose_jobs, open_executor
from generator.collect.pipeline import Collection, CollectReport, Workspace
from generator.collect.timings import Timings
from generator.collect.verification import verify_study
from generator.core import files
from generator.core.brought_cache import CACHE
from generator.core.errors import ConfigError, IntegrityError, quote_text
from generator.core.forecast import Duration, PlannedTask, add_durations
from generator.core.invocation import format_command
from generator.core.spec import LINE_LIMIT
from generator.corpora.download import DATASETS, fetch_dataset
from generator.site import fingerprint
from generator.site.swap import stage_site
from generator.study.freshness import (
    StudyStatus,
    format_doubt,
    format_older,
    make_incomplete_error,
)
from generator.study.project import choose_studies, list_study_folders
from generator.study.study import Study


def render(job: Job) -> None:
    """Render the studies whose artifacts are collected.

    Args:
        job: The run with its options.
    """
    begun = time.monotonic()
    with job.hold_project() as lines:
        job.require_trust()
        done = render_collected(job, lines, job.studies)
        write_portable(job)
    job.say(f"{done} in {format_elapsed(begun)}; open {job.index}")
    say_gaps(job)


def render_collected(
    job: Job, lines: LineProgress, chosen: Sequence[Study], *, early: bool = False
) -> str:
    """Render the site unless it is up to date.

    Args:
        job: The run with its options.
        lines: The listener that shows progress.
        chosen: The studies that this run is about.
        early: Whether collecting is still under way; missing artifacts are not reported
            then.

    Returns:
        The message about what was built.
    """
    studies = _select_renderable(job, lines, chosen, early=early)
    key = fingerprint.site_key(job.root, studies, job.display_options)
    message = fingerprint.recall_result(job.cache_folder, job.site, key)
    if message is None:
        message = _render_site(job, lines, studies, key, early=early)
    else:
        job.require_no_warnings(lines)
    return message


def _render_site(
    job: Job, lines: LineProgress, studies: Sequence[Study], key: str, *, early: bool
) -> str:
    from generator.site.build import render_site  # noqa: PLC0415 - slow to import

    with stage_site(Path(job.site_dir), job.root) as staging:
        done = render_site(
            job.root,
            studies,
            job.settings,
            staging.folder,
            base_url=job.base_url,
            drafts=job.drafts,
            kept=job.run_cache,
            before=staging.site,
            marks=dict.fromkeys(job.list_early_folders, ("Scheduled",)),
        )
        staging.hashes = done.hashes
        _require_plain_project(job)
        for warning in done.warnings:
            lines.warn(warning)
        job.require_no_warnings(lines)
    if refused := job.run_cache.describe_refused():
        lines.warn(refused)  # after --strict has judged: the site is as it should be
    if not early:
        job.run_cache.prune()
    message = (
        f"built {format_noun_count(studies, 'study')}, "
        f"{format_noun_count(done.pages, 'page')}"
    )
    options = job.display_options
    if fingerprint.site_key(job.root, studies, options) != key:
        # What it was rendered from is not known, so that the next build does it again.
        fingerprint.remove_note(job.cache_folder)
        again = format_command("build")
        lines.warn(f"the project changed while its site was rendered; run: {again}")
        return message
    warned = bool(done.warnings)
    fingerprint.write_note(
        job.cache_folder, job.site, key, message, options, warned=warned
    )
    return message


def _require_plain_project(job: Job) -> None:
    """Check that no folder of the project became a link while the site was rendered.

    What was read behind one is somebody else's.

    Raises:
        IntegrityError: If one did.
    """
    try:
        require_own_paths(job.root, data=not job.data)
        list_study_folders(job.root)
    except ConfigError as error:
        raise IntegrityError(*error.problems) from error


def write_portable(job: Job) -> None:
    """Write the site as one zip, if the options ask for it.

    Args:
        job: The run with its options.
    """
    if not job.portable:
        return
    from generator.site.portable import write_archive as packed  # noqa: PLC0415 - needed for --portable alone

    settings = job.settings
    path = packed(job.site, settings.title, job.base_url or settings.base_url)
    job.say(f"packed {path}, {path.stat().st_size / 1e6:.1f} MB")


def _select_renderable(
    job: Job, lines: LineProgress, chosen: Sequence[Study], *, early: bool
) -> list[Study]:
    """Select the studies that can be drawn.

    Raises:
        IntegrityError: If a chosen study has damaged artifacts, or one that could be
            drawn when this run began cannot be any more.
        MissingArtifactError: If a chosen study lacks artifacts.
    """
    if not early:
        _report_scheduled(job, lines)
    standings = [job.find_status(study) for study in job.studies if job.is_shown(study)]
    drawable = [one for one in standings if one.complete]
    if early:
        return [one.study for one in drawable]
    for one in drawable:
        if one.word == "stale":
            fix = f"run: {format_command('collect')}"
            lines.warn(f"{one.study.slug}: is stale; {fix}")
        if one.word == "older":
            lines.warn(format_older(one))
        if one.word == "unknown" and one.study.slug not in job.report.doubted:
            lines.warn(format_doubt(one.study.slug, one.absent))
    wanted = {study.slug for study in chosen}
    others = [one for one in standings if not one.complete]
    lost = [one for one in others if one.study.slug in job.drawable_before]
    if lost:
        raise IntegrityError(*(format_loss(one) for one in lost))
    due = [
        one
        for one in others
        if one.study.slug in wanted and (not one.waits_for or one.word == "damaged")
    ]
    if due:
        raise make_incomplete_error(due)
    job.gaps = [
        job.report.skipped.get(slug) or _format_gap(one)
        for one in others
        for slug in (one.study.slug,)
    ]
    if fetches := format_fetches(others):
        job.gaps.append(fetches)
    return [one.study for one in drawable]


def format_loss(status: StudyStatus) -> str:
    """Format why a study that could be drawn when the run began cannot be any more.

    Args:
        status: The study's status now.
    """
    return (
        f"{status.study.slug}: could be drawn when this run began, and cannot any "
        f"more: {status.format_reasons()[-1]}; see what else changes this project, "
        "and run the same command again"
    )


def _format_gap(status: StudyStatus) -> str:
    """Format why a study is not on the site, and what collects it."""
    text = f"{status.study.slug}: left out: {status.format_reasons()[0]}"
    if status.waits_for:
        return text  # another line says what to fetch
    return f"{text}; run: {format_command(f'build --only {status.study.slug}')}"


def _report_scheduled(job: Job, lines: LineProgress) -> None:
    """Report the studies that are still to come.

    Raises:
        ConfigError: If all studies are still to come.
    """
    ready = [s for s in job.studies if job.drafts or not s.draft]
    late = [] if job.future else [s for s in ready if job.format_wait(s)]
    if late and len(late) == len(ready):
        raise ConfigError(
            f"{late[0].slug}: scheduled for {late[0].date}, "
            f"{job.format_wait(late[0])}, and "
            f"no study is before it: today is {job.moment.date()}, and the site would "
            "be empty; set the clock, name a day with --now, or add --future"
        )
    for study in late:
        lines.note(
            f"{study.slug}: scheduled for {study.date}, {job.format_wait(study)}"
        )


def format_elapsed(begun: float) -> str:
    """Format the seconds since `begun`."""
    return f"{time.monotonic() - begun:.1f} s"


def build(job: Job) -> int:
    """Collect stale artifacts, rendering as studies are done; then render all.

    Args:
        job: The run with its options.

    Returns:
        The exit status.
    """
    begun = time.monotonic()
    if job.dry_run:
        return forecast_work(job, job.choose_studies())
    with job.hold_project() as lines:
        job.require_trust()
        _ = job.settings  # a mistake there is told before any work
        chosen, place = job.choose_studies(), job.site
        require_sound_pages(job, chosen)
        shown = (job.find_status(s) for s in job.studies if job.is_shown(s))
        job.drawable_before = {one.study.slug for one in shown if one.complete}
        status = _collect(job, chosen, lines, interim=True)
        if status:
            return status
        rendering = time.monotonic()
        done = render_collected(job, lines, chosen)
        write_portable(job)
        say_times(job, lines, time.monotonic() - rendering)
    job.say(
        f"{done} in {format_elapsed(begun)}{job.format_outputs()}; open "
        f"{place / 'index.html'}"
    )
    say_gaps(job)
    return 0


def forecast_work(job: Job, chosen: Sequence[Study]) -> int:
    """Print what collecting studies would do, and how long it would take.

    Args:
        job: The run with its options.
        chosen: The studies.

    Returns:
        The exit status, 0.

    Raises:
        StudyError: With every mistake that would stop it.
    """
    work = Workspace(job.root, job.data_folder)
    planned = Collection(chosen, work, CollectReport())
    for slug, tasks in planned.tasks.items():
        if tasks:
            click.echo(f"{slug}: {format_plan(tasks, planned.timings)}")
        for task in tasks:
            taken = planned.timings.estimate(task) or "no estimate"
            click.echo(f"    {task.short_name} ({task.kind}): {taken}")
    if durations := planned.estimate():
        jobs = job.jobs or choose_jobs(planned.tasks, durations)
        click.echo(f"in all: {format_total(durations, jobs)}")
    elif fetches := format_fetches([job.find_status(study) for study in chosen]):
        click.echo(fetches)
    else:
        click.echo("nothing to collect")
    require_sound_sources(job, chosen)
    return 0


def format_plan(tasks: Sequence[PlannedTask], timings: Timings) -> str:
    """Format what would be made and how long it would take.

    Args:
        tasks: The tasks, at least one.
        timings: What such tasks took.

    Returns:
        As in `2 models and 5 artifacts, 2 to 4 min`.
    """
    models = [task for task in tasks if task.is_model]
    counts = [format_noun_count(models, "model")] if models else []
    if artifacts := len(tasks) - len(models):
        counts.append(format_noun_count(artifacts, "artifact"))
    total = format_total([timings.estimate(task) for task in tasks])
    return f"{' and '.join(counts)}, {total}"


def format_total(durations: Sequence[Duration | None], jobs: int = 1) -> str:
    """Format how long tasks take together.

    Args:
        durations: Of each, None where nothing is known.
        jobs: How many run at once.

    Returns:
        The range, and how many tasks it leaves out.
    """
    known = [one for one in durations if one is not None]
    unknown = len(durations) - len(known)
    if not known:
        return "no estimate: nothing like it has run here yet"
    total = str(add_durations(known).scale(1 / jobs))
    return f"{total}, without {unknown} of unknown length" if unknown else total


def say_times(job: Job, lines: LineProgress, rendering: float) -> None:
    """Print where the time of a build went, by training, method and rendering.

    Args:
        job: The run with its options.
        lines: The listener that shows progress.
        rendering: Seconds of the final rendering.
    """
    if not job.report.seconds:
        return
    parts: dict[str, float] = {"rendering": rendering}
    for task, seconds in job.report.seconds.items():
        kind = "training" if task.is_model else task.kind
        parts[kind] = parts.get(kind, 0.0) + seconds
    if sum(parts.values()) >= WORTH_NAMING:
        lines.note(f"where the time went: {format_shares(parts, 6)}")


def say_gaps(job: Job) -> None:
    """Print which studies are not on the site and why: the last lines of a build.

    Args:
        job: The run with its options.
    """
    for line in () if job.quiet else job.gaps:
        click.echo(escape_line(line), err=True)


def collect(job: Job, names: Sequence[str] = ()) -> int:
    """Collect stale artifacts.

    Args:
        job: The run with its options.
        names: Names of the studies, none for all.

    Returns:
        The exit status.
    """
    begun = time.monotonic()
    chosen = choose_studies(job.studies, names) if names else job.choose_studies()
    if job.dry_run:
        return forecast_work(job, chosen)
    with job.hold_project() as lines:
        job.require_trust()
        status = _collect(job, chosen, lines, interim=False, renew=bool(names))
        if not status:
            job.require_no_warnings(lines)
    if not status:
        outputs = job.format_outputs() or " (nothing was stale)"
        job.say(
            f"collected {format_noun_count(chosen, 'study')} in "
            f"{format_elapsed(begun)}{outputs}"
        )
    return status


def verify(job: Job, names: Sequence[str], by: str) -> None:
    """Collect studies again elsewhere, compare, and write what came of it.

    Args:
        job: The run with its options.
        names: Names of the studies.
        by: Who says so, "" for nobody in particular.

    Raises:
        ConfigError: If that is no name.
        IntegrityError: If an artifact is not what collecting it again gives.
    """
    if len(by) > LINE_LIMIT or not by.isprintable():
        raise ConfigError(
            f"--by {quote_text(by)}: must be one line, at most {LINE_LIMIT} characters"
        )
    with job.hold_project() as lines:
        job.require_trust()
        for study in choose_studies(job.studies, names):
            begun = time.monotonic()
            jobs, threads = job.jobs or 1, job.threads
            with open_executor(jobs, "", lines, threads=threads) as where:
                work = Workspace(job.root, job.data_folder, where, lines)
                path, found = verify_study(job.find_status(study), work, by)
            share = f"no number differs by more than {100 * found.difference:.2g}%"
            same = (
                share if found.difference else "every number but the times is the same"
            )
            job.say(
                f"verified {study.slug} in {format_elapsed(begun)}: {same} in "
                f"{format_noun_count(found.artifacts, 'artifact')}; "
                f"commit {path.relative_to(job.root)}"
            )


def list_studies(
    job: Job,
    names: Sequence[str] = (),
    *,
    as_json: bool,
    asked: Sequence[str] = (),
) -> None:
    """Print the status of every study, or of those in certain states, and mistakes.

    Args:
        job: The run with its options.
        names: Names of the studies, none for all.
        as_json: Whether to print JSON.
        asked: States to list: `drafts`, `scheduled`, `stale`; none for all.
    """
    chosen = choose_studies(job.studies, names) if names else None
    chosen = chosen or job.choose_studies(drafts=True)
    statuses = [job.find_status(study) for study in chosen]
    statuses = [
        one for one in statuses if not asked or set(asked) & _list_states(job, one)
    ]
    listed = [one.study for one in statuses]
    if "drafts" not in asked:
        listed = [study for study in listed if job.is_shown(study)]
    due = [one.study for one in statuses if one.word not in ("fresh", "waiting")]
    work = Workspace(job.root, job.data_folder)
    planned = Collection(due, work, CollectReport())
    if as_json:
        shown = [
            status_as_json(job.root, one, job.format_wait(one.study))
            | {"seconds": _estimate_seconds(planned, one.study.slug)}
            for one in statuses
        ]
        click.echo(json.dumps(shown, indent=2, ensure_ascii=True))
        require_sound_sources(job, listed)
        return
    for one in statuses:
        draft = " (draft)" if one.study.draft else ""
        wait = job.format_wait(one.study)
        later = f" (scheduled, {wait})" if wait else ""
        tasks = planned.tasks.get(one.study.slug)
        work_left = f": {format_plan(tasks, planned.timings)}" if tasks else ""
        click.echo(
            f"{one.study.date}  {one.study.slug}  {one.word}{draft}{later}{work_left}"
        )
        for reason in one.format_reasons():
            click.echo(f"    {reason}")
    if fetches := format_fetches(statuses):
        click.echo(fetches)
    require_sound_sources(job, listed)


def _estimate_seconds(planned: Collection, slug: str) -> list[float] | None:
    """Return the least and the most seconds a study takes, None for an unknown task."""
    tasks = planned.tasks.get(slug, [])
    known = [one for one in map(planned.timings.estimate, tasks) if one is not None]
    if len(known) < len(tasks):
        return None
    total = add_durations(known)
    return [round(total.low, 1), round(total.high, 1)]


def _list_states(job: Job, status: StudyStatus) -> set[str]:
    """Return the states of a study that `list` can filter by."""
    states = {"drafts": status.study.draft, "scheduled": job.format_wait(status.study)}
    states["stale"] = status.word != "fresh"
    return {name for name, is_so in states.items() if is_so}


def list_data_folders(names: Sequence[str]) -> list[str]:
    """Return the folders that datasets come into, from the project's folder on.

    Args:
        names: Names of the datasets; those that are not known have none.
    """
    paths = [
        file.path for name in names if name in DATASETS for file in DATASETS[name].files
    ]
    return sorted({f"{CACHE}/data/{dirname(path)}" for path in paths if dirname(path)})


def fetch(job: Job, names: Sequence[str]) -> None:
    """Download datasets into the data folder.

    Args:
        job: The run with its options.
        names: Names of the datasets.
    """
    if not job.data:
        files.require_plain_folders(job.root, list_data_folders(names))
    for name in names:
        bar = DownloadBar(quiet=job.quiet)
        for path in fetch_dataset(name, job.data_folder, bar):
            job.say(f"{name}: {path}")


def clean(job: Job, *, artifacts: bool, yes: bool) -> None:
    """Remove the site, models and pictures, and artifacts on demand.

    Args:
        job: The run with its options.
        artifacts: Whether to remove artifacts too.
        yes: Whether to remove artifacts without a question.
    """
    with job.hold_project():
        loose = _confirm_artifact_files(job, yes=yes) if artifacts else []
        removed = [
            *cleaning.clean_site(Path(job.site_dir), job.root),
            *cleaning.clean_models(job.root),
            *cleaning.clean_cache(job.root),
        ]
        for path in loose:
            files.remove(path, job.root)
        removed += loose
    for path in removed:
        job.say(f"removed {path.relative_to(job.root)}")
    if not removed:
        job.say("nothing to remove")


class DownloadBar:
    """A progress bar for each file that is downloaded, on a terminal."""

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


def _collect(
    job: Job,
    chosen: Sequence[Study],
    lines: LineProgress,
    *,
    interim: bool,
    renew: bool = False,
) -> int:
    """Collect artifacts and report failures; return the exit status.

    Where `renew`, committed artifacts of an older version are collected again too.
    """

    def after(study: Study) -> None:
        if interim and study is not chosen[-1]:
            _render_early(job, lines, chosen)

    work = Workspace(
        job.root, job.data_folder, progress=lines, strict=job.strict, renew=renew
    )
    collection = Collection(chosen, work, job.report)
    jobs = job.jobs or (
        1 if job.scheduler else choose_jobs(collection.tasks, collection.estimate())
    )
    with open_executor(jobs, job.scheduler, lines, threads=job.threads) as where:
        require_sound_inputs(job, chosen, where)
        collection.run(replace(work, executor=where, jobs=jobs), after)
    if job.record_times:
        path = Timings.read(job.root).write_shared(job.root)
        lines.note(f"wrote {path.relative_to(job.root)}")
    failures = job.report.failures
    if not failures:
        return 0
    status = run.explain_errors(
        [failure.locate_error() for failure in failures],
        job.find_log_path,
        lambda: job.root,
    )
    failed = len({failure.study for failure in failures})
    lines.say(
        f"{failed} of {format_noun_count(chosen, 'study')} failed; what the others "
        f"gave is kept, "
        "and the site was left as it was",
        -1,
    )
    return status


def _render_early(job: Job, lines: LineProgress, chosen: Sequence[Study]) -> None:
    """Render finished studies while others are still collected, if possible."""
    if job.strict or job.report.failures:
        return
    try:
        render_collected(job, lines.make_muted(), chosen, early=True)
    except Exception as error:  # noqa: BLE001 - the final rendering reports it
        lines.say(f"not rendered yet: {error}", 1)
    else:
        lines.say(f"rendered so far: open {job.index}")


def _confirm_artifact_files(job: Job, *, yes: bool) -> list[Path]:
    """Return the artifact files to delete, if the author agrees."""
    loose, frozen = cleaning.find_artifact_files(job.root)
    if frozen:
        text = f"kept: {format_noun_count(frozen, 'artifact file')} that git tracks"
        click.echo(text, err=True)
    question = f"Delete {format_noun_count(loose, 'artifact file')}?"
    return loose if loose and (yes or click.confirm(question, err=True)) else []
