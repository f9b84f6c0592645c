"""Right reasons, word dropout, and the randomness of dropout.

Right for the right reasons is a penalty on what a network's answer may not rest on. An
annotation mask A says of every input of every example whether it must not matter
(1) or may (0). The loss of an example is then

    CE + strength · Σ_d (A_d · ∂/∂x_d Σ_k log p_k)²

with the sum over the inputs d and over all labels k. Where the gradient of the summed
log probabilities is small, no label's probability changes with that input, near this
example. Training has to differentiate the gradient once more, by the weights.

A model calls `compute_penalised_logits` in its own `call`, on what it reads as numbers:
a row, or the vectors of a text's words. It puts the penalty among its outputs under
`PENALTY_OUTPUT`; then `add_penalty(loss, strength)` is the loss to train with. Nothing
is penalised where the mask is 0, and a strength of 0 leaves the loss as it was.

Source: Ross, Hughes and Doshi-Velez (2017), Right for the right reasons: training
differentiable models by constraining their explanations, arXiv 1703.03717, equation 1.
Differs: loss and penalty are means over a batch, not sums; their ratio is the same.

`WordDropout` hides words while a network learns. Where a share of the words read as the
unknown one, no single word can be relied on; and the unknown word's own vector, which
no training text would touch where all its words are known, is learnt for texts to come.

Source: word dropout as in Iyyer et al., Deep Unordered Composition Rivals Syntactic
Methods for Text Classification, 2015.
Differs: there a hidden word is left out; here it becomes the unknown one.

Dropout's randomness is a function of the step, not of what happened before. Keras draws
dropout masks from seed generators whose states it neither saves with the weights nor
restores. Before each step every generator gets a state computed from the seed, its
place in the model and the step, so a resumed run draws what it would have.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common import global_state
from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR
from numpy.typing import NDArray

from generator.networks.training.steps import Loss, Tensor

PENALTY_OUTPUT = "wrong reasons"
"""The output that holds each example's penalty, (n,)."""


def compute_penalised_logits(
    logits_of: Callable[[Tensor], Tensor], points: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Compute logits, and the penalty of each example.

    Args:
        logits_of: The network from its numbers on; no example's answer may depend on
            the others of the batch.
        points: What it reads, (n, …).
        mask: 1 where an input must not matter, of a shape that fits `points`: (n, T, 1)
            for whole words of embedded texts.

    Returns:
        Logits (n, labels) and penalties (n,).
    """
    with tf.GradientTape() as tape:
        tape.watch(points)
        logits = logits_of(points)
        total = tf.reduce_sum(tf.nn.log_softmax(logits))
    wrong = tape.gradient(total, points) * tf.cast(mask, points.dtype)
    return logits, tf.reduce_sum(wrong**2, list(range(1, len(points.shape))))


def add_penalty(loss: Loss, strength: float) -> Loss:
    """Return `loss` plus `strength` times the penalty that the model puts out."""

    def whole(outputs: Mapping[str, Tensor], targets: Tensor) -> Tensor:
        return loss(outputs, targets) + strength * outputs[PENALTY_OUTPUT]

    return whole


UNKNOWN = 1
"""The id of unknown words; 0 is padding, which stays."""


class WordDropout(keras.layers.Layer):
    """A Keras layer that makes a share of the words unknown in training."""

    def __init__(self, share: float, seed: int) -> None:
        super().__init__()
        self.share = share
        self.generator = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, ids: Any, training: bool = False) -> Any:  # noqa: ANN401 - tensors
        """Return ids of the same shape, some of them unknown in training."""
        if not training:
            return ids
        drawn = keras.random.uniform(tf.shape(ids), seed=self.generator)
        hidden = tf.logical_and(tf.not_equal(ids, 0), drawn < self.share)
        return tf.where(hidden, UNKNOWN, ids)


def states_of(model: keras.Model, expected: int | None) -> list[Any]:
    """Return the states of all seed generators of a model, in its order.

    Args:
        model: A Keras model, built.
        expected: How many generators the architecture implies; None for no check.

    Returns:
        Keras variables of shape (2,).

    Raises:
        RuntimeError: There are not as many as `expected`, or some layer drew from
            Keras's global generator, whose state depends on the whole process.
    """
    weights = {id(variable) for variable in model.weights}
    states = [v for v in model.variables if id(v) not in weights]
    if any(tuple(state.shape) != (2,) for state in states):
        raise RuntimeError("a variable that is neither a weight nor a seed state")
    if expected is not None and len(states) != expected:
        raise RuntimeError(f"{len(states)} seed generators; expected {expected}")
    if global_state.get_global_attribute(GLOBAL_SEED_GENERATOR) is not None:
        raise RuntimeError("a layer without a seed of its own drew a random number")
    return states


def compute_seed_states(seed: int, count: int, step: int) -> NDArray[np.int64]:
    """Compute the states of seed generators at a step.

    Args:
        seed: The seed of the training.
        count: How many generators there are.
        step: Which step of the whole training, from 0.

    Returns:
        A state for each generator, (count, 2).
    """
    digests = (
        hashlib.sha256(f"noise/{seed}/{place}/{step}".encode()).digest()[:8]
        for place in range(count)
    )
    words = np.frombuffer(b"".join(digests), dtype="<u4").reshape(-1, 2)
    return (words & 0x7FFFFFFF).astype(np.int64)
