"""Tokens as chips: one step of a language model, and a classified text.

A chip has a colour class, a small number and the number in words. Padding is folded
into one chip that prints its sum and opens into its slots. `TokenStrip` is one step as
running text, the window's tokens shaded and the rest of the text around them, for the
figures `text` and `epochs`; `WordChips` is a whole text, for `heatmap`, `history` and
`compare`.

Marks are shapes, never colours: an outline for the words that decide or that the author
chose, italics and a question mark for words that the model does not know, a dotted line
under scores smaller than two standard errors. A text whose scores are not defined has
no colour and no number.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from generator.artifacts import ScoredText, SlotScores, TokenScores
from generator.core.direction import Direction, tokens_direction
from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.core.tokens import Token
from generator.figures.base import Item, link_of
from generator.figures.formatting import (
    DisplayToken,
    Phrase,
    display_token,
    format_fixed,
    format_numeral,
)
from generator.figures.language_model.history_slots import TextSlots, format_slot_score
from generator.figures.scales import (
    Scale,
    TokenScale,
    colour_sign,
    displayed_scores,
    isolate_label,
    plus_label,
    token_padding_sum,
)

AROUND = 80
"""Tokens shown on each side of the window; longer texts are cut there."""


@dataclass(frozen=True, slots=True)
class TokenChip:
    """A token with its colour class, its small number and its description.

    `key` names it in its row, see `generator.figures.base`.
    """

    token: DisplayToken
    css: str
    numeral: str = ""
    description: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class TokenStrip:
    """One step as chips: `out` has left the window, `later` was not written yet."""

    label: Phrase
    pad: TokenChip | None
    pads: tuple[TokenChip, ...]
    out: tuple[TokenChip, ...]
    read: tuple[TokenChip, ...]
    target: TokenChip
    later: tuple[TokenChip, ...]
    dense: bool = False
    cut: bool = False
    link: str = ""
    direction: Direction = "ltr"
    """The direction of the text, in which its tokens follow each other."""

    @property
    def chips(self) -> tuple[TokenChip, ...]:
        """The tokens of the text that are shown, in its order."""
        return (*self.out, *self.read, self.target, *self.later)


def build_strip(
    slots: TextSlots, step: int, scale: Scale, outline: frozenset[str], label: Phrase
) -> TokenStrip:
    """Return the strip of one step.

    Args:
        slots: The scores of all steps.
        step: The step, counted from 0.
        scale: The scale that shades the slots.
        outline: Texts of the tokens to outline.
        label: The name of the strip.
    """
    scores = slots.scores
    chips = [
        slot_chip(slots, step, slot, scale, outline) for slot in range(slots.window)
    ]
    padded = [slot for slot in range(slots.window) if slots.is_pad(step, slot)]
    read = tuple(c for slot, c in enumerate(chips) if slot not in set(padded))
    out, later = surrounding_chips(slots, step, outline)
    written = display_token(scores.targets[step])
    return TokenStrip(
        label=label,
        pad=padding_chip(slots, step, scale, len(padded)) if padded else None,
        pads=tuple(chips[slot] for slot in padded),
        out=out[-AROUND:],
        read=read,
        target=TokenChip(
            written, "target", "written", "being written", slot_key(slots, step)
        ),
        later=later[:AROUND],
        dense=all(len(token.text) <= 1 or token.kind != "word" for token in slots.text),
        cut=len(out) > AROUND or len(later) > AROUND,
        link=slots.link,
        direction=tokens_direction(slots.text),
    )


def slot_key(slots: TextSlots, step: int, slot: int | None = None) -> str:
    """Return the key of a slot, or of the token written where `slot` is None.

    The key is the token's place in the text, counted from 1, where the window slides
    over one text.
    """
    if slot is not None and (slots.is_pad(step, slot) or not slots.slides):
        return f"{'p' if slots.is_pad(step, slot) else 'b'}{slots.window - slot}"
    place = slots.place(step, slots.window if slot is None else slot)
    return str(place + 1) if slots.slides else "w"


def slot_chip(
    slots: TextSlots, step: int, slot: int, scale: Scale, outline: frozenset[str]
) -> TokenChip:
    """Return the chip of one slot."""
    scores = slots.scores
    token = scores.histories[step][slot]
    value = float(scores.scores[step, slot])
    css = scale.shade(value) + (" key" if token.text in outline else "")
    back = len(scores.histories[step]) - slot
    said = (
        f"{format_slot_score(scores, value, 3)} {scores.unit}".strip()
        + f", {back} back"
    )
    small = format_numeral(value, scores.signed)
    return TokenChip(
        display_token(token), css, small, said, slot_key(slots, step, slot)
    )


def padding_chip(slots: TextSlots, step: int, scale: Scale, padded: int) -> TokenChip:
    """Return all padding of a step as one chip: its sum, shaded on the same scale."""
    mass = float(slots.padding[step])
    text = f"<pad> ×{padded}"
    said = f"all padding: {format_slot_score(slots.scores, mass, 3)}"
    return TokenChip(
        DisplayToken(text, text, "pad"),
        scale.shade(mass),
        format_numeral(mass, slots.scores.signed),
        said,
        "p",
    )


def surrounding_chips(
    slots: TextSlots, step: int, outline: frozenset[str]
) -> tuple[tuple[TokenChip, ...], tuple[TokenChip, ...]]:
    """Return the text before the window and after the step, if there is one text."""
    if not slots.slides:
        return (), ()
    here = slots.start + step

    def quiet(places: range, css: str) -> tuple[TokenChip, ...]:
        return tuple(
            TokenChip(
                display_token(t),
                css + (" key" if t.text in outline else ""),
                key=str(place + 1),
            )
            for place in places
            for t in (slots.text[place],)
        )

    out = quiet(range(max(0, here - slots.window)), "out")
    return out, quiet(range(here + 1, len(slots.text)), "later")


def outlined_words(words: tuple[str, ...], scores: SlotScores) -> frozenset[str]:
    """Return the words to outline as a set.

    Raises:
        FigureError: A word occurs nowhere in the text.
    """
    known = {t.text for row in scores.histories for t in row}
    known |= {t.text for t in scores.targets}
    for wanted in words:
        if wanted not in known:
            near = suggest_nearest(wanted, known)
            raise FigureError(
                f"outline: {quote_text(wanted)} is not in the text; {near}"
            )
    return frozenset(words)


READABLE = 60
"""Tokens of a text up to which each has its number below it."""
MOST = 1000
"""Tokens of a text that are drawn; the data hold all of them."""
FOLD = 40
"""Slots of padding up to which the folded chip can be opened."""
TOLD = 2
"""Standard errors from 0 below which a score is dotted."""

Outline = Literal["decides", "chosen"]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A line of the key: a mark's class, its meaning, and a sample of letters."""

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
    "unknown": KeyLine("unknown", "not in the vocabulary, read as unknown"),
    "pad": KeyLine(
        "pad", "padding: the colour of its mean slot, the sum as a number", "pad"
    ),
    "uncertain": KeyLine("uncertain", "dotted: under two standard errors from 0"),
}


@dataclass(frozen=True, slots=True)
class WordChips:
    """The chips of a text: `bare` without numbers below, `long` as running text."""

    read: tuple[TokenChip, ...]
    pad: TokenChip | None
    pads: tuple[TokenChip, ...]
    long: bool
    bare: bool
    cut: bool
    link: str
    direction: Direction = "ltr"
    """The direction of the text, in which its words follow each other."""

    def items(self, before: str = "") -> tuple[Item, ...]:
        """Return the words as items, `before` being the row's part of their keys."""
        return tuple(Item(c.token.text, int(c.key), before + c.key) for c in self.read)


def build_word_chips(
    scores: TokenScores,
    text: ScoredText,
    scale: TokenScale | None,
    outline: Collection[str] = (),
    fold: int = FOLD,
) -> WordChips:
    """Return the chips of one text.

    Args:
        scores: The artifact that the text belongs to.
        text: The text.
        scale: The scale that shades the words; None for no colours and no numbers.
        outline: Words to outline; without any, those known to decide.
        fold: The most padding slots that the folded chip opens into.

    Raises:
        FigureError: Scores and tokens differ in number.
    """
    values = displayed_scores(scores, text)
    padded = {i for i, token in enumerate(text.tokens) if token.kind == "pad"}
    real = [i for i in range(len(text.tokens)) if i not in padded]
    marked = find_outlined(text, outline)
    ink = None if text.undefined else scale
    sign = colour_sign(scores, text)
    chips = {
        i: replace(
            build_chip(
                token,
                float(values[i]),
                standard_error(text, i),
                ink,
                i in marked,
                sign=sign,
            ),
            key=f"p{i + 1}" if i in padded else str(i + 1),
        )
        for i, token in enumerate(text.tokens)
        if i in padded or i in set(real[:MOST])
    }
    return WordChips(
        read=tuple(chips[i] for i in real[:MOST]),
        pad=pad_chip(scores, text, ink, len(padded)) if padded else None,
        pads=tuple(chips[i] for i in sorted(padded)) if len(padded) <= fold else (),
        long=len(real) > READABLE,
        bare=ink is None or len(real) > READABLE,
        cut=len(real) > MOST,
        link=link_of(text.tokens),
        direction=tokens_direction(text.tokens),
    )


def build_chip(
    token: Token,
    value: float,
    spread: float,
    scale: TokenScale | None,
    marked: bool,
    *,
    sign: int,
) -> TokenChip:
    """Return one token with its colour, its marks, its numeral and its description.

    Args:
        token: The token.
        value: Its score, with its sign as it is printed.
        spread: The score's standard error, NaN where there is none.
        scale: The scale that shades it, if there is one.
        marked: Whether it is outlined.
        sign: Which way + goes on the scale's ramp, see `colour_sign`.
    """
    unknown = token.kind == "unknown"
    unclear = scale is not None and abs(value) < TOLD * spread
    css = [
        score_class(sign * value, scale),
        "sentence" if token.kind == "sentence" else "",
        "key" if marked else "",
        "unknown" if unknown else "",
        "uncertain" if unclear else "",
    ]
    said = describe_number(value, spread, scale)
    said += ", under two standard errors from 0" if unclear else ""
    said += ", not in the vocabulary" if unknown else ""
    return TokenChip(
        display_token(token),
        " ".join(filter(None, css)),
        format_small_number(value, scale),
        said,
    )


def pad_chip(
    scores: TokenScores, text: ScoredText, scale: TokenScale | None, padded: int
) -> TokenChip:
    """Return all padding as one chip: its mean slot's colour, the number of its sum."""
    name = f"<pad> ×{padded}"
    mass = token_padding_sum(scores, text)
    mean = mass / padded
    all_in = describe_number(mass, math.nan, scale)
    said = f"{all_in} in all, {describe_number(mean, math.nan, scale)} a slot"
    token = DisplayToken(name, name, "pad")
    css = score_class(colour_sign(scores, text) * mean, scale)
    return TokenChip(token, css, format_small_number(mass, scale), said, "p")


def score_class(value: float, scale: TokenScale | None) -> str:
    """Return the colour class of a score, "" where it has no size."""
    return scale.shade(value) if scale and math.isfinite(value) else ""


def format_small_number(value: float, scale: TokenScale | None) -> str:
    """Format the number under a token, "" without a scale."""
    if scale is None:
        return ""
    power = 0 if scale.origin == "flat" else scale.power
    return format_numeral(value * 10.0**power, scale.signed)


def describe_number(value: float, spread: float, scale: TokenScale | None) -> str:
    """Describe a score in words, with its standard error (unless NaN) and its unit."""
    if scale is None or not math.isfinite(value):
        return "no score"
    said = format_fixed(value, scale.digits, signed=scale.signed)
    if math.isfinite(spread):
        said += f" ± {format_fixed(spread, scale.digits)}"
    return f"{said} {scale.unit}".strip()


def standard_error(text: ScoredText, place: int) -> float:
    """Return the standard error of the score at index `place`, NaN if there is none."""
    return float(text.spread[place]) if text.spread.size else math.nan


def find_outlined(text: ScoredText, outline: Collection[str]) -> set[int]:
    """Return the indices of outlined tokens: `outline`, else the words that decide."""
    if outline:
        return {i for i, token in enumerate(text.tokens) if token.text in outline}
    spans = (range(start, end) for start, end in text.rationale)
    return {place for span in spans for place in span}


def check_outline(outline: Collection[str], texts: Collection[ScoredText]) -> None:
    """Check that each word to outline occurs in a text.

    Raises:
        FigureError: A word occurs in none.
    """
    known = {token.text for text in texts for token in text.tokens}
    for one in outline:
        if one not in known:
            raise FigureError(
                f"outline: {quote_text(one)} is in no text; "
                f"{suggest_nearest(one, known)}"
            )


def mark_keys(
    shown: Collection[WordChips], texts: Collection[ScoredText], chosen: bool
) -> tuple[KeyLine, ...]:
    """Return the lines of the key for the marks that are shown.

    Args:
        shown: The chips of the texts.
        texts: The texts.
        chosen: Whether the author chose the outlined words.
    """
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


def largest_token(scores: TokenScores, text: ScoredText) -> int | None:
    """Return the index of the real token of the largest size, the first of a tie.

    None where the text has no scores.
    """
    if text.undefined:
        return None
    real = [token.kind != "pad" for token in text.tokens]
    sizes = np.where(real, np.abs(displayed_scores(scores, text)), np.nan)
    return int(np.nanargmax(sizes)) if np.isfinite(sizes).any() else None


def describe_largest_score(
    scores: TokenScores, text: ScoredText, scale: TokenScale
) -> str:
    """Describe a text's largest score in words, with the label it speaks for."""
    place = largest_token(scores, text)
    value = math.nan if place is None else float(displayed_scores(scores, text)[place])
    said = describe_number(value, math.nan, scale)
    label = plus_label(scores, text)
    if not label:
        return said
    return f"{said} ({'against' if value < 0 else 'for'} {isolate_label(label)})"
