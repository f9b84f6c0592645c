"""A project that was built, in a git repository with a bare one as its remote."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.cli.job import Job
from generator.cli.publish.publish import PublishOptions, publish_site
from tests.stub.project import REPOSITORY, environment

WHO = ("-c", "user.name=A. Writer", "-c", "user.email=a@example.org")


def git(folder: Path, *words: str, check: bool = True) -> str:
    """What git prints."""
    done = subprocess.run(
        ["git", "-C", str(folder), *WHO, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
    )
    assert not check or not done.returncode, done.stderr
    return done.stdout.strip()


@dataclass(frozen=True)
class Place:
    """A project and its remote."""

    project: Path
    bare: Path

    def publish(self, **options: object) -> None:
        """Publish, in this process."""
        publish_site(Job(project=str(self.project)), PublishOptions(**options))  # type: ignore[arg-type] - options

    def tip(self, branch: str = "gh-pages") -> str:
        """The commit that the remote's branch is at, "" if there is none."""
        words = ("rev-parse", "--verify", "-q", f"refs/heads/{branch}")
        return git(self.bare, *words, check=False)

    def commits(self) -> int:
        """How many commits the remote's branch has."""
        return int(git(self.bare, "rev-list", "--count", "gh-pages"))

    def build(self) -> None:
        """Build with the real command."""
        built(self.project)

    def commit(self) -> None:
        """Commit the sources."""
        git(self.project, "add", "-A")
        git(self.project, "commit", "-q", "--allow-empty", "-m", "work")


def built(project: Path) -> None:
    """Run `build.py build`."""
    words = [sys.executable, str(REPOSITORY / "build.py"), "-C", str(project), "build"]
    subprocess.run(words, check=True, env=environment(), capture_output=True)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project without studies, to be copied."""
    folder = tmp_path_factory.mktemp("publishing") / "project"
    (folder / "studies").mkdir(parents=True)
    (folder / "studies" / "site.yaml").write_text("title: Tiny\n")
    (folder / ".gitignore").write_text("/site/\n/site.*/\n/.cache/\n")
    built(folder)
    return folder


@pytest.fixture
def place(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A copy of it, committed, with an empty bare repository as `origin`."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / "gitconfig").write_text(
        "[user]\nname = A. Writer\nemail = a@example.org\n"
        '[init]\ndefaultBranch = main\n[protocol "file"]\nallow = always\n'
    )
    project, bare = tmp_path / "project", tmp_path / "bare.git"
    shutil.copytree(template, project)
    git(tmp_path, "init", "-q", "--bare", str(bare))
    git(project, "init", "-q")
    found = Place(project, bare)
    found.commit()
    git(project, "remote", "add", "origin", str(bare))
    return found
