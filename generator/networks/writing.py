"""Writing texts token by token, in one graph for many steps and many texts.

A step looks at the open windows, chooses a token, and adds it. Steps run in a compiled
loop of bounded length, so that nothing waits for Python; between two loops it is
seen whether every text has closed. Networks that read forwards roll (`rolling`);
bidirectional ones read each window afresh.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, Protocol

import tensorflow as tf

from generator.networks.reading import Reader, Weights, reader
from generator.networks.rolling import Rolling
from generator.networks.sampling import choose
from generator.networks.textgenrnn import Settings

SIZES = {1: 128, 8: 64, 64: 16}
"""How many texts are written together, and the steps of one compiled loop, which bound
the memory of its probabilities. Fewer texts are filled up, so that few graphs are made.
"""

State = Any  # whatever an engine keeps: a nest of tensors


class Draws(NamedTuple):
    """What decides the choices of one loop."""

    steps: tf.Tensor  # scalar, at most the loop's
    temperature: tf.Tensor  # scalar
    uniform: tf.Tensor  # (loop, n), in [0, 1): one column a text
    mark: tf.Tensor  # scalar: the id that closes a text, -1 for none
    closed: tf.Tensor  # (n,): texts that nobody waits for


class Engine(Protocol):
    """How the next token's probabilities are kept up with a growing text."""

    def rest(self, weights: Weights) -> State:
        """The state of one text after nothing but padding."""
        ...

    def start(self, weights: Weights, rest: State, histories: tf.Tensor) -> State:
        """The state after `histories` (n, window); `rest` is what `rest` gave."""
        ...

    def look(self, weights: Weights, state: State) -> tuple[tf.Tensor, tf.Tensor]:
        """Probabilities (n, vocabulary) and attention weights (n, window)."""
        ...

    def add(self, weights: Weights, state: State, tokens: tf.Tensor) -> State:
        """The state with one token more in each text."""
        ...


class Afresh:
    """Reads every window anew; the state is the windows themselves."""

    def __init__(self, network: Reader) -> None:
        self._network = network

    def rest(self, weights: Weights) -> tf.Tensor:
        """Nothing: there is no work to spare."""
        del weights
        return tf.zeros(())

    def start(
        self, weights: Weights, rest: tf.Tensor, histories: tf.Tensor
    ) -> tf.Tensor:
        """The histories."""
        del weights, rest
        return tf.identity(histories)

    def look(self, weights: Weights, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """What the network says of them."""
        found = self._network.outputs(weights, state)
        return found["probabilities"], found["weights"]

    def add(self, weights: Weights, state: tf.Tensor, tokens: tf.Tensor) -> tf.Tensor:
        """The histories moved on by one slot."""
        del weights
        return tf.concat([state[:, 1:], tokens[:, None]], 1)


class Writer:
    """Compiled writing for networks of one shape."""

    def __init__(self, settings: Settings, vocabulary: int) -> None:
        rolls = not settings.rnn_bidirectional
        self._engine: Engine = (
            Rolling(settings) if rolls else Afresh(reader(settings, vocabulary))
        )
        self._shapes = ((), (settings.max_length,), (vocabulary,))
        self.rest = tf.function(self._engine.rest)
        self.start = tf.function(self._engine.start)
        self.loop = tf.function(self._loop, jit_compile=rolls)

    def _loop(
        self, weights: Weights, state: State, draws: Draws
    ) -> tuple[State, tf.Tensor, tuple[tf.Tensor, ...]]:
        """Up to `draws.steps` tokens more.

        Returns:
            The state; which texts are closed (n,); and ids (loop, n), attention
            weights (loop, n, window) and probabilities (loop, n, vocabulary), of
            which rows of steps not taken mean nothing.
        """
        loop, texts = draws.uniform.shape
        kinds = (tf.int32, tf.float32, tf.float32)
        kept = tuple(
            tf.TensorArray(kind, loop, element_shape=(texts, *shape))
            for kind, shape in zip(kinds, self._shapes, strict=True)
        )

        def goes_on(
            step: tf.Tensor, _: State, closed: tf.Tensor, __: State
        ) -> tf.Tensor:
            return (step < draws.steps) & ~tf.reduce_all(closed)

        def body(
            step: tf.Tensor, state: State, closed: tf.Tensor, kept: State
        ) -> tuple[State, ...]:
            found, seen = self._engine.look(weights, state)
            tokens = choose(found, draws.temperature, draws.uniform[step])
            values = (tokens, seen, found)
            kept = tuple(a.write(step, v) for a, v in zip(kept, values, strict=True))
            state = self._engine.add(weights, state, tokens)
            return step + 1, state, closed | (tokens == draws.mark), kept

        first = (tf.constant(0), state, draws.closed, kept)
        _, state, closed, kept = tf.while_loop(
            goes_on, body, first, maximum_iterations=loop
        )
        return state, closed, tuple(array.stack() for array in kept)


@cache
def writer(settings: Settings, vocabulary: int) -> Writer:
    """The one writer of this shape."""
    return Writer(settings, vocabulary)
