"""What one training does to its variables, each step a function of its number."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict

import keras
import numpy as np

from generator.files import digest
from generator.networks import fingerprint, noise, variables
from generator.networks.order import Order
from generator.networks.plan import Examples, Settings
from generator.networks.stepping import Loss, Steps

EVALUATED = 512
"""Examples in a batch whose loss is taken without training."""


class Work:
    """A model, its optimizer, and the examples it is shown."""

    def __init__(
        self,
        model: keras.Model,
        loss: Loss,
        examples: Examples,
        held_out: Examples | None,
        settings: Settings,
        *,
        generators: int | None = None,
    ) -> None:
        self.model, self.settings = model, settings
        self.examples = examples
        self.held_out = held_out if held_out is not None and len(held_out) else None
        self._states = noise.states_of(model, generators)
        self._optimizer = keras.optimizers.Adam(settings.learning_rate)
        self._optimizer.build(model.trainable_variables)
        self.variables = [*model.variables, *self._optimizer.variables]
        self._steps = Steps(
            model,
            loss,
            self._optimizer,
            self._states,
            examples.take(np.arange(min(1, len(examples)))),
        )

    @property
    def updates(self) -> int:
        """Updates the optimizer has counted."""
        return int(self._optimizer.iterations.numpy())

    def identity(self, more: str) -> str:
        """Hash of everything that decides the result, the weights as they are now."""
        settings = asdict(self.settings)
        del settings["checkpoint_seconds"]
        weights = variables.encode(variables.values(self.model.weights))
        told = {
            "settings": settings,
            "examples": self.examples.key,
            "held out": self.held_out.key if self.held_out else "",
            "weights": digest(weights),
            "shapes": variables.shapes(self.variables),
            "fingerprint": fingerprint(),
            "more": more,
        }
        return digest(json.dumps(told, sort_keys=True).encode())

    def step(self, epoch: int, place: int) -> float:
        """Train on batch `place` of `epoch`, both from 0; give the loss before."""
        size = self.settings.batch_size
        order = Order(len(self.examples), self.settings.seed, epoch)
        numbers = order(place * size, (place + 1) * size)
        count = epoch * math.ceil(len(self.examples) / size) + place
        seeds = noise.states_at(self.settings.seed, len(self._states), count)
        rate = self.settings.rate(epoch)
        return float(self._steps.train(self.examples.take(numbers), rate, seeds))

    def validate(self, between_batches: Callable[[], None]) -> float:
        """The mean loss of what is held out; NaN if nothing is."""
        if self.held_out is None:
            return math.nan
        total, size = 0.0, len(self.held_out)
        for start in range(0, size, EVALUATED):
            numbers = np.arange(start, min(start + EVALUATED, size))
            losses = self._steps.evaluate(self.held_out.take(numbers))
            total += float(losses.sum(dtype=np.float64))
            between_batches()
        return total / size
