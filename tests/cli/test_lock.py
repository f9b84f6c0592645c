"""One build of a project at a time, and never a lock that outlives its holder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.cli.lock import find_holder_file, hold_lock
from generator.core.errors import LockError

HOLD = """
import sys, time
from pathlib import Path
from generator.cli.lock import hold_lock
from generator.collect.executors import open_executor
with hold_lock(Path(sys.argv[1])):
    with open_executor(int(sys.argv[2])) as pool:
        list(pool.map(abs, range(4)))
        print("held", flush=True)
        time.sleep(60)
"""


@contextmanager
def holder(cache: Path, jobs: int = 1) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock, with workers if asked for; killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(cache), str(jobs)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_holder_frees_the_lock(tmp_path: Path, jobs: int) -> None:
    """After `kill -9` of a build, with workers or without, the next starts at once."""
    with holder(tmp_path, jobs), pytest.raises(LockError), hold_lock(tmp_path, wait=0):
        pass
    begun = time.monotonic()
    with hold_lock(tmp_path, wait=20):
        assert time.monotonic() - begun < 10


def test_the_holder_is_named(tmp_path: Path) -> None:
    """The message says which process holds the lock, where, since when, doing what."""
    said: list[str] = []
    with holder(tmp_path) as process:
        words = f"process {process.pid} on .*, since .*, is building"
        with (
            pytest.raises(LockError, match=words),
            hold_lock(tmp_path, wait=0.2, say=said.append),
        ):
            pass
    assert "waiting for it to end" in said[0]


def test_without_a_word_of_the_holder(tmp_path: Path) -> None:
    """A holder whose note is unreadable is still respected."""
    with hold_lock(tmp_path):
        find_holder_file(tmp_path).write_text("{garbage")
        with (
            pytest.raises(LockError, match="another process"),
            hold_lock(tmp_path, wait=0),
        ):
            pass


def test_it_is_free_again(tmp_path: Path) -> None:
    """Work done or failed, the lock is free and its note is gone."""
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), hold_lock(tmp_path, wait=0):
            raise ZeroDivisionError
    assert not find_holder_file(tmp_path).exists()


@pytest.mark.parametrize("wait", [0, -1.0])
def test_without_waiting_nothing_is_said_of_it(tmp_path: Path, wait: float) -> None:
    """A build that does not wait fails at once, without a line and without a time."""
    said: list[str] = []
    with (
        hold_lock(tmp_path),
        pytest.raises(LockError) as failed,
        hold_lock(tmp_path, wait=wait, say=said.append),
    ):
        pass
    assert not said
    assert "waited" not in str(failed.value)
