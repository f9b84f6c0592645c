"""An LSTM over a sequence, its way back written out.

Forwards, with `x` being the input's share of the gates: `i, f, c~, o = x + h U`,
`c = σ(f) ∘ c' + σ(i) ∘ tanh(c~)`, `h = σ(o) ∘ tanh(c)`, as in `recurrence.lstm`.

Backwards, the gradient by the gates is found step by step from the last; that by the
recurrent matrix is then one product over all steps, where automatic differentiation
would make one at every step and add them up.

Source: Hochreiter and Schmidhuber (1997), Long Short-Term Memory; Werbos (1990),
Backpropagation Through Time.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from generator.networks.stepping import Tensor


@tf.custom_gradient  # type: ignore[untyped-decorator]
def lstm(
    shares: Tensor, recurrent: Tensor, output: Tensor, memory: Tensor
) -> tuple[tuple[Tensor, Tensor], Callable[..., tuple[Tensor, ...]]]:
    """Outputs and memories (T, n, units) after every step.

    `shares` are (T, n, 4 units), the inputs' with the bias; `recurrent` (units,
    4 units); `output` and `memory` (n, units) what it begins from.
    """
    outputs, memories, gates = _forwards(shares, recurrent, output, memory)

    def back(by_output: Tensor, by_memory: Tensor) -> tuple[Tensor, ...]:
        earlier = tf.concat([memory[None], memories[:-1]], 0)
        by_gates, start, kept = _backwards(
            by_output, by_memory, gates, memories, earlier, recurrent
        )
        before = tf.concat([output[None], outputs[:-1]], 0)
        by_matrix = tf.matmul(_flat(before), _flat(by_gates), transpose_a=True)
        return by_gates, by_matrix, start, kept

    return (outputs, memories), back


def _forwards(
    shares: Tensor, recurrent: Tensor, output: Tensor, memory: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Outputs, memories and gates of all steps."""
    steps = tf.shape(shares)[0]
    inputs = tf.TensorArray(shares.dtype, steps).unstack(shares)

    def go(t: Tensor, h: Tensor, c: Tensor, *kept: Tensor) -> tuple[Tensor, ...]:
        i, f, new, o = tf.split(inputs.read(t) + tf.matmul(h, recurrent), 4, -1)
        i, f, new, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(new), tf.sigmoid(o)
        c = f * c + i * new
        h = o * tf.tanh(c)
        found = (h, c, tf.concat([i, f, new, o], -1))
        return t + 1, h, c, *[k.write(t, x) for k, x in zip(kept, found, strict=True)]

    kept = [tf.TensorArray(shares.dtype, steps) for _ in range(3)]
    done = tf.while_loop(lambda t, *_: t < steps, go, (0, output, memory, *kept))
    outputs, memories, gates = (array.stack() for array in done[3:])
    return outputs, memories, gates


def _backwards(  # noqa: PLR0917 - gradients, then what they are taken at
    by_output: Tensor,
    by_memory: Tensor,
    gates: Tensor,
    memories: Tensor,
    earlier: Tensor,
    recurrent: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients by the gates before σ and tanh, and by what it began from."""
    i, f, new, o = tf.split(gates, 4, -1)
    squashed = tf.tanh(memories)
    slopes = tf.concat([new * i * (1 - i), earlier * f * (1 - f), i * (1 - new**2)], -1)
    told = (by_output, by_memory, squashed * o * (1 - o), o * (1 - squashed**2))
    steps = tf.shape(gates)[0]
    at = [
        tf.TensorArray(gates.dtype, steps).unstack(each) for each in (*told, slopes, f)
    ]
    back = tf.transpose(recurrent)

    def go(k: Tensor, dh: Tensor, dc: Tensor, kept: Tensor) -> tuple[Tensor, ...]:
        t = steps - 1 - k
        more, more_memory, leave, through, slope, forget = (one.read(t) for one in at)
        dh += more
        dc += more_memory + dh * through
        here = tf.concat([tf.tile(dc, [1, 3]) * slope, dh * leave], -1)
        return k + 1, tf.matmul(here, back), dc * forget, kept.write(t, here)

    rest = tf.zeros_like(memories[0])
    kept = tf.TensorArray(gates.dtype, steps)
    done = tf.while_loop(lambda k, *_: k < steps, go, (0, rest, rest, kept))
    return done[3].stack(), done[1], done[2]


def _flat(steps: Tensor) -> Tensor:
    """All rows of all steps below each other."""
    return tf.reshape(steps, (-1, steps.shape[-1]))
