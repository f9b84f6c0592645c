"""Strips of tokens: parts that steps, shaded texts, comparisons and rules draw with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.figures.base import Stat
from generator.figures.export import chips, fonts
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    paragraph_part,
    paragraphs_part,
    stat_row,
)
from generator.figures.export.shapes import INK, SOFT, Label, Part, Stroke
from generator.figures.text_header import TextHeading
from generator.figures.token_chips import TokenStrip, WordChips

CUT = "The text goes on beyond what is shown."


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A shaded text with its heading, its statistics and its warnings."""

    head: TextHeading
    words: WordChips
    stats: tuple[Stat, ...]
    warnings: tuple[str, ...]


def draw_token_strip(strip: TokenStrip, y: float) -> Part:
    """Draw one step: padding's sum, what was read and written, what stands around."""
    pad = (strip.pad,) if strip.pad else ()
    drawn = (*strip.out, *pad, *strip.read, strip.target, *strip.later)
    part = chips.flow_chips(drawn, y, direction=strip.direction)
    if not strip.cut:
        return part
    said = paragraphs_part((CUT,), part.bottom, FINE)
    return Part([*part.shapes, *said.shapes], said.bottom)


def draw_text_blocks(blocks: Iterable[TextBlock], y: float) -> Iterator[Part]:
    """Draw shaded texts below each other, each with what stands around it."""
    for i, block in enumerate(blocks):
        if i:
            line = ((INSET, y), (INSET + ROOM, y))
            yield Part([Stroke(line, "#dddcd6")], y)
            y += 10
        top = draw_text_heading(block.head, y)
        body = draw_words(block.words, top.bottom + 5)
        doubts = paragraphs_part(block.warnings, body.bottom + 2, 12, INK)
        facts = stat_row(block.stats, doubts.bottom + 2, 14)
        yield from (top, body, doubts, facts)
        y = facts.bottom + 14


def draw_text_heading(head: TextHeading, y: float) -> Part:
    """Draw the line above a text."""
    name = f"{head.name[:1].upper()}{head.name[1:]} · " if head.name else ""
    lead = f"{name}{head.lead}"
    rest = "".join(f" · {part}" for part in head.rest)
    wide = fonts.text_width(lead, 12, "bold")
    if wide > ROOM or fonts.text_width(rest, 12) > ROOM - wide:
        return paragraph_part(f"{lead}{rest}", INSET, y, ROOM, 12, INK)
    place = y + 13
    first = Label(INSET, place, lead, 12, INK, "bold")
    return Part([first, Label(INSET + wide, place, rest, 12, SOFT)], y + 17)


def draw_words(strip: WordChips, y: float) -> Part:
    """Draw a text's words, its padding as one chip after them."""
    drawn = (*strip.read, *((strip.pad,) if strip.pad else ()))
    part = chips.flow_chips(drawn, y, bare=strip.bare, direction=strip.direction)
    if not strip.cut:
        return part
    said = paragraphs_part((CUT,), part.bottom, FINE)
    return Part([*part.shapes, *said.shapes], said.bottom)
