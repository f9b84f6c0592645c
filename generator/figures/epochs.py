"""The same text at several epochs, on one scale.

Every epoch is a small picture, steps down and slots across; below, one step of each
epoch is printed as text, so that a slot can be followed by its token. One bound serves
all panels: a change of colour is a change of score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from generator.artifacts import Artifact, Frames, SlotScores
from generator.errors import FigureError
from generator.figures.base import Figure
from generator.figures.colour import ATTENTION, Scale, scale_for
from generator.figures.items import Control, Items
from generator.figures.numbers import fixed, significant
from generator.figures.slots import Slots, find_step, number, place_slots
from generator.figures.squares import Square, squares
from generator.figures.strip import Strip, outlined, strip
from generator.figures.tables import slot_table, step_table
from generator.figures.text import items
from generator.figures.tokens import Phrase, Shown, show
from generator.figures.view import Table, View

MOST = 4000
"""Numbers in the table behind the panels; beyond, it holds each step's sums."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One epoch."""

    name: str
    squares: tuple[Square, ...]
    said: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EpochsView(View):
    """Panels of `columns` by `lines` squares, and a strip for each."""

    panels: tuple[Panel, ...]
    columns: int
    lines: int
    row: int
    """The line that the strips print."""
    strips: tuple[Strip, ...]
    target: Shown
    epochs: tuple[str, ...]
    """Their numbers, parallel to the panels."""

    def items(self) -> Items:
        """The tokens of each epoch's strip."""
        return items(self.strips)

    def controls(self) -> tuple[Control, ...]:
        """The epoch whose text is shown, all of them at first."""
        return (Control("epoch", ("all", *self.epochs)),)


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

    def reads(self) -> tuple[str, ...]:
        """The one artifact it draws."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> EpochsView:
        """What the template draws. Raises `FigureError`."""
        (frames,) = artifacts
        assert isinstance(frames, Frames)  # noqa: S101 - checked with the study
        same_text(frames)
        scale = scale_for(frames.frames, self.bound)
        placed = tuple(place_slots(frame) for frame in frames.frames)
        last = frames.frames[-1]
        step = find_step(last, self.step)
        outline = outlined(self.outline, last)
        names = tuple(name(frame) for frame in frames.frames)
        return EpochsView(
            summary=summary(frames, step),
            scale=scale,
            tables=tables(placed, names),
            scored=True,
            generated=last.temperature is not None,
            panels=tuple(panel(slots, scale) for slots in placed),
            columns=placed[0].window,
            lines=placed[0].steps,
            row=step,
            strips=tuple(
                bare(strip(slots, step, scale, outline, (label,)))
                for slots, label in zip(placed, names, strict=True)
            ),
            target=show(last.targets[step]),
            epochs=tuple(str(frame.epoch) for frame in frames.frames),
        )


def same_text(frames: Frames) -> None:
    """Raises `FigureError` unless all frames read one text."""
    if not frames.frames:
        raise FigureError("epochs: the artifact holds no frame, nothing to draw")
    first = frames.frames[0]
    for frame in frames.frames[1:]:
        if frame.targets != first.targets or frame.histories != first.histories:
            raise FigureError(
                f"epochs: {name(frame)} reads another text than {name(first)}; "
                "frames must share their text, as those of `reading` do"
            )


def name(frame: SlotScores) -> str:
    """The heading of a panel."""
    return f"epoch {frame.epoch}"


def panel(slots: Slots, scale: Scale) -> Panel:
    """One epoch's picture."""
    scores = slots.scores
    picture = squares(scores.scores, scale)
    pad = number(scores, float(slots.padding.mean()), 2)
    last = number(scores, float(slots.recency.mean()), 2)
    p = fixed(float(scores.probabilities.mean(dtype="float64")))
    lines = (f"padding {pad}", f"last slot {last}", f"mean p {p}")
    return Panel(name(scores), picture, f"{name(scores)}: {', '.join(lines)}", lines)


def bare(full: Strip) -> Strip:
    """A strip without what lies around the window: eleven of those would be noise."""
    return Strip(
        full.label, full.pad, full.pads, (), full.read, full.target, (), full.dense,
        link=full.link,
    )  # fmt: skip


def tables(placed: tuple[Slots, ...], names: tuple[str, ...]) -> tuple[Table, ...]:
    """Every number, or each step's sums where those would be too many."""
    if sum(slots.scores.scores.size for slots in placed) > MOST:
        return (step_table(tuple(s.scores for s in placed), names),)
    full = [slot_table(slots) for slots in placed]
    return tuple(
        Table(f"{name}: {table.caption}", table.head, table.rows)
        for name, table in zip(names, full, strict=True)
    )


def summary(frames: Frames, step: int) -> Phrase:
    """First against last, in one sentence."""
    first, last = frames.frames[0], frames.frames[-1]
    moved = float(abs(last.scores - first.scores).sum(1, dtype="float64").mean())
    told = (
        f"{fixed(moved / 2)} of the weight of a step lies elsewhere"
        if last.quantity == ATTENTION
        else f"a step's scores differ by {significant(moved)} {last.unit}".rstrip()
    )
    ps = (float(first.probabilities[step]), float(last.probabilities[step]))
    ends = " to ".join(significant(p, 2) for p in ps)
    return (
        f"Between {name(first)} and {name(last)}, on average {told}; ",
        "the probability of ",
        show(last.targets[step]),
        f" at its step goes from {ends}.",
    )
