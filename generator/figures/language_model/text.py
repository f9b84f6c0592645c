"""Running text, shaded by what a model read to write one token of it.

The window's padding is folded into one chip whose sum is printed; tokens that left the
window and tokens not yet written stand around it without colour; the token being
written is boxed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from generator.artifacts import Artifact, SlotScores
from generator.figures.base import (
    Control,
    Figure,
    Item,
    Items,
    Stat,
    Track,
    View,
    numbers,
)
from generator.figures.export.frame import (
    INSET,
    ROOM,
    TEXT,
    paragraph,
    paragraphs,
    stat_row,
)
from generator.figures.export.shapes import SOFT, Part
from generator.figures.export.token_strips import strip_part
from generator.figures.formatting import (
    Phrase,
    Shown,
    chance,
    fixed,
    plain,
    show,
    significant,
)
from generator.figures.language_model.history_slots import (
    Slots,
    entropy,
    find_step,
    number,
    place_slots,
    sentence,
    unknowns,
)
from generator.figures.scales import scale_for
from generator.figures.tables import slot_table
from generator.figures.thumbnails import Thumbnails, picture_slots
from generator.figures.token_chips import Strip, outlined_words, strip


@dataclass(frozen=True, slots=True)
class Option:
    """A token that could have been written, its probability, and whether it was."""

    token: Shown
    probability: str
    written: bool


@dataclass(frozen=True, kw_only=True)
class TextView(View):
    """Strips, one for each step asked for."""

    strips: tuple[Strip, ...]
    stats: tuple[Stat, ...]
    options: tuple[Option, ...]
    steps: int
    step: int
    """The step of the only strip, from 0; -1 where there are several."""
    window: int
    start: int
    outline: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def items(self) -> Items:
        """The text's tokens; those of several strips, strip by strip."""
        return items(self.strips)

    def controls(self) -> tuple[Control, ...]:
        """The step, where there is one strip that can go on; padding's fold."""
        step = Control("step", numbers(self.steps if self.step >= 0 else 0))
        fold = Control("pads", ("sum", "each"))
        return (step, fold) if len(self.strips) == 1 else ()

    def picture(self, y: float) -> Iterator[Part]:
        """Steps as running text, and what is known of a single one."""
        for each in self.strips:
            if each.label:
                part = paragraph(plain(each.label), INSET, y, ROOM, TEXT, SOFT)
                yield part
                y = part.bottom + 5
            part = strip_part(each, y)
            yield part
            y = part.bottom + 16
        part = stat_row(self.stats, y - 6)
        yield part
        if self.options:
            said = ", ".join(
                f"‘{one.token.short}’ {one.probability}{' (written)' * one.written}"
                for one in self.options
            )
            yield paragraphs((f"Most probable: {said}",), part.bottom + 6)


def items(strips: Sequence[Strip]) -> Items:
    """The tokens of strips; keys begin with the strip's number if there are several."""
    several = len(strips) > 1
    return Items(
        tuple(
            Track(
                plain(one.label),
                tuple(
                    Item(
                        c.token.text,
                        int(c.key) if c.key.isdigit() else i,
                        f"{n}-{c.key}" if several else c.key,
                    )
                    for i, c in enumerate(one.chips, 1)
                ),
            )
            for n, one in enumerate(strips, 1)
        )
    )


class Text(Figure):
    """One step, or several, as shaded running text."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (SlotScores,)
    heading: ClassVar[str] = "One step as text"
    figure: Literal["text"]
    artifact: str
    """Name of the scores to draw."""
    step: int | str | None = None
    """Which step: its number from 1 (below 0 from the end), or the token it writes.
    Without it, the step with the largest score on a real token."""
    steps: tuple[int | str, ...] = ()
    """Several steps, stacked; instead of `step`."""
    outline: tuple[str, ...] = ()
    """Tokens to outline: what the text is about."""
    bound: float | None = Field(default=None, gt=0)
    """The size drawn darkest; 1 for attention, else the largest of the data."""

    def reads(self) -> tuple[str, ...]:
        """The one artifact it draws."""
        return (self.artifact,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """The first steps."""
        return picture_slots(artifacts[0], self.bound)

    def view(self, *artifacts: Artifact) -> TextView:
        """What the template draws. Raises `FigureError`."""
        (scores,) = artifacts
        assert isinstance(scores, SlotScores)  # noqa: S101 - checked with the study
        slots = place_slots(scores)
        scale = scale_for([scores], self.bound)
        outline = outlined_words(self.outline, scores)
        asked = self.steps or (self.step,)
        chosen = [find_step(scores, step) for step in asked]
        last = chosen[-1]
        strips = tuple(
            strip(slots, t, scale, outline, self.label(scores, t)) for t in chosen
        )
        single = len(chosen) == 1
        return TextView(
            summary=sentence(scores, last),
            scale=scale,
            tables=(slot_table(slots),),
            notes=tuple(filter(None, (unknowns(scores, t) for t in chosen))),
            scored=True,
            generated=scores.temperature is not None,
            beside=True,
            strips=strips,
            stats=stats(slots, last) if single else (),
            options=options(scores, last) if single else (),
            steps=slots.steps,
            step=last if single and slots.slides else -1,
            window=slots.window,
            start=slots.start,
            outline=self.outline,
            words=tuple(show(t).short for t in slots.text),
        )

    def label(self, scores: SlotScores, step: int) -> Phrase:
        """The line above a strip, where there are several."""
        if not self.steps:
            return ()
        told = f", step {step + 1} of {len(scores.targets)}"
        return ("writing ", show(scores.targets[step]), told)


def stats(slots: Slots, step: int) -> tuple[Stat, ...]:
    """The numbers under a single strip."""
    scores = slots.scores
    bits = entropy(scores, step)
    ceiling = significant(math.log2(slots.window))
    spread = () if bits is None else (Stat(f"entropy, of {ceiling} bits", fixed(bits)),)
    return (
        Stat("padding", number(scores, float(slots.padding[step]), 2)),
        Stat("last slot", number(scores, float(slots.recency[step]), 2)),
        *spread,
        Stat("p of the token written", chance(float(scores.probabilities[step]))),
    )


def options(scores: SlotScores, step: int) -> tuple[Option, ...]:
    """What could have been written, best first, as the artifact lists it."""
    if not scores.alternatives:
        return ()
    written = scores.targets[step]
    return tuple(
        Option(show(a.token), chance(a.probability), a.token == written)
        for a in scores.alternatives[step][:5]
    )
