"""The training loop, one for all models, which can be stopped anywhere.

    model = build_textgenrnn(...)            # freshly built, its first weights drawn
    outcome = train(
        model, compute_cross_entropy, WindowExamples(ids, offsets, 10, training),
        WindowExamples(ids, offsets, 10, held_out), TrainingSettings(epochs=5, seed=1),
        folder, progress, name="lm", identity=key,
    )
    outcome.log                              # a TrainingLog
    outcome.snapshots                        # {epoch: SHA-256 of its file}
    load_snapshot(folder, 3, model)          # the weights after epoch 3

1. The held-out loss is taken, and the weights are kept, before the first step: that is
   epoch 0. An epoch goes once through all examples in the order of `batches.Order`; its
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

`TrainingState` is what a training changes, each step a function of its number;
`TrainingRun` walks from state to state and writes them down.
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
from generator.networks.training.examples import (
    SHARDS,
    ExamplesWithLengths,
    StatefulStreamExamples,
    StreamExamples,
)
from generator.networks.training.examples import Examples as Examples
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
    """A model, its optimizer, and the examples it learns from."""

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
        """Compile the steps for the kind of examples there are."""
        compiled = (self.model, loss, self._optimizer, self._states)
        if isinstance(self.examples, StatefulStreamExamples):
            return CompiledStreamSteps(
                *compiled,
                self.examples.streams,
                self.examples.length,
                self.settings.shards,
            )
        example = self.examples.take(np.arange(min(1, len(self.examples))))
        open_axes = (
            2 if isinstance(self.examples, ExamplesWithLengths | StreamExamples) else 1
        )
        return CompiledSteps(
            *compiled,
            specify_batch(example, open_axes),
            shards=self.settings.shards,
        )

    @property
    def updates(self) -> int:
        """The number of updates the optimizer has counted."""
        return int(self._optimizer.iterations.numpy())

    def compute_identity(self, more: str) -> str:
        """Return a hash of all that decides the result, with the present weights.

        Args:
            more: What else decides the result, as the caller hashed it.
        """
        settings = asdict(self.settings)
        del settings["checkpoint_seconds"]
        if settings["shards"] == SHARDS:
            del settings["shards"]  # as before there was such a setting
        weights = parameters.encode_arrays(parameters.copy_values(self.model.weights))
        content = {
            "settings": settings,
            "examples": self.examples.key,
            "held out": self.held_out.key if self.held_out else "",
            "weights": digest(weights),
            "shapes": parameters.find_variable_shapes(self.variables),
            "fingerprint": compute_fingerprint(),
            "more": more,
        }
        return digest(json.dumps(content, sort_keys=True).encode())

    def step(self, epoch: int, place: int) -> float:
        """Train on one batch.

        Args:
            epoch: From 0.
            place: Which batch of the epoch, from 0.

        Returns:
            The mean loss of the batch before the update, in nats.
        """
        numbers = self._find_examples(epoch, place)
        steps = math.ceil(len(self.examples) / self.settings.batch_size)
        count = epoch * steps + place
        seeds = regularization.compute_seed_states(
            self.settings.seed, len(self._states), count
        )
        rate = self.settings.compute_rate(epoch)
        return float(self._steps.train(self.examples.take(numbers), rate, seeds))

    def _find_examples(self, epoch: int, place: int) -> NDArray[np.int64]:
        """Return the numbers of a batch's examples."""
        if self._buckets:
            return self._buckets.find_batch(epoch, place)
        size = self.settings.batch_size
        if isinstance(self.examples, StreamExamples):
            return np.arange(size) + place * size + epoch * len(self.examples)
        order = Order(len(self.examples), self.settings.seed, epoch)
        return order(place * size, (place + 1) * size)

    def validate(self, between_batches: Callable[[], None]) -> float:
        """Compute the mean loss of the held-out examples.

        Args:
            between_batches: Called after each batch.

        Returns:
            The loss in nats; NaN if nothing is held out.
        """
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
    """Return the path of the weights after `epoch`; epoch 0 is before training."""
    return folder / "snapshots" / f"epoch-{epoch:03}.npz"


class TrainingRun:
    """One training, with its history, its files and its progress reports."""

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
        self._project = files.find_project_of(folder, files.MODEL_DEPTH)
        self._name, self._clock = name, clock
        self._identity = ""
        self._saved = self._shown = self._started = clock()

    def resume(self, more: str) -> None:
        """Restore the newest checkpoint of this very training, if there is one.

        Args:
            more: Hash of what decides the result beside model, examples and settings.

        Raises:
            IntegrityError: The checkpoint holds NaN or infinity.
            ResourceError: The checkpoint cannot be read.
        """
        self._identity = self._work.compute_identity(more)
        variables = self._work.variables
        loaded = checkpoint.load_checkpoint(
            self._folder,
            self._identity,
            parameters.find_variable_shapes(variables),
            self._progress,
        )
        if loaded is not None and self._snapshots_are_whole(loaded):
            parameters.assign_arrays(variables, loaded.variables[:-1])
            self.history.restore(loaded.facts, loaded.variables[-1])
        self._started -= self.history.seconds
        epochs = self._work.settings.epochs
        self._progress.model(self._name, epochs, max(self.history.epochs, 0))

    def train_to_end(self, between_steps: Callable[[], None]) -> None:
        """Train to the end; whatever interrupts it, the way so far is saved.

        Args:
            between_steps: Called where an interruption leaves nothing half done.

        Raises:
            IntegrityError: The training diverged.
            ResourceError: A checkpoint or a snapshot cannot be written.
        """
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
        """Make one step, or validate the model at the end of an epoch."""
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
        """Take the held-out loss, save the weights, write a checkpoint."""
        history, epoch = self.history, self.history.epochs + 1
        loss = self._work.validate(between_steps)
        if self._work.held_out is not None and not math.isfinite(loss):
            self._refuse_divergence("held-out loss", loss, max(epoch - 1, 0))
        weights = self._work.model.weights
        if not parameters.is_finite(parameters.copy_values(weights)):
            self._refuse_divergence("a weight", math.nan, max(epoch - 1, 0))
        path = snapshot_path(self._folder, epoch)
        sha = parameters.save_variables(path, weights, self._project)
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
        """Write a checkpoint of the present state."""
        self.history.seconds = self._clock() - self._started
        losses = np.array(self.history.losses, "<f4")
        every = [*parameters.copy_values(self._work.variables), losses]
        state = Checkpoint(self.history.step, self.history.export_facts(), every)
        checkpoint.save_checkpoint(self._folder, self._identity, state)
        self._saved = self._clock()

    def _keep(self) -> None:
        """Save on the way out, unless a step was cut in two."""
        if self.history.step and self._work.updates == self.history.step:
            try:
                self._save()
            except ResourceError as error:
                self._progress.warn(str(error))

    def _refuse_divergence(self, what: str, value: float, epoch: int) -> None:
        """Remove what must not be used.

        Raises:
            IntegrityError: Always.
        """
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
        """Remove snapshots other than those configured, the best and the last."""
        history, configured = self.history, self._work.settings.snapshots
        kept = {*(history.snapshots if configured is None else configured)}
        kept = (kept | {history.best, history.epochs}) & set(history.snapshots)
        if kept != set(history.snapshots):
            history.snapshots = {e: history.snapshots[e] for e in sorted(kept)}
            self._save()
            self._keep_snapshots(kept)

    def _keep_snapshots(self, kept: set[int]) -> None:
        """Remove the snapshots of all epochs but `kept`.

        Raises:
            ResourceError: A snapshot cannot be removed.
        """
        for epoch in range(self._work.settings.epochs + 1):
            path = snapshot_path(self._folder, epoch)
            if epoch not in kept:
                files.remove(path, self._project)

    def _snapshots_are_whole(self, loaded: Checkpoint) -> bool:
        """Return whether every snapshot a checkpoint counts on is undamaged."""
        for epoch, sha in loaded.facts["snapshots"].items():
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
    """The result of training; `log.held_out` is empty, as the caller alone knows it."""

    log: TrainingLog
    snapshots: dict[int, str]  # SHA-256 of each file, by epoch
    step_losses: NDArray[np.float32]  # (steps,), the mean loss of each batch


def load_snapshot(folder: Path, epoch: int, model: keras.Model) -> None:
    """Load the weights after `epoch` into `model`.

    Raises:
        IntegrityError: The snapshot is missing, damaged or of another network.
    """
    parameters.load_variables(snapshot_path(folder, epoch), model.weights)


def train(  # noqa: PLR0917 - all of them make a training
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
    """Train `model` in place, resuming from the checkpoint in `folder` if there is one.

    Args:
        model: Just built: its weights are epoch 0. They are part of what a checkpoint
            is checked against.
        loss: (outputs, targets) to the loss of each example, in nats.
        examples: What is trained on.
        held_out: What is only validated on; None or empty for nothing.
        settings: How to train.
        folder: For checkpoints and snapshots; the caller removes the checkpoints
            (`remove_checkpoints`) once it has recorded the outcome.
        progress: Gets reports of steps, epochs and damaged checkpoints.
        name: What the model is called in messages.
        identity: Hash of whatever else decides the result.
        seed_generators: How many the architecture implies; None leaves it unchecked.
        clock: Seconds; it decides when checkpoints are written.

    Returns:
        The log by epochs, the snapshots and the loss of every step.

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
    with DelayedSignals() as signals:
        run.train_to_end(signals.handle_pending)
    losses = np.array(run.history.losses, np.float32)
    return TrainingOutcome(run.history.make_log(), run.history.snapshots, losses)
