"""One text as bars: how large the score of each word is, and how sure that is.

A bar begins at 0. To the right is what + speaks for, to the left what speaks against
it, in the colours of shaded texts: with two labels each has its own. Where scores have
a standard error, a line of two of them to either side is drawn over the bar's end; a
bar whose line reaches 0 is under two standard errors from 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Artifact, ScoredText, TokenScores
from generator.core.errors import FigureError
from generator.figures.base import Figure, Item, Items, Stat, Track, View, link_of
from generator.figures.export import chips, fonts
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    paragraph_part,
    paragraphs_part,
)
from generator.figures.export.shapes import (
    EDGE,
    INK,
    SOFT,
    Box,
    Label,
    Part,
    Stroke,
    fill_colour,
)
from generator.figures.formatting import format_count, format_significant, make_visible
from generator.figures.scales import (
    TokenScale,
    colour_sign,
    displayed_scores,
    scale_ends,
    token_scale,
)
from generator.figures.squares import Thumbnails
from generator.figures.statistics.estimates import claim_sentence
from generator.figures.tables import token_table
from generator.figures.text.heatmap import summary
from generator.figures.text_header import (
    TextHeading,
    build_heading,
    collect_warnings,
    count_pads,
    find_text,
    text_name,
    text_stats,
)
from generator.figures.thumbnails import picture_texts
from generator.figures.token_chips import (
    KEYS,
    TOLD,
    KeyLine,
    TokenChip,
    build_chip,
    check_outline,
    find_outlined,
    pad_chip,
    score_class,
    standard_error,
)

Order = Literal["text", "size"]
WIDTH = 100.0
"""Units of the drawing from its left end to its right one."""


@dataclass(frozen=True, slots=True)
class WordBar:
    """One word: its marks and number, where its bar lies, where its line lies."""

    word: TokenChip
    css: str
    left: float
    width: float
    line: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class BarAxis:
    """The axis: its ends, and where 0 is."""

    low: float
    high: float

    def position(self, value: float) -> float:
        """Return the place of `value`, clipped to the axis."""
        share = (value - self.low) / (self.high - self.low)
        return round(WIDTH * max(0.0, min(1.0, share)), 2)


@dataclass(frozen=True, slots=True)
class BarDrawing:
    """A text with the colours and the axis that its bars share."""

    scores: TokenScores
    text: ScoredText
    scale: TokenScale | None
    axis: BarAxis


@dataclass(frozen=True, kw_only=True)
class BarsView(View):
    """Bars on one axis, and what stands around them."""

    head: TextHeading
    bars: tuple[WordBar, ...]
    zero: float
    ends: tuple[str, str]
    sides: tuple[str, ...]
    has_lines: bool
    rest: str
    keys: tuple[KeyLine, ...]
    stats: tuple[Stat, ...]
    warnings: tuple[str, ...]
    link: str

    def items(self) -> Items:
        """Return the words that have a bar, by their places in the text."""
        words = sorted((int(b.word.key), b.word) for b in self.bars)
        return Items(
            (Track("", tuple(Item(w.token.text, n, w.key) for n, w in words)),)
        )

    def picture(self, y: float) -> Iterator[Part]:
        """Draw words with a bar each, on one axis."""
        head = " · ".join(
            filter(None, (self.head.name, self.head.lead, *self.head.rest))
        )
        top = paragraph_part(head, INSET, y, ROOM, 12, INK, "bold")
        yield top
        y = top.bottom + 8
        name = min(
            260.0,
            max((chips.chip_width(b.word, bare=True) for b in self.bars), default=0),
        )
        left = INSET + name + 12
        drawn = ROOM - name - 12 - 70
        if self.sides and self.bars:
            yield tip_part((f"← {self.sides[0]}", f"{self.sides[1]} →"), left, drawn, y)
            y += 18
        for one in self.bars:
            yield bar_part(one, self.zero, (INSET + name, left, drawn), y)
            y += 26
        if self.bars:
            ends = (self.ends[0], self.ends[1])
            yield tip_part(ends, left, drawn, y)
            if self.scale and self.scale.signed:
                zero = left + self.zero / 100 * drawn
                yield Part(
                    [Label(zero, y + 12, "0", FINE, SOFT, anchor="middle")], y + 16
                )
            y += 18
        facts = " · ".join(f"{one.name} {one.value}" for one in self.stats)
        yield paragraphs_part(filter(None, (self.rest, facts)), y, 12)

    def below_key(self) -> tuple[str, ...]:
        """Return what a line over a bar is."""
        return ("Line: two standard errors to either side.",) if self.has_lines else ()


class WordBars(Figure):
    """One text as bars."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (TokenScores,)
    heading: ClassVar[str] = "How much each word counts"
    figure: Literal["bars"]
    artifact: str
    """Name of the scores to draw."""
    text: int = Field(default=1, ge=1)
    """Which text, counted from 1: those given come first, then the documents."""
    order: Order = "text"
    """Whether words stand in the order of the text or of the sizes of their scores."""
    most: int = Field(default=20, ge=1, le=200)
    """How many words are drawn, those with the largest scores; the table has more."""
    outline: tuple[str, ...] = ()
    """Words to outline: what the figure is about. Without it, those known to decide."""
    bound: float | None = Field(default=None, gt=0)
    """The size drawn darkest; without it, the largest in the text."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the text drawn, as a line."""
        return picture_texts(artifacts, (self.text - 1,), self.bound)

    def view(self, *artifacts: Artifact) -> BarsView:
        """Return what the template renders."""
        (scores,) = artifacts
        assert isinstance(scores, TokenScores)  # noqa: S101 - checked with the study
        place = find_text(scores, self.text)
        text, name = scores.texts[place], text_name(scores.texts[place], place)
        if len(text.tokens) == count_pads(text) and not text.undefined:
            raise FigureError("bars: the text holds no token, nothing to draw")
        check_outline(self.outline, [text])
        scale = token_scale([(scores, text)], self.bound)
        chosen = choose_words(scores, text, self.most, self.order) if scale else []
        axis = bar_axis(scores, text, chosen)
        marked = find_outlined(text, self.outline)
        drawing = BarDrawing(scores, text, scale, axis)
        bars = [build_word_bar(drawing, i, marked=i in marked) for i in chosen]
        return BarsView(
            summary=summary(scores, [text], [name], scale),
            scale=scale,
            tables=(token_table(scores, text, scale, name),),
            notes=tuple(map(claim_sentence, scores.notes)),
            scored=True,
            head=build_heading(scores, text),
            bars=tuple(bars),
            zero=axis.position(0),
            ends=(
                format_end(axis.low, scores.signed),
                format_end(axis.high, scores.signed),
            ),
            sides=scale_ends([(scores, text)]) if scale else (),
            has_lines=any(one.line for one in bars),
            rest=describe_rest(scores, text, scale, len(chosen)),
            keys=bar_keys(bars, chosen=bool(self.outline)),
            stats=text_stats(text),
            warnings=collect_warnings(text),
            link=link_of(text.tokens),
        )


def choose_words(
    scores: TokenScores, text: ScoredText, most: int, order: Order
) -> list[int]:
    """Return the indices of the words to draw: the `most` largest, in the given order.

    Of equal sizes the first of the text comes first; a word without a score last.
    """
    sizes = np.nan_to_num(np.abs(displayed_scores(scores, text)), nan=-1.0)
    real = [i for i, token in enumerate(text.tokens) if token.kind != "pad"]
    largest = sorted(real, key=lambda i: -sizes[i])[:most]
    return largest if order == "size" else sorted(largest)


def line_reach(text: ScoredText) -> NDArray[np.float64]:
    """Return how far each word's line reaches to either side, (tokens,), or 0."""
    if not text.spread.size:
        return np.zeros(len(text.tokens))
    return np.asarray(np.nan_to_num(TOLD * np.abs(text.spread.astype(np.float64))))


def bar_axis(scores: TokenScores, text: ScoredText, chosen: list[int]) -> BarAxis:
    """Return an axis that holds all bars and lines, symmetric if scores are signed."""
    values, wide = displayed_scores(scores, text)[chosen], line_reach(text)[chosen]
    every = np.concatenate([[0.0], values - wide, values + wide])
    every = every[np.isfinite(every)]
    low, high = float(every.min()), float(every.max())
    if scores.signed:
        low, high = -max(-low, high), max(-low, high)
    return (
        BarAxis(low, high)
        if high > low
        else BarAxis(-1.0 if scores.signed else 0.0, 1.0)
    )


def build_word_bar(drawing: BarDrawing, place: int, *, marked: bool) -> WordBar:
    """Return one word's bar."""
    scores, text, scale, axis = (
        drawing.scores, drawing.text, drawing.scale, drawing.axis,
    )  # fmt: skip
    value = float(displayed_scores(scores, text)[place])
    sign = colour_sign(scores, text)
    made = build_chip(
        text.tokens[place],
        value,
        standard_error(text, place),
        scale,
        marked,
        sign=sign,
    )
    css = score_class(sign * value, scale)
    word = replace(made, css=made.css.removeprefix(css).strip(), key=str(place + 1))
    if not math.isfinite(value):
        return WordBar(word, "", axis.position(0), 0.0, None)
    left, right = sorted((axis.position(0), axis.position(value)))
    wide = float(line_reach(text)[place])
    line = (axis.position(value - wide), axis.position(value + wide)) if wide else None
    return WordBar(word, css, left, round(right - left, 2), line)


def format_end(value: float, signed: bool) -> str:
    """Format an end of the axis."""
    return (
        f"+{format_significant(value)}"
        if signed and value > 0
        else format_significant(value)
    )


def describe_rest(
    scores: TokenScores, text: ScoredText, scale: TokenScale | None, shown: int
) -> str:
    """Return what is not drawn: smaller words, and padding with its sum."""
    said = []
    padded = count_pads(text)
    words = len(text.tokens) - padded
    if scale is not None and shown < words:
        said.append(f"the {shown} largest of {format_count(words, 'word')}")
    if scale is not None and padded:
        held = pad_chip(scores, text, scale, padded).description
        said.append(
            f"{format_count(padded, 'slot')} of padding: "
            f"{make_visible(held, blanks=False)}"
        )
    return claim_sentence("; ".join(said))


def bar_keys(bars: list[WordBar], *, chosen: bool) -> tuple[KeyLine, ...]:
    """Return the marks that are drawn, each with its meaning."""
    css = {name for one in bars for name in one.word.css.split()}
    there = {"chosen" if chosen else "decides": "key" in css}
    there |= {name: name in css for name in ("unknown", "uncertain")}
    return tuple(KEYS[name] for name, drawn in there.items() if drawn)


def bar_part(
    one: WordBar, zero: float, places: tuple[float, float, float], y: float
) -> Part:
    """Draw a word, its bar and its number."""
    right, left, drawn = places
    k = drawn / 100
    wide = min(260.0, chips.chip_width(one.word, bare=True))
    shapes = chips.chip_shapes(one.word, right - wide, y, wide, bare=True)
    at = left + zero * k
    shapes.append(Stroke(((at, y - 1), (at, y + 25)), EDGE))
    if one.css:
        colour = fill_colour(one.css)
        edge = Box(left + one.left * k, y + 3, one.width * k, 17, colour, EDGE, 1)
        shapes += [edge] if edge.width > 0 else []
    if one.line:
        ends = (left + one.line[0] * k, y + 11.5), (left + one.line[1] * k, y + 11.5)
        shapes.append(Stroke(ends, INK, 2))
    value = one.word.numeral or "–"
    place = INSET + ROOM, y + 16
    shapes.append(Label(*place, value, 12, INK, anchor="end"))
    return Part(shapes, y + 24)


def tip_part(names: tuple[str, str], left: float, drawn: float, y: float) -> Part:
    """Draw what the two ends of an axis are called."""
    first = fonts.clip_text(names[0], drawn / 2 - 10, FINE)
    last = fonts.clip_text(names[1], drawn / 2 - 10, FINE)
    return Part(
        [
            Label(left, y + 12, first, FINE, SOFT),
            Label(left + drawn, y + 12, last, FINE, SOFT, anchor="end"),
        ],
        y + 16,
    )
