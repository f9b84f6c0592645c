"""Training as a walk from state to state, each of which can be written down."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from generator import files
from generator.errors import IntegrityError, ResourceError
from generator.networks import checkpoint, variables
from generator.networks.checkpoint import Checkpoint
from generator.networks.history import History
from generator.networks.work import Work
from generator.progress import Progress

SHOWN = 0.1
"""Seconds between two reports of a step."""


def snapshot_path(folder: Path, epoch: int) -> Path:
    """Where the weights after `epoch` are; epoch 0 is before training."""
    return folder / "snapshots" / f"epoch-{epoch:03}.npz"


class Run:
    """One training, its files and its listener."""

    def __init__(
        self,
        work: Work,
        folder: Path,
        progress: Progress,
        name: str,
        clock: Callable[[], float],
    ) -> None:
        self.history = History(len(work.examples), work.settings.batch_size)
        self._work, self._folder, self._progress = work, folder, progress
        self._name, self._clock = name, clock
        self._identity = ""
        self._saved = self._shown = self._started = clock()

    def resume(self, more: str) -> None:
        """Go to the state of the newest checkpoint of this very training, if any."""
        self._identity = self._work.identity(more)
        every = self._work.variables
        found = checkpoint.load(
            self._folder, self._identity, variables.shapes(every), self._progress
        )
        if found is not None and self._snapshots_are_whole(found):
            variables.assign(every, found.variables[:-1])
            self.history.restore(found.facts, found.variables[-1])
        self._started -= self.history.seconds
        epochs = self._work.settings.epochs
        self._progress.model(self._name, epochs, max(self.history.epochs, 0))

    def go(self, between_steps: Callable[[], None]) -> None:
        """Walk to the end. Whatever interrupts it, the way so far is kept."""
        try:
            while not self._done():
                self._advance(between_steps)
                between_steps()
        except IntegrityError:
            raise
        except BaseException:
            self._keep()
            raise
        self._finish()

    def _done(self) -> bool:
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
            self._diverged("loss", loss, epoch)
        history.losses.append(loss)
        self._show(epoch + 1, place + 1)

    def _end_epoch(self, between_steps: Callable[[], None]) -> None:
        """Take the held-out loss, keep the weights, write a checkpoint."""
        history, epoch = self.history, self.history.epochs + 1
        loss = self._work.validate(between_steps)
        if self._work.held_out is not None and not math.isfinite(loss):
            self._diverged("held-out loss", loss, max(epoch - 1, 0))
        weights = self._work.model.weights
        if not variables.finite(variables.values(weights)):
            self._diverged("a weight", math.nan, max(epoch - 1, 0))
        path = snapshot_path(self._folder, epoch)
        sha = variables.save(path, weights)
        history.validation.append(loss)
        history.snapshots[epoch] = sha
        self._save()
        self._progress.epoch(epoch, history.mean(epoch), loss)

    def _show(self, epoch: int, place: int) -> None:
        last = place == self.history.steps
        if last or self._clock() - self._shown >= SHOWN:
            self._shown = self._clock()
            mean = self.history.mean(epoch)
            self._progress.step(epoch, place, self.history.steps, mean)

    def _save(self) -> None:
        """Write a checkpoint of where things stand."""
        self.history.seconds = self._clock() - self._started
        losses = np.array(self.history.losses, "<f4")
        every = [*variables.values(self._work.variables), losses]
        state = Checkpoint(self.history.step, self.history.facts(), every)
        checkpoint.save(self._folder, self._identity, state)
        self._saved = self._clock()

    def _keep(self) -> None:
        """Save on the way out, but not a step cut in two: the last state then stays."""
        if self.history.step and self._work.updates == self.history.step:
            try:
                self._save()
            except ResourceError as error:
                self._progress.warn(str(error))

    def _diverged(self, what: str, value: float, epoch: int) -> None:
        """Remove what must not be used and raise `IntegrityError`."""
        checkpoint.remove(self._folder)
        self._keep_snapshots(set())
        word = "NaN" if math.isnan(value) else "infinite"
        rate = self._work.settings.rate(epoch)
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
                    raise files.refused(error, path, "its removal") from error

    def _snapshots_are_whole(self, found: Checkpoint) -> bool:
        """Whether every snapshot the checkpoint counts on is as it was written."""
        for epoch, sha in found.facts["snapshots"].items():
            path = snapshot_path(self._folder, int(epoch))
            try:
                whole = files.digest(variables.read(path)) == sha
            except IntegrityError:
                whole = False
            if not whole:
                self._progress.warn(f"{path}: damaged or missing; training starts anew")
                return False
        return True
