"""Fields of arrows, and scores of features, as the page draws them."""

from __future__ import annotations

from collections.abc import Iterator

from generator.figures.features import WIDTH, FeaturesView, Panel
from generator.figures.quiver import SIDE, QuiverView
from generator.pictures import fonts
from generator.pictures.colours import EDGE, INK, LINES, RULE, SOFT, fill
from generator.pictures.frame import MARGIN, ROOM, SMALL, Sign, paragraph, paragraphs
from generator.pictures.shapes import Box, Dot, Label, Part, Shape, Stroke

LEFT = 60.0
"""Room for the numbers of the vertical axis."""
ACROSS = 6
"""Small pictures in a line."""
MODEL, TRUTH = LINES[1], LINES[2]


def quiver(view: QuiverView, y: float) -> Iterator[Part]:
    """The field with its axes and boundaries."""
    x, y = MARGIN + LEFT, y + 30
    shapes: list[Shape] = [Box(x, y, SIDE, SIDE, "", EDGE), *size(view, x, y - 14)]
    for at, text in view.axes[0].ticks:
        shapes.append(Stroke(((x + at, y + SIDE), (x + at, y + SIDE + 5)), EDGE))
        shapes.append(Label(x + at, y + SIDE + 18, text, SMALL, SOFT, anchor="middle"))
    for at, text in view.axes[1].ticks:
        line = y + SIDE - at
        shapes.append(Stroke(((x - 5, line), (x, line)), EDGE))
        shapes.append(Label(x - 9, line + 4, text, SMALL, SOFT, anchor="end"))
    middle = x + SIDE / 2, y + SIDE + 36
    shapes.append(Label(*middle, view.axes[0].name, 12, INK, anchor="middle"))
    shapes.append(Label(MARGIN + 6, y + SIDE / 2, view.axes[1].name, 12, INK))
    if view.truth:
        points = tuple((x + a, y + b) for a, b in view.truth)
        shapes.append(Stroke(points, TRUTH, 2, (6, 4)))
    shapes += [
        Stroke(tuple((x + a, y + b) for a, b in one), MODEL, 2) for one in view.model
    ]
    shapes += arrows(view, x, y)
    yield Part(shapes, y + SIDE + 40)
    yield paragraphs((f"Differentiated: {view.function}.",), y + SIDE + 46, SMALL)


def arrows(view: QuiverView, x: float, y: float) -> Iterator[Shape]:
    """Arrows with their heads; dots where the field is flat."""
    for one in view.arrows:
        start = x + one.x, y + one.y
        if one.is_dot:
            yield Dot(*start, 1.1, EDGE)
            continue
        tip = start[0] + one.dx, start[1] + one.dy
        yield Stroke((start, tip), INK, 1.1)
        for dx, dy in one.head:
            yield Stroke((tip, (tip[0] + dx, tip[1] + dy)), INK, 1.1)


def size(view: QuiverView, x: float, y: float) -> list[Shape]:
    """An arrow of a printed size."""
    tip, back = (x + view.bar, y), x + view.bar - 5
    return [
        Stroke(((x, y), tip), INK, 1.1),
        Stroke(((back, y - 3), tip, (back, y + 3)), INK, 1.1),
        Label(tip[0] + 10, y + 4, view.size, 12, SOFT),
    ]


def boundaries(view: QuiverView) -> list[Sign]:
    """What a dot means, and which line is which boundary."""
    found: list[Sign] = [
        ([Dot(15, 8, 1.1, EDGE)], f"below {view.flat}, not drawn to length"),
        ([Stroke(((0, 8), (30, 8)), MODEL, 2)], "the model's boundary"),
    ]
    if view.truth:
        line = Stroke(((0, 8), (30, 8)), TRUTH, 2, (6, 4))
        found.append(([line], "the true boundary"))
    return found


def features(view: FeaturesView, y: float) -> Iterator[Part]:
    """Small pictures in lines, or bars in columns."""
    if not view.columns:
        yield bars(view, y)
    across = min(ACROSS, max(3, len(view.panels)))
    room = (ROOM - 18 * (across - 1)) / across
    cell = min(room / max(view.columns, 1), 18.0)
    high = cell * view.lines + 66
    for i, panel in enumerate(view.panels if view.columns else ()):
        x = MARGIN + (i % across) * (room + 18)
        yield picture(view, panel, x, y + i // across * high, (cell, room))


def picture(
    view: FeaturesView, panel: Panel, x: float, y: float, size: tuple[float, float]
) -> Part:
    """One small picture, its name above and what it is of below."""
    cell, room = size
    top = y + 30
    wide, high = cell * view.columns, cell * view.lines
    name = fonts.wrapped(panel.name, room, 12, "bold", 2)
    shapes: list[Shape] = [
        Label(x, y + 10 + i * 14, line, 12, INK, "bold") for i, line in enumerate(name)
    ]
    shapes.append(Box(x - 1, top - 1, wide + 2, high + 2, "", RULE))
    for one in panel.pixels:
        place = x + one.x * cell + 0.5, top + one.y * cell + 0.5
        edge = INK if one.marked else ""
        shapes.append(Box(*place, cell - 1, cell - 1, fill(one.css), edge))
    below = paragraph(panel.said, x, top + high + 3, room, 10, SOFT, most=2)
    return Part([*shapes, *below.shapes], top + high + 34)


def bars(view: FeaturesView, y: float) -> Part:
    """A line for each feature, a column for each panel."""
    head = min(220.0, max(fonts.width(f.name, 12) for f in view.features) + 16)
    step = min(300.0, (ROOM - head - 10) / len(view.panels))
    room = step - 78
    shapes: list[Shape] = []
    for i, panel in enumerate(view.panels):
        x = MARGIN + head + 10 + i * step
        name = fonts.clipped(panel.name, step - 8, 12)
        shapes.append(Label(x, y + 10, name, 12, INK, "bold"))
        for j, one in enumerate(panel.bars):
            line = y + 22 + j * 18
            left, wide = (v / WIDTH * room for v in (one.left, one.width))
            shapes.append(Box(x + left, line, wide, 12, fill(one.css), EDGE))
            shapes.append(Label(x + room + 8, line + 10, one.text, SMALL, SOFT))
        zero = x + view.zero / WIDTH * room
        ends = (zero, y + 20), (zero, y + 22 + len(panel.bars) * 18)
        shapes.append(Stroke(ends, EDGE))
    for j, feature in enumerate(view.features):
        said = fonts.clipped(
            f"{feature.name}{' •' if feature.marked else ''}", head, 12
        )
        place = MARGIN + head, y + 32 + j * 18
        shapes.append(Label(*place, said, 12, INK, anchor="end"))
    return Part(shapes, y + 28 + len(view.features) * 18)


def masks(view: FeaturesView) -> tuple[str, ...]:
    """What is outlined or marked."""
    if not view.mask:
        return ()
    how = "Outlined" if view.columns else "•"
    return (f"{how}: annotation mask {view.mask}.",)
