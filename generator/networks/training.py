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
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from generator.errors import CorpusError
from generator.models.logs import TrainingLog
from generator.networks import variables
from generator.networks.interrupts import Held
from generator.networks.plan import Examples as Examples
from generator.networks.plan import Settings as Settings
from generator.networks.run import Run, snapshot_path
from generator.networks.stepping import Loss
from generator.networks.stepping import cross_entropy as cross_entropy
from generator.networks.work import Work
from generator.progress import Progress


@dataclass(frozen=True, slots=True)
class Outcome:
    """What training left. `log.held_out` is empty: only the caller knows documents."""

    log: TrainingLog
    snapshots: dict[int, str]  # SHA-256 of each file, by epoch
    step_losses: NDArray[np.float32]  # (steps,), the mean loss of each batch


def load_snapshot(folder: Path, epoch: int, model: keras.Model) -> None:
    """Give `model` its weights after `epoch`. Raises `IntegrityError`."""
    variables.load(snapshot_path(folder, epoch), model.weights)


def train(  # noqa: PLR0917 - what, on what, how, where, told to whom: in that order
    model: keras.Model,
    loss: Loss,
    examples: Examples,
    held_out: Examples | None,
    settings: Settings,
    folder: Path,
    progress: Progress,
    *,
    name: str = "model",
    identity: str = "",
    seed_generators: int | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
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
    work = Work(model, loss, examples, held_out, settings, generators=seed_generators)
    run = Run(work, folder, progress, name, clock)
    run.resume(identity)
    with Held() as held:
        run.go(held.between_steps)
    losses = np.array(run.history.losses, np.float32)
    return Outcome(run.history.log(), run.history.snapshots, losses)
