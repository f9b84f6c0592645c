"""Texts to explain, and models of which the explanation is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Measurement, ScoredText, SlotScores
from generator.core.tokens import Token
from generator.methods.base import Context
from generator.models.base import Floats, Texts
from tests.fakes.classifiers import LinearClassifier, known
from tests.fakes.language_models import LinearWriter, ask, trained, words

Array = NDArray[Any]
LETTERS = known(*"abcdefghijklmnopqrstuvwxyz")
WINDOW = 6


class Telling(LinearClassifier):
    """Answers what a function of a text's words says, as the second of two labels."""

    def __init__(self, tell: Callable[[Sequence[str]], float], **more: Any) -> None:
        super().__init__(LETTERS, np.zeros((len(LETTERS), 2)), **more)
        self.tell = tell
        self.calls: list[int] = []

    def predict(self, texts: Texts) -> Floats:
        self.calls.append(len(texts))
        own = [self.tell([self.words.token(i).text for i in text]) for text in texts]
        found = np.array(own).reshape(len(texts))
        return np.column_stack([1 - found, found]).astype(np.float32)


def spoken(seed: int = 4, scale: float = 1.0) -> LinearClassifier:
    """A classifier to whose logits each letter adds what a table says."""
    table = np.random.default_rng(seed).normal(0, scale, (len(LETTERS), 2))
    return LinearClassifier(LETTERS, table, biases=(0.3, -0.2))


def facts(text: ScoredText) -> dict[str, Measurement]:
    """Facts by name."""
    return {fact.name: fact for fact in text.facts}


def writer() -> tuple[LinearWriter, Context]:
    """A language model of six words, and a text of it that was read.

    Step 3 saw padding, a word, an unknown one and two words, and wrote `w4`.
    """
    vocabulary = words(6)
    size = len(vocabulary)
    table = np.random.default_rng(9).normal(0, 3, (1, size, size))
    model = LinearWriter(vocabulary, WINDOW, table, np.zeros(size))
    pad, said = Token("<pad>", "pad"), [Token(f"w{n}") for n in (1, 2, 3, 4)]
    unknown = Token("zig", "unknown")
    rows = (
        (*[pad] * 4, said[0], unknown),
        (*[pad] * 3, said[0], unknown, said[1]),
        (*[pad] * 2, said[0], unknown, said[1], said[2]),
    )
    text = SlotScores(
        epoch=model.epoch,
        targets=(said[1], said[2], said[3]),
        histories=rows,
        scores=np.full((3, WINDOW), 1 / WINDOW, np.float32),
        probabilities=np.full(3, 0.2, np.float32),
        quantity="attention weight",
    )
    return model, ask(trained(model), text)


def filled(masks: Array) -> Array:
    """The windows of step 3 with its three known words masked by the unknown id."""
    rows = np.zeros((len(masks), WINDOW), np.int64)
    rows[:, [2, 4, 5]] = masks * [1, 2, 3]
    return rows
