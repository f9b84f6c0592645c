"""A translator in one state: what methods ask, answered by what is compiled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generator.corpora.words import Words
from generator.models.base import Floats, Texts
from generator.models.translators import ReadPairs, Translated
from generator.networks.aligning import Memory
from generator.networks.asking import ROWS, Places, batches, filled, padded
from generator.networks.beams import search
from generator.networks.compiled import held
from generator.networks.translation import END, Now, Settings
from generator.networks.translation_compiled import compiled
from generator.networks.weights import Arrays

Array = NDArray[Any]
Rows = NDArray[np.int32]
SLOTS = 4096
"""Slots of sources in a batch, padding included."""


class Translating:
    """A network with given weights: a `DifferentiableTranslator`."""

    def __init__(
        self,
        settings: Settings,
        words: tuple[Words, Words],
        reading: tuple[Literal["word", "character"], int],
        arrays: Arrays,
        epoch: int,
    ) -> None:
        """`words` are of sources and targets; `reading` the unit and most tokens."""
        self.settings, self.epoch, self.arrays = settings, epoch, arrays
        self.sources, self.targets = words
        self.unit, self.max_tokens = reading
        self.scoring = settings.attention
        self._held = held(arrays)
        self._network = compiled(settings)

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return sum(array.size for array in self.arrays)

    def read(self, sources: Texts, targets: Texts) -> ReadPairs:
        """What it makes of pairs whose target is given; see `Translator`."""
        logs: list[Floats] = [np.zeros(0, np.float32)] * len(sources)
        best, weights = logs.copy(), logs.copy()
        every = _checked(sources, self.sources), _checked(targets, self.targets)
        for places, source, target in self._batches(*every):
            answers = self._network.force(self._held, source, target)
            found = [answer.numpy() for answer in answers]
            for row, place in enumerate(places):
                size, width = len(targets[place]), len(sources[place])
                logs[place] = found[0][row, :size].copy()
                best[place] = found[1][row, :size].copy()
                weights[place] = found[2][row, :size, :width].copy()
        return ReadPairs(
            tuple(np.exp(row) for row in logs),
            tuple(logs),
            tuple(tuple(map(int, row)) for row in best),
            tuple(weights),
        )

    def products(self, sources: Texts, targets: Texts) -> tuple[Floats, ...]:
        """Gradient times vector of each target token's log probability."""
        found = [
            np.zeros((len(target), len(source)), np.float32)
            for source, target in zip(sources, targets, strict=True)
        ]
        asked = [(p, i) for p, target in enumerate(targets) for i in range(len(target))]
        every = (
            [sources[place] for place, _ in asked],
            [targets[place] for place, _ in asked],
        )
        for rows, source, target in self._batches(*every):
            chosen = np.zeros(target.shape, np.float32)
            for row, which in enumerate(rows):
                chosen[row, asked[which][1]] = 1
            answers = self._network.products(self._held, source, target, chosen).numpy()
            for row, which in enumerate(rows):
                place, token = asked[which]
                found[place][token] = answers[row, : len(sources[place])]
        return tuple(found)

    def translate(self, sources: Texts, width: int = 1) -> Translated:
        """The likeliest targets that are found by keeping `width`; see `beams`."""
        ids: list[tuple[int, ...]] = [()] * len(sources)
        sums = np.zeros(len(sources), np.float32)
        nothing = [(END,)] * len(sources)
        for places, source, _ in self._batches(
            _checked(sources, self.sources), nothing
        ):
            walk = _Walk(self, source[: len(places)], width)
            found = search(walk.step, len(places), width, self.max_tokens, END)
            for place, (total, tokens) in zip(places, found, strict=True):
                sums[place], ids[place] = total, tokens
        return Translated(tuple(ids), sums)

    def _batches(
        self, sources: Texts, targets: Texts
    ) -> Iterator[tuple[Places, Rows, Rows]]:
        """Which pairs are asked together, and their ids, padded."""
        most = max(map(len, sources), default=1)
        for places, width in batches([len(s) for s in sources], most, SLOTS):
            longest = max(len(targets[place]) for place in places)
            source = np.zeros((filled(len(places)), width), np.int32)
            target = np.zeros((len(source), padded(longest, longest)), np.int32)
            for row, place in enumerate(places):
                source[row, : len(sources[place])] = sources[place]
                target[row, : len(targets[place])] = targets[place]
            yield places, source, target


class _Walk:
    """The decoder of a few texts, several targets each, token by token."""

    def __init__(self, model: Translating, sources: Rows, width: int) -> None:
        self._model = model
        rows = np.repeat(sources, width, axis=0)
        self._count = len(rows)
        rows = np.pad(rows, ((0, -len(rows) % ROWS), (0, 0)))
        network = model._network  # noqa: SLF001  # of its own module
        found = network.open(model._held, rows)  # noqa: SLF001
        self._memory = Memory(*found)
        self._now = Now(found[3].numpy(), np.zeros(rows.shape, np.float32))

    def step(self, origins: Array, before: Array) -> Array:
        """Log probabilities (rows, targets) after one token more."""
        rest = np.arange(self._count, len(self._now.state))
        rows = np.concatenate([origins, rest])
        now = Now(*(array[rows] for array in self._now))
        tokens = np.pad(before, (0, len(rest)), constant_values=END).astype(np.int32)
        model = self._model
        ask = model._network.step  # noqa: SLF001  # of its own module
        logs, state, weights = ask(model._held, self._memory, now, tokens)  # noqa: SLF001
        self._now = Now(state.numpy(), weights.numpy())
        found: Array = logs.numpy()[: self._count].astype(np.float64)
        return found


def _checked(texts: Texts, words: Words) -> Texts:
    """`texts`. Raises `ValueError` for an empty one, or of unknown ids."""
    for text in texts:
        if not len(text) or min(text) < 1 or max(text) >= len(words):
            raise ValueError(f"a closed text has ids from 1 to {len(words) - 1}")
    return texts
