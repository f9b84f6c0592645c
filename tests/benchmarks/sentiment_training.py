"""Training a classifier beside Keras: `python -m tests.benchmarks.sentiment_training`.

Both train the same network (embedding of 100, bidirectional LSTM of 64, tanh attention,
both dropouts) on the same made-up texts of 5 to 200 tokens, skewed as those of real
corpora are, in batches of 64: ours by texts of like lengths, Keras's padded to 200 and
masked, as its guides do. They take turns, each in a process of its own, Keras with
TensorFlow's own settings. The first epoch of each, which builds graphs, is left out.
What is compared is the best epoch of all turns, since whatever else the machine does
can only add to it. Exits with 1 if ours is slower.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.training import run

TURNS, EPOCHS, BATCH = 2, 4, 64
COUNT, LONGEST, IDS = 1000, 200, 10_000
OURS, THEIRS = "--ours", "--keras"
Answer = dict[str, object]


def texts() -> tuple[list[list[int]], list[int]]:
    """Ids of each text, and labels: what they say costs no time."""
    draw = random.Random(1)  # noqa: S311 - texts, no secrets
    lengths = [min(LONGEST, 5 + int(draw.expovariate(1 / 40))) for _ in range(COUNT)]
    ids = [[draw.randrange(2, IDS) for _ in range(length)] for length in lengths]
    return ids, [draw.randrange(2) for _ in ids]


def spent() -> tuple[float, float]:
    """Seconds of the clock and of the processor."""
    return time.perf_counter(), time.process_time()


class Times:
    """Seconds of every epoch."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.cpu: list[float] = []
        self._last = spent()

    def begin(self) -> None:
        """An epoch begins."""
        self._last = spent()

    def end(self) -> None:
        """It ends."""
        now = spent()
        self.seconds.append(now[0] - self._last[0])
        self.cpu.append(now[1] - self._last[1])
        self._last = now


def ours() -> Times:
    """Our loop, its checkpoints and snapshots included."""
    from generator.core.progress import QuietProgress
    from generator.networks.sentiment import network
    from generator.networks.training import loop
    from generator.networks.training.examples import LabelledTexts

    times = Times()

    class Watch(QuietProgress):
        def epoch(self, epoch: int, loss: float, validation: float) -> None:
            del loss, validation
            times.end() if epoch else times.begin()

    ids, labels = texts()
    settings = network.SentimentSettings(
        size=64, dim_embeddings=100, max_tokens=LONGEST
    )
    with tempfile.TemporaryDirectory() as folder:
        loop.train(
            network.build_sentiment(settings, IDS, 2, 1, dropout=0.5),
            loop.compute_cross_entropy,
            LabelledTexts(ids, labels, IDS),
            None,
            loop.TrainingSettings(epochs=EPOCHS, batch_size=BATCH),
            Path(folder),
            Watch(),
        )
    return times


def theirs() -> Times:
    """Keras's own layers and its `fit`."""
    os.environ.update(
        KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3"
    )
    import keras
    import numpy as np
    from keras import layers

    times = Times()
    ids = keras.Input((LONGEST,), dtype="int32")
    embedding = layers.Embedding(IDS, 100, mask_zero=True)
    words = layers.SpatialDropout1D(0.5)(embedding(ids))
    states = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(words)
    scores = layers.Dense(1, use_bias=False)(layers.Dense(64, "tanh")(states))
    scores = layers.Reshape((LONGEST,))(scores)
    weights = layers.Softmax()(scores, mask=embedding.compute_mask(ids))
    context = layers.Dot((1, 1))([weights, states])
    logits = layers.Dense(2)(layers.Dropout(0.5)(context))
    model = keras.Model(ids, logits)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    told, labels = texts()
    padded = np.zeros((COUNT, LONGEST), np.int32)
    for row, text in zip(padded, told, strict=True):
        row[: len(text)] = text
    watch = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda *_: times.begin(), on_epoch_end=lambda *_: times.end()
    )
    model.fit(
        padded,
        np.array(labels),
        batch_size=BATCH,
        epochs=EPOCHS,
        verbose=0,
        callbacks=[watch],
    )
    return times


def best(answers: list[Answer], what: str) -> float:
    """Seconds of the best epoch but the first of all turns."""
    return min(min(list(answer[what])[1:]) for answer in answers)  # type: ignore[call-overload]


def main() -> int:
    """Measure both in turns and say which is faster."""
    found: dict[str, list[Answer]] = {OURS: [], THEIRS: []}
    for _ in range(TURNS):
        for side, answers in found.items():
            answers.append(run("-m", "tests.benchmarks.sentiment_training", side))
    for what, word in (("seconds", "of wall-clock"), ("cpu", "of processor time")):
        a, b = (best(found[side], what) for side in (OURS, THEIRS))
        print(f"seconds {word} an epoch: ours {a:.2f}, Keras {b:.2f}: {b / a:.2f} x")
    return int(best(found[OURS], "seconds") > best(found[THEIRS], "seconds"))


SIDES: dict[str, Callable[[], Times]] = {OURS: ours, THEIRS: theirs}

if __name__ == "__main__":
    asked = [side for word, side in SIDES.items() if word in sys.argv]
    if asked:
        measured = asked[0]()
        print(json.dumps({"seconds": measured.seconds, "cpu": measured.cpu}))
    else:
        sys.exit(main())
