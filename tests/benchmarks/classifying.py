"""Predicting beside plain Keras's `predict`: `python -m tests.benchmarks.classifying`.

Both ask the same network, a bidirectional LSTM of 128 units with tanh attention, about
the same 2,000 texts of 5 to 400 tokens, no two of them equal. Ours gets the texts as
they come. Keras gets them padded to the longest and masked, in batches of 128. They run
in turns, each in a process of its own, plain Keras with TensorFlow's own settings; a
first call, which builds graphs, is left out. What is compared is the best of all calls.
Exits with 1 unless ours is twice as fast and both answer the same.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.training import run

TURNS, CALLS = 2, 2
TEXTS, SHORTEST, LONGEST, WORDS = 2000, 5, 400, 10000
LABELS = ("negative", "positive")
WANTED, TOLERANCE = 2.0, 1e-5


def texts() -> list[list[int]]:
    """Ids of texts whose lengths are drawn log-normally, half of them below 67."""
    rng = np.random.default_rng(1)
    lengths = np.exp(rng.normal(4.2, 0.9, TEXTS)).clip(SHORTEST, LONGEST).astype(int)
    return [rng.integers(2, WORDS, length).tolist() for length in lengths]


def ours(folder: Path) -> dict[str, Any]:
    """Seconds of each call of our `predict`."""
    from generator.corpora.words import WordVocabulary
    from generator.networks.parameters import draw_initial_arrays
    from generator.networks.sentiment.inference import SentimentClassifier
    from generator.networks.sentiment.network import SentimentSettings, sentiment_shapes

    words = WordVocabulary(tuple(f"word{number}" for number in range(WORDS - 2)))
    settings = SentimentSettings(max_tokens=LONGEST)
    arrays = draw_initial_arrays(sentiment_shapes(settings, WORDS, len(LABELS)), 1)
    arrays[-3] = np.linspace(-1, 1, len(arrays[-3]), dtype=np.float32)
    np.savez(folder / "arrays.npz", *arrays)
    model = SentimentClassifier(settings, words, LABELS, arrays, 0)
    asked = texts()
    model.predict(asked[:128])
    return timed(lambda: model.predict(asked), folder / "ours.npy")


def plain(folder: Path) -> dict[str, Any]:
    """Seconds of each call of Keras's `predict`, padding included."""
    import keras

    class Attention(keras.layers.Layer):
        def build(self, shape: Any) -> None:
            self.kernel = self.add_weight(shape=(shape[-1], 64))
            self.bias = self.add_weight(shape=(64,))
            self.score = self.add_weight(shape=(64,))

        def call(self, states: Any, mask: Any = None) -> Any:
            ops = keras.ops
            scores = ops.tanh(states @ self.kernel + self.bias) @ self.score[:, None]
            scores = ops.where(mask[..., None], scores, -1e9)
            return ops.sum(states * ops.softmax(scores, 1), 1)

    model = keras.Sequential(
        [
            keras.Input((LONGEST,), dtype="int32"),
            keras.layers.Embedding(WORDS, 128, mask_zero=True),
            keras.layers.Bidirectional(keras.layers.LSTM(128, return_sequences=True)),
            Attention(),
            keras.layers.Dense(len(LABELS), activation="softmax"),
        ]
    )
    with np.load(folder / "arrays.npz") as arrays:
        model.set_weights([arrays[name] for name in arrays.files])

    asked = texts()

    def ask() -> Any:
        rows = keras.utils.pad_sequences(asked, padding="post", maxlen=LONGEST)
        return model.predict(rows, batch_size=128, verbose=0)

    model.predict(np.ones((128, LONGEST), np.int32), verbose=0)
    return timed(ask, folder / "plain.npy")


def timed(ask: Callable[[], Any], path: Path) -> dict[str, Any]:
    """Wall-clock and processor seconds of each call; the answer goes to `path`."""
    found: dict[str, Any] = {"seconds": [], "cpu": []}
    for _ in range(CALLS):
        begun = (time.perf_counter(), time.process_time())
        answer = ask()
        found["seconds"].append(time.perf_counter() - begun[0])
        found["cpu"].append(time.process_time() - begun[1])
        np.save(path, answer)
    return found


def main() -> int:
    """Measure both in turns and say which is faster."""
    sides: dict[str, list[dict[str, Any]]] = {"ours": [], "plain": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(TURNS):
            for side, answers in sides.items():
                answers.append(run("-m", "tests.benchmarks.classifying", side, folder))
        one, other = (np.load(Path(folder, f"{side}.npy")) for side in sides)
    apart = float(np.abs(one - other).max())
    tokens = sum(map(len, texts()))
    print(f"{TEXTS:,} texts of {tokens / TEXTS:.0f} tokens on average, up to {LONGEST}")
    faster = 0.0
    for what, word in (("cpu", "of processor time"), ("seconds", "of wall-clock")):
        a, b = (min(s for found in sides[k] for s in found[what]) for k in sides)
        faster = b / a
        rates = f"ours {TEXTS / a:,.0f} texts a second, Keras {TEXTS / b:,.0f}"
        print(f"{word}: {rates}: {faster:.2f} x")
    print(f"probabilities differ by {apart:.1e} at most")
    return int(faster < WANTED or apart > TOLERANCE)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        side = {"ours": ours, "plain": plain}[sys.argv[1]]
        print(json.dumps(side(Path(sys.argv[2]))))
    else:
        sys.exit(main())
