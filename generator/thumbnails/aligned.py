"""An alignment as a small picture: target tokens by source tokens of one text."""

from __future__ import annotations

from dataclasses import replace

from generator.artifacts import Alignments
from generator.figures.aligned import alignment_scale
from generator.figures.base import Figure
from generator.figures.squares import squares
from generator.figures.tokens import show
from generator.thumbnails.picture import LINES, Picture, bound_of, capital


def has(scores: Alignments, figure: Figure | None) -> bool:
    """Whether there is a text."""
    del figure
    return bool(scores.texts)


def lead(scores: Alignments, figure: Figure | None) -> Picture:
    """The first target tokens by the first source tokens of a text."""
    text = scores.texts[min(getattr(figure, "text", 1), len(scores.texts)) - 1]
    scale = alignment_scale([(scores, text)], bound_of(figure))
    lines, columns = (min(LINES, len(side)) for side in (text.targets, text.sources))
    return Picture(
        columns,
        lines,
        squares(text.scores[:lines, :columns], scale),
        tuple(map(show, text.targets[:lines])),
        "Target tokens, top to bottom; source tokens, the first left. "
        f"{capital(scores.quantity)}, {scale.source}.",
    )


def strip(scores: Alignments, figure: Figure | None) -> Picture:
    """The same, without its words."""
    return replace(lead(scores, figure), heads=(), said="")
