"""Training that was stopped goes on to the very bits of training that was not."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.core.progress import QuietProgress
from generator.networks.training import loop
from generator.networks.training.batches import Order
from generator.networks.training.checkpoint import NEWEST, PREVIOUS
from generator.networks.training.examples import TrainingSettings
from generator.networks.training.loop import TrainingRun, TrainingState
from tests.networks import tiny

SETTINGS = TrainingSettings(epochs=3, seed=4, batch_size=16, checkpoint_seconds=9)
"""Six steps in an epoch; a checkpoint about every fourth step and after each epoch."""
STEPS = 18


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Interrupts raise, also where a shell in the background ignores them."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


class Kill(BaseException):
    """Stands for the end of the process."""


@dataclass(frozen=True)
class End:
    """All that a training came to."""

    losses: tuple[str, ...]  # hexadecimal, of every step
    validation: tuple[str, ...]
    snapshots: tuple[tuple[int, str], ...]
    variables: str  # SHA-256 of every variable, the optimizer's and the seeds' too


def end(folder: Path, **changed: Any) -> End:
    """Train to the end, from where `folder` is."""
    outcome = tiny.train(folder, SETTINGS, clock=tiny.Clock(), **changed)
    data = (folder / NEWEST).read_bytes()
    arrays = data[8 + int.from_bytes(data[:8], "little") :]
    return End(
        tuple(float(loss).hex() for loss in outcome.step_losses),
        tuple(loss.hex() for loss in outcome.log.validation_losses),
        tuple(outcome.snapshots.items()),
        hashlib.sha256(arrays).hexdigest(),
    )


def kill_at(monkeypatch: pytest.MonkeyPatch, folder: Path, step: int) -> None:
    """Train until `step` steps were made in all, and vanish without a last word."""
    real = TrainingState.step

    def fatal(self: TrainingState, epoch: int, place: int) -> float:
        if epoch * 6 + place >= step:
            raise Kill
        return real(self, epoch, place)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingState, "step", fatal)
        patch.setattr(TrainingRun, "_keep", lambda _: None)
        with pytest.raises(Kill):
            end(folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> End:
    """Training that nothing interrupted."""
    return end(tmp_path_factory.mktemp("whole"))


@pytest.mark.slow
def test_killed_after_any_step(
    whole: End, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever step was the last, the resumed run ends the same.

    All steps are tried, so the ones around every checkpoint, at both sides of the end
    of an epoch and in its middle are.
    """
    for step in range(STEPS):
        folder = tmp_path / str(step)
        kill_at(monkeypatch, folder, step)
        assert end(folder) == whole, f"killed after step {step}"


@pytest.mark.slow
def test_killed_three_times(
    whole: End, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kills in one run after another, each after what the last had saved."""
    for step in (3, 8, 15):
        kill_at(monkeypatch, tmp_path, step)
    assert end(tmp_path) == whole


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("step", [1, 6, 14])
def test_an_interrupt_loses_no_step(
    whole: End, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Ctrl-C within a step: the step ends, is kept, and none is made twice."""
    real, made = TrainingState.step, []

    def counted(self: TrainingState, epoch: int, place: int) -> float:
        made.append(epoch * 6 + place)
        if len(made) == step:
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, epoch, place)

    monkeypatch.setattr(TrainingState, "step", counted)
    with pytest.raises(KeyboardInterrupt):
        end(tmp_path)
    assert len(made) == step
    assert end(tmp_path) == whole
    assert made == list(range(STEPS))


@pytest.mark.slow
def test_a_step_cut_in_two_is_not_kept(
    whole: End, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error between a step's update and its count leaves the older checkpoint."""
    real = TrainingState.step

    def torn(self: TrainingState, epoch: int, place: int) -> float:
        loss = real(self, epoch, place)
        if (epoch, place) == (1, 3):
            raise MemoryError
        return loss

    with monkeypatch.context() as patch:
        patch.setattr(TrainingState, "step", torn)
        with pytest.raises(MemoryError):
            end(tmp_path)
    assert end(tmp_path) == whole


@pytest.mark.slow
def test_a_damaged_checkpoint_changes_nothing(
    whole: End, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the newest, with both, or with a snapshot damaged the end is the same."""
    for number, names in enumerate(
        [(NEWEST,), (NEWEST, PREVIOUS), ("snapshots/epoch-001.npz",)]
    ):
        folder = tmp_path / str(number)
        kill_at(monkeypatch, folder, 15)
        for name in names:
            path = folder / name
            path.write_bytes(path.read_bytes()[:-1])
        progress = QuietProgress()
        assert end(folder, progress=progress) == whole
        assert len(progress.warnings) == len(names)


@pytest.mark.slow
def test_other_settings_do_not_go_on_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another seed, number of epochs, corpus or first weight starts anew."""
    kill_at(monkeypatch, tmp_path, 15)
    kept = {name: (tmp_path / name).read_bytes() for name in (NEWEST, PREVIOUS)}
    changes: list[dict[str, Any]] = [
        {"settings": TrainingSettings(epochs=1, seed=5, batch_size=16)},
        {"settings": TrainingSettings(epochs=1, seed=4, batch_size=16)},
        {"examples": tiny.windows(documents=11)},
        {"model": tiny.model(seed=2)},
        {"identity": "another"},
    ]
    for change in changes:
        for name, data in kept.items():
            (tmp_path / name).write_bytes(data)
        progress = QuietProgress()
        given = {"settings": SETTINGS, "progress": progress} | change
        outcome = tiny.train(tmp_path, **given)
        assert all("another configuration" in warning for warning in progress.warnings)
        assert len(progress.warnings) == 2
        assert outcome.log.epochs[-1] == given["settings"].epochs


Control = Callable[[pytest.MonkeyPatch], None]


def _unseeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seed states are not derived from the step."""
    monkeypatch.setattr(loop.regularization, "states_of", lambda *_: [])


def _without(kind: str) -> Control:
    """Checkpoints lack some variables."""

    def change(monkeypatch: pytest.MonkeyPatch) -> None:
        init = TrainingState.__init__

        def lacking(self: TrainingState, *args: Any, **named: Any) -> None:
            init(self, *args, **named)
            kept = self.model.weights if kind == "seeds" else self.model.variables
            more = self._optimizer.variables if kind == "seeds" else []
            self.variables = [*kept, *more]

        monkeypatch.setattr(TrainingState, "__init__", lacking)

    return change


def _unseeded_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    _unseeded(monkeypatch)
    _without("seeds")(monkeypatch)


def _order_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is drawn from a stream that a new process begins anew."""
    stream = itertools.count()

    def draw_step(size: int, seed: int, epoch: int) -> Order:
        del seed, epoch
        return Order(size, next(stream), 0)

    monkeypatch.setattr(loop, "Order", draw_step)


def _resumed_equals_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a run killed after step 9 ends as one that was not."""
    uninterrupted = end(tmp_path / "whole")
    kill_at(monkeypatch, tmp_path / "killed", 9)
    return end(tmp_path / "killed") == uninterrupted


@pytest.mark.slow
@pytest.mark.parametrize(
    "broken", [_unseeded_and_forgotten, _without("optimizer"), _order_of_the_process]
)
def test_each_part_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Control
) -> None:
    """Without seed states, the optimizer's variables, or the order, it shows."""
    broken(monkeypatch)
    assert not _resumed_equals_whole(tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("doubled", [_unseeded, _without("seeds")])
def test_seed_states_are_safe_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doubled: Control
) -> None:
    """Keeping them and deriving them each suffice alone."""
    doubled(monkeypatch)
    assert _resumed_equals_whole(tmp_path, monkeypatch)


CHILD = """
import os, sys
from pathlib import Path
from tests.networks import test_resume as t
real, last = t.TrainingState.step, int(sys.argv[2])
def fatal(self, epoch, place):
    loss = real(self, epoch, place)
    if epoch * 6 + place + 1 == last:
        os._exit(9)
    return loss
t.TrainingState.step = fatal
print(t.end(Path(sys.argv[1])))
"""


def child(folder: Path, last: int) -> subprocess.CompletedProcess[str]:
    """Train in a process that ends by itself within step `last`."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", CHILD, str(folder), str(last)]
    return subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.slow
def test_processes_that_really_ended(whole: End, tmp_path: Path) -> None:
    """`os._exit` within three steps, one drawn at random, each in its own process."""
    drawn = random.Random(8).randrange(13, 18)  # noqa: S311 - a place, no secret
    for last in (2, 12, drawn):
        assert child(tmp_path, last).returncode == 9
    finished = child(tmp_path, 0)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip() == str(whole)


def test_the_tiny_model_has_all_kinds_of_noise() -> None:
    """Dropout of inputs, of states and of outputs is on, or the rest proves little."""
    model = tiny.model()
    histories, _ = tiny.windows().take(np.arange(5))
    outputs = [model(histories, training=True)["logits"].numpy() for _ in range(2)]
    assert not np.array_equal(*outputs)
    cell = next(layer.cell for layer in model.layers if hasattr(layer, "cell"))
    assert cell.dropout > 0
    assert cell.recurrent_dropout > 0
