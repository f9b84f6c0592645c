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
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from generator.networks.attention import shares
from generator.networks.weights import Shapes

if TYPE_CHECKING:
    from generator.networks.translation import Memory, Settings

Tensor = Any
Named = Mapping[str, Tensor]


def shapes(settings: Settings) -> Shapes:
    """Name and shape of every array of the score."""
    size, width, inner = settings.size, settings.width, settings.dim_attention
    if settings.attention == "uniform":
        return ()
    if settings.attention == "multiplicative":
        return (("attention/source/kernel", (width, size)),)
    found: Shapes = (
        ("attention/source/kernel", (width, inner)),
        ("attention/state/kernel", (size, inner)),
        ("attention/score", (inner,)),
    )
    if settings.attention == "location":
        found += (
            ("attention/filters/kernel", (settings.span, settings.filters)),
            ("attention/location/kernel", (settings.filters, inner)),
        )
    return found


def keys(settings: Settings, arrays: Named, states: Tensor) -> Tensor:
    """What is scored of each state, whatever the decoder's: (n, S, k)."""
    if settings.attention == "uniform":
        return states[:, :, :0]
    return tf.tensordot(states, arrays["attention/source/kernel"], 1)


def weigh(
    settings: Settings, arrays: Named, memory: Memory, state: Tensor, before: Tensor
) -> Tensor:
    """Weights (n, S) of a decoder in `state`, which had the weights `before`."""
    if settings.attention == "uniform":
        return shares(tf.zeros_like(before), memory.mask)
    if settings.attention == "multiplicative":
        return shares(tf.linalg.matvec(memory.keys, state), memory.mask)
    inside = memory.keys
    inside += tf.matmul(state, arrays["attention/state/kernel"])[:, None]
    if settings.attention == "location":
        inside += _where(arrays, before)
    scores = tf.tensordot(tf.tanh(inside), arrays["attention/score"], 1)
    return shares(scores, memory.mask)


def _where(arrays: Named, before: Tensor) -> Tensor:
    """What the weights of the token before add at each place, (n, S, k)."""
    filters = arrays["attention/filters/kernel"][:, None]
    found = tf.nn.conv1d(before[..., None], filters, 1, "SAME")
    return tf.tensordot(found, arrays["attention/location/kernel"], 1)
