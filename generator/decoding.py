"""Strict JSON and arrays back to dataclasses: the other half of `codec`.

Accepts exactly what writing gives. Classes come from the caller's type hint, never
from the data.
"""

# ruff: noqa: ANN401 - values of any type are what it is about
from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

import numpy as np

from generator.artifacts import Token
from generator.codec import (
    LARGE,
    Place,
    dtype,
    exactly,
    family,
    hints,
    inner,
    items,
    later,
    literal,
    plain,
    wrong,
)
from generator.markup import trusted

WORDS = tuple[str, ...]


def decode(data: Any, hint: Any, arrays: Mapping[str, Any], place: Place = ()) -> Any:
    """The value that `encode` was given. Raises `Malformed`."""
    return READERS[family(hint)](data, hint, arrays, place)


def _read_record(data: Any, hint: Any, arrays: Mapping[str, Any], place: Place) -> Any:
    fields, left = hints(hint), later(hint)
    if (
        not isinstance(data, dict)
        or data.keys() | left.keys() != fields.keys()
        or any(data[name] == left[name] for name in left.keys() & data.keys())
    ):
        raise wrong(place, f"the fields {', '.join(fields)}")
    return hint(
        **{
            name: decode(data[name], of, arrays, (*place, name))
            for name, of in fields.items()
            if name in data
        }
    )


def _read_token(data: Any, _hint: Any, arrays: Mapping[str, Any], place: Place) -> Any:
    if isinstance(data, str):
        return Token(data)
    token = _read_record(data, Token, arrays, place)
    if token.kind == "word":
        raise wrong(place, "a token as it is written")
    return token


def _read_optional(
    data: Any, hint: Any, arrays: Mapping[str, Any], place: Place
) -> Any:
    return None if data is None else decode(data, inner(hint), arrays, place)


def _read_tuple(data: Any, hint: Any, arrays: Mapping[str, Any], place: Place) -> Any:
    if not isinstance(data, list):
        raise wrong(place, "a list")
    if hint == WORDS and set(map(type, data)) <= {str}:
        return tuple(data)  # the most of what is kept of a study: a word at a time
    try:
        pairs = list(zip(data, items(hint, len(data)), strict=True))
    except ValueError:
        raise wrong(place, f"{len(get_args(hint))} items") from None
    return tuple(
        decode(item, of, arrays, (*place, str(i))) for i, (item, of) in enumerate(pairs)
    )


def _read_dict(data: Any, hint: Any, arrays: Mapping[str, Any], place: Place) -> Any:
    if not isinstance(data, dict):
        raise wrong(place, "a map")
    of = get_args(hint)[1]
    return {k: decode(v, of, arrays, (*place, k)) for k, v in data.items()}


def _read_array(data: Any, hint: Any, arrays: Mapping[str, Any], place: Place) -> Any:
    if isinstance(data, dict):
        return _stored(data, dtype(hint), arrays, place)
    _require_numbers(data, place)
    try:
        array = np.array(data, np.float64)  # None is NaN here
        with np.errstate(over="raise"):
            array = array.astype(dtype(hint))
    except (ValueError, TypeError, OverflowError, FloatingPointError):
        raise wrong(place, "an array of numbers") from None
    if array.size > LARGE or not array.size:
        raise wrong(place, "an array of a size that is listed")
    return array


def _require_numbers(data: Any, place: Place) -> None:
    if isinstance(data, list):
        for item in data:
            _require_numbers(item, place)
    elif data is not None and type(data) not in (int, float):
        raise wrong(place, "an array of numbers")


def _stored(
    data: dict[str, Any], of: np.dtype[Any], arrays: Mapping[str, Any], place: Place
) -> Any:
    shape = data.get("shape")
    if data.keys() != {"shape"} or not isinstance(shape, list):
        raise wrong(place, "an array")
    if not all(type(n) is int and n >= 0 for n in shape):
        raise wrong(place, "an array's shape")
    if not math.prod(shape):
        return np.zeros(shape, of)
    array = arrays.get(".".join(place))
    if array is None or array.shape != tuple(shape) or array.dtype != of:
        raise wrong(place, f"an array of {of} with the shape {shape}")
    return array


def _read_float(data: Any, _hint: Any, _arrays: Any, place: Place) -> Any:
    if data is None:
        return math.nan
    if type(data) not in (int, float):
        raise wrong(place, "a number")
    return float(data)


def _read_date(data: Any, _hint: Any, _arrays: Any, place: Place) -> Any:
    try:
        return dt.date.fromisoformat(data)
    except (TypeError, ValueError):
        raise wrong(place, "a date") from None


def _read_markup(data: Any, hint: Any, arrays: Any, place: Place) -> Any:
    return trusted(exactly(str)(data, hint, arrays, place))


READERS: dict[str, Callable[..., Any]] = {
    "record": _read_record,
    "token": _read_token,
    "optional": _read_optional,
    "tuple": _read_tuple,
    "dict": _read_dict,
    "array": _read_array,
    "float": _read_float,
    "int": exactly(int),
    "str": exactly(str),
    "bool": exactly(bool),
    "literal": literal,
    "any": plain,
    "date": _read_date,
    "Markup": _read_markup,
}
