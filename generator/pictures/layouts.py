"""Each kind of figure and how it is laid out as a picture.

A picture is laid out from a figure's view, the same that its template draws, and says
by itself what it shows and where it comes from. To add a kind of figure, add its line
to `LAYOUTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from generator.figures.view import View
from generator.pictures import (
    activations,
    alignments,
    epochs,
    fields,
    grids,
    keys,
    plot,
    points,
    strips,
)
from generator.pictures.colours import INK
from generator.pictures.frame import (
    MARGIN,
    ROOM,
    TEXT,
    Sign,
    Source,
    framed,
    head,
    keyed,
    legend,
    paragraph,
    paragraphs,
)
from generator.pictures.shapes import Part, Picture


class Layout(NamedTuple):
    """How a kind is drawn from `y` on, its key, and what stands below the key."""

    draw: Callable[[Any, float], Iterator[Part]]
    key: Callable[[Any], list[Sign]] = keys.none
    said: Callable[[Any], tuple[str, ...]] = keys.silent


LAYOUTS: dict[str, Layout] = {
    "text": Layout(strips.text),
    "matrix": Layout(grids.matrix),
    "epochs": Layout(epochs.epochs),
    "parts": Layout(grids.parts),
    "curve": Layout(plot.curve, plot.names),
    "samples": Layout(plot.samples),
    "estimates": Layout(points.estimates, keys.roles, keys.interval),
    "heatmap": Layout(strips.heatmap, keys.marks),
    "rule": Layout(strips.rule, keys.rule, keys.precision),
    "history": Layout(epochs.history, keys.marks),
    "violins": Layout(points.violins, keys.violins, keys.outlines),
    "compare": Layout(strips.compare, keys.compare, keys.own_scales),
    "confusion": Layout(grids.confusion, keys.right),
    "bars": Layout(points.bars, keys.marks, keys.errors),
    "scores": Layout(points.scores, keys.scores, keys.aspect),
    "agreement": Layout(grids.agreement),
    "alignment": Layout(alignments.alignment, keys.marks),
    "optimised": Layout(strips.heatmap, keys.marks),
    "quiver": Layout(fields.quiver, fields.boundaries),
    "features": Layout(fields.features, keys.none, fields.masks),
    "trace": Layout(activations.trace, keys.marks),
    "wall": Layout(activations.wall),
    "hypotheses": Layout(activations.hypotheses),
}
"""Every kind of figure and its layout."""


def picture(kind: str, view: View, source: Source) -> Picture:
    """The figure that `view` draws, as a picture that can stand alone."""
    return framed(source, view.summary, laid(LAYOUTS[kind], view, source))


def laid(layout: Layout, view: View, source: Source) -> Iterator[Part]:
    """The parts of a picture from its head to its notes."""
    top = head(source, view.summary)
    yield top
    y = top.bottom + 12
    for part in key_box(layout, view, y):
        yield part
        y = max(y, part.bottom)
    y += 14
    if view.generated:
        part = paragraph("generated text", MARGIN, y - 6, ROOM, 10)
        yield part
        y = part.bottom + 4
    for part in layout.draw(view, y):
        yield part
        y = max(y, part.bottom)
    if source.notes:
        part = paragraphs(source.notes, y + 4, TEXT, INK)
        yield part
        y = part.bottom
    for said in source.verdicts:
        part = paragraph(said, MARGIN, y + 8, ROOM, TEXT + 1, INK, "bold")
        yield part
        y = part.bottom
    yield paragraphs(view.notes, y + 6, TEXT - 1)


def key_box(layout: Layout, view: View, y: float) -> Iterator[Part]:
    """Colour scales on the left, marks beside them, then what else is to be known."""
    scales = [view.scale] if view.scale else list(getattr(view, "scales", ()))
    low, x = y, float(MARGIN)
    for i, scale in enumerate(scales):
        if i and not i % 2:
            y, x = low + 10, float(MARGIN)
        part = legend(scale, x, y)
        yield part
        low = max(low, part.bottom)
        x += ROOM / 2
    ramps = list(keys.ramps(view))
    for kind, ends in ramps:
        part = keys.ramp(kind, ends, x, y)
        yield part
        low, x = max(low, part.bottom), x + ROOM / 2
    x = float(MARGIN) if x > MARGIN + ROOM / 2 + 1 else x
    signs = keyed(layout.key(view), x, low + 8 if x == MARGIN and low > y else y)
    yield signs
    low = max(low, signs.bottom)
    yield paragraphs(layout.said(view), low, 11)
