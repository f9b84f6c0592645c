"""The fixture that runs stub builds."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stub.project import REPOSITORY, environment, write_project


@dataclass(frozen=True)
class Done:
    """How a build ended. `events` is None if it was killed."""

    returncode: int
    stdout: str
    stderr: str
    events: int | None


class Stub:
    """A server of stub builds."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.stub.server"],
            env=environment(),
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(
        self,
        project: Path,
        *words: str,
        status: int | None = 0,
        kill: int = 0,
        **changes: str,
    ) -> Done:
        """Build `project`; its exit status must be `status` unless that is None."""
        request = {
            "words": ["-C", str(project), "--jobs", "1", *words],
            "folder": str(REPOSITORY),
            "kill": kill,
            "environment": changes,
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        done = Done(**json.loads(self._process.stdout.readline()))
        assert status is None or done.returncode == status, done
        return done

    def close(self) -> None:
        """End the server."""
        self._process.communicate()


@pytest.fixture(scope="session")
def stub() -> Iterator[Stub]:
    """Runs stub builds, each in a process of its own."""
    server = Stub()
    yield server
    server.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two studies that was never built."""
    folder = tmp_path / "project"
    folder.mkdir()
    return write_project(folder)


@pytest.fixture(scope="session")
def first_build(
    stub: Stub, shared: Callable[[str, Callable[[Path], object]], Path]
) -> Path:
    """The project of `project`, built once for all tests."""

    def build(folder: Path) -> None:
        folder.mkdir()
        stub(write_project(folder))

    return shared("stub", build)


@pytest.fixture
def built(project: Path, first_build: Path) -> Path:
    """A project of two studies that was built."""
    return shutil.copytree(first_build, project, dirs_exist_ok=True)
