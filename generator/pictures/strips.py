"""Figures of tokens in a row: one step, shaded texts, several answers, rules."""

from __future__ import annotations

from collections.abc import Iterator

from generator.figures.compare import CompareView
from generator.figures.heatmap import HeatmapView
from generator.figures.rule import RuleBlock, RuleView
from generator.figures.strip import Strip
from generator.figures.text import TextView
from generator.figures.texthead import Heading
from generator.figures.tokens import plain
from generator.figures.tokenstrip import Words
from generator.pictures import chips, fonts
from generator.pictures.colours import EDGE, INK, PAPER, SOFT
from generator.pictures.frame import (
    MARGIN,
    ROOM,
    SMALL,
    TEXT,
    paragraph,
    paragraphs,
    stats,
)
from generator.pictures.points import point, whisker
from generator.pictures.shapes import Box, Label, Part, Shape, Stroke

CUT = "The text goes on beyond what is shown."


def text(view: TextView, y: float) -> Iterator[Part]:
    """Steps as running text, and what is known of a single one."""
    for strip in view.strips:
        if strip.label:
            part = paragraph(plain(strip.label), MARGIN, y, ROOM, TEXT, SOFT)
            yield part
            y = part.bottom + 5
        part = strip_part(strip, y)
        yield part
        y = part.bottom + 16
    part = stats(view.stats, y - 6)
    yield part
    if view.options:
        said = ", ".join(
            f"‘{one.token.short}’ {one.probability}{' (written)' * one.written}"
            for one in view.options
        )
        yield paragraphs((f"Most probable: {said}",), part.bottom + 6)


def strip_part(strip: Strip, y: float) -> Part:
    """One step: padding's sum, what was read, what is written, what stands around."""
    pad = (strip.pad,) if strip.pad else ()
    drawn = (*strip.out, *pad, *strip.read, strip.target, *strip.later)
    part = chips.flow(drawn, y)
    if not strip.cut:
        return part
    said = paragraphs((CUT,), part.bottom, SMALL)
    return Part([*part.shapes, *said.shapes], said.bottom)


def heatmap(view: HeatmapView, y: float) -> Iterator[Part]:
    """Shaded texts, each with what stands around it."""
    for i, block in enumerate(view.blocks):
        if i:
            line = ((MARGIN, y), (MARGIN + ROOM, y))
            yield Part([Stroke(line, "#dddcd6")], y)
            y += 10
        top = heading(block.head, y)
        body = words(block.words, top.bottom + 5)
        doubts = paragraphs(block.warnings, body.bottom + 2, 12, INK)
        facts = stats(block.stats, doubts.bottom + 2, 14)
        yield from (top, body, doubts, facts)
        y = facts.bottom + 14


def heading(head: Heading, y: float) -> Part:
    """The line above a text."""
    name = f"{head.name[:1].upper()}{head.name[1:]} · " if head.name else ""
    lead = f"{name}{head.lead}"
    rest = "".join(f" · {part}" for part in head.rest)
    wide = fonts.width(lead, 12, "bold")
    if wide > ROOM or fonts.width(rest, 12) > ROOM - wide:
        return paragraph(f"{lead}{rest}", MARGIN, y, ROOM, 12, INK)
    place = y + 13
    first = Label(MARGIN, place, lead, 12, INK, "bold")
    return Part([first, Label(MARGIN + wide, place, rest, 12, SOFT)], y + 17)


def words(strip: Words, y: float) -> Part:
    """A text's words, its padding as one chip after them."""
    drawn = (*strip.read, *((strip.pad,) if strip.pad else ()))
    part = chips.flow(drawn, y, bare=strip.bare)
    if not strip.cut:
        return part
    said = paragraphs((CUT,), part.bottom, SMALL)
    return Part([*part.shapes, *said.shapes], said.bottom)


def compare(view: CompareView, y: float) -> Iterator[Part]:
    """Answers below each other, a word in the same column in each."""
    bare = any(row.words.bare and row.words.long for row in view.rows)
    several = [row.words.read for row in view.rows]
    columns = [
        max(chips.width(chip, bare=bare) for chip in column)
        for column in zip(*several, strict=True)
    ]
    for row in view.rows:
        said = " · ".join(filter(None, (row.head.lead, *row.head.rest, row.bound)))
        top = named(row.name, said, y)
        pad = row.words.pad
        drawn = (*row.words.read, *((pad,) if pad else ()))
        wides = [*columns, *([chips.width(pad, bare=bare)] if pad else [])]
        body = chips.flow(drawn, top.bottom + 4, bare=bare, widths=wides)
        told = " · ".join(f"{one.name} {one.value}" for one in row.stats)
        below = paragraphs(filter(None, (told, *row.warnings)), body.bottom, SMALL)
        yield from (top, body, below)
        y = below.bottom + 14


def named(name: str, said: str, y: float) -> Part:
    """A row's name, and what is said of it beside or below."""
    wide = fonts.width(name, 12, "bold")
    if wide > ROOM or fonts.width(f" · {said}", 12) > ROOM - wide:
        top = paragraph(name, MARGIN, y, ROOM, 12, INK, "bold")
        rest = paragraph(said, MARGIN, top.bottom, ROOM, 12)
        return Part([*top.shapes, *rest.shapes], rest.bottom)
    first = Label(MARGIN, y + 13, name, 12, INK, "bold")
    beside = f" · {said}" if said else ""
    return Part([first, Label(MARGIN + wide, y + 13, beside, 12, SOFT)], y + 17)


def rule(view: RuleView, y: float) -> Iterator[Part]:
    """Texts with their anchor filled in, the rule in words, and how often it holds."""
    for block in view.blocks:
        top = heading(block.head, y)
        body = words(block.words, top.bottom + 5)
        said = sentence(block, body.bottom + 8)
        axis = on_axis(view, block, said.bottom + 8)
        facts = stats(block.stats, axis.bottom, 14)
        doubts = paragraphs(block.warnings, facts.bottom, 12, INK)
        yield from (top, body, said, axis, facts, doubts)
        y = doubts.bottom + 16


def sentence(block: RuleBlock, y: float) -> Part:
    """A rule as a sentence, its words filled."""
    parts: list[tuple[str, bool]] = [(one, False) for one in block.lead.split()]
    for i, one in enumerate(block.conditions):
        parts.append(("AND" if i else "IF", False))
        parts.append((one.token.short, True))
        parts += [(word, False) for word in one.place.split()]
    if block.conditions:
        parts += [("THEN", False), *((word, False) for word in block.label.split())]
    shapes: list[Shape] = []
    x, low = float(MARGIN), y
    for part, filled in parts:
        face = "mono" if filled else "bold" if part.isupper() else "sans"
        wide = fonts.width(part, TEXT, face) + (12 if filled else 0)  # type: ignore[arg-type]  # a face
        if x > MARGIN and x + wide > MARGIN + ROOM:
            x, low = float(MARGIN), low + 24
        if filled:
            shapes.append(Box(x, low, wide, 20, INK))
            shapes.append(Label(x + 6, low + 14, part, TEXT, PAPER, "mono", on=INK))
        else:
            shapes.append(Label(x, low + 14, part, TEXT, INK, face))  # type: ignore[arg-type]  # a face
        x += wide + 6
    return Part(shapes, low + 22 if parts else y)


def on_axis(view: RuleView, block: RuleBlock, y: float) -> Part:
    """A precision with its interval on the figure's axis."""
    line = block.line
    if line is None:
        return Part([], y)
    k, x, level = 1.5, MARGIN, y + 12
    asked = x + view.asked.x * k
    shapes: list[Shape] = [
        Stroke(((x + 8 * k, level), (x + 352 * k, level)), EDGE),
        Stroke(((asked, y), (asked, level + 12)), INK, 1, (2, 2)),
    ]
    if line.base is not None:
        shapes += point("square", x + line.base * k, level)
    shapes += whisker(x + line.low * k, x + line.high * k, level)
    shapes += point(line.shape, x + line.point * k, level)
    for tick in (*view.ticks, view.asked):
        anchor = "end" if tick.x > 180 else "start"  # noqa: PLR2004 - the axis's middle
        shapes.append(
            Label(x + tick.x * k, level + 25, tick.text, SMALL, SOFT, anchor=anchor)  # type: ignore[arg-type]  # an anchor
        )
    return Part(shapes, level + 30)
