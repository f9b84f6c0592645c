"""The card that other sites show where a study is linked: 1200 by 630 pixels."""

from __future__ import annotations

from typing import NamedTuple

from generator.core.direction import paragraph_direction
from generator.figures.export import fonts
from generator.figures.export.frame import move_shape, paragraph_part
from generator.figures.export.shapes import (
    INK,
    PAPER,
    RULE,
    SOFT,
    Anchor,
    Box,
    Label,
    Picture,
    Shape,
    fill_colour,
)
from generator.figures.squares import Thumbnail

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
START: Anchor = "start"
END: Anchor = "end"
LONGEST = 14
"""Letters of a row's name."""


class CardText(NamedTuple):
    """The words of a card: site, title, the line below it (a date), a summary."""

    site: str
    title: str
    line: str = ""
    summary: str = ""


def draw_card(words: CardText, lead: Thumbnail | None = None) -> Picture:
    """Draw a card, with the first lines of a figure where there is a thumbnail."""
    across = bool(lead and lead.lines <= FLAT)
    room = WIDTH - 2 * INSET - (SIDE + 50 if lead and not across else 0)
    top = HEIGHT - INSET - 56 - (lead.lines * HIGHEST if lead and across else 0)
    shapes: list[Shape] = [
        Box(0, 0, WIDTH, 10, INK),
        *signature_shapes(words, room, across),
    ]
    title, low = title_shapes(words.title, room, 2 if across else LINES)
    shapes += title
    most = int((top - 24 - low) // 31)
    if words.summary and most > 0:
        part = paragraph_part(
            words.summary, INSET, low + 10, room, 22, most=min(4, most)
        )
        shapes += part.shapes
    if lead and across:
        shapes += thumbnail_shapes(lead, INSET, top, WIDTH - 2 * INSET)
    elif lead:
        shapes += thumbnail_shapes(lead, WIDTH - INSET - SIDE, 66.0, SIDE)
    said = f"{words.title}. {words.site}. {words.line}".strip()
    return Picture(WIDTH, HEIGHT, tuple(shapes), words.title, said)


def signature_shapes(words: CardText, room: float, above: bool) -> list[Shape]:
    """Draw the site's logo and name, and the date.

    Args:
        words: The words of the card.
        room: The width for the site's name.
        above: Whether the date stands beside the name instead of at the foot.
    """
    line = fonts.text_width(words.line, 24) + 40 if above else 0
    site = fonts.clip_text(words.site, room - 70 - line, 24, "bold")
    date = Label(INSET, HEIGHT - INSET, words.line, 24, SOFT)
    if above:
        date = date._replace(x=WIDTH - INSET, y=88, anchor="end")
    return [
        *(move_shape(shape, INSET, 66) for shape in logo_shapes()),
        Label(INSET + 70, 88, site, 24, INK, "bold"),
        date,
    ]


def logo_shapes() -> list[Shape]:
    """Draw the site's logo: a few shades."""
    return [
        Box(i * 9, 0, 8, 22, fill_colour(f"s{step}"))
        for i, step in enumerate((3, 7, 2, 14, 5, 26))
    ]


def title_shapes(
    title: str, room: float, most: int = LINES
) -> tuple[list[Shape], float]:
    """Draw a title in the largest letters that hold it.

    Returns:
        The title, and the `y` of its lower edge.
    """
    size = LARGEST
    while size > LEAST and len(fonts.wrap_text(title, room, size, "bold")) > max(
        2, most - 1
    ):
        size -= 4
    lines = fonts.wrap_text(title, room, size, "bold", most)
    top = 190.0
    turned = paragraph_direction(title) == "rtl"
    x, anchor = (INSET + room, END) if turned else (INSET, START)
    shapes: list[Shape] = [
        Label(x, top + i * size * 1.18, line, size, INK, "bold", anchor)
        for i, line in enumerate(lines)
    ]
    return shapes, top + (len(lines) - 1) * size * 1.18 + 14


def thumbnail_shapes(lead: Thumbnail, x: float, top: float, side: float) -> list[Shape]:
    """Draw the first lines of a figure with their names, and its colour scale."""
    names = [shorten_name(head.short) for head in lead.heads]
    head = max((fonts.text_width(name, 17, "mono") + 14 for name in names), default=0.0)
    high = min(HIGHEST, 380 / lead.lines)
    step = min((side - head) / lead.columns, high * 1.8)
    wide, tall = step * lead.columns, high * lead.lines
    left = x + (head if side > SIDE else side - wide)
    shapes: list[Shape] = [Box(left - 2, top - 2, wide + 4, tall + 4, PAPER, RULE, 2)]
    for one in lead.squares:
        place = left + one.x * step, top + one.y * high
        shapes.append(Box(*place, step - 2, high - 2, fill_colour(one.css)))
    if high >= 15:  # noqa: PLR2004 - room for letters
        for i, name in enumerate(names):
            y = top + (i + 0.5) * high + 6
            shapes.append(Label(left - 12, y, name, 17, INK, "mono", "end"))
    return [
        *shapes,
        *ramp_legend(lead, left if side > SIDE else x, top + tall + 20, side),
    ]


def shorten_name(name: str) -> str:
    """Return a row's name, cut to `LONGEST` letters."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def ramp_legend(lead: Thumbnail, x: float, y: float, side: float) -> list[Shape]:
    """Draw the ramp that the squares are of, and what it means."""
    kind = "d" if any(one.css.startswith("d") for one in lead.squares) else "s"
    step = SIDE / 33
    shapes: list[Shape] = [
        Box(x + i * step, y, step, 14, fill_colour(f"{kind}{i}")) for i in range(33)
    ]
    most = max(1, int((HEIGHT - 24 - y - 18) // 21))
    room = min(side, WIDTH - INSET - x)
    said = paragraph_part(lead.description, x, y + 18, room, 15, most=min(4, most))
    return [*shapes, Box(x, y, SIDE, 14, "", RULE), *said.shapes]
