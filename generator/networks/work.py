"""What one training does to its variables, each step a function of its number."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict

import keras
import numpy as np
from numpy.typing import NDArray

from generator.files import digest
from generator.networks import fingerprint, noise, variables
from generator.networks.bucketing import Buckets, by_length
from generator.networks.order import Order
from generator.networks.plan import Carrying, Examples, InOrder, Measured, Settings
from generator.networks.stepping import Loss, Steps, kinds
from generator.networks.streaming import StreamSteps

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
        self._steps = self._made(loss)
        every = (*model.variables, *self._optimizer.variables, *self._steps.carried)
        self.variables = list(every)
        self._buckets: Buckets | None = None
        if isinstance(examples, Measured):
            lengths, size = examples.lengths, settings.batch_size
            self._buckets = Buckets(lengths, size, settings.seed)

    def _made(self, loss: Loss) -> Steps:
        """The compiled functions for such examples."""
        known = (self.model, loss, self._optimizer, self._states)
        if isinstance(self.examples, Carrying):
            return StreamSteps(*known, self.examples.streams, self.examples.length)
        one = self.examples.take(np.arange(min(1, len(self.examples))))
        open_axes = 2 if isinstance(self.examples, Measured | InOrder) else 1
        return Steps(*known, kinds(one, open_axes))

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
        numbers = self._numbers(epoch, place)
        steps = math.ceil(len(self.examples) / self.settings.batch_size)
        count = epoch * steps + place
        seeds = noise.states_at(self.settings.seed, len(self._states), count)
        rate = self.settings.rate(epoch)
        return float(self._steps.train(self.examples.take(numbers), rate, seeds))

    def _numbers(self, epoch: int, place: int) -> NDArray[np.int64]:
        """The examples of a batch."""
        if self._buckets:
            return self._buckets.batch(epoch, place)
        size = self.settings.batch_size
        if isinstance(self.examples, InOrder):
            return np.arange(size) + place * size + epoch * len(self.examples)
        order = Order(len(self.examples), self.settings.seed, epoch)
        return order(place * size, (place + 1) * size)

    def validate(self, between_batches: Callable[[], None]) -> float:
        """The mean loss of what is held out; NaN if nothing is."""
        if self.held_out is None:
            return math.nan
        total, size = 0.0, len(self.held_out)
        numbers = np.arange(size)
        if isinstance(self.held_out, Measured):
            numbers = by_length(numbers, self.held_out.lengths)
        for start in range(0, size, EVALUATED):
            batch = self.held_out.take(numbers[start : start + EVALUATED])
            losses = self._steps.evaluate(batch)
            total += float(losses.sum(dtype=np.float64))
            between_batches()
        return total / size
