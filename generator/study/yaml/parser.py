"""The tree of a YAML file, with the line and column of everything in it.

Plain words are read as YAML 1.2 has them: `true` and `false` are the only yes and no;
`no`, `on` and dates are text; `1e-3` is a number. Words that YAML 1.1 and 1.2 read as
different numbers (`0123`, `12:30:45`) are refused rather than guessed, as are numbers
that are not finite or absurdly long.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from generator.core.errors import quote_text
from generator.study.yaml.source import (
    COLON_ADVICE,
    FileLimits,
    KeyPath,
    Place,
    UnreadableYamlError,
    YamlSource,
    explain_error,
    find_quoting,
    find_too_high_escape,
    format_key_path,
)

_INTEGER = re.compile(r"[-+]?[0-9]+(_[0-9]+)*")
_PREFIXED_INTEGER = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
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


class RefusedScalarError(Exception):
    """A plain word that is not read; the message follows the name of its setting."""


def parse_plain(text: str) -> str | bool | int | float | None:
    """Return the value of an unquoted word.

    Args:
        text: The word.

    Raises:
        RefusedScalarError: It is empty, ambiguous, not finite or too long.
    """
    if not text:
        raise RefusedScalarError("is empty; give it a value or remove it")
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_FINITE.fullmatch(text):
        raise RefusedScalarError(f"must be finite, got {text}")
    if _LEADING_ZERO.fullmatch(text) or _BASE_60.fullmatch(text):
        raise RefusedScalarError(
            f"is an ambiguous number, {_cut_text(text)}; quote it, or write digits"
        )
    return _parse_number(text)


def _parse_number(text: str) -> str | int | float:
    """Return the number that a text writes, or the text itself."""
    is_whole = _INTEGER.fullmatch(text)
    is_based = _PREFIXED_INTEGER.fullmatch(text)
    if not (is_whole or is_based or _FLOAT.fullmatch(text)):
        return text
    if len(text) > LONGEST_NUMBER:
        raise RefusedScalarError(
            f"is a number too long to be meant ({len(text)} characters)"
        )
    if is_whole:
        return int(text)
    if is_based:
        return int(text, 0)
    value = float(text)
    if not math.isfinite(value):
        raise RefusedScalarError(f"must be finite, got {text}")
    return value


def _cut_text(text: str) -> str:
    return text if len(text) <= LONGEST_NUMBER else f"{text[:LONGEST_NUMBER]}…"


_HALF = "half a character (\\u escape), not a valid character"


def parse_events(text: str) -> Iterator[Any]:
    """Yield the events of a file, one at a time.

    Args:
        text: The file.

    Raises:
        UnreadableYamlError: The syntax is wrong.
    """
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        message, mark = explain_error(error, text)
        line = mark.line + 1
        edit = find_quoting(text, line) if message == COLON_ADVICE else None
        raise UnreadableYamlError(message, (line, mark.column + 1), edit) from None
    except (ValueError, OverflowError):
        raise UnreadableYamlError(
            "not a valid character", find_too_high_escape(text)
        ) from None
    except YAMLError:
        raise UnreadableYamlError("not YAML", (1, 1)) from None


class TreeBuilder:
    """The builder of a file's tree, which recurses no deeper than its limits allow.

    Args:
        source: The file to fill.
        limits: How large it may be.
        stream: Its events.
    """

    def __init__(
        self, source: YamlSource, limits: FileLimits, stream: Iterator[Any]
    ) -> None:
        self.source, self.limits, self.stream = source, limits, stream
        self.nodes = self.documents = 0

    def fill_source(self) -> None:
        """Fill the source with data and places.

        Raises:
            UnreadableYamlError: The file holds what no study file may.
        """
        for event in self.stream:
            if isinstance(event, events.DocumentStartEvent):
                self._read_document(event)
            elif isinstance(event, events.NodeEvent):
                place = self._require_allowed(event)
                if not isinstance(event, events.MappingStartEvent):
                    raise UnreadableYamlError(
                        "expected a mapping of settings (key: value)", place
                    )
                self.source.values[()] = place
                self.source.data = self._read_mapping((), None)
        if not self.documents:
            raise UnreadableYamlError(
                "expected a mapping of settings, found an empty file", (1, 1)
            )

    def _read_document(self, event: events.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            text = "a second document begins here; one study per file"
            raise UnreadableYamlError(text, _find_place(event))
        if event.version or event.tags:
            text = "directives (%) are not allowed; remove the line"
            raise UnreadableYamlError(text, _find_place(event))

    def _require_allowed(self, event: events.NodeEvent) -> Place:
        """Return the place of an event, unless it is one that no file may have."""
        self.nodes += 1
        place = _find_place(event)
        if self.nodes > self.limits.nodes:
            raise UnreadableYamlError(
                f"more than {self.limits.nodes} keys and values", place
            )
        if isinstance(event, events.AliasEvent):
            raise UnreadableYamlError(
                "aliases (*) are not allowed; write the value out", place
            )
        if event.anchor is not None:
            raise UnreadableYamlError(
                "anchors (&) are not allowed; write the value out", place
            )
        if getattr(event, "tag", None) is not None:
            raise UnreadableYamlError(
                "tags (!) are not allowed; write plain values", place
            )
        return place

    def _read_value(
        self,
        event: events.NodeEvent,
        place: Place,
        key_path: KeyPath,
        before: object = None,
    ) -> object:
        """Return the value that begins at an event; a mapping `before` is added to."""
        if len(key_path) >= self.limits.depth and not isinstance(
            event, events.ScalarEvent
        ):
            raise UnreadableYamlError(
                f"nested deeper than {self.limits.depth} levels", place
            )
        self.source.values[key_path] = place
        if isinstance(event, events.ScalarEvent):
            return self._read_scalar(event, key_path, place)
        if isinstance(event, events.SequenceStartEvent):
            return [
                self._read_value(item, self._require_allowed(item), (*key_path, index))
                for index, item in enumerate(self._iterate_collection())
            ]
        return self._read_mapping(
            key_path, before if isinstance(before, dict) else None
        )

    def _read_mapping(
        self, key_path: KeyPath, before: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Return the mapping whose start is consumed, added to `before` if given."""
        again = before is not None
        node = {} if before is None else before
        for first in self._iterate_collection():
            key = self._read_key(
                first, self._require_allowed(first), key_path, again=again
            )
            second = next(self.stream)
            at = self._require_allowed(second)
            node[key] = self._read_value(second, at, (*key_path, key), node.get(key))
        return node

    def _iterate_collection(self) -> Iterator[Any]:
        """Yield the events of a collection that no other reader takes, to its end."""
        for event in self.stream:
            if isinstance(event, events.CollectionEndEvent):
                return
            yield event

    def _read_key(
        self, event: events.NodeEvent, place: Place, above: KeyPath, *, again: bool
    ) -> str:
        """Return the text of a key; a doubtful one is noted and used as written.

        `again` says that the mapping was read before, so that a key may come twice.
        """
        if not isinstance(event, events.ScalarEvent):
            raise UnreadableYamlError(
                "keys must be text, found a list or mapping", place
            )
        if event.style is None and event.value == "<<":
            raise UnreadableYamlError(
                "merge keys (<<) are not allowed; write the keys out", place
            )
        key = str(event.value).encode(errors="replace").decode()
        key_path = (*above, key)
        if event.style is None and not _is_text(key):
            self.source.note_problem(
                key_path, place, f"keys must be text, got {quote_text(key)}; quote it"
            )
        elif key != event.value:
            self.source.note_problem(
                key_path, place, f"key {quote_text(key)} holds {_HALF}"
            )
        elif key_path in self.source.keys and not again:
            line, column = self.source.keys[key_path]
            first = f"first at {self.source.name}:{line}:{column}"
            self.source.note_problem(
                None, place, f"duplicate key {quote_text(key)} ({first}); keep one"
            )
        self.source.keys.setdefault(key_path, place)
        return key

    def _read_scalar(
        self, event: events.ScalarEvent, key_path: KeyPath, place: Place
    ) -> object:
        """Return a scalar's value; one that is refused is noted, and None."""
        text = str(event.value)
        if not _is_valid(text):
            self.source.note_problem(
                key_path, place, f"{format_key_path(key_path)} holds {_HALF}"
            )
            return None
        if event.style is not None:
            return text
        try:
            return parse_plain(text)
        except RefusedScalarError as refused:
            self.source.note_problem(
                key_path,
                self.source.find_key_place(key_path) if not text else place,
                f"{format_key_path(key_path)} {refused}",
            )
            return None


def _find_place(event: Any) -> Place:  # noqa: ANN401 - ruamel's events have no common type with a mark
    return event.start_mark.line + 1, event.start_mark.column + 1


def _is_text(word: str) -> bool:
    """Return whether a plain word is text."""
    try:
        return isinstance(parse_plain(word), str)
    except RefusedScalarError:
        return False


def _is_valid(text: str) -> bool:
    """Return whether a text can be written to a file."""
    return not any("\ud800" <= c <= "\udfff" for c in text)
