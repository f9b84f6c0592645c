"""How long work will probably take: durations as ranges, and a forecast of a whole run.

A duration is a range, because no clock can promise a number. A forecast corrects itself
while the run goes on: if what has ended took twice its estimate, so will the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

MODEL = "model "
"""What the kind of a model begins with."""
SINGLE = 10
"""Seconds below which each counts; above it they are told in fives."""
LARGE = 90
"""Seconds, or minutes, from which the next larger unit says more."""
ENOUGH = 5.0
"""Estimated seconds that must have ended before their error corrects the rest."""
LEAST_SHARE = 0.05
"""Share of a task from which its own pace says how long it takes."""
CORRECTION = (0.2, 5.0)
"""Limits of the factor by which the rest is corrected."""


@dataclass(frozen=True)
class Duration:
    """Seconds that something takes: probably `likely`, between `low` and `high`."""

    low: float
    likely: float
    high: float

    def __add__(self, other: Duration) -> Duration:
        """Return the duration of one after the other."""
        return Duration(
            self.low + other.low, self.likely + other.likely, self.high + other.high
        )

    def scale(self, factor: float) -> Duration:
        """Return the duration times a factor.

        Args:
            factor: The factor, above 0.
        """
        return Duration(self.low * factor, self.likely * factor, self.high * factor)

    def __str__(self) -> str:
        """Format the range, as in `2 to 5 min`."""
        low, high = format_seconds(self.low), format_seconds(self.high)
        if low == high:
            return f"about {high}"
        number, _, unit = low.partition(" ")
        if high.partition(" ")[2] == unit:
            low = number
        return f"{low} to {high}"


@dataclass(frozen=True)
class PlannedTask:
    """A model to train or an artifact to collect."""

    name: str  # "SLUG/model NAME" or "SLUG/NAME"
    kind: str  # MODEL and its kind, or the artifact's method

    @property
    def is_model(self) -> bool:
        """Whether it is a model to train."""
        return self.kind.startswith(MODEL)

    @property
    def short_name(self) -> str:
        """Its name within the study."""
        return self.name.partition("/")[2]


NOTHING = Duration(0.0, 0.0, 0.0)


def format_seconds(seconds: float) -> str:
    """Format seconds in the unit that a reader would choose, as in `40 s` or `7 min`.

    Args:
        seconds: Seconds, at least 0.
    """
    if seconds < SINGLE:
        return f"{max(1, round(seconds))} s"
    if seconds < LARGE:
        return f"{5 * round(seconds / 5)} s"
    minutes = round(seconds / 60)
    if minutes < LARGE:
        return f"{minutes} min"
    hours, rest = divmod(5 * round(minutes / 5), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def add_durations(durations: Iterable[Duration]) -> Duration:
    """Return the duration of everything one after the other.

    Args:
        durations: The durations.
    """
    return sum(durations, NOTHING)


class Forecast:
    """The time left for the tasks of a run.

    Args:
        tasks: Estimates by the tasks' names, None where nothing is known.
        jobs: How many tasks run at once.
        clock: Returns seconds.
    """

    def __init__(
        self,
        tasks: Mapping[str, Duration | None],
        jobs: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total, self.ended = len(tasks), 0
        self._left, self._jobs, self._clock = dict(tasks), jobs, clock
        self._running: dict[str, float] = {}
        self._share, self._expected, self._taken = 0.0, 0.0, 0.0

    def begin(self, name: str) -> None:
        """Note that a task begins.

        Args:
            name: The task's name.
        """
        self._running[name], self._share = self._clock(), 0.0

    def advance(self, share: float) -> None:
        """Note how much of the task that began last is done.

        Args:
            share: The share, from 0 to 1.
        """
        self._share = share

    def end(self, name: str, seconds: float | None = None) -> float:
        """Note that a task has ended, well or not.

        Args:
            name: The task's name.
            seconds: What it took; None for the time since it began, which among several
                jobs it may have waited for its turn.

        Returns:
            What it took, 0 for a task that never began.
        """
        taken = self._measure(name) if seconds is None else seconds
        estimate = self._left.pop(name, None)
        if name in self._running and estimate is not None:
            self._expected += estimate.likely
            self._taken += taken
        self.ended += 1
        self._running.pop(name, None)
        return taken

    def estimate_rest(self) -> Duration | None:
        """Return the time left, None where a task that is left has no estimate."""
        rest = NOTHING
        for name, estimate in list(self._left.items()):
            if estimate is None:
                return None
            rest += self._estimate_task(name, estimate.scale(self._find_correction()))
        return rest.scale(1 / self._jobs)

    def _estimate_task(self, name: str, estimate: Duration) -> Duration:
        taken = self._measure(name) if self._jobs == 1 else 0.0
        if taken and self._share >= LEAST_SHARE and len(self._running) == 1:
            rest = taken * (1 - self._share) / self._share
            return Duration(0.8 * rest, rest, 1.3 * rest)
        return Duration(
            max(0.0, estimate.low - taken),
            max(0.0, estimate.likely - taken),
            max(0.0, estimate.high - taken),
        )

    def _find_correction(self) -> float:
        if self._expected < ENOUGH:
            return 1.0
        least, most = CORRECTION
        return min(most, max(least, self._taken / self._expected))

    def _measure(self, name: str) -> float:
        begun = self._running.get(name)
        return 0.0 if begun is None else self._clock() - begun
