"""`check`: the rendered site and its sources, looked at as readers and hosts will.

A kind of finding is an error, a warning, or ignored, as `validation:` in
`studies/site.yaml` says. Errors end the command with status 2, and stop `publish`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from generator.cli.check import sources
from generator.cli.check.finding import Finding, format_findings
from generator.cli.check.ignored_artifacts import check_ignored_artifacts
from generator.cli.check.links import check_external_links
from generator.cli.check.site_report import SiteOrder, SiteReport, report_site
from generator.cli.job import Job, format_noun_count
from generator.cli.sources import list_shown, require_sound_sources
from generator.core.errors import ConfigError, StudyError, quote_text
from generator.core.invocation import format_command
from generator.site import fingerprint
from generator.site.ownership import read_manifest
from generator.study.site_settings import SiteSettings

SOURCES = (
    sources.check_source_artifacts,
    sources.check_drafts,
    sources.check_placeholders,
    check_ignored_artifacts,
    sources.check_prose,
    sources.check_cache,
)
"""Every check of what it is made from."""


LEVELS = {"artifacts": "warn"}
"""Levels of findings of some kinds where no site was built yet."""


@dataclass(frozen=True)
class CheckOptions:
    """The options of `check`."""

    paths: tuple[str, ...] = ()
    style: str = "text"
    external: bool = False


def check_site(job: Job, options: CheckOptions) -> int:
    """Check the site and its sources, and print the findings.

    Args:
        job: The run with its options.
        options: The options of the command.

    Returns:
        The exit status.
    """
    settings = job.settings
    require_sound_sources(job, list_shown(job))
    is_built = read_manifest(job.site) is not None
    findings = find_in_sources(job, settings)
    if not is_built:  # then nothing need be collected yet
        findings = [replace(f, level=LEVELS.get(f.kind, f.level)) for f in findings]
    pages = "no site was built yet, so that only its sources were checked"
    if is_built:
        site = report_job_site(job, settings, external=options.external)
        pages = format_noun_count(site.pages, "page")
        findings += set_levels(site.findings, settings)
        findings += set_levels(check_external_links(site.external), settings)
    findings = sorted(set(select_below(job, findings, options.paths)))
    if findings or options.style == "json":
        click.echo(format_findings(findings, options.style))
    errors = sum(one.level == "error" for one in findings)
    if not job.quiet:
        warnings = format_noun_count(len(findings) - errors, "warning")
        counts = f"{format_noun_count(errors, 'error')}, {warnings}"
        click.echo(f"{counts}{' in' if is_built else ';'} {pages}", err=True)
    return 2 if errors or (job.strict and findings) else 0


def find_in_sources(job: Job, settings: SiteSettings) -> list[Finding]:
    """Return all findings of what a site is made from with their levels, unsorted.

    Args:
        job: The run with its options.
        settings: The settings of the site.
    """
    return [one for check in SOURCES for one in set_levels(check(job), settings)]


def set_levels(found: Iterable[Finding], settings: SiteSettings) -> list[Finding]:
    """Return findings with the levels that the settings give their kinds.

    A kind that the settings do not know is an error always.

    Args:
        found: The findings.
        settings: The settings of the site.
    """
    levels = {
        name: getattr(settings.validation, name)
        for name in type(settings.validation).model_fields
    }
    return [
        one if levels.get(one.kind, "error") == "error" else replace(one, level="warn")
        for one in found
        if levels.get(one.kind) != "ignore"
    ]


def find_errors(job: Job) -> list[Finding]:
    """Return the errors of the present site, sorted.

    Args:
        job: The run with its options.
    """
    settings = job.settings
    site = report_job_site(job, settings)
    findings = [*set_levels(site.findings, settings), *find_in_sources(job, settings)]
    return sorted(one for one in set(findings) if one.level == "error")


def report_job_site(
    job: Job, settings: SiteSettings, *, external: bool = False
) -> SiteReport:
    """Check the site of a job; findings name its files relative to the project.

    Args:
        job: The run with its options.
        settings: The settings of the site.
        external: Whether to list links to other sites.

    Returns:
        What is to be said of it.

    Raises:
        StudyError: If there is no site.
        IntegrityError: If it takes more time or memory than a site of its size may.
    """
    if read_manifest(job.site) is None:
        fix = f"run: {format_command('build')}"
        raise StudyError(f"{quote_text(job.site, 200)}: no site; {fix}")
    name = job.site.relative_to(job.root).as_posix()
    address = read_site_address(job, settings)
    return report_site(SiteOrder(job.site, address, name, external))


def read_site_address(job: Job, settings: SiteSettings) -> str:
    """Return the address that the present site was rendered for.

    Args:
        job: The run with its options.
        settings: The settings of the site.
    """
    note = fingerprint.read_note(job.cache_folder)
    rendered_address = note.base_url if note and note.is_of(job.site) else ""
    address = rendered_address or settings.base_url
    return address if not address or address.endswith("/") else f"{address}/"


def select_below(
    job: Job, found: Iterable[Finding], paths: Sequence[str]
) -> Iterator[Finding]:
    """Select the findings about files at or below `paths`.

    Args:
        job: The run with its options.
        found: The findings.
        paths: Paths of the command line, none for all findings.

    Yields:
        The findings.

    Raises:
        ConfigError: For a path that does not exist.
    """
    wanted = [resolve_argument(job, path) for path in paths]
    for one in found:
        file = job.root / one.file
        if not wanted or any(file.is_relative_to(path) for path in wanted):
            yield one


def resolve_argument(job: Job, path: str) -> Path:
    """Resolve a path of the command line.

    Args:
        job: The run with its options.
        path: The path as given.

    Returns:
        An absolute path.

    Raises:
        ConfigError: If it does not exist.
    """
    for base in (Path.cwd(), job.root, job.site):
        if (base / path).exists():
            return (base / path).resolve()
    raise ConfigError(
        f"{quote_text(path)}: no such file or folder; name a page below "
        f"{job.site_dir}/ or "
        "a study below studies/"
    )
