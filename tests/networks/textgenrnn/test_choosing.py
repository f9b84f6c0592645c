"""How the next token is chosen: compared with one text at a time in plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="tensorflow is not installed")

import tensorflow as tf

from generator.networks.textgenrnn.generation import choose_next_tokens


def choose(shares: list[float], temperature: float, draw: float) -> int:
    """One token as textgenrnn chooses it, padding left out."""
    if temperature == 0:
        return 1 + int(np.argmax(shares[1:]))
    exponents = [math.log(share + 1e-7) / temperature for share in shares]
    sizes = np.exp(np.array(exponents) - max(exponents))
    running = np.cumsum(sizes)
    passed = int((running <= draw * running[-1]).sum())
    index = min(passed, len(shares) - 1)
    if index:
        return index
    second = int(np.argsort(-sizes, kind="stable")[1])
    return second or 1 + int(np.argmax(sizes[1:]))


@pytest.mark.parametrize("temperature", [0.0, 0.2, 1.0, 3.0])
def test_draws_choose_as_textgenrnn_does(temperature: float) -> None:
    """For any probabilities, padding likely or not, and draws up to both ends."""
    rng = np.random.default_rng(1)
    shares = rng.dirichlet([0.4] * 6, size=200).astype(np.float32)
    draws = rng.random(200)
    draws[:4] = 0.0, 1 - 1e-16, 0.5, 0.999999
    found = choose_next_tokens(
        tf.constant(shares), tf.constant(temperature, tf.float64), tf.constant(draws)
    ).numpy()
    wanted = [
        choose([float(one) for one in row], temperature, float(draw))
        for row, draw in zip(shares, draws, strict=True)
    ]
    assert found.tolist() == wanted
    assert found.min() > 0
    assert found.max() == 5


@pytest.mark.parametrize(
    ("shares", "token"),
    [
        ([0.6, 0.1, 0.3], 2),
        ([0.6, 0.2, 0.2], 1),
        ([0.4, 0.6, 0.0], 1),
        ([0.4, 0.0, 0.6], 2),
    ],
)
def test_where_padding_is_drawn_another_token_is_taken(
    shares: list[float], token: int
) -> None:
    """The second most probable; where that is padding, the most probable."""
    one = tf.constant(1.0, tf.float64)
    draws = tf.constant([0.0], tf.float64)
    found = choose_next_tokens(tf.constant([shares], tf.float32), one, draws)
    assert found.numpy().tolist() == [token]


def test_of_a_tie_the_lowest_is_taken() -> None:
    """At temperature 0, whatever the draw."""
    shares = tf.constant([[0.4, 0.2, 0.2, 0.2]], tf.float32)
    zero = tf.constant(0.0, tf.float64)
    found = choose_next_tokens(shares, zero, tf.constant([0.9], tf.float64))
    assert found.numpy().tolist() == [1]
