"""Training beside upstream's own `fit`: `python -m tests.benchmarks.training`.

Both train the default character model of textgenrnn 2.0.0, freshly drawn (two LSTMs of
128, window 40, embedding 100, batches of 128), on the same made-up texts, in
turns, each in a process of its own. The first epoch of each, which builds graphs, is
left out. What is compared is the best epoch of all turns, in microseconds for a window,
since whatever else the machine does can only add to it. Exits with 1 if ours is slower.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import json
import random
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TURNS, EPOCHS, BATCH = 2, 4, 128
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


def main() -> int:
    """Measure both in turns and say which is faster."""
    asked = json.dumps({"texts": texts(), "epochs": EPOCHS, "batch_size": BATCH})
    us: list[dict[str, object]] = []
    upstream: list[dict[str, object]] = []
    for _ in range(TURNS):
        upstream.append(run("-m", "tests.benchmarks.upstream_training", text=asked))
        us.append(run("-m", "tests.benchmarks.training", MARK))
    for what, word in (("seconds", "of wall-clock"), ("cpu", "of processor time")):
        a, b = best(us, what), best(upstream, what)
        print(f"{word}: ours {a:,.0f} µs a window, upstream {b:,.0f}: {b / a:.2f} x")
    return int(best(us, "seconds") > best(upstream, "seconds"))


if __name__ == "__main__":
    if MARK in sys.argv:
        print(json.dumps(ours()))
    else:
        sys.exit(main())
