"""Sides of a benchmark that ask one classifier: what they take, and where.

Times are of the processor, to which other processes add nothing, and of a clock on the
wall. The best of all turns counts.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.models.base import Epoch, Floats, Texts

TURNS = 2
CLOCKS = ("cpu", "wall")


@dataclass(frozen=True)
class Time:
    """Seconds: of the processor, and of a clock on the wall."""

    cpu: float = 0.0
    wall: float = 0.0

    @classmethod
    def now(cls) -> Time:
        """Both clocks."""
        return cls(time.process_time(), time.perf_counter())

    def __sub__(self, other: Time) -> Time:
        return Time(self.cpu - other.cpu, self.wall - other.wall)

    def __add__(self, other: Time) -> Time:
        return Time(self.cpu + other.cpu, self.wall + other.wall)

    def least(self, other: Time) -> Time:
        """The better of each."""
        return Time(min(self.cpu, other.cpu), min(self.wall, other.wall))


class Watched:
    """A classifier, how long it took, and about how many texts it was asked."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.time, self.texts = Time(), 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def predict(self, texts: Texts) -> Floats:
        """Probabilities (texts, labels)."""
        begun = Time.now()
        found: Floats = self._model.predict(texts)
        self.time += Time.now() - begun
        self.texts += len(texts)
        return found

    def chances(self, texts: Sequence[str]) -> Floats:
        """Probabilities of strings."""
        return self.predict([self.words.encode(str(text).split()) for text in texts])

    def padded(self, texts: Sequence[str]) -> Floats:
        """The same, padded to the longest: padding is masked and changes no answer."""
        rows = [self.words.encode(text.split()) for text in texts]
        most = max(map(len, rows))
        return self.predict([(*row, *[0] * (most - len(row))) for row in rows])


class Trained:
    """A trained model of which every state is the watched one."""

    def __init__(self, model: Watched, log: Any) -> None:
        self.model, self.log = model, log

    def at(self, epoch: Epoch) -> Watched:
        """The watched one."""
        del epoch
        return self.model


@dataclass
class Side:
    """One way to explain a text: its best time, that outside `predict`, its answers."""

    explain: Callable[[], Any]
    model: Watched
    total: Time = Time(math.inf, math.inf)
    outside: Time = Time(math.inf, math.inf)
    found: list[Any] = field(default_factory=list)

    def turn(self) -> None:
        """Explain once more."""
        self.model.time, self.model.texts = Time(), 0
        begun = Time.now()
        self.found.append(self.explain())
        taken = Time.now() - begun
        self.total = self.total.least(taken)
        self.outside = self.outside.least(taken - self.model.time)

    def __str__(self) -> str:
        return f"{self.total.cpu:.2f} s, {self.outside.cpu:.2f} of them outside predict"


def turns(*sides: Side) -> None:
    """Each explains in turn."""
    for _ in range(TURNS):
        for side in sides:
            side.turn()


def faster(name: str, one: Side, other: Side) -> float:
    """Print and give how much faster ours is, in processor time."""
    cpu, wall = (getattr(other.total, c) / getattr(one.total, c) for c in CLOCKS)
    print(f"  {name}: {other}: {cpu:.2f} x; {wall:.2f} x of wall-clock", flush=True)
    return cpu
