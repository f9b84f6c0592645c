"""Attention that averages a sequence and says how much it took from where.

For a sequence of vectors x_1 … x_T:

1. every vector gets a score, `e_t = x_t · W`, one number for each channel learnt;
2. the scores become weights, `s_t = exp(e_t - max e) m_t`, `a_t = s_t / (Σ s_j + ε)`,
   where m is 0 at masked places and 1 elsewhere, and ε is 1e-7;
3. what comes out is the average `c = Σ a_t x_t`, and the weights.

The sum is at least 1 before ε is added, so the weights sum to 1 within 1e-7.

Source: the layer of the same name in textgenrnn 2.0.0, there after DeepMoji.
Differs: the weights are always an output. Under a mask the maximum is taken over what
is visible, so that a large hidden score cannot drown the others in ε; a wholly masked
sequence has weights of 0.

Attention's scores: one number for each state, before softmax.

- `tanh`: `e_t = v · tanh(h_t W + b)` (Bahdanau, Cho and Bengio, 2015, without a query:
  there is one context to make, not one for each word written).
- `dot`: `e_t = h_t · q / √D`, q learnt, D the state's width (the scaled dot product of
  Jain and Wallace, 2019, whose query is learnt too where a task has none).
- `double_tanh`: `e_t = tanh(v · tanh(h_t W + b) + c)`, as Goku Mohandas
  (2017) has it. Scores lie in (−1, 1), so no weight is more than e² = 7.389 times
  another, whatever is learnt: over n slots no weight is above `e² / (e² + n − 1)`.
- `uniform`: `e_t = 0`: every visible slot weighs 1/n.

v, q and c begin at zero, so that before training every visible slot weighs the same.

Attention in place of a GRU's update gate: a context that knows the order of tokens.

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
    """Weighted sum (n, channels) and weights (n, T) of `slots` (n, T, channels).

    `kernel` is (channels, 1); `mask` (n, T) is true where a place is visible.
    """
    weights = compute_attention_weights(
        tf.linalg.matvec(slots, tf.squeeze(kernel, -1)), mask
    )
    return tf.linalg.matvec(slots, weights, transpose_a=True), weights


def compute_attention_weights(
    scores: tf.Tensor, mask: tf.Tensor | None = None
) -> tf.Tensor:
    """Weights (n, T) of `scores` (n, T): step 2, softmax over what is visible."""
    visible = None if mask is None else tf.cast(mask, scores.dtype)
    if visible is not None:
        scores = tf.where(visible > 0, scores, scores.dtype.min)
    sizes = tf.exp(scores - tf.reduce_max(scores, -1, keepdims=True))
    sizes = sizes if visible is None else sizes * visible
    return sizes / (tf.reduce_sum(sizes, -1, keepdims=True) + EPSILON)


class AttentionWeightedAverage(keras.layers.Layer):
    """Gives `(weighted sum, weights)` of a sequence, with one learnt kernel (D, 1)."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the kernel."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], 1), name="W", initializer="zeros"
        )

    def call(
        self, slots: tf.Tensor, mask: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The weighted sum (n, D) and the weights (n, T) of `slots` (n, T, D)."""
        return average_by_attention(slots, self.kernel, mask)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Shapes of both outputs."""
        batch, window, channels = input_shape
        return (batch, channels), (batch, window)

    def compute_mask(self, *_: object) -> tuple[None, None]:
        """Neither output has a time axis to mask."""
        return None, None


def score_shapes(kind: str, width: int, hidden: int) -> Shapes:
    """Name and shape of every array of a score of states with `width` channels."""
    if kind == "dot":
        return (("attention/score", (width,)),)
    if kind not in {"tanh", "double_tanh"}:
        return ()
    found: Shapes = (
        ("attention/kernel", (width, hidden)),
        ("attention/bias", (hidden,)),
        ("attention/score", (hidden,)),
    )
    outer = ("attention/shift", (1,))
    return (*found, outer) if kind == "double_tanh" else found


def compute_scores(kind: str, named: NamedTensors, states: Tensor) -> Tensor:
    """Scores (n, T) of states (n, T, width)."""
    if kind == "uniform":
        return tf.zeros(tf.shape(states)[:2], states.dtype)
    vector = named["attention/score"]
    if kind == "dot":
        return tf.linalg.matvec(states, vector) / math.sqrt(vector.shape[0])
    inner = tf.tensordot(states, named["attention/kernel"], 1)
    found = tf.linalg.matvec(tf.tanh(inner + named["attention/bias"]), vector)
    if kind == "double_tanh":
        found = tf.tanh(found + named["attention/shift"])
    return found


def find_weight_ratio(kind: str) -> float | None:
    """The largest two weights of a text can be to each other; None: no bound."""
    return {"double_tanh": math.exp(2), "uniform": 1.0}.get(kind)


def gru_shapes(width: int, units: int) -> Shapes:
    """Name and shape of every array: gates reset, candidate."""
    return (
        ("pooling/kernel", (width, 2 * units)),
        ("pooling/recurrent_kernel", (units, 2 * units)),
        ("pooling/bias", (2 * units,)),
    )


def pool_by_gates(
    named: NamedTensors, slots: Tensor, gates: Tensor, start: Tensor | None = None
) -> Tensor:
    """The context (n, units) of slots (n, T, width), with gates (n, T) in [0, 1].

    `start` (n, units) is h_0, zeros if not given.
    """
    inputs = tf.tensordot(slots, named["pooling/kernel"], 1) + named["pooling/bias"]
    recurrent = named["pooling/recurrent_kernel"]
    both = SlotVectors(tf.concat([inputs, gates[..., None]], -1))
    begun = make_rest_states(both, recurrent.shape[0], 1) if start is None else (start,)
    return scan_slots(make_gated_step(recurrent), both, begun)[1]


def make_gated_step(recurrent: Tensor) -> RecurrentStep:
    """A step whose input (n, 2 units + 1) ends with the gate."""

    def step(share: Tensor, states: RecurrentStates) -> RecurrentStates:
        (before,) = states
        units = recurrent.shape[0]
        r, c, gate = tf.split(share, [units, units, 1], -1)
        r_back, c_back = tf.split(tf.matmul(before, recurrent), 2, -1)
        new = tf.tanh(c + tf.sigmoid(r + r_back) * c_back)
        return (gate * new + (1 - gate) * before,)

    return step
