"""Right for the right reasons: a penalty on what a network's answer may not rest on.

An annotation mask A says of every input of every example whether it must not matter
(1) or may (0). The loss of an example is then

    CE + strength · Σ_d (A_d · ∂/∂x_d Σ_k log p_k)²

with the sum over the inputs d and over all labels k. Where the gradient of the summed
log probabilities is small, no label's probability changes with that input, near this
example. Training has to differentiate the gradient once more, by the weights.

A model calls `penalised` in its own `call`, on what it reads as numbers: a row, or the
vectors of a text's words. It puts the penalty among its outputs under `PENALTY`; then
`right_reasons(loss, strength)` is the loss to train with. Nothing is penalised where
the mask is 0, and a strength of 0 leaves the loss as it was.

Source: Ross, Hughes and Doshi-Velez (2017), Right for the right reasons: training
differentiable models by constraining their explanations, arXiv 1703.03717, equation 1.
Differs: loss and penalty are means over a batch, not sums; their ratio is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import tensorflow as tf

from generator.networks.stepping import Loss, Tensor

PENALTY = "wrong reasons"
"""The output that holds each example's penalty, (n,)."""


def penalised(
    logits_of: Callable[[Tensor], Tensor], points: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Logits (n, labels) of `points`, and what each of them is penalised by, (n,).

    Args:
        logits_of: The network from its numbers on; no example's answer may depend on
            the others of the batch.
        points: What it reads, (n, …).
        mask: 1 where an input must not matter, of a shape that fits `points`: (n, T, 1)
            for whole words of embedded texts.
    """
    with tf.GradientTape() as tape:
        tape.watch(points)
        logits = logits_of(points)
        total = tf.reduce_sum(tf.nn.log_softmax(logits))
    wrong = tape.gradient(total, points) * tf.cast(mask, points.dtype)
    return logits, tf.reduce_sum(wrong**2, list(range(1, len(points.shape))))


def right_reasons(loss: Loss, strength: float) -> Loss:
    """`loss` and `strength` times the penalty that the model put out."""

    def whole(outputs: Mapping[str, Tensor], targets: Tensor) -> Tensor:
        return loss(outputs, targets) + strength * outputs[PENALTY]

    return whole
