"""Ctrl-C, SIGTERM, several builds at once, and workers in any order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.stub.conftest import Stub
from tests.stub.project import command, environment, everything, run, tree, write_study

SLOW = {"model": ", pause: 0.4", "epochs": 20}


@contextmanager
def building(project: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A build under way that says all it does, in a session of its own."""
    with subprocess.Popen(
        command(project, "-v", *words),
        env=environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    """Read what a build says until it says `text`."""
    assert process.stderr
    for line in process.stderr:
        if text in line:
            return
    raise AssertionError(f"never said {text}")


@pytest.mark.slow(3)
@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_at_once_and_keeps_the_work(
    stub: Stub,
    project: Path,
    number: signal.Signals,
    jobs: str,
    twice: bool,
) -> None:
    """One line says what is kept; the same command goes on to the same bytes."""
    write_study(project, "third", day=3, **SLOW)
    with building(project, "--jobs", jobs) as process:
        wait_for(process, "lm: epoch 1 of 20")
        begun = time.monotonic()
        process.send_signal(number)
        if twice:
            time.sleep(0.05)
            process.send_signal(number)
        _, said = process.communicate(timeout=30)
        assert time.monotonic() - begun < 20
    assert process.returncode == 128 + number
    assert said.splitlines()[-1].startswith("stopped; what was finished is kept (")
    assert said.endswith("run the same command again to go on\n")
    assert "Traceback" not in said
    write_study(project, "third", day=3, model=", pause: 0.0", epochs=20)
    stub(project)


@pytest.mark.slow(3)
def test_work_that_does_not_let_go_is_ended(project: Path) -> None:
    """A model that ignores the interrupt does not keep the build from ending."""
    write_study(project, "third", day=3, epochs=20, model=", pause: 60, stubborn: true")
    with building(project) as process:
        wait_for(process, "training lm: 20 epochs")
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        _, said = process.communicate(timeout=30)
        assert time.monotonic() - begun < 20
    assert process.returncode == 130
    assert "Traceback" not in said


@pytest.mark.slow(3)
def test_no_worker_is_left_behind(project: Path) -> None:
    """After an interrupt, or a kill, of a build with workers none of them lives on."""
    write_study(project, "third", day=3, **SLOW)
    for number in (signal.SIGINT, signal.SIGKILL):
        with building(project, "-j", "2") as process:
            wait_for(process, "study 3 of 3")
            time.sleep(1.5)
            process.send_signal(number)
            process.wait(5)
        deadline = time.monotonic() + 3
        while members(process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert members(process.pid) == []


def members(session: int) -> list[str]:
    """Commands of the living processes of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append((folder / "cmdline").read_text())
        except OSError:
            continue
    return found


@pytest.mark.slow(3)
def test_output_that_nobody_reads(project: Path) -> None:
    """A closed pipe ends a command quietly."""
    run(project)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        command(project, "list", "--json"),
        env=environment(),
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert done.returncode == 141
    assert done.stderr == ""


def builders(project: Path, count: int, rounds: int) -> list[str]:
    """Build in `count` processes `rounds` times each; everything that they said."""
    script = (
        f"import sys, subprocess\n"
        f"for number in range({rounds}):\n"
        f"    done = subprocess.run({command(project)!r}, capture_output=True)\n"
        f"    error = done.stderr[-500:] if done.returncode else b''\n"
        f"    sys.stdout.write(f'{{done.returncode}}{{error!r}}\\n')\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    return [word for p in processes for word in p.communicate()[0].splitlines()]


@pytest.mark.parametrize(
    ("count", "rounds"),
    [
        pytest.param(3, 1, marks=pytest.mark.slow(3)),
        pytest.param(8, 25, marks=pytest.mark.slow(100)),
    ],
)
def test_builds_at_once(project: Path, tmp_path: Path, count: int, rounds: int) -> None:
    """Builds of one project wait for each other, and leave what one would leave."""
    import shutil

    alone = shutil.copytree(project, tmp_path / "alone")
    run(alone)
    statuses = builders(project, count, rounds)
    assert statuses == ["0b''"] * (count * rounds)
    assert everything(project) == everything(alone)


@pytest.mark.slow(2)
def test_no_wait_fails_at_once(stub: Stub, project: Path) -> None:
    """With `--no-wait` a second build ends with status 5, naming the first."""
    write_study(project, "third", day=3, **SLOW)
    with building(project) as process:
        wait_for(process, "lm: epoch 1 of 20")
        done = stub(project, "--no-wait", status=5)
        assert f"process {process.pid} on " in done.stderr
        assert "is building this project" in done.stderr


class Shuffled(Executor):
    """Runs tasks one at a time, in an order drawn anew from what is waiting."""

    def __init__(self, seed: int) -> None:
        import random

        self._chance = random.Random(seed)  # noqa: S311 - an order, not a secret
        self._pool = ThreadPoolExecutor(1)
        self._waiting: list[tuple[Future[Any], Any, Any, Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future whose turn comes by chance."""
        future: Future[Any] = Future()
        self._waiting.append((future, fn, args, kwargs))
        self._pool.submit(self._one)
        return future

    def _one(self) -> None:
        time.sleep(0.002)
        chosen = self._chance.randrange(len(self._waiting))
        future, fn, args, kwargs = self._waiting.pop(chosen)
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as an executor does
            future.set_exception(error)


@pytest.mark.parametrize("seed", range(10))
def test_any_order_gives_the_same_bytes(
    project: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tasks done in ten orders leave the same artifacts."""
    from generator.collect.pipeline import Workspace, collect_studies
    from tests.stub.specs import load_stub_studies

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    studies = load_stub_studies(project)
    plain = Workspace(project, project / "data")
    assert len(collect_studies(studies, plain).collected) == 6
    before = tree(project)
    for path in (project / "studies").glob("*/artifacts/*"):
        path.unlink()
    work = Workspace(project, project / "data", Shuffled(seed))
    assert len(collect_studies(studies, work).collected) == 6
    assert tree(project) == before
