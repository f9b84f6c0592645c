"""The card that other sites show where a study is linked: 1200 by 630 pixels."""

from __future__ import annotations

from typing import NamedTuple

from generator.figures.export import fonts
from generator.figures.export.frame import moved, paragraph
from generator.figures.export.shapes import (
    INK,
    PAPER,
    RULE,
    SOFT,
    Box,
    Label,
    Picture,
    Shape,
    fill,
)
from generator.figures.thumbnails import Thumbnail

WIDTH, HEIGHT, INSET = 1200, 630, 64
LARGEST, LEAST = 62.0, 38.0
"""Sizes of a title; the largest that fits is taken."""
LINES = 5
"""Lines of a title."""
SIDE = 470.0
"""Width of a picture beside the words."""
FLAT = 4
"""Lines up to which a picture lies across the card."""
HIGHEST = 46.0
"""Height of a line at most."""
LONGEST = 14
"""Letters of a row's name."""


class Words(NamedTuple):
    """What a card says: site, title, the line below it (a date), a summary."""

    site: str
    title: str
    line: str = ""
    summary: str = ""


def card(words: Words, lead: Thumbnail | None = None) -> Picture:
    """A card, with the first lines of a heatmap where there is one."""
    across = bool(lead and lead.lines <= FLAT)
    room = WIDTH - 2 * INSET - (SIDE + 50 if lead and not across else 0)
    top = HEIGHT - INSET - 56 - (lead.lines * HIGHEST if lead and across else 0)
    shapes: list[Shape] = [Box(0, 0, WIDTH, 10, INK), *signed(words, room, across)]
    title, low = titled(words.title, room, 2 if across else LINES)
    shapes += title
    most = int((top - 24 - low) // 31)
    if words.summary and most > 0:
        part = paragraph(words.summary, INSET, low + 10, room, 22, most=min(4, most))
        shapes += part.shapes
    if lead and across:
        shapes += pictured(lead, INSET, top, WIDTH - 2 * INSET)
    elif lead:
        shapes += pictured(lead, WIDTH - INSET - SIDE, 66.0, SIDE)
    said = f"{words.title}. {words.site}. {words.line}".strip()
    return Picture(WIDTH, HEIGHT, tuple(shapes), words.title, said)


def signed(words: Words, room: float, above: bool) -> list[Shape]:
    """The site's sign and name, and the date: at the foot, or `above` beside them."""
    line = fonts.width(words.line, 24) + 40 if above else 0
    site = fonts.clipped(words.site, room - 70 - line, 24, "bold")
    date = Label(INSET, HEIGHT - INSET, words.line, 24, SOFT)
    if above:
        date = date._replace(x=WIDTH - INSET, y=88, anchor="end")
    return [
        *(moved(shape, INSET, 66) for shape in mark()),
        Label(INSET + 70, 88, site, 24, INK, "bold"),
        date,
    ]


def mark() -> list[Shape]:
    """The sign of the site: a few shades."""
    return [
        Box(i * 9, 0, 8, 22, fill(f"s{step}"))
        for i, step in enumerate((3, 7, 2, 14, 5, 26))
    ]


def titled(title: str, room: float, most: int = LINES) -> tuple[list[Shape], float]:
    """A title in the largest letters that hold it, and how far down it reaches."""
    size = LARGEST
    while size > LEAST and len(fonts.wrapped(title, room, size, "bold")) > max(
        2, most - 1
    ):
        size -= 4
    lines = fonts.wrapped(title, room, size, "bold", most)
    top = 190.0
    shapes: list[Shape] = [
        Label(INSET, top + i * size * 1.18, line, size, INK, "bold")
        for i, line in enumerate(lines)
    ]
    return shapes, top + (len(lines) - 1) * size * 1.18 + 14


def pictured(lead: Thumbnail, x: float, top: float, side: float) -> list[Shape]:
    """The first lines of a heatmap with their names, and its colour scale."""
    names = [short(head.short) for head in lead.heads]
    head = max((fonts.width(name, 17, "mono") + 14 for name in names), default=0.0)
    high = min(HIGHEST, 380 / lead.lines)
    step = min((side - head) / lead.columns, high * 1.8)
    wide, tall = step * lead.columns, high * lead.lines
    left = x + (head if side > SIDE else side - wide)
    shapes: list[Shape] = [Box(left - 2, top - 2, wide + 4, tall + 4, PAPER, RULE, 2)]
    for one in lead.squares:
        place = left + one.x * step, top + one.y * high
        shapes.append(Box(*place, step - 2, high - 2, fill(one.css)))
    if high >= 15:  # noqa: PLR2004 - room for letters
        for i, name in enumerate(names):
            y = top + (i + 0.5) * high + 6
            shapes.append(Label(left - 12, y, name, 17, INK, "mono", "end"))
    return [*shapes, *legend(lead, left if side > SIDE else x, top + tall + 20, side)]


def short(name: str) -> str:
    """A row's name, cut."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def legend(lead: Thumbnail, x: float, y: float, side: float) -> list[Shape]:
    """The ramp that the squares are of, and what it means."""
    kind = "d" if any(one.css.startswith("d") for one in lead.squares) else "s"
    step = SIDE / 33
    shapes: list[Shape] = [
        Box(x + i * step, y, step, 14, fill(f"{kind}{i}")) for i in range(33)
    ]
    most = max(1, int((HEIGHT - 24 - y - 18) // 21))
    room = min(side, WIDTH - INSET - x)
    said = paragraph(lead.said, x, y + 18, room, 15, most=min(4, most))
    return [*shapes, Box(x, y, SIDE, 14, "", RULE), *said.shapes]
