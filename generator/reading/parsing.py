"""The events of a YAML file as a tree, with the line and column of everything in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from generator.errors import quoted
from generator.reading.scalars import RefusedError, plain
from generator.reading.source import Source, Way, dotted
from generator.reading.text import Limits, Place, StoppedError, too_high
from generator.reading.words import explained

_HALF = "half a character (\\u escape), not a valid character"


def events_of(text: str) -> Iterator[Any]:
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


class Builder:
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
