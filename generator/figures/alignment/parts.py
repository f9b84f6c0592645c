"""Parts of alignment figures: rows of cells, lines between two columns, tables.

Lines are for narrow screens. Target tokens stand at the left, source tokens at the
right, each column over the whole height. A line is as wide as its score is large, on
the scale of the figure: `WIDEST` units are its bound. Scores below a fiftieth of the
bound, and those whose colour is the paper's, have no line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from generator.artifacts import AlignedText, Alignments
from generator.core.errors import FigureError
from generator.core.tokens import Token
from generator.figures.base import DataTable, Stat, TableRow
from generator.figures.formatting import (
    DisplayToken,
    Phrase,
    cut_middle,
    display_token,
    format_count,
    format_fixed,
    format_numeral,
    format_probability,
    format_significant,
)
from generator.figures.scales import (
    ATTENTION,
    NARROW,
    LegendMark,
    Scale,
    choose_bound,
    format_label,
)
from generator.figures.squares import Thumbnail, Thumbnails, shade_squares
from generator.figures.statistics.estimates import claim_sentence
from generator.figures.text_header import format_measurement
from generator.figures.thumbnails import LINES, capitalize_quantity

AlignmentOfText = tuple[Alignments, AlignedText]
"""A text and the artifact it belongs to."""
UNKNOWN = "no gold alignment"


@dataclass(frozen=True, slots=True)
class AlignmentScale(Scale):
    """A scale whose shares are of one target token over the source's."""

    @property
    def marks(self) -> tuple[LegendMark, ...]:
        """Labels under the legend's ramp; an even share near its end has no room."""
        near = self.even < NARROW * self.bound
        return tuple(
            mark
            for mark in super(AlignmentScale, self).marks
            if not (mark.strong and near)
        )

    @property
    def note(self) -> str:
        """What the legend says below its ramp."""
        parts = [f"in {self.unit}" if self.unit else "", self.sign]
        if self.even:
            share = format_significant(self.even, 2)
            tokens = format_count(self.window, "source token")
            parts = [f"share of one target token; {share} is an even share of {tokens}"]
        return "; ".join(filter(None, (*parts, self.source)))


@dataclass(frozen=True, slots=True)
class AlignmentCell:
    """A score: its colour class and marks, its numeral."""

    css: str
    text: str


@dataclass(frozen=True, slots=True)
class AlignmentRow:
    """One target token: a cell for each source token, and its probability."""

    head: DisplayToken
    cells: tuple[AlignmentCell, ...]
    probability: str


def alignment_scale(
    shown: Sequence[AlignmentOfText], bound: float | None
) -> AlignmentScale:
    """Return one scale for all texts.

    Raises:
        FigureError: They share no quantity.
    """
    first, text = shown[0]
    alike = {(s.quantity, s.unit, s.signed) for s, _ in shown}
    if len(alike) > 1:
        named = ", ".join(sorted(f"{q} {u}".strip() for q, u, _ in alike))
        raise FigureError(f"one scale cannot hold several quantities: {named}")
    values = np.concatenate([t.scores.ravel() for _, t in shown]).astype(np.float64)
    values = values[np.isfinite(values)]
    if not first.signed and values.size and values.min() < 0:
        raise FigureError(
            f"{first.quantity}: {format_fixed(float(values.min()), 3)} is below 0 "
            f"and the "
            "scores are not signed; mark them as signed"
        )
    sizes = np.abs(values)
    largest = float(sizes.max()) if sizes.size else 0.0
    chosen, origin = choose_bound(first.quantity, bound, largest, values)
    beyond = int((sizes > chosen * (1 + 1e-6)).sum())
    window = len(text.sources)
    return AlignmentScale(
        chosen,
        first.signed,
        first.quantity,
        first.unit,
        origin,
        beyond,
        window,
        speaks_for=first.speaks_for,
    )


def alignment_rows(
    aligned: AlignmentOfText, scale: Scale, *, roomy: bool
) -> tuple[AlignmentRow, ...]:
    """Return the rows of a text's matrix.

    Args:
        aligned: The text with its artifact.
        scale: The figure's scale.
        roomy: Whether cells have room for numerals; otherwise these are only read
            aloud.
    """
    scores, text = aligned
    gold, possible = set(text.gold or ()), set(text.possible)

    def cell(i: int, j: int) -> AlignmentCell:
        value = float(text.scores[i, j])
        said = format_numeral(value, scores.signed) or "0"
        marks = [scale.shade(value) if math.isfinite(value) else ""]
        marks += ["key"] * ((i, j) in gold) + ["possible"] * ((i, j) in possible)
        marks += ["blank"] * (not roomy or said == "0")
        return AlignmentCell(" ".join(filter(None, marks)), said)

    return tuple(
        AlignmentRow(
            display_token(token),
            tuple(cell(i, j) for j in range(len(text.sources))),
            format_probability(float(text.probabilities[i])),
        )
        for i, token in enumerate(text.targets)
    )


def frame_cells(made: Sequence[AlignmentRow]) -> Iterator[str]:
    """Yield `class|numeral` of each cell, and the probability behind each row."""
    for line in made:
        yield from (f"{cell.css}|{cell.text}" for cell in line.cells)
        yield f"margin|{line.probability}"


def largest_sources(text: AlignedText) -> list[int | None]:
    """Return the index of each row's largest score, None where it has none."""
    rows = text.scores.astype(np.float64)
    return [int(np.nanargmax(row)) if np.isfinite(row).any() else None for row in rows]


def gold_note(text: AlignedText) -> str:
    """Return how many rows have their largest score on a gold link, where known."""
    if text.gold is None:
        return UNKNOWN
    linked = {target for target, _ in text.gold}
    pairs = enumerate(largest_sources(text))
    hits = sum((i, j) in set(text.gold) for i, j in pairs if j is not None)
    return (
        f"largest on a gold link for {hits} of "
        f"{format_count(len(linked), 'linked target token')}"
    )


def describe_largest_link(aligned: AlignmentOfText) -> Phrase:
    """Return where the largest score of all is, and how the rows stand to gold."""
    scores, text = aligned
    sizes = np.abs(np.nan_to_num(text.scores.astype(np.float64)))
    i, j = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
    value = float(text.scores[i, j])
    unit = f" {format_label(scores.unit)}" if scores.unit else ""
    digits = 2 if scores.quantity == ATTENTION else 3
    size = format_fixed(value, digits, signed=scores.signed)
    tokens = format_count(len(text.targets), "target token")
    over = format_count(len(text.sources), "source token")
    return (
        f"{tokens} over {over}: the largest {format_label(scores.quantity)}, ",
        f"{size}{unit}, is on ",
        display_token(text.sources[int(j)]),
        " for ",
        display_token(text.targets[int(i)]),
        f"; {gold_note(text)}.",
    )


def alignment_stats(text: AlignedText) -> tuple[Stat, ...]:
    """Return the numbers that belong to an alignment."""
    return tuple(
        Stat(
            format_label(fact.name),
            f"{format_measurement(fact.value)} {format_label(fact.unit)}".strip(),
        )
        for fact in text.facts
    )


def collect_remarks(shown: Sequence[AlignmentOfText]) -> tuple[str, ...]:
    """Return what artifacts note, each once, and what speaks against a number."""
    notes = dict.fromkeys(note for scores, _ in shown for note in scores.notes)
    doubts = (
        f"{fact.name}: {fact.doubt}" for _, t in shown for fact in t.facts if fact.doubt
    )
    return tuple(map(claim_sentence, (*notes, *doubts)))


def alignment_table(aligned: AlignmentOfText, name: str) -> DataTable:
    """Return a table of every score, with each token's probability and gold links."""
    scores, text = aligned
    gold: dict[int, list[str]] = {}
    for i, j in text.gold or ():
        gold.setdefault(i, []).append(str(j + 1))
    known = text.gold is not None
    rows = tuple(
        TableRow(
            display_token(token),
            (
                *(format_fixed(float(value), 4) for value in text.scores[i]),
                format_significant(float(text.probabilities[i]), 6),
                *((" ".join(gold.get(i, ())) or "–",) if known else ()),
            ),
        )
        for i, token in enumerate(text.targets)
    )
    unit = f", in {format_label(scores.unit)}" if scores.unit else ""
    caption = f"{format_label(scores.quantity)}{unit}, target by source"
    head = (
        "target (+ speaks for it)" if scores.signed else "target",
        *map(display_token, text.sources),
        "probability",
        *(("gold source",) if known else ()),
    )
    return DataTable(f"{name}: {caption}" if name else caption, head, rows)


def picture_alignment(
    scores: Alignments, text: AlignedText, bound: float | None
) -> Thumbnails:
    """Picture the first target tokens by the first source tokens of a text."""
    scale = alignment_scale([(scores, text)], bound)
    lines, columns = (min(LINES, len(side)) for side in (text.targets, text.sources))
    strip = Thumbnail(
        columns, lines, shade_squares(text.scores[:lines, :columns], scale)
    )
    lead = replace(
        strip,
        heads=tuple(map(display_token, text.targets[:lines])),
        description="Target tokens, top to bottom; source tokens, the first left. "
        f"{capitalize_quantity(scores.quantity)}, {scale.source}.",
    )
    return Thumbnails(lead, strip)


WIDTH, LEFT, RIGHT = 320, 122, 198
"""Width of the drawing, and where lines begin and end."""
STEP = 22.0
"""Height of a line of text."""
WIDEST = 9.0
"""Width of a line at the bound."""
FAINT = 0.02
"""Share of the bound below which there is no line."""
LETTERS = 16
"""Letters of a token that fit beside the lines."""
TOLD = 3
"""Source tokens that a target token's words name at most."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A line: its path, its colour class, its width."""

    path: str
    css: str
    width: float


@dataclass(frozen=True, slots=True)
class ArcEnd:
    """A token beside the lines, its baseline at `y`."""

    token: DisplayToken
    y: float


@dataclass(frozen=True, slots=True)
class ArcBundle:
    """A target token, the lines from it, its gold links, and all that in words."""

    end: ArcEnd
    links: tuple[Arc, ...]
    gold: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Arcs:
    """The whole drawing."""

    height: float
    bundles: tuple[ArcBundle, ...]
    sources: tuple[ArcEnd, ...]


def layout_arcs(text: AlignedText, scale: Scale) -> Arcs:
    """Return the lines of a text, on the figure's scale."""
    height = STEP * max(len(text.sources), len(text.targets))
    right = [(j + 0.5) * height / len(text.sources) for j in range(len(text.sources))]
    left = [(i + 0.5) * height / len(text.targets) for i in range(len(text.targets))]
    gold: dict[int, list[int]] = {}
    for i, j in text.gold or ():
        gold.setdefault(i, []).append(j)
    return Arcs(
        round(height, 1),
        tuple(
            ArcBundle(
                arc_end(token, left[i]),
                tuple(
                    Arc(arc_path(left[i], right[j]), scale.shade(value), width)
                    for j, value in enumerate(map(float, text.scores[i]))
                    if (width := arc_width(value, scale))
                ),
                tuple(arc_path(left[i], right[j]) for j in gold.get(i, ())),
                describe_row(text, i, scale),
            )
            for i, token in enumerate(text.targets)
        ),
        tuple(arc_end(token, y) for token, y in zip(text.sources, right, strict=True)),
    )


def arc_width(value: float, scale: Scale) -> float:
    """Return the width of a line, 0 for none."""
    share = abs(value) / scale.bound if math.isfinite(value) else 0.0
    seen = share >= FAINT and scale.shade(value) != scale.shade(0.0)
    return round(min(1.0, share) * WIDEST, 1) if seen else 0.0


def arc_end(token: Token, y: float) -> ArcEnd:
    """Return a token, cut to what fits."""
    found = display_token(token)
    return ArcEnd(
        DisplayToken(found.text, cut_middle(found.text, LETTERS), found.kind),
        round(y + 4, 1),
    )


def arc_path(left: float, right: float) -> str:
    """Return a curve from a target token to a source token."""
    middle = (LEFT + RIGHT) // 2
    a, b = f"{left:.1f}", f"{right:.1f}"
    return f"M{LEFT} {a}C{middle} {a} {middle} {b} {RIGHT} {b}"


def describe_row(text: AlignedText, row: int, scale: Scale) -> str:
    """Return a target token's largest scores in words."""
    values = [(float(v), j) for j, v in enumerate(text.scores[row]) if math.isfinite(v)]
    largest = sorted(values, key=lambda pair: -abs(pair[0]))[:TOLD]
    told = ", ".join(
        f"{display_token(text.sources[j]).text} "
        f"{format_fixed(value, 2, signed=scale.signed)}"
        for value, j in largest
        if abs(value) >= FAINT * scale.bound
    )
    return (
        f"{display_token(text.targets[row]).text}: "
        f"{told or 'nothing above the least line'}"
    )
