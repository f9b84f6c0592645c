"""The cells of a textgenrnn over windows: what makes it a `CellModel`.

After each character of a text the window that ends with it is read, from a state of
zeros, as in training: padding on the left, then the opening mark, then characters. The
state of a cell after a character is that at the window's last slot.

Differs from networks that read a text once: a state rests on at most `max_length`
tokens, whatever came before them, and near the beginning of a text on padding too,
which moves cells as any token does. A cell that is held is held at every slot of the
window. Each character costs `max_length` steps in place of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

from generator.corpora.vocabulary import Vocabulary
from generator.errors import UnsupportedError
from generator.models.base import Floats, Ids
from generator.models.cells import Activity, Clamp
from generator.networks import weights
from generator.networks.textgenrnn import Settings, shapes
from generator.networks.weights import Arrays
from generator.networks.window_reader import WindowReader


class WindowCells:
    """What a network with these arrays is asked about its cells."""

    settings: Settings
    vocabulary: Vocabulary
    arrays: Arrays
    epoch: int

    @property
    def layers(self) -> tuple[int, ...]:
        """How many cells each layer has."""
        return self.settings.widths[1:]

    def watch(self, texts: Sequence[Ids]) -> list[Activity]:
        """All cells over each text; see the protocol."""
        return self._reader.watch(texts)

    def predict_next(self, texts: Sequence[Ids], places: Sequence[Ids]) -> Floats:
        """What comes next after places; see the protocol."""
        return self._reader.predict_next(texts, places)

    def hold(
        self, texts: Sequence[Ids], places: Sequence[Ids], clamps: Sequence[Clamp]
    ) -> Floats:
        """The same, each cell held in turn; see the protocol."""
        return self._reader.hold(texts, places, clamps)

    def untrained(self, seed: int) -> Self:
        """The same shape, drawn afresh."""
        wanted = shapes(self.settings, len(self.vocabulary))
        made: Any = type(self)
        drawn = weights.initial(wanted, seed)
        found: Self = made(self.settings, self.vocabulary, drawn, 0)
        return found

    @cached_property
    def _reader(self) -> WindowReader:
        """What reads. Raises `UnsupportedError` where no cell has a character."""
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
