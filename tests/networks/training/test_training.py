"""The training loop: what it leaves, and when it refuses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.core.errors import ConfigError, CorpusError, IntegrityError
from generator.core.progress import QuietProgress
from generator.networks import parameters
from generator.networks.training import checkpoint, loop, regularization
from generator.networks.training.examples import TrainingSettings
from generator.networks.training.loop import TrainingState, snapshot_path
from tests.networks import tiny

TWO = TrainingSettings(epochs=2, batch_size=16)


class Listener(QuietProgress):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[Any, ...]] = []

    def model(self, name: str, epochs: int, done: int) -> None:
        self.told.append(("model", name, epochs, done))

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        self.told.append(("step", epoch, step, steps, loss))

    def epoch(self, epoch: int, loss: float, validation: float) -> None:
        self.told.append(("epoch", epoch, loss, validation))


@dataclass(frozen=True)
class Run:
    """A training of two epochs, and what was seen of it."""

    folder: Path
    outcome: loop.TrainingOutcome
    told: list[tuple[Any, ...]]
    taken: list[Any]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One training for the tests that only look at it."""
    folder, listener, taken = tmp_path_factory.mktemp("run"), Listener(), []
    examples = tiny.windows()
    take = examples.take

    def spy(numbers: Any) -> Any:
        taken.append(numbers)
        return take(numbers)

    examples.take = spy  # type: ignore[method-assign]
    outcome = tiny.train(folder, TWO, examples=examples, progress=listener, name="lm")
    return Run(folder, outcome, listener.told, taken)


def by_hand(model: Any, examples: Any) -> float:
    """The mean cross-entropy of `model` over `examples`, in float64."""
    histories, targets = examples.take(np.arange(len(examples)))
    logits = model(histories)["logits"].numpy().astype(np.float64)
    shares = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    return float(-shares[np.arange(len(targets)), targets].mean())


def test_the_log_holds_what_the_model_does(run: Run) -> None:
    """Held-out losses, epoch 0 included, are those of the snapshots, to rounding."""
    log = run.outcome.log
    assert log.epochs == (0, 1, 2)
    for epoch in log.epochs:
        model = tiny.model(seed=99)
        loop.load_snapshot(run.folder, epoch, model)
        expected = by_hand(model, tiny.windows(held_out=True))
        assert log.validation_losses[epoch] == pytest.approx(expected, rel=1e-6)


def test_epoch_0_is_the_model_as_given(run: Run) -> None:
    """The first snapshot is taken before the first step."""
    model = tiny.model(seed=99)
    loop.load_snapshot(run.folder, 0, model)
    for found, given in zip(
        model.get_weights(), tiny.model().get_weights(), strict=True
    ):
        assert np.array_equal(found, given)


def test_an_epoch_is_every_example_once(run: Run) -> None:
    """A part of a batch at the end is trained on; epochs differ in order only."""
    outcome = run.outcome
    batches = run.taken[1:]  # the first is a look at what a batch is
    assert [len(batch) for batch in batches] == 2 * [16, 16, 16, 16, 16, 3]
    first, second = np.concatenate(batches[:6]), np.concatenate(batches[6:])
    assert sorted(first) == sorted(second) == list(range(83))
    assert first.tolist() != second.tolist()
    assert outcome.log.windows == 83
    weighted = np.average(outcome.step_losses[:6].astype(float), weights=[16] * 5 + [3])
    assert outcome.log.losses[1] == pytest.approx(weighted, rel=1e-12)


@pytest.mark.slow(2)
def test_one_step_is_adam_by_hand(tmp_path: Path) -> None:
    """Without dropout, the first update is nearly the rate, against the gradient."""
    model = tiny.model()
    for layer in model.layers:
        if "dropout" in layer.name:
            layer.rate = 0.0
        if "lstm" in layer.name:
            layer.cell.dropout = layer.cell.recurrent_dropout = 0.0
    bias = model.get_weights()[-1]
    histories, targets = tiny.windows().take(np.arange(83))
    logits = model(histories)["logits"].numpy().astype(np.float64)
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    gradient = (shares - np.eye(tiny.SIZE)[targets]).mean(0)
    once = TrainingSettings(epochs=1, batch_size=100, learning_rate=0.01)
    tiny.train(tmp_path, once, model=model)
    moved = model.get_weights()[-1] - bias
    epsilon = 1e-7 / np.sqrt(1 - 0.999)
    expected = -0.01 * gradient / (abs(gradient) + epsilon)
    assert moved == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
def test_fewer_examples_than_a_batch_are_trained_on(tmp_path: Path) -> None:
    """An epoch is then one step."""
    outcome = tiny.train(tmp_path, TrainingSettings(epochs=3, batch_size=1000))
    assert outcome.step_losses.shape == (3,)


@pytest.mark.slow
def test_two_trainings_are_one(tmp_path: Path) -> None:
    """The same settings give the same bits, another seed gives others."""
    outcomes = [
        tiny.train(
            tmp_path / str(i), TrainingSettings(epochs=1, batch_size=16, seed=seed)
        )
        for i, seed in enumerate([5, 5, 6])
    ]
    assert outcomes[0].snapshots == outcomes[1].snapshots
    assert outcomes[0].step_losses.tobytes() == outcomes[1].step_losses.tobytes()
    assert outcomes[0].snapshots[1] != outcomes[2].snapshots[1]


@pytest.mark.slow
def test_global_random_state_is_neither_read_nor_changed(tmp_path: Path) -> None:
    """NumPy's global stream has no part in it."""
    np.random.seed(1)  # noqa: NPY002 - it is the global stream that is looked at
    before = np.random.get_state()[1].copy()  # type: ignore[index]  # noqa: NPY002
    first = tiny.train(tmp_path / "a", TrainingSettings(epochs=1))
    assert np.array_equal(np.random.get_state()[1], before)  # type: ignore[index]  # noqa: NPY002
    np.random.seed(2)  # noqa: NPY002
    assert (
        tiny.train(tmp_path / "b", TrainingSettings(epochs=1)).snapshots
        == first.snapshots
    )


@pytest.mark.slow
@pytest.mark.parametrize("asked", [(), (0, 2), None])
def test_asked_epochs_are_kept_with_best_and_last(
    tmp_path: Path, asked: tuple[int, ...] | None
) -> None:
    """Others are removed; every file is the one whose hash is given."""
    outcome = tiny.train(
        tmp_path, TrainingSettings(epochs=4, batch_size=16, snapshots=asked)
    )
    kept = set(range(5)) if asked is None else {*asked, outcome.log.best, 4}
    assert set(outcome.snapshots) == kept
    files = sorted((tmp_path / "snapshots").iterdir())
    assert files == [snapshot_path(tmp_path, epoch) for epoch in sorted(kept)]


@pytest.mark.slow
def test_the_best_epoch_is_the_earliest_of_equals(tmp_path: Path) -> None:
    """An epoch as good as one before is not better."""
    outcome = tiny.train(tmp_path, TrainingSettings(epochs=3, learning_rate=1e-30))
    assert len(set(outcome.log.validation_losses)) == 1
    assert outcome.log.best == 0


@pytest.mark.slow(2)
def test_nothing_held_out_makes_the_last_the_best(tmp_path: Path) -> None:
    """The held-out losses are then NaN, and patience has nothing to wait for."""
    outcome = tiny.train(
        tmp_path, TrainingSettings(epochs=2, patience=1), held_out=None
    )
    assert all(math.isnan(loss) for loss in outcome.log.validation_losses)
    assert outcome.log.best == 2


@pytest.mark.slow
def test_patience_stops_training(tmp_path: Path) -> None:
    """Two epochs no better than epoch 0 are enough with a patience of two."""
    hopeless = TrainingSettings(epochs=9, learning_rate=1e-30, patience=2)
    outcome = tiny.train(tmp_path, hopeless)
    assert outcome.log.epochs == (0, 1, 2)


def test_no_epochs_is_the_untrained_model(tmp_path: Path) -> None:
    """Epoch 0 is looked at and kept; an empty corpus is then no error."""
    outcome = tiny.train(
        tmp_path, TrainingSettings(epochs=0), examples=tiny.windows(documents=2)
    )
    assert list(outcome.snapshots) == [0]
    assert outcome.log.best == 0


def test_nothing_to_train_on_is_an_error_of_the_corpus(tmp_path: Path) -> None:
    """It is said before any file is written."""
    with pytest.raises(CorpusError, match="model lm: nothing to train on"):
        tiny.train(
            tmp_path,
            TrainingSettings(epochs=1),
            examples=tiny.windows(documents=2),
            name="lm",
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": -1},
        {"epochs": 1, "batch_size": 0},
        {"epochs": 1, "patience": 0},
        {"epochs": 1, "learning_rate": 0.0},
        {"epochs": 1, "learning_rate": math.nan},
        {"epochs": 1, "learning_rate": math.inf},
        {"epochs": 1, "decay": 0.0},
        {"epochs": 1, "decay": 1.1},
        {"epochs": 1, "floor": 1.0},
        {"epochs": 1, "floor": -1e-6},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    """Whoever calls without a study file is told too."""
    with pytest.raises(ConfigError):
        TrainingSettings(**wrong)


def test_the_rate_falls_in_equal_parts() -> None:
    """As in textgenrnn: all of it in the first epoch, never 0 in the last."""
    falling = TrainingSettings(epochs=4, learning_rate=0.4)
    assert [falling.compute_rate(epoch) for epoch in range(4)] == pytest.approx(
        [0.4, 0.3, 0.2, 0.1]
    )
    steady = TrainingSettings(epochs=4, learning_rate=0.4, schedule="constant")
    assert {steady.compute_rate(epoch) for epoch in range(4)} == {0.4}


def test_the_rate_may_fall_by_a_factor() -> None:
    """After each epoch it is multiplied, and it stops at the floor."""
    falling = TrainingSettings(
        epochs=5, learning_rate=0.4, schedule="decay", decay=0.5, floor=0.08
    )
    assert [falling.compute_rate(epoch) for epoch in range(5)] == pytest.approx(
        [0.4, 0.2, 0.1, 0.08, 0.08]
    )


@pytest.mark.slow(2)
@pytest.mark.parametrize(("value", "word"), [(math.nan, "NaN"), (math.inf, "infinite")])
def test_a_loss_that_is_no_number_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: float, word: str
) -> None:
    """The step and the rate are named, and no file of that model is left."""
    step = TrainingState.step

    def diverging(self: TrainingState, epoch: int, place: int) -> float:
        return value if (epoch, place) == (1, 2) else step(self, epoch, place)

    monkeypatch.setattr(TrainingState, "step", diverging)
    with pytest.raises(IntegrityError) as caught:
        tiny.train(
            tmp_path, TrainingSettings(epochs=2, batch_size=16, learning_rate=0.1)
        )
    assert f"loss became {word} at step 9 (learning rate 0.05)" in str(caught.value)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.slow
def test_a_rate_far_too_high_is_found(tmp_path: Path) -> None:
    """Real divergence, not a planted value, ends in the same error."""
    absurd = TrainingSettings(epochs=3, batch_size=16, learning_rate=1e38)
    with pytest.raises(IntegrityError, match="lower the learning rate"):
        tiny.train(tmp_path, absurd)


def test_the_listener_hears_it_all(run: Run) -> None:
    """The model, the last step of every epoch at least, and each epoch's losses."""
    log = run.outcome.log
    assert run.told[0] == ("model", "lm", 2, 0)
    ends = [told for told in run.told if told[0] == "step" and told[2] == 6]
    assert [told[1] for told in ends] == [1, 2]
    assert [told[4] for told in ends] == list(log.losses[1:])
    epochs = [told[1:] for told in run.told if told[0] == "epoch"]
    assert [epoch[0] for epoch in epochs] == [0, 1, 2]
    assert [epoch[2] for epoch in epochs] == list(log.validation_losses)


def test_no_time_is_recorded_where_builds_must_repeat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SOURCE_DATE_EPOCH keeps seconds out of the log."""
    assert (
        tiny.train(tmp_path / "a", TrainingSettings(epochs=0)).log.seconds is not None
    )
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert tiny.train(tmp_path / "b", TrainingSettings(epochs=0)).log.seconds is None


def test_seed_generators_are_counted() -> None:
    """A layer more or less than the architecture implies is noticed."""
    assert len(regularization.states_of(tiny.model(), 2)) == 2
    with pytest.raises(RuntimeError, match="2 seed generators; expected 3"):
        regularization.states_of(tiny.model(), 3)


def test_states_are_those_of_a_step() -> None:
    """No two generators, steps or seeds share a state, and none is negative."""
    states = np.concatenate(
        [
            regularization.compute_seed_states(seed, 3, step)
            for seed in range(5)
            for step in range(50)
        ]
    )
    assert len({tuple(state) for state in states.tolist()}) == 750
    assert states.min() >= 0


def test_a_damaged_snapshot_is_refused(tmp_path: Path) -> None:
    """A file cut short, and one of another shape, give no model."""
    tiny.train(tmp_path, TrainingSettings(epochs=0))
    path = snapshot_path(tmp_path, 0)
    with pytest.raises(IntegrityError, match="expected"):
        loop.load_snapshot(tmp_path, 0, tiny.model(size=13))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(IntegrityError, match="epoch-000"):
        loop.load_snapshot(tmp_path, 0, tiny.model())
    path.unlink()
    with pytest.raises(IntegrityError, match="not a plain file"):
        loop.load_snapshot(tmp_path, 0, tiny.model())


@pytest.mark.slow
def test_a_finished_training_is_not_done_again(tmp_path: Path) -> None:
    """A second call makes no step and gives the same answer."""
    first = tiny.train(tmp_path, TWO)
    listener = Listener()
    second = tiny.train(tmp_path, TWO, progress=listener)
    assert listener.told == [("model", "model", 2, 2)]
    assert second.log == first.log
    assert second.snapshots == first.snapshots


def test_a_step_beyond_the_end_finishes_at_once(tmp_path: Path) -> None:
    """A checkpoint that went further than asked makes no negative work."""
    work = TrainingState(
        tiny.model(), loop.compute_cross_entropy, tiny.windows(), None, TWO
    )
    identity = work.compute_identity("")
    every = [*parameters.copy_values(work.variables), np.ones(40, "<f4")]
    facts = {"validation": ["nan"] * 6, "snapshots": {}, "seconds": 1.0}
    state = checkpoint.Checkpoint(40, facts, every)
    checkpoint.save_checkpoint(tmp_path, identity, state)
    outcome = tiny.train(tmp_path, TWO, held_out=None)
    assert outcome.log.epochs == (0, 1, 2, 3, 4, 5)
