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

from generator.core.errors import StudyError, nearest, quoted
from generator.study.yaml.source import Source, Way, dotted, redacted

_BOUNDS = ("ge", "gt", "le", "lt")


def allowed(kind: type[BaseModel], way: Way, broken: Mapping[str, Any]) -> str:
    """The whole range of the setting at `way` of `kind`: "from 1 to 100".

    `broken` is the bound that a value broke; it alone is told where the setting has no
    range of its own, as in a nested list of another kind.
    """
    field = kind.model_fields.get(str(way[0])) if way else None
    bounds: dict[str, Any] = {}
    if field is not None:
        for constraint in (*field.metadata, *_constraints(field.annotation)):
            for name in _BOUNDS:
                if getattr(constraint, name, None) is not None:
                    bounds.setdefault(name, getattr(constraint, name))
    known = all(bounds.get(name) == value for name, value in broken.items())
    return _words(bounds if known else broken)


def _constraints(annotation: object) -> Iterator[object]:
    """Constraints anywhere in an annotation."""
    for extra in getattr(annotation, "__metadata__", ()):
        yield extra
        yield from getattr(extra, "metadata", ())
    for part in get_args(annotation):
        yield from _constraints(part)


def _words(bounds: Mapping[str, Any]) -> str:
    if {"ge", "le"} <= bounds.keys():
        return f"from {bounds['ge']} to {bounds['le']}"
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return " and ".join(f"{words[n]} {bounds[n]}" for n in _BOUNDS if n in bounds)


S = TypeVar("S", bound=BaseModel)

NOT_WRITTEN: JsonDict = {"readOnly": True}
"""Marks a field that the file does not give."""

_WANTED = {
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


def fill(kind: type[S], data: Mapping[str, Any], source: Source, way: Way) -> S | None:
    """The `kind` that `data` describes, or None with its problems noted in `source`."""
    try:
        return kind.model_validate_json(json.dumps(data))
    except ValidationError as error:
        errors = error.errors(include_url=False)
    except StudyError as error:
        for problem in error.problems:
            source.note(None, source.key(way), f"{dotted(way)}: {_clean(problem)}")
        return None
    wanted: dict[Way, list[str]] = {}
    for found in _kept([_Found(found, data) for found in errors]):
        full = (*way, *found.way)
        if full not in source.refused:
            _note(kind, found, full, wanted, source)
    for full, words in wanted.items():
        value = _reach(data, full[len(way) :])
        text = f"{dotted(full)} must be {' or '.join(dict.fromkeys(words))}"
        source.note(
            None, source.value(full), f"{text}, got {shown(value)}{_hint(words, value)}"
        )
    return None


class _Found:
    """One error, its way in the data (without the labels of a union's branches)."""

    def __init__(self, error: ErrorDetails, data: object) -> None:
        self.kind: str = error["type"]
        self.context: dict[str, Any] = error.get("ctx", {})
        self.message: str = error["msg"]
        self.way: Way = ()
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


def _kept(found: list[_Found]) -> list[_Found]:
    """Errors of the branch of a union that came furthest."""
    above = {one.way[:n] for one in found if one.branched for n in range(len(one.way))}
    return [one for one in found if not (one.branched and one.way in above)]


def _note(
    kind: type[BaseModel],
    found: _Found,
    way: Way,
    wanted: dict[Way, list[str]],
    source: Source,
) -> None:
    """Note one error; wrong types wait in `wanted`, to become one sentence a value."""
    if found.missing:
        text = f"{dotted((*way, found.missing))} is required"
        source.note(None, source.key(way), text)
    elif found.kind == "extra_forbidden":
        known = _settings(kind, found.way[:-1])
        text = f"unknown key {quoted(way[-1])}; {nearest(str(way[-1]), known)}"
        source.note(way, source.key(way), text)
    elif found.kind == "literal_error":
        wanted.setdefault(way, []).append(_choices(found.context["expected"]))
    elif found.kind in _RANGES:
        text = f"{dotted(way)} must be {allowed(kind, found.way, found.context)}"
        source.note(None, source.value(way), f"{text}, got {shown(found.value)}")
    elif word := _wanted(found.kind):
        wanted.setdefault(way, []).append(word)
    else:
        place = source.key(way) if isinstance(found.value, dict) else source.value(way)
        source.note(None, place, f"{dotted(way)}{_sentence(found)}")


def _wanted(kind: str) -> str:
    """What a value of the wrong type must be, or "" for other errors."""
    is_type = kind.endswith(("_type", "_parsing", "_from_float", "_number"))
    return _WANTED.get(kind.partition("_")[0], "") if is_type else ""


def _sentence(found: _Found) -> str:
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
        return f" {text}" if "got" in text else f" {text}, got {shown(found.value)}"
    text = str(found.context.get("error", found.message))
    return f" {_clean(text)}" if text.startswith("must ") else f": {_clean(text)}"


def _clean(text: str) -> str:
    """Foreign words on one line, bounded, without credentials or control characters."""
    return quoted(redacted(text), 200)[1:-1]


def _choices(expected: str) -> str:
    """`'best' or 'last'` as "best, last"."""
    names = re.findall(r"'([^']*)'", expected)
    return (
        f"one of {', '.join(names)}"
        if len(names) > 1
        else quoted(*(names or [expected]))
    )


def _settings(kind: type[BaseModel], way: Way) -> set[str]:
    """Names of the settings that a file may give at `way` below `kind`."""
    kinds = {kind}
    for step in way:
        if isinstance(step, str):
            fields = [
                one.model_fields[step] for one in kinds if step in one.model_fields
            ]
            kinds = {m for field in fields for m in _models(field.annotation)} or kinds
    return {
        name
        for one in kinds
        for name, field in one.model_fields.items()
        if field.json_schema_extra != NOT_WRITTEN
    }


def _models(annotation: object) -> set[type[BaseModel]]:
    """Models anywhere in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {m for part in getattr(annotation, "__args__", ()) for m in _models(part)}


def _reach(data: object, way: Way) -> object:
    node: Any = data
    for step in way:
        node = node[step]
    return node


def shown(value: object) -> str:
    """A value of a file as a message names it."""
    if isinstance(value, str):
        return f"text {quoted(redacted(value))}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int | float):
        return str(value)
    return "a list" if isinstance(value, list) else "a mapping"


def _hint(wanted: list[str], value: object) -> str:
    """What to do about a value of the wrong type, where that is plain."""
    if "text" in wanted and isinstance(value, bool | int | float):
        return f'; quote it: "{shown(value)}"'
    if wanted == ["a list"] and isinstance(value, str | int | float):
        return "; put it in brackets: […]"
    if isinstance(value, str) and any("number" in word for word in wanted):
        return "; remove the quotes" if re.fullmatch(r"-?\d+(\.\d+)?", value) else ""
    return ""
