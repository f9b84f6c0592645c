"""`doctor` says what is not as it should be, what to do, and breaks nothing."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli import doctor as module
from generator.cli.doctor import Diagnosis, diagnose, diagnose_packages, run_diagnosis
from generator.cli.job import Job
from generator.cli.lock import hold_lock
from generator.cli.main import main
from generator.collect import executors
from generator.core import machine
from tests.cli.publish.conftest import git
from tests.stub.project import REPOSITORY, environment


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A project without studies, in no repository."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "project" / "studies").mkdir(parents=True)
    return Job(project=str(tmp_path / "project"))


def lines(job: Job) -> dict[str, Diagnosis]:
    """Everything that was looked at, by name."""
    return {
        line.name: line for look in module.LOOKS for line in run_diagnosis(look, job)
    }


@pytest.mark.slow(2)
def test_it_imports_nothing_heavy(job: Job) -> None:
    """The command ends with status 0 and imports neither tensorflow nor matplotlib."""
    script = (
        "import sys\nfrom generator.cli.main import main\n"
        f"status = main(['-C', {job.project!r}, 'doctor'])\n"
        "assert not {'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), cwd=REPOSITORY,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in ("python", "drawing", "git", "font", "disk", "lock", "cache"):
        assert f"  {name}" in done.stdout
    assert all(line[:4] in {"ok  ", "warn"} for line in done.stdout.splitlines())


def test_the_device_that_networks_would_run_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The processor, unless a GPU is wanted and listed; one wanted in vain warns."""
    listed = tmp_path / "gpus" / "0000:01:00.0" / "information"
    listed.parent.mkdir(parents=True)
    listed.write_text("Model: \t\t NVIDIA X\nIRQ:   1\n", "utf-8")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(machine, "GPU_NODES", ())
    for wanted, there, level, text in (
        ("", False, "ok", "cpu; no GPU seen"),
        ("", True, "ok", "cpu; NVIDIA X seen"),
        ("auto", False, "ok", "cpu; no GPU seen"),
        ("gpu", False, "warn", "cpu; no GPU seen"),
        ("auto", True, "warn", "NVIDIA X"),
        ("gpu", True, "warn", "NVIDIA X"),
    ):
        monkeypatch.setenv(machine.DEVICE_VARIABLE, wanted)
        folder = tmp_path / "gpus" if there else tmp_path / "none"
        monkeypatch.setattr(machine, "GPU_FOLDER", folder)
        line = module.diagnose_device()
        assert (line.level, line.text) == (level, text)
        assert bool(line.fix) is (level == "warn")
    monkeypatch.setattr(module, "installed", lambda _package: "9.9")
    line = module.diagnose_device()
    assert (line.level, line.fix) == ("ok", "")
    assert line.text.endswith("cuDNN 9.9")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert machine.find_gpus() == ()


def test_processes_where_no_system_says_how_much_memory_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many as there are cores: an unknown amount is no limit."""
    monkeypatch.setattr(machine, "count_cores", lambda: 3)
    monkeypatch.setattr(machine, "find_free_memory", lambda: math.inf)
    assert executors.count_workers() == 3


def test_a_gpu_that_is_not_there_is_an_error_before_any_work(
    job: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--device gpu` where no driver lists one ends with status 2 and the reason."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv(machine.DEVICE_VARIABLE, "cpu")
    monkeypatch.setattr(machine, "GPU_NODES", ())
    monkeypatch.setattr(machine, "GPU_FOLDER", job.root / "none")
    assert main(["-C", job.project, "build", "--device", "gpu"]) == 2
    assert "--device gpu: there is no GPU" in capsys.readouterr().err
    assert not (job.root / ".cache" / "models").exists()


def test_what_is_missing_is_told_with_its_fix(job: Job) -> None:
    """No repository, then no remote, then no address: each names the command."""
    assert "git init" in lines(job)["repository"].fix
    git(job.root, "init", "-q")
    assert "git remote add origin" in lines(job)["remote"].fix
    git(job.root, "remote", "add", "origin", "https://me:pw@github.com/me/words.git")
    found = lines(job)
    assert "pw" not in found["remote"].text
    assert "base_url: https://me.github.io/words/" in found["address"].fix
    (job.root / "studies" / "site.yaml").write_text("base_url: https://a.org/\n")
    assert lines(job)["address"] == Diagnosis("ok", "address", "https://a.org/")


def test_packages_that_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absent package breaks drawing alone; another version is a warning."""
    there = {"click": "8.5.1", "numpy": "1.0"}
    monkeypatch.setattr(module, "installed", lambda name: there.get(name, ""))

    def run_doctor(name: str, text: str) -> Diagnosis:
        (tmp_path / name).write_text(text)
        return diagnose_packages(tmp_path / name)

    draws, trains = "requirements-render.txt", "requirements.txt"
    assert run_doctor(draws, "click==8.5.1\n").level == "ok"
    assert run_doctor(draws, "numpy==2.4.6\n").level == "warn"
    assert run_doctor(draws, "click==8.5.1\njinja2==3.1.6\n").level == "bad"
    line = run_doctor(trains, "absl-py==2\ntensorflow==2.21.0\n")
    assert (line.level, line.text) == ("warn", "tensorflow, absl-py not installed")


def test_a_broken_project_is_status_2(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    """A study file that cannot be read is a line of its own, and the rest is told."""
    folder = job.root / "studies" / "2024-01-01-x"
    folder.mkdir()
    (folder / "study.yaml").write_text("titel: x\n")
    assert diagnose(job) == 2
    out = capsys.readouterr().out
    assert "BAD   project" in out
    assert "title" in out
    assert "ok    disk" in out


def test_a_running_build_is_told(job: Job) -> None:
    """A lock that is held names its holder."""
    with hold_lock(job.cache_folder):
        line = lines(job)["lock"]
    assert line.level == "warn"
    assert "is building this project" in line.text
    assert lines(job)["lock"].text == "free"


def test_little_room_is_a_warning(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than a gigabyte free is told."""
    monkeypatch.setattr(module, "ROOM", 10**18)
    assert lines(job)["disk"].level == "warn"


def test_caches_are_measured(job: Job) -> None:
    """Each folder of the cache is told with its size."""
    (job.cache_folder / "models" / "x").mkdir(parents=True)
    (job.cache_folder / "models" / "x" / "y").write_bytes(b"0" * 2_500_000)
    assert lines(job)["cache"].text == "models 2.5 MB"
    for name in "hagcbfde":
        (job.cache_folder / name).mkdir()
    (job.cache_folder / "file").write_bytes(b"0")
    first = ", ".join(f"{name} 0.0 MB" for name in "abcdefgh")
    assert lines(job)["cache"].text == f"{first}, models 2.5 MB"
