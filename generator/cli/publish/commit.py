"""A commit of a site on top of a branch, made without touching anything else.

The files become objects as they are, an index in a folder of its own becomes a tree,
and the tree a commit whose parent is the branch's tip. No branch here points to it; a
push of the commit by its name is all that makes it known.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from generator.cli.publish.git import GitRepository
from generator.cli.publish.remote import RemoteBranch, is_denied, make_unreachable_error
from generator.cli.publish.verify import SiteFile
from generator.core.errors import ConfigError, IntegrityError, quote_text
from generator.core.invocation import format_command

DOMAIN = "CNAME"
DOMAIN_NAME = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+\s{0,2}")
"""What that file may hold: one host, and nothing else of anybody's."""


def fetch_tip(remote: RemoteBranch) -> None:
    """Fetch the branch's latest commit, moving no branch.

    Args:
        remote: The branch to publish to.

    Raises:
        NetworkError: If the remote does not answer.
    """
    known = remote.git.run_command("cat-file", "-e", f"{remote.tip}^{{tree}}")
    if not remote.tip or not known.status:
        return
    answer = remote.git.run_command(
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=",
        "--recurse-submodules=no", "--", remote.address, remote.ref,
    )  # fmt: skip
    if answer.status:
        raise make_unreachable_error(remote, answer)


def require_no_sources(remote: RemoteBranch) -> None:
    """Check that the branch is not one that people work on.

    Args:
        remote: The branch to publish to.

    Raises:
        ConfigError: If the branch holds sources.
    """
    git = remote.git
    here = git.run_command("symbolic-ref", "--quiet", "HEAD").out.strip()
    shared = (
        remote.tip and git.run_command("merge-base", remote.tip, "HEAD").out.strip()
    )
    if remote.ref == here or shared:
        raise ConfigError(
            f"--branch {quote_text(remote.branch)}: it holds sources, and a site would "
            "take their place in it; name a branch for sites alone, such as gh-pages"
        )


def write_tree(
    git: GitRepository, site: Path, files: Mapping[str, SiteFile], kept: str = ""
) -> str:
    """Write the files of a site into git as a tree.

    Args:
        git: The project's repository.
        site: The site's folder.
        files: The verified files of the site by path.
        kept: Object that names the branch's domain, "" for none.

    Returns:
        Name of the tree.

    Raises:
        IntegrityError: If a file changed since it was verified.
    """
    paths = sorted(files)
    lines = "".join(f"{site / path}\n" for path in paths).encode(
        "utf-8", "surrogateescape"
    )
    words = ("hash-object", "-w", "--no-filters", "--stdin-paths")
    names = git.run_checked(*words, given=lines).split()
    entries = dict(zip(paths, names, strict=True))
    for path, name in entries.items():
        if name != files[path].find_name(len(name)):
            raise IntegrityError(
                f"{path}: changed while it was published; nothing was published: run "
                f"{format_command('build')}, then publish again"
            )
    if kept:
        entries[DOMAIN] = kept
    index_lines = "".join(
        f"100644 {name}\t{path}\0" for path, name in sorted(entries.items())
    )
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder, "index")
        git.run_checked(
            "update-index",
            "-z",
            "--index-info",
            given=index_lines.encode(),
            index=index,
        )
        return git.run_checked("write-tree", index=index).strip()


def find_domain_object(remote: RemoteBranch, files: Mapping[str, SiteFile]) -> str:
    """Find the object that names the branch's own domain.

    It is the one file that is published and not of the site, as hosts write it into the
    branch by themselves.

    Args:
        remote: The branch to publish to.
        files: The verified files of the site by path.

    Returns:
        Its name, "" if there is none, if it is no domain or the site has its own.
    """
    if DOMAIN in files or not remote.tip:
        return ""
    answer = remote.git.run_command(
        "rev-parse", "--verify", "-q", f"{remote.tip}:{DOMAIN}"
    )
    name = answer.out.strip()
    held = remote.git.run_command("cat-file", "blob", name).out if name else ""
    return name if DOMAIN_NAME.fullmatch(held) else ""


def make_commit(remote: RemoteBranch, tree: str, message: str) -> str:
    """Make a commit of a tree on top of the branch.

    Args:
        remote: The branch to publish to.
        tree: Name of the tree.
        message: The commit's message.

    Returns:
        Name of the commit, "" if the branch holds this tree already.
    """
    git = remote.git
    if (
        remote.tip
        and git.run_checked("rev-parse", f"{remote.tip}^{{tree}}").strip() == tree
    ):
        return ""
    parent = ("-p", remote.tip) if remote.tip else ()
    text = f"{message.strip()}\n".encode("utf-8", "replace")
    return git.run_checked("commit-tree", tree, *parent, "-F", "-", given=text).strip()


def push_commit(remote: RemoteBranch, made: str) -> None:
    """Push a commit to the branch.

    Args:
        remote: The branch to publish to.
        made: Name of the commit.

    Raises:
        ConfigError: If the branch has moved, with both commits, or the remote refuses.
        NetworkError: If the remote does not answer.
    """
    answer = remote.git.run_command(
        "push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", "--",
        remote.address, f"{made}:{remote.ref}",
    )  # fmt: skip
    if not answer.status:
        return
    now = remote.fetch_current_commit()
    if now == made:
        return
    if now != remote.tip:
        raise ConfigError(
            f"{remote.display_name}: moved while this was publishing, from "
            f"{remote.tip or 'nothing'} to {now or 'nothing'}; nothing was "
            "overwritten: look at what came, then run the same command again"
        )
    if is_denied(answer):
        raise make_unreachable_error(remote, answer)
    refused = [line for line in answer.out.splitlines() if line.startswith("!")]
    why = quote_text(" ".join([*refused, answer.last_error.strip('"')]), 240)
    raise ConfigError(
        f"{remote.display_name}: is at {now or 'nothing'} and refused {made} "
        f"({why}); nothing "
        "was published: mend what it names and run the same command again"
    )
