"""Thumbnails that several figures share: slots by step, and texts line by line.

A figure that can be pictured gives `Thumbnails`: its first lines with their names, and
a strip of a few lines for lists of studies.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from generator.artifacts import Frames, SlotScores, TokenScores
from generator.core.direction import tokens_direction
from generator.figures.formatting import (
    DisplayToken,
    display_token,
    format_count,
    make_visible,
)
from generator.figures.scales import (
    TextWithScores,
    TokenScale,
    ramp_scores,
    scale_for,
    token_scale,
)
from generator.figures.squares import Thumbnail, Thumbnails, shade_squares
from generator.figures.text_header import text_name

LINES, COLUMNS, STRIP_LINES, STRIP_COLUMNS = 16, 16, 3, 24
"""Lines and columns of a lead picture, and of a strip."""
NamedTexts = list[tuple[str, TextWithScores]]
"""Lines of texts, each with its name."""


def capitalize_quantity(quantity: str) -> str:
    """Return a quantity for the head of a sentence, every character of it visible."""
    text = make_visible(quantity, blanks=False)
    return text[:1].upper() + text[1:]


def picture_slots(scores: object, bound: float | None) -> Thumbnails | None:
    """Picture steps by slots: the newest slots, with the tokens written.

    Args:
        scores: Slot scores, or frames of them, of which the last is pictured.
        bound: The size drawn darkest, if the author wrote one.

    Returns:
        The first steps, and the last ones as a strip; None without a score.
    """
    if isinstance(scores, Frames) and scores.frames:
        scores = scores.frames[-1]
    if not isinstance(scores, SlotScores) or not scores.scores.size:
        return None
    scale = scale_for([scores], bound)
    lines = min(LINES, len(scores.targets))
    window = int(scores.scores.shape[1])
    columns = min(COLUMNS, window)
    part = f"the newest {columns} of " if columns < window else ""
    last = scores.scores[-STRIP_LINES:, -STRIP_COLUMNS:]
    return Thumbnails(
        Thumbnail(
            columns,
            lines,
            shade_squares(scores.scores[:lines, window - columns :], scale),
            tuple(map(display_token, scores.targets[:lines])),
            f"Tokens written, top to bottom; {part}{window} slots read, oldest left. "
            f"{capitalize_quantity(scores.quantity)}, {scale.source}.",
        ),
        Thumbnail(last.shape[1], last.shape[0], shade_squares(last, scale)),
    )


def picture_texts(
    artifacts: Iterable[object], places: Sequence[int], bound: float | None = None
) -> Thumbnails | None:
    """Picture the texts at `places` of the first scores that have any there."""
    for scores in artifacts:
        if isinstance(scores, TokenScores):
            named = [
                (text_name(text, i), (scores, text))
                for i, text in enumerate(scores.texts)
                if i in places
            ]
            if (found := picture_rows(named, "Texts", bound)) is not None:
                return found
    return None


def picture_rows(
    rows: NamedTexts,
    lines: str,
    bound: float | None = None,
    scale: TokenScale | None = None,
) -> Thumbnails | None:
    """Picture texts line by line, without their padding.

    Args:
        rows: Lines with their names; those without scores are left out.
        lines: What the lines are, at the head of a sentence.
        bound: The size drawn darkest, if the author wrote one.
        scale: The scale, where it is not measured.

    Returns:
        The first lines, and the last ones as a strip; None where no line has scores.
    """
    rows = [(name, (s, t)) for name, (s, t) in rows if t.tokens and not t.undefined]
    scale = scale or token_scale([one for _, one in rows], bound) if rows else None
    if scale is None:
        return None
    values = line_values(rows[:LINES], LINES)
    last = line_values(rows[-STRIP_LINES:], STRIP_COLUMNS)
    columns = max(map(len, values))
    first = rows[0][1][1]
    unit, side = "sentence" if first.question else "word", "left"
    if tokens_direction(first.tokens) == "rtl":
        values, last, side = mirror_lines(values), mirror_lines(last), "right"
    return Thumbnails(
        Thumbnail(
            columns,
            len(values),
            shade_squares(values, scale),
            tuple(DisplayToken(name, name) for name, _ in rows[:LINES]),
            f"{lines}, top to bottom; the first {format_count(columns, unit)}, the "
            f"first {side}. {capitalize_quantity(scale.quantity)}, {scale.source}.",
        ),
        Thumbnail(max(map(len, last)), len(last), shade_squares(last, scale)),
    )


def mirror_lines(lines: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return lines that are read from the right: the first score at the right edge."""
    most = max(map(len, lines))
    return [[math.nan] * (most - len(line)) + [*line][::-1] for line in lines]


def line_values(rows: NamedTexts, most: int) -> list[list[float]]:
    """Return the first scores of each line, those of padding left out."""
    return [
        [
            float(score)
            for score, token in zip(ramp_scores(s, t), t.tokens, strict=True)
            if token.kind != "pad"
        ][:most]
        for _, (s, t) in rows
    ]
