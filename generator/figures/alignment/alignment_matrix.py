"""Alignments: which source token gave which target token, as a matrix or as lines.

Rows are target tokens, as they were to be written, columns source tokens. A cell on a
gold link is outlined; where nobody knows the links, the figure says so. Beside each row
stands the probability of its token. On narrow screens the same scores are lines between
two columns of text, as wide as the score is large; a reader can choose either.

Several artifacts stand side by side on one scale. Frames of one text are small pictures
of all epochs on one scale, and one epoch in full, which a slider chooses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.artifacts import AlignedText, AlignmentFrames, Alignments, Artifact
from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.figures.alignment.parts import (
    AlignmentOfText,
    AlignmentRow,
    Arcs,
    alignment_rows,
    alignment_scale,
    alignment_stats,
    alignment_table,
    collect_remarks,
    describe_largest_link,
    frame_cells,
    gold_note,
    layout_arcs,
    picture_alignment,
)
from generator.figures.base import Control, Figure, Items, Stat, View, link_of
from generator.figures.base import grid_items as grid
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    paragraph_part,
    paragraphs_part,
    stat_row,
)
from generator.figures.export.grids import Grid, GridCell, draw_grid
from generator.figures.export.shapes import (
    INK,
    RULE,
    SOFT,
    Box,
    Label,
    Part,
    Shape,
    fill_colour,
)
from generator.figures.formatting import DisplayToken, Phrase, display_token
from generator.figures.scales import Scale, format_label
from generator.figures.squares import Square, Thumbnails, shade_squares
from generator.figures.statistics.estimates import claim_sentence
from generator.figures.text_header import find_text
from generator.figures.token_chips import KeyLine

ROOMY = 18
"""Source tokens up to which cells have room for their number."""
GOLD = KeyLine("key", "outlined: the gold alignment, known to be right")
POSSIBLE = KeyLine("possible", "dashed: may be linked, neither asked for nor wrong")


@dataclass(frozen=True, slots=True)
class AlignmentPanel:
    """One text of one artifact: its matrix, and the same as lines."""

    name: str
    description: str
    """Whether gold links are known, and how many rows agree with them."""
    columns: tuple[DisplayToken, ...]
    lines: tuple[AlignmentRow, ...]
    arcs: Arcs | None
    stats: tuple[Stat, ...]
    link: str
    roomy: bool


@dataclass(frozen=True, slots=True)
class EpochSquares:
    """One epoch as a small picture."""

    name: str
    columns: int
    lines: int
    squares: tuple[Square, ...]


def find_aligned_text(scores: Alignments, number: int) -> AlignedText:
    """Return text `number` of an artifact, counted from 1.

    Raises:
        FigureError: There is no such text, it has no tokens, or its scores do not fit
            them.
    """
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


def check_same_tokens(texts: Sequence[AlignedText]) -> None:
    """Check that frames are of the same tokens.

    Raises:
        FigureError: They are not.
    """
    first = texts[0]
    for text in texts:
        if (text.sources, text.targets) != (first.sources, first.targets):
            raise FigureError(
                "alignment: frames hold different tokens; expected the same rows at "
                "every epoch: give the target"
            )


def build_alignment_panel(
    aligned: AlignmentOfText, scale: Scale, name: str, *, drawn: bool = True
) -> AlignmentPanel:
    """Return one text's matrix, with its lines unless `drawn` is false."""
    text = aligned[1]
    roomy = len(text.sources) <= ROOMY
    return AlignmentPanel(
        name=name,
        description=gold_note(text),
        columns=tuple(map(display_token, text.sources)),
        lines=alignment_rows(aligned, scale, roomy=roomy),
        arcs=layout_arcs(text, scale) if drawn else None,
        stats=alignment_stats(text),
        link=link_of(text.sources),
        roomy=roomy,
    )


def build_frame(text: AlignedText, scale: Scale, name: str) -> EpochSquares:
    """Return an epoch's matrix as squares, all but those at nothing."""
    columns, rows = len(text.sources), len(text.targets)
    return EpochSquares(name, columns, rows, shade_squares(text.scores, scale))


def outline_keys(texts: Sequence[AlignedText]) -> tuple[KeyLine, ...]:
    """Return the outlines that are drawn, each with its meaning."""
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

    panels: tuple[AlignmentPanel, ...]
    layout: Layout
    signed: bool
    keys: tuple[KeyLine, ...]
    frames: tuple[EpochSquares, ...] = ()
    names: tuple[str, ...] = ()
    """Frames as a slider tells them."""
    epochs: tuple[str, ...] = ()
    start: int = 0
    frame_items: tuple[tuple[str, ...], ...] = ()
    """For each frame its line of prose, then `class|numeral` of each cell."""

    def items(self) -> Items:
        """Return cells of the first panel by target and source token."""
        first = self.panels[0]
        rows = [line.head.text for line in first.lines]
        return grid(rows, [column.text for column in first.columns])

    def controls(self) -> tuple[Control, ...]:
        """Return the choice of the layout and, for frames, of the epoch."""
        if self.frames:
            return (Control("epoch", self.epochs),)
        return (Control("view", LAYOUTS),)

    def picture(self, y: float) -> Iterator[Part]:
        """Draw every panel, or every epoch and the one shown first."""
        for part in draw_frames(self, y):
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
            part = draw_panel(each, name, x, y, room)
            yield part
            low = max(low, part.bottom)
        yield paragraphs_part((AXES,), low + 4, FINE)


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
            if name not in self.artifact_names():
                near = suggest_nearest(name, self.artifact_names())
                raise ValueError(f"names: {quote_text(name)} is not drawn; {near}")
        return self

    def artifact_names(self) -> tuple[str, ...]:
        """Return the artifacts it draws."""
        return self.artifacts or (self.artifact or "",)

    def accepted_kinds(self) -> tuple[tuple[type[Artifact], ...], ...]:
        """Return frames where they are alone, else scores."""
        return ((Alignments,),) * len(self.artifacts) or (self.draws,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the first target tokens by the first source tokens."""
        frames = artifacts[0]
        if isinstance(frames, AlignmentFrames):
            artifacts = frames.frames[-1:]
        for scores in artifacts:
            if isinstance(scores, Alignments) and scores.texts:
                text = scores.texts[min(self.text, len(scores.texts)) - 1]
                return picture_alignment(scores, text, self.bound)
        return None

    def view(self, *artifacts: Artifact) -> AlignmentView:
        """Return what the template renders."""
        if isinstance(artifacts[0], AlignmentFrames):
            return self.build_frames_view(artifacts[0], len(artifacts))
        shown: list[AlignmentOfText] = []
        for artifact in artifacts:
            if not isinstance(artifact, Alignments):
                raise FigureError(
                    "artifacts: frames are drawn alone; name one artifact"
                )
            shown.append((artifact, find_aligned_text(artifact, self.text)))
        scale = alignment_scale(shown, self.bound)
        panels = tuple(
            build_alignment_panel(
                one, scale, self.panel_name(place, one[0]) if len(shown) > 1 else ""
            )
            for place, one in enumerate(shown)
        )
        return AlignmentView(
            summary=summary(shown, panels),
            scale=scale,
            tables=tuple(
                alignment_table(one, made.name)
                for one, made in zip(shown, panels, strict=True)
            ),
            notes=collect_remarks(shown),
            scored=True,
            panels=panels,
            layout=self.layout,
            signed=scale.signed,
            keys=outline_keys([text for _, text in shown]),
        )

    def build_frames_view(
        self, frames: AlignmentFrames, artifacts: int
    ) -> AlignmentView:
        """Return the view of one text at several epochs.

        Raises:
            FigureError: There is no frame, another artifact beside them, or they differ
                in tokens.
        """
        if artifacts > 1:
            raise FigureError("artifacts: frames are drawn alone; name one artifact")
        if not frames.frames:
            raise FigureError("alignment: no frame, nothing to draw")
        shown = [
            (frame, find_aligned_text(frame, self.text)) for frame in frames.frames
        ]
        check_same_tokens([text for _, text in shown])
        scale = alignment_scale(shown, self.bound)
        epochs = tuple(str(frame.epoch) for frame, _ in shown)
        names = tuple(f"epoch {epoch}" for epoch in epochs)
        start = self.starting_frame(epochs)
        made = build_alignment_panel(shown[start], scale, "", drawn=False)
        tables = zip(shown, names, strict=True)
        return AlignmentView(
            summary=(f"{names[-1].capitalize()}: ", *describe_largest_link(shown[-1])),
            scale=scale,
            tables=tuple(alignment_table(one, name) for one, name in tables),
            notes=tuple(map(claim_sentence, frames.frames[-1].notes)),
            scored=True,
            panels=(made,),
            layout="matrix",
            signed=scale.signed,
            keys=outline_keys([shown[-1][1]]),
            frames=tuple(
                build_frame(text, scale, name)
                for (_, text), name in zip(shown, names, strict=True)
            ),
            names=names,
            epochs=epochs,
            start=start,
            frame_items=tuple(
                (
                    gold_note(text),
                    *frame_cells(alignment_rows(one, scale, roomy=made.roomy)),
                )
                for one in shown
                for text in (one[1],)
            ),
        )

    def starting_frame(self, epochs: Sequence[str]) -> int:
        """Return the index of the frame shown first.

        Raises:
            FigureError: No frame is of the epoch that the author wrote.
        """
        if self.epoch is None:
            return len(epochs) - 1
        if str(self.epoch) not in epochs:
            raise FigureError(
                f"epoch: {self.epoch} is no frame; frames: {', '.join(epochs)}"
            )
        return epochs.index(str(self.epoch))

    def panel_name(self, place: int, scores: Alignments) -> str:
        """Return the name of a panel."""
        artifact = self.artifact_names()[place]
        return format_label(self.names.get(artifact, scores.scoring or artifact))


def summary(
    shown: Sequence[AlignmentOfText], panels: Sequence[AlignmentPanel]
) -> Phrase:
    """Return a sentence on what the largest scores are on, panel by panel."""
    said: list[str | DisplayToken] = []
    for one, made in zip(shown, panels, strict=True):
        said += [f"{made.name.capitalize()}: "] if made.name else []
        said += [*describe_largest_link(one), " "]
    return tuple(said[:-1])


def draw_panel(
    panel: AlignmentPanel, name: str, x: float, y: float, room: float
) -> Part:
    """Draw a panel's heading, matrix and numbers."""
    said = (
        f"{name[:1].upper()}{name[1:]} · {panel.description}"
        if name
        else panel.description
    )
    top = paragraph_part(said, x, y, room, 12, INK, "bold", most=2)
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
    body = draw_grid(made, top.bottom + 4, x, room)
    shapes: list[Shape] = [*top.shapes, *body.shapes]
    if room < ROOM or not panel.stats:
        return Part(shapes, body.bottom)
    below = stat_row(panel.stats, body.bottom + 2, 14)
    return Part([*shapes, *below.shapes], below.bottom)


def draw_frames(view: AlignmentView, y: float) -> Iterator[Part]:
    """Draw every epoch as a small picture."""
    room = (ROOM - 14 * (ACROSS - 1)) / ACROSS
    for i, one in enumerate(view.frames):
        cell = min(room / one.columns, 9.0)
        high = cell * one.lines + 32
        x = INSET + (i % ACROSS) * (room + 14)
        yield draw_frame(one, x, y + (i // ACROSS) * high, cell)


def draw_frame(one: EpochSquares, x: float, y: float, cell: float) -> Part:
    """Draw one epoch's squares below its name."""
    top = y + 18
    shapes: list[Shape] = [Label(x, y + 12, one.name, FINE, SOFT)]
    wide, high = cell * one.columns + 2, cell * one.lines + 2
    shapes.append(Box(x - 1, top - 1, wide, high, "", RULE))
    for square in one.squares:
        place = x + square.x * cell, top + square.y * cell
        shapes.append(Box(*place, cell, cell, fill_colour(square.css)))
    return Part(shapes, top + high + 12)
