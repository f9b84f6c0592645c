"""JSON as its standard has it: no NaN, no key twice, nothing too deep."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from generator.errors import CorpusError, quoted


def parse(text: str, place: str) -> object:
    """The value of a JSON text. Raises `CorpusError` with line and column."""
    try:
        return json.loads(
            text, parse_constant=no_constant, object_pairs_hook=without_repeats
        )
    except json.JSONDecodeError as error:
        raise CorpusError(
            f"{quoted(place)}:{error.lineno}:{error.colno}: not valid JSON "
            f"({error.msg}); expected one JSON value; mend the file"
        ) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise CorpusError(
            f"{quoted(place)}: not valid JSON ({reason}); mend the file"
        ) from error


def no_constant(name: str) -> NoReturn:
    """Refuse NaN and the infinities."""
    raise ValueError(f"{name} is no JSON number")


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, unless it has a key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {quoted(twice)} twice in one object")
    return found


def parse_line(text: str, place: str, number: int) -> object:
    """The value of line `number` of JSON Lines. Raises `CorpusError`."""
    try:
        return json.loads(
            text, parse_constant=no_constant, object_pairs_hook=without_repeats
        )
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise CorpusError(
            f"{quoted(place)}:{number}: not valid JSON ({reason}); expected one JSON "
            "object on the line; mend it"
        ) from error
