"""The cells of a textgenrnn, traced and clamped: what makes it a `CellModel`.

Over whole sequences (`WholeSequenceNetwork`) cells are traced and clamped as those of a
char-rnn are. What comes next is decided by attention over the last `max_length` slots,
a slot being a character's vector and what all cells gave out at it.

Over windows (`WindowReader`) the window that ends with a character is read after each
character of a text, from a state of zeros, as in training: padding on the left, then
the opening mark, then characters. The state of a cell after a character is that at the
window's last slot. A window is a whole text that is read from rest, so what reads whole
sequences reads windows as well. `WindowCells` gives the network over windows the
methods of a `CellModel`.

Differs, over windows, from networks that read a text once: a state rests on at most
`max_length` tokens, whatever came before them, and near the beginning of a text on
padding too, which moves cells as any token does. A cell that is clamped is clamped at
every slot of the window. Each character costs `max_length` steps in place of one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import UnsupportedError
from generator.corpora.tokenization import Vocabulary
from generator.models.base import Floats, Ids
from generator.models.capabilities import CellActivity, CellClamp
from generator.models.textgenrnn_files import TextGenRnnSettings
from generator.networks import parameters
from generator.networks.char_rnn import network
from generator.networks.char_rnn.inference import (
    ROWS_TOGETHER,
    CharNetwork,
    CharStep,
    split_texts_together,
)
from generator.networks.inference.batching import softmax
from generator.networks.layers.attention import EPSILON
from generator.networks.parameters import Arrays
from generator.networks.textgenrnn.network import textgenrnn_shapes
from generator.networks.textgenrnn.whole_sequence import whole_sequence_shapes

LSTM_ARRAYS_PER_LAYER = 3
"""Arrays of a layer: kernel, recurrent kernel, bias."""


class WholeSequenceNetwork(CharNetwork):
    """A textgenrnn over whole sequences with given weights."""

    def __init__(
        self,
        settings: TextGenRnnSettings,
        vocabulary: Vocabulary,
        arrays: Arrays,
        epoch: int,
    ) -> None:
        self.shape, self.behind = settings, settings.max_length
        layers = network.CharRnnSettings(
            settings.rnn_layers, settings.rnn_size, settings.dim_embeddings
        )
        super().__init__(layers, vocabulary, arrays, epoch)

    def _list_matrices(self) -> list[Arrays]:
        """Return kernel, recurrent kernel and bias of every layer."""
        layers = range(self.settings.rnn_layers)
        return [
            self.arrays[1 + LSTM_ARRAYS_PER_LAYER * layer :][:LSTM_ARRAYS_PER_LAYER]
            for layer in layers
        ]

    def _compute_logits(self, seen: Sequence[CharStep], rows: list[int]) -> Floats:
        """Return logits (rows, vocabulary) of the average of the slots read."""
        attention, kernel, bias, fading = self.arrays[-4:]
        vectors = self.arrays[0]
        each = ([vectors[step.ids[rows]], step.activations[rows]] for step in seen)
        slots = np.stack([np.hstack(slot) for slot in each], 1)
        scores = (slots @ attention)[..., 0] + fading * np.arange(len(seen))
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True) + EPSILON
        average = np.einsum("nt,ntd->nd", shares, slots)
        logits: Floats = (average @ kernel + bias).astype(np.float32)
        return logits

    def draw_untrained(self, seed: int) -> Self:
        """Return a network of the same shape with freshly drawn weights."""
        arrays = parameters.draw_initial_arrays(
            whole_sequence_shapes(self.shape, len(self.vocabulary)), seed
        )
        return type(self)(self.shape, self.vocabulary, arrays, 0)


SLOTS = 40 * ROWS_TOGETHER
"""Slots of windows that are kept at once."""
Places = NDArray[np.intp]


@dataclass(frozen=True)
class PaddedTexts:
    """Texts behind each other, a window of padding before each."""

    ids: NDArray[np.int32]
    places: tuple[Places, ...]  # for each text, where its tokens lie

    def cut_windows(self, ends: Places, window: int) -> NDArray[np.int32]:
        """Return the windows (n, window) whose last slots are at `ends` (n,)."""
        return self.ids[ends[:, None] + np.arange(1 - window, 1)]


def concatenate_padded(texts: Sequence[Ids], window: int) -> PaddedTexts:
    """Concatenate texts so that every token is the last slot of a window.

    Args:
        texts: Ids of each text, (length,).
        window: Slots of a window.
    """
    padding = np.zeros(window, np.int32)
    parts = [padding[:0], *(part for text in texts for part in (padding, text))]
    stops = np.cumsum([window + len(text) for text in texts])
    places = tuple(
        np.arange(stop - len(text), stop)
        for stop, text in zip(stops, texts, strict=True)
    )
    return PaddedTexts(np.concatenate(parts).astype(np.int32), places)


class WindowReader(WholeSequenceNetwork):
    """A reader of each token's window, in whose attention nothing fades."""

    def __init__(
        self,
        settings: TextGenRnnSettings,
        vocabulary: Vocabulary,
        arrays: Arrays,
        epoch: int,
    ) -> None:
        still = np.zeros((), np.float32)
        super().__init__(settings, vocabulary, [*arrays, still], epoch)

    def _trace_opened(self, texts: Sequence[Ids]) -> list[CellActivity]:
        """Trace all cells at the last slots of the windows."""
        padded, activities = concatenate_padded(texts, self.behind), []
        for ends in padded.places:
            activity = self._make_blank_activity(len(ends))
            for part in split_texts_together(len(ends)):
                windows = padded.cut_windows(ends[part], self.behind)
                (last,) = deque(self._read_steps(windows), maxlen=1)
                activity.activations[part] = last.activations
                activity.memories[part] = last.memories
            activities.append(activity)
        return activities

    def _predict_opened(
        self,
        texts: Sequence[Ids],
        places: Sequence[Ids],
        clamps: Sequence[CellClamp | None],
    ) -> Floats:
        """Return probabilities (clamps, places of all texts, vocabulary)."""
        padded = concatenate_padded(texts, self.behind)
        chosen = [at[which] for at, which in zip(padded.places, places, strict=True)]
        ends = np.concatenate([np.zeros(0, np.intp), *chosen])
        count = len(clamps) * len(ends)
        probabilities = np.empty((count, len(self.vocabulary)), np.float32)
        for part in self._split_windows(count):
            clamp, place = np.divmod(np.arange(part.start, part.stop), len(ends))
            windows = padded.cut_windows(ends[place], self.behind)
            seen = list(self._read_steps(windows, [clamps[i] for i in clamp]))
            probabilities[part] = softmax(
                self._compute_logits(seen, list(range(len(windows))))
            )
        return probabilities.reshape(len(clamps), len(ends), len(self.vocabulary))

    def _split_windows(self, count: int) -> Iterator[slice]:
        """Yield slices of windows read together, whose slots are all in memory."""
        return split_texts_together(count, max(1, SLOTS // self.behind))


class WindowCells:
    """The methods of a `CellModel`, for a network over windows with given weights."""

    settings: TextGenRnnSettings
    vocabulary: Vocabulary
    arrays: Arrays
    epoch: int

    @property
    def layers(self) -> tuple[int, ...]:
        """The number of cells in each layer."""
        return self.settings.widths[1:]

    def trace_cells(self, texts: Sequence[Ids]) -> list[CellActivity]:
        """Trace all cells over texts; see `CellModel`.

        Raises:
            UnsupportedError: The network is of words, or reads backwards too.
        """
        return self._reader.trace_cells(texts)

    def predict_next(self, texts: Sequence[Ids], places: Sequence[Ids]) -> Floats:
        """Return probabilities of the next character after places; see `CellModel`.

        Raises:
            UnsupportedError: The network is of words, or reads backwards too.
        """
        return self._reader.predict_next(texts, places)

    def predict_clamped(
        self, texts: Sequence[Ids], places: Sequence[Ids], clamps: Sequence[CellClamp]
    ) -> Floats:
        """Return these probabilities with each cell clamped in turn; see `CellModel`.

        Raises:
            UnsupportedError: The network is of words, or reads backwards too.
        """
        return self._reader.predict_clamped(texts, places, clamps)

    def draw_untrained(self, seed: int) -> Self:
        """Return a network of the same shape with freshly drawn weights."""
        wanted = textgenrnn_shapes(self.settings, len(self.vocabulary))
        make: Any = type(self)
        arrays = parameters.draw_initial_arrays(wanted, seed)
        untrained: Self = make(self.settings, self.vocabulary, arrays, 0)
        return untrained

    @cached_property
    def _reader(self) -> WindowReader:
        """The reader of windows, made at the first question.

        Raises:
            UnsupportedError: No cell has a character that it stands after.
        """
        for unfit, what in (
            (self.settings.word_level, "a network of words"),
            (self.settings.rnn_bidirectional, "a network that reads backwards too"),
        ):
            if unfit:
                raise UnsupportedError(
                    f"{what} has no cell that stands after a character; expected a "
                    "network of characters that reads forwards alone"
                )
        return WindowReader(self.settings, self.vocabulary, self.arrays, self.epoch)
