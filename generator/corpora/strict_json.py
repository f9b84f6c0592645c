"""JSON as its standard has it: no NaN, no key twice, nothing too deep."""

from __future__ import annotations

import json

from generator.errors import CorpusError, quoted
from generator.files import strict_json


def parse(text: str, place: str) -> object:
    """The value of a JSON text. Raises `CorpusError` with line and column."""
    try:
        return strict_json(text)
    except json.JSONDecodeError as error:
        raise CorpusError(
            f"{quoted(place)}:{error.lineno}:{error.colno}: not valid JSON "
            f"({error.msg}); expected one JSON value; mend the file"
        ) from error
    except ValueError as error:
        raise CorpusError(
            f"{quoted(place)}: not valid JSON ({error}); mend the file"
        ) from error


def parse_line(text: str, place: str, number: int) -> object:
    """The value of line `number` of JSON Lines. Raises `CorpusError`."""
    try:
        return strict_json(text)
    except ValueError as error:
        raise CorpusError(
            f"{quoted(place)}:{number}: not valid JSON ({error}); expected one JSON "
            "object on the line; mend it"
        ) from error
