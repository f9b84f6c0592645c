"""Attention: scores of states, the weights made of them, and averages by the weights.

For a sequence of vectors x_1 … x_T:

1. every vector gets a score, `e_t`, see below;
2. the scores become weights, `s_t = exp(e_t - max e) m_t`, `a_t = s_t / (Σ s_j + ε)`,
   where m is 0 at masked places and 1 elsewhere, and ε is 1e-7;
3. the output is the average `c = Σ a_t x_t`, and the weights.

The sum is at least 1 before ε is added, so the weights sum to 1 within 1e-7.

Scores, one number for each state (`compute_scores`):

- `tanh`: `e_t = v · tanh(h_t W + b)` (Bahdanau, Cho and Bengio, 2015, without a query:
  there is one context to make, not one for each word written).
- `dot`: `e_t = h_t · q / √D`, q learnt, D the state's width (the scaled dot product of
  Jain and Wallace, 2019, whose query is learnt too where a task has none).
- `double_tanh`: `e_t = tanh(v · tanh(h_t W + b) + c)`, as Goku Mohandas
  (2017) has it. Scores lie in (−1, 1), so no weight is more than e² = 7.389 times
  another, whatever is learnt: over n slots no weight is above `e² / (e² + n − 1)`.
- `uniform`: `e_t = 0`: every visible slot weighs 1/n.

v, q and c begin at zero, so that before training every visible slot weighs the same.
textgenrnn's layer (`AttentionWeightedAverage`) scores by one learnt kernel,
`e_t = x_t · W`.

Source: `AttentionWeightedAverage` is the layer of that name in textgenrnn 2.0.0, there
after DeepMoji.
Differs: the weights are always an output. Under a mask the maximum is taken over what
is visible, so that a large hidden score cannot drown the others in ε; a wholly masked
sequence has weights of 0.

Attention can also stand in for a GRU's update gate, which gives a context that depends
on the order of tokens (`pool_by_gates`). With `g_i` the attention weight of slot i, one
number for the whole slot:

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

import math

import keras
import tensorflow as tf

from generator.networks.layers.encoders import NamedTensors, Tensor
from generator.networks.layers.recurrent import (
    RecurrentStates,
    RecurrentStep,
    SlotVectors,
    make_rest_states,
    scan_slots,
)
from generator.networks.parameters import Shapes

EPSILON = 1e-7


def average_by_attention(
    slots: tf.Tensor, kernel: tf.Tensor, mask: tf.Tensor | None = None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Average slots by attention with one learnt kernel.

    Args:
        slots: Vectors (n, T, channels).
        kernel: Scores them, (channels, 1).
        mask: True where a slot is visible, (n, T); None where all are.

    Returns:
        The weighted sums (n, channels) and the weights (n, T).
    """
    weights = compute_attention_weights(
        tf.linalg.matvec(slots, tf.squeeze(kernel, -1)), mask
    )
    return tf.linalg.matvec(slots, weights, transpose_a=True), weights


def compute_attention_weights(
    scores: tf.Tensor, mask: tf.Tensor | None = None
) -> tf.Tensor:
    """Compute the softmax of scores over visible slots.

    Args:
        scores: Scores (n, T).
        mask: True where a slot is visible, (n, T); None where all are.

    Returns:
        Weights (n, T) that sum to 1 within 1e-7; all 0 where no slot is visible.
    """
    visible = None if mask is None else tf.cast(mask, scores.dtype)
    if visible is not None:
        scores = tf.where(visible > 0, scores, scores.dtype.min)
    sizes = tf.exp(scores - tf.reduce_max(scores, -1, keepdims=True))
    sizes = sizes if visible is None else sizes * visible
    return sizes / (tf.reduce_sum(sizes, -1, keepdims=True) + EPSILON)


class AttentionWeightedAverage(keras.layers.Layer):
    """A Keras layer that averages a sequence, with one learnt kernel (D, 1)."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the kernel."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], 1), name="W", initializer="zeros"
        )

    def call(
        self, slots: tf.Tensor, mask: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return weighted sums (n, D) and weights (n, T) of `slots` (n, T, D)."""
        return average_by_attention(slots, self.kernel, mask)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Return the shapes of both outputs."""
        batch, window, channels = input_shape
        return (batch, channels), (batch, window)

    def compute_mask(self, *_: object) -> tuple[None, None]:
        """Return no masks: neither output has a time axis."""
        return None, None


def score_shapes(kind: str, width: int, hidden: int) -> Shapes:
    """Return the name and shape of every array of a score.

    Args:
        kind: How states are scored: a name of the list above, or `none`.
        width: Channels of a state.
        hidden: Channels inside the tanh.
    """
    if kind == "dot":
        return (("attention/score", (width,)),)
    if kind not in {"tanh", "double_tanh"}:
        return ()
    shapes: Shapes = (
        ("attention/kernel", (width, hidden)),
        ("attention/bias", (hidden,)),
        ("attention/score", (hidden,)),
    )
    outer = ("attention/shift", (1,))
    return (*shapes, outer) if kind == "double_tanh" else shapes


def compute_scores(kind: str, named: NamedTensors, states: Tensor) -> Tensor:
    """Compute the attention scores of states.

    Args:
        kind: How states are scored.
        named: The network's arrays by name.
        states: States (n, T, width).

    Returns:
        Scores (n, T).
    """
    if kind == "uniform":
        return tf.zeros(tf.shape(states)[:2], states.dtype)
    vector = named["attention/score"]
    if kind == "dot":
        return tf.linalg.matvec(states, vector) / math.sqrt(vector.shape[0])
    inner = tf.tensordot(states, named["attention/kernel"], 1)
    scores = tf.linalg.matvec(tf.tanh(inner + named["attention/bias"]), vector)
    if kind == "double_tanh":
        scores = tf.tanh(scores + named["attention/shift"])
    return scores


def find_weight_ratio(kind: str) -> float | None:
    """Return the largest ratio of two weights of a text; None where it has no bound."""
    return {"double_tanh": math.exp(2), "uniform": 1.0}.get(kind)


def gru_shapes(width: int, units: int) -> Shapes:
    """Return the name and shape of every array of an attention GRU.

    Args:
        width: Channels of a slot.
        units: Channels of the context.
    """
    return (
        ("pooling/kernel", (width, 2 * units)),
        ("pooling/recurrent_kernel", (units, 2 * units)),
        ("pooling/bias", (2 * units,)),
    )


def pool_by_gates(
    named: NamedTensors, slots: Tensor, gates: Tensor, start: Tensor | None = None
) -> Tensor:
    """Pool slots by a GRU whose update gate is attention.

    Args:
        named: The network's arrays by name.
        slots: Vectors (n, T, width).
        gates: Attention weights (n, T), in [0, 1].
        start: h_0, (n, units); zeros if not given.

    Returns:
        The contexts (n, units).
    """
    inputs = tf.tensordot(slots, named["pooling/kernel"], 1) + named["pooling/bias"]
    recurrent = named["pooling/recurrent_kernel"]
    inputs_and_gates = SlotVectors(tf.concat([inputs, gates[..., None]], -1))
    states = (
        make_rest_states(inputs_and_gates, recurrent.shape[0], 1)
        if start is None
        else (start,)
    )
    return scan_slots(make_gated_step(recurrent), inputs_and_gates, states)[1]


def make_gated_step(recurrent: Tensor) -> RecurrentStep:
    """Return a step of an attention GRU.

    Args:
        recurrent: The recurrent matrix (units, 2 units): reset gate, candidate.

    Returns:
        A step whose input (n, 2 units + 1) ends with the gate.
    """

    def step(share: Tensor, states: RecurrentStates) -> RecurrentStates:
        (before,) = states
        units = recurrent.shape[0]
        r, c, gate = tf.split(share, [units, units, 1], -1)
        r_back, c_back = tf.split(tf.matmul(before, recurrent), 2, -1)
        new = tf.tanh(c + tf.sigmoid(r + r_back) * c_back)
        return (gate * new + (1 - gate) * before,)

    return step
