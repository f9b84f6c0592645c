"""Variables as bytes and back, their shapes and types known beforehand.

Variables are told apart by their place, never by name: names that Keras makes up
depend on what else was built in the process.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator import arrays, files
from generator.codec import Malformed
from generator.errors import IntegrityError

Array = NDArray[Any]
Shape = tuple[tuple[int, ...], str]
"""Shape of an array and its type (`dtype.str`)."""


def values(variables: Iterable[Any]) -> list[Array]:
    """What Keras variables hold, copied."""
    return [variable.value.numpy() for variable in variables]


def shapes(variables: Iterable[Any]) -> list[Shape]:
    """What arrays for these Keras variables must look like."""
    return [
        (tuple(v.shape), np.dtype(v.dtype).newbyteorder("<").str) for v in variables
    ]


def assign(variables: Sequence[Any], found: Sequence[Array]) -> None:
    """Put arrays into Keras variables of the same shapes."""
    for variable, array in zip(variables, found, strict=True):
        variable.assign(array)


def finite(found: Iterable[Array]) -> bool:
    """Whether no number is NaN or infinite."""
    return all(bool(np.isfinite(a).all()) for a in found if a.dtype.kind == "f")


def encode(found: Sequence[Array]) -> bytes:
    """An npz of arrays, the same bytes for the same numbers.

    Not compressed: weights hardly can be, and a checkpoint should not take long.
    """
    buffer = io.BytesIO()
    named: dict[str, Any] = {f"{place:04}": array for place, array in enumerate(found)}
    np.savez(buffer, **named)
    return buffer.getvalue()


def decode(data: bytes, expected: Sequence[Shape]) -> list[Array]:
    """The arrays of an npz. Raises `IntegrityError` unless they are as expected."""
    try:
        named = arrays.unpack(data)
    except Malformed as error:
        raise IntegrityError(f"{error}") from error
    found = [named[name] for name in sorted(named)]
    names = [f"{place:04}" for place in range(len(expected))]
    if sorted(named) != names:
        raise IntegrityError(f"{len(named):,} arrays; expected {len(names):,}")
    for place, (array, shape) in enumerate(zip(found, expected, strict=True)):
        if (array.shape, array.dtype.str) != shape:
            raise IntegrityError(
                f"array {place}: {array.shape} of {array.dtype.str}; "
                f"expected {shape[0]} of {shape[1]}"
            )
    return found


def save(path: Path, variables: Iterable[Any]) -> str:
    """Write Keras variables to `path` and give the SHA-256 of the file."""
    data = encode(values(variables))
    files.write(path, data, "a snapshot of a model")
    return files.digest(data)


def load(path: Path, variables: Sequence[Any]) -> None:
    """Put the arrays at `path` into Keras variables. Raises `IntegrityError`."""
    try:
        found = decode(read(path), shapes(variables))
    except IntegrityError as error:
        raise IntegrityError(f"{path}: {error}; train the model again") from error
    assign(variables, found)


def read(path: Path) -> bytes:
    """Bytes of a plain file; a link is not followed. Raises `IntegrityError`."""
    if path.is_symlink() or not path.is_file():
        raise IntegrityError("not a plain file")
    return path.read_bytes()
