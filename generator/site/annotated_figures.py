"""What stands beside a figure: its annotations, bound to items, and its citation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator.core.errors import FigureError, quote_text
from generator.figures.annotations import check_state, find_items
from generator.figures.base import Items, View
from generator.site.writeup.writeup import PlacedFigure


@dataclass(frozen=True, slots=True)
class Callout:
    """An annotation in a figure: its number, its subject, its text, its items' keys.

    Its numeral stands `at` the first item of each run.
    """

    number: int
    about: str
    text: Markup
    keys: tuple[str, ...]
    at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemMark:
    """The annotations of an item, and the numerals beside it."""

    notes: tuple[int, ...]
    numerals: tuple[int, ...]


@dataclass(frozen=True)
class Imprint:
    """Where and by whom a study is published, as a citation names it."""

    site: str = ""
    authors: tuple[str, ...] = ()
    base_url: str = ""

    def cite(self, study: str, figure: str, date: dt.date) -> str:
        """Format a citation of a figure, up to its address.

        Args:
            study: Title of the study.
            figure: Number and title of the figure.
            date: Day of the study.

        Returns:
            One line of text.
        """
        by = f"{', '.join(self.authors)}. " if self.authors else ""
        site = f"{self.site}, " if self.site else ""
        return f"{by}“{study}”, {figure}. {site}{date.isoformat()}."

    def address(self, page: str, place: str) -> str:
        """Return the address of a place on a page, without a host where none is known.

        Args:
            page: Path of the page within the site.
            place: Id of the place.

        Returns:
            The address.
        """
        return f"{self.base_url}{page.removesuffix('index.html')}#{place}"


NOWHERE = Imprint()
"""Of a study that is drawn by itself."""


def build_callouts(view: View, placed: PlacedFigure) -> tuple[Callout, ...]:
    """Bind a figure's annotations to the items of its view.

    States that links of the prose set are checked here too: they need the same view.

    Args:
        view: The figure's view.
        placed: The figure as the write-up places it.

    Returns:
        The annotations in order.

    Raises:
        FigureError: With all annotations and links that name no item or state.
    """
    callouts: list[Callout] = []
    problems: list[str] = []
    items = view.items() if placed.notes else Items()
    names = item_names(items)
    for number, note in enumerate(placed.notes, 1):
        try:
            runs = find_items(items, note.target)
        except FigureError as error:
            problems += (
                f"{note.where}: {figure_name(placed)}: {p}" for p in error.problems
            )
            continue
        about = ", ".join(dict.fromkeys(format_span(run, names) for run in runs))
        keys = tuple(dict.fromkeys(key for run in runs for key in run))
        at = tuple(dict.fromkeys(run[0] for run in runs))
        callouts.append(Callout(number, about, note.text, keys, at))
    for link in placed.state_links:
        try:
            check_state(view, link.state)
        except FigureError as error:
            problems += (
                f"{link.where}: {figure_name(placed)} {p}" for p in error.problems
            )
    if problems:
        raise FigureError(*problems)
    return tuple(callouts)


def figure_name(placed: PlacedFigure) -> str:
    """Return the figure's name in messages.

    Args:
        placed: The figure as the write-up places it.
    """
    return f"figure {quote_text(placed.name)}"


def item_names(items: Items) -> dict[str, str]:
    """Return the names of a figure's items by key.

    Args:
        items: Items of the figure's view.

    Returns:
        A name for each key; cells of a grid have that of their row before it.
    """
    grid = bool(items.columns)
    names = {column.key: column.name for column in items.columns}
    for track in items.tracks:
        names[track.key] = track.name
        for item in track.items:
            names[item.key] = f"{track.name} / {item.name}" if grid else item.name
    return names


def format_span(run: Sequence[str], names: dict[str, str]) -> str:
    """Format a run of items: one name, or the first and the last.

    Args:
        run: Keys of the items.
        names: Names by key.

    Returns:
        The text.
    """
    first, last = names[run[0]], names[run[-1]]
    return first if len(run) == 1 else f"{first} … {last.rpartition(' / ')[2]}"


def item_marks(made: Iterable[Callout]) -> dict[str, ItemMark]:
    """Return the mark of each annotated item.

    Args:
        made: The figure's annotations.

    Returns:
        The marks by the items' keys.
    """
    marks: dict[str, ItemMark] = {}
    for call in made:
        for key in call.keys:
            before = marks.get(key, ItemMark((), ()))
            numerals = (call.number,) if key in call.at else ()
            marks[key] = ItemMark(
                (*before.notes, call.number), before.numerals + numerals
            )
    return marks
