"""A text as shaded running words: what `heatmap`, `history` and `compare` share.

Every word is a chip with its colour, its small number and the number in words. Padding
is folded into one chip that prints its sum. Marks are shapes, never colours: an outline
for the words that decide or that the author chose, italics and a question mark for
words that the model does not know, a dotted line under scores smaller than two standard
errors. A text whose scores are not defined has no colour and no number.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from generator.artifacts import ScoredText, Token, TokenScores
from generator.errors import FigureError, nearest, quoted
from generator.figures.items import Item, link_of
from generator.figures.numbers import fixed, numeral
from generator.figures.strip import Chip
from generator.figures.tokens import Shown, show
from generator.figures.tokenscale import TokenScale, drawn, pad_sum, word

READABLE = 60
"""Tokens of a text up to which each has its number below it."""
MOST = 1000
"""Tokens of a text that are drawn; the data hold all of them."""
FOLD = 40
"""Slots of padding up to which the folded chip can be opened."""
TOLD = 2
"""Standard errors that a score must reach to be told from 0."""

Outline = Literal["decides", "chosen"]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A line of the key: the mark's class, and what it means."""

    css: str
    text: str
    sample: str = "ab"


KEYS = {
    "decides": KeyLine(
        "key", "outlined: the words that decide, known from how the text was made"
    ),
    "answers": KeyLine(
        "key", "outlined: the sentence that answers, known from how the story was made"
    ),
    "chosen": KeyLine("key", "outlined: what this figure is about"),
    "unknown": KeyLine("unknown", "not in the vocabulary, read as an unknown word"),
    "pad": KeyLine(
        "pad", "padding: the colour of its mean slot, the sum as a number", "pad"
    ),
    "uncertain": KeyLine(
        "uncertain", "dotted: less than two standard errors from 0, not told from it"
    ),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A text's chips: `bare` without numbers below them, `long` as running text."""

    read: tuple[Chip, ...]
    pad: Chip | None
    pads: tuple[Chip, ...]
    long: bool
    bare: bool
    cut: bool
    link: str

    def items(self, before: str = "") -> tuple[Item, ...]:
        """The words, `before` being the row's part of their keys."""
        return tuple(Item(c.token.text, int(c.key), before + c.key) for c in self.read)


def words(
    scores: TokenScores,
    text: ScoredText,
    scale: TokenScale | None,
    outline: Collection[str] = (),
    fold: int = FOLD,
) -> Words:
    """The chips of one text. Raises `FigureError` where numbers and tokens differ."""
    values = drawn(scores, text)
    padded = {i for i, token in enumerate(text.tokens) if token.kind == "pad"}
    real = [i for i in range(len(text.tokens)) if i not in padded]
    marked = outlined(text, outline)
    ink = None if text.undefined else scale
    chips = {
        i: replace(
            chip(token, float(values[i]), spread_of(text, i), ink, i in marked),
            key=f"p{i + 1}" if i in padded else str(i + 1),
        )
        for i, token in enumerate(text.tokens)
        if i in padded or i in set(real[:MOST])
    }
    return Words(
        read=tuple(chips[i] for i in real[:MOST]),
        pad=pad_chip(scores, text, ink, len(padded)) if padded else None,
        pads=tuple(chips[i] for i in sorted(padded)) if len(padded) <= fold else (),
        long=len(real) > READABLE,
        bare=ink is None or len(real) > READABLE,
        cut=len(real) > MOST,
        link=link_of(text.tokens),
    )


def chip(
    token: Token, value: float, spread: float, scale: TokenScale | None, marked: bool
) -> Chip:
    """One token: colour and marks, numeral, number in words."""
    unknown = token.kind == "unknown"
    unclear = scale is not None and abs(value) < TOLD * spread
    css = [
        shade(value, scale),
        "sentence" if token.kind == "sentence" else "",
        "key" if marked else "",
        "unknown" if unknown else "",
        "uncertain" if unclear else "",
    ]
    said = number(value, spread, scale)
    said += ", not told from 0" if unclear else ""
    said += ", unknown" if unknown and " " in token.text else ""
    said += ", an unknown word" if unknown and " " not in token.text else ""
    return Chip(show(token), " ".join(filter(None, css)), small(value, scale), said)


def pad_chip(
    scores: TokenScores, text: ScoredText, scale: TokenScale | None, padded: int
) -> Chip:
    """All padding as one chip: the colour of its mean slot, the number of their sum."""
    name = f"<pad> ×{padded}"
    mass = pad_sum(scores, text)
    mean = mass / padded
    all_in = number(mass, math.nan, scale)
    said = f"{all_in} in all, {number(mean, math.nan, scale)} a slot"
    token = Shown(name, name, "pad")
    return Chip(token, shade(mean, scale), small(mass, scale), said, "p")


def shade(value: float, scale: TokenScale | None) -> str:
    """A score's class; none where it has no size."""
    return scale.shade(value) if scale and math.isfinite(value) else ""


def small(value: float, scale: TokenScale | None) -> str:
    """The number under a token."""
    if scale is None:
        return ""
    power = 0 if scale.origin == "flat" else scale.power
    return numeral(value * 10.0**power, scale.signed)


def number(value: float, spread: float, scale: TokenScale | None) -> str:
    """A score in words: with its standard error and its unit."""
    if scale is None or not math.isfinite(value):
        return "not defined"
    said = fixed(value, scale.digits, signed=scale.signed)
    if math.isfinite(spread):
        said += f" ± {fixed(spread, scale.digits)}"
    return f"{said} {scale.unit}".strip()


def spread_of(text: ScoredText, place: int) -> float:
    """A score's standard error, NaN where there is none."""
    return float(text.spread[place]) if text.spread.size else math.nan


def outlined(text: ScoredText, outline: Collection[str]) -> set[int]:
    """Places with an outline: the author's words, else the words that decide."""
    if outline:
        return {i for i, token in enumerate(text.tokens) if token.text in outline}
    spans = (range(start, end) for start, end in text.rationale)
    return {place for span in spans for place in span}


def check_outline(outline: Collection[str], texts: Collection[ScoredText]) -> None:
    """Raises `FigureError` for a word to outline that no text holds."""
    known = {token.text for text in texts for token in text.tokens}
    for one in outline:
        if one not in known:
            raise FigureError(
                f"outline: {quoted(one)} is in no text; {nearest(one, known)}"
            )


def keys(
    shown: Collection[Words], texts: Collection[ScoredText], chosen: bool
) -> tuple[KeyLine, ...]:
    """The marks that are drawn, each with its meaning."""
    css = {name for one in shown for c in one.read for name in c.css.split()}
    decides = not chosen and any(text.rationale for text in texts)
    asked = any(text.question for text in texts)
    there = {
        "decides": "key" in css and decides and not asked,
        "answers": "key" in css and decides and asked,
        "chosen": "key" in css and not decides,
        "unknown": "unknown" in css,
        "uncertain": "uncertain" in css,
        "pad": any(one.pad and one.pad.css for one in shown),
    }
    return tuple(KEYS[name] for name, drawn in there.items() if drawn)


def largest(scores: TokenScores, text: ScoredText) -> int | None:
    """The real token of the largest size, the first of a tie; None without scores."""
    if text.undefined:
        return None
    real = [token.kind != "pad" for token in text.tokens]
    sizes = np.where(real, np.abs(drawn(scores, text)), np.nan)
    return int(np.nanargmax(sizes)) if np.isfinite(sizes).any() else None


def directed(scores: TokenScores, text: ScoredText, scale: TokenScale) -> str:
    """A text's largest score in words, and which label it speaks for."""
    place = largest(scores, text)
    value = math.nan if place is None else float(drawn(scores, text)[place])
    if not scores.signed or not text.label:
        return number(value, math.nan, scale)
    two = len(scores.labels) == 2  # noqa: PLR2004 - two labels, two colours
    below = f"for {word(scores.labels[0])}" if two else f"against {word(text.label)}"
    above = f"for {word(scores.labels[1] if two else text.label)}"
    said = number(abs(value), math.nan, scale).removeprefix("+")
    return f"{said} {below if value < 0 else above}"
