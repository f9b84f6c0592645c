"""Turning a validator's errors into sentences at places of a file.

A spec is validated as JSON is, so that a YAML list fills a tuple, and nothing is
converted by guess: text is never read as a number, a number never as text. Each error
names the setting, what it must be, what was found and what to do. Values are shown
short, escaped, and without what looks like a credential.

The range a number may have, in words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.config import JsonDict
from pydantic_core import ErrorDetails

from generator.core.errors import StudyError, quote_text, suggest_nearest
from generator.study.yaml.source import (
    KeyPath,
    YamlSource,
    format_key_path,
    redact_secrets,
)

_BOUNDS = ("ge", "gt", "le", "lt")


def format_allowed_range(
    kind: type[BaseModel], key_path: KeyPath, broken: Mapping[str, Any]
) -> str:
    """The whole range of the setting at `way` of `kind`: "from 1 to 100".

    `broken` is the bound that a value broke; it alone is told where the setting has no
    range of its own, as in a nested list of another kind.
    """
    field = kind.model_fields.get(str(key_path[0])) if key_path else None
    bounds: dict[str, Any] = {}
    if field is not None:
        for constraint in (*field.metadata, *_iterate_constraints(field.annotation)):
            for name in _BOUNDS:
                if getattr(constraint, name, None) is not None:
                    bounds.setdefault(name, getattr(constraint, name))
    known = all(bounds.get(name) == value for name, value in broken.items())
    return _format_bounds(bounds if known else broken)


def _iterate_constraints(annotation: object) -> Iterator[object]:
    """Constraints anywhere in an annotation."""
    for extra in getattr(annotation, "__metadata__", ()):
        yield extra
        yield from getattr(extra, "metadata", ())
    for part in get_args(annotation):
        yield from _iterate_constraints(part)


def _format_bounds(bounds: Mapping[str, Any]) -> str:
    if {"ge", "le"} <= bounds.keys():
        return f"from {bounds['ge']} to {bounds['le']}"
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return " and ".join(f"{words[n]} {bounds[n]}" for n in _BOUNDS if n in bounds)


S = TypeVar("S", bound=BaseModel)

NOT_WRITTEN: JsonDict = {"readOnly": True}
"""Marks a field that the file does not give."""

_TYPE_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "string": "text",
    "bool": "true or false",
    "tuple": "a list",
    "list": "a list",
    "set": "a list",
    "frozen": "a list",
    "dict": "a mapping of settings",
    "model": "a mapping of settings",
    "dataclass": "a mapping of settings",
    "date": "a date",
}
_RANGES = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


def fill_model(
    kind: type[S], data: Mapping[str, Any], source: YamlSource, key_path: KeyPath
) -> S | None:
    """The `kind` that `data` describes, or None with its problems noted in `source`."""
    try:
        return kind.model_validate_json(json.dumps(data))
    except ValidationError as error:
        errors = error.errors(include_url=False)
    except StudyError as error:
        for problem in error.problems:
            source.note_problem(
                None,
                source.find_key_place(key_path),
                f"{format_key_path(key_path)}: {_clean_message(problem)}",
            )
        return None
    wanted: dict[KeyPath, list[str]] = {}
    for found in _select_errors([_ValidationError(found, data) for found in errors]):
        full = (*key_path, *found.way)
        if full not in source.refused:
            _note_error(kind, found, full, wanted, source)
    for full, words in wanted.items():
        value = _find_value(data, full[len(key_path) :])
        text = f"{format_key_path(full)} must be {' or '.join(dict.fromkeys(words))}"
        source.note_problem(
            None,
            source.find_value_place(full),
            f"{text}, got {format_yaml_value(value)}{_format_hint(words, value)}",
        )
    return None


class _ValidationError:
    """One error, its way in the data (without the labels of a union's branches)."""

    def __init__(self, error: ErrorDetails, data: object) -> None:
        self.kind: str = error["type"]
        self.context: dict[str, Any] = error.get("ctx", {})
        self.message: str = error["msg"]
        self.way: KeyPath = ()
        self.branched = False
        node: Any = data
        for step in error["loc"]:
            inside = isinstance(node, dict) and step in node
            if inside or (isinstance(node, list) and isinstance(step, int)):
                node = node[step]
                self.way = (*self.way, step)
            elif self.kind != "missing" or step != error["loc"][-1]:
                self.branched = True
        self.value: object = node
        self.missing = str(error["loc"][-1]) if self.kind == "missing" else ""


def _select_errors(found: list[_ValidationError]) -> list[_ValidationError]:
    """Errors of the branch of a union that came furthest."""
    above = {one.way[:n] for one in found if one.branched for n in range(len(one.way))}
    return [one for one in found if not (one.branched and one.way in above)]


def _note_error(
    kind: type[BaseModel],
    found: _ValidationError,
    key_path: KeyPath,
    wanted: dict[KeyPath, list[str]],
    source: YamlSource,
) -> None:
    """Note one error; wrong types wait in `wanted`, to become one sentence a value."""
    if found.missing:
        text = f"{format_key_path((*key_path, found.missing))} is required"
        source.note_problem(None, source.find_key_place(key_path), text)
    elif found.kind == "extra_forbidden":
        known = _list_settings(kind, found.way[:-1])
        text = (
            f"unknown key {quote_text(key_path[-1])}; "
            f"{suggest_nearest(str(key_path[-1]), known)}"
        )
        source.note_problem(key_path, source.find_key_place(key_path), text)
    elif found.kind == "literal_error":
        wanted.setdefault(key_path, []).append(
            _format_choices(found.context["expected"])
        )
    elif found.kind in _RANGES:
        text = (
            f"{format_key_path(key_path)} must be "
            f"{format_allowed_range(kind, found.way, found.context)}"
        )
        source.note_problem(
            None,
            source.find_value_place(key_path),
            f"{text}, got {format_yaml_value(found.value)}",
        )
    elif word := _find_expected_type(found.kind):
        wanted.setdefault(key_path, []).append(word)
    else:
        place = (
            source.find_key_place(key_path)
            if isinstance(found.value, dict)
            else source.find_value_place(key_path)
        )
        source.note_problem(
            None, place, f"{format_key_path(key_path)}{_format_error(found)}"
        )


def _find_expected_type(kind: str) -> str:
    """What a value of the wrong type must be, or "" for other errors."""
    is_type = kind.endswith(("_type", "_parsing", "_from_float", "_number"))
    return _TYPE_NAMES.get(kind.partition("_")[0], "") if is_type else ""


def _format_error(found: _ValidationError) -> str:
    """Other errors: what a spec's own check says, or the validator's words."""
    size = {
        "too_short": "must have at least {min_length} items, got {actual_length}",
        "too_long": "must have at most {max_length} items, got {actual_length}",
        "string_too_short": "must have at least {min_length} characters",
        "string_too_long": "must have at most {max_length} characters",
        "string_pattern_mismatch": "must match {pattern}",
    }.get(found.kind)
    if size:
        text = size.format(**found.context)
        return (
            f" {text}"
            if "got" in text
            else f" {text}, got {format_yaml_value(found.value)}"
        )
    text = str(found.context.get("error", found.message))
    return (
        f" {_clean_message(text)}"
        if text.startswith("must ")
        else f": {_clean_message(text)}"
    )


def _clean_message(text: str) -> str:
    """Foreign words on one line, bounded, without credentials or control characters."""
    return quote_text(redact_secrets(text), 200)[1:-1]


def _format_choices(expected: str) -> str:
    """`'best' or 'last'` as "best, last"."""
    names = re.findall(r"'([^']*)'", expected)
    return (
        f"one of {', '.join(names)}"
        if len(names) > 1
        else quote_text(*(names or [expected]))
    )


def _list_settings(kind: type[BaseModel], key_path: KeyPath) -> set[str]:
    """Names of the settings that a file may give at `way` below `kind`."""
    kinds = {kind}
    for step in key_path:
        if isinstance(step, str):
            fields = [
                one.model_fields[step] for one in kinds if step in one.model_fields
            ]
            kinds = {
                m for field in fields for m in _find_models(field.annotation)
            } or kinds
    return {
        name
        for one in kinds
        for name, field in one.model_fields.items()
        if field.json_schema_extra != NOT_WRITTEN
    }


def _find_models(annotation: object) -> set[type[BaseModel]]:
    """Models anywhere in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {
        m for part in getattr(annotation, "__args__", ()) for m in _find_models(part)
    }


def _find_value(data: object, key_path: KeyPath) -> object:
    node: Any = data
    for step in key_path:
        node = node[step]
    return node


def format_yaml_value(value: object) -> str:
    """A value of a file as a message names it."""
    if isinstance(value, str):
        return f"text {quote_text(redact_secrets(value))}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int | float):
        return str(value)
    return "a list" if isinstance(value, list) else "a mapping"


def _format_hint(wanted: list[str], value: object) -> str:
    """What to do about a value of the wrong type, where that is plain."""
    if "text" in wanted and isinstance(value, bool | int | float):
        return f'; quote it: "{format_yaml_value(value)}"'
    if wanted == ["a list"] and isinstance(value, str | int | float):
        return "; put it in brackets: […]"
    if isinstance(value, str) and any("number" in word for word in wanted):
        return "; remove the quotes" if re.fullmatch(r"-?\d+(\.\d+)?", value) else ""
    return ""
