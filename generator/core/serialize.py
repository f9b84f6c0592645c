"""Dataclasses to strict JSON and arrays, and back, from their type hints alone.

The type hints of a dataclass say how each field is written, so a new kind of artifact
needs no code here. Nothing in the data names a class: the caller does.

- NaN is `null`; an infinite number is refused.
- A float32 is its shortest text, which reads back as the same bits.
- A `Token` that is a word is plain text, any other `{"text": …, "kind": …}`.
- A field added after artifacts were stored (`LATER`) is left out where it has its
default.
- An array of more than `LEAST_STORED_SIZE` numbers, or of none, is `{"shape": […]}`;
the content of large ones goes to an npz file.

Reading accepts exactly what writing gives: unknown and missing fields, wrong types and
wrong shapes raise `MalformedDataError`. An optional number that was NaN reads back as
None.

The npz file, a zip of `.npy` members, has the same bytes every time and is read with
suspicion: before a member is unpacked, its size and its header are compared with what
the file can really hold, so a file that claims more costs nothing. Objects are never
unpickled.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import math
import operator
import types
import typing
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from generator.core.markup import trust_html
from generator.core.tokens import Token

# ruff: noqa: ANN401 - values of any type are what this file reads and writes


LEAST_STORED_SIZE = 4096
"""Arrays of more numbers than this go to the side file."""
DEPTH_LIMIT = 20
"""How deep settings kept as plain JSON may nest."""

Arrays = dict[str, NDArray[Any]]
DataPath = tuple[str, ...]


class MalformedDataError(ValueError):
    """Data that does not have the shape of its type."""


def encode_value(value: object, hint: Any, arrays: Arrays, place: DataPath = ()) -> Any:
    """Return a value as plain JSON, its large arrays apart.

    Args:
        value: The value.
        hint: Its type.
        arrays: Filled with the large arrays, each under its place joined by dots.
        place: Names of the fields that lead to the value.

    Raises:
        TypeError: Values of this type cannot be written.
        ValueError: The value holds an infinite number.
        MalformedDataError: The value does not have the type.
    """
    writer = WRITERS.get(find_codec(hint))
    if writer is None:
        raise TypeError(f"no way to write {hint} at {'.'.join(place)}")
    return writer(value, hint, arrays, place)


@cache
def find_codec(hint: Any) -> str:
    """Return the key in `WRITERS` and `READERS` of a type hint's writer and reader.

    Args:
        hint: The type hint.
    """
    origin = get_origin(hint)
    if hint is Token:
        return "token"
    if dataclasses.is_dataclass(hint):
        return "record"
    if origin in (Union, types.UnionType):
        return "optional"
    known = {tuple: "tuple", dict: "dict", Literal: "literal", np.ndarray: "array"}
    known[NDArray] = "array"  # what an `NDArray[…]` comes from since NumPy 2.5
    if origin in known:
        return known[origin]
    return "any" if hint is Any else str(getattr(hint, "__name__", hint))


@cache
def find_field_hints(kind: type) -> dict[str, Any]:
    """Return the type hints of a dataclass's fields, in their order.

    Args:
        kind: The dataclass.
    """
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@cache
def find_omittable_fields(kind: type) -> dict[str, Any]:
    """Return the fields that are written only where they differ from their default.

    Args:
        kind: The dataclass.

    Returns:
        The default by the field's name.
    """
    fields = dataclasses.fields(kind)
    return {field.name: field.default for field in fields if "later" in field.metadata}


@cache
def find_element_type(hint: Any) -> np.dtype[Any]:
    """Return the element type of an `NDArray[…]` hint, little-endian.

    Args:
        hint: The type hint.
    """
    argument = get_args(hint)[-1]  # `np.dtype[…]`, or since NumPy 2.5 the scalar itself
    scalar = get_args(argument)[0] if get_args(argument) else argument
    element: np.dtype[Any] = np.dtype(scalar)
    return element.newbyteorder("<")


def make_mismatch_error(place: DataPath, expected: str) -> MalformedDataError:
    """Return the error for data that is not what its type expects.

    Args:
        place: Names of the fields that lead to the data.
        expected: What it should be, to follow "is not".
    """
    return MalformedDataError(f"{'.'.join(place) or 'content'} is not {expected}")


def unwrap_optional(hint: Any) -> Any:
    """Return the type that an optional hint allows beside None.

    Args:
        hint: The type hint.
    """
    (inner,) = [of for of in get_args(hint) if of is not types.NoneType]
    return inner


def find_item_hints(hint: Any, count: int) -> tuple[Any, ...]:
    """Return the type hint of each item of a tuple.

    Args:
        hint: The tuple's own hint.
        count: Number of its items.
    """
    args = get_args(hint)
    return (args[0],) * count if args[1:] == (...,) else args


def make_exact_codec(kind: type) -> Callable[..., Any]:
    """Return a writer and reader of values of one type, no subclass allowed.

    Args:
        kind: The type.
    """

    def read(data: Any, _hint: Any, _arrays: Any, place: DataPath) -> Any:
        if type(data) is not kind:
            raise make_mismatch_error(place, f"of type {kind.__name__}")
        return data

    return read


def check_literal(data: Any, hint: Any, _arrays: Any, place: DataPath) -> Any:
    """Return a value that is one of the words of a `Literal`.

    Args:
        data: The value.
        hint: The `Literal`.
        place: Names of the fields that lead to the value.

    Raises:
        MalformedDataError: The value is another one.
    """
    if data not in get_args(hint):
        raise make_mismatch_error(
            place, f"one of {', '.join(map(str, get_args(hint)))}"
        )
    return data


def pass_json(data: Any, hint: Any, arrays: Any, place: DataPath) -> Any:
    """Return plain JSON as it is: settings, whose types belong to their own classes.

    Args:
        data: The JSON value.
        hint: Unused; writers and readers share one signature.
        arrays: Unused.
        place: Names of the fields that lead to the value.

    Raises:
        MalformedDataError: The value is no plain JSON, or nested too deeply.
    """
    if len(place) > DEPTH_LIMIT:
        raise make_mismatch_error(place[:3], f"less than {DEPTH_LIMIT} deep")
    if isinstance(data, dict):
        return {
            str(k): pass_json(v, hint, arrays, (*place, str(k)))
            for k, v in data.items()
        }
    if isinstance(data, list | tuple):
        return [
            pass_json(v, hint, arrays, (*place, str(i))) for i, v in enumerate(data)
        ]
    if data is not None and type(data) not in (str, int, float, bool):
        raise make_mismatch_error(place, "plain JSON")
    return data


def _write_record(value: Any, hint: Any, arrays: Arrays, place: DataPath) -> Any:
    defaults = find_omittable_fields(hint)
    return {
        name: encode_value(getattr(value, name), of, arrays, (*place, name))
        for name, of in find_field_hints(hint).items()
        if name not in defaults or getattr(value, name) != defaults[name]
    }


def _write_token(value: Token, _hint: Any, _arrays: Arrays, _place: DataPath) -> Any:
    if value.kind == "word":
        return value.text
    return {"text": value.text, "kind": value.kind}


def _write_optional(value: Any, hint: Any, arrays: Arrays, place: DataPath) -> Any:
    return (
        None
        if value is None
        else encode_value(value, unwrap_optional(hint), arrays, place)
    )


def _write_tuple(value: Any, hint: Any, arrays: Arrays, place: DataPath) -> Any:
    return [
        encode_value(item, of, arrays, (*place, str(i)))
        for i, (item, of) in enumerate(
            zip(value, find_item_hints(hint, len(value)), strict=True)
        )
    ]


def _write_dict(value: Any, hint: Any, arrays: Arrays, place: DataPath) -> Any:
    of = get_args(hint)[1]
    return {
        str(k): encode_value(v, of, arrays, (*place, str(k)))
        for k, v in sorted(value.items())
    }


def _write_array(value: Any, hint: Any, arrays: Arrays, place: DataPath) -> Any:
    array = np.ascontiguousarray(value, find_element_type(hint)).reshape(
        np.shape(value)
    )
    if array.size and np.isinf(array).any():
        raise ValueError(f"{'.'.join(place)} holds an infinite number")
    if array.size > LEAST_STORED_SIZE:
        arrays[".".join(place)] = array
    if array.size > LEAST_STORED_SIZE or not array.size:
        return {"shape": list(array.shape)}
    return _convert_to_list(array)


def _convert_to_list(array: NDArray[Any]) -> Any:
    if array.ndim == 0:
        return None if np.isnan(array) else float(str(array[()]))
    return [_convert_to_list(np.asarray(part)) for part in array]


def _write_float(value: Any, _hint: Any, _arrays: Arrays, place: DataPath) -> Any:
    number = float(value)
    if math.isinf(number):
        raise ValueError(f"{'.'.join(place)} is infinite")
    return None if math.isnan(number) else number


def _write_int(value: Any, _hint: Any, _arrays: Arrays, _place: DataPath) -> Any:
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
    "str": make_exact_codec(str),
    "bool": make_exact_codec(bool),
    "literal": check_literal,
    "any": pass_json,
    "date": lambda value, *_: value.isoformat(),
    "Markup": lambda value, *_: str(value),
}


WORDS = tuple[str, ...]


def decode_value(
    data: Any, hint: Any, arrays: Mapping[str, Any], place: DataPath = ()
) -> Any:
    """Return the value that `encode_value` was called with.

    Args:
        data: Plain JSON, as `encode_value` gave it.
        hint: The type of the value.
        arrays: The large arrays, each under its place joined by dots.
        place: Names of the fields that lead to the value.

    Raises:
        MalformedDataError: The data is not what writing such a value gives.
    """
    return READERS[find_codec(hint)](data, hint, arrays, place)


def _read_record(
    data: Any, hint: Any, arrays: Mapping[str, Any], place: DataPath
) -> Any:
    fields, defaults = find_field_hints(hint), find_omittable_fields(hint)
    if (
        not isinstance(data, dict)
        or data.keys() | defaults.keys() != fields.keys()
        or any(data[name] == defaults[name] for name in defaults.keys() & data.keys())
    ):
        raise make_mismatch_error(place, f"the fields {', '.join(fields)}")
    return hint(
        **{
            name: decode_value(data[name], of, arrays, (*place, name))
            for name, of in fields.items()
            if name in data
        }
    )


def _read_token(
    data: Any, _hint: Any, arrays: Mapping[str, Any], place: DataPath
) -> Any:
    if isinstance(data, str):
        return Token(data)
    token = _read_record(data, Token, arrays, place)
    if token.kind == "word":
        raise make_mismatch_error(place, "a token as it is written")
    return token


def _read_optional(
    data: Any, hint: Any, arrays: Mapping[str, Any], place: DataPath
) -> Any:
    return (
        None
        if data is None
        else decode_value(data, unwrap_optional(hint), arrays, place)
    )


def _read_tuple(
    data: Any, hint: Any, arrays: Mapping[str, Any], place: DataPath
) -> Any:
    if not isinstance(data, list):
        raise make_mismatch_error(place, "a list")
    if hint == WORDS and set(map(type, data)) <= {str}:
        return tuple(data)  # most items of most artifacts: one check for all of them
    try:
        pairs = list(zip(data, find_item_hints(hint, len(data)), strict=True))
    except ValueError:
        raise make_mismatch_error(place, f"{len(get_args(hint))} items") from None
    return tuple(
        decode_value(item, of, arrays, (*place, str(i)))
        for i, (item, of) in enumerate(pairs)
    )


def _read_dict(data: Any, hint: Any, arrays: Mapping[str, Any], place: DataPath) -> Any:
    if not isinstance(data, dict):
        raise make_mismatch_error(place, "a map")
    of = get_args(hint)[1]
    return {k: decode_value(v, of, arrays, (*place, k)) for k, v in data.items()}


def _read_array(
    data: Any, hint: Any, arrays: Mapping[str, Any], place: DataPath
) -> Any:
    if isinstance(data, dict):
        return _read_stored_array(data, find_element_type(hint), arrays, place)
    if not isinstance(data, list):
        raise make_mismatch_error(place, "an array")
    _require_numbers(data, place)
    try:
        array = np.array(data, np.float64)  # None is NaN here
        with np.errstate(over="raise"):
            array = array.astype(find_element_type(hint))
    except (ValueError, TypeError, OverflowError, FloatingPointError):
        raise make_mismatch_error(place, "an array of numbers") from None
    if array.size > LEAST_STORED_SIZE or not array.size:
        raise make_mismatch_error(place, "an array of a size that is listed")
    return array


def _require_numbers(data: Any, place: DataPath) -> None:
    if isinstance(data, list):
        for item in data:
            _require_numbers(item, place)
    elif data is not None and type(data) not in (int, float):
        raise make_mismatch_error(place, "an array of numbers")


def _read_stored_array(
    data: dict[str, Any], of: np.dtype[Any], arrays: Mapping[str, Any], place: DataPath
) -> Any:
    shape = data.get("shape")
    if data.keys() != {"shape"} or not isinstance(shape, list) or not shape:
        raise make_mismatch_error(place, "an array")
    if not all(type(n) is int and n >= 0 for n in shape):
        raise make_mismatch_error(place, "an array's shape")
    if not math.prod(shape):
        return np.zeros(shape, of)
    array = arrays.get(".".join(place))
    if array is None or array.shape != tuple(shape) or array.dtype != of:
        raise make_mismatch_error(place, f"an array of {of} with the shape {shape}")
    return array


def _read_float(data: Any, _hint: Any, _arrays: Any, place: DataPath) -> Any:
    if data is None:
        return math.nan
    if type(data) not in (int, float):
        raise make_mismatch_error(place, "a number")
    return float(data)


def _read_date(data: Any, _hint: Any, _arrays: Any, place: DataPath) -> Any:
    try:
        return dt.date.fromisoformat(data)
    except (TypeError, ValueError):
        raise make_mismatch_error(place, "a date") from None


def _read_markup(data: Any, hint: Any, arrays: Any, place: DataPath) -> Any:
    return trust_html(make_exact_codec(str)(data, hint, arrays, place))


READERS: dict[str, Callable[..., Any]] = {
    "record": _read_record,
    "token": _read_token,
    "optional": _read_optional,
    "tuple": _read_tuple,
    "dict": _read_dict,
    "array": _read_array,
    "float": _read_float,
    "int": make_exact_codec(int),
    "str": make_exact_codec(str),
    "bool": make_exact_codec(bool),
    "literal": check_literal,
    "any": pass_json,
    "date": _read_date,
    "Markup": _read_markup,
}


EXPANSION_LIMIT = 1100
"""No deflated byte stands for more bytes than this."""
NPY_HEADER_LIMIT = 1024
"""Bytes that a member's header may take at most."""
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    EOFError,
    OSError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    SyntaxError,
)
"""What zipfile and NumPy raise for files that are not what they seem."""


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return an npz file of arrays, the same bytes for the same arrays.

    Args:
        arrays: Arrays of plain numbers by name, of any shape.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            npy.write_array(content, arrays[name], (1, 0), allow_pickle=False)
            archive.writestr(member, content.getvalue())
    return buffer.getvalue()


def unpack_arrays(data: bytes, *, texts: bool = False) -> dict[str, NDArray[Any]]:
    """Return the arrays of an npz file.

    Only plain little-endian numbers in C order are read; each member unpacks to no more
    than deflation allows for the bytes that are really there.

    Args:
        data: The npz file.
        texts: Whether arrays of texts of limited length are read too.

    Returns:
        Arrays by name.

    Raises:
        MalformedDataError: The file is none that `pack_arrays` wrote.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {
                member.filename.removesuffix(".npy"): _read_member(
                    archive, member, "fiubU" if texts else "fiub"
                )
                for member in _list_members(archive, len(data) * EXPANSION_LIMIT)
            }
    except MalformedDataError:
        raise
    except UNREADABLE as error:
        raise MalformedDataError(f"not an npz file: {type(error).__name__}") from error


def _list_members(archive: zipfile.ZipFile, room: int) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    if len({member.filename for member in members}) != len(members):
        raise MalformedDataError("two arrays have one name")
    if sum(member.file_size for member in members) > room:
        raise MalformedDataError("arrays larger than their file can hold")
    return members


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, kinds: str
) -> NDArray[Any]:
    with archive.open(member) as file:
        version = npy.read_magic(file)
        if version != (1, 0):
            raise MalformedDataError("an array of a version that is never written")
        shape, fortran, dtype = npy.read_array_header_1_0(file, NPY_HEADER_LIMIT)
        if dtype.hasobject or dtype.kind not in kinds or dtype.byteorder == ">":
            raise MalformedDataError("an array of something else than plain numbers")
        if fortran:
            raise MalformedDataError("an array in another order than it was written")
        size = math.prod(shape) * dtype.itemsize
        if not 0 <= member.file_size - size <= NPY_HEADER_LIMIT:
            raise MalformedDataError("an array of another size than its header says")
        content = file.read()
    if len(content) != size:
        raise MalformedDataError("an array cut short")
    return np.frombuffer(content, dtype).reshape(shape).copy()


def to_base36(number: int) -> str:
    """Format a whole number in base 36, as JavaScript's `parseInt` reads it."""
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits
