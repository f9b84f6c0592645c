"""Time to help and to build with nothing stale: `python -m tests.benchmarks.building`.

Runs the whole program, start included, on this repository's own studies, which must
have been built before. Prints the median of five and exits with 1 above the goals.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
GOALS = {"--help": 0.5, "build": 3.0, "render": 3.0}
"""Seconds for each command."""


def seconds(*words: str) -> float:
    """How long one run takes. Exits if it fails."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "build.py", *words], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr.decode()[-2000:])
    return time.perf_counter() - begun


def main() -> int:
    """Measure each command, by turns."""
    if not (ROOT / "site").is_dir():
        sys.exit("nothing is built yet; run: python build.py")
    seconds("build")
    turns = [{word: seconds(word) for word in GOALS} for _ in range(5)]
    slow = 0
    for word, goal in GOALS.items():
        found = statistics.median(turn[word] for turn in turns)
        print(f"build.py {word}: {found:.2f} s (goal {goal} s)")
        slow += found > goal
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
