"""Windows of a textgenrnn, read slot by slot in NumPy, a cell held or none.

A window is a whole text that is read from rest, and what is wanted of it stands at its
last slot. So what reads whole sequences reads windows as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.corpora.vocabulary import Vocabulary
from generator.models.base import Floats, Ids
from generator.models.cells import Activity, Clamp
from generator.networks.softmax import softmax
from generator.networks.textgenrnn import Settings
from generator.networks.watching import ROWS, parts
from generator.networks.weights import Arrays
from generator.networks.whole_cells import WholeNetwork

SLOTS = 40 * ROWS
"""Slots of windows that are kept at once."""
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Laid:
    """Texts behind each other, a window of padding before each."""

    ids: NDArray[np.int32]
    places: tuple[Places, ...]  # for each text, where its tokens lie

    def windows(self, ends: Places, window: int) -> NDArray[np.int32]:
        """The windows (n, window) whose last slots these places are."""
        return self.ids[ends[:, None] + np.arange(1 - window, 1)]


def laid(texts: Sequence[Ids], window: int) -> Laid:
    """`texts`, so that there is a window to every token."""
    padding = np.zeros(window, np.int32)
    found = [padding[:0], *(part for text in texts for part in (padding, text))]
    stops = np.cumsum([window + len(text) for text in texts])
    places = tuple(
        np.arange(stop - len(text), stop)
        for stop, text in zip(stops, texts, strict=True)
    )
    return Laid(np.concatenate(found).astype(np.int32), places)


class WindowReader(WholeNetwork):
    """Reads the window to each token. Attention there knows no place: nothing fades."""

    def __init__(
        self, settings: Settings, vocabulary: Vocabulary, arrays: Arrays, epoch: int
    ) -> None:
        still = np.zeros((), np.float32)
        super().__init__(settings, vocabulary, [*arrays, still], epoch)

    def _watch(self, texts: Sequence[Ids]) -> list[Activity]:
        """All cells at the last slots of the windows."""
        read, found = laid(texts, self.behind), []
        for ends in read.places:
            one = self._blank(len(ends))
            for part in parts(len(ends)):
                windows = read.windows(ends[part], self.behind)
                (last,) = deque(self._read(windows), maxlen=1)
                one.activations[part] = last.activations
                one.memories[part] = last.memories
            found.append(one)
        return found

    def _answers(
        self,
        texts: Sequence[Ids],
        places: Sequence[Ids],
        clamps: Sequence[Clamp | None],
    ) -> Floats:
        """Probabilities (clamps, places, vocabulary)."""
        read = laid(texts, self.behind)
        chosen = [at[which] for at, which in zip(read.places, places, strict=True)]
        ends = np.concatenate([np.zeros(0, np.intp), *chosen])
        count = len(clamps) * len(ends)
        found = np.empty((count, len(self.vocabulary)), np.float32)
        for part in self._parts(count):
            clamp, place = np.divmod(np.arange(part.start, part.stop), len(ends))
            windows = read.windows(ends[place], self.behind)
            seen = list(self._read(windows, [clamps[i] for i in clamp]))
            found[part] = softmax(self._logits(seen, list(range(len(windows)))))
        return found.reshape(len(clamps), len(ends), len(self.vocabulary))

    def _parts(self, count: int) -> Iterator[slice]:
        """Which windows are read together, all of their slots being kept."""
        return parts(count, max(1, SLOTS // self.behind))
