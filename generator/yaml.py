"""Reading one YAML file safely, with the line and column of everything in it.

The file is taken as a stream of events and never trusted: its size, its bytes, its
depth and its number of nodes are bounded before a value is made. What YAML offers
beyond plain data (aliases, anchors, merge keys, tags, directives, a second document) is
refused where it stands. Plain words are read as YAML 1.2 does, see `yaml_scalars`.
Nothing recurses, so no nesting can end the process.

A mistake that leaves the rest readable (a duplicate key, an ambiguous number) is noted
in `Source.problems`; one that does not ends the reading as a `ConfigError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from generator.errors import ConfigError, quoted
from generator.yaml_scalars import RefusedError, plain
from generator.yaml_text import (
    Place,
    StoppedError,
    contents,
    decoded,
    guard,
    pointer,
    too_high,
)
from generator.yaml_words import explained

Way = tuple[str | int, ...]
"""Keys and indices from the top of a file to one value."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be: bytes, levels of nesting, keys and values."""

    size: int = 1_000_000
    depth: int = 20
    nodes: int = 10_000


LIMITS = Limits()
MOST = 40
"""Problems of one file that are listed."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake and where it is."""

    place: Place
    text: str


@dataclass
class Source:
    """A file that was read: its data, and where each part of it stands.

    `keys` and `values` give the place of a key and of its value; `refused` holds the
    ways whose value is already among the `problems`, so that it is not judged twice.
    """

    name: str
    data: dict[str, Any]
    keys: dict[Way, Place] = field(default_factory=dict)
    values: dict[Way, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: set[Way] = field(default_factory=set)

    def key(self, way: Way) -> Place:
        """Where the key at `way` is, or the nearest thing above it."""
        while way and way not in self.keys and way not in self.values:
            way = way[:-1]
        return self.keys.get(way) or self.values.get(way, (1, 1))

    def value(self, way: Way) -> Place:
        """Where the value at `way` is, or the nearest thing above it."""
        return self.values[way] if way in self.values else self.key(way)

    def note(self, way: Way | None, place: Place, text: str) -> None:
        """Remember a problem, and that the value at `way` is not to be judged again."""
        self.problems.append(Problem(place, text))
        if way is not None:
            self.refused.add(way)

    def messages(self) -> tuple[str, ...]:
        """All problems as `file:line:column: text`, in the order of the file."""
        found = sorted(set(self.problems))
        lines = [f"{self.name}:{p.place[0]}:{p.place[1]}: {p.text}" for p in found]
        if len(lines) > MOST:
            lines[MOST:] = [f"{self.name}: and {len(lines) - MOST} more problems"]
        return tuple(lines)


def read(path: Path, name: str, limits: Limits = LIMITS) -> Source:
    """The file at `path`, called `name` in messages.

    Raises `ConfigError` for a file that cannot be read to its end as one mapping.
    """
    source = Source(name, {})
    text = decoded(contents(path, name, limits.size), name)
    try:
        guard(text)
        _Builder(source, limits).build(_events(text))
    except StoppedError as stopped:
        line, column = stopped.place
        shown = f"{stopped}{pointer(text, line, column)}"
        source.problems.append(Problem(stopped.place, shown))
        raise ConfigError(*source.messages()) from None
    return source


def _events(text: str) -> Iterator[Any]:
    """Events of the file, one at a time; a mistake of syntax is a `StoppedError`."""
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        message, mark = explained(error, text)
        raise StoppedError(message, (mark.line + 1, mark.column + 1)) from None
    except (ValueError, OverflowError):
        raise StoppedError("not a valid character", too_high(text)) from None
    except YAMLError:
        raise StoppedError("not YAML", (1, 1)) from None


@dataclass
class _Frame:
    """A mapping or list under way; `key` waits for its value."""

    node: Any
    way: Way
    key: str | None = None


class _Builder:
    """Makes a tree of the events, a stack of frames instead of recursion."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source, self.limits = source, limits
        self.stack: list[_Frame] = []
        self.nodes = self.documents = 0

    def build(self, stream: Iterable[Any]) -> None:
        """Fill the source. Raises `StoppedError`."""
        for event in stream:
            place = event.start_mark.line + 1, event.start_mark.column + 1
            if isinstance(event, events.DocumentStartEvent):
                self._document(event, place)
            elif isinstance(event, events.NodeEvent):
                self._node(event, place)
            elif isinstance(event, events.CollectionEndEvent):
                self.stack.pop()
        if not self.documents:
            raise StoppedError(
                "expected a mapping of settings, found an empty file", (1, 1)
            )

    def _document(self, event: events.DocumentStartEvent, place: Place) -> None:
        self.documents += 1
        if self.documents > 1:
            raise StoppedError(
                "a second document begins here; one study per file", place
            )
        if event.version or event.tags:
            raise StoppedError("directives (%) are not allowed; remove the line", place)

    def _node(self, event: events.NodeEvent, place: Place) -> None:
        self.nodes += 1
        self._allowed(event, place)
        frame = self.stack[-1] if self.stack else None
        if frame is None and not isinstance(event, events.MappingStartEvent):
            raise StoppedError("expected a mapping of settings (key: value)", place)
        if frame and isinstance(frame.node, dict) and frame.key is None:
            frame.key = self._key(frame, event, place)
        elif isinstance(event, events.CollectionStartEvent):
            self._open(frame, event, place)
        elif frame and isinstance(event, events.ScalarEvent):
            way = _next(frame)
            self.source.values[way] = place
            self._put(frame, self._scalar(event, way, place))

    def _allowed(self, event: events.NodeEvent, place: Place) -> None:
        if self.nodes > self.limits.nodes:
            raise StoppedError(f"more than {self.limits.nodes} keys and values", place)
        if isinstance(event, events.AliasEvent):
            raise StoppedError(
                "aliases (*) are not allowed; write the value out", place
            )
        if event.anchor is not None:
            raise StoppedError(
                "anchors (&) are not allowed; write the value out", place
            )
        if getattr(event, "tag", None) is not None:
            raise StoppedError("tags (!) are not allowed; write plain values", place)

    def _key(self, frame: _Frame, event: events.NodeEvent, place: Place) -> str:
        """The text of a key. A doubtful one is noted and used as written."""
        if not isinstance(event, events.ScalarEvent):
            raise StoppedError("keys must be text, found a list or mapping", place)
        if event.style is None and event.value == "<<":
            raise StoppedError(
                "merge keys (<<) are not allowed; write the keys out", place
            )
        key = str(event.value)
        way = (*frame.way, key)
        if event.style is None and not _is_text(key):
            self.source.note(
                way, place, f"keys must be text, got {quoted(key)}; quote it"
            )
        elif not _is_valid(key):
            self.source.note(
                way, place, f"key {quoted(key)} holds what is not a valid character"
            )
        elif way in self.source.keys:
            line, column = self.source.keys[way]
            first = f"first at {self.source.name}:{line}:{column}"
            self.source.note(
                None, place, f"duplicate key {quoted(key)} ({first}); keep one"
            )
        self.source.keys.setdefault(way, place)
        return key

    def _open(
        self, frame: _Frame | None, event: events.NodeEvent, place: Place
    ) -> None:
        """Begin a mapping or a list. A mapping given twice is read as one."""
        way = _next(frame) if frame else ()
        if len(self.stack) >= self.limits.depth:
            raise StoppedError(f"nested deeper than {self.limits.depth} levels", place)
        is_map = isinstance(event, events.MappingStartEvent)
        node: Any = {} if is_map else []
        if frame is None:
            node = self.source.data
        elif is_map and isinstance(frame.node, dict):
            before = frame.node.get(frame.key)
            node = before if isinstance(before, dict) else node
        self.source.values[way] = place
        if frame:
            self._put(frame, node)
        self.stack.append(_Frame(node, way))

    def _put(self, frame: _Frame, value: object) -> None:
        if isinstance(frame.node, list):
            frame.node.append(value)
        else:
            frame.node[frame.key] = value
            frame.key = None

    def _scalar(self, event: events.ScalarEvent, way: Way, place: Place) -> object:
        """A value; one that is refused is noted and kept as nothing."""
        text = str(event.value)
        if not _is_valid(text):
            text = "half a character (\\u escape), not a valid character"
            self.source.note(way, place, f"{dotted(way)} holds {text}")
            return None
        if event.style is not None:
            return text
        try:
            return plain(text)
        except RefusedError as refused:
            self.source.note(
                way,
                self.source.key(way) if not text else place,
                f"{dotted(way)} {refused}",
            )
            return None


def _next(frame: _Frame) -> Way:
    """The way of the value that comes next."""
    if isinstance(frame.node, list):
        return (*frame.way, len(frame.node))
    return (*frame.way, str(frame.key))


def _is_text(word: str) -> bool:
    """Whether a plain word is text."""
    try:
        return isinstance(plain(word), str)
    except RefusedError:
        return False


def _is_valid(text: str) -> bool:
    """Whether `text` can be written to a file."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def dotted(way: Way) -> str:
    """`models.lm.epochs[1]`; parts that are no plain names are quoted."""
    shown = ""
    for part in way:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            plain_name = re.fullmatch(r"[\w-]{1,64}", part, re.ASCII)
            shown += f"{'.' if shown else ''}{part if plain_name else quoted(part, 30)}"
    return shown
