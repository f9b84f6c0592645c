"""Reading one YAML file safely, with the line and column of everything in it.

The file is taken as a stream of events and never trusted: its size, its bytes, its
depth and its number of nodes are bounded before a value is made. What YAML offers
beyond plain data (aliases, anchors, merge keys, tags, directives, a second document) is
refused where it stands. Plain words are read as YAML 1.2 does, see `scalars`.
Nothing recurses deeper than that, so no nesting can end the process.

A mistake that leaves the rest readable (a duplicate key, an ambiguous number) is noted
in `Source.problems`; one that does not ends the reading as a `ConfigError`.

A file that was read without a mistake, as it is kept until the next reading.

Reading YAML with the place of every word takes some 30 ms a study, the same each time.
What is kept is plain JSON: the data and, as JSON in it, the places, which are read when
one is asked for, that is, when something is wrong.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from generator.core.cache import Cache, compute_program_key
from generator.core.errors import ConfigError
from generator.core.files import hash_parts
from generator.study.yaml.source import (
    LIMITS,
    FileLimits,
    KeyPath,
    Place,
    Problem,
    UnreadableYamlError,
    YamlSource,
    decode_yaml,
    format_pointer,
    read_limited_file,
    refuse_misreadable,
)


def encode_source(source: YamlSource) -> bytes:
    """What `source` holds."""
    places = [list(by.items()) for by in (source.keys, source.values)]
    return json.dumps([source.data, json.dumps(places)]).encode()


def restore_source(source: YamlSource, kept: bytes | None) -> bool:
    """Fill an empty `source` with what was kept of it; whether there was anything."""
    if kept is None:
        return False
    data, places = json.loads(kept)
    source.data.update(data)

    def fill() -> None:
        keys, values = json.loads(places)
        _restore_places(source.keys, keys)
        _restore_places(source.values, values)

    source.unread = fill
    return True


def _restore_places(
    by: dict[KeyPath, Place], pairs: list[tuple[list[str | int], list[int]]]
) -> None:
    by |= {tuple(way): (place[0], place[1]) for way, place in pairs}


def read_yaml(
    path: Path, name: str, limits: FileLimits = LIMITS, kept: Cache | None = None
) -> YamlSource:
    """The file at `path`, called `name` in messages.

    What a file without a mistake holds is read from `kept` where it was read before.
    Raises `ConfigError` for a file that cannot be read to its end as one mapping.
    """
    source = YamlSource(name, {})
    text = decode_yaml(read_limited_file(path, name, limits.size), name)
    key = (
        hash_parts("yaml", compute_program_key(), asdict(limits), text) if kept else ""
    )
    if kept and restore_source(source, kept.get(key)):
        return source
    # Slow to import, and not needed for what was read before.
    from generator.study.yaml.parser import TreeBuilder, parse_events  # noqa: PLC0415

    try:
        refuse_misreadable(text)
        TreeBuilder(source, limits, parse_events(text)).fill_source()
    except UnreadableYamlError as stopped:
        line, column = stopped.place
        shown = f"{stopped}{format_pointer(text, line, column)}"
        source.problems.append(Problem(stopped.place, shown))
        raise ConfigError(*source.format_messages()) from None
    if kept and not source.problems:
        kept.put(key, encode_source(source))
    return source
