"""Choosing the next token from probabilities, as textgenrnn does.

1. At temperature 0 the most probable token is taken, the lowest id of a tie.
2. Otherwise `q = exp(log(p + 1e-7) / T)`, divided by its sum, in float64; a number u
   drawn uniformly from [0, 1) chooses the first token at which the running sum of q
   passes u.
3. Id 0 is no token: where it was drawn, the second most probable token is taken.

Source: textgenrnn 2.0.0, `textgenrnn_sample`.
Differs: draws come from a generator of each text, turned into a token by the running
sum, where upstream calls NumPy's global multinomial. The largest exponent is taken off
first, so that a low temperature gives no 0/0. Upstream fails where id 0 is the most
probable at temperature 0, or is itself second; here the best other token is taken.
"""

from __future__ import annotations

import tensorflow as tf

SMALL = 1e-7


def choose(
    probabilities: tf.Tensor, temperature: tf.Tensor, uniform: tf.Tensor
) -> tf.Tensor:
    """Ids (n,) chosen from `probabilities` (n, vocabulary).

    `temperature` is a scalar, at least 0, and `uniform` (n,) in [0, 1), both float64.
    """
    return tf.where(
        temperature > 0,
        _draw(probabilities, tf.where(temperature > 0, temperature, 1), uniform),
        _best(probabilities),
    )


def _best(probabilities: tf.Tensor) -> tf.Tensor:
    return 1 + tf.argmax(probabilities[:, 1:], -1, output_type=tf.int32)


def _draw(
    probabilities: tf.Tensor, temperature: tf.Tensor, uniform: tf.Tensor
) -> tf.Tensor:
    exponents = tf.math.log(tf.cast(probabilities, tf.float64) + SMALL) / temperature
    shares = tf.exp(exponents - tf.reduce_max(exponents, -1, keepdims=True))
    running = tf.cumsum(shares, -1)
    passed = running <= uniform[:, None] * running[:, -1:]
    index = tf.reduce_sum(tf.cast(passed, tf.int32), -1)
    index = tf.minimum(index, tf.shape(shares)[1] - 1)
    return tf.where(index == 0, _second(shares), index)


def _second(shares: tf.Tensor) -> tf.Tensor:
    """The second largest of all ids or, where that is 0, the largest."""
    first = _best(shares)
    ranks = tf.range(tf.shape(shares)[1])[None]
    others = tf.where(ranks == first[:, None], tf.constant(-1.0, shares.dtype), shares)
    second = tf.argmax(others, -1, output_type=tf.int32)
    return tf.where(second == 0, first, second)
