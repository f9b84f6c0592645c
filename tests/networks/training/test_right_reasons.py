"""The penalty on input gradients: its value, and its gradient by the weights."""

from __future__ import annotations

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow", reason="tensorflow is not installed")

from generator.networks.training.regularization import (
    PENALTY_OUTPUT,
    add_penalty,
    compute_penalised_logits,
)
from generator.networks.training.steps import compute_cross_entropy

RNG = np.random.default_rng(0)
WEIGHTS = [
    tf.Variable(RNG.normal(size=shape), dtype=tf.float64)
    for shape in ((4, 6), (6,), (6, 3), (3,))
]
POINTS = tf.constant(RNG.normal(size=(5, 4)))
MASK = tf.constant(RNG.integers(0, 2, (5, 4)).astype(np.float64))


def logits_of(points: object) -> object:
    """A small smooth network with `WEIGHTS`."""
    one, bias, two, other = WEIGHTS
    return tf.matmul(tf.tanh(tf.matmul(points, one) + bias), two) + other


def total(points: np.ndarray, row: int) -> float:
    """The sum of a row's log probabilities, by NumPy alone."""
    one, bias, two, other = (w.numpy() for w in WEIGHTS)
    logits = np.tanh(points[row] @ one + bias) @ two + other
    return float((logits - np.log(np.exp(logits).sum())).sum())


def test_the_penalty_is_the_squared_masked_gradient() -> None:
    """It equals what finite differences of the summed log probabilities give."""
    _, found = compute_penalised_logits(logits_of, POINTS, MASK)
    points, mask, step = POINTS.numpy(), MASK.numpy(), 1e-5
    for row in range(len(points)):
        slopes = []
        for place in range(4):
            moved = [points.copy(), points.copy()]
            moved[0][row, place] += step
            moved[1][row, place] -= step
            slopes.append((total(moved[0], row) - total(moved[1], row)) / (2 * step))
        expected = float(((mask[row] * np.array(slopes)) ** 2).sum())
        assert found.numpy()[row] == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_its_gradient_by_the_weights_is_that_of_finite_differences() -> None:
    """Second-order: the gradient of a squared gradient, for every array."""

    def penalty() -> object:
        return tf.reduce_sum(compute_penalised_logits(logits_of, POINTS, MASK)[1])

    with tf.GradientTape() as tape:
        value = penalty()
    slopes = tape.gradient(value, WEIGHTS)
    assert slopes[-1] is not None, "the output's bias moves the softmax, and so p"
    step = 1e-5
    for array, slope in zip(WEIGHTS, slopes, strict=True):
        kept = array.numpy()
        for place in np.ndindex(*kept.shape):
            ends = []
            for sign in (1, -1):
                moved = kept.copy()
                moved[place] += sign * step
                array.assign(moved)
                ends.append(float(penalty()))
            array.assign(kept)
            expected = (ends[0] - ends[1]) / (2 * step)
            assert slope.numpy()[place] == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_nothing_is_penalised_where_nothing_is_masked() -> None:
    """A mask of zeros leaves the loss as it was, whatever the strength."""
    logits, found = compute_penalised_logits(logits_of, POINTS, tf.zeros_like(MASK))
    outputs = {"logits": logits, PENALTY_OUTPUT: found}
    targets = tf.constant([0, 1, 2, 0, 1])
    whole = add_penalty(compute_cross_entropy, 1e6)(outputs, targets)
    assert np.array_equal(whole, compute_cross_entropy(outputs, targets))


def test_words_are_masked_whole() -> None:
    """A mask (n, T, 1) fits embedded texts (n, T, D), each word with its channels."""
    texts = tf.constant(RNG.normal(size=(2, 3, 4)))
    mask = tf.constant([[[1.0], [0.0], [0.0]], [[0.0], [0.0], [0.0]]])
    _, found = compute_penalised_logits(
        lambda x: logits_of(tf.reduce_sum(x, 1)), texts, mask
    )
    every = tf.ones((2, 1, 4))
    whole = compute_penalised_logits(logits_of, tf.reduce_sum(texts, 1), every[:, 0])[1]
    assert found.numpy()[0] == pytest.approx(whole.numpy()[0])
    assert found.numpy()[1] == 0
