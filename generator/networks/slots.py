"""What stands in the slots of many texts: a vector each, equal ones perhaps once.

Many texts hold few different words, perturbed ones most of all. What is computed of a
word alone is computed once for each different one (`looked_up`), and looked up where
the word stands. Training and gradients hold a vector for every slot (`every`). The
numbers are the same, bit for bit: a row of a matrix product does not depend on the
others if their count is a multiple of `ROWS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import tensorflow as tf

from generator.networks.asking import ROWS

Tensor = Any


@dataclass(frozen=True)
class Slots:
    """Vectors (n, T, k), or different ones (m, k) and their places (n, T)."""

    vectors: Tensor
    places: Tensor | None = None

    @property
    def rows(self) -> Tensor:
        """How many texts."""
        return tf.shape(self.vectors if self.places is None else self.places)[0]

    def each(self, function: Callable[[Tensor], Tensor]) -> Slots:
        """The same slots with what `function`, slot by slot, makes of their vectors."""
        return replace(self, vectors=function(self.vectors))

    def spread(self) -> Tensor:
        """A vector for every slot, (n, T, k)."""
        if self.places is None:
            return self.vectors
        return tf.gather(self.vectors, self.places)

    def columns(self) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
        """T, and what gives the vectors (n, k) of all texts at one slot."""
        if self.places is None:
            read = unstacked(tf.transpose(self.vectors, (1, 0, 2))).read
            return tf.shape(self.vectors)[1], read
        places = tf.transpose(self.places)
        return tf.shape(places)[0], lambda slot: tf.gather(self.vectors, places[slot])


def looked_up(table: Tensor, ids: Tensor) -> Slots:
    """The rows of `table` that ids (n, T) name, each different one once."""
    different, places = tf.unique(tf.reshape(ids, [-1]))
    filling = -tf.shape(different)[0] % ROWS
    different = tf.pad(different, [[0, filling]])
    return Slots(tf.gather(table, different), tf.reshape(places, tf.shape(ids)))


def unstacked(columns: Tensor) -> Tensor:
    """(T, n, …) as what a loop reads slot by slot."""
    return tf.TensorArray(columns.dtype, tf.shape(columns)[0]).unstack(columns)
