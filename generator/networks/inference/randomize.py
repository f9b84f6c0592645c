"""Trained networks some of whose layers are drawn afresh, from the output down.

A layer is the arrays that share the first part of their names: `output`, `attention`,
`lstm_2`, `lstm_1`, `embedding`. Fresh values have the distributions of first values
(`parameters`), with one exception: the vector by which attention scores, which is 0
before training, is drawn as well, as attention would otherwise be even and not random.
"""

from __future__ import annotations

import hashlib

import numpy as np

from generator.networks import parameters
from generator.networks.parameters import Arrays, Shapes

_TAG = int.from_bytes(hashlib.sha256(b"randomised weights").digest()[:4], "big")


def list_layers(wanted: Shapes) -> tuple[str, ...]:
    """Return the names of the layers of these arrays, the output's first."""
    return tuple(reversed(dict.fromkeys(_find_layer(name) for name, _ in wanted)))


def randomise_layers(wanted: Shapes, arrays: Arrays, count: int, seed: int) -> Arrays:
    """Draw the layers nearest the output afresh.

    Args:
        wanted: Name and shape of every array, in order.
        arrays: The trained arrays, in the same order.
        count: How many layers are drawn afresh, counted from the output.
        seed: Decides the fresh values.

    Returns:
        All arrays in order, those of other layers as they were.

    Raises:
        ValueError: There are fewer than `count` layers.
    """
    names = list_layers(wanted)
    if not 0 <= count <= len(names):
        raise ValueError(f"{count} layers; there are {len(names)}")
    fresh = dict(enumerate(parameters.draw_initial_arrays(wanted, seed)))
    fresh |= {
        place: _draw_score_vector(shape, np.random.default_rng((seed, _TAG, place)))
        for place, (name, shape) in enumerate(wanted)
        if name.endswith("/score")
    }
    randomised = set(names[:count])
    return [
        fresh[place] if _find_layer(name) in randomised else arrays[place]
        for place, (name, _) in enumerate(wanted)
    ]


def _find_layer(name: str) -> str:
    return name.partition("/")[0]


def _draw_score_vector(
    shape: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Draw a vector of scores as a matrix of one column would be drawn."""
    limit = np.sqrt(6 / (sum(shape) + 1))
    return rng.uniform(-limit, limit, shape).astype(np.float32)
