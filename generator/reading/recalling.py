"""A file that was read without a mistake, as it is kept until the next reading.

Reading YAML with the place of every word takes some 30 ms a study, the same each time.
What is kept is plain JSON: the data and, as JSON in it, the places, which are read when
one is asked for, that is, when something is wrong.
"""

from __future__ import annotations

import json

from generator.reading.source import Source, Way
from generator.reading.text import Place


def told(source: Source) -> bytes:
    """What `source` holds."""
    places = [list(by.items()) for by in (source.keys, source.values)]
    return json.dumps([source.data, json.dumps(places)]).encode()


def recalled(source: Source, kept: bytes | None) -> bool:
    """Fill an empty `source` with what was kept of it; whether there was anything."""
    if kept is None:
        return False
    data, places = json.loads(kept)
    source.data.update(data)

    def fill() -> None:
        keys, values = json.loads(places)
        _fill(source.keys, keys)
        _fill(source.values, values)

    source.unread = fill
    return True


def _fill(by: dict[Way, Place], pairs: list[tuple[list[str | int], list[int]]]) -> None:
    by |= {tuple(way): (place[0], place[1]) for way, place in pairs}
