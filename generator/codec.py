"""Dataclasses to strict JSON and arrays, and back, from their fields alone.

The type hints of a dataclass say how each field is written, so a new kind of artifact
needs no code here. Nothing in the data names a class: the caller does.

- NaN is `null`; an infinite number is refused.
- A float32 is its shortest text, which reads back as the same bits.
- A `Token` that is a word is plain text, any other `{"text": …, "kind": …}`.
- A field that came later than artifacts (`LATER`) is left out where it is its default.
- An array of more than `LARGE` numbers, or with no numbers, is `{"shape": […]}`; the
  large ones are handed back apart, for `arrays` to write.

Reading accepts exactly what writing gives: unknown and missing fields, wrong types and
wrong shapes raise `Malformed`. An optional number that was NaN reads back as None.
"""

# ruff: noqa: ANN401 - values of any type are what it is about
from __future__ import annotations

import dataclasses
import math
import operator
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Token

LARGE = 4096
"""Arrays of more numbers than this go to the side file."""
DEPTH = 20
"""How deep settings kept as plain JSON may nest."""

Arrays = dict[str, NDArray[Any]]
Place = tuple[str, ...]


class Malformed(ValueError):  # noqa: N818 - it reads as what the data is
    """Data that does not have the shape of its type."""


def encode(value: object, hint: Any, arrays: Arrays, place: Place = ()) -> Any:
    """`value` as plain JSON; its large arrays are put into `arrays` by their place."""
    writer = WRITERS.get(family(hint))
    if writer is None:
        raise TypeError(f"no way to write {hint} at {'.'.join(place)}")
    return writer(value, hint, arrays, place)


@cache
def family(hint: Any) -> str:
    """Which writer and reader a type hint uses."""
    origin = get_origin(hint)
    if hint is Token:
        return "token"
    if dataclasses.is_dataclass(hint):
        return "record"
    if origin in (Union, types.UnionType):
        return "optional"
    known = {tuple: "tuple", dict: "dict", Literal: "literal", np.ndarray: "array"}
    if origin in known:
        return known[origin]
    return "any" if hint is Any else str(getattr(hint, "__name__", hint))


@cache
def hints(kind: type) -> dict[str, Any]:
    """Type hints of a dataclass's fields, in their order."""
    found = typing.get_type_hints(kind)
    return {field.name: found[field.name] for field in dataclasses.fields(kind)}


@cache
def later(kind: type) -> dict[str, Any]:
    """Fields that are written only where they differ from their default, and those."""
    fields = dataclasses.fields(kind)
    return {field.name: field.default for field in fields if "later" in field.metadata}


@cache
def dtype(hint: Any) -> np.dtype[Any]:
    """The element type of an `NDArray[…]` hint, little-endian."""
    found: np.dtype[Any] = np.dtype(get_args(get_args(hint)[1])[0])
    return found.newbyteorder("<")


def wrong(place: Place, expected: str) -> Malformed:
    """`expected` was not found at `place`."""
    return Malformed(f"{'.'.join(place) or 'content'} is not {expected}")


def inner(hint: Any) -> Any:
    """What an optional hint allows beside None."""
    (inner,) = [of for of in get_args(hint) if of is not types.NoneType]
    return inner


def items(hint: Any, count: int) -> tuple[Any, ...]:
    """The hint of each item of a tuple of `count` items."""
    args = get_args(hint)
    return (args[0],) * count if args[1:] == (...,) else args


def exactly(kind: type) -> Callable[..., Any]:
    """A writer and reader of values of one type, no subclass allowed."""

    def read(data: Any, _hint: Any, _arrays: Any, place: Place) -> Any:
        if type(data) is not kind:
            raise wrong(place, f"of type {kind.__name__}")
        return data

    return read


def literal(data: Any, hint: Any, _arrays: Any, place: Place) -> Any:
    """One of the words of a `Literal`."""
    if data not in get_args(hint):
        raise wrong(place, f"one of {', '.join(map(str, get_args(hint)))}")
    return data


def plain(data: Any, hint: Any, arrays: Any, place: Place) -> Any:
    """JSON as it is: settings, which have no type of their own here."""
    if len(place) > DEPTH:
        raise wrong(place[:3], f"less than {DEPTH} deep")
    if isinstance(data, dict):
        return {
            str(k): plain(v, hint, arrays, (*place, str(k))) for k, v in data.items()
        }
    if isinstance(data, list | tuple):
        return [plain(v, hint, arrays, (*place, str(i))) for i, v in enumerate(data)]
    if data is not None and type(data) not in (str, int, float, bool):
        raise wrong(place, "plain JSON")
    return data


def _write_record(value: Any, hint: Any, arrays: Arrays, place: Place) -> Any:
    left = later(hint)
    return {
        name: encode(getattr(value, name), of, arrays, (*place, name))
        for name, of in hints(hint).items()
        if name not in left or getattr(value, name) != left[name]
    }


def _write_token(value: Token, _hint: Any, _arrays: Arrays, _place: Place) -> Any:
    if value.kind == "word":
        return value.text
    return {"text": value.text, "kind": value.kind}


def _write_optional(value: Any, hint: Any, arrays: Arrays, place: Place) -> Any:
    return None if value is None else encode(value, inner(hint), arrays, place)


def _write_tuple(value: Any, hint: Any, arrays: Arrays, place: Place) -> Any:
    return [
        encode(item, of, arrays, (*place, str(i)))
        for i, (item, of) in enumerate(zip(value, items(hint, len(value)), strict=True))
    ]


def _write_dict(value: Any, hint: Any, arrays: Arrays, place: Place) -> Any:
    of = get_args(hint)[1]
    return {
        str(k): encode(v, of, arrays, (*place, str(k)))
        for k, v in sorted(value.items())
    }


def _write_array(value: Any, hint: Any, arrays: Arrays, place: Place) -> Any:
    array = np.ascontiguousarray(value, dtype(hint)).reshape(np.shape(value))
    if array.size and np.isinf(array).any():
        raise ValueError(f"{'.'.join(place)} holds an infinite number")
    if array.size > LARGE:
        arrays[".".join(place)] = array
    if array.size > LARGE or not array.size:
        return {"shape": list(array.shape)}
    return _listed(array)


def _listed(array: NDArray[Any]) -> Any:
    if array.ndim == 0:
        return None if np.isnan(array) else float(str(array[()]))
    return [_listed(np.asarray(part)) for part in array]


def _write_float(value: Any, _hint: Any, _arrays: Arrays, place: Place) -> Any:
    number = float(value)
    if math.isinf(number):
        raise ValueError(f"{'.'.join(place)} is infinite")
    return None if math.isnan(number) else number


def _write_int(value: Any, _hint: Any, _arrays: Arrays, _place: Place) -> Any:
    return operator.index(value)


WRITERS: dict[str, Callable[..., Any]] = {
    "record": _write_record,
    "token": _write_token,
    "optional": _write_optional,
    "tuple": _write_tuple,
    "dict": _write_dict,
    "array": _write_array,
    "float": _write_float,
    "int": _write_int,
    "str": exactly(str),
    "bool": exactly(bool),
    "literal": literal,
    "any": plain,
    "date": lambda value, *_: value.isoformat(),
    "Markup": lambda value, *_: str(value),
}
