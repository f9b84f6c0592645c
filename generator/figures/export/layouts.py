"""Layout of a figure's view as a picture that can stand alone.

The view is the one that the template renders; `View.picture` draws its own part. What
stands around the drawing says what it shows and where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.figures.base import View
from generator.figures.export.chips import signs_of_keys
from generator.figures.export.frame import (
    FINE,
    INSET,
    RAMP,
    ROOM,
    TEXT,
    FigureSource,
    frame_picture,
    key_part,
    legend_part,
    paragraph_part,
    paragraphs_part,
    picture_head,
    ramp_ends,
    ramp_part,
)
from generator.figures.export.shapes import INK, SOFT, Anchor, Label, Part, Picture


def draw_figure(view: View, source: FigureSource) -> Picture:
    """Draw the figure of `view`, framed so that it can stand alone."""
    return frame_picture(source, view.summary, layout_parts(view, source))


def layout_parts(view: View, source: FigureSource) -> Iterator[Part]:
    """Yield the parts of a picture from its head to its notes."""
    top = picture_head(source, view.summary)
    yield top
    y = top.bottom + 12
    for part in draw_key(view, y):
        yield part
        y = max(y, part.bottom)
    y += 14
    if view.generated:
        part = paragraph_part("generated text", INSET, y - 6, ROOM, 10)
        yield part
        y = part.bottom + 4
    for part in view.picture(y):
        yield part
        y = max(y, part.bottom)
    if source.notes:
        part = paragraphs_part(source.notes, y + 4, TEXT, INK)
        yield part
        y = part.bottom
    for said in source.verdicts:
        part = paragraph_part(said, INSET, y + 8, ROOM, TEXT + 1, INK, "bold")
        yield part
        y = part.bottom
    yield paragraphs_part(view.notes, y + 6, TEXT - 1)


def draw_key(view: View, y: float) -> Iterator[Part]:
    """Draw colour scales on the left, marks beside them, then the key's other lines."""
    scales = [view.scale] if view.scale else list(getattr(view, "scales", ()))
    low, x = y, float(INSET)
    for i, scale in enumerate(scales):
        if i and not i % 2:
            y, x = low + 10, float(INSET)
        part = legend_part(scale, x, y)
        yield part
        low = max(low, part.bottom)
        x += ROOM / 2
    for kind, ends in unnumbered_ramps(view):
        part = named_ramp_part(kind, ends, x, y)
        yield part
        low, x = max(low, part.bottom), x + ROOM / 2
    x = float(INSET) if x > INSET + ROOM / 2 + 1 else x
    signs = key_part(
        [*signs_of_keys(getattr(view, "keys", ())), *view.key_signs()],
        x,
        low + 8 if x == INSET and low > y else y,
    )
    yield signs
    low = max(low, signs.bottom)
    yield paragraphs_part(view.below_key(), low, 11)


def unnumbered_ramps(view: View) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield ramps without numbers, where each row has its own scale, and their ends."""
    for kind in getattr(view, "ramps", ()):
        yield kind, getattr(view, "ends", ()) if kind == "d" else ()


def named_ramp_part(kind: str, names: tuple[str, ...], x: float, y: float) -> Part:
    """Draw a ramp without numbers, with the names of its ends."""
    part = ramp_part(kind, x, y + 4)
    low = part.bottom + 14
    zero = x + RAMP / 2 if kind == "d" else x
    anchor: Anchor = "middle" if kind == "d" else "start"
    shapes = [*part.shapes, Label(zero, low, "0", FINE, SOFT, anchor=anchor)]
    if kind == "s":
        said = "end of the scale"
        shapes.append(Label(x + RAMP, low, said, FINE, SOFT, anchor="end"))
    tips = ramp_ends(names, x, low + 4)
    return Part([*shapes, *tips.shapes], tips.bottom)
