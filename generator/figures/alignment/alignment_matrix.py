"""Which source token gave which target token: a matrix, or the same as lines.

Rows are target tokens, as they were to be written, columns source tokens. A cell on a
gold link is outlined; where nobody knows the links, the figure says so. Beside each row
stands the probability of its token. On narrow screens the same scores are lines between
two columns of text, as wide as the score is large; a reader can choose either.

Several artifacts stand side by side on one scale. Frames of one text are small pictures
of all epochs on one scale, and one epoch in full, which a slider chooses.

Panels of alignment figures: a text's matrix and its lines, or an epoch in small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.artifacts import AlignedText, AlignmentFrames, Alignments, Artifact
from generator.core.errors import FigureError, nearest, quoted
from generator.figures.alignment.parts import (
    Aligned,
    Arcs,
    Line,
    alignment_scale,
    alignment_table,
    arcs,
    best,
    frame_cells,
    gold_note,
    in_small,
    lines,
    remarks,
    stats,
)
from generator.figures.base import Control, Figure, Items, Stat, View, link_of
from generator.figures.base import table as grid
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    paragraph,
    paragraphs,
    stat_row,
)
from generator.figures.export.grids import Grid, GridCell, grid_part
from generator.figures.export.shapes import (
    INK,
    RULE,
    SOFT,
    Box,
    Label,
    Part,
    Shape,
    fill,
)
from generator.figures.formatting import Phrase, Shown, show
from generator.figures.scales import Scale, word
from generator.figures.squares import Square, squares
from generator.figures.statistics.estimates import sentence
from generator.figures.text_header import find_text
from generator.figures.thumbnails import Thumbnails
from generator.figures.token_chips import KeyLine

ROOMY = 18
"""Source tokens up to which cells have room for their number."""
GOLD = KeyLine("key", "outlined: the gold alignment, known to be right")
POSSIBLE = KeyLine("possible", "dashed: may be linked, neither asked for nor wrong")


@dataclass(frozen=True, slots=True)
class Panel:
    """One text of one artifact: its matrix, and the same as lines."""

    name: str
    said: str
    """Whether gold links are known, and how many rows agree with them."""
    columns: tuple[Shown, ...]
    lines: tuple[Line, ...]
    arcs: Arcs | None
    stats: tuple[Stat, ...]
    link: str
    roomy: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """One epoch as a small picture."""

    name: str
    columns: int
    lines: int
    squares: tuple[Square, ...]


def find(scores: Alignments, number: int) -> AlignedText:
    """A text, counted from 1. Raises `FigureError`."""
    found = scores.texts[find_text(scores, number)]
    if not found.sources or not found.targets:
        raise FigureError("alignment: a text holds no token, nothing to draw")
    if found.scores.shape != (len(found.targets), len(found.sources)):
        shape = " by ".join(map(str, found.scores.shape))
        raise FigureError(
            f"alignment: scores are {shape}; expected {len(found.targets)} target "
            f"tokens by {len(found.sources)} source tokens"
        )
    return found


def same_tokens(texts: Sequence[AlignedText]) -> None:
    """Raises `FigureError` where frames are of different tokens."""
    first = texts[0]
    for text in texts:
        if (text.sources, text.targets) != (first.sources, first.targets):
            raise FigureError(
                "alignment: frames hold different tokens; expected the same rows at "
                "every epoch: give the target"
            )


def panel(one: Aligned, scale: Scale, name: str, *, drawn: bool = True) -> Panel:
    """One text's matrix, and, if `drawn`, its lines."""
    text = one[1]
    roomy = len(text.sources) <= ROOMY
    return Panel(
        name=name,
        said=gold_note(text),
        columns=tuple(map(show, text.sources)),
        lines=lines(one, scale, roomy=roomy),
        arcs=arcs(text, scale) if drawn else None,
        stats=stats(text),
        link=link_of(text.sources),
        roomy=roomy,
    )


def frame(text: AlignedText, scale: Scale, name: str) -> Frame:
    """An epoch's matrix as squares, all but those at nothing."""
    columns, rows = len(text.sources), len(text.targets)
    return Frame(name, columns, rows, squares(text.scores, scale))


def keys(texts: Sequence[AlignedText]) -> tuple[KeyLine, ...]:
    """The outlines that are drawn, each with its meaning."""
    gold = any(text.gold for text in texts)
    possible = any(text.possible for text in texts)
    return (GOLD,) * gold + (POSSIBLE,) * possible


NARROW_PAIR = 12
"""Source tokens up to which two panels stand side by side."""
ACROSS = 6
"""Small pictures of epochs in a line."""
AXES = "Rows are target tokens, columns source tokens; p is the target's probability."

Layout = Literal["fit", "matrix", "arcs"]
LAYOUTS: tuple[Layout, ...] = ("fit", "matrix", "arcs")


@dataclass(frozen=True, kw_only=True)
class AlignmentView(View):
    """Panels side by side, or one with its epochs."""

    panels: tuple[Panel, ...]
    layout: Layout
    signed: bool
    keys: tuple[KeyLine, ...]
    frames: tuple[Frame, ...] = ()
    names: tuple[str, ...] = ()
    """Frames as a slider tells them."""
    epochs: tuple[str, ...] = ()
    start: int = 0
    told: tuple[tuple[str, ...], ...] = ()
    """For each frame its line of prose, then `class|numeral` of each cell."""

    def items(self) -> Items:
        """Cells of the first panel by target and source token."""
        first = self.panels[0]
        rows = [line.head.text for line in first.lines]
        return grid(rows, [column.text for column in first.columns])

    def controls(self) -> tuple[Control, ...]:
        """The layout; for frames, the epoch."""
        if self.frames:
            return (Control("epoch", self.epochs),)
        return (Control("view", LAYOUTS),)

    def picture(self, y: float) -> Iterator[Part]:
        """Every panel, or every epoch and the one shown first."""
        for part in frame_parts(self, y):
            yield part
            y = max(y, part.bottom)
        narrow = all(len(each.columns) <= NARROW_PAIR for each in self.panels)
        pair = len(self.panels) > 1 and narrow
        room = (ROOM - 30) / 2 if pair else float(ROOM)
        low = y
        for i, each in enumerate(self.panels):
            if i and not (pair and i % 2):
                y = low + 14
            x = INSET + (room + 30) * (i % 2 if pair else 0)
            name = each.name or (self.names[self.start] if self.frames else "")
            part = panel_part(each, name, x, y, room)
            yield part
            low = max(low, part.bottom)
        yield paragraphs((AXES,), low + 4, FINE)


class AlignmentMatrix(Figure):
    """Scores of source tokens for each target token."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Alignments, AlignmentFrames)
    heading: ClassVar[str] = "Which word gave which"
    figure: Literal["alignment"]
    artifact: str | None = None
    """Name of the scores to draw, or of frames of them."""
    artifacts: tuple[str, ...] = Field(default=(), max_length=4)
    """Several scores of one quantity, side by side; instead of `artifact`."""
    names: dict[str, str] = Field(default={})
    """What panels are called, by artifact; without it, by their scoring."""
    text: int = Field(default=1, ge=1)
    """Which text, counted from 1: those given come first, then the documents."""
    epoch: int | None = Field(default=None, ge=0)
    """Of frames, the epoch shown first; without it, the last."""
    layout: Layout = "fit"
    """Matrix, lines, or what fits the screen; a reader can switch."""
    bound: float | None = Field(default=None, gt=0)
    """The size drawn darkest; 1 for attention, else the largest of the data."""

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if bool(self.artifacts) == (self.artifact is not None):
            raise ValueError("give either artifact or artifacts")
        for name in self.names:
            if name not in self.reads():
                near = nearest(name, self.reads())
                raise ValueError(f"names: {quoted(name)} is not drawn; {near}")
        return self

    def reads(self) -> tuple[str, ...]:
        """The artifacts it draws."""
        return self.artifacts or (self.artifact or "",)

    def accepts(self) -> tuple[tuple[type[Artifact], ...], ...]:
        """Frames where they are alone, else scores."""
        return ((Alignments,),) * len(self.artifacts) or (self.draws,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """The first target tokens by the first source tokens."""
        frames = artifacts[0]
        if isinstance(frames, AlignmentFrames):
            artifacts = frames.frames[-1:]
        for scores in artifacts:
            if isinstance(scores, Alignments) and scores.texts:
                text = scores.texts[min(self.text, len(scores.texts)) - 1]
                return in_small(scores, text, self.bound)
        return None

    def view(self, *artifacts: Artifact) -> AlignmentView:
        """What the template draws. Raises `FigureError`."""
        if isinstance(artifacts[0], AlignmentFrames):
            return self.of_frames(artifacts[0], len(artifacts))
        shown: list[Aligned] = []
        for artifact in artifacts:
            if not isinstance(artifact, Alignments):
                raise FigureError(
                    "artifacts: frames are drawn alone; name one artifact"
                )
            shown.append((artifact, find(artifact, self.text)))
        scale = alignment_scale(shown, self.bound)
        panels = tuple(
            panel(one, scale, self.called(place, one[0]) if len(shown) > 1 else "")
            for place, one in enumerate(shown)
        )
        return AlignmentView(
            summary=summary(shown, panels),
            scale=scale,
            tables=tuple(
                alignment_table(one, made.name)
                for one, made in zip(shown, panels, strict=True)
            ),
            notes=remarks(shown),
            scored=True,
            panels=panels,
            layout=self.layout,
            signed=scale.signed,
            keys=keys([text for _, text in shown]),
        )

    def of_frames(self, frames: AlignmentFrames, artifacts: int) -> AlignmentView:
        """One text at several epochs. Raises `FigureError`."""
        if artifacts > 1:
            raise FigureError("artifacts: frames are drawn alone; name one artifact")
        if not frames.frames:
            raise FigureError("alignment: no frame, nothing to draw")
        shown = [(frame, find(frame, self.text)) for frame in frames.frames]
        same_tokens([text for _, text in shown])
        scale = alignment_scale(shown, self.bound)
        epochs = tuple(str(frame.epoch) for frame, _ in shown)
        names = tuple(f"epoch {epoch}" for epoch in epochs)
        start = self.start(epochs)
        made = panel(shown[start], scale, "", drawn=False)
        tables = zip(shown, names, strict=True)
        return AlignmentView(
            summary=(f"{names[-1].capitalize()}: ", *best(shown[-1])),
            scale=scale,
            tables=tuple(alignment_table(one, name) for one, name in tables),
            notes=tuple(map(sentence, frames.frames[-1].notes)),
            scored=True,
            panels=(made,),
            layout="matrix",
            signed=scale.signed,
            keys=keys([shown[-1][1]]),
            frames=tuple(
                frame(text, scale, name)
                for (_, text), name in zip(shown, names, strict=True)
            ),
            names=names,
            epochs=epochs,
            start=start,
            told=tuple(
                (gold_note(text), *frame_cells(lines(one, scale, roomy=made.roomy)))
                for one in shown
                for text in (one[1],)
            ),
        )

    def start(self, epochs: Sequence[str]) -> int:
        """The frame shown first. Raises `FigureError`."""
        if self.epoch is None:
            return len(epochs) - 1
        if str(self.epoch) not in epochs:
            raise FigureError(
                f"epoch: {self.epoch} is no frame; frames: {', '.join(epochs)}"
            )
        return epochs.index(str(self.epoch))

    def called(self, place: int, scores: Alignments) -> str:
        """What a panel is called."""
        artifact = self.reads()[place]
        return word(self.names.get(artifact, scores.scoring or artifact))


def summary(shown: Sequence[Aligned], panels: Sequence[Panel]) -> Phrase:
    """What the largest scores are on, panel by panel."""
    said: list[str | Shown] = []
    for one, made in zip(shown, panels, strict=True):
        said += [f"{made.name.capitalize()}: "] if made.name else []
        said += [*best(one), " "]
    return tuple(said[:-1])


def panel_part(panel: Panel, name: str, x: float, y: float, room: float) -> Part:
    """A panel's heading, matrix and numbers."""
    said = f"{name[:1].upper()}{name[1:]} · {panel.said}" if name else panel.said
    top = paragraph(said, x, y, room, 12, INK, "bold", most=2)
    made = Grid(
        heads=tuple(line.head.short for line in panel.lines),
        cells=tuple(
            tuple(GridCell(c.css, c.text) for c in line.cells) for line in panel.lines
        ),
        columns=tuple(column.short for column in panel.columns),
        turned=True,
        sums=tuple(((line.probability, -1),) for line in panel.lines),
        totals=("p",),
        tallest=24,
        widest=40,
    )
    body = grid_part(made, top.bottom + 4, x, room)
    shapes: list[Shape] = [*top.shapes, *body.shapes]
    if room < ROOM or not panel.stats:
        return Part(shapes, body.bottom)
    below = stat_row(panel.stats, body.bottom + 2, 14)
    return Part([*shapes, *below.shapes], below.bottom)


def frame_parts(view: AlignmentView, y: float) -> Iterator[Part]:
    """Every epoch as a small picture."""
    room = (ROOM - 14 * (ACROSS - 1)) / ACROSS
    for i, one in enumerate(view.frames):
        cell = min(room / one.columns, 9.0)
        high = cell * one.lines + 32
        x = INSET + (i % ACROSS) * (room + 14)
        yield frame_part(one, x, y + (i // ACROSS) * high, cell)


def frame_part(one: Frame, x: float, y: float, cell: float) -> Part:
    """One epoch's squares below its name."""
    top = y + 18
    shapes: list[Shape] = [Label(x, y + 12, one.name, FINE, SOFT)]
    wide, high = cell * one.columns + 2, cell * one.lines + 2
    shapes.append(Box(x - 1, top - 1, wide, high, "", RULE))
    for square in one.squares:
        place = x + square.x * cell, top + square.y * cell
        shapes.append(Box(*place, cell, cell, fill(square.css)))
    return Part(shapes, top + high + 12)
