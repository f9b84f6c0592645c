"""What a training has come to, apart from the variables: a step and its past."""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generator.models.logs import TrainingLog
from generator.networks import fingerprint


@dataclass
class History:
    """Losses and snapshots so far; how far that is follows from how many there are."""

    size: int  # examples in an epoch
    batch: int  # examples in a batch
    losses: array[float] = field(default_factory=lambda: array("f"))  # of every step
    validation: list[float] = field(default_factory=list)  # from epoch 0 on
    snapshots: dict[int, str] = field(default_factory=dict)  # SHA-256 by epoch
    seconds: float = 0.0

    @property
    def steps(self) -> int:
        """Steps in an epoch."""
        return math.ceil(self.size / self.batch)

    @property
    def step(self) -> int:
        """Steps made."""
        return len(self.losses)

    @property
    def epochs(self) -> int:
        """Epochs whose end was reached and looked at; -1 before the first look."""
        return len(self.validation) - 1

    @property
    def best(self) -> int:
        """The earliest epoch with the lowest held-out loss; the last without any."""
        if math.isnan(self.validation[-1]):
            return self.epochs
        return self.validation.index(min(self.validation))

    def mean(self, epoch: int) -> float:
        """The mean loss of the examples of `epoch` (from 1) so far; NaN for none."""
        start = (epoch - 1) * self.steps
        losses = np.array(self.losses[max(start, 0) : start + self.steps], np.float64)
        if epoch < 1 or not losses.size:
            return math.nan
        sizes = np.full(losses.size, self.batch)
        if losses.size == self.steps:
            sizes[-1] = self.size - (self.steps - 1) * self.batch
        return math.fsum(losses * sizes) / int(sizes.sum())

    def facts(self) -> dict[str, Any]:
        """What a checkpoint's header says of it; the losses are among the arrays."""
        return {
            "validation": [value.hex() for value in self.validation],
            "snapshots": {str(epoch): sha for epoch, sha in self.snapshots.items()},
            "seconds": self.seconds,
        }

    def restore(self, facts: Mapping[str, Any], losses: Iterable[float]) -> None:
        """Become what `facts` and `losses` say."""
        self.losses = array("f", losses)
        self.validation = [float.fromhex(value) for value in facts["validation"]]
        self.snapshots = {int(epoch): sha for epoch, sha in facts["snapshots"].items()}
        self.seconds = facts["seconds"]

    def log(self) -> TrainingLog:
        """The past by epochs. No time is recorded under SOURCE_DATE_EPOCH."""
        epochs = tuple(range(self.epochs + 1))
        return TrainingLog(
            epochs=epochs,
            losses=tuple(map(self.mean, epochs)),
            validation_losses=tuple(self.validation),
            best=self.best,
            windows=self.size,
            held_out=(),
            seconds=None if "SOURCE_DATE_EPOCH" in os.environ else self.seconds,
            fingerprint=fingerprint(),
        )
