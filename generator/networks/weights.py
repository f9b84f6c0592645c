"""The arrays of a network: their names, shapes and first values.

Initial values are drawn here, by NumPy, each array from its own generator seeded by
(seed, position), so that they depend on no kernel of TensorFlow and adding a layer
changes none below it. The distributions are Keras's defaults: uniform in ±0.05 for the
embedding and textgenrnn's attention kernel, Glorot uniform for matrices, orthogonal
for recurrent ones, 1 for the biases of LSTMs' forget gates and 0 for all others. Where
an array's last name says so it is constant (`CONSTANT`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Arrays = list[NDArray[np.float32]]
Shapes = tuple[tuple[str, tuple[int, ...]], ...]
T = TypeVar("T")


def named(wanted: Shapes, arrays: Sequence[T]) -> dict[str, T]:
    """Arrays in the order of `wanted`, by name."""
    return dict(zip((name for name, _ in wanted), arrays, strict=True))


def initial(wanted: Shapes, seed: int) -> Arrays:
    """First values of all arrays, decided by `seed` and each one's position."""
    return [
        _draw(name, shape, np.random.default_rng((seed, _TAG, position)))
        for position, (name, shape) in enumerate(wanted)
    ]


CONSTANT = {
    "gain": 1.0,
    "shift": 0.0,
    "score": 0.0,
    "hidden": 0.0,
    "memory": 0.0,
    "fading": 1.0,
}
"""First values by the last part of a name: those of normalisation, of attention's last
vector, so that attention is uniform before training, of states that are carried, and of
how fast a slot fades."""
_TAG = int.from_bytes(hashlib.sha256(b"initial weights").digest()[:4], "big")


def _draw(
    name: str, shape: Sequence[int], rng: np.random.Generator
) -> NDArray[np.float32]:
    kind = name.rsplit("/", 1)[-1]
    if kind in CONSTANT:
        return np.full(shape, CONSTANT[kind], np.float32)
    if kind == "bias":
        return _bias(name, shape)
    if kind == "recurrent_kernel":
        return _orthogonal(shape, rng)
    limit = np.sqrt(6 / sum(shape)) if kind == "kernel" else 0.05
    return rng.uniform(-limit, limit, shape).astype(np.float32)


def _bias(name: str, shape: Sequence[int]) -> NDArray[np.float32]:
    """Zeros, but ones for the forget gates, the second quarter of an LSTM's."""
    bias = np.zeros(shape, np.float32)
    if name.startswith(("rnn", "lstm")):
        bias[shape[0] // 4 : shape[0] // 2] = 1
    return bias


def _orthogonal(shape: Sequence[int], rng: np.random.Generator) -> NDArray[np.float32]:
    """A matrix, wider than high, with orthonormal rows, uniformly distributed."""
    q, r = np.linalg.qr(rng.standard_normal((shape[1], shape[0])))
    return (q * np.sign(np.diag(r))).T.astype(np.float32)
