"""The training loop, one for all models, which can be stopped anywhere.

    model = build(...)                       # freshly built, its first weights drawn
    outcome = train(
        model, cross_entropy, Windows(ids, offsets, 10, training),
        Windows(ids, offsets, 10, held_out), Settings(epochs=5, seed=1),
        folder, progress, name="lm", identity=key,
    )
    outcome.log                              # a TrainingLog
    outcome.snapshots                        # {epoch: SHA-256 of its file}
    load_snapshot(folder, 3, model)          # the weights after epoch 3

1. The held-out loss is taken, and the weights are kept, before the first step: that is
   epoch 0. An epoch goes once through all examples in the order of `order.Order`; its
   last batch is as short as it comes out.
2. Each step is one update of Adam (Kingma and Ba, 2015). The learning rate falls from
   epoch to epoch in equal parts, `rate (1 - epoch / epochs)`, as textgenrnn's does.
3. Whatever a step needs follows from the settings and its number: examples, rate,
   dropout. What it leaves is in the checkpoint: variables, losses. So a run that was
   stopped after any step goes on to the same bits as one that never was. The clock
   decides when checkpoints are written and nothing else.
4. The best epoch is the earliest with the lowest held-out loss, epoch 0 included, or
   the last epoch where nothing is held out. With `patience`, training stops after as
   many epochs without a better one.
5. A loss that is not a finite number ends it, and nothing of that model is left.

Training as a walk from state to state, each of which can be written down.

What one training does to its variables, each step a function of its number.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from generator.core import files
from generator.core.errors import CorpusError, IntegrityError, ResourceError
from generator.core.files import digest
from generator.core.progress import Progress
from generator.models.base import TrainingLog
from generator.networks import compute_fingerprint, parameters
from generator.networks.training import checkpoint, regularization
from generator.networks.training.batches import LengthBuckets, Order, sort_by_length
from generator.networks.training.checkpoint import Checkpoint, TrainingHistory
from generator.networks.training.examples import Examples as Examples
from generator.networks.training.examples import (
    ExamplesWithLengths,
    StatefulStreamExamples,
    StreamExamples,
)
from generator.networks.training.examples import TrainingSettings as TrainingSettings
from generator.networks.training.signals import DelayedSignals
from generator.networks.training.steps import (
    CompiledSteps,
    CompiledStreamSteps,
    Loss,
    specify_batch,
)
from generator.networks.training.steps import (
    compute_cross_entropy as compute_cross_entropy,
)

EVALUATION_BATCH = 512
"""Examples in a batch whose loss is taken without training."""


class TrainingState:
    """A model, its optimizer, and the examples it is shown."""

    def __init__(
        self,
        model: keras.Model,
        loss: Loss,
        examples: Examples,
        held_out: Examples | None,
        settings: TrainingSettings,
        *,
        generators: int | None = None,
    ) -> None:
        self.model, self.settings = model, settings
        self.examples = examples
        self.held_out = held_out if held_out is not None and len(held_out) else None
        self._states = regularization.states_of(model, generators)
        self._optimizer = keras.optimizers.Adam(settings.learning_rate)
        self._optimizer.build(model.trainable_variables)
        self._steps = self._compile_steps(loss)
        every = (*model.variables, *self._optimizer.variables, *self._steps.carried)
        self.variables = list(every)
        self._buckets: LengthBuckets | None = None
        if isinstance(examples, ExamplesWithLengths):
            lengths, size = examples.lengths, settings.batch_size
            self._buckets = LengthBuckets(lengths, size, settings.seed)

    def _compile_steps(self, loss: Loss) -> CompiledSteps:
        """The compiled functions for such examples."""
        known = (self.model, loss, self._optimizer, self._states)
        if isinstance(self.examples, StatefulStreamExamples):
            return CompiledStreamSteps(
                *known, self.examples.streams, self.examples.length
            )
        one = self.examples.take(np.arange(min(1, len(self.examples))))
        open_axes = (
            2 if isinstance(self.examples, ExamplesWithLengths | StreamExamples) else 1
        )
        return CompiledSteps(*known, specify_batch(one, open_axes))

    @property
    def updates(self) -> int:
        """Updates the optimizer has counted."""
        return int(self._optimizer.iterations.numpy())

    def compute_identity(self, more: str) -> str:
        """Hash of everything that decides the result, the weights as they are now."""
        settings = asdict(self.settings)
        del settings["checkpoint_seconds"]
        weights = parameters.encode_arrays(parameters.copy_values(self.model.weights))
        told = {
            "settings": settings,
            "examples": self.examples.key,
            "held out": self.held_out.key if self.held_out else "",
            "weights": digest(weights),
            "shapes": parameters.find_variable_shapes(self.variables),
            "fingerprint": compute_fingerprint(),
            "more": more,
        }
        return digest(json.dumps(told, sort_keys=True).encode())

    def step(self, epoch: int, place: int) -> float:
        """Train on batch `place` of `epoch`, both from 0; give the loss before."""
        numbers = self._find_examples(epoch, place)
        steps = math.ceil(len(self.examples) / self.settings.batch_size)
        count = epoch * steps + place
        seeds = regularization.compute_seed_states(
            self.settings.seed, len(self._states), count
        )
        rate = self.settings.compute_rate(epoch)
        return float(self._steps.train(self.examples.take(numbers), rate, seeds))

    def _find_examples(self, epoch: int, place: int) -> NDArray[np.int64]:
        """The examples of a batch."""
        if self._buckets:
            return self._buckets.find_batch(epoch, place)
        size = self.settings.batch_size
        if isinstance(self.examples, StreamExamples):
            return np.arange(size) + place * size + epoch * len(self.examples)
        order = Order(len(self.examples), self.settings.seed, epoch)
        return order(place * size, (place + 1) * size)

    def validate(self, between_batches: Callable[[], None]) -> float:
        """The mean loss of what is held out; NaN if nothing is."""
        if self.held_out is None:
            return math.nan
        total, size = 0.0, len(self.held_out)
        numbers = np.arange(size)
        if isinstance(self.held_out, ExamplesWithLengths):
            numbers = sort_by_length(numbers, self.held_out.lengths)
        for start in range(0, size, EVALUATION_BATCH):
            batch = self.held_out.take(numbers[start : start + EVALUATION_BATCH])
            losses = self._steps.evaluate(batch)
            total += float(losses.sum(dtype=np.float64))
            between_batches()
        return total / size


REPORT_SECONDS = 0.1
"""Seconds between two reports of a step."""


def snapshot_path(folder: Path, epoch: int) -> Path:
    """Where the weights after `epoch` are; epoch 0 is before training."""
    return folder / "snapshots" / f"epoch-{epoch:03}.npz"


class TrainingRun:
    """One training, its files and its listener."""

    def __init__(
        self,
        work: TrainingState,
        folder: Path,
        progress: Progress,
        name: str,
        clock: Callable[[], float],
    ) -> None:
        self.history = TrainingHistory(len(work.examples), work.settings.batch_size)
        self._work, self._folder, self._progress = work, folder, progress
        self._name, self._clock = name, clock
        self._identity = ""
        self._saved = self._shown = self._started = clock()

    def resume(self, more: str) -> None:
        """Go to the state of the newest checkpoint of this very training, if any."""
        self._identity = self._work.compute_identity(more)
        every = self._work.variables
        found = checkpoint.load_checkpoint(
            self._folder,
            self._identity,
            parameters.find_variable_shapes(every),
            self._progress,
        )
        if found is not None and self._snapshots_are_whole(found):
            parameters.assign_arrays(every, found.variables[:-1])
            self.history.restore(found.facts, found.variables[-1])
        self._started -= self.history.seconds
        epochs = self._work.settings.epochs
        self._progress.model(self._name, epochs, max(self.history.epochs, 0))

    def train_to_end(self, between_steps: Callable[[], None]) -> None:
        """Walk to the end. Whatever interrupts it, the way so far is kept."""
        try:
            while not self._is_done():
                self._advance(between_steps)
                between_steps()
        except IntegrityError:
            raise
        except BaseException:
            self._keep()
            raise
        self._finish()

    def _is_done(self) -> bool:
        history, settings = self.history, self._work.settings
        if history.epochs < 0:
            return False
        patience = settings.patience or math.inf
        waited = history.epochs - history.best
        return history.epochs >= settings.epochs or waited >= patience

    def _advance(self, between_steps: Callable[[], None]) -> None:
        """Make one step, or look at the model at the end of an epoch."""
        if self.history.step == (self.history.epochs + 1) * self.history.steps:
            self._end_epoch(between_steps)
        else:
            self._step()
        if self._clock() - self._saved >= self._work.settings.checkpoint_seconds:
            self._save()

    def _step(self) -> None:
        history = self.history
        epoch, place = divmod(history.step, history.steps)
        loss = self._work.step(epoch, place)
        if not math.isfinite(loss):
            self._refuse_divergence("loss", loss, epoch)
        history.losses.append(loss)
        self._report_progress(epoch + 1, place + 1)

    def _end_epoch(self, between_steps: Callable[[], None]) -> None:
        """Take the held-out loss, keep the weights, write a checkpoint."""
        history, epoch = self.history, self.history.epochs + 1
        loss = self._work.validate(between_steps)
        if self._work.held_out is not None and not math.isfinite(loss):
            self._refuse_divergence("held-out loss", loss, max(epoch - 1, 0))
        weights = self._work.model.weights
        if not parameters.is_finite(parameters.copy_values(weights)):
            self._refuse_divergence("a weight", math.nan, max(epoch - 1, 0))
        path = snapshot_path(self._folder, epoch)
        sha = parameters.save_variables(path, weights)
        history.validation.append(loss)
        history.snapshots[epoch] = sha
        self._save()
        self._progress.epoch(epoch, history.compute_mean_loss(epoch), loss)

    def _report_progress(self, epoch: int, place: int) -> None:
        last = place == self.history.steps
        if last or self._clock() - self._shown >= REPORT_SECONDS:
            self._shown = self._clock()
            mean = self.history.compute_mean_loss(epoch)
            self._progress.step(epoch, place, self.history.steps, mean)

    def _save(self) -> None:
        """Write a checkpoint of where things stand."""
        self.history.seconds = self._clock() - self._started
        losses = np.array(self.history.losses, "<f4")
        every = [*parameters.copy_values(self._work.variables), losses]
        state = Checkpoint(self.history.step, self.history.export_facts(), every)
        checkpoint.save_checkpoint(self._folder, self._identity, state)
        self._saved = self._clock()

    def _keep(self) -> None:
        """Save on the way out, but not a step cut in two: the last state then stays."""
        if self.history.step and self._work.updates == self.history.step:
            try:
                self._save()
            except ResourceError as error:
                self._progress.warn(str(error))

    def _refuse_divergence(self, what: str, value: float, epoch: int) -> None:
        """Remove what must not be used and raise `IntegrityError`."""
        checkpoint.remove_checkpoints(self._folder)
        self._keep_snapshots(set())
        word = "NaN" if math.isnan(value) else "infinite"
        rate = self._work.settings.compute_rate(epoch)
        raise IntegrityError(
            f"model {self._name}: {what} became {word} at step "
            f"{self.history.step + 1:,} (learning rate {rate:g}); "
            "nothing of this training is kept: lower the learning rate"
        )

    def _finish(self) -> None:
        """Keep the snapshots that were asked for, the best and the last."""
        history, asked = self.history, self._work.settings.snapshots
        kept = {*(history.snapshots if asked is None else asked)}
        kept = (kept | {history.best, history.epochs}) & set(history.snapshots)
        if kept != set(history.snapshots):
            history.snapshots = {e: history.snapshots[e] for e in sorted(kept)}
            self._save()
            self._keep_snapshots(kept)

    def _keep_snapshots(self, kept: set[int]) -> None:
        """Remove the snapshots of all other epochs."""
        for epoch in range(self._work.settings.epochs + 1):
            path = snapshot_path(self._folder, epoch)
            if epoch not in kept:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise files.make_resource_error(
                        error, path, "its removal"
                    ) from error

    def _snapshots_are_whole(self, found: Checkpoint) -> bool:
        """Whether every snapshot the checkpoint counts on is as it was written."""
        for epoch, sha in found.facts["snapshots"].items():
            path = snapshot_path(self._folder, int(epoch))
            try:
                whole = files.digest(parameters.read_array_file(path)) == sha
            except IntegrityError:
                whole = False
            if not whole:
                self._progress.warn(f"{path}: damaged or missing; training starts anew")
                return False
        return True


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """What training left. `log.held_out` is empty: only the caller knows documents."""

    log: TrainingLog
    snapshots: dict[int, str]  # SHA-256 of each file, by epoch
    step_losses: NDArray[np.float32]  # (steps,), the mean loss of each batch


def load_snapshot(folder: Path, epoch: int, model: keras.Model) -> None:
    """Give `model` its weights after `epoch`. Raises `IntegrityError`."""
    parameters.load_variables(snapshot_path(folder, epoch), model.weights)


def train(  # noqa: PLR0917 - what, on what, how, where, told to whom: in that order
    model: keras.Model,
    loss: Loss,
    examples: Examples,
    held_out: Examples | None,
    settings: TrainingSettings,
    folder: Path,
    progress: Progress,
    *,
    name: str = "model",
    identity: str = "",
    seed_generators: int | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> TrainingOutcome:
    """Train `model` in place, going on from the checkpoint in `folder` if there is one.

    Args:
        model: Just built: its weights are epoch 0. They are part of what a checkpoint
            is checked against.
        loss: (outputs, targets) to the loss of each example, in nats.
        examples: What is trained on.
        held_out: What is only looked at; None or empty for nothing.
        settings: How to train.
        folder: For checkpoints and snapshots; the caller removes the checkpoints
            (`checkpoint.remove`) once it has recorded what came out.
        progress: Is told of steps, epochs and damaged checkpoints.
        name: What the model is called in messages.
        identity: Hash of whatever else decides the result.
        seed_generators: How many the architecture implies; None leaves it unchecked.
        clock: Seconds; it decides when checkpoints are written.

    Raises:
        CorpusError: There is nothing to train on.
        IntegrityError: The training diverged.
        ResourceError: A checkpoint or a snapshot cannot be written.
    """
    if settings.epochs and not len(examples):
        raise CorpusError(
            f"model {name}: nothing to train on; expected at least one token with "
            "another before it: give the corpus more documents"
        )
    work = TrainingState(
        model, loss, examples, held_out, settings, generators=seed_generators
    )
    run = TrainingRun(work, folder, progress, name, clock)
    run.resume(identity)
    with DelayedSignals() as held:
        run.train_to_end(held.handle_pending)
    losses = np.array(run.history.losses, np.float32)
    return TrainingOutcome(run.history.make_log(), run.history.snapshots, losses)
