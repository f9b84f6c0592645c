"""Shapes as SVG: plain attributes, no style, no script, nothing fetched.

A file stands alone, so it says what it is in `<title>` and `<desc>`.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from generator.core.direction import paragraph_direction
from generator.figures.export.shapes import (
    PAPER,
    Anchor,
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
TURNED: dict[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}
"""Where a text from right to left is held: its start is its right end."""
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold."""


def svg(picture: Picture) -> bytes:
    """Return `picture` as an SVG file, the same bytes each time."""
    wide, high = picture.width, picture.height
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}" role="img">'
    )
    lines = [
        head,
        f"<title>{escape_xml(picture.title)}</title>",
        f"<desc>{escape_xml(picture.description)}</desc>",
        f'<rect width="{wide}" height="{high}" fill="{PAPER}"/>',
        *map(shape_element, picture.shapes),
        "</svg>\n",
    ]
    return "\n".join(lines).encode("utf-8")


def escape_xml(text: str) -> str:
    """Escape `text` for XML; characters that XML forbids become U+FFFD."""
    return escape(FORBIDDEN.sub("\ufffd", text), {'"': "&quot;"})


def format_coordinate(value: float) -> str:
    """Format a coordinate to a hundredth of a pixel."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def shape_element(shape: Shape) -> str:
    """Return a shape as an SVG element."""
    if isinstance(shape, Label):
        return label_element(shape)
    if isinstance(shape, Box):
        return box_element(shape)
    if isinstance(shape, Dot):
        place = f'cx="{format_coordinate(shape.x)}" cy="{format_coordinate(shape.y)}"'
        radius = format_coordinate(shape.radius)
        ink = colour_attributes(shape.fill, shape.stroke, shape.thick)
        return f'<circle {place} r="{radius}"{ink}/>'
    return stroke_element(shape)


def colour_attributes(fill: str, line: str, thick: float) -> str:
    """Return the attributes of a shape's colours."""
    edge = f' stroke="{line}" stroke-width="{format_coordinate(thick)}"' if line else ""
    return f' fill="{fill or "none"}"{edge}'


def label_element(label: Label) -> str:
    """Return a line of text as an element, its blanks kept."""
    x, y = format_coordinate(label.x), format_coordinate(label.y)
    turned = paragraph_direction(label.text) == "rtl"
    place = TURNED[label.anchor] if turned else label.anchor
    anchor = f' text-anchor="{place}"' if place != "start" else ""
    anchor += ' direction="rtl"' if turned else ""
    turn = f' transform="rotate(-90 {x} {y})"' if label.turned else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{format_coordinate(label.size)}" '
        f'fill="{label.colour}" '
        f"{FAMILIES[label.face]}{anchor}{turn} "
        f'xml:space="preserve">{escape_xml(label.text)}'
        "</text>"
    )


def box_element(box: Box) -> str:
    """Return a rectangle as an element, its edge drawn inside."""
    inset = box.thick / 2 if box.stroke else 0.0
    x, y = format_coordinate(box.x + inset), format_coordinate(box.y + inset)
    wide, high = (
        format_coordinate(box.width - 2 * inset),
        format_coordinate(box.height - 2 * inset),
    )
    dash = ' stroke-dasharray="3 2"' if box.dashed else ""
    ink = colour_attributes(box.fill, box.stroke, box.thick)
    return f'<rect x="{x}" y="{y}" width="{wide}" height="{high}"{ink}{dash}/>'


def stroke_element(stroke: Stroke) -> str:
    """Return a line through points as an element."""
    places = (
        f"{format_coordinate(x)} {format_coordinate(y)}" for x, y in stroke.points
    )
    path = f"M{'L'.join(places)}{'z' if stroke.fill else ''}"
    dash = " ".join(format_coordinate(size) for size in stroke.dashes)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f"<path "
        f'd="{path}"{colour_attributes(stroke.fill, stroke.stroke, stroke.thick)}'
        f"{dashes}/>"
    )
