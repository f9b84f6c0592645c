"""What every figure's view holds, and the frame around the drawing prints.

A view is text, colour class and number, nothing that needs a decision in a template.
It lays its drawing out as a picture too, so that a figure has both or none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.figures.colour import Scale
from generator.figures.items import Control, Items
from generator.figures.tokens import Phrase, Shown

if TYPE_CHECKING:
    from generator.pictures.frame import Sign
    from generator.pictures.shapes import Part


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
class View(ABC):
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

    @abstractmethod
    def picture(self, y: float) -> Iterator[Part]:
        """Lay the drawing out as shapes, from `y` on."""

    def signs(self) -> list[Sign]:
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
