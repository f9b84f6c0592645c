"""Characters a second, beside textgenrnn's loop: `python -m tests.benchmarks.writing`.

Both sides write with the package's character model, greedy, attention included on our
side alone. They take turns, so that a busy machine slows both; medians are compared.
Compilation is not counted, nor is upstream's first text, which traces its network.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

RUNNER = Path(__file__).parents[1] / "peers" / "run_writing.py"
TURNS = 5
THEIRS, OURS = 60, 128
"""Characters of a text: upstream's loop takes as long for each, ours is too short."""
GOALS = {1: 15, 64: 100}


class Upstream:
    """The other side, in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(RUNNER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.rate()

    def rate(self) -> float:
        """Characters a second of one text more."""
        _pipe(self._process.stdin).write(f"{THEIRS}\n")
        _pipe(self._process.stdin).flush()
        answer = _pipe(self._process.stdout).readline().split()
        return int(answer[0]) / float(answer[1])

    def close(self) -> None:
        """Let the process end."""
        _pipe(self._process.stdin).close()
        self._process.wait()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def ours(model: Any, texts: int) -> float:
    """Characters a second of so many texts at once."""
    mark = model.vocabulary.encode(["<s>"])
    start = time.perf_counter()
    written = model.write([mark] * texts, OURS, 0, (0,), stop=False)
    return int(written.lengths.sum()) / (time.perf_counter() - start)


def main() -> None:
    """Take turns and print medians and ratios."""
    from generator.networks.textgenrnn.inference import WindowNetwork
    from generator.networks.textgenrnn.upstream import read_packaged_model

    model = WindowNetwork(*read_packaged_model(), 0)
    upstream = Upstream()
    for texts in GOALS:
        ours(model, texts)
    rates: dict[int, list[float]] = {0: [], **{texts: [] for texts in GOALS}}
    for _ in range(TURNS):
        rates[0].append(upstream.rate())
        for texts in GOALS:
            rates[texts].append(ours(model, texts))
    upstream.close()
    base = statistics.median(rates[0])
    say(f"upstream, one predict a character: {base:,.1f} characters a second")
    for texts, goal in GOALS.items():
        rate = statistics.median(rates[texts])
        say(
            f"ours, {texts} at once, attention included: {rate:,.0f} characters a "
            f"second, {rate / base:,.0f} times upstream's (goal {goal})"
        )


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
