"""Climbing over mixtures of words: the relaxed half of a search for inputs.

Every place of a text holds free numbers, one a word; their softmax at a temperature is
a mixture of words, and the mixture of the words' vectors is what the model reads. The
free numbers climb by Adam, all starts at once, while the temperature falls in equal
ratios. At every step the mixture is also turned into words: at each place the word
whose vector makes the smallest angle with the mixture's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.methods.divergence import softmax, through_softmax
from generator.methods.logodds import Array, LogOdds

FIRST, SECOND, SMALL = 0.9, 0.999, 1e-8
"""Adam's."""
Ids = NDArray[np.intp]


@dataclass(frozen=True)
class Moment:
    """All starts at one step, or one of them, without the axis of starts."""

    temperature: float
    scores: Array  # (starts,), of the mixtures
    words: Ids  # (starts, T), places among the known words
    shares: Array  # (starts, T), of that word in its mixture

    def of(self, start: int) -> Moment:
        """One start's."""
        parts = (self.scores, self.words, self.shares)
        return Moment(self.temperature, *(part[start] for part in parts))


@dataclass(frozen=True)
class Climb:
    """How to climb."""

    steps: int
    rate: float
    temperatures: tuple[float, float]
    repeats: bool  # whether a word may stand in a text twice

    def moments(self, aim: LogOdds, table: Array, free: Array) -> Iterator[Moment]:
        """The way from free numbers `free` (starts, T, words), steps + 1 moments.

        `table` (words, D) are the vectors of the words that may be written.
        """
        first, second = np.zeros(free.shape), np.zeros(free.shape)
        coolings = np.geomspace(*self.temperatures, self.steps + 1)
        for step, temperature in enumerate(coolings, 1):
            shares = softmax(free / temperature)
            mixed = shares @ table
            scores, slope = aim.slope(mixed)
            words = nearest(mixed, table, repeats=self.repeats)
            own = np.take_along_axis(shares, words[..., None], -1)[..., 0]
            yield Moment(float(temperature), scores, words, own)
            up = through_softmax(shares, slope @ table.T) / temperature
            first += (1 - FIRST) * (up - first)
            second += (1 - SECOND) * (up * up - second)
            even = np.sqrt(second / (1 - SECOND**step)) + SMALL
            free = free + self.rate * first / (1 - FIRST**step) / even


def nearest(mixed: Array, table: Array, *, repeats: bool) -> Ids:
    """The word of the smallest angle at each place, (starts, T).

    Without repeats, the place and the word that fit best are matched first.
    """
    cosines = unit(mixed) @ unit(table).T
    if repeats:
        return np.asarray(cosines.argmax(-1))
    return np.array([matched(row) for row in cosines], np.intp)


def unit(vectors: Array) -> Array:
    """Vectors of length 1; a vector of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1))


def matched(cosines: Array) -> Ids:
    """A word for each place (T, words), none twice, the best fit first."""
    left = cosines.copy()
    found = np.zeros(len(left), np.intp)
    for _ in range(len(left)):
        place, word = np.unravel_index(int(left.argmax()), left.shape)
        found[place] = word
        left[place], left[:, word] = -np.inf, -np.inf
    return found
