"""What is to be trained on, and how."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

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


@runtime_checkable
class Measured(Examples, Protocol):
    """Examples of several lengths, along axis 1 of their inputs.

    Batches are made of examples of like lengths, and each is as wide as its longest.
    """

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How long each example is, (examples,)."""
        ...


@runtime_checkable
class InOrder(Examples, Protocol):
    """Parts of streams: each step takes the next part of all of them.

    Nothing is shuffled, and numbers go on from epoch to epoch. The model itself keeps
    what a step leaves to the next.
    """

    in_order: bool
    streams: int
    length: int  # tokens of a part


@runtime_checkable
class Carrying(InOrder, Protocol):
    """The same of a model that gives out what it leaves, for the steps to carry."""

    carries: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train. All of it but `checkpoint_seconds` decides the result."""

    epochs: int
    seed: int = 0
    batch_size: int = 128
    learning_rate: float = 4e-3
    schedule: Literal["linear", "constant", "decay"] = "linear"
    decay: float = 1.0  # what the rate is multiplied by after each epoch
    floor: float = 0.0  # what it does not fall below then
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
        if not 0 < self.decay <= 1 or not 0 <= self.floor <= self.learning_rate:
            raise ConfigError(
                f"decay {self.decay}, floor {self.floor}; expected a decay above 0 and "
                "at most 1, and a floor between 0 and the learning rate"
            )

    def rate(self, epoch: int) -> float:
        """The learning rate in `epoch`, counted from 0."""
        if self.schedule == "decay":
            return max(self.floor, self.learning_rate * self.decay**epoch)
        falling = self.schedule == "linear"
        return self.learning_rate * (1 - epoch / self.epochs if falling else 1)
