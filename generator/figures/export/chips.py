"""Tokens as chips: their colour, their letters, their number, their marks.

A chip is drawn as the page draws it: outlines, dots and italics mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.core.direction import Direction
from generator.figures.export import fonts
from generator.figures.export.frame import INSET, ROOM
from generator.figures.export.shapes import (
    EDGE,
    INK,
    PAPER,
    SOFT,
    Box,
    Face,
    KeySign,
    Label,
    Part,
    Shape,
    Stroke,
    fill_colour,
    ink_on,
)
from generator.figures.token_chips import TokenChip

LETTERS, NUMBER = 14.0, 10.0
HIGH, LOW = 38.0, 23.0
"""Height of a chip with its number below, and without."""
GAP = 3.0


def chip_width(chip: TokenChip, *, bare: bool = False, least: float = 26.0) -> float:
    """Compute the width of a chip.

    Args:
        chip: The chip.
        bare: Whether its number is left out.
        least: The least width of a chip with a number.
    """
    letters = fonts.text_width(chip_text(chip), LETTERS, chip_face(chip))
    number = 0.0 if bare else fonts.text_width(chip.numeral, NUMBER)
    return min(ROOM, max(letters + 12, number + 6, 0 if bare else least))


def chip_text(chip: TokenChip) -> str:
    """Return the letters of a chip, with a question mark after an unknown word."""
    return f"{chip.token.short}?" if "unknown" in chip.css.split() else chip.token.short


def chip_face(chip: TokenChip) -> Face:
    """Return the font of a chip's letters."""
    marks = set(chip.css.split())
    if marks & {"target", "condition"}:
        return "strong"
    return "slanted" if marks & {"unknown", "later"} else "mono"


def chip_shapes(
    chip: TokenChip, x: float, y: float, wide: float, *, bare: bool = False
) -> list[Shape]:
    """Draw a chip of width `wide` at (x, y)."""
    marks = set(chip.css.split())
    high = LOW if bare else HIGH
    back = INK if "condition" in marks else fill_colour(chip.css)
    ink = text_colour(marks, back)
    on = back or PAPER
    shapes: list[Shape] = [Box(x, y, wide, high, back)] if back else []
    shapes += outline_shapes(chip, Box(x, y, wide, high))
    middle, line = x + wide / 2, y + (17 if not bare else 16)
    letters = fonts.clip_text(chip_text(chip), wide - 4, LETTERS, chip_face(chip))
    shapes.append(
        Label(middle, line, letters, LETTERS, ink, chip_face(chip), "middle", on)
    )
    if "uncertain" in marks:
        half = fonts.text_width(letters, LETTERS, chip_face(chip)) / 2
        under = ((middle - half, line + 4), (middle + half, line + 4))
        shapes.append(Stroke(under, ink, 1.5, (1.5, 2)))
    if chip.numeral and not bare:
        place = middle, y + 32
        shapes.append(Label(*place, chip.numeral, NUMBER, ink, "sans", "middle", on))
    return shapes


def text_colour(marks: set[str], back: str) -> str:
    """Return the colour of letters on a chip with `marks` and the colour `back`."""
    if "condition" in marks:
        return PAPER
    return SOFT if marks & {"out", "later"} else ink_on(back) if back else INK


def outline_shapes(chip: TokenChip, box: Box) -> list[Shape]:
    """Draw the outline of a chip, nothing if it has none."""
    marks = set(chip.css.split())
    if marks & {"target", "key"}:
        return [box._replace(stroke=INK, thick=2 if "target" in marks else 1.5)]
    if chip.token.kind == "pad":
        return [box._replace(stroke=EDGE, dashed=True)]
    return []


def flow_chips(
    chips: Sequence[TokenChip],
    y: float,
    *,
    bare: bool = False,
    widths: Sequence[float] | None = None,
    x: float = INSET,
    direction: Direction = "ltr",
) -> Part:
    """Draw chips in lines.

    Args:
        chips: The chips, in their order.
        y: The upper edge of the first line.
        bare: Whether numbers are left out.
        widths: The width of each chip; by default, what its letters need.
        x: The left edge of lines.
        direction: The direction of the text: where lines begin, and where they go.
    """
    wides = widths or [chip_width(chip, bare=bare) for chip in chips]
    shapes: list[Shape] = []
    left = x
    high = LOW if bare else HIGH
    gap = 1.0 if bare else GAP
    for chip, wide in zip(chips, wides, strict=True):
        if left > x and left + wide > INSET + ROOM:
            left, y = x, y + high + (4 if bare else 7)
        place = left if direction == "ltr" else x + INSET + ROOM - left - wide
        shapes += chip_shapes(chip, place, y, wide, bare=bare)
        left += wide + gap
    return Part(shapes, y + high if chips else y)


def signs_of_keys(lines: Iterable[object]) -> list[KeySign]:
    """Return the signs of a key's lines.

    Args:
        lines: Objects with a class `css`, a `sample` of letters and a `text`.
    """
    found: list[KeySign] = []
    for line in lines:
        css, sample = str(getattr(line, "css", "")), str(getattr(line, "sample", ""))
        found.append((sample_shapes(css, sample), str(getattr(line, "text", ""))))
    return found


def sample_shapes(css: str, sample: str) -> list[Shape]:
    """Draw a mark on a sample of letters."""
    back = INK if css == "condition" else PAPER
    ink = PAPER if css == "condition" else INK
    letters = f"{sample}?" if css == "unknown" else sample
    type_: Face = (
        "slanted" if css == "unknown" else "strong" if css == "condition" else "mono"
    )
    wide = fonts.text_width(letters, 11, type_) + 8
    shapes: list[Shape] = [Box(0, 0, wide, 16, back)]
    if css in {"key", "pad", "possible"}:
        dashes = css != "key"
        edge = EDGE if dashes else INK
        shapes.append(Box(0, 0, wide, 16, "", edge, 1 if dashes else 1.5, dashes))
    shapes.append(Label(wide / 2, 12, letters, 11, ink, type_, "middle", back))
    if css == "uncertain":
        shapes.append(Stroke(((4, 14), (wide - 4, 14)), INK, 1.5, (1.5, 2)))
    if css == "hypothesis":
        shapes.append(Stroke(((0, 15), (wide, 15)), INK, 2))
    return shapes
