"""Shapes as SVG: plain attributes, no style, no script, nothing fetched.

A file stands alone, so it says what it is in `<title>` and `<desc>`.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from generator.figures.export.shapes import (
    PAPER,
    Box,
    Dot,
    Face,
    Label,
    Picture,
    Shape,
    Stroke,
)

FAMILIES: dict[Face, str] = {
    "sans": 'font-family="DejaVu Sans,Verdana,sans-serif"',
    "bold": 'font-family="DejaVu Sans,Verdana,sans-serif" font-weight="700"',
    "mono": 'font-family="DejaVu Sans Mono,Menlo,monospace"',
    "strong": 'font-family="DejaVu Sans Mono,Menlo,monospace" font-weight="700"',
    "slanted": 'font-family="DejaVu Sans Mono,Menlo,monospace" font-style="italic"',
}
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold."""


def svg(picture: Picture) -> bytes:
    """`picture` as a file, the same bytes each time."""
    wide, high = picture.width, picture.height
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}" role="img">'
    )
    lines = [
        head,
        f"<title>{safe(picture.title)}</title>",
        f"<desc>{safe(picture.said)}</desc>",
        f'<rect width="{wide}" height="{high}" fill="{PAPER}"/>',
        *map(element, picture.shapes),
        "</svg>\n",
    ]
    return "\n".join(lines).encode("utf-8")


def safe(text: str) -> str:
    """`text` for XML; what XML forbids becomes the sign of what is no character."""
    return escape(FORBIDDEN.sub("\ufffd", text), {'"': "&quot;"})


def number(value: float) -> str:
    """A place to a hundredth of a pixel."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(shape: Shape) -> str:
    """A shape as an element."""
    if isinstance(shape, Label):
        return label(shape)
    if isinstance(shape, Box):
        return box(shape)
    if isinstance(shape, Dot):
        place = f'cx="{number(shape.x)}" cy="{number(shape.y)}"'
        radius = number(shape.radius)
        ink = paint(shape.fill, shape.stroke, shape.thick)
        return f'<circle {place} r="{radius}"{ink}/>'
    return stroke(shape)


def paint(fill: str, line: str, thick: float) -> str:
    """The attributes of a shape's colours."""
    edge = f' stroke="{line}" stroke-width="{number(thick)}"' if line else ""
    return f' fill="{fill or "none"}"{edge}'


def label(one: Label) -> str:
    """A line of text, its blanks kept."""
    x, y = number(one.x), number(one.y)
    anchor = f' text-anchor="{one.anchor}"' if one.anchor != "start" else ""
    turn = f' transform="rotate(-90 {x} {y})"' if one.turned else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{number(one.size)}" fill="{one.colour}" '
        f'{FAMILIES[one.face]}{anchor}{turn} xml:space="preserve">{safe(one.text)}'
        "</text>"
    )


def box(one: Box) -> str:
    """A rectangle, its edge drawn inside."""
    inset = one.thick / 2 if one.stroke else 0.0
    x, y = number(one.x + inset), number(one.y + inset)
    wide, high = number(one.width - 2 * inset), number(one.height - 2 * inset)
    dash = ' stroke-dasharray="3 2"' if one.dashed else ""
    ink = paint(one.fill, one.stroke, one.thick)
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{high}"{ink}{dash}/>'


def stroke(one: Stroke) -> str:
    """A line through points."""
    places = (f"{number(x)} {number(y)}" for x, y in one.points)
    path = f"M{'L'.join(places)}{'z' if one.fill else ''}"
    dash = " ".join(number(size) for size in one.dashes)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}"{paint(one.fill, one.stroke, one.thick)}{dashes}/>'
