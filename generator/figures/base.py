"""One drawing of one artifact, as a study file words it.

A figure turns artifacts into a view: a frozen dataclass of text, colour class and
number that `templates/figures/<figure>.html` draws under autoescape. No HTML here.

What every figure's view holds, and the frame around the drawing prints.

A view is text, colour class and number, nothing that needs a decision in a template.
It lays its drawing out as a picture too, so that a figure has both or none.

What of a drawing a reader can point at, and the settings a reader can choose.

An item is a token or a cell. Its key names it in an address (`#fig-x?pin=14-9`) and
ties an annotation to it: `row-column`, `column` where there is one row, `row-` and
`-column` for a heading. Columns are the tokens of a text, counted from 1, or slots,
counted back from the token being written.

Figures that show the same tokens have one link, a hash of them: the script lights up a
token in all of them, and guesses nothing.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from generator.artifacts import Artifact
from generator.core.spec import Spec
from generator.core.tokens import Token
from generator.figures.export.shapes import KeySign, Part
from generator.figures.formatting import DisplayToken, Phrase
from generator.figures.scales import Scale
from generator.figures.squares import Thumbnails

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


def token_items(names: Sequence[str], before: str = "") -> tuple[Item, ...]:
    """The tokens of one text, `before` being the row's part of their keys."""
    return tuple(Item(name, i, f"{before}{i}") for i, name in enumerate(names, 1))


def heading_tracks(names: Sequence[str]) -> tuple[Track, ...]:
    """Rows that are pointed at as a whole."""
    return tuple(Track(name, (), f"{i}-") for i, name in enumerate(names, 1))


def numbered_values(last: int, first: int = 1) -> tuple[str, ...]:
    """The values of a control that counts."""
    return tuple(str(number) for number in range(first, last + 1))


def grid_items(
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


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of a table: its heading and its cells."""

    head: DisplayToken | str
    cells: tuple[DisplayToken | str, ...]


@dataclass(frozen=True, slots=True)
class DataTable:
    """The numbers behind a drawing."""

    caption: str
    head: tuple[DisplayToken | str, ...]  # one longer than the cells of a row
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Stat:
    """A number that deserves its own place beside the drawing."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class View(ABC):
    """The base of all views."""

    summary: Phrase
    """The drawing in one sentence, made from its data; read aloud in its place."""
    tables: tuple[DataTable, ...]
    scale: Scale | None = None
    notes: tuple[str, ...] = ()
    """What a reader must know before believing the drawing."""
    scored: bool = False
    """Whether the drawing explains a model, so that it can be faithful or not."""
    generated: bool = False
    """Whether it shows text that a model wrote."""
    beside: bool = False
    """Whether the caption stands beside the drawing where there is room."""

    @abstractmethod
    def picture(self, y: float) -> Iterator[Part]:
        """Lay the drawing out as shapes, from `y` on."""

    def key_signs(self) -> list[KeySign]:
        """Return the signs of the picture's key, beside marks on words."""
        return []

    def below_key(self) -> tuple[str, ...]:
        """Return what the picture says below its key."""
        return ()

    def items(self) -> Items:
        """What can be pointed at and annotated; nothing, unless a figure says more."""
        return Items()

    def controls(self) -> tuple[Control, ...]:
        """What a reader can choose; nothing, unless a figure says more."""
        return ()


class Figure(Spec):
    """One drawing of one artifact."""

    draws: ClassVar[tuple[type[Artifact], ...]] = ()
    """Artifact kinds it can draw."""
    heading: ClassVar[str]
    """The title where the author gave none."""
    figure: str
    """Which drawing; the rest of the entry are its settings."""
    title: str = ""
    """Heading above the picture; the write-up's image text is the caption below."""
    alt: str = ""
    """The drawing in words, read aloud in its place; without it, a sentence made from
    the data."""

    def artifact_names(self) -> tuple[str, ...]:
        """Names of the artifacts it draws, in the order `view` takes them."""
        raise NotImplementedError

    def accepted_kinds(self) -> tuple[tuple[type[Artifact], ...], ...]:
        """Return the kinds that each artifact of `reads` may be of, in that order."""
        return (self.draws,) * len(self.artifact_names())

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the drawing in small, None where there is nothing to picture."""
        del artifacts
        return None

    def view(self, *artifacts: Artifact) -> View:
        """What the template draws. Raises `FigureError`."""
        raise NotImplementedError
