"""Whole sequences beside windows: `python -m tests.benchmarks.whole_sequences`.

Both train textgenrnn's default character model (two LSTMs of 128, window 40, embedding
100) from the same first weights on the same text, at textgenrnn's own rate. They take
turns in one process, so that whatever else the machine does slows both, and what is
compared is processor time. Windows get `--seconds` of it; whole sequences a sixth. It
exits with 1 unless whole sequences came, within that sixth, to the held-out loss at
which windows ended.

Losses are nats for a character over the same held-out characters, of which each network
sees at least as many as its window holds. Taking a loss costs no time here.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import argparse
import os
import sys
import sysconfig
import time
from dataclasses import dataclass, field
from pathlib import Path

from generator.networks.textgenrnn import network, whole_sequence
from generator.networks.training import examples, streams
from generator.networks.training import steps as stepping
from generator.networks.training.examples import Examples, TrainingSettings
from generator.networks.training.loop import TrainingState

CHARACTERS, DOCUMENT, EVERY = 1_000_000, 10_000, 50
"""Of the text; of a document; and which share of them is held out."""
SOONER, LOOKS = 6, 12
RATE, STREAMS, PART = 4e-3, 8, 64
SHAPE = network.TextGenRnnSettings(single_text=True)


@dataclass
class Runner:
    """A training under way, and the time it took."""

    name: str
    work: TrainingState
    budget: float
    spent: float = 0.0
    step: int = 0
    losses: list[tuple[float, float]] = field(default_factory=list)

    def go(self, seconds: float) -> None:
        """Train for so many seconds of processor time, and take the loss."""
        end = min(self.spent + seconds, self.budget)
        steps = -(-len(self.work.examples) // self.work.settings.batch_size)
        while self.spent < end:
            start = time.process_time()
            self.work.step(*divmod(self.step, steps))
            self.spent += time.process_time() - start
            self.step += 1
        self.losses.append((self.spent, self.work.validate(lambda: None)))
        seconds, loss = self.losses[-1]
        print(f"{self.name}: {loss:.3f} after {seconds:,.0f} s", flush=True)

    def reached(self, loss: float) -> float | None:
        """When the held-out loss was as low, between two looks; None if never."""
        before: tuple[float, float] | None = None
        for now in self.losses:
            if now[1] <= loss:
                if before is None or before[1] <= now[1]:
                    return now[0]
                part = (before[1] - loss) / (before[1] - now[1])
                return before[0] + part * (now[0] - before[0])
            before = now
        return None


def text() -> str:
    """Shakespeare where there is a data folder, else the standard library's source."""
    data = Path(os.environ.get("STUDY_DATA", "nowhere"), "tinyshakespeare/input.txt")
    if data.is_file():
        return data.read_text(encoding="utf-8")[:CHARACTERS]
    library = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    every = (path.read_text(encoding="utf-8") for path in library)
    return "".join(one for one in every if one.isascii())[:CHARACTERS]


def runners(seconds: float) -> tuple[Runner, Runner]:
    """Windows and whole sequences, before their first step."""
    whole = text()
    ids = {letter: number for number, letter in enumerate(sorted(set(whole)), 1)}
    documents = [whole[i : i + DOCUMENT] for i in range(0, len(whole), DOCUMENT)]
    packed = examples.pack_documents(
        (map(ids.__getitem__, one) for one in documents), len(ids) + 1
    )
    held = [i for i in range(len(documents)) if i % EVERY == EVERY - 1]
    learnt = [i for i in range(len(documents)) if i not in held]
    early, late = (
        examples.WindowExamples(*packed, SHAPE.max_length, side, single_text=True)
        for side in (learnt, held)
    )
    looked = streams.HeldOutStretches(*packed, held, SHAPE.max_length, SHAPE.max_length)

    def work(model: object, loss: object, *sides: Examples, size: int) -> TrainingState:
        settings = TrainingSettings(
            1, seed=1, batch_size=size, learning_rate=RATE, schedule="constant"
        )
        return TrainingState(model, loss, *sides, settings)  # type: ignore[arg-type]

    vocabulary = len(ids) + 1
    by_window = work(
        network.build_textgenrnn(SHAPE, vocabulary, 1),
        stepping.compute_cross_entropy,
        early,
        late,
        size=128,
    )
    parts = streams.SequenceStreams(*packed, learnt, STREAMS, PART, 1)
    whole_model = whole_sequence.build_whole_sequence(SHAPE, vocabulary, 1)
    by_stream = work(
        whole_model, whole_sequence.compute_weighted_loss, parts, looked, size=STREAMS
    )
    return (
        Runner("windows", by_window, seconds),
        Runner("whole sequences", by_stream, seconds / SOONER),
    )


def main() -> int:
    """Train both in turns and say when the one came to where the other ended."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=600)
    seconds = asked.parse_args().seconds
    slow, fast = runners(seconds)
    for one in (slow, fast):  # what is compiled is compiled before the clock runs
        one.work.step(0, 0)
        one.step = 1
    for _ in range(LOOKS):
        slow.go(seconds / LOOKS)
        fast.go(seconds / SOONER / LOOKS)
    goal = slow.losses[-1][1]
    when = fast.reached(goal)
    if when is None:
        print(f"{goal:.3f} was not reached within {fast.budget:,.0f} s")
        return 1
    print(f"{goal:.3f} after {slow.spent:,.0f} s and {when:,.0f} s: ", end="")
    print(f"{slow.spent / when:.1f} x sooner")
    return 0


if __name__ == "__main__":
    sys.exit(main())
