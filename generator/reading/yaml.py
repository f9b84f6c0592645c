"""Reading one YAML file safely, with the line and column of everything in it.

The file is taken as a stream of events and never trusted: its size, its bytes, its
depth and its number of nodes are bounded before a value is made. What YAML offers
beyond plain data (aliases, anchors, merge keys, tags, directives, a second document) is
refused where it stands. Plain words are read as YAML 1.2 does, see `scalars`.
Nothing recurses, so no nesting can end the process.

A mistake that leaves the rest readable (a duplicate key, an ambiguous number) is noted
in `Source.problems`; one that does not ends the reading as a `ConfigError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from generator.errors import ConfigError, quoted
from generator.files import combined
from generator.kept import Kept
from generator.program import program_key
from generator.reading.recalling import recalled, told
from generator.reading.scalars import RefusedError, plain
from generator.reading.source import Problem, Source, Way, dotted
from generator.reading.text import (
    Place,
    StoppedError,
    contents,
    decoded,
    guard,
    pointer,
    too_high,
)
from generator.reading.words import explained


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be: bytes, levels of nesting, keys and values."""

    size: int = 1_000_000
    depth: int = 20
    nodes: int = 10_000


LIMITS = Limits()
_HALF = "half a character (\\u escape), not a valid character"


def read(
    path: Path, name: str, limits: Limits = LIMITS, kept: Kept | None = None
) -> Source:
    """The file at `path`, called `name` in messages.

    What a file without a mistake holds is read from `kept` where it was read before.
    Raises `ConfigError` for a file that cannot be read to its end as one mapping.
    """
    source = Source(name, {})
    text = decoded(contents(path, name, limits.size), name)
    key = combined("yaml", program_key(), asdict(limits), text) if kept else ""
    if kept and recalled(source, kept.get(key)):
        return source
    try:
        guard(text)
        _Builder(source, limits).build(_events(text))
    except StoppedError as stopped:
        line, column = stopped.place
        shown = f"{stopped}{pointer(text, line, column)}"
        source.problems.append(Problem(stopped.place, shown))
        raise ConfigError(*source.messages()) from None
    if kept and not source.problems:
        kept.put(key, told(source))
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
    """A mapping or list under way; `key` waits for its value.

    `again` says that the mapping was given before and is being added to.
    """

    node: Any
    way: Way
    again: bool = False
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
        key = str(event.value).encode(errors="replace").decode()
        way = (*frame.way, key)
        if event.style is None and not _is_text(key):
            self.source.note(
                way, place, f"keys must be text, got {quoted(key)}; quote it"
            )
        elif key != event.value:
            self.source.note(way, place, f"key {quoted(key)} holds {_HALF}")
        elif way in self.source.keys and not frame.again:
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
        again = False
        if frame is None:
            node = self.source.data
        elif is_map and isinstance(frame.node, dict):
            before = frame.node.get(frame.key)
            again = isinstance(before, dict)
            node = before if again else node
        self.source.values[way] = place
        if frame:
            self._put(frame, node)
        self.stack.append(_Frame(node, way, again))

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
            self.source.note(way, place, f"{dotted(way)} holds {_HALF}")
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
