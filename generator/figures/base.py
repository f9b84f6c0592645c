"""One drawing of one artifact, as a study file words it.

A figure turns artifacts into a view: a frozen dataclass of text, colour class and
number that `templates/figures/<figure>.html` draws under autoescape. No HTML here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from generator.artifacts import Artifact
from generator.figures.view import View
from generator.spec import Spec

if TYPE_CHECKING:
    from generator.figures.thumbnails import Thumbnails


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

    def reads(self) -> tuple[str, ...]:
        """Names of the artifacts it draws, in the order `view` takes them."""
        raise NotImplementedError

    def accepts(self) -> tuple[tuple[type[Artifact], ...], ...]:
        """Return the kinds that each artifact of `reads` may be of, in that order."""
        return (self.draws,) * len(self.reads())

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the drawing in small, None where there is nothing to picture."""
        del artifacts
        return None

    def view(self, *artifacts: Artifact) -> View:
        """What the template draws. Raises `FigureError`."""
        raise NotImplementedError
