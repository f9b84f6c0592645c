"""Texts with scores as a small picture, a line each: several texts, epochs or stages.

What differs is what the lines are, where they come from and their scale: `ROWED`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from generator.artifacts import Optimised, TokenFrames, TokenScores
from generator.figures import optimised
from generator.figures.base import Figure
from generator.figures.heatmap import Heatmap
from generator.figures.numbers import count
from generator.figures.squares import squares
from generator.figures.texthead import name_of
from generator.figures.tokens import Shown
from generator.figures.tokenscale import Drawn, TokenScale, drawn, token_scale
from generator.thumbnails.picture import (
    LINES,
    STRIP_COLUMNS,
    STRIP_LINES,
    Picture,
    bound_of,
    capital,
)

Rows = list[tuple[str, Drawn]]
"""Lines of a picture, each with its name."""
Texts = TokenScores | TokenFrames | Optimised
FIRST = 100
"""Texts looked at where the figure chooses none."""


def has(scores: Texts, figure: Figure | None) -> bool:
    """Whether there is a text with scores."""
    return bool(rows_of(scores, figure))


def lead(scores: Texts, figure: Figure | None) -> Picture:
    """The first lines with their names."""
    rows = rows_of(scores, figure)
    scale = scale_of(scores, rows, figure)
    values = values_of(rows[:LINES], LINES)
    columns = max(map(len, values))
    unit = "sentence" if rows[0][1][1].question else "word"
    return Picture(
        columns,
        len(values),
        squares(values, scale),
        tuple(Shown(name, name) for name, _ in rows[:LINES]),
        f"{ROWED[type(scores)].lines}, top to bottom; the first "
        f"{count(columns, unit)}, the first left. {capital(scale.quantity)}, "
        f"{scale.source}.",
    )


def strip(scores: Texts, figure: Figure | None) -> Picture:
    """The last lines."""
    rows = rows_of(scores, figure)
    values = values_of(rows[-STRIP_LINES:], STRIP_COLUMNS)
    scale = scale_of(scores, rows, figure)
    return Picture(max(map(len, values)), len(values), squares(values, scale))


def rows_of(scores: Texts, figure: Figure | None) -> Rows:
    """The lines that have scores."""
    found = ROWED[type(scores)].rows(scores, figure)
    return [(name, (s, t)) for name, (s, t) in found if t.tokens and not t.undefined]


def scale_of(scores: Texts, rows: Rows, figure: Figure | None) -> TokenScale:
    """The scale of the figure that draws these lines."""
    return ROWED[type(scores)].scale([one for _, one in rows], bound_of(figure))


def values_of(rows: Rows, most: int) -> list[list[float]]:
    """The first scores of each line, those of padding left out."""
    return [
        [
            float(score)
            for score, token in zip(drawn(s, t), t.tokens, strict=True)
            if token.kind != "pad"
        ][:most]
        for _, (s, t) in rows
    ]


def texts(scores: TokenScores, figure: Figure | None) -> Rows:
    """The texts that `figure` draws."""
    places = figure.chosen(scores) if isinstance(figure, Heatmap) else chosen(figure)
    return [
        (name_of(text, i), (scores, text))
        for i, text in enumerate(scores.texts)
        if i in places
    ]


def epochs(scores: TokenFrames, figure: Figure | None) -> Rows:
    """One text by epoch."""
    place = chosen(figure)[0]
    return [
        (f"epoch {frame.epoch}", (frame, frame.texts[place]))
        for frame in scores.frames
        if place < len(frame.texts)
    ]


def stages(found: Optimised, figure: Figure | None) -> Rows:
    """The stages of the start that `figure` draws."""
    return optimised.rows_of(found, getattr(figure, "start", None))


def chosen(figure: Figure | None) -> Sequence[int]:
    """Places of the texts that `figure` draws."""
    text: int | None = getattr(figure, "text", None)
    return range(FIRST) if text is None else (text - 1,)


def measured(rows: Sequence[Drawn], bound: float | None) -> TokenScale:
    """The scale of scores that a bound or the data limit."""
    scale = token_scale(rows, bound)
    assert scale is not None  # noqa: S101 - rows have scores
    return scale


def fixed(rows: Sequence[Drawn], bound: float | None) -> TokenScale:
    """The scale of shares, whatever they are."""
    del bound
    return optimised.scale_of(rows)


class Rowed(NamedTuple):
    """What the lines of a picture are, the lines themselves, and their scale."""

    lines: str
    rows: Callable[[Any, Figure | None], Rows]
    scale: Callable[[Sequence[Drawn], float | None], TokenScale] = measured


ROWED: dict[type[Texts], Rowed] = {
    TokenScores: Rowed("Texts", texts),
    TokenFrames: Rowed("Epochs", epochs),
    Optimised: Rowed("Stages", stages, fixed),
}
"""Every kind of artifact whose lines are texts."""
