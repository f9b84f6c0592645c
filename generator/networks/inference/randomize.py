"""Trained networks some of whose layers are drawn afresh, from the output down.

A layer is what shares the first part of its arrays' names: `output`, `attention`,
`lstm_2`, `lstm_1`, `embedding`. Fresh values have the distributions of first values
(`weights`), with one exception: the vector by which attention scores, which is 0 before
training, is drawn as well, as attention would otherwise be even and not random.
"""

from __future__ import annotations

import hashlib

import numpy as np

from generator.networks import parameters
from generator.networks.parameters import Arrays, Shapes

_TAG = int.from_bytes(hashlib.sha256(b"randomised weights").digest()[:4], "big")


def list_layers(wanted: Shapes) -> tuple[str, ...]:
    """Names of the layers with these arrays, the output first."""
    return tuple(reversed(dict.fromkeys(_find_layer(name) for name, _ in wanted)))


def randomise_layers(wanted: Shapes, arrays: Arrays, count: int, seed: int) -> Arrays:
    """Arrays of which those of the `count` layers nearest the output are fresh.

    Raises `ValueError` unless there are so many.
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
    drawn = set(names[:count])
    return [
        fresh[place] if _find_layer(name) in drawn else arrays[place]
        for place, (name, _) in enumerate(wanted)
    ]


def _find_layer(name: str) -> str:
    return name.partition("/")[0]


def _draw_score_vector(
    shape: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """A vector of scores, drawn as a matrix of one column would be."""
    limit = np.sqrt(6 / (sum(shape) + 1))
    return rng.uniform(-limit, limit, shape).astype(np.float32)
