"""Curves as shapes, read back from the SVG that the page shows.

matplotlib places lines, ticks and names; the classes of its cleaned SVG give the
colours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

from generator.figures.export.frame import INSET, ROOM
from generator.figures.export.shapes import (
    EDGE,
    INK,
    LINES,
    RULE,
    SOFT,
    Anchor,
    Dot,
    Label,
    Part,
    Shape,
    Stroke,
)
from generator.figures.statistics.curve_drawing import DASHES, SVG

ZOOM = ROOM / (5.9 * 72)
"""From matplotlib's points to the width of a drawing."""
CLASSES = {"axis-line": EDGE, "gridline": RULE, "tick": EDGE, "tick-text": SOFT}


def curve_part(svg: str, y: float) -> Part:
    """Draw lines with axes and names, as the page shows them."""
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing, without a document type
    high = float(root.get("viewBox", "0 0 0 252").split()[3])
    shapes: list[Shape] = []
    for element, css, moved in walk_elements(root, "", (0.0, 0.0)):
        shapes += element_shapes(element, css, moved, y)
    return Part(shapes, y + high * ZOOM)


def walk_elements(
    parent: ET.Element, css: str, moved: tuple[float, float]
) -> Iterator[tuple[ET.Element, str, tuple[float, float]]]:
    """Yield the elements drawn, each with its class and how far its group is moved."""
    for child in parent:
        tag = child.tag.removeprefix(f"{{{SVG}}}")
        own = child.get("class", css)
        if tag == "g":
            dx, dy = read_translation(child)
            yield from walk_elements(child, own, (moved[0] + dx, moved[1] + dy))
        elif tag in {"path", "use", "text"}:
            yield child, own, moved


def read_translation(element: ET.Element) -> tuple[float, float]:
    """Return how far an element is moved."""
    found = re.search(
        r"translate\(\s*(-?[\d.]+)[ ,]+(-?[\d.]+)", element.get("transform", "")
    )
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def element_shapes(
    element: ET.Element, css: str, moved: tuple[float, float], y: float
) -> list[Shape]:
    """Return the shapes of an element; none for paper and colourless ticks."""
    tag = element.tag.removeprefix(f"{{{SVG}}}")
    colour = class_colour(css)

    def at(x: float, v: float) -> tuple[float, float]:
        return INSET + (x + moved[0]) * ZOOM, y + (v + moved[1]) * ZOOM

    if tag == "text":
        return text_shapes(element, colour, at(*text_position(element)))
    if not colour:
        return []
    if tag == "use":
        x, v = (float(element.get(name, "0")) for name in "xy")
        if css.startswith("line-"):
            return [Dot(*at(x, v), 2.2 * ZOOM, colour)]
        return [Stroke((at(x, v), at(x, v + 3)), colour)]
    return path_shapes(element, css, colour, at)


def compact_path(path: str) -> str:
    """Return a path's commands without blanks before their numbers."""
    return re.sub(r"([MLC])\s+", r"\1", path)


def path_shapes(
    element: ET.Element,
    css: str,
    colour: str,
    at: Callable[[float, float], tuple[float, float]],
) -> list[Shape]:
    """Return a path as lines, broken where its values are missing."""
    thick = float(element.get("stroke-width", "1")) * (
        ZOOM if css.startswith("line-") else 1
    )
    dashes: tuple[float, ...] = ()
    if css.startswith("line-"):
        own = DASHES[int(css.removeprefix("line-")) % len(DASHES)]
        dashes = tuple(part * 2 for part in own)
    elif element.get("stroke-dasharray"):
        dashes = (4, 4)
    found: list[Shape] = []
    for run in re.split(r"(?=M)", compact_path(element.get("d", ""))):
        ends = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", run)
        points = tuple(at(float(x), float(v)) for x, v in ends)
        if len(points) > 1:
            found.append(Stroke(points, colour, thick, dashes))
    return found


def class_colour(css: str) -> str:
    """Return the colour of a class of the drawing, "" for one that draws nothing."""
    for name in css.split():
        if name in CLASSES:
            return CLASSES[name]
        if re.fullmatch(r"(?:line|name)-\d", name):
            return LINES[int(name[-1]) % len(LINES)]
    return ""


def text_position(element: ET.Element) -> tuple[float, float]:
    """Return the place of a text."""
    x, v = read_translation(element)
    return x + float(element.get("x", "0")), v + float(element.get("y", "0"))


def text_shapes(
    element: ET.Element, colour: str, at: tuple[float, float]
) -> list[Shape]:
    """Return the label of a name, a number of an axis or an axis."""
    said = "".join(element.itertext())
    anchor: Anchor = "start"
    if element.get("text-anchor") in {"middle", "end"}:
        anchor = "middle" if element.get("text-anchor") == "middle" else "end"
    size = float(element.get("font-size", "9").removesuffix("px")) * 1.4
    bold = element.get("class", "").startswith("name-")
    face = "bold" if bold else "sans"
    return [Label(*at, said, size, colour or INK, face, anchor)]  # type: ignore[arg-type]  # a face
