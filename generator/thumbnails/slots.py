"""Steps by slots as a small picture: the newest slots, with the tokens written."""

from __future__ import annotations

from generator.artifacts import SlotScores
from generator.figures.base import Figure
from generator.figures.colour import scale_for
from generator.figures.squares import squares
from generator.figures.tokens import show
from generator.thumbnails.picture import (
    COLUMNS,
    LINES,
    STRIP_COLUMNS,
    STRIP_LINES,
    Picture,
    bound_of,
    capital,
)


def has(scores: SlotScores, figure: Figure | None) -> bool:
    """Whether there is a score."""
    del figure
    return bool(scores.scores.size)


def lead(scores: SlotScores, figure: Figure | None) -> Picture:
    """The first steps and the newest slots, with the tokens they write."""
    scale = scale_for([scores], bound_of(figure))
    lines = min(LINES, len(scores.targets))
    window = int(scores.scores.shape[1])
    columns = min(COLUMNS, window)
    part = f"the newest {columns} of " if columns < window else ""
    return Picture(
        columns,
        lines,
        squares(scores.scores[:lines, window - columns :], scale),
        tuple(map(show, scores.targets[:lines])),
        f"Tokens written, top to bottom; {part}{window} slots read, oldest left. "
        f"{capital(scores.quantity)}, {scale.source}.",
    )


def strip(scores: SlotScores, figure: Figure | None) -> Picture:
    """The last steps and the newest slots."""
    scale = scale_for([scores], bound_of(figure))
    part = scores.scores[-STRIP_LINES:, -STRIP_COLUMNS:]
    lines, columns = part.shape
    return Picture(columns, lines, squares(part, scale))
