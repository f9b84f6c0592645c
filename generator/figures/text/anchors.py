"""Anchors as rules: the words that, kept, keep a prediction, and how often they do.

Each text stands with its anchor filled in, then the rule in words, then the anchor's
precision with its interval on an axis that also bears the precision without any anchor
and the one that was asked for. The axis begins at a round number below all of these and
ends at 1, the same for all texts of the figure. What is no rule is said in words: an
empty anchor, a set that does not reach what was asked for, a text that has none.

A set of words is called a rule where its precision, or the upper end of its interval,
reaches the one that was asked for. An exact precision has an interval without width and
is called exact.
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
from generator.core.direction import tokens_direction
from generator.core.errors import FigureError
from generator.figures.base import DataTable, Items, Stat, TableRow, View, link_of
from generator.figures.export import fonts
from generator.figures.export.axes import (
    NO_EFFECT,
    AxisTick,
    point_shapes,
    whisker_shapes,
)
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    TEXT,
    paragraphs_part,
    stat_row,
)
from generator.figures.export.shapes import (
    EDGE,
    INK,
    PAPER,
    SOFT,
    Box,
    KeySign,
    Label,
    Part,
    Shape,
    Stroke,
)
from generator.figures.export.token_strips import draw_text_heading, draw_words
from generator.figures.formatting import (
    DisplayToken,
    Phrase,
    display_token,
    format_count,
    format_fixed,
    format_percent,
    format_significant,
)
from generator.figures.scales import format_label
from generator.figures.statistics import estimates
from generator.figures.statistics.estimates import claim_sentence
from generator.figures.statistics.violins import ViolinAxis
from generator.figures.text.heatmap import text_items
from generator.figures.text_header import (
    ChosenTexts,
    TextHeading,
    build_heading,
    collect_warnings,
    text_name,
    text_stats,
)
from generator.figures.token_chips import (
    KEYS,
    MOST,
    READABLE,
    KeyLine,
    TokenChip,
    WordChips,
)

AnchorState = Literal["rule", "empty", "weak", "undefined"]
ROUNDING = 1e-9
"""A precision this little below the threshold reaches it."""


@dataclass(frozen=True, slots=True)
class RuleCondition:
    """A word of a rule, and which token it is where the text holds it twice."""

    token: DisplayToken
    place: str


def anchor_state(anchors: Anchors, text: AnchoredText) -> AnchorState:
    """Return whether a text has a rule, a weak or an empty anchor, or none.

    Raises:
        FigureError: The anchor holds a token that the text does not have.
    """
    if text.undefined:
        return "undefined"
    if any(not 0 <= place < len(text.tokens) for place in text.anchor):
        raise FigureError(
            f"rule: the anchor holds token {max(text.anchor) + 1} of "
            f"{format_count(len(text.tokens), 'token')}"
        )
    if not text.anchor:
        return "empty"
    return "weak" if text.high < anchors.threshold - ROUNDING else "rule"


def as_scored(text: AnchoredText) -> ScoredText:
    """Return the text without its anchor, for the line above it and its statistics."""
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


def as_token_scores(anchors: Anchors) -> TokenScores:
    """Return an artifact without texts, for the line above them."""
    return TokenScores(texts=(), labels=anchors.labels, quantity="anchor")


def rule_conditions(text: AnchoredText) -> tuple[RuleCondition, ...]:
    """Return the words of an anchor, in the order of the text."""
    words = [token.text for token in text.tokens]
    return tuple(
        RuleCondition(
            display_token(text.tokens[at]),
            f"token {at + 1:,}" if words.count(words[at]) > 1 else "",
        )
        for at in sorted(text.anchor)
    )


def anchor_words(text: AnchoredText) -> WordChips:
    """Return the words of a text, its anchor filled in."""
    decides = {place for span in text.rationale for place in range(*span)}
    marks = (
        (set(text.anchor), "condition"),
        (decides, "key"),
        ({i for i, t in enumerate(text.tokens) if t.kind == "unknown"}, "unknown"),
    )
    read = tuple(
        TokenChip(
            display_token(token),
            " ".join(css for places, css in marks if at in places),
            key=str(at + 1),
        )
        for at, token in enumerate(text.tokens[:MOST])
    )
    size = len(text.tokens)
    return WordChips(
        read,
        None,
        (),
        long=size > READABLE,
        bare=True,
        cut=size > MOST,
        link=link_of(text.tokens),
        direction=tokens_direction(text.tokens),
    )


def format_share(value: float) -> str:
    """Format a share in whole per cent; what is not all is never 100%."""
    return "more than 99%" if 0.995 <= value < 1 else format_percent(value)  # noqa: PLR2004 - rounds to 100%


def describe_empty_rule(text: AnchoredText) -> str:
    """Return what an empty anchor means, as a sentence."""
    told = format_share(text.precision)
    return (
        f"The empty anchor: {told} of perturbed texts are called "
        f"{format_label(text.label)} "
        "whatever is kept."
    )


def format_precision(text: AnchoredText) -> str:
    """Return a precision with its interval, or that it is exact."""
    if is_exact(text):
        return f"{format_significant(text.precision)}, exact"
    row = Estimate("", text.precision, text.low, text.high, text.samples)
    return estimates.format_estimate(row)


def is_exact(text: AnchoredText) -> bool:
    """Return whether the model read all perturbed texts that hold the anchor."""
    return text.low == text.high


def format_coverage(text: AnchoredText) -> tuple[str, str]:
    """Return what the coverage rests on, and the coverage."""
    drawn = format_count(text.coverage_samples, "perturbed text")
    basis = f"of {drawn}" if text.coverage_samples else "exact"
    return f"coverage, {basis}", format_significant(text.coverage)


def anchor_stats(text: AnchoredText) -> tuple[Stat, ...]:
    """Return the numbers of an anchor, and what they rest on."""
    number = format_count(text.samples, "perturbed text")
    basis = f"{'all' if is_exact(text) else 'of'} {number}"
    basis += " with it" if is_exact(text) and text.anchor else ""
    base = Stat("precision without any anchor", format_significant(text.base))
    return (
        Stat(f"precision, {basis}", format_precision(text)),
        *((base,) if text.anchor and math.isfinite(text.base) else ()),
        Stat(*format_coverage(text)),
    )


def table(anchors: Anchors, places: list[int]) -> DataTable:
    """Return a table with a row for each text."""
    head = (
        "text", "anchor", "for", "precision", "low", "high", "perturbed texts",
        "coverage", "of texts", "precision without",
    )  # fmt: skip
    rows = (anchor_row(anchors.texts[place], place) for place in places)
    return DataTable("Anchors and their precision, 95% intervals", head, tuple(rows))


def anchor_row(text: AnchoredText, place: int) -> TableRow:
    """Return an anchor in numbers; nothing where there is none, and why."""
    name = text_name(as_scored(text), place)
    said = " AND ".join(
        display_token(text.tokens[at]).text for at in sorted(text.anchor)
    )
    anchor = DisplayToken(said, said) if said else "empty"
    numbers = [text.precision, text.low, text.high]
    if text.undefined:
        why = f"none: {format_label(text.undefined)}"
        return TableRow(name, (why, format_label(text.label), *[""] * 7))
    return TableRow(
        name,
        (
            anchor,
            format_label(text.label),
            *(format_fixed(value, 4) for value in numbers),
            f"{text.samples:,}",
            format_significant(text.coverage, 4),
            f"{text.coverage_samples:,}" if text.coverage_samples else "exact",
            "" if math.isnan(text.base) else format_fixed(text.base, 4),
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
class PrecisionLine:
    """A precision on its axis: with the anchor (if there is one), and without any."""

    low: float
    point: float
    high: float
    shape: str
    base: float | None  # None where the point is the base, or it is not known


def precision_axis(anchors: Anchors, texts: Iterable[AnchoredText]) -> ViolinAxis:
    """Return an axis from a round number below all precisions to 1."""
    every = [v for t in texts for v in (t.low, t.precision, t.base)]
    least = min([v for v in every if math.isfinite(v)], default=1.0)
    low = math.floor(min(least, anchors.threshold) * 10 + 1e-9) / 10
    return ViolinAxis(min(low, 0.9), 1.0)


def axis_ticks(axis: ViolinAxis, threshold: float) -> tuple[AxisTick, ...]:
    """Return the axis's ends, without one that the threshold's label would cover."""
    ends = [
        AxisTick(axis.position(end), format_significant(end))
        for end in (axis.low, axis.high)
    ]
    return tuple(end for end in ends if abs(end.x - axis.position(threshold)) > NEAR)


def precision_line(text: AnchoredText, axis: ViolinAxis) -> PrecisionLine:
    """Return the places of a text's precisions on the axis."""
    alone = not text.anchor or math.isnan(text.base)
    return PrecisionLine(
        axis.position(text.low),
        axis.position(text.precision),
        axis.position(text.high),
        SHAPES[bool(text.anchor)][1],
        None if alone else axis.position(text.base),
    )


def point_meanings(lines: Iterable[PrecisionLine]) -> tuple[tuple[str, str], ...]:
    """Return what the points that are drawn mean, and their shapes."""
    drawn = {
        shape
        for one in lines
        for shape in (one.shape, *(("square",) if one.base is not None else ()))
    }
    return tuple(named for named in SHAPES.values() if named[1] in drawn)


CONDITION_KEY = KeyLine(
    "condition", "filled: the words that every perturbed text keeps"
)


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """One text, its rule, and how often it holds."""

    head: TextHeading
    words: WordChips
    lead: str  # what is said before the rule, or instead of one
    conditions: tuple[RuleCondition, ...]
    label: str
    line: PrecisionLine | None  # None where it is not defined
    stats: tuple[Stat, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RuleView(View):
    """Rules on one axis."""

    blocks: tuple[RuleBlock, ...]
    keys: tuple[KeyLine, ...]
    shapes: tuple[tuple[str, str], ...]  # what a point is, and its shape
    ticks: tuple[AxisTick, ...]
    required_precision: AxisTick
    perturbation: str

    def items(self) -> Items:
        """Return the words of each text."""
        return text_items([one.head.name for one in self.blocks], self.blocks)

    def picture(self, y: float) -> Iterator[Part]:
        """Draw texts with their anchors, each rule in words, and how often it holds."""
        for block in self.blocks:
            top = draw_text_heading(block.head, y)
            body = draw_words(block.words, top.bottom + 5)
            said = rule_part(block, body.bottom + 8)
            axis = axis_line(self, block, said.bottom + 8)
            facts = stat_row(block.stats, axis.bottom, 14)
            doubts = paragraphs_part(block.warnings, facts.bottom, 12, INK)
            yield from (top, body, said, axis, facts, doubts)
            y = doubts.bottom + 16

    def key_signs(self) -> list[KeySign]:
        """Return the points of the axis."""
        shapes = [(point_shapes(shape, 14, 8), name) for name, shape in self.shapes]
        asked: KeySign = ([NO_EFFECT], self.required_precision.text)
        return [*shapes, asked]

    def below_key(self) -> tuple[str, ...]:
        """Return what a precision is."""
        said = (
            "Precision: the share of perturbed texts with the same prediction; line: "
        )
        how = self.perturbation
        return (f"{said}its 95% interval. {how[:1].upper()}{how[1:]}.",)


class AnchorRule(ChosenTexts):
    """The anchor of one text, or of several, as a rule."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Anchors,)
    heading: ClassVar[str] = "What is enough for the prediction"
    figure: Literal["rule"]

    def view(self, *artifacts: Artifact) -> RuleView:
        """Return what the template renders."""
        (anchors,) = artifacts
        assert isinstance(anchors, Anchors)  # noqa: S101 - checked with the study
        places = self.find_places(anchors)
        texts = [anchors.texts[place] for place in places]
        axis = precision_axis(anchors, texts)
        blocks = tuple(
            build_rule_block(anchors, place, axis, named=len(texts) > 1)
            for place in places
        )
        asked = f"asked for {format_significant(anchors.threshold)}"
        return RuleView(
            summary=summary(anchors, texts),
            tables=(table(anchors, places),),
            notes=tuple(map(claim_sentence, anchors.notes)),
            scored=True,
            beside=True,
            blocks=blocks,
            keys=rule_keys(blocks),
            shapes=point_meanings(one.line for one in blocks if one.line),
            ticks=axis_ticks(axis, anchors.threshold),
            required_precision=AxisTick(axis.position(anchors.threshold), asked),
            perturbation=format_label(anchors.perturbation),
        )


def build_rule_block(
    anchors: Anchors, place: int, axis: ViolinAxis, *, named: bool
) -> RuleBlock:
    """Return one text and what stands around it.

    Raises:
        FigureError: The anchor holds a token that the text does not have.
    """
    text = anchors.texts[place]
    same = as_scored(text)
    state = anchor_state(anchors, text)
    lead = {
        "rule": "",
        "weak": f"{describe_no_rule(anchors)}:",
        "empty": describe_empty_rule(text) if state == "empty" else "",
        "undefined": "",
    }[state]
    known = state != "undefined"
    return RuleBlock(
        build_heading(
            as_token_scores(anchors), same, text_name(same, place) if named else ""
        ),
        anchor_words(text),
        lead,
        rule_conditions(text),
        format_label(text.label),
        precision_line(text, axis) if known else None,
        (*(anchor_stats(text) if known else ()), *text_stats(same)),
        collect_warnings(same, "anchor"),
    )


def rule_keys(blocks: Iterable[RuleBlock]) -> tuple[KeyLine, ...]:
    """Return the marks that are drawn, each with its meaning."""
    css = {name for b in blocks for c in b.words.read for name in c.css.split()}
    lines = {
        "condition": CONDITION_KEY,
        "key": KEYS["decides"],
        "unknown": KEYS["unknown"],
    }
    return tuple(line for name, line in lines.items() if name in css)


def summary(anchors: Anchors, texts: list[AnchoredText]) -> Phrase:
    """Return a sentence on the rule of one text, or how many texts have one."""
    if len(texts) > 1:
        return (
            (
                f"Of {format_count(len(texts), 'text')}, "
                f"{describe_states(anchors, texts)}."
            ),
        )
    (text,) = texts
    state = anchor_state(anchors, text)
    if state == "undefined":
        return (f"No anchor for the text: {format_label(text.undefined)}.",)
    if state == "empty":
        return (describe_empty_rule(text),)
    lead = "IF " if state == "rule" else f"{describe_no_rule(anchors)}: IF "
    tokens = [one.token for one in rule_conditions(text)]
    joined = [part for token in tokens for part in (" AND ", token)][1:]
    told = f" THEN {format_label(text.label)}, in {format_hits(text)}"
    basis, share = format_coverage(text)
    return (lead, *joined, f"{told}{describe_empty_anchor(text)}; {basis}: {share}.")


def format_hits(text: AnchoredText) -> str:
    """Return how many of the perturbed texts with the anchor have its label."""
    if not is_exact(text):
        return f"{format_precision(text)} of perturbed texts"
    if text.precision in {0, 1}:
        return f"{'all' if text.precision else 'none of the'} perturbed texts with it"
    return f"exactly {format_significant(text.precision)} of perturbed texts"


def describe_empty_anchor(text: AnchoredText) -> str:
    """Return the precision of the empty anchor, where it is known."""
    known = math.isfinite(text.base)
    return f"; without any anchor in {format_significant(text.base)}" if known else ""


def describe_no_rule(anchors: Anchors) -> str:
    """Return the sentence that says that there is no rule."""
    return f"No rule at {format_significant(anchors.threshold)}, the best set found"


def describe_states(anchors: Anchors, texts: list[AnchoredText]) -> str:
    """Return how many texts have which kind of anchor, in words."""
    states = [anchor_state(anchors, text) for text in texts]
    sizes = sorted(
        len(text.anchor)
        for text, state in zip(texts, states, strict=True)
        if state == "rule"
    )
    span = f"{sizes[0]} to {sizes[-1]} words" if sizes and sizes[0] < sizes[-1] else ""
    size = span or format_count(sizes[0], "word") if sizes else ""
    parts: dict[AnchorState, str] = {
        "rule": f"a rule of {size}",
        "empty": "the empty anchor",
        "weak": f"no set that reaches {format_significant(anchors.threshold)}",
        "undefined": "no anchor",
    }
    found = Counter(states)
    return ", ".join(
        f"{found[state]} {'has' if found[state] == 1 else 'have'} {said}"
        for state, said in parts.items()
        if found[state]
    )


def rule_part(block: RuleBlock, y: float) -> Part:
    """Draw a rule as a sentence, its words filled."""
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
        wide = fonts.text_width(part, TEXT, face) + (12 if filled else 0)  # type: ignore[arg-type]  # a face
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
    """Draw a precision with its interval on the figure's axis."""
    line = block.line
    if line is None:
        return Part([], y)
    k, x, level = 1.5, INSET, y + 12
    asked = x + view.required_precision.x * k
    shapes: list[Shape] = [
        Stroke(((x + 8 * k, level), (x + 352 * k, level)), EDGE),
        Stroke(((asked, y), (asked, level + 12)), INK, 1, (2, 2)),
    ]
    if line.base is not None:
        shapes += point_shapes("square", x + line.base * k, level)
    shapes += whisker_shapes(x + line.low * k, x + line.high * k, level)
    shapes += point_shapes(line.shape, x + line.point * k, level)
    for tick in (*view.ticks, view.required_precision):
        anchor = "end" if tick.x > 180 else "start"  # noqa: PLR2004 - the axis's middle
        shapes.append(
            Label(x + tick.x * k, level + 25, tick.text, FINE, SOFT, anchor=anchor)  # type: ignore[arg-type]  # an anchor
        )
    return Part(shapes, level + 30)
