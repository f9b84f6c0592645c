"""The events of a YAML file as a tree, with the line and column of everything in it.

Plain words of a YAML file, as YAML 1.2 reads them.

`true` and `false` are the only yes and no; `no`, `on` and dates are text; `1e-3` is a
number. Words that YAML 1.1 and 1.2 read as different numbers (`0123`, `12:30:45`) are
refused rather than guessed, as are numbers that are not finite or absurdly long.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from generator.core.errors import quoted
from generator.study.yaml.source import (
    Limits,
    Place,
    Source,
    StoppedError,
    Way,
    dotted,
    explained,
    too_high,
)

_INTEGER = re.compile(r"[-+]?[0-9]+(_[0-9]+)*")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0_?[0-9][0-9_]*")
_BASE_60 = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?")
_WORDS = {
    word: value
    for base, value in (("true", True), ("false", False), ("null", None))
    for word in (base, base.capitalize(), base.upper())
} | {"~": None}
LONGEST_NUMBER = 40
"""Characters of a number."""


class RefusedError(Exception):
    """A plain word that is not read; the message follows the name of its setting."""


def plain(text: str) -> str | bool | int | float | None:
    """The value of an unquoted word. Raises `RefusedError`."""
    if not text:
        raise RefusedError("is empty; give it a value or remove it")
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_FINITE.fullmatch(text):
        raise RefusedError(f"must be finite, got {text}")
    if _LEADING_ZERO.fullmatch(text) or _BASE_60.fullmatch(text):
        raise RefusedError(
            f"is an ambiguous number, {_cut(text)}; quote it, or write digits"
        )
    return _number(text)


def _number(text: str) -> str | int | float:
    """The number that `text` writes, or `text`."""
    is_whole = _INTEGER.fullmatch(text)
    is_based = _BASED.fullmatch(text)
    if not (is_whole or is_based or _FLOAT.fullmatch(text)):
        return text
    if len(text) > LONGEST_NUMBER:
        raise RefusedError(f"is a number too long to be meant ({len(text)} characters)")
    if is_whole:
        return int(text)
    if is_based:
        return int(text, 0)
    value = float(text)
    if not math.isfinite(value):
        raise RefusedError(f"must be finite, got {text}")
    return value


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_NUMBER else f"{text[:LONGEST_NUMBER]}…"


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


class Builder:
    """Makes a tree of the events. It recurses no deeper than `limits.depth`."""

    def __init__(self, source: Source, limits: Limits, stream: Iterator[Any]) -> None:
        self.source, self.limits, self.stream = source, limits, stream
        self.nodes = self.documents = 0

    def build(self) -> None:
        """Fill the source. Raises `StoppedError`."""
        for event in self.stream:
            if isinstance(event, events.DocumentStartEvent):
                self._document(event)
            elif isinstance(event, events.NodeEvent):
                place = self._allowed(event)
                if not isinstance(event, events.MappingStartEvent):
                    raise StoppedError(
                        "expected a mapping of settings (key: value)", place
                    )
                self.source.values[()] = place
                self.source.data = self._mapping((), None)
        if not self.documents:
            raise StoppedError(
                "expected a mapping of settings, found an empty file", (1, 1)
            )

    def _document(self, event: events.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            text = "a second document begins here; one study per file"
            raise StoppedError(text, _place(event))
        if event.version or event.tags:
            text = "directives (%) are not allowed; remove the line"
            raise StoppedError(text, _place(event))

    def _allowed(self, event: events.NodeEvent) -> Place:
        """The place of an event, unless it is one that no file of ours may have."""
        self.nodes += 1
        place = _place(event)
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
        return place

    def _value(
        self, event: events.NodeEvent, place: Place, way: Way, before: object = None
    ) -> object:
        """The value that begins at `event`; a mapping given `before` is added to."""
        if len(way) >= self.limits.depth and not isinstance(event, events.ScalarEvent):
            raise StoppedError(f"nested deeper than {self.limits.depth} levels", place)
        self.source.values[way] = place
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event, way, place)
        if isinstance(event, events.SequenceStartEvent):
            return [
                self._value(item, self._allowed(item), (*way, index))
                for index, item in enumerate(self._inside())
            ]
        return self._mapping(way, before if isinstance(before, dict) else None)

    def _mapping(self, way: Way, before: dict[str, Any] | None) -> dict[str, Any]:
        """The mapping at `way`, whose first event is taken; `before` is added to."""
        again = before is not None
        node = {} if before is None else before
        for first in self._inside():
            key = self._key(first, self._allowed(first), way, again=again)
            second = next(self.stream)
            at = self._allowed(second)
            node[key] = self._value(second, at, (*way, key), node.get(key))
        return node

    def _inside(self) -> Iterator[Any]:
        """Events up to the end of a collection, but for those that others take."""
        for event in self.stream:
            if isinstance(event, events.CollectionEndEvent):
                return
            yield event

    def _key(
        self, event: events.NodeEvent, place: Place, above: Way, *, again: bool
    ) -> str:
        """The text of a key. A doubtful one is noted and used as written.

        `again` says that the mapping was given before, so that a key may come twice.
        """
        if not isinstance(event, events.ScalarEvent):
            raise StoppedError("keys must be text, found a list or mapping", place)
        if event.style is None and event.value == "<<":
            raise StoppedError(
                "merge keys (<<) are not allowed; write the keys out", place
            )
        key = str(event.value).encode(errors="replace").decode()
        way = (*above, key)
        if event.style is None and not _is_text(key):
            self.source.note(
                way, place, f"keys must be text, got {quoted(key)}; quote it"
            )
        elif key != event.value:
            self.source.note(way, place, f"key {quoted(key)} holds {_HALF}")
        elif way in self.source.keys and not again:
            line, column = self.source.keys[way]
            first = f"first at {self.source.name}:{line}:{column}"
            self.source.note(
                None, place, f"duplicate key {quoted(key)} ({first}); keep one"
            )
        self.source.keys.setdefault(way, place)
        return key

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


def _place(event: Any) -> Place:  # noqa: ANN401 - ruamel types its events so
    return event.start_mark.line + 1, event.start_mark.column + 1


def _is_text(word: str) -> bool:
    """Whether a plain word is text."""
    try:
        return isinstance(plain(word), str)
    except RefusedError:
        return False


def _is_valid(text: str) -> bool:
    """Whether `text` can be written to a file."""
    return not any("\ud800" <= c <= "\udfff" for c in text)
