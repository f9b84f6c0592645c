"""Git, asked without a shell and without leaving a trace.

A question never takes git's optional locks, so that not even the time stamps of the
index change; what is written goes into an index of its own. Configuration that would
make git write elsewhere (a shared index, a maintenance run) is switched off for the
call alone. Only https, ssh and the file system are spoken, nobody is asked for a
password on the terminal, and whatever git says passes `redacted` before it is shown.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.core.errors import ConfigError, quoted

QUIET = (
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
ELSEWHERE = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE",
    "GIT_PREFIX", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT",
)  # fmt: skip
"""What would lead git to another repository than the project's, as in a hook."""
PASSWORD = re.compile(r"://[^/@\s]+@")


@dataclass(frozen=True)
class Answer:
    """What git said, and the status it ended with."""

    status: int
    out: str
    error: str

    @property
    def said(self) -> str:
        """The last lines of its complaint, in one, without passwords."""
        lines = [line.strip() for line in self.error.splitlines() if line.strip()]
        words = [line for line in lines if not line.startswith(("hint:", "To "))]
        return redacted(quoted(" ".join(words[-4:]), 240))


@dataclass(frozen=True)
class Git:
    """Git in one folder. Raises `ConfigError` where there is no git."""

    folder: Path

    def ask(
        self,
        *words: str,
        given: bytes = b"",
        index: Path | None = None,
        config: tuple[str, ...] = (),
    ) -> Answer:
        """Run `git words…`; never raises for what git says."""
        program = shutil.which("git")
        if program is None:
            raise ConfigError(
                "git: not found, and publishing is done by it; install git, or let "
                "the workflow in .github/workflows/pages.yml publish"
            )
        settings = [part for one in (*QUIET, *config) for part in ("-c", one)]
        done = subprocess.run(  # noqa: S603 - no shell, our own words
            [program, "-C", str(self.folder), *settings, *words],
            input=given,
            capture_output=True,
            env=environment(index),
            check=False,
        )
        texts = (part.decode("utf-8", "replace") for part in (done.stdout, done.stderr))
        return Answer(done.returncode, *texts)

    def tell(self, *words: str, given: bytes = b"", index: Path | None = None) -> str:
        """What `git words…` prints. Raises `ConfigError` if it refuses."""
        answer = self.ask(*words, given=given, index=index)
        if answer.status:
            raise ConfigError(
                f"git {words[0]}: {answer.said}; nothing was published: mend this and "
                "run the same command again"
            )
        return answer.out


def environment(
    index: Path | None, own: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment of a call."""
    found = {name: value for name, value in own.items() if name not in ELSEWHERE}
    found |= {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:ssh:file",
        "LC_ALL": "C",
    }
    return found | ({"GIT_INDEX_FILE": str(index)} if index else {})


def redacted(text: str) -> str:
    """`text` without user names and passwords in addresses."""
    return PASSWORD.sub("://…@", text)
