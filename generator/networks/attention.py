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
"""

from __future__ import annotations

import keras
import tensorflow as tf

EPSILON = 1e-7


def weigh(
    slots: tf.Tensor, kernel: tf.Tensor, mask: tf.Tensor | None = None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Weighted sum (n, channels) and weights (n, T) of `slots` (n, T, channels).

    `kernel` is (channels, 1); `mask` (n, T) is true where a place is visible.
    """
    weights = shares(tf.linalg.matvec(slots, tf.squeeze(kernel, -1)), mask)
    return tf.linalg.matvec(slots, weights, transpose_a=True), weights


def shares(scores: tf.Tensor, mask: tf.Tensor | None = None) -> tf.Tensor:
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
        return weigh(slots, self.kernel, mask)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
        """Shapes of both outputs."""
        batch, window, channels = input_shape
        return (batch, channels), (batch, window)

    def compute_mask(self, *_: object) -> tuple[None, None]:
        """Neither output has a time axis to mask."""
        return None, None
