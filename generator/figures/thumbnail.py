"""A study's first heatmap as a small picture, on the scale of its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.artifacts import Artifact, Frames, SlotScores
from generator.figures.colour import Scale, scale_for
from generator.figures.epochs import Square
from generator.figures.tokens import Shown, show

LINES, COLUMNS, STRIP_LINES, STRIP_COLUMNS = 16, 16, 3, 24
FLAT = 16
"""Columns up to which a cell is drawn twice as wide as high."""


@dataclass(frozen=True)
class Picture:
    """Squares at whole places, `columns` by `lines`; places at nothing are left out."""

    columns: int
    lines: int
    squares: tuple[Square, ...]
    heads: tuple[Shown, ...] = ()
    said: str = ""

    @property
    def width(self) -> int:
        """Width of a cell in heights."""
        return 2 if self.columns <= FLAT else 1


def scores_of(artifacts: Sequence[Artifact]) -> SlotScores | None:
    """The first scores among `artifacts`, of the last frame where there are several."""
    for artifact in artifacts:
        if isinstance(artifact, SlotScores) and artifact.scores.size:
            return artifact
        if isinstance(artifact, Frames) and artifact.frames:
            return artifact.frames[-1]
    return None


def lead(scores: SlotScores, bound: float | None) -> Picture:
    """The first steps and the newest slots, with the tokens they write."""
    scale = scale_for([scores], bound)
    lines = min(LINES, len(scores.targets))
    window = int(scores.scores.shape[1])
    columns = min(COLUMNS, window)
    part = f"the newest {columns} of " if columns < window else ""
    rows = range(lines)
    return Picture(
        columns,
        lines,
        shaded(scores, scale, rows, range(window - columns, window)),
        tuple(show(scores.targets[t]) for t in rows),
        f"Tokens written, top to bottom; {part}{window} slots read, oldest left. "
        f"{scores.quantity[:1].upper()}{scores.quantity[1:]}, {scale.source}.",
    )


def strip(scores: SlotScores, bound: float | None) -> Picture:
    """The last steps and the newest slots, for a list of studies."""
    scale = scale_for([scores], bound)
    steps, window = scores.scores.shape
    rows = range(max(0, steps - STRIP_LINES), steps)
    columns = range(max(0, window - STRIP_COLUMNS), window)
    squares = shaded(scores, scale, rows, columns)
    return Picture(len(columns), len(rows), squares)


def shaded(
    scores: SlotScores, scale: Scale, rows: range, columns: range
) -> tuple[Square, ...]:
    """Squares of a part of the scores, all but those at nothing."""
    nothing = scale.shade(0.0)
    cells = (
        (x, y, scale.shade(float(scores.scores[t, s])))
        for y, t in enumerate(rows)
        for x, s in enumerate(columns)
    )
    return tuple(Square(x, y, css) for x, y, css in cells if css != nothing)
