"""What of a drawing a reader can point at, and the settings a reader can choose.

An item is a token or a cell. Its key names it in an address (`#fig-x?pin=14-9`) and
ties an annotation to it: `row-column`, `column` where there is one row, `row-` and
`-column` for a heading. Columns are the tokens of a text, counted from 1, or slots,
counted back from the token being written.

Figures that show the same tokens have one link, a hash of them: the script lights up a
token in all of them, and guesses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from generator.artifacts import Token

DIGITS = 8
"""Hexadecimal digits of a link."""


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a row: the token in it, its number in the text, its key."""

    name: str
    place: int
    key: str


@dataclass(frozen=True, slots=True)
class Track:
    """A row: its name, its items, the key of its heading, "" where it has none."""

    name: str
    items: tuple[Item, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """Everything in a drawing that can be named; `columns` have a heading."""

    tracks: tuple[Track, ...] = ()
    columns: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """Something a reader can choose: its name in an address, and its values."""

    name: str
    values: tuple[str, ...]


def link_of(tokens: Iterable[Token]) -> str:
    """A name for a text, the same wherever the same tokens are shown."""
    words = json.dumps([token.text for token in tokens if token.kind != "pad"])
    return sha256(words.encode()).hexdigest()[:DIGITS]


def in_order(names: Sequence[str], before: str = "") -> tuple[Item, ...]:
    """The tokens of one text, `before` being the row's part of their keys."""
    return tuple(Item(name, i, f"{before}{i}") for i, name in enumerate(names, 1))


def named(names: Sequence[str]) -> tuple[Track, ...]:
    """Rows that are pointed at as a whole."""
    return tuple(Track(name, (), f"{i}-") for i, name in enumerate(names, 1))


def numbers(last: int, first: int = 1) -> tuple[str, ...]:
    """The values of a control that counts."""
    return tuple(str(number) for number in range(first, last + 1))


def table(
    rows: Sequence[str], columns: Sequence[str], blank: Iterable[tuple[int, int]] = ()
) -> Items:
    """A grid whose rows and columns have headings; `blank` cells, from 0, are none."""
    none = set(blank)
    return Items(
        tuple(
            Track(
                row,
                tuple(
                    Item(name, c + 1, f"{r + 1}-{c + 1}")
                    for c, name in enumerate(columns)
                    if (r, c) not in none
                ),
                f"{r + 1}-",
            )
            for r, row in enumerate(rows)
        ),
        tuple(Item(name, c, f"-{c}") for c, name in enumerate(columns, 1)),
    )
