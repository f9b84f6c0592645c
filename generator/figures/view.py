"""What every figure's view holds, and the frame around the drawing prints.

A view is text, colour class and number, nothing that needs a decision in a template.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.figures.colour import Scale
from generator.figures.items import Control, Items
from generator.figures.tokens import Phrase, Shown


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its heading and its cells."""

    head: Shown | str
    cells: tuple[Shown | str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a drawing."""

    caption: str
    head: tuple[Shown | str, ...]  # one longer than the cells of a row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Stat:
    """A number that deserves its own place beside the drawing."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class View:
    """The base of all views."""

    summary: Phrase
    """The drawing in one sentence, made from its data; read aloud in its place."""
    tables: tuple[Table, ...]
    scale: Scale | None = None
    notes: tuple[str, ...] = ()
    """What a reader must know before believing the drawing."""
    scored: bool = False
    """Whether the drawing explains a model, so that it can be faithful or not."""
    generated: bool = False
    """Whether it shows text that a model wrote."""
    beside: bool = False
    """Whether the caption stands beside the drawing where there is room."""

    def items(self) -> Items:
        """What can be pointed at and annotated; nothing, unless a figure says more."""
        return Items()

    def controls(self) -> tuple[Control, ...]:
        """What a reader can choose; nothing, unless a figure says more."""
        return ()
