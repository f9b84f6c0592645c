"""Attention in place of a GRU's update gate: a context that knows the order of tokens.

With `g_i` the attention weight of slot i, one number for the whole slot:

1. `r_i = σ(x_i W_r + h_{i−1} U_r + b_r)`;
2. `h~_i = tanh(x_i W + r_i ∘ (h_{i−1} U) + b)`;
3. `h_i = g_i h~_i + (1 − g_i) h_{i−1}`, from `h_0 = 0`; the context is the last `h`.

So a weight of 0 passes over a slot exactly, and a weight of 1 forgets all before it.
A trap: GRUs are often written `h = z h' + (1 − z) h~`, where the gate keeps what was.
Putting attention for that z would make the network forget what it attends to.

Source: Xiong, Merity and Socher (2016), arXiv 1603.01417.
Differs: they score facts against a question; here there is none, and weights are those
of the classifier's score. They sum to 1, so a late slot undoes a little of the earlier.
"""

from __future__ import annotations

import tensorflow as tf

from generator.networks.encoders import Named, Tensor
from generator.networks.recurrence import States, Step, rest, scan
from generator.networks.slots import Slots
from generator.networks.weights import Shapes


def shapes(width: int, units: int) -> Shapes:
    """Name and shape of every array: gates reset, candidate."""
    return (
        ("pooling/kernel", (width, 2 * units)),
        ("pooling/recurrent_kernel", (units, 2 * units)),
        ("pooling/bias", (2 * units,)),
    )


def pool(
    named: Named, slots: Tensor, gates: Tensor, start: Tensor | None = None
) -> Tensor:
    """The context (n, units) of slots (n, T, width), with gates (n, T) in [0, 1].

    `start` (n, units) is h_0, zeros if not given.
    """
    inputs = tf.tensordot(slots, named["pooling/kernel"], 1) + named["pooling/bias"]
    recurrent = named["pooling/recurrent_kernel"]
    both = Slots(tf.concat([inputs, gates[..., None]], -1))
    begun = rest(both, recurrent.shape[0], 1) if start is None else (start,)
    return scan(cell(recurrent), both, begun)[1]


def cell(recurrent: Tensor) -> Step:
    """A step whose input (n, 2 units + 1) ends with the gate."""

    def step(share: Tensor, states: States) -> States:
        (before,) = states
        units = recurrent.shape[0]
        r, c, gate = tf.split(share, [units, units, 1], -1)
        r_back, c_back = tf.split(tf.matmul(before, recurrent), 2, -1)
        new = tf.tanh(c + tf.sigmoid(r + r_back) * c_back)
        return (gate * new + (1 - gate) * before,)

    return step
