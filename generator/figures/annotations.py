"""Targets of annotations and states of links: what an author may name in a figure.

A target is a token, or where it stands: `reminder`, `reminder#2` (its second place),
`3` (the third token, below 0 from the end), `first..last` (a run of tokens). In figures
of rows and columns, `row/column` is a cell, `row/` and `/column` are headings, and a
bare token is a column. Several stand apart by commas. Tokens that hold , / # : or a
blank, or are numbers, are quoted.

A state is what an address holds after the figure: `step=3`, `view=word&pin=9-3`. An
author who names one that is not there made a mistake; a reader's address that does is
left alone by the script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.figures.base import Item, Items, Track, View
from generator.figures.formatting import make_visible

AXIS = re.compile(
    r'(?:"(?P<q>[^"]+)"|`(?P<c>[^`]+)`|(?P<n>-?\d{1,9})(?=$|[,/]|\.\.)'
    r'|(?P<w>(?:(?!\.\.)[^\s,/#"`])+))(?:#(?P<nth>[1-9]\d{0,8}))?'
)
EXPECTED = (
    "expected a token, its number, first..last, row/column, or several with commas; "
    "quote a token that holds , / # : or a blank"
)


@dataclass(frozen=True, slots=True)
class TokenName:
    """A token as an author names it: by its text or by its number."""

    text: str
    number: int | None = None
    nth: int | None = None

    def select(self, items: Sequence[Item]) -> list[Item]:
        """Return the items that the name fits, in order."""
        if self.number is not None:
            last = max((item.place for item in items), default=0)
            place = self.number if self.number > 0 else last + 1 + self.number
            return [item for item in items if item.place == place]
        found = [
            item for item in items if item.name in {self.text, visible_token(self.text)}
        ]
        return found[self.nth - 1 : self.nth] if self.nth else found


@dataclass(frozen=True, slots=True)
class AxisTarget:
    """A token, or a run of them."""

    first: TokenName
    last: TokenName | None = None

    def select(self, items: Sequence[Item]) -> list[Item]:
        """Return the items that fit: candidates for one token, or all of a run."""
        found = self.first.select(items)
        if self.last is None or not found:
            return found
        start = found[0].place
        ends = [item.place for item in self.last.select(items) if item.place >= start]
        inside = range(start, ends[0] + 1) if ends else range(0)
        return [item for item in items if item.place in inside]


@dataclass(frozen=True, slots=True)
class TargetPart:
    """One item or run: a row, a column, or both."""

    row: AxisTarget | None
    column: AxisTarget | None
    slash: bool


def visible_token(text: str) -> str:
    """Return a token's text as figures show it."""
    return make_visible(text)


def find_items(items: Items, target: str) -> tuple[tuple[str, ...], ...]:
    """Return the keys that each part of a target names.

    Args:
        items: What the figure shows.
        target: The target as the author wrote it, without its `@`.

    Raises:
        FigureError: The target cannot be read, or names what is not shown.
    """
    return tuple(keys_of_part(items, part) for part in parse_target(target))


def parse_target(target: str) -> list[TargetPart]:
    """Parse a target into its parts.

    Raises:
        FigureError: The target cannot be read.
    """
    parts: list[TargetPart] = []
    rest = target.strip()
    while rest:
        row, rest = parse_axis(rest)
        slash = rest.startswith("/")
        column, rest = parse_axis(rest[1:]) if slash else (row, rest)
        row = row if slash else None
        if row is None and column is None:
            break
        parts.append(TargetPart(row, column, slash))
        if not rest.startswith(","):
            break
        rest = rest[1:].lstrip() or ","
    if rest or not parts:
        raise FigureError(f"annotation {quote_text('@' + target)}: {EXPECTED}")
    return parts


def parse_axis(text: str) -> tuple[AxisTarget | None, str]:
    """Return the token or run at the start of a text, and what follows it."""
    match = AXIS.match(text)
    if not match:
        return None, text
    first, rest = parse_name(match), text[match.end() :]
    match = AXIS.match(rest, 2) if rest.startswith("..") else None
    if not match:
        return AxisTarget(first), rest
    return AxisTarget(first, parse_name(match)), rest[match.end() :]


def parse_name(match: re.Match[str]) -> TokenName:
    """Return the token that `AXIS` matched."""
    text = match["q"] or match["c"] or match["w"] or match["n"]
    nth = int(match["nth"]) if match["nth"] else None
    return TokenName(text, int(match["n"]) if match["n"] else None, nth)


def keys_of_part(items: Items, part: TargetPart) -> tuple[str, ...]:
    """Return the keys of one part.

    Raises:
        FigureError: The figure does not show it.
    """
    found = next((one for one in candidates(items, part) if one), ())
    if not found:
        raise FigureError(describe_missing_part(items, part))
    return found if is_run(part) else found[:1]


def is_run(part: TargetPart) -> bool:
    """Whether a part is a run of tokens."""
    return any(one is not None and one.last for one in (part.row, part.column))


def candidates(items: Items, part: TargetPart) -> Iterator[tuple[str, ...]]:
    """Yield the keys that a part may mean, the best candidates first."""
    if part.slash and part.row is not None:
        tracks = find_rows(items, part.row)
        if part.column is None:
            yield tuple(track.key for track in tracks if track.key)
        else:
            yield from (find_in_columns(items, track, part.column) for track in tracks)
        return
    assert part.column is not None  # noqa: S101 - a part has one or the other
    yield tuple(item.key for item in part.column.select(items.columns) if item.key)
    if not part.slash:
        yield from (
            find_in_columns(items, track, part.column) for track in items.tracks
        )
        yield tuple(track.key for track in find_rows(items, part.column) if track.key)


def find_rows(items: Items, wanted: AxisTarget) -> list[Track]:
    """Return the rows that the target fits, in order."""
    named = [Item(one.name, i, str(i)) for i, one in enumerate(items.tracks, 1)]
    return [items.tracks[item.place - 1] for item in wanted.select(named)]


def find_in_columns(items: Items, track: Track, wanted: AxisTarget) -> tuple[str, ...]:
    """Return the keys of a row's items in the columns that the target fits."""
    if not items.columns:
        return tuple(item.key for item in wanted.select(track.items))
    places = {item.place for item in wanted.select(items.columns)}
    return tuple(item.key for item in track.items if item.place in places)


def describe_missing_part(items: Items, part: TargetPart) -> str:
    """Describe what is not shown, with the nearest name there is."""
    tracks = items.tracks
    if part.slash and part.row is not None:
        tracks = tuple(find_rows(items, part.row))
        if not tracks:
            return missing_message(
                "there is no row", part.row, [track.name for track in items.tracks]
            )
        if part.column is None:
            return (
                f"row {format_axis(part.row)} has no heading to annotate; name a cell"
            )
    assert part.column is not None  # noqa: S101 - a part has one or the other
    known = [item.name for track in tracks for item in track.items]
    known += [item.name for item in items.columns if not part.row]
    known += [track.name for track in tracks if not known]
    if not known:
        return "nothing in this figure can be annotated"
    where = f"row {format_axis(part.row)} shows no" if part.row else "there is no"
    return missing_message(f"{where} token", part.column, known)


def missing_message(what: str, wanted: AxisTarget, known: Sequence[str]) -> str:
    """Describe a token that is not shown, with the nearest name there is."""
    hint = (
        f"there are {len(known)}"
        if wanted.first.number is not None
        else suggest_nearest(wanted.first.text, dict.fromkeys(known))
    )
    return f"{what} {format_axis(wanted)}; {hint}"


def format_axis(wanted: AxisTarget) -> str:
    """Format a token as messages print it."""
    nth = f"#{wanted.first.nth}" if wanted.first.nth else ""
    return f"{quote_text(wanted.first.text)}{nth}"


PADDING = re.compile(r"(\d+-)?p\d*")
FEW = 8
"""Values of a choice up to which a message lists them all."""


def check_state(view: View, state: str) -> None:
    """Check that a figure has the state that a link sets.

    Args:
        view: The figure's view.
        state: Names and values, as in an address.

    Raises:
        FigureError: The state cannot be read, or the figure does not have it.
    """
    there = {one.name: one.values for one in view.controls() if one.values}
    pins = {key for key in pinnable_keys(view.items()) if key}
    known = [*there, *(("pin",) if pins else ())]
    given = parse_qsl(state, keep_blank_values=True)
    if not given:
        raise FigureError(
            f"state {quote_text(state)}; expected name=value, as in "
            f"{example_state(there)}"
        )
    for name, value in given:
        if name in {"pin", "k"} and pins:
            if value not in pins and not PADDING.fullmatch(value):
                raise FigureError(
                    f"pins no {quote_text(value)}; {suggest_nearest(value, pins)}"
                )
        elif name not in there:
            has = f"it has {', '.join(known)}" if known else "it has none"
            close = suggest_nearest(name, known) if known else ""
            raise FigureError(
                f"has no state {quote_text(name)}; {close if '?' in close else has}"
            )
        elif value not in there[name]:
            raise FigureError(
                f"has no {name} {quote_text(value)}; {format_choices(there[name])}"
            )


def example_state(there: dict[str, tuple[str, ...]]) -> str:
    """Return a state of the figure as an example for a message."""
    return next((f"{name}={some[0]}" for name, some in there.items()), "pin=2")


def format_choices(known: Sequence[str]) -> str:
    """Format the values of a choice for a message."""
    some = known if len(known) <= FEW else (known[0], "…", known[-1])
    return f"it has {', '.join(some)}"


def pinnable_keys(items: Items) -> Iterable[str]:
    """Yield the keys of what a reader can pin."""
    for track in items.tracks:
        yield from (item.key for item in track.items)
        yield from (track.key,) if not track.items else ()
