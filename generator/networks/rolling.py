"""Every window of a text at once, one token at a time.

A textgenrnn reads each window afresh: to write one token, its LSTMs run from a state of
zeros over all slots, one after the other. But the window that will end at a later
token has already begun, and begins in the same way. So one *run* is kept for each
window that is open, the oldest first; a new token moves all of them on by one slot, in
one matrix product, and completes the oldest. The work is the same, the sums too;
what goes is the waiting.

1. Drop the run that was completed and begin one from zeros.
2. Every layer takes one step in every run. The token's own projection is shared.
3. Attention is summed as it goes: each run keeps its largest score M, and the sums of
   `exp(e - M)` and of `exp(e - M) x`, rescaled when M grows.

The run in front then holds the weights and the average of its whole window. Only a
network that reads forwards can be run so; a bidirectional one cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import tensorflow as tf

from generator.networks.attention import EPSILON
from generator.networks.textgenrnn import Settings

LOWEST = -1e30
"""Below any score, and finite, so that differences are numbers."""


class Runs(NamedTuple):
    """State of `window` open windows in each of n texts, the oldest window first."""

    hidden: tuple[tf.Tensor, ...]  # a layer each, (window, n, units)
    cells: tuple[tf.Tensor, ...]  # a layer each, (window, n, units)
    largest: tf.Tensor  # (window, n)
    total: tf.Tensor  # (window, n)
    summed: tf.Tensor  # (window, n, D)
    scores: tf.Tensor  # (window, n, window), newest slot last


@dataclass(frozen=True)
class Rolling:
    """How a network of these settings rolls; its weights are given to each call."""

    settings: Settings

    def rest(self, weights: list[tf.Tensor]) -> Runs:
        """The runs of one text of padding."""
        padding = tf.zeros((1, self.settings.max_length), tf.int32)
        return self._feed(weights, self._nothing(1), padding, tf.constant(0))

    def start(self, weights: list[tf.Tensor], rest: Runs, histories: tf.Tensor) -> Runs:
        """The runs after `histories` (n, window), whose common padding is skipped."""
        texts = histories.shape[0]
        runs = tf.nest.map_structure(lambda state: tf.repeat(state, texts, 1), rest)
        seen = tf.reduce_any(histories != 0, 0)
        known = tf.concat([seen, [True]], 0)
        first = tf.argmax(tf.cast(known, tf.int32), output_type=tf.int32)
        return self._feed(weights, runs, histories, first)

    def _feed(
        self, weights: list[tf.Tensor], runs: Runs, ids: tf.Tensor, first: tf.Tensor
    ) -> Runs:
        """Runs after the columns of `ids` (n, window) from `first` on."""
        return tf.while_loop(
            lambda slot, _: slot < ids.shape[1],
            lambda slot, runs: (slot + 1, self.add(weights, runs, ids[:, slot])),
            (first, runs),
            maximum_iterations=ids.shape[1],
        )[1]

    def _nothing(self, texts: int) -> Runs:
        """Runs that began nowhere: exact once `window` tokens were added."""
        kept = self.settings
        window, units = kept.max_length, kept.rnn_size
        states = tuple(tf.zeros((window, texts, units)) for _ in kept.parts[1:])
        flat = tf.zeros((window, texts))
        return Runs(
            hidden=states,
            cells=states,
            largest=flat,
            total=flat,
            summed=tf.zeros((window, texts, sum(kept.widths))),
            scores=tf.zeros((window, texts, window)),
        )

    def add(self, weights: list[tf.Tensor], runs: Runs, tokens: tf.Tensor) -> Runs:
        """All runs moved on by one token a text; `tokens` (n,) of ids."""
        window, kernel = self.settings.max_length, weights[-3]
        embedded = tf.gather(weights[0], tokens)
        hidden, cells, below = [], [], embedded
        for layer, (last, cell) in enumerate(zip(runs.hidden, runs.cells, strict=True)):
            arrays = weights[1 + 3 * layer : 4 + 3 * layer]
            below, cell = _step(arrays, below, _renew(last), _renew(cell))  # noqa: PLW2901  # the layer's next state
            hidden.append(below)
            cells.append(cell)
        repeated = tf.repeat(embedded[None], window, 0)
        slots = tf.concat([repeated, *hidden], -1)
        scores = tf.linalg.matvec(slots, kernel[:, 0])
        return self._attend(runs, slots, scores)._replace(
            hidden=tuple(hidden), cells=tuple(cells)
        )

    def _attend(self, runs: Runs, slots: tf.Tensor, scores: tf.Tensor) -> Runs:
        """Each run's attention with one slot more."""
        before = _renew(runs.largest, LOWEST)
        largest = tf.maximum(before, scores)
        faded, share = tf.exp(before - largest), tf.exp(scores - largest)
        earlier = _renew(runs.scores)[..., 1:]
        return runs._replace(
            largest=largest,
            total=_renew(runs.total) * faded + share,
            summed=_renew(runs.summed) * faded[..., None] + share[..., None] * slots,
            scores=tf.concat([earlier, scores[..., None]], -1),
        )

    def look(self, weights: list[tf.Tensor], runs: Runs) -> tuple[tf.Tensor, tf.Tensor]:
        """Probabilities (n, vocabulary) and weights (n, window) of the oldest run."""
        total = runs.total[0][:, None] + EPSILON
        attention = tf.exp(runs.scores[0] - runs.largest[0][:, None]) / total
        logits = tf.matmul(runs.summed[0] / total, weights[-2]) + weights[-1]
        return tf.nn.softmax(logits), attention


def _renew(states: tf.Tensor, fresh: float = 0.0) -> tf.Tensor:
    """States without the oldest run, and with one that begins."""
    return tf.concat([states[1:], tf.fill(tf.shape(states[:1]), fresh)], 0)


def _step(
    arrays: list[tf.Tensor], below: tf.Tensor, hidden: tf.Tensor, cell: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """One step of one LSTM in all runs; `below` is its input, of a run or shared."""
    kernel, recurrent, bias = arrays
    gates = _times(below, kernel) + _times(hidden, recurrent) + bias
    enter, forget, new, leave = tf.split(gates, 4, -1)
    cell = tf.sigmoid(forget) * cell + tf.sigmoid(enter) * tf.tanh(new)
    return tf.sigmoid(leave) * tf.tanh(cell), cell


def _times(states: tf.Tensor, matrix: tf.Tensor) -> tf.Tensor:
    """`states` (…, a) times `matrix` (a, b), as one flat product, which is faster."""
    flat = tf.matmul(tf.reshape(states, (-1, matrix.shape[0])), matrix)
    return tf.reshape(flat, (*states.shape[:-1], matrix.shape[1]))
