"""Anchors as rules: the words that, kept, keep a prediction, and how often they do.

Each text stands with its anchor filled in, then the rule in words, then the anchor's
precision with its interval on an axis that also bears the precision without any anchor
and the one that was asked for. The axis begins at a round number below all of these and
ends at 1, the same for all texts of the figure. What is no rule is said in words: an
empty anchor, a set that does not reach what was asked for, a text that has none.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from generator.artifacts import AnchoredText, Anchors, Artifact
from generator.figures import anchored
from generator.figures.anchored import Condition, State
from generator.figures.chosentexts import ChosenTexts
from generator.figures.estimates import Tick, sentence
from generator.figures.heatmap import of_texts
from generator.figures.items import Items
from generator.figures.numbers import count, significant
from generator.figures.ruleaxis import Line, axis_of, line, shapes, ticks
from generator.figures.texthead import Heading, facts, heading, name_of, warnings
from generator.figures.tokens import Phrase
from generator.figures.tokenscale import word
from generator.figures.tokenstrip import KEYS, KeyLine, Words
from generator.figures.view import Stat, View
from generator.figures.violinaxis import Span
from generator.pictures import fonts
from generator.pictures.colours import EDGE, INK, PAPER, SOFT
from generator.pictures.frame import (
    FINE,
    INSET,
    ROOM,
    TEXT,
    Sign,
    paragraphs,
    stat_row,
)
from generator.pictures.points import NO_EFFECT, point, whisker
from generator.pictures.shapes import Box, Label, Part, Shape, Stroke
from generator.pictures.strips import text_head, word_flow

KEPT = KeyLine("condition", "filled: the words that every perturbed text keeps")


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """One text, its rule, and how often it holds."""

    head: Heading
    words: Words
    lead: str  # what is said before the rule, or instead of one
    conditions: tuple[Condition, ...]
    label: str
    line: Line | None  # None where it is not defined
    stats: tuple[Stat, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RuleView(View):
    """Rules on one axis."""

    blocks: tuple[RuleBlock, ...]
    keys: tuple[KeyLine, ...]
    shapes: tuple[tuple[str, str], ...]  # what a point is, and its shape
    ticks: tuple[Tick, ...]
    asked: Tick
    perturbation: str

    def items(self) -> Items:
        """The words of each text."""
        return of_texts([one.head.name for one in self.blocks], self.blocks)

    def picture(self, y: float) -> Iterator[Part]:
        """Texts, their anchor filled in, the rule in words, and how often it holds."""
        for block in self.blocks:
            top = text_head(block.head, y)
            body = word_flow(block.words, top.bottom + 5)
            said = rule_part(block, body.bottom + 8)
            axis = axis_line(self, block, said.bottom + 8)
            facts = stat_row(block.stats, axis.bottom, 14)
            doubts = paragraphs(block.warnings, facts.bottom, 12, INK)
            yield from (top, body, said, axis, facts, doubts)
            y = doubts.bottom + 16

    def signs(self) -> list[Sign]:
        """The points of the axis."""
        shapes = [(point(shape, 14, 8), name) for name, shape in self.shapes]
        asked: Sign = ([NO_EFFECT], self.asked.text)
        return [*shapes, asked]

    def below_key(self) -> tuple[str, ...]:
        """What a precision is."""
        said = (
            "Precision: the share of perturbed texts with the same prediction; line: "
        )
        how = self.perturbation
        return (f"{said}its 95% interval. {how[:1].upper()}{how[1:]}.",)


class Rule(ChosenTexts):
    """The anchor of one text, or of several, as a rule."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Anchors,)
    heading: ClassVar[str] = "What is enough for the prediction"
    figure: Literal["rule"]

    def view(self, *artifacts: Artifact) -> RuleView:
        """What the template draws. Raises `FigureError`."""
        (anchors,) = artifacts
        assert isinstance(anchors, Anchors)  # noqa: S101 - checked with the study
        places = self.chosen(anchors)
        texts = [anchors.texts[place] for place in places]
        axis = axis_of(anchors, texts)
        blocks = tuple(
            block(anchors, place, axis, named=len(texts) > 1) for place in places
        )
        asked = f"asked for {significant(anchors.threshold)}"
        return RuleView(
            summary=summary(anchors, texts),
            tables=(anchored.table(anchors, places),),
            notes=tuple(map(sentence, anchors.notes)),
            scored=True,
            beside=True,
            blocks=blocks,
            keys=keys(blocks),
            shapes=shapes(one.line for one in blocks if one.line),
            ticks=ticks(axis, anchors.threshold),
            asked=Tick(axis.at(anchors.threshold), asked),
            perturbation=word(anchors.perturbation),
        )


def block(anchors: Anchors, place: int, axis: Span, *, named: bool) -> RuleBlock:
    """One text and what stands around it. Raises `FigureError`."""
    text = anchors.texts[place]
    same = anchored.as_scored(text)
    state = anchored.state_of(anchors, text)
    lead = {
        "rule": "",
        "weak": f"{not_reached(anchors)}:",
        "empty": anchored.whatever(text) if state == "empty" else "",
        "undefined": "",
    }[state]
    known = state != "undefined"
    return RuleBlock(
        heading(anchored.beside(anchors), same, name_of(same, place) if named else ""),
        anchored.chips(text),
        lead,
        anchored.conditions(text),
        word(text.label),
        line(text, axis) if known else None,
        (*(anchored.stats(text) if known else ()), *facts(same)),
        warnings(same, "anchor"),
    )


def keys(blocks: Iterable[RuleBlock]) -> tuple[KeyLine, ...]:
    """The marks that are drawn, each with its meaning."""
    css = {name for b in blocks for c in b.words.read for name in c.css.split()}
    lines = {
        "condition": KEPT,
        "key": KEYS["decides"],
        "unknown": KEYS["unknown"],
    }
    return tuple(line for name, line in lines.items() if name in css)


def summary(anchors: Anchors, texts: list[AnchoredText]) -> Phrase:
    """The rule of one text, or how many texts have one."""
    if len(texts) > 1:
        return (f"Of {count(len(texts), 'text')}, {tally(anchors, texts)}.",)
    (text,) = texts
    state = anchored.state_of(anchors, text)
    if state == "undefined":
        return ("The anchor is not defined for the text.",)
    if state == "empty":
        return (anchored.whatever(text),)
    lead = "IF " if state == "rule" else f"{not_reached(anchors)}: IF "
    tokens = [one.token for one in anchored.conditions(text)]
    joined = [part for token in tokens for part in (" AND ", token)][1:]
    told = f" THEN {word(text.label)}, in {often(text)}"
    basis, share = anchored.coverage(text)
    return (lead, *joined, f"{told}{without(text)}; {basis}: {share}.")


def often(text: AnchoredText) -> str:
    """In how many of the perturbed texts with the anchor its label holds."""
    if not anchored.is_exact(text):
        return f"{anchored.precision(text)} of perturbed texts"
    if text.precision in {0, 1}:
        return f"{'all' if text.precision else 'none of the'} perturbed texts with it"
    return f"exactly {significant(text.precision)} of perturbed texts"


def without(text: AnchoredText) -> str:
    """The precision of the empty anchor, where it is known."""
    known = math.isfinite(text.base)
    return f"; without any anchor in {significant(text.base)}" if known else ""


def not_reached(anchors: Anchors) -> str:
    """That there is no rule."""
    return f"No rule at {significant(anchors.threshold)}, the best set found"


def tally(anchors: Anchors, texts: list[AnchoredText]) -> str:
    """How many texts have which kind of anchor, in words."""
    states = [anchored.state_of(anchors, text) for text in texts]
    sizes = sorted(
        len(text.anchor)
        for text, state in zip(texts, states, strict=True)
        if state == "rule"
    )
    span = f"{sizes[0]} to {sizes[-1]} words" if sizes and sizes[0] < sizes[-1] else ""
    size = span or count(sizes[0], "word") if sizes else ""
    parts: dict[State, str] = {
        "rule": f"a rule of {size}",
        "empty": "the empty anchor",
        "weak": f"no set that reaches {significant(anchors.threshold)}",
        "undefined": "no anchor that is defined",
    }
    found = Counter(states)
    return ", ".join(
        f"{found[state]} {'has' if found[state] == 1 else 'have'} {said}"
        for state, said in parts.items()
        if found[state]
    )


def rule_part(block: RuleBlock, y: float) -> Part:
    """A rule as a sentence, its words filled."""
    parts: list[tuple[str, bool]] = [(one, False) for one in block.lead.split()]
    for i, one in enumerate(block.conditions):
        parts.append(("AND" if i else "IF", False))
        parts.append((one.token.short, True))
        parts += [(word, False) for word in one.place.split()]
    if block.conditions:
        parts += [("THEN", False), *((word, False) for word in block.label.split())]
    shapes: list[Shape] = []
    x, low = float(INSET), y
    for part, filled in parts:
        face = "mono" if filled else "bold" if part.isupper() else "sans"
        wide = fonts.width(part, TEXT, face) + (12 if filled else 0)  # type: ignore[arg-type]  # a face
        if x > INSET and x + wide > INSET + ROOM:
            x, low = float(INSET), low + 24
        if filled:
            shapes.append(Box(x, low, wide, 20, INK))
            shapes.append(Label(x + 6, low + 14, part, TEXT, PAPER, "mono", on=INK))
        else:
            shapes.append(Label(x, low + 14, part, TEXT, INK, face))  # type: ignore[arg-type]  # a face
        x += wide + 6
    return Part(shapes, low + 22 if parts else y)


def axis_line(view: RuleView, block: RuleBlock, y: float) -> Part:
    """A precision with its interval on the figure's axis."""
    line = block.line
    if line is None:
        return Part([], y)
    k, x, level = 1.5, INSET, y + 12
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
            Label(x + tick.x * k, level + 25, tick.text, FINE, SOFT, anchor=anchor)  # type: ignore[arg-type]  # an anchor
        )
    return Part(shapes, level + 30)
