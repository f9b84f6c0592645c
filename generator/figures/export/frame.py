"""The frame around a drawing, so that a picture on a slide says what it is.

Above: the figure's number and title, its sentence, its colour scale with quantity, unit
and bound, and the marks it uses. Below: its notes, the study, the figure's name there,
and the address where the site has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator.core.direction import paragraph_direction
from generator.figures.base import Stat
from generator.figures.export import fonts
from generator.figures.export.shapes import (
    EDGE,
    INK,
    RULE,
    SOFT,
    Anchor,
    Box,
    Face,
    KeySign,
    Label,
    Part,
    Picture,
    Shape,
    Stroke,
    fill_colour,
)
from generator.figures.formatting import Phrase, phrase_text
from generator.figures.scales import Scale

WIDTH, INSET = 900, 28
ROOM = WIDTH - 2 * INSET
"""Width of a drawing."""
FINE, TEXT, LEAD = 11.0, 13.0, 18.0
"""Sizes of letters."""
RAMP = 240.0
"""Width of a colour scale."""
KEYS = 330.0
"""Width of a column of the key."""
ANCHORS: dict[float, Anchor] = {0.0: "start", 1.0: "end"}
"""Where the labels of a scale's ends stand; the others stand in the middle."""
LONGEST = 400
"""Characters of a sentence; the page has the others."""


@dataclass(frozen=True, slots=True)
class FigureSource:
    """Which figure of which study a picture shows, and where it stands."""

    number: int
    id: str
    title: str
    study: str
    site: str = ""
    address: str = ""
    verdicts: tuple[str, ...] = ()
    """What the study claims with this figure, each after its verdict."""
    notes: tuple[str, ...] = ()
    """The author's annotations, each after what it is about."""


def frame_picture(
    source: FigureSource, summary: Phrase, parts: Iterable[Part]
) -> Picture:
    """Return a picture of `parts` with the figure's origin below them.

    Args:
        source: Which figure of which study it is.
        summary: The drawing in one sentence.
        parts: Everything above the origin, laid out from `INSET` down.
    """
    shapes: list[Shape] = []
    bottom = float(INSET)
    for part in parts:
        shapes += part.shapes
        bottom = max(bottom, part.bottom)
    foot = origin_part(source, bottom + 22)
    title = f"Figure {source.number}: {source.title}"
    height = round(foot.bottom + INSET * 0.7)
    return Picture(WIDTH, height, (*shapes, *foot.shapes), title, phrase_text(summary))


def picture_head(source: FigureSource, summary: Phrase) -> Part:
    """Draw a figure's number, title and sentence."""
    number = f"Figure {source.number}"
    wide = fonts.text_width(number, LEAD) + 10
    lines = fonts.wrap_text(source.title, ROOM - wide, LEAD, "bold", 3)
    y = INSET + LEAD
    shapes: list[Shape] = [Label(INSET, y, number, LEAD, SOFT)]
    for i, line in enumerate(lines):
        place = INSET + wide, y + i * LEAD * 1.3
        shapes.append(Label(*place, line, LEAD, INK, "bold"))
    y += (len(lines) - 1) * LEAD * 1.3
    said = paragraph_part(shorten_sentence(phrase_text(summary)), INSET, y + 10, ROOM)
    return Part([*shapes, *said.shapes], said.bottom)


def shorten_sentence(text: str) -> str:
    """Return `text`, cut where it is longer than a picture's sentence may be."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def origin_part(source: FigureSource, y: float) -> Part:
    """Draw where the picture comes from: study, figure, site and address."""
    line = Stroke(((INSET, y), (WIDTH - INSET, y)), RULE)
    said = [source.study, source.id]
    said += [source.site] if source.site else []
    left = paragraph_part(" · ".join(said), INSET, y + 6, ROOM, FINE, most=3)
    if not source.address:
        return Part([line, *left.shapes], left.bottom)
    place = paragraph_part(source.address, INSET, left.bottom, ROOM, FINE, most=3)
    return Part([line, *left.shapes, *place.shapes], place.bottom)


def paragraph_part(  # noqa: PLR0917 - a place, then letters, as every shape has them
    text: str,
    x: float,
    y: float,
    room: float,
    size: float = TEXT,
    colour: str = SOFT,
    face: Face = "sans",
    most: int = 0,
) -> Part:
    """Draw text in lines, the first of them below `y`.

    Args:
        text: The text; "" takes no room.
        x: The left edge; lines of a text from right to left begin at the other one.
        y: The upper edge.
        room: The width that lines may have.
        size: The size of letters.
        colour: The colour of letters.
        face: The font.
        most: The most lines; 0 for as many as are needed.
    """
    step = size * 1.4
    lines = fonts.wrap_text(text, room, size, face, most) if text else []
    turned = paragraph_direction(text) == "rtl"
    anchor: Anchor = "end" if turned else "start"
    shapes: list[Shape] = [
        Label(
            x + room if turned else x,
            y + step * (i + 1) - size * 0.3,
            line,
            size,
            colour,
            face,
            anchor,
        )
        for i, line in enumerate(lines)
    ]
    return Part(shapes, y + step * len(lines))


def paragraphs_part(
    texts: Iterable[str], y: float, size: float = TEXT, colour: str = SOFT
) -> Part:
    """Draw texts below each other, over the whole width."""
    shapes: list[Shape] = []
    for text in texts:
        part = paragraph_part(text, INSET, y + 4, ROOM, size, colour)
        shapes += part.shapes
        y = part.bottom
    return Part(shapes, y)


def stat_row(items: Sequence[Stat], y: float, size: float = 16.0) -> Part:
    """Draw numbers side by side, each with its name below."""
    shapes: list[Shape] = []
    x = float(INSET)
    for item in items:
        wide = max(
            fonts.text_width(item.value, size), fonts.text_width(item.name, FINE)
        )
        wide = min(wide, ROOM)
        if x + wide > WIDTH - INSET:  # never the first, which is cut to the room
            x, y = float(INSET), y + size + 28
        value = fonts.clip_text(item.value, ROOM, size)
        name = fonts.clip_text(item.name, ROOM, FINE)
        shapes.append(Label(x, y + size + 6, value, size))
        shapes.append(Label(x, y + size + 21, name, FINE, SOFT))
        x += wide + 28
    return Part(shapes, y + size + 26 if items else y)


def legend_part(scale: Scale, x: float, y: float) -> Part:
    """Draw a colour scale: its quantity, its ramp with marks, its unit, its bound."""
    top = paragraph_part(scale.quantity, x, y, ROOM / 2, 12, INK, "bold", most=2)
    ramp = ramp_part(
        "d" if scale.signed else "s", x, top.bottom + 4, mirrored=scale.mirrored
    )
    shapes = [*top.shapes, *ramp.shapes]
    below = ramp.bottom
    for mark in scale.marks:
        place = x + RAMP * (0.5 + mark.at * 32) / 33
        tick = (place, below - (13 if mark.strong else 0)), (place, below + 4)
        shapes.append(Stroke(tick, INK if mark.strong else EDGE))
        anchor = ANCHORS.get(mark.at, "middle")
        at = {"start": x, "end": x + RAMP}.get(anchor, place)
        shapes.append(Label(at, below + 15, mark.text, FINE, SOFT, anchor=anchor))
    y = below + (19 if scale.marks else 4)
    tips = ramp_ends(scale.ends, x, y)
    note = paragraph_part(scale.note, x, tips.bottom, ROOM / 2 - 30, FINE)
    return Part([*shapes, *tips.shapes, *note.shapes], note.bottom)


def ramp_part(kind: str, x: float, y: float, *, mirrored: bool = False) -> Part:
    """Draw a ramp without numbers.

    Args:
        kind: `s` for the sequential ramp, `d` for the diverging one.
        x: The left edge.
        y: The upper edge.
        mirrored: Whether the last step is on the left.
    """
    order = range(32, -1, -1) if mirrored else range(33)
    step = RAMP / 33
    shapes: list[Shape] = [
        Box(x + i * step, y, step, 12, fill_colour(f"{kind}{css}"))
        for i, css in enumerate(order)
    ]
    low = y + 12
    line = Stroke(((x, low), (x + RAMP, low)), EDGE)
    return Part([*shapes, line], low)


def ramp_ends(names: Sequence[str], x: float, y: float) -> Part:
    """Draw what a ramp's ends speak for; below each other where they are long."""
    if not names:
        return Part([], y)
    left, right = f"← {names[0]}", f"{names[1]} →"
    if fonts.text_width(left, FINE) + fonts.text_width(right, FINE) + 12 <= RAMP:
        far = Label(x + RAMP, y + 12, right, FINE, INK, anchor="end")
        return Part([Label(x, y + 12, left, FINE, INK), far], y + 16)
    one = paragraph_part(left, x, y, ROOM / 2 - 30, FINE, INK, most=2)
    two = paragraph_part(right, x, one.bottom, ROOM / 2 - 30, FINE, INK, most=2)
    return Part([*one.shapes, *two.shapes], two.bottom)


def key_part(entries: Iterable[KeySign], x: float, y: float) -> Part:
    """Draw signs below each other, each with its meaning beside it."""
    shapes: list[Shape] = []
    for sign, text in entries:
        said = paragraph_part(text, x + 36, y, KEYS, FINE)
        shapes += [move_shape(shape, x, y) for shape in sign]
        shapes += said.shapes
        y = max(said.bottom, y + 18) + 3
    return Part(shapes, y)


def move_shape(shape: Shape, dx: float, dy: float) -> Shape:
    """Return `shape`, moved by (dx, dy)."""
    if isinstance(shape, Stroke):
        return shape._replace(points=tuple((x + dx, y + dy) for x, y in shape.points))
    return shape._replace(x=shape.x + dx, y=shape.y + dy)
