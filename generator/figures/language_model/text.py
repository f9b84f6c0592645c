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
    numbered_values,
)
from generator.figures.export.frame import (
    INSET,
    ROOM,
    TEXT,
    paragraph_part,
    paragraphs_part,
    stat_row,
)
from generator.figures.export.shapes import SOFT, Part
from generator.figures.export.token_strips import draw_token_strip
from generator.figures.formatting import (
    DisplayToken,
    Phrase,
    display_token,
    format_fixed,
    format_probability,
    format_significant,
    phrase_text,
)
from generator.figures.language_model.history_slots import (
    TextSlots,
    attention_entropy,
    describe_step,
    find_step,
    format_slot_score,
    place_slots,
    unknown_warning,
)
from generator.figures.scales import scale_for
from generator.figures.squares import Thumbnails
from generator.figures.tables import slot_table
from generator.figures.thumbnails import picture_slots
from generator.figures.token_chips import TokenStrip, build_strip, outlined_words


@dataclass(frozen=True, slots=True)
class TokenOption:
    """A token that could have been written, its probability, and whether it was."""

    token: DisplayToken
    probability: str
    written: bool


@dataclass(frozen=True, kw_only=True)
class TextView(View):
    """Strips, one for each step asked for."""

    strips: tuple[TokenStrip, ...]
    stats: tuple[Stat, ...]
    options: tuple[TokenOption, ...]
    steps: int
    step: int
    """The step of the only strip, from 0; -1 where there are several."""
    window: int
    start: int
    outline: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def items(self) -> Items:
        """Return the text's tokens; those of several strips, strip by strip."""
        return strip_items(self.strips)

    def controls(self) -> tuple[Control, ...]:
        """Return the choices of a step, where it can change, and of padding's fold."""
        step = Control("step", numbered_values(self.steps if self.step >= 0 else 0))
        fold = Control("pads", ("sum", "each"))
        return (step, fold) if len(self.strips) == 1 else ()

    def picture(self, y: float) -> Iterator[Part]:
        """Draw steps as running text, and what is known of a single one."""
        for each in self.strips:
            if each.label:
                part = paragraph_part(
                    phrase_text(each.label), INSET, y, ROOM, TEXT, SOFT
                )
                yield part
                y = part.bottom + 5
            part = draw_token_strip(each, y)
            yield part
            y = part.bottom + 16
        part = stat_row(self.stats, y - 6)
        yield part
        if self.options:
            said = ", ".join(
                f"‘{one.token.short}’ {one.probability}{' (written)' * one.written}"
                for one in self.options
            )
            yield paragraphs_part((f"Most probable: {said}",), part.bottom + 6)


def strip_items(strips: Sequence[TokenStrip]) -> Items:
    """Return the tokens of strips, keys numbered by strip if there are several."""
    several = len(strips) > 1
    return Items(
        tuple(
            Track(
                phrase_text(one.label),
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


class ShadedText(Figure):
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

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the first steps."""
        return picture_slots(artifacts[0], self.bound)

    def view(self, *artifacts: Artifact) -> TextView:
        """Return what the template renders."""
        (scores,) = artifacts
        assert isinstance(scores, SlotScores)  # noqa: S101 - checked with the study
        slots = place_slots(scores)
        scale = scale_for([scores], self.bound)
        outline = outlined_words(self.outline, scores)
        asked = self.steps or (self.step,)
        chosen = [find_step(scores, step) for step in asked]
        last = chosen[-1]
        strips = tuple(
            build_strip(slots, t, scale, outline, self.strip_label(scores, t))
            for t in chosen
        )
        single = len(chosen) == 1
        return TextView(
            summary=describe_step(scores, last),
            scale=scale,
            tables=(slot_table(slots),),
            notes=tuple(filter(None, (unknown_warning(scores, t) for t in chosen))),
            scored=True,
            generated=scores.temperature is not None,
            beside=True,
            strips=strips,
            stats=step_stats(slots, last) if single else (),
            options=token_options(scores, last) if single else (),
            steps=slots.steps,
            step=last if single and slots.slides else -1,
            window=slots.window,
            start=slots.start,
            outline=self.outline,
            words=tuple(display_token(t).short for t in slots.text),
        )

    def strip_label(self, scores: SlotScores, step: int) -> Phrase:
        """Return the line above a strip, where there are several."""
        if not self.steps:
            return ()
        told = f", step {step + 1} of {len(scores.targets)}"
        return ("writing ", display_token(scores.targets[step]), told)


def step_stats(slots: TextSlots, step: int) -> tuple[Stat, ...]:
    """Return the numbers under a single strip."""
    scores = slots.scores
    bits = attention_entropy(scores, step)
    ceiling = format_significant(math.log2(slots.window))
    spread = (
        ()
        if bits is None
        else (Stat(f"entropy, of {ceiling} bits", format_fixed(bits)),)
    )
    return (
        Stat("padding", format_slot_score(scores, float(slots.padding[step]), 2)),
        Stat("last slot", format_slot_score(scores, float(slots.recency[step]), 2)),
        *spread,
        Stat(
            "p of the token written",
            format_probability(float(scores.probabilities[step])),
        ),
    )


def token_options(scores: SlotScores, step: int) -> tuple[TokenOption, ...]:
    """Return what could have been written, best first, as the artifact lists it."""
    if not scores.alternatives:
        return ()
    written = scores.targets[step]
    return tuple(
        TokenOption(
            display_token(a.token),
            format_probability(a.probability),
            a.token == written,
        )
        for a in scores.alternatives[step][:5]
    )
