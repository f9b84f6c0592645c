"""A sentiment classifier in one state: what methods ask, answered by what is compiled.

What it can be asked follows from its settings: every network predicts and can be
differentiated; one with attention tells its weights; one that averages by them divides
its logits exactly. `Classifying(…)` gives an object of the class that can do as much.

Answers are those of the trained network with dropout off. A text's answer does not
depend on the others asked with it. With nothing to read, a masked text's context is 0
and its logits are the biases; unmasked, it is all padding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self, get_args

import numpy as np
from numpy.typing import NDArray

from generator.corpora.words import Words
from generator.models.base import Attended, Averaged, Floats, Quantity, Slopes, Texts
from generator.networks import randomising, scoring
from generator.networks.asking import Places, answered, batches, distinct, filled
from generator.networks.compiled import compiled, held
from generator.networks.sentiment import Settings, shapes
from generator.networks.softmax import log_softmax, softmax
from generator.networks.weights import Arrays, Shapes

Ids = list[tuple[int, ...]]
Found = Iterator[tuple[Places, list[NDArray[Any]]]]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)


class Classifying:
    """A network with given weights: `Classifier`, `Differentiable`, `Randomisable`."""

    def __new__(  # noqa: PYI034 - a subclass, as the settings have it
        cls, settings: Settings, *_: object, **__: object
    ) -> Classifying:
        """An object of the class that answers all that these settings can."""
        return object.__new__(_kind(settings) if cls is Classifying else cls)

    def __init__(
        self,
        settings: Settings,
        words: Words,
        labels: Sequence[str],
        arrays: Arrays,
        epoch: int,
    ) -> None:
        self.settings, self.words, self.epoch = settings, words, epoch
        self.labels, self.max_tokens = tuple(labels), settings.max_tokens
        self.arrays = arrays
        self._held = held(arrays)
        self._network = compiled(settings)

    @property
    def parameters(self) -> int:
        """How many numbers it has, the vectors of all words among them."""
        return sum(array.size for array in self.arrays)

    def weights_hash(self) -> str:
        """SHA-256 of the weights that answer, as they are now."""
        found = hashlib.sha256()
        for array in self._held:
            found.update(np.ascontiguousarray(array.numpy()).data)
        return found.hexdigest()

    def predict(self, texts: Texts) -> Floats:
        """Probabilities (texts, labels), rows sum to 1."""
        asked, back = distinct(self._checked(texts))
        logits = np.empty((len(asked), len(self.labels)), np.float32)
        for places, found in self._ask(self._network.answer, asked):
            logits[places] = found[0]
        return softmax(logits)[back]

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        """What the network reads: each (slots, dimensions), padding's rows included."""
        return tuple(
            self.arrays[0][_row(text, self._slots(len(text)))]
            for text in self._checked(texts)
        )

    def embedding(self) -> Floats:
        """The vectors of all ids, (ids, dimensions)."""
        return self.arrays[0]

    def slopes(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> Slopes:
        """The gradient of `labels[i]`'s quantity at `points[i]`; `Differentiable`."""
        self._check_points(points, labels)
        ask = self._network.frozen_slopes if frozen else self._network.slopes
        chosen = np.array([quantity == one for one in QUANTITIES], np.float32)
        wanted = np.array(labels, np.int32)
        logits = np.empty((len(points), len(self.labels)), np.float32)
        gradients: list[Floats] = [np.zeros((0, 0), np.float32)] * len(points)
        lengths = [len(point) for point in points]
        for places, width in batches(lengths, self.max_tokens):
            stacked, mask = self._stacked([points[place] for place in places], width)
            rows = np.zeros(len(stacked), np.int32)
            rows[: len(places)] = wanted[places]
            answers = ask(self._held, stacked, mask, rows, chosen)
            logits[places] = answers[0].numpy()[: len(places)]
            for place, gradient in zip(places, answers[1].numpy(), strict=False):
                gradients[place] = gradient[: len(points[place])].copy()
        values = quantities(logits, wanted, quantity)
        return Slopes(values, tuple(gradients), softmax(logits))

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of its layers, from the output to the input."""
        return randomising.layers(self._shapes())

    def randomised(self, layers: int, seed: int) -> Self:
        """The same with so many layers next to the output as before training."""
        drawn = randomising.randomised(self._shapes(), self.arrays, layers, seed)
        return type(self)(self.settings, self.words, self.labels, drawn, self.epoch)

    def _shapes(self) -> Shapes:
        return shapes(self.settings, len(self.words), len(self.labels))

    def _ask(self, ask: Callable[..., Any], texts: Ids) -> Found:
        """What `ask` answers to each batch of texts, and which they are."""
        for places, width in batches(
            [self._slots(len(text)) for text in texts],
            self.max_tokens,
            answered(self.settings.width),
        ):
            rows = np.zeros((filled(len(places)), width), np.int32)
            for row, place in zip(rows, places, strict=False):
                row[: len(texts[place])] = texts[place]
            answers = ask(self._held, rows)
            yield places, [answer.numpy()[: len(places)] for answer in answers]

    def _slots(self, tokens: int) -> int:
        """Slots of a text of so many tokens."""
        return tokens if self.settings.masked else self.max_tokens

    def _stacked(
        self, points: Sequence[Floats], width: int
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Points (rows, width, dimensions), and which of their slots are real."""
        shape = (filled(len(points)), width, self.settings.dim_embeddings)
        stacked, mask = np.zeros(shape, np.float32), np.zeros(shape[:2], np.bool_)
        for row, point in enumerate(points):
            stacked[row, : len(point)] = point
            mask[row, : len(point)] = True
        return stacked, mask

    def _checked(self, texts: Texts) -> Texts:
        """`texts`. Raises `ValueError` for one too long, or of unknown ids."""
        known = len(self.words)
        for text in texts:
            if len(text) > self.max_tokens:
                raise ValueError(
                    f"{len(text)} tokens; at most {self.max_tokens} are read"
                )
            if len(text) and not (min(text) >= 0 and max(text) < known):
                raise ValueError(f"ids must be from 0 to {known - 1}")
        return texts

    def _check_points(self, points: Sequence[Floats], labels: Sequence[int]) -> None:
        """Raises `ValueError` unless there is a known label for each good point."""
        if len(points) != len(labels):
            raise ValueError(f"{len(points)} points with {len(labels)} labels")
        if any(not 0 <= label < len(self.labels) for label in labels):
            raise ValueError(f"labels must be from 0 to {len(self.labels) - 1}")
        for point in points:
            slots, channels = self._slots(len(point)), self.settings.dim_embeddings
            if point.shape != (slots, channels) or slots > self.max_tokens:
                raise ValueError(
                    f"a point of {point.shape}; expected ({slots}, {channels}), "
                    f"at most {self.max_tokens} slots"
                )


class Attending(Classifying):
    """A network with attention: `Attentive`."""

    @property
    def masked(self) -> bool:
        """Whether a text's slots are its tokens alone."""
        return self.settings.masked

    @property
    def ratio(self) -> float | None:
        """The largest two weights of a text can be to each other."""
        return scoring.ratio(self.settings)

    def attend(self, texts: Texts) -> Attended:
        """Probabilities and weights."""
        asked, back = distinct(self._checked(texts))
        logits = np.empty((len(asked), len(self.labels)), np.float32)
        weights: list[Floats] = [np.zeros(0, np.float32)] * len(asked)
        for places, found in self._ask(self._network.answer, asked):
            logits[places] = found[0]
            self._put(weights, places, found[1], asked)
        return Attended(softmax(logits)[back], tuple(weights[place] for place in back))

    def _put(
        self, kept: list[Floats], places: Places, rows: NDArray[Any], asked: Ids
    ) -> None:
        """Put each text's slots, without those of padding beyond, in its place."""
        for place, row in zip(places, rows, strict=True):
            kept[place] = row[: self._slots(len(asked[place]))].copy()


class Averager(Attending):
    """A network whose context is the average of its states: `Averaging`."""

    def average(self, texts: Texts) -> Averaged:
        """The logits, divided exactly over slots."""
        asked, back = distinct(self._checked(texts))
        logits = np.empty((len(asked), len(self.labels)), np.float32)
        weights: list[Floats] = [np.zeros(0, np.float32)] * len(asked)
        values: list[Floats] = [np.zeros((0, 0), np.float32)] * len(asked)
        for places, found in self._ask(self._network.average, asked):
            logits[places] = found[0]
            self._put(weights, places, found[1], asked)
            self._put(values, places, found[2], asked)
        return Averaged(
            tuple(values[place] for place in back),
            tuple(weights[place] for place in back),
            self.arrays[-1],
            logits[back],
        )


def _kind(settings: Settings) -> type[Classifying]:
    """The class that answers all that a network of these settings can be asked."""
    if settings.attention == "none":
        return Classifying
    return Averager if settings.pooling == "average" else Attending


def _row(text: Sequence[int], width: int) -> NDArray[np.int32]:
    """Ids (width,), padding after the text."""
    row = np.zeros(width, np.int32)
    row[: len(text)] = text
    return row


def quantities(logits: Floats, labels: NDArray[np.int32], quantity: Quantity) -> Floats:
    """The quantity (n,) of each row's label."""
    logs = log_softmax(logits)
    table = {"logit": logits, "probability": np.exp(logs), "log probability": logs}
    found: Floats = table[quantity][np.arange(len(labels)), labels].astype(np.float32)
    return found
