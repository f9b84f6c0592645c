"""The arrays of a network: names, shapes, first values, and the files that hold them.

Initial values are drawn here, by NumPy, each array from its own generator seeded by
(seed, position), so that they depend on no kernel of TensorFlow and adding a layer
changes none below it. The distributions are Keras's defaults: uniform in ±0.05 for the
embedding and textgenrnn's attention kernel, Glorot uniform for matrices, orthogonal
for recurrent ones, 1 for the biases of LSTMs' forget gates and 0 for all others. Where
an array's last name says so it is constant (`CONSTANT_VALUES`).

Files hold arrays in the order of the model's variables and are checked against the
shapes and types expected. Variables are matched by their place, never by name: names
that Keras makes up depend on what else was built in the process.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.core import files, serialize
from generator.core.errors import IntegrityError
from generator.core.serialize import MalformedDataError

Arrays = list[NDArray[np.float32]]
Shapes = tuple[tuple[str, tuple[int, ...]], ...]
T = TypeVar("T")


def name_arrays(wanted: Shapes, arrays: Sequence[T]) -> dict[str, T]:
    """Return arrays by name.

    Args:
        wanted: Name and shape of every array, in order.
        arrays: The arrays, in the same order.

    Returns:
        A dict of array names to arrays.
    """
    return dict(zip((name for name, _ in wanted), arrays, strict=True))


def draw_initial_arrays(wanted: Shapes, seed: int) -> Arrays:
    """Draw the first values of all arrays of a network.

    Args:
        wanted: Name and shape of every array, in order.
        seed: Decides the values, together with each array's position.

    Returns:
        One float32 array for each name, of the shape given.
    """
    return [
        _draw_array(name, shape, np.random.default_rng((seed, _TAG, position)))
        for position, (name, shape) in enumerate(wanted)
    ]


CONSTANT_VALUES = {
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


def _draw_array(
    name: str, shape: Sequence[int], rng: np.random.Generator
) -> NDArray[np.float32]:
    kind = name.rsplit("/", 1)[-1]
    if kind in CONSTANT_VALUES:
        return np.full(shape, CONSTANT_VALUES[kind], np.float32)
    if kind == "bias":
        return _make_bias(name, shape)
    if kind == "recurrent_kernel":
        return _draw_orthogonal(shape, rng)
    limit = np.sqrt(6 / sum(shape)) if kind == "kernel" else 0.05
    return rng.uniform(-limit, limit, shape).astype(np.float32)


def _make_bias(name: str, shape: Sequence[int]) -> NDArray[np.float32]:
    """Return zeros, but ones for the forget gates, the second quarter of an LSTM."""
    bias = np.zeros(shape, np.float32)
    if name.startswith(("rnn", "lstm")):
        bias[shape[0] // 4 : shape[0] // 2] = 1
    return bias


def _draw_orthogonal(
    shape: Sequence[int], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Draw a matrix, wider than high, with orthonormal rows, uniformly distributed."""
    q, r = np.linalg.qr(rng.standard_normal((shape[1], shape[0])))
    return (q * np.sign(np.diag(r))).T.astype(np.float32)


Array = NDArray[Any]
ArrayShape = tuple[tuple[int, ...], str]
"""Shape of an array and its type (`dtype.str`)."""


def copy_values(variables: Iterable[Any]) -> list[Array]:
    """Return copies of the values of Keras variables, in their order."""
    return [variable.value.numpy() for variable in variables]


def find_variable_shapes(variables: Iterable[Any]) -> list[ArrayShape]:
    """Return the shape and type that an array for each Keras variable must have."""
    return [
        (tuple(v.shape), np.dtype(v.dtype).newbyteorder("<").str) for v in variables
    ]


def assign_arrays(variables: Sequence[Any], arrays: Sequence[Array]) -> None:
    """Assign arrays to Keras variables of the same shapes, in place."""
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def is_finite(arrays: Iterable[Array]) -> bool:
    """Return whether no float in any of the arrays is NaN or infinite."""
    return all(bool(np.isfinite(a).all()) for a in arrays if a.dtype.kind == "f")


def encode_arrays(arrays: Sequence[Array]) -> bytes:
    """Encode arrays as an npz, the same bytes for the same numbers.

    Not compressed: weights hardly can be, and a checkpoint should not take long.

    Args:
        arrays: Arrays of any shapes; their order is kept.

    Returns:
        The bytes of the npz.
    """
    buffer = io.BytesIO()
    named: dict[str, Any] = {f"{place:04}": array for place, array in enumerate(arrays)}
    np.savez(buffer, **named)
    return buffer.getvalue()


def decode_arrays(data: bytes, expected: Sequence[ArrayShape]) -> list[Array]:
    """Decode an npz that `encode_arrays` made.

    Args:
        data: The bytes of the npz.
        expected: Shape and type of every array, in order.

    Returns:
        The arrays, in the order they were encoded in.

    Raises:
        IntegrityError: The bytes are no npz, or hold arrays other than expected.
    """
    try:
        named = serialize.unpack_arrays(data)
    except MalformedDataError as error:
        raise IntegrityError(f"{error}") from error
    arrays = [named[name] for name in sorted(named)]
    names = [f"{place:04}" for place in range(len(expected))]
    if sorted(named) != names:
        raise IntegrityError(f"{len(named):,} arrays; expected {len(names):,}")
    for place, (array, shape) in enumerate(zip(arrays, expected, strict=True)):
        if (array.shape, array.dtype.str) != shape:
            raise IntegrityError(
                f"array {place}: {array.shape} of {array.dtype.str}; "
                f"expected {shape[0]} of {shape[1]}"
            )
    return arrays


def save_variables(
    path: Path, variables: Iterable[Any], within: Path | None = None
) -> str:
    """Write Keras variables to a file.

    Args:
        path: The file, replaced if it exists.
        variables: Keras variables, in the order `load_variables` gets them in.
        within: The folder below which no link is followed; None for the file's own.

    Returns:
        The SHA-256 of the file, as hexadecimal digits.

    Raises:
        ResourceError: The file cannot be written.
    """
    data = encode_arrays(copy_values(variables))
    files.write(path, data, "a snapshot of a model", within)
    return files.digest(data)


def load_variables(path: Path, variables: Sequence[Any]) -> None:
    """Assign the arrays of a file to Keras variables.

    Args:
        path: A file that `save_variables` wrote.
        variables: Keras variables of the same shapes, in the same order.

    Raises:
        IntegrityError: The file is missing, damaged or for other variables.
    """
    try:
        arrays = decode_arrays(read_array_file(path), find_variable_shapes(variables))
    except IntegrityError as error:
        raise IntegrityError(f"{path}: {error}; train the model again") from error
    assign_arrays(variables, arrays)


def read_array_file(path: Path) -> bytes:
    """Return the bytes of a plain file, following no link.

    Raises:
        IntegrityError: The path is a link, or no file.
    """
    try:
        return files.read_regular_file(path)
    except OSError as error:
        raise IntegrityError("not a plain file") from error
