"""`publish`: the last build's site, as one commit on a branch of a remote.

Everything is checked before anything is sent: that the site is whole and what its
published studies give now, that the work it was built from is committed, that `check`
finds no error, and that the branch is one for sites. There is no way to force any of
it, and publishing the same site twice makes no second commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.cli.check.check import find_errors, set_levels
from generator.cli.check.finding import format_line
from generator.cli.check.ignored_artifacts import check_ignored_artifacts
from generator.cli.job import Job, format_noun_count
from generator.cli.publish import commit as committing
from generator.cli.publish.derivation import (
    find_released,
    require_collected,
    require_current,
    require_derived,
    restrict_to_released,
)
from generator.cli.publish.git import GitRepository
from generator.cli.publish.history import find_removed, format_removed
from generator.cli.publish.remote import (
    RemoteBranch,
    find_remote,
    find_site_address,
    open_repository,
)
from generator.cli.publish.verify import SiteFile, files_of
from generator.cli.terminal import LineProgress
from generator.core.errors import ConfigError, StudyError, quote_text


@dataclass(frozen=True)
class PublishOptions:
    """The options of `publish`."""

    branch: str = "gh-pages"
    remote: str = "origin"
    message: str = ""
    dry_run: bool = False
    allow_dirty: bool = False


def publish_site(job: Job, wanted: PublishOptions) -> None:
    """Publish the site.

    Args:
        job: The run with its options.
        wanted: The options of the command.

    Raises:
        StudyError: For the first thing that stands against it.
    """
    job = restrict_to_released(job)
    with job.hold_project() as lines:
        git = open_repository(job.root)
        remote = find_remote(git, wanted.remote, wanted.branch)
        files = files_of(job.site)
        released = find_released(job)
        base_url = require_current(job, released).base_url
        require_collected(released)
        if not wanted.allow_dirty:
            require_committed(git, job)
        lines.note("rendering once more without the caches, to compare every file")
        require_derived(job, released, files, base_url)
        require_sound(job)
        for one in set_levels(check_ignored_artifacts(job), job.settings):
            lines.warn(format_line(one))
        send_commit(job, lines, remote, files, wanted)
        domain = git.run_command(
            "cat-file", "blob", choose_domain_object(job, remote, files)
        ).out
    base_url = base_url or job.settings.base_url
    address = find_site_address(domain, base_url, remote.address)
    if address:
        job.say(f"readers find it at {address}")


def send_commit(
    job: Job,
    lines: LineProgress,
    remote: RemoteBranch,
    files: dict[str, SiteFile],
    wanted: PublishOptions,
) -> None:
    """Make the commit and push it, unless it is a dry run or already there.

    Args:
        job: The run with its options.
        lines: The listener that shows notes.
        remote: The branch to publish to.
        files: The verified files of the site by path.
        wanted: The options of the command.
    """
    committing.fetch_tip(remote)
    committing.require_no_sources(remote)
    domain_object = committing.find_domain_object(remote, files)
    if domain_object:
        lines.note("CNAME: kept as it is on the branch; `cname:` in site.yaml sets it")
    tree = committing.write_tree(remote.git, job.site, files, domain_object)
    text = (
        wanted.message
        or f"Publish {format_noun_count(files, 'file')} of {job.root.name}"
    )
    commit = committing.make_commit(remote, tree, text)
    removed = find_removed(remote, commit, job.site, files)
    size = (
        f"{format_noun_count(files, 'file')}, "
        f"{sum(f.size for f in files.values()) / 1e6:.1f} MB"
    )
    if not commit:
        job.say(
            f"nothing to publish: {remote.display_name} is this site already ({size})"
        )
    elif wanted.dry_run:
        for line in list_changes(remote, commit):
            job.say(line)
        job.say(f"would publish {size} to {remote.display_name}; nothing was sent")
    else:
        committing.push_commit(remote, commit)
        job.say(f"published {size} to {remote.display_name} as {commit[:12]}")
    if text := format_removed(remote, removed):
        (lines.warn if removed.secret else lines.note)(text)


def list_changes(remote: RemoteBranch, made: str) -> Iterator[str]:
    """Yield the changes that a commit would make, a line each.

    Args:
        remote: The branch to publish to.
        made: Name of the commit.

    Yields:
        Lines of text.
    """
    words = {"A": "new", "M": "changed", "D": "gone"}
    listed = remote.git.run_checked(
        "diff-tree", "-r", "-z", "--name-status", "--no-renames", "--root",
        "--no-commit-id", made,
    ).split("\0")  # fmt: skip
    for word, path in zip(listed[::2], listed[1::2], strict=False):
        yield f"  {words.get(word, word):8} {path}"


def choose_domain_object(
    job: Job, remote: RemoteBranch, files: dict[str, SiteFile]
) -> str:
    """Return the object that names the site's domain, or a name of none.

    Args:
        job: The run with its options.
        remote: The branch to publish to.
        files: The verified files of the site by path.
    """
    if committing.DOMAIN in files:
        path = str(job.site / committing.DOMAIN)
        return remote.git.run_checked("hash-object", "--no-filters", "--", path).strip()
    return committing.find_domain_object(remote, files) or "0" * 40


def require_sound(job: Job) -> None:
    """Check that `check` finds no errors.

    Args:
        job: The run with its options.

    Raises:
        StudyError: With all errors.
    """
    errors = find_errors(job)
    if errors:
        raise StudyError(*(format_line(one) for one in errors))


def require_committed(git: GitRepository, job: Job) -> None:
    """Check that all changes of the project are committed.

    Args:
        git: The project's repository.
        job: The run with its options.

    Raises:
        ConfigError: With the first change that is not.
    """
    own = [
        job.site,
        *(job.site.with_name(f"{job.site.name}.{e}") for e in WORK_ENDINGS),
    ]
    left_out = [
        f":(exclude,literal,top){path}"
        for path in (_find_prefix(git, one) for one in (*own, job.cache_folder))
        if path
    ]
    status_lines = git.run_checked(
        "status", "--porcelain", "-z", "--", ".", *left_out
    ).split("\0")
    names = [line[3:] for line in status_lines if line[2:3] == " "]
    if names:
        raise ConfigError(
            f"{quote_text(names[0], 120)}{_format_others(names)}: changed and not "
            f"committed, so "
            "that what is published could not be made again; commit first, or publish "
            "with --allow-dirty"
        )


WORK_ENDINGS = ("next", "previous")


def _find_prefix(git: GitRepository, path: Path) -> str:
    top = Path(git.run_checked("rev-parse", "--show-toplevel").rstrip("\n"))
    path = path.parent.resolve() / path.name
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else ""


def _format_others(names: list[str]) -> str:
    return f" and {format_noun_count(names[1:], 'other')}" if names[1:] else ""
