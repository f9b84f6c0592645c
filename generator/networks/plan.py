"""What is to be trained on, and how."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from generator.errors import ConfigError
from generator.networks.stepping import Batch


class Examples(Protocol):
    """What can be trained on: examples by number, from 0 to `len - 1`."""

    @property
    def key(self) -> str:
        """Hash of everything `take` depends on."""
        ...

    def __len__(self) -> int: ...

    def take(self, numbers: NDArray[np.int64]) -> Batch:
        """Inputs and targets of these examples, in this order."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train. All of it but `checkpoint_seconds` decides the result."""

    epochs: int
    seed: int = 0
    batch_size: int = 128
    learning_rate: float = 4e-3
    schedule: Literal["linear", "constant"] = "linear"
    patience: int | None = None
    snapshots: tuple[int, ...] | None = None  # epochs kept beside best and last, or all
    checkpoint_seconds: float = 60.0

    def __post_init__(self) -> None:
        if (
            self.epochs < 0
            or self.batch_size < 1
            or (self.patience is not None and self.patience < 1)
        ):
            raise ConfigError(f"epochs, batch size or patience out of range: {self}")
        if not 0 < self.learning_rate < math.inf:
            raise ConfigError(f"learning rate {self.learning_rate}; expected above 0")

    def rate(self, epoch: int) -> float:
        """The learning rate in `epoch`, counted from 0."""
        falling = self.schedule == "linear"
        return self.learning_rate * (1 - epoch / self.epochs if falling else 1)
