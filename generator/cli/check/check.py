"""`check`: the rendered site and its sources, looked at as readers and hosts will.

A kind of finding is an error, a warning, or ignored, as `validation:` in
`studies/site.yaml` says. Errors end the command with status 2, and stop `publish`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from generator.cli.check import contrast, links, page_structure, sizes, sources
from generator.cli.check.finding import Finding, told
from generator.cli.check.ignored_artifacts import ignored_artifacts
from generator.cli.check.links import external
from generator.cli.check.site_files import Site, SiteCheck, read_site
from generator.cli.job import Job, count
from generator.core.errors import ConfigError, quoted
from generator.site import fingerprint
from generator.study.site_settings import SiteSettings

CHECKS: tuple[SiteCheck, ...] = (
    links.links,
    links.anchors,
    links.feeds,
    page_structure.headings,
    page_structure.heads,
    page_structure.alternatives,
    page_structure.safety,
    sizes.weights,
    sizes.sizes,
    contrast.contrasts,
)
"""Every check of the rendered site."""
SOURCES = (sources.artifacts, ignored_artifacts, sources.prose)
"""Every check of what it is made from."""


@dataclass(frozen=True)
class Asked:
    """The options of `check`."""

    paths: tuple[str, ...] = ()
    style: str = "text"
    external: bool = False


def check(job: Job, asked: Asked) -> int:
    """Say what was found; the exit status."""
    settings = job.settings
    site = site_of(job, settings)
    found = findings(job, site, settings)
    if asked.external:
        found += judged(external(site), settings)
    found = sorted(set(below(job, found, asked.paths)))
    if found or asked.style == "json":
        click.echo(told(found, asked.style))
    errors = sum(one.level == "error" for one in found)
    if not job.quiet:
        warnings = count(len(found) - errors, "warning")
        pages = count(site.pages, "page")
        click.echo(f"{count(errors, 'error')}, {warnings} in {pages}", err=True)
    return 2 if errors or (job.strict and found) else 0


def findings(job: Job, site: Site, settings: SiteSettings) -> list[Finding]:
    """All findings of a site and its sources, judged, in no order."""
    found: list[Finding] = []
    for site_check in CHECKS:
        found += judged(site_check(site), settings)
    for source_check in SOURCES:
        found += judged(source_check(job), settings)
    return found


def judged(found: Iterable[Finding], settings: SiteSettings) -> list[Finding]:
    """Findings with the level that the settings give their kind."""
    levels = {
        name: getattr(settings.validation, name)
        for name in type(settings.validation).model_fields
    }
    return [
        one if levels[one.kind] == "error" else replace(one, level="warn")
        for one in found
        if levels[one.kind] != "ignore"
    ]


def errors_of(job: Job) -> list[Finding]:
    """The errors of the site that is there, sorted."""
    settings = job.settings
    site = site_of(job, settings)
    found = findings(job, site, settings)
    return sorted(one for one in set(found) if one.level == "error")


def site_of(job: Job, settings: SiteSettings) -> Site:
    """The site of a job; findings name its files from the project on."""
    name = job.site.relative_to(job.root).as_posix()
    return read_site(job.site, address_of(job, settings), name)


def address_of(job: Job, settings: SiteSettings) -> str:
    """Where the site that is there says it is published."""
    note = fingerprint.noted(job.cache)
    given = note.base_url if note and note.is_of(job.site) else ""
    address = given or settings.base_url
    return address if not address or address.endswith("/") else f"{address}/"


def below(
    job: Job, found: Iterable[Finding], paths: Sequence[str]
) -> Iterator[Finding]:
    """Findings about files at or below `paths`; all without any.

    Raises `ConfigError` for a path that is not there.
    """
    wanted = [place(job, path) for path in paths]
    for one in found:
        file = job.root / one.file
        if not wanted or any(file.is_relative_to(path) for path in wanted):
            yield one


def place(job: Job, path: str) -> Path:
    """A path of the command line, absolute. Raises `ConfigError`."""
    for base in (Path.cwd(), job.root, job.site):
        if (base / path).exists():
            return (base / path).resolve()
    raise ConfigError(
        f"{quoted(path)}: no such file or folder; name a page below {job.site_dir}/ or "
        "a study below studies/"
    )
