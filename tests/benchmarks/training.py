"""Training beside upstream's own `fit`: `python -m tests.benchmarks.training`.

Both train the default character model of textgenrnn 2.0.0, freshly drawn (two LSTMs of
128, window 40, embedding 100, batches of 128), on the same made-up texts, in
turns, each in a process of its own. The first epoch of each, which builds graphs, is
left out. Two goals, of which the second is measured alone with `--contended`:

1. On a quiet machine, best epoch against best epoch of all turns, since whatever else
   the machine does can only add to it: `QUIET_GOAL` times upstream's speed.
2. With a busy loop beside it for each core, as on a machine that others use: five pairs
   of runs, ours behind upstream's, each pair compared by all its epochs but the first;
   the median of the pairs' ratios is at least `CONTENDED_GOAL`. With `--loops 0` no
   loop is started, for a machine that is busy already.

Exits with 1 if a goal that was measured is missed.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TURNS, PAIRS, EPOCHS, BATCH = 2, 5, 4, 128
QUIET_GOAL, CONTENDED_GOAL = 1.4, 1.0
LOOPS = 2
"""Busy loops beside both, one for each of the two cores that the goal is set for."""
LETTERS = string.ascii_letters + string.digits + "    .,!?-'"
MARK = "--ours"


def texts() -> list[str]:
    """Thirty texts of 250 characters, drawn evenly: what they say costs no time."""
    draw = random.Random(1)  # noqa: S311 - text, no secret
    return ["".join(draw.choices(LETTERS, k=250)) for _ in range(30)]


def ours() -> dict[str, object]:
    """Seconds of each epoch of our loop, its checkpoint and snapshot included."""
    from generator.core.progress import QuietProgress
    from generator.corpora.tokenization import MARK as OPENING
    from generator.networks.textgenrnn import network
    from generator.networks.training import examples as windows
    from generator.networks.training import loop

    ids = {letter: number for number, letter in enumerate(sorted(set(LETTERS)), 1)}
    mark = len(ids) + 1
    assert OPENING not in ids
    documents = ([mark, *map(ids.__getitem__, text), mark] for text in texts())
    examples = windows.WindowExamples(*windows.pack_documents(documents, mark + 1), 40)
    seconds: list[float] = []
    cpu: list[float] = []

    class Watch(QuietProgress):
        last = (0.0, 0.0)

        def epoch(self, epoch: int, loss: float, validation: float) -> None:
            del loss, validation
            now = (time.perf_counter(), time.process_time())
            if epoch:
                seconds.append(now[0] - self.last[0])
                cpu.append(now[1] - self.last[1])
            self.last = now

    with tempfile.TemporaryDirectory() as folder:
        loop.train(
            network.build_textgenrnn(network.TextGenRnnSettings(), mark + 1, 1),
            loop.compute_cross_entropy,
            examples,
            None,
            loop.TrainingSettings(epochs=EPOCHS, batch_size=BATCH),
            Path(folder),
            Watch(),
        )
    return {"seconds": seconds, "cpu": cpu, "windows": len(examples)}


def best(answers: list[dict[str, object]], what: str) -> float:
    """Microseconds for a window in the best epoch but the first of all turns."""
    found = [
        value / count
        for answer in answers
        for count in [answer["windows"]]
        for value in list(answer[what])[1:]  # type: ignore[call-overload]
    ]
    return 1e6 * min(found)


def run(*command: str, text: str = "") -> dict[str, object]:
    """What a process of Python answers in its last line."""
    done = subprocess.run(
        [sys.executable, *command],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def run_pair() -> tuple[dict[str, object], dict[str, object]]:
    """What upstream and then ours took, each in a process of its own."""
    asked = json.dumps({"texts": texts(), "epochs": EPOCHS, "batch_size": BATCH})
    upstream = run("-m", "tests.benchmarks.upstream_training", text=asked)
    return upstream, run("-m", "tests.benchmarks.training", MARK)


@contextmanager
def keep_busy(loops: int) -> Iterator[None]:
    """Processes that do nothing but use a core each, while the block runs."""
    command = (sys.executable, "-c", "while True: pass")
    running = [subprocess.Popen(command) for _ in range(loops)]
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


def mean(answer: dict[str, object], what: str) -> float:
    """Microseconds for a window over all epochs but the first."""
    values = list(answer[what])[1:]  # type: ignore[call-overload]
    return 1e6 * sum(values) / len(values) / int(str(answer["windows"]))


def describe_load() -> str:
    """How busy the machine was in the last minute."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def compare_quiet() -> bool:
    """Print the best of turns on a machine that is hoped to be quiet; the goal met."""
    print(f"quiet, {describe_load()} before:")
    pairs = [run_pair() for _ in range(TURNS)]
    upstream, us = (list(each) for each in zip(*pairs, strict=True))
    ratios = {}
    for what, word in (("seconds", "of wall-clock"), ("cpu", "of processor time")):
        a, b = best(us, what), best(upstream, what)
        ratios[what] = b / a
        print(f"  {word}: ours {a:,.0f} µs a window, upstream {b:,.0f}: {b / a:.2f} x")
    print(f"  goal {QUIET_GOAL} x by the clock")
    return ratios["seconds"] >= QUIET_GOAL


def compare_contended(loops: int) -> bool:
    """Print pairs of runs on a busy machine, and whether the median meets the goal."""
    print(f"contended, {loops} busy loops, {describe_load()} before:")
    ratios: dict[str, list[float]] = {"seconds": [], "cpu": []}
    with keep_busy(loops):
        for number in range(1, PAIRS + 1):
            upstream, us = run_pair()
            for what, found in ratios.items():
                found.append(mean(upstream, what) / mean(us, what))
            wall, cpu = (found[-1] for found in ratios.values())
            print(
                f"  pair {number}: {wall:.2f} x by the clock, {cpu:.2f} x by processor "
                f"time, {describe_load()}",
                flush=True,
            )
    median = statistics.median(ratios["seconds"])
    print(f"  median {median:.2f} x by the clock, goal {CONTENDED_GOAL:.1f} x")
    return median >= CONTENDED_GOAL


def main() -> int:
    """Measure both in turns and say which is faster."""
    parser = argparse.ArgumentParser(description="Training beside upstream's own fit.")
    parser.add_argument(
        "--contended", action="store_true", help="the second goal alone"
    )
    parser.add_argument("--loops", type=int, default=LOOPS, help="busy loops beside it")
    chosen = parser.parse_args()
    quiet = chosen.contended or compare_quiet()
    contended = compare_contended(chosen.loops)
    return int(not (quiet and contended))


if __name__ == "__main__":
    if MARK in sys.argv:
        print(json.dumps(ours()))
    else:
        sys.exit(main())
