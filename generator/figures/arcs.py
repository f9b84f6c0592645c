"""An alignment as lines between two columns of text, for screens that are narrow.

Target tokens stand at the left, source tokens at the right, each column over the whole
height. A line is as wide as its score is large, on the scale of the figure: `WIDEST`
units are its bound. Scores below a fiftieth of the bound, and those whose colour is the
paper's, have no line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from generator.artifacts import AlignedText, Token
from generator.figures.colour import Scale
from generator.figures.numbers import fixed
from generator.figures.tokens import Shown, cut, show

WIDTH, LEFT, RIGHT = 320, 122, 198
"""Width of the drawing, and where lines begin and end."""
STEP = 22.0
"""Height of a line of text."""
WIDEST = 9.0
"""Width of a line at the bound."""
FAINT = 0.02
"""Share of the bound below which there is no line."""
LETTERS = 16
"""Letters of a token that fit beside the lines."""
TOLD = 3
"""Source tokens that a target token's words name at most."""


@dataclass(frozen=True, slots=True)
class Link:
    """A line: its path, its colour class, its width."""

    path: str
    css: str
    width: float


@dataclass(frozen=True, slots=True)
class End:
    """A token beside the lines, its baseline at `y`."""

    token: Shown
    y: float


@dataclass(frozen=True, slots=True)
class Bundle:
    """A target token, the lines from it, its gold links, and all that in words."""

    end: End
    links: tuple[Link, ...]
    gold: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Arcs:
    """The whole drawing."""

    height: float
    bundles: tuple[Bundle, ...]
    sources: tuple[End, ...]


def arcs(text: AlignedText, scale: Scale) -> Arcs:
    """The lines of a text, on the figure's scale."""
    height = STEP * max(len(text.sources), len(text.targets))
    right = [(j + 0.5) * height / len(text.sources) for j in range(len(text.sources))]
    left = [(i + 0.5) * height / len(text.targets) for i in range(len(text.targets))]
    gold: dict[int, list[int]] = {}
    for i, j in text.gold or ():
        gold.setdefault(i, []).append(j)
    return Arcs(
        round(height, 1),
        tuple(
            Bundle(
                end(token, left[i]),
                tuple(
                    Link(path(left[i], right[j]), scale.shade(value), width)
                    for j, value in enumerate(map(float, text.scores[i]))
                    if (width := wide(value, scale))
                ),
                tuple(path(left[i], right[j]) for j in gold.get(i, ())),
                said(text, i, scale),
            )
            for i, token in enumerate(text.targets)
        ),
        tuple(end(token, y) for token, y in zip(text.sources, right, strict=True)),
    )


def wide(value: float, scale: Scale) -> float:
    """Width of a line, 0 for none."""
    share = abs(value) / scale.bound if math.isfinite(value) else 0.0
    seen = share >= FAINT and scale.shade(value) != scale.shade(0.0)
    return round(min(1.0, share) * WIDEST, 1) if seen else 0.0


def end(token: Token, y: float) -> End:
    """A token, cut to what fits."""
    found = show(token)
    return End(Shown(found.text, cut(found.text, LETTERS), found.kind), round(y + 4, 1))


def path(left: float, right: float) -> str:
    """A curve from a target token to a source token."""
    middle = (LEFT + RIGHT) // 2
    a, b = f"{left:.1f}", f"{right:.1f}"
    return f"M{LEFT} {a}C{middle} {a} {middle} {b} {RIGHT} {b}"


def said(text: AlignedText, row: int, scale: Scale) -> str:
    """A target token's largest scores in words."""
    values = [(float(v), j) for j, v in enumerate(text.scores[row]) if math.isfinite(v)]
    largest = sorted(values, key=lambda pair: -abs(pair[0]))[:TOLD]
    told = ", ".join(
        f"{show(text.sources[j]).text} {fixed(value, 2, signed=scale.signed)}"
        for value, j in largest
        if abs(value) >= FAINT * scale.bound
    )
    return f"{show(text.targets[row]).text}: {told or 'nothing above the least line'}"
