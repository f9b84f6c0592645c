"""Collecting on a Dask cluster of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stub.project import REPOSITORY, environment, everything, run, write_project

pytest.importorskip("distributed", reason="dask and distributed are not installed")

CLUSTER = """\
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=int(sys.argv[1]), threads_per_worker=1,
                      host="127.0.0.1", dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@pytest.fixture(params=[1, 2])
def scheduler(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler with one worker, or with two."""
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    with subprocess.Popen(
        [sys.executable, str(script), str(request.param)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment() | {"PYTHONPATH": str(REPOSITORY)},
        text=True,
        start_new_session=True,
    ) as cluster:
        assert cluster.stdout is not None
        yield cluster.stdout.readline().strip()
        os.killpg(cluster.pid, signal.SIGKILL)


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes(scheduler: str, tmp_path: Path) -> None:
    """A scheduler with one or two workers leaves every byte as one process does."""
    here = write_project(tmp_path / "here")
    there = shutil.copytree(here, tmp_path / "there")
    run(here)
    run(there, "--scheduler", scheduler)
    assert everything(there) == everything(here)


@pytest.mark.slow
def test_no_scheduler_is_told(tmp_path: Path) -> None:
    """An address at which nobody answers is a network error that says what to do."""
    project = write_project(tmp_path / "project")
    done = subprocess.run(
        [sys.executable, "-m", "tests.stub.build", "-C", str(project),
         "--scheduler", "tcp://127.0.0.1:9"],
        env=environment(), cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 4
    assert "no scheduler answered" in done.stderr
