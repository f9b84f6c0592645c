"""Models whose gradients are known, and what is asked of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import SlotScores
from generator.methods.language_model.writing import TextGeneration
from generator.models.capabilities import InputGradients
from tests.fakes.classifiers import LinearClassifier, SlopingClassifier, softmax
from tests.fakes.language_models import HandWriter, ask, trained
from tests.methods.attending import WORDS, opinions
from tests.methods.attending import scores as weighing

Array = NDArray[Any]
RNG = np.random.default_rng(5)
VECTORS: Array = RNG.normal(0, 1, (len(WORDS), 3))
WEIGHTS: Array = RNG.normal(0, 1, (3, 2))
TEXT = "the film was bright and a bright plot"


def linear(weights: Array = WEIGHTS) -> Any:
    """The logits are the sum of the words' vectors, times a matrix, and a bias."""
    return LinearClassifier(WORDS, weights, vectors=VECTORS, biases=(0.3, -0.2))


def sloping_model(*, masked: bool = True) -> Any:
    """Attends to `bright` and `dull`, and to padding a little."""
    told = weighing(bright=1.0, dull=0.7, pad=0.2, film=-0.5)
    values = opinions() + 0.3 * np.arange(2 * len(WORDS)).reshape(-1, 2) % 0.7
    return SlopingClassifier(WORDS, told, values, masked=masked)


def value(model: Any, point: Array, quantity: str) -> float:
    """The quantity of the second label at a point, in double precision."""
    logits = model.biases + softmax(point @ model.scores) @ (point @ model.values)
    shares = softmax(logits)
    told = {"logit": logits[1], "probability": shares[1]}
    return float(told.get(quantity, np.log(shares[1])))


class Sums(HandWriter):
    """A logit is the sum over slots of what a vector says, the newest slot twice."""

    rows = np.random.default_rng(2).normal(0, 1, (6, 3))
    kernel = np.random.default_rng(3).normal(0, 1, (3, 6))

    def embedding(self) -> Any:
        return self.rows.astype(np.float32)

    def answer(self, histories: Any) -> Any:
        return softmax(self.logits(self.rows[histories]))

    def logits(self, points: Any) -> Any:
        weights = np.ones(self.window)
        weights[-1] = 2
        return np.einsum("w,nwd,dk->nk", weights, points, self.kernel)

    def compute_gradients(
        self, points: Any, targets: Any, quantity: Any, *, frozen: bool = False
    ) -> InputGradients:
        del frozen
        assert quantity == "logit"
        logits = self.logits(np.array(points))
        rows = np.arange(len(points))
        slope = np.tile(self.kernel[:, targets].T[:, None], (1, self.window, 1))
        slope[:, -1] *= 2
        own = softmax(logits)[rows, targets]
        return InputGradients(
            logits[rows, targets].astype(np.float32),
            tuple(slope.astype(np.float32)),
            np.stack([1 - own, own], 1).astype(np.float32),
        )


def written(model: Any, prefix: str) -> SlotScores:
    """A text of three tokens after a prefix."""
    method = TextGeneration(method="writing", model="lm", prefix=prefix, length=3)
    return method.collect(ask(trained(model)))
