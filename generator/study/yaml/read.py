"""Safe reading of one YAML file, with the line and column of everything in it.

The file is taken as a stream of events and never trusted: its size, its bytes, its
depth and its number of nodes are bounded before a value is made, so that no nesting can
end the process. What YAML offers beyond plain data (aliases, anchors, merge keys, tags,
directives, a second document) is refused where it stands.

A mistake that leaves the rest readable (a duplicate key, an ambiguous number) is noted
in `YamlSource.problems`; one that does not ends the reading as a `ConfigError`.

A file without a mistake is cached, as reading YAML with the place of every word takes
some 30 ms a study. The entry is plain JSON: the data and, as JSON in it, the places,
which are parsed only when one is needed, that is, when something is wrong.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from generator.core.cache import Cache, compute_program_key
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
    """Return the cache entry of a file that was read without a mistake.

    Args:
        source: The file.
    """
    places = [list(by.items()) for by in (source.keys, source.values)]
    return json.dumps([source.data, json.dumps(places)]).encode()


def restore_source(name: str, entry: bytes) -> YamlSource:
    """Return a file from its cache entry.

    Args:
        name: The file's name in messages.
        entry: What `encode_source` gave.

    Raises:
        ValueError: The entry is something else.
        TypeError: The entry is something else.
    """
    data, places = json.loads(entry)
    if not (isinstance(data, dict) and isinstance(places, str)):
        raise TypeError("not a file's data and its places")
    source = YamlSource(name, data)

    def fill() -> None:
        keys, values = json.loads(places)
        _restore_places(source.keys, keys)
        _restore_places(source.values, values)

    source.unread = fill
    return source


def _restore_places(
    by: dict[KeyPath, Place], pairs: list[tuple[list[str | int], list[int]]]
) -> None:
    by |= {tuple(path): (place[0], place[1]) for path, place in pairs}


def read_yaml(
    path: Path, name: str, limits: FileLimits = LIMITS, kept: Cache | None = None
) -> YamlSource:
    """Return a YAML file as data with places.

    Args:
        path: The file.
        name: Its name in messages.
        limits: How large it may be.
        kept: Where parsed files are cached; None to parse every time.

    Raises:
        ConfigError: The file cannot be read to its end as one mapping.
    """
    text = decode_yaml(read_limited_file(path, name, limits.size), name)
    key = (
        hash_parts("yaml", compute_program_key(), asdict(limits), text) if kept else ""
    )
    if kept and (known := kept.recall(key, lambda data: restore_source(name, data))):
        known.text = text
        return known
    source = parse_yaml(text, name, limits)
    if kept and not source.problems:
        kept.put(key, encode_source(source))
    return source


def parse_yaml(text: str, name: str, limits: FileLimits = LIMITS) -> YamlSource:
    """Return YAML text as data with places.

    Args:
        text: The text.
        name: Its name in messages.
        limits: How large it may be.

    Raises:
        ConfigError: The text cannot be read to its end as one mapping.
    """
    source = YamlSource(name, {})
    source.text = text
    # Slow to import, and not needed for what was read before.
    from generator.study.yaml.parser import TreeBuilder, parse_events  # noqa: PLC0415

    try:
        refuse_misreadable(text)
        TreeBuilder(source, limits, parse_events(text)).fill_source()
    except UnreadableYamlError as stopped:
        line, column = stopped.place
        shown = f"{stopped}{format_pointer(text, line, column)}"
        edit = stopped.edit and source.make_edit(*stopped.edit)
        source.problems.append(Problem(stopped.place, shown, edit))
        raise source.make_error() from None
    return source
