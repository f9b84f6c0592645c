"""How long a collection takes, and in how many processes: every limit on both sides."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from generator.collect import executors, timings
from generator.collect.executors import WORKER_MEMORY, WORTH_WORKERS, choose_jobs
from generator.collect.pipeline import CollectFailure
from generator.collect.timings import Timings
from generator.core import machine
from generator.core.errors import ConfigError, IntegrityError
from generator.core.forecast import Duration, PlannedTask

LIME = PlannedTask("s/a", "lime")
MODEL = PlannedTask("s/model m", "model x")


def sure(seconds: float) -> Duration:
    """A duration without a range."""
    return Duration(seconds, seconds, seconds)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with eight cores and memory for five workers."""
    monkeypatch.setattr(machine, "count_cores", lambda: 8)
    monkeypatch.setattr(machine, "find_free_memory", lambda: 5.9 * WORKER_MEMORY)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("studies", "models", "jobs"),
    [(1, 1, 1), (2, 0, 2), (3, 0, 3), (1, 4, 4), (9, 0, 5), (0, 0, 1)],
)
def test_as_many_processes_as_there_is_work(
    studies: int, models: int, jobs: int
) -> None:
    """Studies or models at once, whichever are more; memory is for five."""
    tasks = {str(n): [LIME] for n in range(studies)} | {"empty": []}
    tasks["0"] = [*tasks.get("0", []), *[MODEL] * models]
    assert choose_jobs(tasks, [sure(99)]) == jobs


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("durations", "jobs"),
    [
        ([sure(WORTH_WORKERS)], 2),
        ([sure(WORTH_WORKERS - 1)], 1),
        ([sure(WORTH_WORKERS / 2)] * 2, 2),
        ([None], 2),
        ([], 1),
        ([Duration(0, 1, 99)], 1),
    ],
)
def test_a_short_run_is_one_process(
    durations: list[Duration | None], jobs: int
) -> None:
    """By what is likely; what nothing is known of may be long."""
    assert choose_jobs({"a": [LIME], "b": [LIME]}, durations) == jobs


def test_a_small_machine_has_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one core, or without memory for a worker."""
    tasks = {"a": [LIME], "b": [LIME]}
    for cores, memory, jobs in ((1, math.inf, 1), (8, 0.5, 1), (8, 2.0, 2)):
        free = memory if math.isinf(memory) else memory * WORKER_MEMORY
        monkeypatch.setattr(machine, "count_cores", lambda cores=cores: cores)
        monkeypatch.setattr(machine, "find_free_memory", lambda free=free: free)
        assert executors.choose_jobs(tasks, [None]) == jobs


@pytest.mark.parametrize(
    ("system", "group", "free"),
    [
        (None, None, math.inf),
        (3.0, None, 3.0),
        (None, 2.0, 2.0),
        (3.0, 2.0, 2.0),
        (2.0, 3.0, 2.0),
    ],
)
def test_the_lower_limit_of_memory_counts(
    system: float | None,
    group: float | None,
    free: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That of the system, and that of the process's group."""
    monkeypatch.setattr(machine, "_read_free_memory", lambda: system)
    monkeypatch.setattr(machine, "_read_group_memory", lambda: group)
    assert machine.find_free_memory() == free


@pytest.mark.parametrize(
    ("file", "text", "free"),
    [
        ("meminfo", "MemTotal: 9 kB\nMemAvailable:  2 kB\n", 2048.0),
        ("meminfo", "MemAvailable: 2 MB\n", math.inf),
        ("meminfo", "MemAvailable: x kB\n", math.inf),
        ("meminfo", "nothing\n", math.inf),
        ("memory.max", "300\n", 200.0),
        ("memory.max", "max\n", math.inf),
    ],
)
def test_memory_is_read_as_the_system_writes_it(
    file: str, text: str, free: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written otherwise says nothing."""

    def read(path: Path, *_: Any) -> str:
        texts = {file: text, "memory.current": "100\n"}
        if path.name not in texts:
            raise FileNotFoundError(path)
        return texts[path.name]

    monkeypatch.setattr(Path, "read_text", read)
    assert machine.find_free_memory() == free


def test_own_times_come_before_those_of_others(tmp_path: Path) -> None:
    """Then those of the same kind; a range says how sure each is."""
    other = PlannedTask("s/b", "lime")
    known = Timings(speed=2.0)
    assert known.estimate(LIME) is None
    for seconds in (10.0, 20.0, 40.0):
        known.add(LIME, seconds)
    assert known.estimate(LIME) == Duration(8.0, 20.0, pytest.approx(56.0))
    assert known.estimate(other) == Duration(5.0, 20.0, 80.0)
    assert known.estimate(PlannedTask("s/a", "shap")) is None
    (tmp_path / "studies").mkdir()
    path = known.write_shared(tmp_path)
    assert '"work": [40.0]' in path.read_text()
    again = Timings.read(tmp_path)
    again.speed = 2.0
    assert again.estimate(LIME) == Duration(12.0, 20.0, 36.0)
    again.add(LIME, 5.0)
    assert again.estimate(LIME) == Duration(4.0, 5.0, 7.0)


def test_the_last_five_runs_are_remembered() -> None:
    """Of one kind; under another nothing is known of it any more."""
    known = Timings()
    for seconds in range(1, 8):
        known.add(LIME, float(seconds))
    assert known.own["s/a"].work == (3.0, 4.0, 5.0, 6.0, 7.0)
    known.add(PlannedTask("s/a", "shap"), 9.0)
    assert known.own["s/a"].work == (9.0,)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ('{"format": 1, "tasks": {"s/a": {"kind": "lime", "work": [1.0]}}}', True),
        ('{"format": 1, "tasks": {"s/a": {"kind": "lime", "work": [0]}}}', True),
        ('{"format": 2, "tasks": {"s/a": {"kind": "lime", "work": [1.0]}}}', False),
        ('{"format": 1, "tasks": {"s/a": {"kind": "lime", "work": []}}}', False),
        ('{"format": 1, "tasks": {"s/a": {"kind": "lime", "work": 1.0}}}', False),
        ('{"format": 1, "tasks": {"s/a": {"kind": "lime", "work": [-1]}}}', False),
        ('{"format": 1, "tasks": {"s/a": {"kind": "lime", "work": [1e999]}}}', False),
        ('{"format": 1, "tasks": {"s/a": {"kind": "lime", "work": ["x"]}}}', False),
    ],
)
def test_a_damaged_file_of_times_says_nothing(
    text: str, fits: bool, tmp_path: Path
) -> None:
    """Neither do numbers that no clock gives."""
    (tmp_path / "studies").mkdir()
    path = Timings().write_shared(tmp_path)
    path.write_text(text)
    assert (Timings.read(tmp_path).estimate(LIME) is not None) == fits


def test_a_failure_says_where_it_was() -> None:
    """Before each of its problems; what is no fault of the study stays as it is."""
    error = CollectFailure("s", "model m", ConfigError("a", "b")).locate_error()
    assert isinstance(error, ConfigError)
    assert error.problems == ("s: model m: a", "s: model m: b")
    whole = CollectFailure("s", "", IntegrityError("a")).locate_error()
    assert isinstance(whole, IntegrityError)
    assert whole.problems == ("s: a",)
    bug = ValueError("bug")
    assert CollectFailure("s", "", bug).locate_error() is bug


def test_a_machine_is_as_fast_as_its_best_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as fast in half the time."""
    for best in (0.5, 0.25):
        ends = iter([0.0, 2.0, 2.0, 2.0 + best, 9.0, 10.0, 10.0, 11.0, 11.0, 12.0])
        with monkeypatch.context() as patch:
            patch.setattr(timings.time, "perf_counter", lambda ends=ends: next(ends))
            assert timings.measure_speed.__wrapped__() == pytest.approx(1 / best)


def test_without_a_clock_no_times_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Builds of one date are the same; the control keeps them."""
    (tmp_path / ".cache").mkdir()
    known = Timings()
    known.add(LIME, 5.0)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    known.write(tmp_path)
    assert Timings.read(tmp_path).own == {}
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    known.write(tmp_path)
    assert Timings.read(tmp_path).own["s/a"].work == (5.0,)


def test_a_processor_has_its_name_and_its_instructions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Blanks around them are none; where the system says nothing its family is."""
    names = []
    for text in (
        "model name\t: A 1\nflags : x y\nbare\n",
        "model name: A 1\nflags: x y",
        "model name: A 1\nflags: x z",
        "flags: x y",
    ):
        monkeypatch.setattr(Path, "read_text", lambda _path, _code, text=text: text)
        names.append(machine.processor())
    assert names[0] == names[1] != names[2]
    assert names[0].startswith("A 1, flags ")
    assert names[3].partition(", ")[2] == names[0].partition(", ")[2]

    def fail(*_given: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", fail)
    assert machine.processor()
    assert "flags" not in machine.processor()
