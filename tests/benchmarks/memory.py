"""Memory and time of training on long texts: `python -m tests.benchmarks.memory`.

A made-up text of characters, of 25 and of 100 MB, becomes ids and windows and is
trained on for some steps in textgenrnn's default shape, each size in a process of its
own. Prints the peak of the resident memory, TensorFlow's share included, the seconds of
preparation, and of a step. Exits with 1 above 2 GB, or if a step of the long text takes
more than twice as long as one of the short.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import json
import subprocess
import sys
import time

SIZES, STEPS, LIMIT = (25, 100), 12, 2000


def peak() -> float:
    """The most resident memory so far, in MB."""
    import resource

    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / (1e6 if sys.platform == "darwin" else 1e3)


def measure(megabytes: int) -> dict[str, float]:
    """Train on a text of so many MB for a few steps."""
    from generator.corpora import tokenization
    from generator.corpora.tokenization import Vocabulary
    from generator.networks.textgenrnn import network
    from generator.networks.training import loop, steps
    from generator.networks.training.examples import TrainingSettings, WindowExamples

    letters = "abcdefghijklmnopqrstuvwxyz ,."
    sentence = "".join(letters[i * i % 29] for i in range(1000))
    text = sentence * (megabytes * 1000)
    began = time.perf_counter()
    vocabulary = Vocabulary(tuple(letters), word_level=False, mark=None)
    ids, offsets = tokenization.encode_texts([text], vocabulary)
    examples = WindowExamples(ids, offsets, 40, single_text=True)
    prepared = time.perf_counter() - began
    model = network.build_textgenrnn(network.TextGenRnnSettings(), len(vocabulary), 1)
    task = loop.TrainingState(
        model, steps.compute_cross_entropy, examples, None, TrainingSettings(epochs=1)
    )
    task.step(0, 0)
    seconds = []
    for place in range(1, STEPS):
        began = time.perf_counter()
        task.step(0, place * len(examples) // STEPS // 128)
        seconds.append(time.perf_counter() - began)
    return {
        "windows": len(examples),
        "peak": peak(),
        "prepared": prepared,
        "step": min(seconds),
    }


def main() -> int:
    """Measure all sizes and judge."""
    found = []
    for size in SIZES:
        command = [sys.executable, "-m", "tests.benchmarks.memory", str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        answer = json.loads(done.stdout.splitlines()[-1])
        print(
            f"{size} MB: {answer['windows']:,} windows, peak {answer['peak']:,.0f} MB, "
            f"prepared in {answer['prepared']:.1f} s, a step {answer['step']:.3f} s"
        )
        found.append(answer)
    return int(found[-1]["peak"] > LIMIT or found[-1]["step"] > 2 * found[0]["step"])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        sys.exit(main())
