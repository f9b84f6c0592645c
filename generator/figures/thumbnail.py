"""A study's first heatmap as a small picture, on the scale of its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.artifacts import (
    AlignmentFrames,
    Alignments,
    Artifact,
    CellTraces,
    Frames,
    Optimised,
    SlotScores,
    TokenFrames,
    TokenScores,
)
from generator.figures import cellpicture, optimised
from generator.figures.aligned import alignment_scale
from generator.figures.base import Figure
from generator.figures.colour import Scale, scale_for
from generator.figures.epochs import Square
from generator.figures.heatmap import Heatmap
from generator.figures.numbers import count
from generator.figures.texthead import name_of
from generator.figures.tokens import Shown, show, visible
from generator.figures.tokenscale import Drawn, TokenScale, drawn, token_scale

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


Pictured = SlotScores | TokenScores | TokenFrames | CellTraces | Alignments | Optimised
"""What a picture can be cut from."""


def scores_of(
    artifacts: Sequence[Artifact], figure: Figure | None = None
) -> Pictured | None:
    """The first scores among `artifacts`, of the last frame where there are several."""
    for artifact in artifacts:
        if isinstance(artifact, Texts) and rows_of(artifact, figure):
            return artifact
        if isinstance(artifact, CellTraces) and artifact.activations.size:
            return artifact
        if isinstance(artifact, SlotScores) and artifact.scores.size:
            return artifact
        if isinstance(artifact, Frames | AlignmentFrames) and artifact.frames:
            return artifact.frames[-1]
        if isinstance(artifact, Alignments) and artifact.texts:
            return artifact
    return None


def lead(
    scores: Pictured, bound: float | None, figure: Figure | None = None
) -> Picture:
    """The first lines of a heatmap with their names: steps, texts or epochs."""
    if isinstance(scores, SlotScores):
        return slot_lead(scores, bound)
    if isinstance(scores, Alignments):
        return aligned_lead(scores, bound, figure)
    if isinstance(scores, CellTraces):
        return cell_lead(scores, figure)
    rows = rows_of(scores, figure)
    scale = scale_of(scores, rows, bound)
    picture = token_picture(rows[:LINES], scale, LINES)
    kind = KINDS[type(scores)]
    unit = "sentence" if rows[0][1][1].question else "word"
    return replace(
        picture,
        heads=tuple(Shown(name, name) for name, _ in rows[:LINES]),
        said=f"{kind}, top to bottom; the first {count(picture.columns, unit)}, "
        f"the first left. {capital(scale.quantity)}, "
        f"{scale.source}.",
    )


def strip(
    scores: Pictured, bound: float | None, figure: Figure | None = None
) -> Picture:
    """A few lines, for a list of studies."""
    if isinstance(scores, SlotScores):
        return slot_strip(scores, bound)
    if isinstance(scores, Alignments):
        whole = aligned_lead(scores, bound, figure)
        return replace(whole, heads=(), said="")
    if isinstance(scores, CellTraces):
        return cell_picture(scores, figure, STRIP_LINES, STRIP_COLUMNS)
    rows = rows_of(scores, figure)
    scale = scale_of(scores, rows, bound)
    return token_picture(rows[-STRIP_LINES:], scale, STRIP_COLUMNS)


Rows = list[tuple[str, Drawn]]
"""Lines of a picture, each with its name."""


Texts = TokenScores | TokenFrames | Optimised
KINDS = {TokenScores: "Texts", TokenFrames: "Epochs", Optimised: "Stages"}
"""What the lines of a picture are."""


def rows_of(scores: Texts, figure: Figure | None = None) -> Rows:
    """The texts with scores that `figure` draws, or one text of it by epoch."""
    if isinstance(scores, Optimised):
        return optimised.rows_of(scores, getattr(figure, "start", None))
    if isinstance(figure, Heatmap) and isinstance(scores, TokenScores):
        places = figure.chosen(scores)
    else:
        chosen = getattr(figure, "text", None)
        places = list(range(100)) if chosen is None else [chosen - 1]
    if isinstance(scores, TokenFrames):
        found = [
            (f"epoch {frame.epoch}", (frame, frame.texts[places[0]]))
            for frame in scores.frames
            if places[0] < len(frame.texts)
        ]
    else:
        found = [
            (name_of(text, i), (scores, text))
            for i, text in enumerate(scores.texts)
            if i in places
        ]
    return [(name, (s, t)) for name, (s, t) in found if t.tokens and not t.undefined]


def scale_of(scores: Texts, rows: Rows, bound: float | None) -> TokenScale:
    """The scale of the figure that draws these lines."""
    if isinstance(scores, Optimised):
        return optimised.scale_of([one for _, one in rows])
    scale = token_scale([one for _, one in rows], bound)
    assert scale is not None  # noqa: S101 - rows have scores
    return scale


def token_picture(rows: Rows, scale: TokenScale, most: int) -> Picture:
    """The first words of texts, a line each."""
    values = [
        [
            v
            for v, token in zip(drawn(s, t), t.tokens, strict=True)
            if token.kind != "pad"
        ]
        for _, (s, t) in rows
    ]
    columns = min(most, max(map(len, values)))
    cells = (
        Square(x, y, scale.shade(float(v)))
        for y, line in enumerate(values)
        for x, v in enumerate(line[:columns])
    )
    nothing = scale.shade(0.0)
    squares = tuple(cell for cell in cells if cell.css != nothing)
    return Picture(columns, len(rows), squares)


def cell_picture(
    traces: CellTraces, figure: Figure | None, lines: int, columns: int
) -> Picture:
    """The first lines of a text, coloured by the first cell that the figure draws."""
    place = cellpicture.cell_of(traces, figure)
    values = cellpicture.lines_of(traces, place, lines, columns)
    wide = max(map(len, values), default=1)
    return Picture(wide, len(values), cellpicture.squares_of(values))


def cell_lead(traces: CellTraces, figure: Figure | None) -> Picture:
    """More of the same, with lines numbered."""
    picture = cell_picture(traces, figure, cellpicture.LINES, cellpicture.COLUMNS)
    return replace(
        picture,
        heads=tuple(Shown(str(i), str(i)) for i in range(1, picture.lines + 1)),
        said=cellpicture.said(traces, cellpicture.cell_of(traces, figure)),
    )


def slot_lead(scores: SlotScores, bound: float | None) -> Picture:
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
        f"{capital(scores.quantity)}, {scale.source}.",
    )


def slot_strip(scores: SlotScores, bound: float | None) -> Picture:
    """The last steps and the newest slots, for a list of studies."""
    scale = scale_for([scores], bound)
    steps, window = scores.scores.shape
    rows = range(max(0, steps - STRIP_LINES), steps)
    columns = range(max(0, window - STRIP_COLUMNS), window)
    squares = shaded(scores, scale, rows, columns)
    return Picture(len(columns), len(rows), squares)


def aligned_lead(
    scores: Alignments, bound: float | None, figure: Figure | None
) -> Picture:
    """The first target tokens by the first source tokens of a text."""
    text = scores.texts[min(getattr(figure, "text", 1), len(scores.texts)) - 1]
    scale = alignment_scale([(scores, text)], bound)
    lines, columns = (min(LINES, len(side)) for side in (text.targets, text.sources))
    nothing = scale.shade(0.0)
    cells = (
        Square(x, y, scale.shade(float(text.scores[y, x])))
        for y in range(lines)
        for x in range(columns)
    )
    return Picture(
        columns,
        lines,
        tuple(cell for cell in cells if cell.css != nothing),
        tuple(map(show, text.targets[:lines])),
        "Target tokens, top to bottom; source tokens, the first left. "
        f"{capital(scores.quantity)}, {scale.source}.",
    )


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


def capital(quantity: str) -> str:
    """A quantity at the head of a sentence, every character of it visible."""
    text = visible(quantity, blanks=False)
    return text[:1].upper() + text[1:]
