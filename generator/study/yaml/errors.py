"""Sentences at places of a file for a validator's errors.

A spec is validated as JSON is, so that a YAML list fills a tuple, and nothing is
converted by guess: text is never read as a number, a number never as text. Each error
names the setting, what it must be (of a number, its whole range), what was found and
what to do. Values are shown short, escaped, and without what looks like a credential.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.config import JsonDict
from pydantic_core import ErrorDetails

from generator.core.edits import TextEdit
from generator.core.errors import StudyError, quote_text, suggest_nearest
from generator.models import MODELS
from generator.models.base import ModelSpec
from generator.study.yaml.source import (
    KeyPath,
    Place,
    YamlSource,
    format_key_path,
    redact_secrets,
)

_BOUNDS = ("ge", "gt", "le", "lt")


def format_allowed_range(
    kind: type[BaseModel], key_path: KeyPath, broken: Mapping[str, Any]
) -> str:
    """Return the range of a setting in words, such as "from 1 to 100".

    Args:
        kind: The spec.
        key_path: Path of the setting below the spec.
        broken: The bound that a value broke; it stands alone where the setting has no
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
    """Yield constraints anywhere in an annotation."""
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
    "date": "a date, YYYY-MM-DD",
}
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_RANGES = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


def fill_model(
    kind: type[S], data: Mapping[str, Any], source: YamlSource, key_path: KeyPath
) -> S | None:
    """Return the spec that data describes, or None with its problems noted.

    Args:
        kind: The spec's class.
        data: Its settings, as plain data.
        source: The file they are from; problems are noted in it.
        key_path: Path of the settings in the file.
    """
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
    failures = _select_errors([_ValidationError(failure, data) for failure in errors])
    misspelt = {f.key_path for f in failures if f.kind == "extra_forbidden"}
    for failure in failures:
        if failure.missing and _is_misspelt(failure, misspelt):
            continue  # the unknown key is told, and what it should be
        full = (*key_path, *failure.key_path)
        if full not in source.refused:
            _note_error(kind, failure, full, wanted, source)
    for full, words in wanted.items():
        value = _find_value(data, full[len(key_path) :])
        text = f"{format_key_path(full)} must be {' or '.join(dict.fromkeys(words))}"
        place = source.find_value_place(full)
        edit = _make_value_edit(source, place, words, value)
        text = f"{text}, got {format_yaml_value(value)}"
        text += _format_hint(words, value, edit.new if edit else "")
        source.note_problem(None, place, text, edit)
    return None


def _is_misspelt(missing: _ValidationError, unknown: Collection[KeyPath]) -> bool:
    """Return whether a setting that is missing stands there under a wrong name."""
    beside = [str(path[-1]) for path in unknown if path[:-1] == missing.key_path]
    return bool(get_close_matches(missing.missing, beside))


def _make_value_edit(
    source: YamlSource, place: Place, wanted: list[str], value: object
) -> TextEdit | None:
    """Return the edit of a value of the wrong type, None where that is not plain."""
    line = source.read_from(place)
    if "text" in wanted and isinstance(value, bool | int | float):
        written = re.match(r"[^\s,\]}#]+", line)
        return written and source.make_edit(place, written[0], f'"{written[0]}"')
    if wanted == ["a list"] and isinstance(value, str | int | float):
        written = re.match(r"\"[^\"]*\"|'[^']*'|[^\s,\]}\[{#]+", line)
        return written and source.make_edit(place, written[0], f"[{written[0]}]")
    if not isinstance(value, str):
        return None
    if any("number" in word for word in wanted):
        number, hint = _find_number(value)
        quotes = re.match(r"\"[^\"]*\"|'[^']*'", line)
        if not number or _ALONE in hint:
            return None
        return source.make_edit(place, quotes[0] if quotes else value, number)
    choices = [one for word in wanted for one in _list_choices(word)]
    return source.make_renaming(place, value, choices)


_ALONE = "write the number alone"


def _find_number(text: str) -> tuple[str, str]:
    """Return the number that a text was meant as, and what to do; "" where none is."""
    if _DECIMAL.fullmatch(text):
        return text, "remove the quotes"
    bare = text.strip("“”„‟«»‘’‚")
    if bare != text and _DECIMAL.fullmatch(bare):
        return bare, "remove the curly quotes"
    if re.fullmatch(r"-?\d+,\d+", text):
        return text.replace(",", "."), f"write a point: {text.replace(',', '.')}"
    if found := re.match(r"(-?\d+(?:\.\d+)?)\s*(?:%|[^\W\d_]+\b)", text):
        return found[1], f"{_ALONE}, such as {found[1]}"
    return "", ""


def _list_choices(word: str) -> list[str]:
    """Return the words that a sentence of `_format_choices` lists."""
    listed = word.removeprefix("one of ")
    return listed.split(", ") if listed != word else []


class _ValidationError:
    """One error of the validator, and its path in the data.

    The labels of a union's branches are left out of that path.
    """

    def __init__(self, error: ErrorDetails, data: object) -> None:
        self.kind: str = error["type"]
        self.context: dict[str, Any] = error.get("ctx", {})
        self.message: str = error["msg"]
        self.key_path: KeyPath = ()
        self.branched = False
        node: Any = data
        for step in error["loc"]:
            inside = isinstance(node, dict) and step in node
            if inside or (isinstance(node, list) and isinstance(step, int)):
                node = node[step]
                self.key_path = (*self.key_path, step)
            elif self.kind != "missing" or step != error["loc"][-1]:
                self.branched = True
        self.value: object = node
        self.missing = str(error["loc"][-1]) if self.kind == "missing" else ""


def _select_errors(errors: list[_ValidationError]) -> list[_ValidationError]:
    """Return the errors of the branch of a union that came furthest."""
    above = {
        one.key_path[:n]
        for one in errors
        if one.branched
        for n in range(len(one.key_path))
    }
    return [one for one in errors if not (one.branched and one.key_path in above)]


def _note_error(
    kind: type[BaseModel],
    error: _ValidationError,
    key_path: KeyPath,
    wanted: dict[KeyPath, list[str]],
    source: YamlSource,
) -> None:
    """Note one error; wrong types wait in `wanted`, to become one sentence a value."""
    if error.missing:
        text = f"{format_key_path((*key_path, error.missing))} is required"
        source.note_problem(None, source.find_key_place(key_path), text)
    elif error.kind == "extra_forbidden":
        name = str(key_path[-1])
        known = _list_settings(kind, error.key_path[:-1])
        hint = _name_models_with(kind, name) or suggest_nearest(name, known)
        place = source.find_key_place(key_path)
        edit = source.make_renaming(place, name, known)
        text = f"unknown key {quote_text(name)}; {hint}"
        source.note_problem(key_path, place, text, edit)
    elif error.kind == "literal_error":
        wanted.setdefault(key_path, []).append(
            _format_choices(error.context["expected"])
        )
    elif error.kind in _RANGES:
        text = (
            f"{format_key_path(key_path)} must be "
            f"{format_allowed_range(kind, error.key_path, error.context)}"
        )
        source.note_problem(
            None,
            source.find_value_place(key_path),
            f"{text}, got {format_yaml_value(error.value)}",
        )
    elif word := _find_expected_type(error.kind):
        wanted.setdefault(key_path, []).append(word)
    else:
        place = (
            source.find_key_place(key_path)
            if isinstance(error.value, dict)
            else source.find_value_place(key_path)
        )
        source.note_problem(
            None, place, f"{format_key_path(key_path)}{_format_error(error)}"
        )


def _name_models_with(kind: type[BaseModel], setting: str) -> str:
    """Return which other kinds of model have a setting, "" where none has."""
    if not issubclass(kind, ModelSpec):
        return ""
    having = [word for word in sorted(MODELS) if setting in MODELS[word].model_fields]
    return f"models that have it: {', '.join(having)}" if having else ""


def _find_expected_type(kind: str) -> str:
    """Return what a value of the wrong type must be, or "" for other errors."""
    is_type = kind.endswith(("_type", "_parsing", "_from_float", "_number"))
    return _TYPE_NAMES.get(kind.partition("_")[0], "") if is_type else ""


def _format_error(error: _ValidationError) -> str:
    """Return other errors: a message of the spec's own check, or the validator's."""
    size = {
        "too_short": "must have at least {min_length} items, got {actual_length}",
        "too_long": "must have at most {max_length} items, got {actual_length}",
        "string_too_short": "must have at least {min_length} characters",
        "string_too_long": "must have at most {max_length} characters",
        "string_pattern_mismatch": "must match {pattern}",
    }.get(error.kind)
    if size:
        text = size.format(**error.context)
        return (
            f" {text}"
            if "got" in text
            else f" {text}, got {format_yaml_value(error.value)}"
        )
    text = str(error.context.get("error", error.message))
    return (
        f" {_clean_message(text)}"
        if text.startswith("must ")
        else f": {_clean_message(text)}"
    )


def _clean_message(text: str) -> str:
    """Return foreign text on one line, bounded, escaped and without credentials."""
    return quote_text(redact_secrets(text), 200)[1:-1]


def _format_choices(expected: str) -> str:
    """Return `'best' or 'last'` as "best, last"."""
    names = re.findall(r"'([^']*)'", expected)
    return (
        f"one of {', '.join(names)}"
        if len(names) > 1
        else quote_text(*(names or [expected]))
    )


def _list_settings(kind: type[BaseModel], key_path: KeyPath) -> set[str]:
    """Return the settings that a file may give at a path below a spec."""
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
        field.alias or name
        for one in kinds
        for name, field in one.model_fields.items()
        if field.json_schema_extra != NOT_WRITTEN
    }


def _find_models(annotation: object) -> set[type[BaseModel]]:
    """Return the models anywhere in an annotation."""
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
    """Return a value of a file as a message names it.

    Args:
        value: Plain data.
    """
    if isinstance(value, str):
        return f"text {quote_text(redact_secrets(value))}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int | float):
        return str(value)
    return "a list" if isinstance(value, list) else "a mapping"


def _format_hint(wanted: list[str], value: object, new: str) -> str:
    """Return what to do about a value of the wrong type, "" where that is not plain.

    `new` is what should be written instead, "" where that is not known.
    """
    if "text" in wanted and isinstance(value, bool | int | float):
        # 1e3 and 1.50 are not what they are printed as.
        return f"; quote it: {new}" if new else "; put it in quotes, as it is written"
    if wanted == ["a list"] and isinstance(value, str | int | float):
        return f"; put it in brackets: {new or '[…]'}"
    if new and "one of" in wanted[0]:
        return f"; did you mean {quote_text(new)}?"
    if isinstance(value, str) and any("number" in word for word in wanted):
        plain, hint = _find_number(value)
        return f"; {hint}" if plain else ""
    return ""
