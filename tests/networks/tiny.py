"""A small model with every kind of dropout, its examples, and a clock to turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np

from generator.core.progress import QuietProgress
from generator.networks.training import loop
from generator.networks.training.examples import (
    TrainingSettings,
    WindowExamples,
    pack_documents,
)
from generator.networks.training.loop import TrainingOutcome

SIZE = 12
WINDOW = 4
GENERATORS = 2
"""The LSTM's, which serves its two dropouts, and the Dropout layer's."""


def model(seed: int = 1, *, size: int = SIZE, generators: int | None = None) -> Any:
    """Embedding, LSTM with both dropouts, Dropout, logits; `generators` seeds them."""
    noise = seed if generators is None else generators
    ids = keras.Input((WINDOW,), dtype="int32")
    slots = keras.layers.Embedding(size, 5)(ids)
    last = keras.layers.LSTM(
        6, dropout=0.1, recurrent_dropout=0.1, seed=noise, unroll=True
    )(slots)
    logits = keras.layers.Dense(size)(keras.layers.Dropout(0.3, seed=noise)(last))
    made = keras.Model(ids, {"logits": logits})
    rng = np.random.default_rng(seed)
    made.set_weights([rng.normal(0, 0.3, w.shape) for w in made.get_weights()])
    return made


def windows(*, held_out: bool = False, documents: int = 12) -> WindowExamples:
    """94 windows of ten documents, or 23 of two held out, at the default number."""
    rng = np.random.default_rng(3)
    lengths = rng.integers(6, 16, documents)
    ids, offsets = pack_documents(
        [rng.integers(1, SIZE, n).tolist() for n in lengths], SIZE
    )
    side = range(documents - 2, documents) if held_out else range(documents - 2)
    return WindowExamples(ids, offsets, WINDOW, side)


class Clock:
    """Seconds that pass only when it is asked: one each time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def train(folder: Path, settings: TrainingSettings, **changed: Any) -> TrainingOutcome:
    """Train the small model afresh, or go on from what is in `folder`."""
    given: dict[str, Any] = {
        "model": changed.pop("model", None) or model(),
        "loss": loop.compute_cross_entropy,
        "examples": windows(),
        "held_out": windows(held_out=True),
        "settings": settings,
        "folder": folder,
        "progress": QuietProgress(),
        "seed_generators": GENERATORS,
    }
    return loop.train(**(given | changed))
