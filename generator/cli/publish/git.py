"""Git, run without a shell and without leaving a trace.

A query never takes git's optional locks, so that not even the time stamps of the index
change; what is written goes into an index of its own. Configuration that would make git
write elsewhere (a shared index, a maintenance run) is switched off for the call alone.
Only https, ssh and the file system are spoken, git never prompts for a password on the
terminal, and whatever git prints passes `redact_credentials` before it is shown.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.core.errors import ConfigError, quote_text

QUIET_SETTINGS = (
    "core.splitIndex=false",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.quotePath=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.writeCommitGraph=false",
    "i18n.commitEncoding=utf-8",
    "advice.pushUpdateRejected=false",
)
"""Configuration of every call; none of it is written anywhere."""
REDIRECTING_VARIABLES = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE",
    "GIT_PREFIX", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT",
)  # fmt: skip
"""What would lead git to another repository than the project's, as in a hook."""
PASSWORD = re.compile(r"://[^/@\s]+@")


@dataclass(frozen=True)
class GitResult:
    """The output of git, and its exit status."""

    status: int
    out: str
    error: str

    @property
    def last_error(self) -> str:
        """The last lines of git's error output, in one, without passwords."""
        lines = [line.strip() for line in self.error.splitlines() if line.strip()]
        words = [line for line in lines if not line.startswith(("hint:", "To "))]
        return redact_credentials(quote_text(" ".join(words[-4:]), 240))


@dataclass(frozen=True)
class GitRepository:
    """Git in one folder."""

    folder: Path

    def run_command(
        self,
        *words: str,
        given: bytes = b"",
        index: Path | None = None,
        config: tuple[str, ...] = (),
    ) -> GitResult:
        """Run `git words…`, whatever its exit status is.

        Args:
            *words: Words of the command after `git`.
            given: Bytes for standard input.
            index: The index file to use, None for the repository's own.
            config: Further settings, as `name=value`.

        Returns:
            The output and the exit status.

        Raises:
            ConfigError: If git is not installed.
        """
        program = shutil.which("git")
        if program is None:
            raise ConfigError(
                "git: not found, and publishing is done by it; install git, or let "
                "the workflow in .github/workflows/pages.yml publish"
            )
        settings = [part for one in (*QUIET_SETTINGS, *config) for part in ("-c", one)]
        done = subprocess.run(  # noqa: S603 - no shell, and the words are this program's
            [program, "-C", str(self.folder), *settings, *words],
            input=given,
            capture_output=True,
            env=make_environment(index),
            check=False,
        )
        texts = (part.decode("utf-8", "replace") for part in (done.stdout, done.stderr))
        return GitResult(done.returncode, *texts)

    def run_checked(
        self, *words: str, given: bytes = b"", index: Path | None = None
    ) -> str:
        """Run `git words…` and return its output.

        Args:
            *words: Words of the command after `git`.
            given: Bytes for standard input.
            index: The index file to use, None for the repository's own.

        Returns:
            Standard output.

        Raises:
            ConfigError: If git fails or is not installed.
        """
        answer = self.run_command(*words, given=given, index=index)
        if answer.status:
            raise ConfigError(
                f"git {words[0]}: {answer.last_error}; nothing was published: mend "
                f"this and "
                "run the same command again"
            )
        return answer.out


def make_environment(
    index: Path | None, own: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return the environment of a call of git.

    Args:
        index: The index file to use, None for the repository's own.
        own: The environment of this process.

    Returns:
        The environment without variables that lead to another repository.
    """
    environment = {
        name: value for name, value in own.items() if name not in REDIRECTING_VARIABLES
    }
    environment |= {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:ssh:file",
        "LC_ALL": "C",
    }
    return environment | ({"GIT_INDEX_FILE": str(index)} if index else {})


def redact_credentials(text: str) -> str:
    """Remove user names and passwords from addresses."""
    return PASSWORD.sub("://…@", text)
