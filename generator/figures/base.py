"""The bases of figures and of what they show: `Figure`, `View` and their items.

A figure is one entry under `figures:` of a study file. It turns artifacts into a view,
a frozen dataclass of text, colour classes and numbers. The template
`templates/figures/<figure>.html` renders the view as HTML under autoescape, and the
view's `picture` lays it out as shapes for SVG and PNG, so that a figure has both or
none. No HTML is written here, and nothing in a view needs a decision in a template.

An item is a token or a cell that a reader can point at. Its key names it in an address
(`#fig-x?pin=14-9`) and ties an annotation to it: `row-column`, `column` where there is
one row, `row-` and `-column` for a heading. Columns are the tokens of a text, counted
from 1, or slots, counted back from the token being written.

Figures that show the same tokens have one link, a hash of these tokens: the script
lights up a token in all of them, and guesses nothing.
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
    """A place of a row: the token in it, its number in the text, its key."""

    name: str
    place: int
    key: str


@dataclass(frozen=True, slots=True)
class Track:
    """A row of items with its name, and the key of its heading or ""."""

    name: str
    items: tuple[Item, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """Everything in a drawing that can be pointed at; `columns` are headings."""

    tracks: tuple[Track, ...] = ()
    columns: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """A choice of the reader: its name in an address, and its values."""

    name: str
    values: tuple[str, ...]


def link_of(tokens: Iterable[Token]) -> str:
    """Return the link of a text: figures that show the same tokens have the same link.

    Args:
        tokens: The text; its padding does not count.

    Returns:
        The first `DIGITS` hexadecimal digits of a SHA-256 hash.
    """
    words = json.dumps([token.text for token in tokens if token.kind != "pad"])
    return sha256(words.encode()).hexdigest()[:DIGITS]


def token_items(names: Sequence[str], before: str = "") -> tuple[Item, ...]:
    """Return the items of one text.

    Args:
        names: The tokens, in their order.
        before: The row's part of their keys.
    """
    return tuple(Item(name, i, f"{before}{i}") for i, name in enumerate(names, 1))


def heading_tracks(names: Sequence[str]) -> tuple[Track, ...]:
    """Return rows that are pointed at as a whole."""
    return tuple(Track(name, (), f"{i}-") for i, name in enumerate(names, 1))


def numbered_values(last: int, first: int = 1) -> tuple[str, ...]:
    """Return the values of a control that counts from `first` to `last`."""
    return tuple(str(number) for number in range(first, last + 1))


def grid_items(
    rows: Sequence[str], columns: Sequence[str], blank: Iterable[tuple[int, int]] = ()
) -> Items:
    """Return the items of a grid whose rows and columns have headings.

    Args:
        rows: Names of the rows.
        columns: Names of the columns.
        blank: Cells (row, column), counted from 0, that cannot be pointed at.
    """
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
    """A row of a table: its heading and its cells."""

    head: DisplayToken | str
    cells: tuple[DisplayToken | str, ...]


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table of the numbers behind a drawing."""

    caption: str
    head: tuple[DisplayToken | str, ...]  # one longer than the cells of a row
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Stat:
    """A number with its name, set apart from the drawing."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class View(ABC):
    """The base of views: what a template and a picture show of a figure."""

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
        """Lay the drawing out as shapes.

        Args:
            y: The top edge of the drawing in pixels.

        Yields:
            Parts of the picture, from top to bottom.
        """

    def key_signs(self) -> list[KeySign]:
        """Return signs of the picture's key, besides those of marks on words."""
        return []

    def below_key(self) -> tuple[str, ...]:
        """Return lines of text below the picture's key."""
        return ()

    def items(self) -> Items:
        """Return what can be pointed at and annotated; nothing by default."""
        return Items()

    def controls(self) -> tuple[Control, ...]:
        """Return what a reader can choose; nothing by default."""
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
        """Return the names of the artifacts to draw, in the order of `view`."""
        raise NotImplementedError

    def accepted_kinds(self) -> tuple[tuple[type[Artifact], ...], ...]:
        """Return the kinds that each of `artifact_names` may be of, in that order."""
        return (self.draws,) * len(self.artifact_names())

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the drawing in small, None where there is nothing to picture."""
        del artifacts
        return None

    def view(self, *artifacts: Artifact) -> View:
        """Return what the template renders.

        Args:
            *artifacts: The artifacts, in the order of `artifact_names`.

        Raises:
            FigureError: These artifacts cannot be drawn as the study file asks.
        """
        raise NotImplementedError
