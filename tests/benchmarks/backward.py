"""An LSTM's written-out backward pass beside automatic differentiation's.

`python -m tests.benchmarks.backward`: gradients of one part of whole sequences, as a
shard of their training takes them (`STREAMS` streams of `STEPS` steps, `UNITS` cells),
compiled by XLA as there. Both compute the same forward pass, in turns. The pass is
worth its lines while it is `GOAL` times as fast; exits with 1 if it is not. XLA cannot
differentiate a loop whose length it is not told, which the written-out pass needs not.
"""

# ruff: noqa: T201 - it prints what it measured
from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from generator.networks.layers import recurrent

STREAMS, STEPS, UNITS = 16, 64, 128
TURNS, REPEATS, GOAL = 7, 5, 1.2
Lstm = Callable[..., Any]


def scan(shares: Any, matrix: Any, output: Any, memory: Any) -> Any:
    """The same LSTM without its backward pass, with as many steps as XLA is told."""
    inputs = tf.TensorArray(shares.dtype, STEPS).unstack(shares)

    def go(t: Any, h: Any, c: Any, outputs: Any) -> tuple[Any, ...]:
        gates = recurrent.squash_lstm_gates(inputs.read(t) + tf.matmul(h, matrix))
        h, c = recurrent.update_lstm(gates, c)
        return t + 1, h, c, outputs.write(t, h)

    start = (0, output, memory, tf.TensorArray(shares.dtype, STEPS))
    last = tf.while_loop(lambda t, *_: t < STEPS, go, start, maximum_iterations=STEPS)
    return last[3].stack(), last[2]


def compile_gradients(lstm: Lstm) -> Callable[..., Any]:
    """A compiled function that differentiates a sum over an LSTM's outputs."""

    def differentiate(weights: Any, *at: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(at)
            total = tf.reduce_sum(lstm(*at)[0] * weights)
        return tape.gradient(total, at)

    compiled: Callable[..., Any] = tf.function(differentiate, jit_compile=True)
    return compiled


def main() -> int:
    """Measure both in turns and say which is faster."""
    rng = np.random.default_rng(1)
    shapes = (
        (STEPS, STREAMS, UNITS),
        (STEPS, STREAMS, 4 * UNITS),
        (UNITS, 4 * UNITS),
        (STREAMS, UNITS),
        (STREAMS, UNITS),
    )
    given = [tf.constant(rng.normal(0, 0.3, s).astype(np.float32)) for s in shapes]
    functions = [compile_gradients(f) for f in (recurrent.differentiable_lstm, scan)]
    first = [[one.numpy() for one in function(*given)] for function in functions]
    for ours, theirs in zip(*first, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)
    seconds: list[list[float]] = [[], []]
    for _ in range(TURNS):
        for function, found in zip(functions, seconds, strict=True):
            began = time.perf_counter()
            for _ in range(REPEATS):
                function(*given)[1].numpy()
            found.append((time.perf_counter() - began) / REPEATS)
    written, automatic = (1e3 * statistics.median(found) for found in seconds)
    ratio = automatic / written
    print(
        f"an LSTM's gradients: written out {written:.1f} ms, automatic "
        f"{automatic:.1f} ms: {ratio:.2f} x, goal {GOAL} x"
    )
    return int(ratio < GOAL)


if __name__ == "__main__":
    sys.exit(main())
