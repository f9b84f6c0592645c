"""A recurrence over the slots of many texts at once, forwards or backwards.

What a cell makes of its input alone is computed beforehand (`slots.Slots`), for all
slots in one matrix product; only what depends on the state before is left to the loop.
At a masked slot the state stays exactly as it was, so padding changes nothing wherever
it stands.

Cells, with `x` being the input's share (n, gates · units) and `h` the state before:

1. LSTM (Hochreiter and Schmidhuber, 1997), gates input, forget, cell, output:
   `i, f, c~, o = x + h U`, `c = σ(f) ∘ c' + σ(i) ∘ tanh(c~)`, `h = σ(o) ∘ tanh(c)`.
2. GRU (Cho et al., 2014), gates update, reset, candidate, the reset gate acting on the
   matrix product: `z = σ(x_z + h U_z + b_z)`, `r = σ(x_r + h U_r + b_r)`,
   `h~ = tanh(x_h + r ∘ (h U_h + b_h))`, `h = z ∘ h' + (1 − z) ∘ h~`.
3. Layer-normalised GRU (Ba, Kiros and Hinton, 2016): what goes into each σ and tanh is
   first brought to mean 0 and variance 1 over the units, then scaled and shifted.

Differs: in the layer-normalised GRU of Goku Mohandas (2017) the update gate was
computed from the reset gate's numbers, and the reset gate acted before the matrix; here
gates are separate, and the reset gate acts after the matrix as in 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from generator.networks.slots import Slots, unstacked

Tensor = Any
States = tuple[Tensor, ...]
Step = Callable[[Tensor, States], States]
"""(input's share (n, k) of one slot, states before) -> states after, output first."""

EPSILON = 1e-5
"""Added to a variance before its root is taken."""


def scan(
    step: Step,
    inputs: Slots,
    start: States,
    mask: Tensor | None = None,
    *,
    backwards: bool = False,
) -> tuple[Tensor, Tensor]:
    """Outputs (n, T, units) at every slot, and the last one (n, units).

    `inputs` have k channels; `start` are states (n, units); `mask` (n, T) is true where
    a slot is visible. A masked slot's output is the last one before it.
    """
    count, column = inputs.columns()
    seen = None if mask is None else unstacked(tf.transpose(mask)[..., None])
    shape = (None, start[0].shape[-1])
    outputs = tf.TensorArray(start[0].dtype, count, element_shape=shape)

    def go(done: Tensor, states: States, outputs: Tensor) -> tuple[Any, ...]:
        place = count - 1 - done if backwards else done
        after = step(column(place), states)
        if seen is not None:
            here = seen.read(place)
            pairs = zip(after, states, strict=True)
            after = tuple(tf.where(here, new, old) for new, old in pairs)
        return done + 1, after, outputs.write(place, after[0])

    _, last, outputs = tf.while_loop(
        lambda done, *_: done < count, go, (0, start, outputs)
    )
    return tf.transpose(outputs.stack(), (1, 0, 2)), last[0]


def rest(inputs: Slots, units: int, states: int) -> States:
    """States (n, units) of zeros for `inputs`."""
    return (tf.zeros((inputs.rows, units), inputs.vectors.dtype),) * states


def lstm(recurrent: Tensor) -> Step:
    """A step of an LSTM with states (output, cell); `recurrent` (units, 4 units)."""

    def step(share: Tensor, states: States) -> States:
        output, cell = states
        i, f, c, o = tf.split(share + tf.matmul(output, recurrent), 4, -1)
        cell = tf.sigmoid(f) * cell + tf.sigmoid(i) * tf.tanh(c)
        return tf.sigmoid(o) * tf.tanh(cell), cell

    return step


def gru(
    recurrent: Tensor, bias: Tensor, scale: tuple[Tensor, Tensor] | None = None
) -> Step:
    """A step of a GRU; `recurrent` (units, 3 units), `bias` (3 units).

    `scale` are gains and shifts, each (3 units), of layer normalisation.
    """

    def step(share: Tensor, states: States) -> States:
        (before,) = states
        z, r, c = tf.split(share, 3, -1)
        z_back, r_back, c_back = tf.split(tf.matmul(before, recurrent) + bias, 3, -1)
        r = tf.sigmoid(_normalised(r + r_back, scale, 1))
        z = tf.sigmoid(_normalised(z + z_back, scale, 0))
        c = tf.tanh(_normalised(c + r * c_back, scale, 2))
        return (z * before + (1 - z) * c,)

    return step


def _normalised(
    gate: Tensor, scale: tuple[Tensor, Tensor] | None, place: int
) -> Tensor:
    """A gate's input (n, units), normalised over its units if there is a scale."""
    if scale is None:
        return gate
    gain, shift = (tf.split(part, 3)[place] for part in scale)
    mean = tf.reduce_mean(gate, -1, keepdims=True)
    spread = tf.reduce_mean(tf.square(gate - mean), -1, keepdims=True)
    return (gate - mean) * tf.math.rsqrt(spread + EPSILON) * gain + shift
