"""Several processes: how many are used, what they share, and what is heard of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from generator.collect import executors
from generator.collect.executors import (
    WORKER_MEMORY,
    WORTH_WORKERS,
    InProcessExecutor,
    choose_jobs,
    make_progress,
    open_executor,
)
from generator.collect.pipeline import Collection, CollectReport, Workspace
from generator.core import machine
from generator.core.forecast import MODEL, Duration, PlannedTask
from generator.core.progress import Progress
from tests.stub.specs import load_stub_studies

LONG = Duration(WORTH_WORKERS, WORTH_WORKERS, WORTH_WORKERS)


def work(*studies: int, artifacts: int = 1) -> Mapping[str, Sequence[PlannedTask]]:
    """Studies with so many models each."""
    return {
        f"s{number}": [
            *(PlannedTask(f"s{number}/model {m}", f"{MODEL}x") for m in range(models)),
            *(PlannedTask(f"s{number}/a{a}", "lime") for a in range(artifacts)),
        ]
        for number, models in enumerate(studies)
    }


@pytest.mark.parametrize(
    ("studies", "cores", "workers", "jobs"),
    [
        ((1,), 16, 16, 1),  # one model, and its questions beside each other gain little
        ((3,), 16, 16, 3),
        ((1, 1, 1, 1), 16, 16, 4),
        ((0, 0), 16, 16, 2),
        ((2, 3, 1), 4, 16, 4),
        ((2, 3, 1), 16, 2, 2),
        ((2, 3, 1), 16, 0, 1),
        ((), 16, 16, 1),
    ],
)
def test_processes_follow_work_cores_and_memory(
    studies: tuple[int, ...],
    cores: int,
    workers: int,
    jobs: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No more than can be at work, have a core and have memory, and at least one."""
    monkeypatch.setattr(machine, "count_cores", lambda: cores)
    free = workers * WORKER_MEMORY + 1
    monkeypatch.setattr(machine, "find_free_memory", lambda: free)
    assert choose_jobs(work(*studies), [LONG]) == jobs
    assert choose_jobs(work(*studies), [None]) == jobs
    assert choose_jobs(work(*studies), [Duration(0, 1, 2)]) == 1


def test_the_machine_says_what_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At least one core; memory is the least of what the system and the group allow."""
    assert machine.count_cores() >= 1
    assert machine.find_free_memory() > 0
    monkeypatch.setattr(machine, "_read_free_memory", lambda: 8.0)
    monkeypatch.setattr(machine, "_read_group_memory", lambda: 5.0)
    assert machine.find_free_memory() == 5
    monkeypatch.setattr(machine, "_read_group_memory", lambda: None)
    assert machine.find_free_memory() == 8


class Counting(InProcessExecutor):
    """An executor that counts the trainings it was given, and takes its time."""

    def __init__(self) -> None:
        self.trainings = 0

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN002, ANN003, ANN201
        """Run a call."""
        if fn.__name__ == "run_train_task":
            self.trainings += 1
            time.sleep(0.1)
        return super().submit(fn, *args, **kwargs)


def test_a_model_of_two_studies_is_trained_once(project: Path) -> None:
    """Studies at work at the same time share a training, and both are collected."""
    studies, executor = load_stub_studies(project), Counting()
    place = Workspace(project, project / "data", executor, jobs=2)
    report = CollectReport()
    Collection(studies, place, report).run(place)
    assert executor.trainings == 1
    assert len(report.trained) == 1
    assert len(report.collected) == 6
    assert not report.failures


def test_failures_come_in_the_order_of_the_studies(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever study fails first, messages follow the site's order."""
    studies = load_stub_studies(project)
    place = Workspace(project, project / "data", jobs=2)
    report = CollectReport()
    collection = Collection(studies, place, report)

    def fail(self: object) -> None:
        slug = self.study.slug  # type: ignore[attr-defined]
        time.sleep(0.2 if slug == studies[0].slug else 0)
        raise OSError(slug)

    monkeypatch.setattr(
        "generator.collect.pipeline.StudyCollection.collect_study", fail
    )
    collection.run(place)
    assert [f.study for f in report.failures] == [study.slug for study in studies]


def report_a_training(name: str) -> None:
    """Train nothing, as a worker's listener hears it."""
    listener = make_progress()
    listener.model(name, 3, 0)
    listener.step(1, 1, 2, 0.5)
    listener.step(1, 2, 2, 0.4)  # just after the one before, so it is not sent
    listener.epoch(1, 0.4, 0.6)


class Heard(Progress):
    """A listener that writes down what it hears."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def open_worker(self) -> Heard:
        """Hear a worker as itself."""
        return self

    def model(self, name: str, epochs: int, done: int) -> None:
        """Write a model down."""
        self.calls.append(("model", name, epochs, done))

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Write a step down."""
        self.calls.append(("step", epoch, step, steps, loss))

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        """Write an epoch down."""
        self.calls.append(("epoch", epoch, loss, validation))


@pytest.mark.slow(3)
def test_what_a_worker_trains_is_heard() -> None:
    """Calls of a worker's listener reach the parent's in order, steps now and then."""
    heard = Heard()
    with open_executor(2, progress=heard) as executor:
        executor.submit(report_a_training, "first/lm").result()
    expected = [("model", "first/lm", 3, 0), ("step", 1, 1, 2, 0.5)]
    assert heard.calls == [*expected, ("epoch", 1, 0.4, 0.6)]


def test_without_a_parent_nothing_is_sent() -> None:
    """In one process the listener collects warnings and is silent."""
    assert executors._reports is None
    listener = make_progress()
    listener.warn("a")
    assert listener.warnings == ["a"]
