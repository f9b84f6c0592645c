"""What holds of every picture: clear letters, one margin, even gaps, no holes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.figures.export.frame import INSET, WIDTH
from generator.figures.export.shapes import (
    PAPER,
    Box,
    Dot,
    Label,
    Picture,
    Shape,
    Stroke,
)
from tests.figures.export.figures import EVERY, kind_of
from tests.figures.export.ink import (
    Edges,
    crosses,
    draw_example,
    edges,
    label_edges,
    lettered,
)

CLEAR = 0.5
"""Pixels around letters into which nothing else comes."""
DENSE = {"trace"}
"""Kinds whose letters stand as closely as their cells, each over its own."""


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_drawn_across_letters(name: str) -> None:
    """No line, dot, edge or other text comes near to the ink of a text.

    A box that holds the whole text is what it stands on.
    """
    one = draw_example(name)
    clear = -0.3 if kind_of(name) in DENSE else CLEAR
    strokes = [s for s in one.shapes if isinstance(s, Stroke)]
    shapes = [s for s in one.shapes if isinstance(s, (Dot, Box))]
    texts = lettered(one)
    spots, inks, lines = map(edge_table, (shapes, texts, strokes))
    for i, label in enumerate(texts):
        around = label_edges(label).grown(clear - 0.01)
        for place in met(spots, around):
            holds = isinstance(shapes[place], Box) and edges(shapes[place]).holds(
                around
            )
            assert holds, (label, shapes[place])
        for place in met(lines, around):
            assert not crosses(strokes[place], around), (label, strokes[place])
        assert met(inks, around) == [i], [texts[place] for place in met(inks, around)]


def edge_table(shapes: Sequence[Shape]) -> NDArray[np.float64]:
    """The edges of shapes, a line of four each."""
    return np.array([edges(shape) for shape in shapes]).reshape(-1, 4)


def met(table: NDArray[np.float64], box: Edges) -> list[int]:
    """Which shapes share a place with a box, or touch it."""
    left, top, right, bottom = table.T
    across = (left <= box.right) & (box.left <= right)
    down = (top <= box.bottom) & (box.top <= bottom)
    return np.flatnonzero(across & down).tolist()


@pytest.mark.parametrize("name", EVERY)
def test_a_drawing_keeps_to_its_margins(name: str) -> None:
    """Left and right alike; above the title and below the origin as much on each."""
    one = draw_example(name)
    found = [edges(s) for s in one.shapes if not (isinstance(s, Label) and not s.text)]
    for ink in found:
        assert ink.left >= INSET - 1.01, ink
        assert ink.right <= WIDTH - INSET + 1.01, ink
    assert min(ink.top for ink in found) == pytest.approx(32, abs=1)
    last = max(label.y for label in lettered(one))
    assert one.height - last == pytest.approx(23, abs=1)


def bands(one: Picture) -> list[tuple[float, float]]:
    """Stretches from top to bottom in which there is ink on some level."""
    ink = [
        edges(s)[1::2]
        for s in one.shapes
        if not (isinstance(s, Box) and s.fill == PAPER and not s.stroke)
        and not (isinstance(s, Label) and not s.text.strip())
    ]
    found: list[tuple[float, float]] = []
    for top, bottom in sorted(ink):
        if found and top <= found[-1][1] + 0.01:
            found[-1] = found[-1][0], max(found[-1][1], bottom)
        else:
            found.append((top, bottom))
    return found


@pytest.mark.parametrize("name", EVERY)
def test_a_picture_has_no_holes(name: str) -> None:
    """No empty band is higher than forty pixels, or than the drawing's own lines."""
    one = draw_example(name)
    for (_, low), (top, _) in pairwise(bands(one)):
        assert top - low < 40


def neighbours(one: Picture, axis: int) -> Iterator[tuple[float, Box]]:
    """Gaps between boxes of one line, 0 across and 1 down, each with the earlier box.

    What is twenty pixels away is no neighbour.
    """
    lines: dict[tuple[float, float], dict[float, Box]] = defaultdict(dict)
    for box in one.shapes:
        if isinstance(box, Box) and box.fill and box.height > 4:
            start, size = (box.x, box.width) if axis else (box.y, box.height)
            place = box.y if axis else box.x
            lines[round(start, 2), round(size, 2)][place] = box
    for line in lines.values():
        for (place, box), (after, _) in pairwise(sorted(line.items())):
            gap = after - place - (box.height if axis else box.width)
            if gap < 20:
                yield round(gap, 2) + 0.0, box


GRIDS = {"agreement", "alignment", "confusion", "features", "matrix", "parts"}
"""Kinds whose cells are as far apart down as across."""


@pytest.mark.parametrize("name", EVERY)
def test_neighbours_of_a_line_are_one_gap_apart(name: str) -> None:
    """Cells, chips and steps of a ramp; where colour runs on, it begins at a place.

    Boxes of one height have one gap: 0 between stretches of colour, and else the same
    between all of them, across a grid and down.
    """
    across: dict[float, set[float]] = defaultdict(set)
    for gap, box in neighbours(draw_example(name), 0):
        if gap < 8 and (gap or box.fill != PAPER):
            across[round(box.height, 1)].add(gap)
    for high, gaps in across.items():
        assert len(gaps) == 1 or 0.0 in gaps, (high, gaps)
        assert min(gaps) <= 3
    if kind_of(name) in GRIDS:
        for gap, box in neighbours(draw_example(name), 1):
            if box.width > 16 and box.height > 16.5:
                assert {gap} == across[round(box.height, 1)], box


@pytest.mark.parametrize("name", EVERY)
def test_letters_stand_in_the_middle_of_what_holds_them(name: str) -> None:
    """One line by its capitals, to a pixel; two with as much room above as below."""
    one = draw_example(name)
    boxes = [
        edges(s)
        for s in one.shapes
        if isinstance(s, Box) and s.height < 60 and not (s.fill == "" and s.thick > 1)
    ]
    table = np.array(boxes).reshape(-1, 4)
    held: dict[Edges, list[Label]] = defaultdict(list)
    for label in lettered(one):
        ink = label_edges(label)
        around = [boxes[i] for i in met(table, ink) if boxes[i].holds(ink)]
        if around and not label.turned:
            held[min(around, key=lambda b: b.bottom - b.top)].append(label)
    for box, lines in held.items():
        top = min(label.y - label.size * 0.73 for label in lines) - box.top
        low = box.bottom - max(label.y for label in lines)
        assert abs(top - low) <= (1.5 if len(lines) == 1 else 4), (box, lines)
        for label in lines:
            if label.anchor == "middle":
                middle = (box.left + box.right) / 2
                assert label.x == pytest.approx(middle, abs=0.01), label
