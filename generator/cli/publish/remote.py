"""Where to publish: the repository of a project, a remote of it, a branch there.

Names are checked before git sees them: none begins with a dash, which git might read as
an option, and an address that would run a program (`ext::…`, `--upload-pack=…`) is
refused, as is one that sends passwords in the clear.

The address that readers will find a published site at, as far as it can be known.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from generator.cli.publish.git import Answer, Git, redacted
from generator.core.errors import ConfigError, NetworkError, nearest, quoted

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
SCP = re.compile(r"([A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*:[^:\-][^\x00-\x20]*")
DENIED = (
    "terminal prompts disabled", "Authentication failed", "Permission denied",
    "could not read Username", "could not read Password", "returned error: 403",
)  # fmt: skip
NOWHERE = ("not a git repository", "does not exist", "not appear to be a git")


@dataclass(frozen=True)
class Remote:
    """A branch of a remote repository and the commit it is at, "" if there is none."""

    git: Git
    name: str
    address: str
    branch: str
    tip: str = ""

    @property
    def ref(self) -> str:
        """The full name of the branch."""
        return f"refs/heads/{self.branch}"

    @property
    def shown(self) -> str:
        """The branch and where it is, for messages."""
        return f"{self.branch} on {quoted(redacted(self.address), 120)}"

    def now(self) -> str:
        """The commit the branch is at now. Raises `NetworkError`."""
        words = ("ls-remote", "--heads", "--", self.address, self.ref)
        answer = self.git.ask(*words)
        if answer.status:
            raise unreachable(self, answer)
        lines = (line.split("\t") for line in answer.out.splitlines() if "\t" in line)
        return next((commit for commit, ref in lines if ref == self.ref), "")


def repository(project: Path) -> Git:
    """Git in the project's folder. Raises `ConfigError` with what to do first."""
    git = Git(project)
    bare = git.ask("rev-parse", "--is-bare-repository")
    if bare.status:
        reason = "not a git repository"
        if "dubious ownership" in bare.error:
            reason = "a git repository of another user, which git does not trust"
        raise ConfigError(
            f"{quoted(project, 200)}: {reason}; run: git init, commit the project, and "
            "add a remote: git remote add origin ADDRESS"
        )
    if bare.out.strip() == "true":
        raise ConfigError(
            f"{quoted(project, 200)}: a bare git repository, which has no files to "
            "build from; run this in a clone of it"
        )
    who = git.ask("var", "GIT_COMMITTER_IDENT", config=("user.useConfigOnly=true",))
    if who.status:
        raise ConfigError(
            "git does not know who you are, and a commit needs an author; run: "
            "git config user.name 'Your Name' and git config user.email you@example.org"
        )
    return git


def remote_of(git: Git, name: str, branch: str) -> Remote:
    """The branch to publish to, and where it is now.

    Raises `ConfigError` for names and addresses that are refused, `NetworkError` if
    the remote does not answer.
    """
    wanted = Remote(git, name, address_of(git, name), require_branch(git, branch))
    return Remote(git, name, wanted.address, branch, wanted.now())


def require_branch(git: Git, branch: str) -> str:
    """`branch` itself. Raises `ConfigError` unless it is a name for one."""
    good = NAME.fullmatch(branch)
    if not good or git.ask("check-ref-format", f"refs/heads/{branch}").status:
        raise ConfigError(
            f"--branch {quoted(branch)}: not a name for a branch; letters, digits, "
            "dashes, dots and slashes, beginning with a letter: for example gh-pages"
        )
    return branch


def address_of(git: Git, name: str) -> str:
    """The one address that the remote `name` is pushed to. Raises `ConfigError`."""
    known = git.tell("remote").split()
    if not known:
        raise ConfigError(
            "the repository has no remote to publish to; run: "
            "git remote add origin ADDRESS"
        )
    if name not in known or not NAME.fullmatch(name):
        raise ConfigError(
            f"--remote {quoted(name)}: no such remote; {nearest(name, known)}"
        )
    found = git.tell("remote", "get-url", "--push", "--all", "--", name).splitlines()
    if len(found) != 1:
        raise ConfigError(
            f"remote {quoted(name)}: has {len(found)} addresses to push to, and a site "
            "is published to one; name a remote with one address"
        )
    top = git.tell("rev-parse", "--show-toplevel").rstrip("\n")
    return require_address(found[0], name, Path(top))


def require_address(address: str, name: str, folder: Path) -> str:
    """`address` itself, a local path made absolute. Raises `ConfigError`."""
    shown = quoted(redacted(address), 120)
    if address.isprintable() and not address.startswith("-"):
        scheme = address.partition("://")[0] if "://" in address else ""
        if scheme in {"https", "ssh", "file"} and (
            scheme == "file" or not (urlsplit(address).hostname or "-").startswith("-")
        ):
            return address
        if not scheme and "::" not in address:
            if SCP.fullmatch(address):
                return address
            if ":" not in address.partition("/")[0]:
                return os.path.normpath(folder / address)
    raise ConfigError(
        f"remote {quoted(name)}: the address {shown} is refused; https, ssh and local "
        f"paths are spoken: git remote set-url {quoted(name)} ADDRESS"
    )


def unreachable(remote: Remote, answer: Answer) -> ConfigError | NetworkError:
    """The error for a remote that did not answer, or not to us."""
    if denied(answer):
        return ConfigError(
            f"remote {quoted(remote.name)}: {quoted(redacted(remote.address), 120)} "
            f"does not let git in ({answer.said}); nothing was published: set up a "
            "credential helper or an ssh key, or let the workflow publish"
        )
    local = any(words in answer.error for words in NOWHERE)
    if local and "://" not in remote.address.replace("file://", ""):
        return ConfigError(
            f"remote {quoted(remote.name)}: no git repository at "
            f"{quoted(redacted(remote.address), 120)}; make one, or name another with "
            "git remote set-url"
        )
    return NetworkError(
        f"remote {quoted(remote.name)}: {quoted(redacted(remote.address), 120)} did "
        f"not answer ({answer.said}); nothing was published: run the same command again"
    )


def denied(answer: Answer) -> bool:
    """Whether git lacks the right, or the password, to go on."""
    return any(words in answer.error for words in DENIED)


GITHUB = re.compile(
    r"(?:https://(?:[^/@]*@)?|ssh://git@|git@)github\.com[/:]([^/]+)/([^/]+?)(?:\.git)?/?"
)


def address(domain: str, base_url: str, remote: str) -> str:
    """From the site's domain, its base address, or its remote; "" if none tells."""
    if domain.strip():
        return f"https://{domain.split(maxsplit=1)[0]}/"
    return base_url or guessed(remote)


def guessed(remote: str) -> str:
    """Where GitHub Pages serves the repository at `remote`; "" for other hosts."""
    found = GITHUB.fullmatch(remote)
    if found is None:
        return ""
    owner, name = found[1].lower(), found[2]
    if name.lower() == f"{owner}.github.io":
        return f"https://{owner}.github.io/"
    return f"https://{owner}.github.io/{name}/"
