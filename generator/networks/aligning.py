"""How a decoder scores the states of a source, and the weights it makes of the scores.

With s the decoder's state before the token and h_j the states of the source:

- `additive`: `e_j = v · tanh(s W + h_j U)` (Bahdanau, Cho and Bengio, 2015);
- `multiplicative`: `e_j = s · (h_j U)`, the *general* score of Luong, Pham and Manning
  (2015, arXiv 1508.04025);
- `location`: as additive, with `f_j F` inside the tanh, where f_j are `filters`
  convolutions of width `span` over the weights of the token before, so that the decoder
  can move on from where it was (Chorowski et al., 2015, arXiv 1506.07503);
- `uniform`: all alike, the mean of the states; what is learnt without attention.

Softmax goes over the source's own tokens: padding weighs exactly 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import tensorflow as tf

from generator.networks.attention import shares
from generator.networks.weights import Shapes

Tensor = Any
Named = Mapping[str, Tensor]


class Memory(NamedTuple):
    """What a decoder sees of source texts."""

    states: Tensor  # (n, S, width)
    keys: Tensor  # (n, S, k), what is scored of each state
    mask: Tensor  # (n, S), true where visible
    start: Tensor  # (n, size), the decoder's first state


def shapes(
    kind: str, width: int, size: int, inner: int, filters: tuple[int, int]
) -> Shapes:
    """Name and shape of every array of the score.

    Args:
        kind: How states are scored.
        width: Channels of a source's state.
        size: Channels of the decoder's state.
        inner: Hidden channels of the score.
        filters: The span of a convolution, and how many there are.
    """
    if kind == "uniform":
        return ()
    if kind == "multiplicative":
        return (("attention/source/kernel", (width, size)),)
    found: Shapes = (
        ("attention/source/kernel", (width, inner)),
        ("attention/state/kernel", (size, inner)),
        ("attention/score", (inner,)),
    )
    if kind == "location":
        found += (
            ("attention/filters/kernel", filters),
            ("attention/location/kernel", (filters[1], inner)),
        )
    return found


def keys(kind: str, arrays: Named, states: Tensor) -> Tensor:
    """What is scored of each state, whatever the decoder's: (n, S, k)."""
    if kind == "uniform":
        return states[:, :, :0]
    return tf.tensordot(states, arrays["attention/source/kernel"], 1)


def weigh(
    kind: str, arrays: Named, memory: Memory, state: Tensor, before: Tensor
) -> Tensor:
    """Weights (n, S) of a decoder in `state`, which had the weights `before`."""
    if kind == "uniform":
        return shares(tf.zeros_like(before), memory.mask)
    if kind == "multiplicative":
        return shares(tf.linalg.matvec(memory.keys, state), memory.mask)
    inside = memory.keys
    inside += tf.matmul(state, arrays["attention/state/kernel"])[:, None]
    if kind == "location":
        inside += _where(arrays, before)
    scores = tf.tensordot(tf.tanh(inside), arrays["attention/score"], 1)
    return shares(scores, memory.mask)


def _where(arrays: Named, before: Tensor) -> Tensor:
    """What the weights of the token before add at each place, (n, S, k)."""
    filters = arrays["attention/filters/kernel"][:, None]
    found = tf.nn.conv1d(before[..., None], filters, 1, "SAME")
    return tf.tensordot(found, arrays["attention/location/kernel"], 1)
