"""An anchored text in words and numbers: what `rule` draws and tabulates.

A set of words is called a rule where its precision, or the upper end of its interval,
reaches the one that was asked for. An exact precision has an interval without width and
is called exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.artifacts import (
    AnchoredText,
    Anchors,
    Estimate,
    ScoredText,
    TokenScores,
)
from generator.errors import FigureError
from generator.figures import estimates
from generator.figures.items import link_of
from generator.figures.numbers import count, fixed, percent, significant
from generator.figures.strip import Chip
from generator.figures.texthead import name_of
from generator.figures.tokens import Shown, show
from generator.figures.tokenscale import word
from generator.figures.tokenstrip import MOST, READABLE, Words
from generator.figures.view import Row, Stat, Table

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
