"""What models and artifacts took, and what those to come will probably take.

`.cache/log/timings.json` has what this machine took for each of them, and
`studies/timings.json`, which authors can commit, what another did, so that a fresh
clone knows too. Both hold work, which is seconds times the machine's speed: the time of
a fixed calculation, measured at the beginning of each run. A file that is damaged costs
the estimates and nothing else.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from generator.core import files
from generator.core.cache import MALFORMED
from generator.core.errors import ResourceError
from generator.core.forecast import Duration, PlannedTask
from generator.study.project import STUDIES

OWN_FILE = Path(".cache", "log", "timings.json")
SHARED_FILE = Path(STUDIES, "timings.json")
FORMAT = 1
REMEMBERED = 5
"""Runs of a task that are remembered."""
MAX_BYTES = 4_000_000
OWN_SPREAD = (0.8, 1.4)
"""Factors of the range around what this machine took for the same task."""
SHARED_SPREAD = (0.6, 1.8)
"""The same around what another machine took."""
SIMILAR_SPREAD = (0.25, 4.0)
"""The same around what tasks of the same kind took."""


@dataclass(frozen=True)
class Timing:
    """The work of a task's last runs: seconds times the machine's speed."""

    kind: str
    work: tuple[float, ...]


@dataclass
class Timings:
    """What tasks took on this machine and on another.

    Args:
        own: By the tasks' names, of this machine.
        shared: The same, as they came with the project.
        speed: This machine's speed.
    """

    own: dict[str, Timing] = field(default_factory=dict)
    shared: Mapping[str, Timing] = field(default_factory=dict)
    speed: float = 1.0

    @classmethod
    def read(cls, project: Path) -> Timings:
        """Read what is known of a project's tasks.

        Args:
            project: The project's folder.
        """
        return cls(
            own=_read_file(project / OWN_FILE),
            shared=_read_file(project / SHARED_FILE),
            speed=measure_speed(),
        )

    def estimate(self, task: PlannedTask) -> Duration | None:
        """Estimate a task's seconds on this machine, None where nothing is known.

        Args:
            task: The task.
        """
        for known, spread in ((self.own, OWN_SPREAD), (self.shared, SHARED_SPREAD)):
            timing = known.get(task.name)
            if timing is not None and timing.kind == task.kind:
                return self._make_duration(timing.work, spread)
        similar = [
            statistics.median(timing.work)
            for timing in {**self.shared, **self.own}.values()
            if timing.kind == task.kind
        ]
        return self._make_duration(similar, SIMILAR_SPREAD) if similar else None

    def _make_duration(
        self, work: Iterable[float], spread: tuple[float, float]
    ) -> Duration:
        seconds = sorted(one / self.speed for one in work)
        least, most = spread
        return Duration(
            seconds[0] * least, statistics.median(seconds), seconds[-1] * most
        )

    def add(self, task: PlannedTask, seconds: float) -> None:
        """Remember what a task took.

        Args:
            task: The task.
            seconds: Its seconds on this machine.
        """
        before = self.own.get(task.name)
        same = before is not None and before.kind == task.kind
        runs = (*(before.work if before and same else ()), seconds * self.speed)
        self.own[task.name] = Timing(task.kind, runs[-REMEMBERED:])

    def write(self, project: Path) -> None:
        """Write what this machine took; where the system refuses, go on without.

        Under SOURCE_DATE_EPOCH, where builds must not differ by a clock, nothing is
        written.

        Args:
            project: The project's folder.
        """
        if "SOURCE_DATE_EPOCH" in os.environ:
            return
        try:
            files.write(
                project / OWN_FILE, _encode(self.own), "the log of times", project
            )
        except ResourceError:
            return

    def write_shared(self, project: Path) -> Path:
        """Write what is known of a project's tasks for those who clone it.

        Args:
            project: The project's folder.

        Returns:
            The file.
        """
        path = project / SHARED_FILE
        short = {
            name: Timing(timing.kind, (statistics.median(timing.work),))
            for name, timing in {**self.shared, **self.own}.items()
        }
        files.write(path, _encode(short), "times of tasks", project)
        return path


def _encode(timings: Mapping[str, Timing]) -> bytes:
    rows = [
        f"  {json.dumps(name)}: {json.dumps({'kind': one.kind, 'work': work})}"
        for name, one in sorted(timings.items())
        for work in ([float(f"{number:.3g}") for number in one.work],)
    ]
    lines = ",\n".join(rows)
    return f'{{"format": {FORMAT}, "tasks": {{\n{lines}\n}}}}\n'.encode()


def _read_file(path: Path) -> dict[str, Timing]:
    """Return the timings of a file, none where it is absent or damaged."""
    try:
        if os.lstat(path).st_size > MAX_BYTES:
            return {}
        content = files.parse_strict_json(files.read_regular_file(path).decode())
        if content["format"] != FORMAT:
            return {}
        return {str(name): _parse_timing(row) for name, row in content["tasks"].items()}
    except (OSError, *MALFORMED):
        return {}


def _parse_timing(row: Mapping[str, object]) -> Timing:
    work = row["work"]
    if not isinstance(work, list) or not work:
        raise ValueError(work)
    numbers = tuple(float(one) for one in work)
    if not all(math.isfinite(one) and one >= 0 for one in numbers):
        raise ValueError(numbers)
    return Timing(str(row["kind"]), numbers)


@cache
def measure_speed() -> float:
    """Measure this machine's speed, in passes of a fixed calculation a second.

    The best of several tries, so that other programs count little; 20 ms in all.
    """
    matrix = np.full((64, 64), 1 / 64, np.float32)
    best = math.inf
    for _ in range(5):
        begun = time.perf_counter()
        state = matrix
        for _step in range(500):
            state = np.tanh(state @ matrix)
        best = min(best, time.perf_counter() - begun)
    return 1 / best
