"""A wheel, one environment it is installed in with all it needs, and a built blog."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.stub.project import REPOSITORY

NOW = "2030-01-01"
OURS = ("STUDY_", "STUDIES", "GITHUB_", "PYTHON", "VIRTUAL_ENV", "PIP_REQUIRE")
WHO = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A. Writer"), ("EMAIL", "a@example.org"))
}


def clean_environment(*places: Path) -> dict[str, str]:
    """The environment of somebody who has no clone; `places` come first on the path."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    path = os.pathsep.join([*map(str, places), os.environ["PATH"]])
    return kept | WHO | {"PATH": path, "SOURCE_DATE_EPOCH": "0"}


def run(
    words: Sequence[object],
    folder: Path,
    environment: Mapping[str, str],
    status: int = 0,
) -> subprocess.CompletedProcess[str]:
    """What a command did, which must end with `status`."""
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == status, f"{words}\n{done.stdout}\n{done.stderr}"
    return done


@dataclass(frozen=True)
class Installed:
    """An environment that holds the program."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a shell in which it is active."""
        return clean_environment(self.folder / "bin")

    def studies(
        self, folder: Path, *words: object, status: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run the installed command in a folder."""
        return run([self.folder / "bin" / "studies", *words], folder,
                   self.environment, status)  # fmt: skip

    def has(self, package: str) -> bool:
        """Whether a package can be imported in it."""
        words = [self.folder / "bin" / "python", "-c", f"import {package}"]
        return not subprocess.run(words, capture_output=True, check=False).returncode


@dataclass(frozen=True)
class Blog:
    """A blog that was begun and built, and how long that took."""

    folder: Path
    seconds: float
    said: str

    def states(self, tool: Installed) -> list[dict[str, Any]]:
        """How its studies stand."""
        found: list[dict[str, Any]] = json.loads(
            tool.studies(self.folder, "list", "--json").stdout
        )
        return found


def begin(tool: Installed, folder: Path, *words: object) -> Blog:
    """Begin a blog, build and check it."""
    begun = time.monotonic()
    said = tool.studies(folder.parent, "init", folder.name, *words).stdout
    said += tool.studies(folder, "build").stdout
    tool.studies(folder, "check")
    return Blog(folder, time.monotonic() - begun, said)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this clone."""
    folder = tmp_path_factory.mktemp("dist")
    words = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder]
    run([*words, REPOSITORY], folder, clean_environment())
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An environment into which `pip install WHEEL` put everything."""
    folder = tmp_path_factory.mktemp("installed") / "environment"
    run([sys.executable, "-m", "venv", folder], folder.parent, clean_environment())
    run([folder / "bin" / "pip", "install", "-q", wheel], folder.parent,
        clean_environment())  # fmt: skip
    return Installed(folder)


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `uv`, `uvx` and `pipx`, in an environment of their own."""
    folder = tmp_path_factory.mktemp("tools") / "environment"
    run([sys.executable, "-m", "venv", folder], folder.parent, clean_environment())
    run([folder / "bin" / "pip", "install", "-q", "uv", "pipx"], folder.parent,
        clean_environment())  # fmt: skip
    return folder / "bin"


@pytest.fixture(scope="session")
def blog(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Blog:
    """A blog, begun and built by the installed command; in no repository yet."""
    return begin(installed, tmp_path_factory.mktemp("author") / "blog")


@pytest.fixture
def committed(blog: Blog, tmp_path: Path) -> Path:
    """A repository with all of the blog committed that git does not ignore."""
    folder = tmp_path / "committed"
    shutil.copytree(blog.folder, folder)
    environment = clean_environment()
    run(["git", "init", "-q"], folder, environment)
    run(["git", "add", "-A"], folder, environment)
    run(["git", "commit", "-q", "-m", "A blog"], folder, environment)
    return folder
