"""A char-rnn in one state whose cells are watched and held: a `CellModel`.

Reading is a loop over characters, and nothing is differentiated, so NumPy does it: many
texts, or one text with many cells held in turn, are rows of one matrix product a step.
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
    """One character read: which, what every cell gives out, and its memory."""

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
        """Kernel, recurrent kernel and bias of every layer."""
        layers = range(self.settings.rnn_layers)
        return [self.arrays[3 + ARRAYS_PER_LAYER * layer :][:3] for layer in layers]

    @property
    def layers(self) -> tuple[int, ...]:
        """How many cells each layer has."""
        return (self.settings.rnn_size,) * self.settings.rnn_layers

    @property
    def parameters(self) -> int:
        """How many numbers were learnt."""
        return sum(array.size for array in self.arrays)

    @property
    def _opening(self) -> Ids:
        """The mark that opens a document, if the network learnt one, (1,) or (0,)."""
        mark = self.vocabulary.mark
        return np.array(self.vocabulary.encode([mark] if mark else []), np.int32)

    def _add_opening(self, texts: Sequence[Ids]) -> list[Ids]:
        """Texts as documents begin."""
        return [np.concatenate([self._opening, text]) for text in texts]

    def trace_cells(self, texts: Sequence[Ids]) -> list[CellActivity]:
        """All cells over each text; see the protocol."""
        first = len(self._opening)
        with limit_to_one_thread():
            found = self._trace_opened(self._add_opening(texts))
        return [CellActivity(o.activations[first:], o.memories[first:]) for o in found]

    def _trace_opened(self, texts: Sequence[Ids]) -> list[CellActivity]:
        """The same, as fast as the processor's other work lets it."""
        found = [self._make_blank_activity(len(text)) for text in texts]
        for part in split_texts_together(len(texts)):
            for t, step in enumerate(self._read_steps(pad_texts(texts[part]))):
                for row, one in enumerate(found[part]):
                    if t < len(texts[part.start + row]):
                        one.activations[t] = step.activations[row]
                        one.memories[t] = step.memories[row]
        return found

    def _make_blank_activity(self, length: int) -> CellActivity:
        shape = (length, sum(self.layers))
        return CellActivity(np.empty(shape, np.float32), np.empty(shape, np.float32))

    def predict_next(self, texts: Sequence[Ids], places: Sequence[Ids]) -> Floats:
        """What comes next after places; see the protocol."""
        return self.predict_clamped(texts, places, [None])[0]

    def predict_clamped(
        self,
        texts: Sequence[Ids],
        places: Sequence[Ids],
        clamps: Sequence[CellClamp | None],
    ) -> Floats:
        """The same, each cell held in turn, or none; see the protocol."""
        later = [np.asarray(at) + len(self._opening) for at in places]
        with limit_to_one_thread():
            return self._predict_opened(self._add_opening(texts), later, clamps)

    def _predict_opened(
        self,
        texts: Sequence[Ids],
        places: Sequence[Ids],
        clamps: Sequence[CellClamp | None],
    ) -> Floats:
        """Probabilities (clamps, places, vocabulary)."""
        rows = [
            (clamp, text) for clamp in range(len(clamps)) for text in range(len(texts))
        ]
        first = np.cumsum([0, *map(len, places)])
        shape = (len(clamps), int(first[-1]), len(self.vocabulary))
        found = np.empty(shape, np.float32)
        wanted = [{int(p): i for i, p in enumerate(at)} for at in places]
        for part in split_texts_together(len(rows)):
            chosen = rows[part]
            held = [clamps[clamp] for clamp, _ in chosen]
            ids = pad_texts([texts[text] for _, text in chosen])
            rows_of = [
                [row for row, (_, text) in enumerate(chosen) if text == one]
                for one in range(len(texts))
            ]
            seen: deque[CharStep] = deque(maxlen=self.behind)
            for t, step in enumerate(self._read_steps(ids, held)):
                seen.append(step)
                for text, at in enumerate(wanted):
                    if t in at and rows_of[text]:
                        mine = rows_of[text]
                        clamp = [chosen[row][0] for row in mine]
                        logits = self._compute_logits(seen, mine)
                        found[clamp, int(first[text]) + at[t]] = softmax(logits)
        return found

    def _compute_logits(self, seen: Sequence[CharStep], rows: list[int]) -> Floats:
        """Logits (rows, vocabulary) after the last steps that were seen."""
        kernel, bias = self.arrays[-2:]
        found: Floats = seen[-1].activations[rows] @ kernel + bias
        return found

    def _read_steps(
        self, ids: NDArray[np.int32], held: Sequence[CellClamp | None] = ()
    ) -> Iterator[CharStep]:
        """Read texts (n, length) from rest, character by character."""
        units, count = self.settings.rnn_size, self.settings.rnn_layers
        size = (len(ids), units)
        hidden = [np.zeros(size, np.float32) for _ in range(count)]
        memory = [np.zeros(size, np.float32) for _ in range(count)]
        clamped = [
            find_layer_clamps(held, layer * units, units) for layer in range(count)
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
            told = np.concatenate(hidden, 1), np.concatenate(memory, 1)
            yield CharStep(ids[:, t], *told)

    def draw_untrained(self, seed: int) -> Self:
        """The same shape, drawn afresh."""
        drawn = parameters.draw_initial_arrays(
            char_rnn_shapes(self.settings, len(self.vocabulary)), seed
        )
        return type(self)(self.settings, self.vocabulary, drawn, 0)


def limit_to_one_thread() -> AbstractContextManager[object]:
    """Matrix products on one thread: small ones wait for each other on several."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def update_memory(gates: Floats, memory: Floats, units: int) -> Floats:
    """The memory after a step; gates are input, forget, cell, output."""
    i, f = (sigmoid(gates[:, k * units : (k + 1) * units]) for k in (0, 1))
    return f * memory + i * np.tanh(gates[:, 2 * units : 3 * units])


def sigmoid(values: Floats) -> Floats:
    """The logistic function, by tanh, which does not overflow."""
    return np.asarray(0.5 * np.tanh(0.5 * values) + 0.5, dtype=np.float32)


def find_layer_clamps(
    held: Sequence[CellClamp | None], first: int, units: int
) -> tuple[list[int], list[int], list[float]]:
    """Rows, cells of this layer, and values that are held there."""
    found = [
        (row, clamp.cell - first, clamp.memory)
        for row, clamp in enumerate(held)
        if clamp is not None and first <= clamp.cell < first + units
    ]
    rows, cells, values = ([one[k] for one in found] for k in range(3))
    return rows, cells, values  # type: ignore[return-value]  # columns of the above


def pad_texts(texts: Sequence[Ids]) -> NDArray[np.int32]:
    """Texts as rows, filled up with 0 behind, where nobody looks."""
    width = max(map(len, texts), default=0)
    found = np.zeros((len(texts), width), np.int32)
    for row, text in enumerate(texts):
        found[row, : len(text)] = text
    return found


def split_texts_together(count: int, together: int = ROWS_TOGETHER) -> Iterator[slice]:
    """Which rows are read together."""
    for start in range(0, count, together):
        yield slice(start, min(start + together, count))
