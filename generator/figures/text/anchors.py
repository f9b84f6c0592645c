"""Anchors as rules: the words that, kept, keep a prediction, and how often they do.

Each text stands with its anchor filled in, then the rule in words, then the anchor's
precision with its interval on an axis that also bears the precision without any anchor
and the one that was asked for. The axis begins at a round number below all of these and
ends at 1, the same for all texts of the figure. What is no rule is said in words: an
empty anchor, a set that does not reach what was asked for, a text that has none.

An anchored text in words and numbers: what `rule` draws and tabulates.

A set of words is called a rule where its precision, or the upper end of its interval,
reaches the one that was asked for. An exact precision has an interval without width and
is called exact.

The axis of rules: precisions with and without an anchor, and the one asked for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from generator.artifacts import (
    AnchoredText,
    Anchors,
    Artifact,
    Estimate,
    ScoredText,
    TokenScores,
)
from generator.core.errors import FigureError
from generator.figures.base import Items, Row, Stat, Table, View, link_of
from generator.figures.export import fonts
from generator.figures.export.axes import NO_EFFECT, point, whisker
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    TEXT,
    Sign,
    paragraphs,
    stat_row,
)
from generator.figures.export.shapes import (
    EDGE,
    INK,
    PAPER,
    SOFT,
    Box,
    Label,
    Part,
    Shape,
    Stroke,
)
from generator.figures.export.token_strips import text_head, word_flow
from generator.figures.formatting import (
    Phrase,
    Shown,
    count,
    fixed,
    percent,
    show,
    significant,
)
from generator.figures.scales import word
from generator.figures.statistics import estimates
from generator.figures.statistics.estimates import Tick, sentence
from generator.figures.statistics.violins import Span
from generator.figures.text.heatmap import of_texts
from generator.figures.text_header import (
    ChosenTexts,
    Heading,
    facts,
    heading,
    name_of,
    warnings,
)
from generator.figures.token_chips import KEYS, MOST, READABLE, Chip, KeyLine, Words

State = Literal["rule", "empty", "weak", "undefined"]
ROUNDING = 1e-9
"""A precision this little below the threshold reaches it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A word of a rule, and which token it is where the text holds it twice."""

    token: Shown
    place: str


def state_of(anchors: Anchors, text: AnchoredText) -> State:
    """What was found for a text. Raises `FigureError` where the anchor is none."""
    if text.undefined:
        return "undefined"
    if any(not 0 <= place < len(text.tokens) for place in text.anchor):
        raise FigureError(
            f"rule: the anchor holds token {max(text.anchor) + 1} of "
            f"{count(len(text.tokens), 'token')}"
        )
    if not text.anchor:
        return "empty"
    return "weak" if text.high < anchors.threshold - ROUNDING else "rule"


def as_scored(text: AnchoredText) -> ScoredText:
    """What a text is beside its anchor, for what is said above and below it."""
    return ScoredText(
        tokens=text.tokens,
        scores=np.zeros(len(text.tokens), np.float32),
        probabilities=text.probabilities,
        label=text.label,
        truth=text.truth,
        document=text.document,
        length=text.length,
        facts=text.facts,
        undefined=text.undefined,
    )


def beside(anchors: Anchors) -> TokenScores:
    """The artifact of such texts."""
    return TokenScores(texts=(), labels=anchors.labels, quantity="anchor")


def conditions(text: AnchoredText) -> tuple[Condition, ...]:
    """The words of an anchor, in the order of the text."""
    words = [token.text for token in text.tokens]
    return tuple(
        Condition(
            show(text.tokens[at]),
            f"token {at + 1:,}" if words.count(words[at]) > 1 else "",
        )
        for at in sorted(text.anchor)
    )


def chips(text: AnchoredText) -> Words:
    """The words of a text, its anchor filled in."""
    decides = {place for span in text.rationale for place in range(*span)}
    marks = (
        (set(text.anchor), "condition"),
        (decides, "key"),
        ({i for i, t in enumerate(text.tokens) if t.kind == "unknown"}, "unknown"),
    )
    read = tuple(
        Chip(
            show(token),
            " ".join(css for places, css in marks if at in places),
            key=str(at + 1),
        )
        for at, token in enumerate(text.tokens[:MOST])
    )
    size = len(text.tokens)
    return Words(
        read,
        None,
        (),
        long=size > READABLE,
        bare=True,
        cut=size > MOST,
        link=link_of(text.tokens),
    )


def share(value: float) -> str:
    """A share in whole per cent; what is not all is never 100%."""
    return "more than 99%" if 0.995 <= value < 1 else percent(value)  # noqa: PLR2004 - rounds to 100%


def whatever(text: AnchoredText) -> str:
    """What an empty anchor means, as a sentence."""
    told = share(text.precision)
    return (
        f"The empty anchor: {told} of perturbed texts are called {word(text.label)} "
        "whatever is kept."
    )


def precision(text: AnchoredText) -> str:
    """A precision with its interval, or that it is exact."""
    if is_exact(text):
        return f"{significant(text.precision)}, exact"
    row = Estimate("", text.precision, text.low, text.high, text.samples)
    return estimates.told(row)


def is_exact(text: AnchoredText) -> bool:
    """Whether all perturbed texts that hold the anchor were asked about."""
    return text.low == text.high


def coverage(text: AnchoredText) -> tuple[str, str]:
    """What the coverage rests on, and the coverage."""
    drawn = count(text.coverage_samples, "perturbed text")
    basis = f"of {drawn}" if text.coverage_samples else "exact"
    return f"coverage, {basis}", significant(text.coverage)


def stats(text: AnchoredText) -> tuple[Stat, ...]:
    """The numbers of an anchor, and what they rest on."""
    number = count(text.samples, "perturbed text")
    basis = f"{'all' if is_exact(text) else 'of'} {number}"
    basis += " with it" if is_exact(text) and text.anchor else ""
    base = Stat("precision without any anchor", significant(text.base))
    return (
        Stat(f"precision, {basis}", precision(text)),
        *((base,) if text.anchor and math.isfinite(text.base) else ()),
        Stat(*coverage(text)),
    )


def table(anchors: Anchors, places: list[int]) -> Table:
    """A row for each text that is drawn."""
    head = (
        "text", "anchor", "for", "precision", "low", "high", "perturbed texts",
        "coverage", "of texts", "precision without",
    )  # fmt: skip
    rows = (row(anchors.texts[place], place) for place in places)
    return Table("Anchors and their precision, 95% intervals", head, tuple(rows))


def row(text: AnchoredText, place: int) -> Row:
    """An anchor in numbers; nothing where it is not defined."""
    name = name_of(as_scored(text), place)
    said = " AND ".join(show(text.tokens[at]).text for at in sorted(text.anchor))
    anchor = Shown(said, said) if said else "empty"
    numbers = [text.precision, text.low, text.high]
    if text.undefined:
        return Row(name, ("not defined", word(text.label), *[""] * 7))
    return Row(
        name,
        (
            anchor,
            word(text.label),
            *(fixed(value, 4) for value in numbers),
            f"{text.samples:,}",
            significant(text.coverage, 4),
            f"{text.coverage_samples:,}" if text.coverage_samples else "exact",
            "" if math.isnan(text.base) else fixed(text.base, 4),
        ),
    )


SHAPES = {
    True: ("precision with the anchor", "disc"),
    False: ("precision without any anchor", "square"),
}
"""By whether there is an anchor: what its point means, and its shape."""
NEAR = 24
"""Parts of the axis nearer than which labels would lie on each other."""


@dataclass(frozen=True, slots=True)
class Line:
    """A precision on its axis: with the anchor (if there is one), and without any."""

    low: float
    point: float
    high: float
    shape: str
    base: float | None  # None where the point is the base, or it is not known


def axis_of(anchors: Anchors, texts: Iterable[AnchoredText]) -> Span:
    """From a round number below all precisions to 1."""
    every = [v for t in texts for v in (t.low, t.precision, t.base)]
    least = min([v for v in every if math.isfinite(v)], default=1.0)
    low = math.floor(min(least, anchors.threshold) * 10 + 1e-9) / 10
    return Span(min(low, 0.9), 1.0)


def ticks(axis: Span, threshold: float) -> tuple[Tick, ...]:
    """The ends of the axis, but for one that the threshold's label would cover."""
    ends = [Tick(axis.at(end), significant(end)) for end in (axis.low, axis.high)]
    return tuple(end for end in ends if abs(end.x - axis.at(threshold)) > NEAR)


def line(text: AnchoredText, axis: Span) -> Line:
    """Where precisions lie on the axis."""
    alone = not text.anchor or math.isnan(text.base)
    return Line(
        axis.at(text.low),
        axis.at(text.precision),
        axis.at(text.high),
        SHAPES[bool(text.anchor)][1],
        None if alone else axis.at(text.base),
    )


def shapes(lines: Iterable[Line]) -> tuple[tuple[str, str], ...]:
    """What the points that are drawn mean, and their shapes."""
    drawn = {
        shape
        for one in lines
        for shape in (one.shape, *(("square",) if one.base is not None else ()))
    }
    return tuple(named for named in SHAPES.values() if named[1] in drawn)


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
            tables=(table(anchors, places),),
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
    same = as_scored(text)
    state = state_of(anchors, text)
    lead = {
        "rule": "",
        "weak": f"{not_reached(anchors)}:",
        "empty": whatever(text) if state == "empty" else "",
        "undefined": "",
    }[state]
    known = state != "undefined"
    return RuleBlock(
        heading(beside(anchors), same, name_of(same, place) if named else ""),
        chips(text),
        lead,
        conditions(text),
        word(text.label),
        line(text, axis) if known else None,
        (*(stats(text) if known else ()), *facts(same)),
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
    state = state_of(anchors, text)
    if state == "undefined":
        return ("The anchor is not defined for the text.",)
    if state == "empty":
        return (whatever(text),)
    lead = "IF " if state == "rule" else f"{not_reached(anchors)}: IF "
    tokens = [one.token for one in conditions(text)]
    joined = [part for token in tokens for part in (" AND ", token)][1:]
    told = f" THEN {word(text.label)}, in {often(text)}"
    basis, share = coverage(text)
    return (lead, *joined, f"{told}{without(text)}; {basis}: {share}.")


def often(text: AnchoredText) -> str:
    """In how many of the perturbed texts with the anchor its label holds."""
    if not is_exact(text):
        return f"{precision(text)} of perturbed texts"
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
    states = [state_of(anchors, text) for text in texts]
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
