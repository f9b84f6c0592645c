"""Where to publish: the repository of a project, a remote of it, a branch there.

Names are checked before git sees them: none begins with a dash, which git might read as
an option, and an address that would run a program (`ext::…`, `--upload-pack=…`) is
refused, as is one that sends passwords in the clear. The address that readers will find
the published site at is given as far as it can be known.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from generator.cli.publish.git import GitRepository, GitResult, redact_credentials
from generator.core.errors import ConfigError, NetworkError, quote_text, suggest_nearest

BRANCH_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
SCP_ADDRESS = re.compile(
    r"([A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*:[^:\-][^\x00-\x20]*"
)
DENIAL_PHRASES = (
    "terminal prompts disabled", "Authentication failed", "Permission denied",
    "could not read Username", "could not read Password", "returned error: 403",
)  # fmt: skip
ABSENCE_PHRASES = ("not a git repository", "does not exist", "not appear to be a git")


@dataclass(frozen=True)
class RemoteBranch:
    """A branch of a remote repository and the commit it is at, "" if there is none."""

    git: GitRepository
    name: str
    address: str
    branch: str
    tip: str = ""

    @property
    def ref(self) -> str:
        """The full name of the branch."""
        return f"refs/heads/{self.branch}"

    @property
    def display_name(self) -> str:
        """The branch and where it is, for messages."""
        return f"{self.branch} on {quote_text(redact_credentials(self.address), 120)}"

    def fetch_current_commit(self) -> str:
        """Return the commit the branch is at now, "" if there is none.

        Raises:
            NetworkError: If the remote does not answer.
            ConfigError: If it denies access.
        """
        words = ("ls-remote", "--heads", "--", self.address, self.ref)
        answer = self.git.run_command(*words)
        if answer.status:
            raise make_unreachable_error(self, answer)
        lines = (line.split("\t") for line in answer.out.splitlines() if "\t" in line)
        return next((commit for commit, ref in lines if ref == self.ref), "")


def open_repository(project: Path) -> GitRepository:
    """Open the project's git repository.

    Args:
        project: The project's folder.

    Returns:
        The repository.

    Raises:
        ConfigError: With what to do first, if there is none to publish from.
    """
    git = GitRepository(project)
    bare = git.run_command("rev-parse", "--is-bare-repository")
    if bare.status:
        reason = "not a git repository"
        if "dubious ownership" in bare.error:
            reason = "a git repository of another user, which git does not trust"
        raise ConfigError(
            f"{quote_text(project, 200)}: {reason}; run: git init, commit the "
            f"project, and "
            "add a remote: git remote add origin ADDRESS"
        )
    if bare.out.strip() == "true":
        raise ConfigError(
            f"{quote_text(project, 200)}: a bare git repository, which has no files to "
            "build from; run this in a clone of it"
        )
    who = git.run_command(
        "var", "GIT_COMMITTER_IDENT", config=("user.useConfigOnly=true",)
    )
    if who.status:
        raise ConfigError(
            "git does not know who you are, and a commit needs an author; run: "
            "git config user.name 'Your Name' and git config user.email you@example.org"
        )
    return git


def find_remote(git: GitRepository, name: str, branch: str) -> RemoteBranch:
    """Find the branch to publish to, and the commit it is at.

    Args:
        git: The project's repository.
        name: Name of the remote.
        branch: Name of the branch.

    Returns:
        The branch.

    Raises:
        ConfigError: For names and addresses that are refused.
        NetworkError: If the remote does not answer.
    """
    wanted = RemoteBranch(
        git, name, find_push_address(git, name), require_branch(git, branch)
    )
    return RemoteBranch(
        git, name, wanted.address, branch, wanted.fetch_current_commit()
    )


def require_branch(git: GitRepository, branch: str) -> str:
    """Check the name of a branch.

    Args:
        git: The project's repository.
        branch: Name of the branch.

    Returns:
        The name.

    Raises:
        ConfigError: If it is no name for a branch.
    """
    good = BRANCH_NAME.fullmatch(branch)
    if not good or git.run_command("check-ref-format", f"refs/heads/{branch}").status:
        raise ConfigError(
            f"--branch {quote_text(branch)}: not a name for a branch; letters, digits, "
            "dashes, dots and slashes, beginning with a letter: for example gh-pages"
        )
    return branch


def find_push_address(git: GitRepository, name: str) -> str:
    """Return the one address that a remote is pushed to.

    Args:
        git: The project's repository.
        name: Name of the remote.

    Returns:
        The address.

    Raises:
        ConfigError: If there is no such remote, or it has several addresses.
    """
    known = git.run_checked("remote").split()
    if not known:
        raise ConfigError(
            "the repository has no remote to publish to; run: "
            "git remote add origin ADDRESS"
        )
    if name not in known or not BRANCH_NAME.fullmatch(name):
        raise ConfigError(
            f"--remote {quote_text(name)}: no such remote; "
            f"{suggest_nearest(name, known)}"
        )
    addresses = git.run_checked(
        "remote", "get-url", "--push", "--all", "--", name
    ).splitlines()
    if len(addresses) != 1:
        raise ConfigError(
            f"remote {quote_text(name)}: has {len(addresses)} addresses to push to, "
            "and a site is published to one; name a remote with one address"
        )
    top = git.run_checked("rev-parse", "--show-toplevel").rstrip("\n")
    return require_address(addresses[0], name, Path(top))


def require_address(address: str, name: str, folder: Path) -> str:
    """Check the address of a remote.

    Args:
        address: The address.
        name: Name of the remote.
        folder: The folder that a local path is relative to.

    Returns:
        The address, a local path made absolute.

    Raises:
        ConfigError: If the address is refused.
    """
    shown = quote_text(redact_credentials(address), 120)
    if address.isprintable() and not address.startswith("-"):
        scheme = address.partition("://")[0] if "://" in address else ""
        if scheme in {"https", "ssh", "file"} and (
            scheme == "file" or not (urlsplit(address).hostname or "-").startswith("-")
        ):
            return address
        if not scheme and "::" not in address:
            if SCP_ADDRESS.fullmatch(address):
                return address
            if ":" not in address.partition("/")[0]:
                return os.path.normpath(folder / address)
    raise ConfigError(
        f"remote {quote_text(name)}: the address {shown} is refused; https, ssh and "
        f"local "
        f"paths are spoken: git remote set-url {quote_text(name)} ADDRESS"
    )


def make_unreachable_error(
    remote: RemoteBranch, answer: GitResult
) -> ConfigError | NetworkError:
    """Return the error for a remote that did not answer, or denied access.

    Args:
        remote: The branch of the remote.
        answer: The output of git.

    Returns:
        The error.
    """
    if is_denied(answer):
        return ConfigError(
            f"remote {quote_text(remote.name)}: "
            f"{quote_text(redact_credentials(remote.address), 120)} "
            f"does not let git in ({answer.last_error}); nothing was published: set "
            f"up a "
            "credential helper or an ssh key, or let the workflow publish"
        )
    local = any(words in answer.error for words in ABSENCE_PHRASES)
    if local and "://" not in remote.address.replace("file://", ""):
        return ConfigError(
            f"remote {quote_text(remote.name)}: no git repository at "
            f"{quote_text(redact_credentials(remote.address), 120)}; make one, or "
            f"name another with "
            "git remote set-url"
        )
    return NetworkError(
        f"remote {quote_text(remote.name)}: "
        f"{quote_text(redact_credentials(remote.address), 120)} did "
        f"not answer ({answer.last_error}); nothing was published: run the same "
        f"command again"
    )


def is_denied(answer: GitResult) -> bool:
    """Return whether git lacks the right, or the password, to go on."""
    return any(words in answer.error for words in DENIAL_PHRASES)


GITHUB = re.compile(
    r"(?:https://(?:[^/@]*@)?|ssh://git@|git@)github\.com[/:]([^/]+)/([^/]+?)(?:\.git)?/?"
)


def find_site_address(domain: str, base_url: str, remote: str) -> str:
    """Return the address that readers will find the site at.

    Args:
        domain: Text of the branch's domain file, "" for none.
        base_url: The site's base address, "" for none.
        remote: Address of the remote.

    Returns:
        The first of these that gives an address, "" if none does.
    """
    if domain.strip():
        return f"https://{domain.split(maxsplit=1)[0]}/"
    return base_url or guess_pages_address(remote)


def guess_pages_address(remote: str) -> str:
    """Return where GitHub Pages serves a repository; "" for other hosts.

    Args:
        remote: Address of the repository.

    Returns:
        The address.
    """
    match = GITHUB.fullmatch(remote)
    if match is None:
        return ""
    owner, name = match[1].lower(), match[2]
    if name.lower() == f"{owner}.github.io":
        return f"https://{owner}.github.io/"
    return f"https://{owner}.github.io/{name}/"
