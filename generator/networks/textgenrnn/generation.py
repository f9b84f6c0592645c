"""Writing texts token by token, in one graph for many steps and many texts.

A step looks at the open windows, chooses a token, and adds it. Steps run in a compiled
loop of bounded length, so that nothing waits for Python; between two loops it is
checked whether every text has closed.

Choosing the next token from probabilities, as textgenrnn does (`choose_next_tokens`):

1. At temperature 0 the most probable token is taken, the lowest id of a tie.
2. Otherwise `q = exp(log(p + 1e-7) / T)`, divided by its sum, in float64; a number u
   drawn uniformly from [0, 1) chooses the first token at which the running sum of q
   passes u.
3. Id 0 is no token: where it was drawn, the second most probable token is taken.

Source: textgenrnn 2.0.0, `textgenrnn_sample`.
Differs: draws come from a generator of each text, turned into a token by the running
sum, where upstream calls NumPy's global multinomial. The largest exponent is taken off
first, so that a low temperature gives no 0/0. Upstream fails where id 0 is the most
probable at temperature 0, or is itself second; here the best other token is taken.

A textgenrnn reads each window afresh: to write one token, its LSTMs run from a state of
zeros over all slots, one after the other. But the window that will end at a later
token has already begun, and begins in the same way. So `RollingEngine` keeps one *run*
for each window that is open, the oldest first; a new token moves all of them on by one
slot, in one matrix product, and completes the oldest. The work is the same, the sums
too; what goes is the waiting.

1. Drop the run that was completed and begin one from zeros.
2. Every layer takes one step in every run. The token's own projection is shared.
3. Attention is summed as it goes: each run keeps its largest score M, and the sums of
   `exp(e - M)` and of `exp(e - M) x`, rescaled when M grows.

The run in front then holds the weights and the average of its whole window. Only a
network that reads forwards can be run so; a bidirectional one reads each window afresh
(`RereadingEngine`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, Protocol

import tensorflow as tf

from generator.models.textgenrnn_files import TextGenRnnSettings
from generator.networks.layers.attention import EPSILON
from generator.networks.layers.recurrent import squash_lstm_gates, update_lstm
from generator.networks.textgenrnn.network import (
    CompiledReader,
    Weights,
    find_reader,
)

SMALL = 1e-7


def choose_next_tokens(
    probabilities: tf.Tensor, temperature: tf.Tensor, uniform: tf.Tensor
) -> tf.Tensor:
    """Choose the next token of each text.

    Args:
        probabilities: Probabilities (n, vocabulary).
        temperature: A scalar, at least 0, float64.
        uniform: Draws (n,) from [0, 1), float64.

    Returns:
        Ids (n,), never 0.
    """
    return tf.where(
        temperature > 0,
        _sample_tokens(
            probabilities, tf.where(temperature > 0, temperature, 1), uniform
        ),
        _choose_likeliest(probabilities),
    )


def _choose_likeliest(probabilities: tf.Tensor) -> tf.Tensor:
    return 1 + tf.argmax(probabilities[:, 1:], -1, output_type=tf.int32)


def _sample_tokens(
    probabilities: tf.Tensor, temperature: tf.Tensor, uniform: tf.Tensor
) -> tf.Tensor:
    exponents = tf.math.log(tf.cast(probabilities, tf.float64) + SMALL) / temperature
    shares = tf.exp(exponents - tf.reduce_max(exponents, -1, keepdims=True))
    running = tf.cumsum(shares, -1)
    passed = running <= uniform[:, None] * running[:, -1:]
    index = tf.reduce_sum(tf.cast(passed, tf.int32), -1)
    index = tf.minimum(index, tf.shape(shares)[1] - 1)
    return tf.where(index == 0, _find_second_largest(shares), index)


def _find_second_largest(shares: tf.Tensor) -> tf.Tensor:
    """Return the second largest of all ids or, where that is 0, the largest."""
    first = _choose_likeliest(shares)
    ranks = tf.range(tf.shape(shares)[1])[None]
    others = tf.where(ranks == first[:, None], tf.constant(-1.0, shares.dtype), shares)
    second = tf.argmax(others, -1, output_type=tf.int32)
    return tf.where(second == 0, first, second)


LOWEST = -1e30
"""Below any score, and finite, so that differences are numbers."""


class RollingWindows(NamedTuple):
    """The state of `window` open windows in each of n texts, the oldest first."""

    hidden: tuple[tf.Tensor, ...]  # a layer each, (window, n, units)
    cells: tuple[tf.Tensor, ...]  # a layer each, (window, n, units)
    largest: tf.Tensor  # (window, n)
    total: tf.Tensor  # (window, n)
    summed: tf.Tensor  # (window, n, D)
    scores: tf.Tensor  # (window, n, window), newest slot last


@dataclass(frozen=True)
class RollingEngine:
    """An engine that moves all open windows on at once."""

    settings: TextGenRnnSettings

    def make_rest_state(self, weights: list[tf.Tensor]) -> RollingWindows:
        """Return the runs of one text after nothing but padding."""
        padding = tf.zeros((1, self.settings.max_length), tf.int32)
        return self._feed_columns(
            weights, self._make_empty_windows(1), padding, tf.constant(0)
        )

    def start(
        self, weights: list[tf.Tensor], rest: RollingWindows, histories: tf.Tensor
    ) -> RollingWindows:
        """Return the runs after `histories` (n, window), skipping common padding."""
        texts = histories.shape[0]
        runs = tf.nest.map_structure(lambda state: tf.repeat(state, texts, 1), rest)
        seen = tf.reduce_any(histories != 0, 0)
        known = tf.concat([seen, [True]], 0)
        first = tf.argmax(tf.cast(known, tf.int32), output_type=tf.int32)
        return self._feed_columns(weights, runs, histories, first)

    def _feed_columns(
        self,
        weights: list[tf.Tensor],
        runs: RollingWindows,
        ids: tf.Tensor,
        first: tf.Tensor,
    ) -> RollingWindows:
        """Return runs after the columns of `ids` (n, window) from `first` on."""
        return tf.while_loop(
            lambda slot, _: slot < ids.shape[1],
            lambda slot, runs: (slot + 1, self.add_tokens(weights, runs, ids[:, slot])),
            (first, runs),
            maximum_iterations=ids.shape[1],
        )[1]

    def _make_empty_windows(self, texts: int) -> RollingWindows:
        """Return runs that began nowhere: exact once `window` tokens were added."""
        settings = self.settings
        window, units = settings.max_length, settings.rnn_size
        states = tuple(tf.zeros((window, texts, units)) for _ in settings.parts[1:])
        flat = tf.zeros((window, texts))
        return RollingWindows(
            hidden=states,
            cells=states,
            largest=flat,
            total=flat,
            summed=tf.zeros((window, texts, sum(settings.widths))),
            scores=tf.zeros((window, texts, window)),
        )

    def add_tokens(
        self, weights: list[tf.Tensor], runs: RollingWindows, tokens: tf.Tensor
    ) -> RollingWindows:
        """Return all runs moved on by one token a text; `tokens` (n,) are ids."""
        window, kernel = self.settings.max_length, weights[-3]
        embedded = tf.gather(weights[0], tokens)
        hidden, cells, below = [], [], embedded
        for layer, (last, cell) in enumerate(zip(runs.hidden, runs.cells, strict=True)):
            arrays = weights[1 + 3 * layer : 4 + 3 * layer]
            below, memory = _run_lstm_step(
                arrays, below, _replace_oldest(last), _replace_oldest(cell)
            )
            hidden.append(below)
            cells.append(memory)
        repeated = tf.repeat(embedded[None], window, 0)
        slots = tf.concat([repeated, *hidden], -1)
        scores = tf.linalg.matvec(slots, kernel[:, 0])
        return self._attend(runs, slots, scores)._replace(
            hidden=tuple(hidden), cells=tuple(cells)
        )

    def _attend(
        self, runs: RollingWindows, slots: tf.Tensor, scores: tf.Tensor
    ) -> RollingWindows:
        """Return each run with one slot more in its attention."""
        before = _replace_oldest(runs.largest, LOWEST)
        largest = tf.maximum(before, scores)
        faded, share = tf.exp(before - largest), tf.exp(scores - largest)
        earlier = _replace_oldest(runs.scores)[..., 1:]
        return runs._replace(
            largest=largest,
            total=_replace_oldest(runs.total) * faded + share,
            summed=_replace_oldest(runs.summed) * faded[..., None]
            + share[..., None] * slots,
            scores=tf.concat([earlier, scores[..., None]], -1),
        )

    def predict(
        self, weights: list[tf.Tensor], runs: RollingWindows
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return probabilities (n, vocabulary), weights (n, window) of the oldest."""
        total = runs.total[0][:, None] + EPSILON
        attention = tf.exp(runs.scores[0] - runs.largest[0][:, None]) / total
        logits = tf.matmul(runs.summed[0] / total, weights[-2]) + weights[-1]
        return tf.nn.softmax(logits), attention


def _replace_oldest(states: tf.Tensor, fresh: float = 0.0) -> tf.Tensor:
    """Return states without the oldest run, and with a fresh one behind."""
    return tf.concat([states[1:], tf.fill(tf.shape(states[:1]), fresh)], 0)


def _run_lstm_step(
    arrays: list[tf.Tensor], below: tf.Tensor, hidden: tf.Tensor, cell: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Run one step of one LSTM in all runs.

    Args:
        arrays: Kernel, recurrent kernel and bias.
        below: The input, of each run (window, n, channels) or shared (n, channels).
        hidden: The outputs before, (window, n, units).
        cell: The memories before, (window, n, units).

    Returns:
        Outputs and memories, both (window, n, units).
    """
    kernel, recurrent, bias = arrays
    gates = _multiply_flat(below, kernel) + _multiply_flat(hidden, recurrent) + bias
    return update_lstm(squash_lstm_gates(gates), cell)


def _multiply_flat(states: tf.Tensor, matrix: tf.Tensor) -> tf.Tensor:
    """Return `states` (…, a) times `matrix` (a, b), as one flat, faster product."""
    flat = tf.matmul(tf.reshape(states, (-1, matrix.shape[0])), matrix)
    return tf.reshape(flat, (*states.shape[:-1], matrix.shape[1]))


SIZES = {1: 128, 8: 64, 64: 16}
"""How many texts are written together, and the steps of one compiled loop, which bound
the memory of its probabilities. Fewer texts are filled up, so that few graphs are made.
"""

EngineState = Any  # whatever an engine keeps: a nest of tensors


class LoopDraws(NamedTuple):
    """What decides the choices of one loop."""

    steps: tf.Tensor  # scalar, at most the loop's
    temperature: tf.Tensor  # scalar
    uniform: tf.Tensor  # (loop, n), in [0, 1): one column a text
    mark: tf.Tensor  # scalar: the id that closes a text, -1 for none
    closed: tf.Tensor  # (n,): texts that nobody waits for


class WritingEngine(Protocol):
    """An engine that keeps the next token's probabilities up with a growing text."""

    def make_rest_state(self, weights: Weights) -> EngineState:
        """Return the state of one text after nothing but padding."""
        ...

    def start(
        self, weights: Weights, rest: EngineState, histories: tf.Tensor
    ) -> EngineState:
        """Return the state after histories.

        Args:
            weights: The network's weights.
            rest: What `make_rest_state` returned.
            histories: Ids (n, window), padding on the left.
        """
        ...

    def predict(
        self, weights: Weights, state: EngineState
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return probabilities (n, vocabulary) and attention weights (n, window)."""
        ...

    def add_tokens(
        self, weights: Weights, state: EngineState, tokens: tf.Tensor
    ) -> EngineState:
        """Return the state with one token more in each text; `tokens` (n,) are ids."""
        ...


class RereadingEngine:
    """An engine that reads every window anew; its state is the windows themselves."""

    def __init__(self, network: CompiledReader) -> None:
        self._network = network

    def make_rest_state(self, weights: Weights) -> tf.Tensor:
        """Return nothing of use: there is no work to spare."""
        del weights
        return tf.zeros(())

    def start(
        self, weights: Weights, rest: tf.Tensor, histories: tf.Tensor
    ) -> tf.Tensor:
        """Return the histories."""
        del weights, rest
        return tf.identity(histories)

    def predict(
        self, weights: Weights, state: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the network's probabilities and attention weights."""
        outputs = self._network.compute_outputs(weights, state)
        return outputs["probabilities"], outputs["weights"]

    def add_tokens(
        self, weights: Weights, state: tf.Tensor, tokens: tf.Tensor
    ) -> tf.Tensor:
        """Return the histories moved on by one slot."""
        del weights
        return tf.concat([state[:, 1:], tokens[:, None]], 1)


class CompiledWriter:
    """The compiled functions that write texts, for networks of one shape."""

    def __init__(self, settings: TextGenRnnSettings, vocabulary: int) -> None:
        rolls = not settings.rnn_bidirectional
        self._engine: WritingEngine = (
            RollingEngine(settings)
            if rolls
            else RereadingEngine(find_reader(settings, vocabulary))
        )
        self._shapes = ((), (settings.max_length,), (vocabulary,))
        self.rest = tf.function(self._engine.make_rest_state)
        self.start = tf.function(self._engine.start)
        self.loop = tf.function(self._loop, jit_compile=rolls)

    def _loop(
        self, weights: Weights, state: EngineState, draws: LoopDraws
    ) -> tuple[EngineState, tf.Tensor, tuple[tf.Tensor, ...]]:
        """Write up to `draws.steps` tokens more.

        Returns:
            The state; which texts are closed (n,); and ids (loop, n), attention
            weights (loop, n, window) and probabilities (loop, n, vocabulary), of
            which rows of steps not taken mean nothing.
        """
        loop, texts = draws.uniform.shape
        kinds = (tf.int32, tf.float32, tf.float32)
        arrays = tuple(
            tf.TensorArray(kind, loop, element_shape=(texts, *shape))
            for kind, shape in zip(kinds, self._shapes, strict=True)
        )

        def goes_on(
            step: tf.Tensor, _: EngineState, closed: tf.Tensor, __: EngineState
        ) -> tf.Tensor:
            return (step < draws.steps) & ~tf.reduce_all(closed)

        def body(
            step: tf.Tensor, state: EngineState, closed: tf.Tensor, arrays: EngineState
        ) -> tuple[EngineState, ...]:
            probabilities, attention = self._engine.predict(weights, state)
            tokens = choose_next_tokens(
                probabilities, draws.temperature, draws.uniform[step]
            )
            values = (tokens, attention, probabilities)
            arrays = tuple(
                a.write(step, v) for a, v in zip(arrays, values, strict=True)
            )
            state = self._engine.add_tokens(weights, state, tokens)
            return step + 1, state, closed | (tokens == draws.mark), arrays

        first = (tf.constant(0), state, draws.closed, arrays)
        _, state, closed, arrays = tf.while_loop(
            goes_on, body, first, maximum_iterations=loop
        )
        return state, closed, tuple(array.stack() for array in arrays)


@cache
def find_writer(settings: TextGenRnnSettings, vocabulary: int) -> CompiledWriter:
    """Return the one writer of this shape."""
    return CompiledWriter(settings, vocabulary)
