"""A char-rnn in one state whose cells are traced and clamped: a `CellModel`.

Reading is a loop over characters, and nothing is differentiated, so NumPy does it: many
texts, or one text with many cells clamped in turn, are rows of one matrix product a
step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from generator.corpora.tokenization import Vocabulary
from generator.models.base import Floats, Ids
from generator.models.capabilities import CellActivity, CellClamp
from generator.networks import parameters
from generator.networks.char_rnn.network import CharRnnSettings, char_rnn_shapes
from generator.networks.inference.batching import softmax
from generator.networks.parameters import Arrays

ARRAYS_PER_LAYER = 5
"""Arrays of a layer: two that training carries, kernel, recurrent kernel, bias."""
ROWS_TOGETHER = 512
"""Texts, or texts with a cell held, that are read at once."""


@dataclass(frozen=True)
class CharStep:
    """The ids of one character, with all cells' outputs and memories after it."""

    ids: NDArray[np.int32]  # (n,)
    activations: Floats  # (n, cells)
    memories: Floats


class CharNetwork:
    """A char-rnn with given weights."""

    behind = 1
    """How many characters, the last ones, decide what comes next."""

    def __init__(
        self,
        settings: CharRnnSettings,
        vocabulary: Vocabulary,
        arrays: Arrays,
        epoch: int,
    ) -> None:
        self.settings, self.vocabulary = settings, vocabulary
        self.arrays, self.epoch = arrays, epoch
        self._recurrent = self._list_matrices()
        kernel, _, bias = self._recurrent[0]
        self._first = arrays[0] @ kernel + bias  # what each character adds to the gates

    def _list_matrices(self) -> list[Arrays]:
        """Return kernel, recurrent kernel and bias of every layer."""
        layers = range(self.settings.rnn_layers)
        return [self.arrays[3 + ARRAYS_PER_LAYER * layer :][:3] for layer in layers]

    @property
    def layers(self) -> tuple[int, ...]:
        """The number of cells in each layer."""
        return (self.settings.rnn_size,) * self.settings.rnn_layers

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        return sum(array.size for array in self.arrays)

    @property
    def _opening(self) -> Ids:
        """The mark that opens a document, if the network learnt one, (1,) or (0,)."""
        mark = self.vocabulary.mark
        return np.array(self.vocabulary.encode([mark] if mark else []), np.int32)

    def _add_opening(self, texts: Sequence[Ids]) -> list[Ids]:
        """Return texts with the mark that opens a document before each."""
        return [np.concatenate([self._opening, text]) for text in texts]

    def trace_cells(self, texts: Sequence[Ids]) -> list[CellActivity]:
        """Trace all cells over texts.

        Args:
            texts: Ids of each text, (length,).

        Returns:
            Activations and memories of each text, both (length, cells).
        """
        first = len(self._opening)
        with limit_to_one_thread():
            opened = self._trace_opened(self._add_opening(texts))
        return [
            CellActivity(activity.activations[first:], activity.memories[first:])
            for activity in opened
        ]

    def _trace_opened(self, texts: Sequence[Ids]) -> list[CellActivity]:
        """Trace all cells over texts that begin with the opening mark."""
        activities = [self._make_blank_activity(len(text)) for text in texts]
        for part in split_texts_together(len(texts)):
            for t, step in enumerate(self._read_steps(pad_texts(texts[part]))):
                for row, activity in enumerate(activities[part]):
                    if t < len(texts[part.start + row]):
                        activity.activations[t] = step.activations[row]
                        activity.memories[t] = step.memories[row]
        return activities

    def _make_blank_activity(self, length: int) -> CellActivity:
        shape = (length, sum(self.layers))
        return CellActivity(np.empty(shape, np.float32), np.empty(shape, np.float32))

    def predict_next(self, texts: Sequence[Ids], places: Sequence[Ids]) -> Floats:
        """Return probabilities of the next character after places of texts.

        Args:
            texts: Ids of each text, (length,).
            places: For each text, the indices of characters after which to predict.

        Returns:
            Probabilities (places of all texts, vocabulary).
        """
        return self.predict_clamped(texts, places, [None])[0]

    def predict_clamped(
        self,
        texts: Sequence[Ids],
        places: Sequence[Ids],
        clamps: Sequence[CellClamp | None],
    ) -> Floats:
        """Return probabilities of the next character with each cell clamped in turn.

        Args:
            texts: Ids of each text, (length,).
            places: For each text, the indices of characters after which to predict.
            clamps: A cell and the memory it is set to at every step; None for no clamp.

        Returns:
            Probabilities (clamps, places of all texts, vocabulary).
        """
        later = [np.asarray(at) + len(self._opening) for at in places]
        with limit_to_one_thread():
            return self._predict_opened(self._add_opening(texts), later, clamps)

    def _predict_opened(
        self,
        texts: Sequence[Ids],
        places: Sequence[Ids],
        clamps: Sequence[CellClamp | None],
    ) -> Floats:
        """Return probabilities (clamps, places of all texts, vocabulary)."""
        rows = [
            (clamp, text) for clamp in range(len(clamps)) for text in range(len(texts))
        ]
        first = np.cumsum([0, *map(len, places)])
        shape = (len(clamps), int(first[-1]), len(self.vocabulary))
        probabilities = np.empty(shape, np.float32)
        wanted = [{int(p): i for i, p in enumerate(at)} for at in places]
        for part in split_texts_together(len(rows)):
            chosen = rows[part]
            active = [clamps[clamp] for clamp, _ in chosen]
            ids = pad_texts([texts[text] for _, text in chosen])
            rows_of = [
                [row for row, (_, text) in enumerate(chosen) if text == number]
                for number in range(len(texts))
            ]
            seen: deque[CharStep] = deque(maxlen=self.behind)
            for t, step in enumerate(self._read_steps(ids, active)):
                seen.append(step)
                for text, at in enumerate(wanted):
                    if t in at and rows_of[text]:
                        own = rows_of[text]
                        clamp = [chosen[row][0] for row in own]
                        logits = self._compute_logits(seen, own)
                        probabilities[clamp, int(first[text]) + at[t]] = softmax(logits)
        return probabilities

    def _compute_logits(self, seen: Sequence[CharStep], rows: list[int]) -> Floats:
        """Return logits (rows, vocabulary) after the last steps that were read."""
        kernel, bias = self.arrays[-2:]
        logits: Floats = seen[-1].activations[rows] @ kernel + bias
        return logits

    def _read_steps(
        self, ids: NDArray[np.int32], clamps: Sequence[CellClamp | None] = ()
    ) -> Iterator[CharStep]:
        """Read texts (n, length) from rest, character by character.

        Args:
            ids: The ids of each text, (n, length).
            clamps: The clamp of each row, None for no clamp; empty for none at all.

        Yields:
            What every cell gives out and remembers after each character.
        """
        units, count = self.settings.rnn_size, self.settings.rnn_layers
        size = (len(ids), units)
        hidden = [np.zeros(size, np.float32) for _ in range(count)]
        memory = [np.zeros(size, np.float32) for _ in range(count)]
        clamped = [
            find_layer_clamps(clamps, layer * units, units) for layer in range(count)
        ]
        for t in range(ids.shape[1]):
            gates, below = self._first[ids[:, t]], hidden[0]
            for layer in range(count):
                kernel, recurrent, bias = self._recurrent[layer]
                gates = gates if layer == 0 else below @ kernel + bias
                gates = gates + hidden[layer] @ recurrent
                memory[layer] = update_memory(gates, memory[layer], units)
                rows, cells, values = clamped[layer]
                memory[layer][rows, cells] = values
                out = sigmoid(gates[:, 3 * units :])
                below = hidden[layer] = out * np.tanh(memory[layer])
            states = np.concatenate(hidden, 1), np.concatenate(memory, 1)
            yield CharStep(ids[:, t], *states)

    def draw_untrained(self, seed: int) -> Self:
        """Return a network of the same shape with freshly drawn weights."""
        arrays = parameters.draw_initial_arrays(
            char_rnn_shapes(self.settings, len(self.vocabulary)), seed
        )
        return type(self)(self.settings, self.vocabulary, arrays, 0)


def limit_to_one_thread() -> AbstractContextManager[object]:
    """Return a context with one thread for matrix products.

    Small products wait for each other on several threads.
    """
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def update_memory(gates: Floats, memory: Floats, units: int) -> Floats:
    """Return the memory after a step of an LSTM.

    Args:
        gates: Input, forget, cell and output gates before σ and tanh, (n, 4 units).
        memory: The memory before, (n, units).
        units: Cells of the layer.

    Returns:
        The memory (n, units).
    """
    i, f = (sigmoid(gates[:, k * units : (k + 1) * units]) for k in (0, 1))
    return f * memory + i * np.tanh(gates[:, 2 * units : 3 * units])


def sigmoid(values: Floats) -> Floats:
    """Return the logistic function of values, by tanh, which does not overflow."""
    return np.asarray(0.5 * np.tanh(0.5 * values) + 0.5, dtype=np.float32)


def find_layer_clamps(
    clamps: Sequence[CellClamp | None], first: int, units: int
) -> tuple[list[int], list[int], list[float]]:
    """Find the clamps of one layer's cells.

    Args:
        clamps: The clamp of each row, or None.
        first: The layer's first cell.
        units: Cells of the layer.

    Returns:
        Rows, cells within the layer, and memories they are set to.
    """
    matches = [
        (row, clamp.cell - first, clamp.memory)
        for row, clamp in enumerate(clamps)
        if clamp is not None and first <= clamp.cell < first + units
    ]
    rows, cells, values = ([item[k] for item in matches] for k in range(3))
    return rows, cells, values  # type: ignore[return-value]  # columns of the above


def pad_texts(texts: Sequence[Ids]) -> NDArray[np.int32]:
    """Return texts as rows (n, longest), filled up with 0 behind.

    Nobody looks at what is read there.
    """
    width = max(map(len, texts), default=0)
    padded = np.zeros((len(texts), width), np.int32)
    for row, text in enumerate(texts):
        padded[row, : len(text)] = text
    return padded


def split_texts_together(count: int, together: int = ROWS_TOGETHER) -> Iterator[slice]:
    """Yield slices of rows that are read together.

    Args:
        count: How many rows there are.
        together: How many are read at once.
    """
    for start in range(0, count, together):
        yield slice(start, min(start + together, count))
