"""One text while a model learns: a line of small cells for each epoch, on one scale.

Epochs stand below each other, from before training, and words stand in columns, so that
a column shows what became of one word. Beside each line are the numbers that a change
of colour may hide: how evenly the weights are spread, what padding takes, and what was
predicted. Below, one epoch is printed as text; a slider chooses which.

Up to forty columns are cells that can be pointed at. Longer lines are drawings, in
which neighbours of one step are one stroke, so that a page of many epochs stays small.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from generator.artifacts import Artifact, ScoredText, TokenFrames, TokenScores
from generator.core.errors import FigureError
from generator.figures.base import Control, Figure, Items, Track, View, grid_items
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    paragraph_part,
    paragraphs_part,
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
from generator.figures.export.token_strips import draw_text_heading, draw_words
from generator.figures.formatting import (
    DisplayToken,
    Phrase,
    display_token,
    format_count,
    format_fixed,
    format_numeral,
    format_probability,
)
from generator.figures.language_model.matrix import MatrixCell
from generator.figures.scales import (
    ATTENTION,
    TextWithScores,
    displayed_scores,
    format_label,
    plus_label,
    token_padding_sum,
    token_scale,
)
from generator.figures.squares import Spans, Thumbnails, group_stretches
from generator.figures.statistics.estimates import claim_sentence
from generator.figures.tables import frames_table
from generator.figures.text_header import (
    TextHeading,
    build_heading,
    collect_warnings,
    count_pads,
    evenness,
    find_text,
    predicted_label,
    predicted_probability,
)
from generator.figures.thumbnails import picture_rows
from generator.figures.token_chips import (
    KeyLine,
    TokenChip,
    WordChips,
    build_word_chips,
    check_outline,
    mark_keys,
)

PAPER = {"s0", "d16"}
"""Colour classes of the page's own paper."""
FOLD = 8
"""Slots of padding that have a column each; more share one."""


@dataclass(frozen=True, slots=True)
class EpochLine:
    """One epoch: its cells or, where there are many, its runs of one colour."""

    name: str
    cells: tuple[MatrixCell, ...]
    spans: Spans
    sums: tuple[str, ...]
    description: str
    is_current: bool

    @property
    def runs(self) -> tuple[tuple[str, str], ...]:
        """For each colour but the paper's, one path over all places that have it."""
        return tuple(
            (css, "".join(f"M{start} 0h{wide}v1h-{wide}z" for start, wide in places))
            for css, places in self.spans
        )


def frame_name(scores: TokenScores) -> str:
    """Return a frame's name."""
    return f"epoch {'–' if scores.epoch is None else scores.epoch}"


def column_names(text: ScoredText) -> tuple[DisplayToken, ...]:
    """Return the names below the columns: the words, then padding."""
    real = tuple(display_token(token) for token in text.tokens if token.kind != "pad")
    padded = count_pads(text)
    if padded <= FOLD:
        return real + tuple(display_token(t) for t in text.tokens if t.kind == "pad")
    return (*real, DisplayToken(f"<pad> ×{padded}", f"<pad> ×{padded}", "pad"))


def build_line(
    one: TextWithScores,
    strip: WordChips,
    few: bool,
    here: bool,
) -> EpochLine:
    """Return the line of one epoch.

    Args:
        one: The text with the epoch's artifact.
        strip: Its chips.
        few: Whether there are few enough columns for cells.
        here: Whether this epoch is the one printed as text.
    """
    scores, text = one
    chips = line_chips(strip)
    shades = [colour_class(chip) for chip in chips]
    sums = line_numbers(scores, text)
    return EpochLine(
        name=frame_name(scores),
        cells=tuple(
            MatrixCell(css, chip.numeral or "–")
            for css, chip in zip(shades, chips, strict=True)
        )
        if few
        else (),
        spans=()
        if few
        else tuple(group_stretches(["" if s in PAPER else s for s in shades])),
        sums=tuple(value for _, value in sums),
        description=f"{frame_name(scores)}: "
        f"{', '.join(' '.join(pair) for pair in sums)}",
        is_current=here,
    )


def line_chips(strip: WordChips) -> list[TokenChip]:
    """Return the chips of a line: words, then padding's slots or their one chip."""
    return [*strip.read, *(strip.pads or ((strip.pad,) if strip.pad else ()))]


def colour_class(chip: TokenChip) -> str:
    """Return a chip's colour class without its marks, "" where it has no size."""
    css = chip.css.partition(" ")[0]
    return css if css[:1] in {"s", "d"} else ""


def outlined_places(strip: WordChips) -> tuple[bool, ...]:
    """Return, for each place of a line, whether it is outlined."""
    return tuple("key" in chip.css.split() for chip in line_chips(strip))


def line_numbers(scores: TokenScores, text: ScoredText) -> tuple[tuple[str, str], ...]:
    """Return the numbers beside a line, each with its name."""
    share = scores.quantity == ATTENTION
    found = [("entropy / log n", format_fixed(evenness(text)))] if share else []
    if count_pads(text):
        mass = token_padding_sum(scores, text)
        found.append(
            (
                "padding",
                format_fixed(mass) if share else format_numeral(mass, scores.signed),
            )
        )
    label = format_label(predicted_label(scores.labels, text))
    found.append(
        ("predicted", f"{label} {format_probability(predicted_probability(text))}")
    )
    if plus := plus_label(scores, text):
        found.append(("+ speaks for", format_label(plus)))
    return tuple(found)


COLUMNS = 40
"""Columns up to which words are printed below them, and cells are cells."""
ROOMY = {False: 24, True: 18}
"""Columns up to which cells have room for their number, without and with a sign."""


@dataclass(frozen=True, kw_only=True)
class HistoryView(View):
    """Lines of cells, and the text of one epoch."""

    lines: tuple[EpochLine, ...]
    columns: tuple[DisplayToken, ...]
    width: int
    """Places of a line."""
    cells: bool
    """Whether there are few enough columns for cells; else lines are drawings."""
    roomy: bool
    """Whether cells show their number."""
    signed: bool
    marked: tuple[bool, ...]
    """Which columns are outlined, at their foot."""
    sums: tuple[str, ...]
    start: int
    """The frame printed as text."""
    names: tuple[str, ...]
    """Frames as a slider tells them."""
    head: TextHeading
    words: WordChips
    frames: tuple[tuple[str, ...], ...]
    """For each frame its line of prose, then `class|numeral|said` of each chip."""
    keys: tuple[KeyLine, ...]
    warnings: tuple[str, ...]
    epochs: tuple[str, ...]
    """The frames' numbers."""

    def items(self) -> Items:
        """Return cells by epoch and word, or the text's words if lines are drawings."""
        if not self.cells:
            return Items((Track("", self.words.items()),))
        names = [column.text for column in self.columns]
        return grid_items([line.name for line in self.lines], names)

    def controls(self) -> tuple[Control, ...]:
        """Return the epoch printed as text."""
        return (Control("epoch", self.epochs),)

    def picture(self, y: float) -> Iterator[Part]:
        """Draw a line for each epoch, then the text of one."""
        lines = epoch_grid(self, y) if self.cells else epoch_runs(self, y)
        yield lines
        name = self.names[self.start]
        top = paragraph_part(
            f"{name[:1].upper()}{name[1:]}",
            INSET,
            lines.bottom + 8,
            ROOM,
            12,
            INK,
            "bold",
        )
        head = draw_text_heading(self.head, top.bottom)
        body = draw_words(self.words, head.bottom + 5)
        doubts = paragraphs_part(self.warnings, body.bottom, 12, INK)
        yield from (top, head, body, doubts)


class EpochHistory(Figure):
    """One text at several epochs."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (TokenFrames,)
    heading: ClassVar[str] = "One text while the model learns"
    figure: Literal["history"]
    artifact: str
    """Name of the frames to draw."""
    text: int = Field(default=1, ge=1)
    """Which text, counted from 1: those given come first, then the documents."""
    epoch: int | None = Field(default=None, ge=0)
    """The epoch printed as text at first; without it, the last."""
    outline: tuple[str, ...] = ()
    """Words to outline. Without it, those known to decide."""
    bound: float | None = Field(default=None, gt=0)
    """The size drawn darkest; without it, the largest of all epochs."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the text drawn, a line for each epoch."""
        (frames,) = artifacts
        assert isinstance(frames, TokenFrames)  # noqa: S101 - checked with the study
        place = self.text - 1
        rows = [
            (f"epoch {frame.epoch}", (frame, frame.texts[place]))
            for frame in frames.frames
            if place < len(frame.texts)
        ]
        return picture_rows(rows, "Epochs", self.bound)

    def view(self, *artifacts: Artifact) -> HistoryView:
        """Return what the template renders."""
        (frames,) = artifacts
        assert isinstance(frames, TokenFrames)  # noqa: S101 - checked with the study
        shown = self.frames_of(frames)
        texts = [text for _, text in shown]
        check_outline(self.outline, texts[:1])
        scale = token_scale(shown, self.bound)
        start = self.starting_frame(frames)
        sums = tuple(name for name, _ in line_numbers(*shown[0]))
        strips = [
            build_word_chips(s, t, scale, self.outline, fold=FOLD) for s, t in shown
        ]
        heads = [build_heading(s, t) for s, t in shown]
        columns = column_names(texts[0])
        few = len(columns) <= COLUMNS
        return HistoryView(
            summary=summary(shown, names := [frame_name(s) for s, _ in shown]),
            scale=scale,
            tables=(frames_table(shown, names),),
            notes=tuple(map(claim_sentence, shown[-1][0].notes)),
            scored=True,
            lines=tuple(
                build_line(one, strips[i], few, i == start)
                for i, one in enumerate(shown)
            ),
            columns=columns,
            width=len(line_chips(strips[0])),
            cells=few,
            roomy=len(columns) <= ROOMY[shown[0][0].signed],
            signed=shown[0][0].signed,
            marked=outlined_places(strips[start]),
            sums=sums,
            start=start,
            names=tuple(format_frame(s, shown[-1][0]) for s, _ in shown),
            head=heads[start],
            words=strips[start],
            frames=tuple(map(slider_frame, heads, strips)),
            keys=mark_keys(strips, texts, bool(self.outline)),
            warnings=collect_warnings(texts[start]),
            epochs=tuple(str(scores.epoch) for scores, _ in shown),
        )

    def frames_of(self, frames: TokenFrames) -> list[TextWithScores]:
        """Return the text in every frame.

        Raises:
            FigureError: There is no frame or no token, or the frames differ in their
                text.
        """
        if not frames.frames:
            raise FigureError("history: the artifact holds no frame, nothing to draw")
        found = [
            (scores, scores.texts[find_text(scores, self.text)])
            for scores in frames.frames
        ]
        first, text = found[0]
        if not text.tokens:
            raise FigureError("history: the text holds no token, nothing to draw")
        for scores, other in found[1:]:
            if other.tokens != text.tokens:
                raise FigureError(
                    f"history: text {self.text} of {frame_name(scores)} is another "
                    f"than that "
                    f"of {frame_name(first)}; frames must share their texts"
                )
        return found

    def starting_frame(self, frames: TokenFrames) -> int:
        """Return the index of the frame printed as text.

        Raises:
            FigureError: No frame is of the epoch that the author wrote.
        """
        if self.epoch is None:
            return len(frames.frames) - 1
        epochs = [scores.epoch for scores in frames.frames]
        if self.epoch not in epochs:
            there = ", ".join(str(epoch) for epoch in epochs)
            raise FigureError(
                f"epoch: no frame of epoch {self.epoch}; there are {there}"
            )
        return epochs.index(self.epoch)


def format_frame(scores: TokenScores, last: TokenScores) -> str:
    """Return the name of a frame beside the slider."""
    if scores.epoch == 0:
        return "epoch 0, before training"
    return (
        frame_name(scores)
        if last.epoch is None
        else f"{frame_name(scores)} of {last.epoch}"
    )


def slider_frame(head: TextHeading, strip: WordChips) -> tuple[str, ...]:
    """Return a frame as the slider needs it: the line above, then every chip."""
    chips = [*strip.read, *((strip.pad,) if strip.pad else ()), *strip.pads]
    small = not strip.bare
    return (
        head.lead + "".join(f" · {part}" for part in head.rest),
        *(f"{c.css}|{c.numeral if small else ''}|{c.description}" for c in chips),
    )


def summary(shown: list[TextWithScores], names: list[str]) -> Phrase:
    """Return a sentence that compares the first epoch with the last."""
    (first, before), (last, after) = shown[0], shown[-1]
    ends = [
        f"{format_label(predicted_label(s.labels, t))} "
        f"{format_probability(predicted_probability(t))}"
        for s, t in (shown[0], shown[-1])
    ]
    told = f"From {names[0]} to {names[-1]}, the prediction goes from {ends[0]} to "
    told += ends[1]
    if last.quantity != ATTENTION:
        return (f"{told}.",)
    moved = (
        float(
            abs(displayed_scores(last, after) - displayed_scores(first, before)).sum()
        )
        / 2
    )
    if math.isfinite(moved):
        told += f", and {format_fixed(moved)} of the weight comes to lie elsewhere"
    return (f"{told} ({format_count(len(shown), 'epoch')}).",)


def epoch_grid(view: HistoryView, y: float) -> Part:
    """Draw epochs (rows) by words (columns)."""
    made = Grid(
        heads=tuple(map(line_name, view.lines)),
        cells=tuple(
            tuple(
                GridCell(f"{c.css}{'' if view.roomy else ' blank'}", c.text)
                for c in each.cells
            )
            for each in view.lines
        ),
        columns=tuple(column.short for column in view.columns),
        turned=True,
        sums=tuple(tuple((text, -1) for text in each.sums) for each in view.lines),
        totals=view.sums,
        boxed=view.marked,
    )
    return draw_grid(made, y)


def line_name(line: EpochLine) -> str:
    """Return a line's name, marked where its text is printed."""
    return f"▸ {line.name}" if line.is_current else line.name


def epoch_runs(view: HistoryView, y: float) -> Part:
    """Draw epochs as strokes of one colour, for texts too long for cells."""
    left, room = INSET + 90.0, ROOM - 90.0 - 250
    k = room / view.width
    shapes: list[Shape] = []
    for each in view.lines:
        shapes.append(Label(left - 8, y + 15, line_name(each), 12, INK, "mono", "end"))
        shapes.append(Box(left - 1, y, room + 2, 20, "", RULE))
        for css, places in each.spans:
            for x, wide in places:
                shapes.append(Box(left + x * k, y + 1, wide * k, 18, fill_colour(css)))
        said = "  ".join(
            f"{name} {value}" for name, value in zip(view.sums, each.sums, strict=True)
        )
        part = paragraph_part(said, left + room + 12, y - 4, 236, 10, SOFT, most=2)
        shapes += part.shapes
        y += 32
    tail = ", padding’s mean slot at the end" if view.words.pad else ""
    said = f"Each line is the whole text, first word left{tail}."
    note = paragraphs_part((said,), y, FINE)
    return Part([*shapes, *note.shapes], note.bottom)
