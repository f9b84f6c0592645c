"""`publish`: what the last build left, as one commit on a branch of a remote.

Everything is looked at before anything is sent: that the site is whole and what its
sources give now, that the work it was built from is committed, that `check` finds no
error, and that the branch is one for sites. There is no way to force any of it, and
publishing the same site twice makes no second commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.cli.check.check import errors_of, judged
from generator.cli.check.finding import as_line
from generator.cli.check.ignored_artifacts import ignored_artifacts
from generator.cli.job import Job, count
from generator.cli.publish import commit as committing
from generator.cli.publish.git import Git
from generator.cli.publish.remote import Remote, address, remote_of, repository
from generator.cli.publish.verify import Found, files_of
from generator.cli.terminal import Lines
from generator.core.errors import ConfigError, StudyError, quoted
from generator.core.invocation import command_line
from generator.site import fingerprint
from generator.site.pages.post import study_path


@dataclass(frozen=True)
class Wanted:
    """The options of `publish`."""

    branch: str = "gh-pages"
    remote: str = "origin"
    message: str = ""
    dry_run: bool = False
    allow_dirty: bool = False


def publish(job: Job, wanted: Wanted) -> None:
    """Publish the site. Raises `StudyError` for whatever stands against it."""
    with job.working() as lines:
        git = repository(job.root)
        remote = remote_of(git, wanted.remote, wanted.branch)
        files = files_of(job.site)
        require_released(job, files)
        base_url = require_current(job)
        if not wanted.allow_dirty:
            require_committed(git, job)
        require_sound(job)
        for one in judged(ignored_artifacts(job), job.settings):
            lines.warn(as_line(one))
        send(job, lines, remote, files, wanted)
        domain = git.ask("cat-file", "blob", domain_of(job, remote, files)).out
    found = address(domain, base_url, remote.address)
    if found:
        job.say(f"readers find it at {found}")


def send(
    job: Job, lines: Lines, remote: Remote, files: dict[str, Found], wanted: Wanted
) -> None:
    """Make the commit and push it, unless it is a rehearsal or already there."""
    committing.fetched(remote)
    committing.require_no_sources(remote)
    kept = committing.domain_kept(remote, files)
    if kept:
        lines.note("CNAME: kept as it is on the branch; `cname:` in site.yaml sets it")
    tree = committing.tree_of(remote.git, job.site, files, kept)
    text = wanted.message or f"Publish {count(files, 'file')} of {job.root.name}"
    made = committing.commit(remote, tree, text)
    size = f"{count(files, 'file')}, {sum(f.size for f in files.values()) / 1e6:.1f} MB"
    if not made:
        job.say(f"nothing to publish: {remote.shown} is this site already ({size})")
    elif wanted.dry_run:
        for line in changes(remote, made):
            job.say(line)
        job.say(f"would publish {size} to {remote.shown}; nothing was sent")
    else:
        committing.push(remote, made)
        job.say(f"published {size} to {remote.shown} as {made[:12]}")


def changes(remote: Remote, made: str) -> Iterator[str]:
    """What a commit would change, a line each."""
    words = {"A": "new", "M": "changed", "D": "gone"}
    listed = remote.git.tell(
        "diff-tree", "-r", "-z", "--name-status", "--no-renames", "--root",
        "--no-commit-id", made,
    ).split("\0")  # fmt: skip
    for word, path in zip(listed[::2], listed[1::2], strict=False):
        yield f"  {words.get(word, word):8} {path}"


def domain_of(job: Job, remote: Remote, files: dict[str, Found]) -> str:
    """The object that names the site's domain, or a name of none."""
    if committing.DOMAIN in files:
        path = str(job.site / committing.DOMAIN)
        return remote.git.tell("hash-object", "--no-filters", "--", path).strip()
    return committing.domain_kept(remote, files) or "0" * 40


def require_current(job: Job) -> str:
    """The base address of the site. Raises `ConfigError` if its sources moved on."""
    note = fingerprint.noted(job.cache)
    shown = quoted(job.site_dir, 200)
    if note is None or not note.is_of(job.site):
        raise ConfigError(
            f"{shown}: not known as what the last build left; {_build()}, then publish"
        )
    if note.drafts:
        raise ConfigError(
            f"{shown}: was built with its drafts, which are not published; {_build()}, "
            "without --drafts, then publish"
        )
    studies = [
        study
        for study in job.studies
        if job.shows(study) and job.standing(study).complete
    ]
    if fingerprint.key_of(job.root, studies, json.loads(note.options)) != note.key:
        raise ConfigError(
            f"{shown}: is older than what it is made from; {_build()}, then publish"
        )
    return note.base_url or job.settings.base_url


def _build() -> str:
    return f"run: {command_line('build')}"


def require_released(job: Job, files: dict[str, Found]) -> None:
    """Raise `ConfigError` if the site has a page of a draft, or of a study to come."""
    for study in job.studies:
        page = study_path(study.category, study.date, study.slug)
        if page in files and not job.shows(study):
            raise ConfigError(
                f"{page}: {study.slug} is not to be published yet; {_build()}, "
                "then publish"
            )


def require_sound(job: Job) -> None:
    """Raise `StudyError` with all errors that `check` finds."""
    found = errors_of(job)
    if found:
        raise StudyError(*(as_line(one) for one in found))


def require_committed(git: Git, job: Job) -> None:
    """Raise `ConfigError` if the project has changes that are in no commit."""
    own = [job.site, *(job.site.with_name(f"{job.site.name}.{e}") for e in ENDINGS)]
    left_out = [
        f":(exclude,literal,top){path}"
        for path in (_below(git, one) for one in (*own, job.cache))
        if path
    ]
    found = git.tell("status", "--porcelain", "-z", "--", ".", *left_out).split("\0")
    names = [line[3:] for line in found if line[2:3] == " "]
    if names:
        raise ConfigError(
            f"{quoted(names[0], 120)}{_others(names)}: changed and not committed, so "
            "that what is published could not be made again; commit first, or publish "
            "with --allow-dirty"
        )


ENDINGS = ("next", "previous")


def _below(git: Git, path: Path) -> str:
    top = Path(git.tell("rev-parse", "--show-toplevel").rstrip("\n"))
    path = path.parent.resolve() / path.name
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else ""


def _others(names: list[str]) -> str:
    return f" and {count(names[1:], 'other')}" if names[1:] else ""
