"""The same text at several epochs, on one scale.

Every epoch is a small picture, steps down and slots across; below, one step of each
epoch is printed as text, so that a slot can be followed by its token. One bound serves
all panels: a change of colour is a change of score.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from generator.artifacts import Artifact, Frames, SlotScores
from generator.core.errors import FigureError
from generator.figures.base import Control, DataTable, Figure, Items, View
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    paragraph_part,
    paragraphs_part,
)
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
from generator.figures.export.token_strips import draw_token_strip
from generator.figures.formatting import (
    DisplayToken,
    Phrase,
    display_token,
    format_fixed,
    format_significant,
    phrase_text,
)
from generator.figures.language_model.history_slots import (
    TextSlots,
    find_step,
    format_slot_score,
    place_slots,
)
from generator.figures.language_model.text import strip_items
from generator.figures.scales import ATTENTION, Scale, scale_for
from generator.figures.squares import Square, Thumbnails, shade_squares
from generator.figures.tables import slot_table, step_table
from generator.figures.thumbnails import picture_slots
from generator.figures.token_chips import TokenStrip, build_strip, outlined_words

ACROSS = 6
"""Panels side by side at most."""
TALL = 300.0
"""Height of a panel at most."""

MOST = 4000
"""Numbers in the table behind the panels; beyond, it holds each step's sums."""


@dataclass(frozen=True, slots=True)
class EpochPanel:
    """One epoch."""

    name: str
    squares: tuple[Square, ...]
    description: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EpochsView(View):
    """Panels of `columns` by `lines` squares, and a strip for each."""

    panels: tuple[EpochPanel, ...]
    columns: int
    lines: int
    row: int
    """The line that the strips print."""
    strips: tuple[TokenStrip, ...]
    target: DisplayToken
    epochs: tuple[str, ...]
    """Their numbers, parallel to the panels."""

    def items(self) -> Items:
        """Return the tokens of each epoch's strip."""
        return strip_items(self.strips)

    def controls(self) -> tuple[Control, ...]:
        """Return the epoch whose text is shown, all of them at first."""
        return (Control("epoch", ("all", *self.epochs)),)

    def picture(self, y: float) -> Iterator[Part]:
        """Draw a panel for each epoch, then one step of each as text."""
        across = min(ACROSS, max(3, len(self.panels)))
        room = (ROOM - 14 * (across - 1)) / across
        cell = min(room / self.columns, TALL / self.lines, 14.0)
        high = cell * self.lines + 66
        for i, panel in enumerate(self.panels):
            x = INSET + (i % across) * (room + 14)
            yield draw_epoch_panel(self, panel, x, y + (i // across) * high, cell)
        y += ((len(self.panels) - 1) // across + 1) * high
        said = (
            f"Steps down, {self.columns} slots across, oldest left. The outlined line, "
            f"which writes ‘{self.target.short}’, is printed below as text."
        )
        note = paragraphs_part((said,), y, FINE)
        yield note
        y = note.bottom + 10
        for each in self.strips:
            top = paragraph_part(
                phrase_text(each.label), INSET, y, ROOM, 12, INK, "bold"
            )
            body = draw_token_strip(each, top.bottom + 3)
            yield from (top, body)
            y = body.bottom + 10


class Epochs(Figure):
    """One text at several epochs."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Frames,)
    heading: ClassVar[str] = "One text at several epochs"
    figure: Literal["epochs"]
    artifact: str
    """Name of the frames to draw."""
    step: int | str | None = None
    """The step printed as text below: its number from 1, or the token it writes.
    Without it, the most telling step of the last epoch."""
    outline: tuple[str, ...] = ()
    """Tokens to outline."""
    bound: float | None = Field(default=None, gt=0)
    """The size drawn darkest; 1 for attention, else the largest of all epochs."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the first steps of the last epoch."""
        return picture_slots(artifacts[0], self.bound)

    def view(self, *artifacts: Artifact) -> EpochsView:
        """Return what the template renders."""
        (frames,) = artifacts
        assert isinstance(frames, Frames)  # noqa: S101 - checked with the study
        check_same_text(frames)
        scale = scale_for(frames.frames, self.bound)
        placed = tuple(place_slots(frame) for frame in frames.frames)
        last = frames.frames[-1]
        step = find_step(last, self.step)
        outline = outlined_words(self.outline, last)
        names = tuple(panel_heading(frame) for frame in frames.frames)
        return EpochsView(
            summary=summary(frames, step),
            scale=scale,
            tables=epoch_tables(placed, names),
            scored=True,
            generated=last.temperature is not None,
            panels=tuple(build_epoch_panel(slots, scale) for slots in placed),
            columns=placed[0].window,
            lines=placed[0].steps,
            row=step,
            strips=tuple(
                cut_to_window(build_strip(slots, step, scale, outline, (label,)))
                for slots, label in zip(placed, names, strict=True)
            ),
            target=display_token(last.targets[step]),
            epochs=tuple(str(frame.epoch) for frame in frames.frames),
        )


def check_same_text(frames: Frames) -> None:
    """Check that all frames read one text.

    Raises:
        FigureError: They do not.
    """
    if not frames.frames:
        raise FigureError("epochs: the artifact holds no frame, nothing to draw")
    first = frames.frames[0]
    for frame in frames.frames[1:]:
        if frame.targets != first.targets or frame.histories != first.histories:
            raise FigureError(
                f"epochs: {panel_heading(frame)} reads another text than "
                f"{panel_heading(first)}; "
                "frames must share their text, as those of `reading` do"
            )


def panel_heading(frame: SlotScores) -> str:
    """Return the heading of a panel."""
    return f"epoch {frame.epoch}"


def build_epoch_panel(slots: TextSlots, scale: Scale) -> EpochPanel:
    """Return one epoch's picture."""
    scores = slots.scores
    picture = shade_squares(scores.scores, scale)
    pad = format_slot_score(scores, float(slots.padding.mean()), 2)
    last = format_slot_score(scores, float(slots.recency.mean()), 2)
    p = format_fixed(float(scores.probabilities.mean(dtype="float64")))
    lines = (f"padding {pad}", f"last slot {last}", f"mean p {p}")
    return EpochPanel(
        panel_heading(scores),
        picture,
        f"{panel_heading(scores)}: {', '.join(lines)}",
        lines,
    )


def cut_to_window(full: TokenStrip) -> TokenStrip:
    """Return a strip without the text around the window.

    Repeated for each epoch, that text would be noise.
    """
    return TokenStrip(
        full.label, full.pad, full.pads, (), full.read, full.target, (), full.dense,
        link=full.link, direction=full.direction,
    )  # fmt: skip


def epoch_tables(
    placed: tuple[TextSlots, ...], names: tuple[str, ...]
) -> tuple[DataTable, ...]:
    """Return tables of every number, or of sums where those would be too many."""
    if sum(slots.scores.scores.size for slots in placed) > MOST:
        return (step_table(tuple(s.scores for s in placed), names),)
    full = [slot_table(slots) for slots in placed]
    return tuple(
        DataTable(f"{name}: {table.caption}", table.head, table.rows)
        for name, table in zip(names, full, strict=True)
    )


def summary(frames: Frames, step: int) -> Phrase:
    """Return a sentence that compares the first epoch with the last."""
    first, last = frames.frames[0], frames.frames[-1]
    moved = float(abs(last.scores - first.scores).sum(1, dtype="float64").mean())
    told = (
        f"{format_fixed(moved / 2)} of the weight of a step lies elsewhere"
        if last.quantity == ATTENTION
        else f"a step's scores differ by {format_significant(moved)} "
        f"{last.unit}".rstrip()
    )
    ps = (float(first.probabilities[step]), float(last.probabilities[step]))
    ends = " to ".join(format_significant(p, 2) for p in ps)
    return (
        (
            f"Between {panel_heading(first)} and {panel_heading(last)}, on average "
            f"{told}; "
        ),
        "the probability of ",
        display_token(last.targets[step]),
        f" at its step goes from {ends}.",
    )


def draw_epoch_panel(
    view: EpochsView, panel: EpochPanel, x: float, y: float, cell: float
) -> Part:
    """Draw one epoch as a small picture, its numbers below."""
    wide, high, top = cell * view.columns, cell * view.lines, y + 18
    gap = 0.5 if cell > 4 else 0.0  # noqa: PLR2004 - room for gaps
    shapes: list[Shape] = [Label(x, y + 12, panel.name, 12, INK, "bold")]
    shapes.append(Box(x - 1, top - 1, wide + 2, high + 2, "", RULE))
    for one in panel.squares:
        place = x + one.x * cell, top + one.y * cell
        shapes.append(Box(*place, cell - gap, cell - gap, fill_colour(one.css)))
    row = top + view.row * cell
    shapes.append(Box(x - 1, row - 1, wide + 2, cell + 2, "", INK, 1.5))
    for i, line in enumerate(panel.lines):
        shapes.append(Label(x, top + high + 14 + i * 13, line, 10, SOFT))
    return Part(shapes, top + high + 44)
