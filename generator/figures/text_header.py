"""What stands above and below a text that a classifier read, in words.

A wrong prediction is called wrong; no colour says so. Numbers that belong to an
explanation stand beside it, and those that speak against it are told as sentences.

What a classifier made of one text, as plain numbers.

The predicted label is the most probable one, the first of a tie. Padding's sum is over
the tokens that are padding. The evenness of weights is their entropy as a share of the
largest that so many tokens allow: 1 where all weigh the same, 0 where one has all.

Which texts of an artifact a figure draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from generator.artifacts import (
    Alignments,
    AnchoredText,
    Anchors,
    ScoredText,
    TokenScores,
)
from generator.core.errors import FigureError
from generator.figures.base import Figure, Stat
from generator.figures.formatting import (
    format_count,
    format_probability,
    format_significant,
)
from generator.figures.scales import format_label, is_turned
from generator.figures.statistics.estimates import claim_sentence


def predicted_label(labels: Sequence[str], text: ScoredText) -> str:
    """The most probable label. Raises `FigureError` where there is not one for each."""
    if len(labels) != len(text.probabilities):
        raise FigureError(
            f"{format_count(len(text.probabilities), 'probability', 'probabilities')} "
            "for "
            f"{format_count(len(labels), 'label')}; expected one for each"
        )
    return labels[int(np.argmax(text.probabilities))] if labels else ""


def predicted_probability(text: ScoredText) -> float:
    """The probability of the predicted label, NaN where there are none."""
    return float(text.probabilities.max()) if text.probabilities.size else math.nan


def count_pads(text: ScoredText) -> int:
    """How many of the tokens are padding."""
    return sum(token.kind == "pad" for token in text.tokens)


def token_padding(text: ScoredText) -> float:
    """The sum of the scores of padding, 0 where there is none."""
    places = [i for i, token in enumerate(text.tokens) if token.kind == "pad"]
    return float(text.scores[places].sum(dtype=np.float64)) if places else 0.0


def evenness(text: ScoredText) -> float:
    """Entropy of the scores as a share of its largest value, NaN where not defined.

    Scores are shares, none below 0; a text of one token has no spread to speak of.
    """
    shares = text.scores.astype(np.float64)
    if text.undefined or shares.size < 2 or not np.isfinite(shares).all():  # noqa: PLR2004 - one token cannot be uneven
        return math.nan
    shares = shares[shares > 0]
    return abs(float(-(shares * np.log(shares)).sum())) / math.log(text.scores.size)


@dataclass(frozen=True, slots=True)
class TextHeading:
    """The line above a text: which it is, what was predicted, what else is known."""

    name: str
    lead: str
    rest: tuple[str, ...]


def build_heading(scores: TokenScores, text: ScoredText, name: str = "") -> TextHeading:
    """What stands above a text, in words."""
    label = predicted_label(scores.labels, text)
    rest: list[str] = []
    if text.question:
        rest.append(f"asked: {format_label(text.question)}")
    if text.truth:
        wrong = ", so the prediction is wrong" if text.truth != label else ""
        rest.append(f"labelled {format_label(text.truth)}{wrong}")
    if scores.signed and text.label and len(scores.labels) > 2:  # noqa: PLR2004 - two labels have a colour each
        rest.append(f"scores for {format_label(text.label)}")
    elif is_turned(scores, text):
        rest.append(f"asked about {format_label(text.label)}")
    read = len(text.tokens) - count_pads(text)
    if text.length > read:
        rest.append(f"first {read:,} of {text.length:,} {token_noun(text)}s")
    return TextHeading(
        name,
        f"predicted {format_label(label)} "
        f"{format_probability(predicted_probability(text))}",
        tuple(rest),
    )


def token_noun(text: ScoredText) -> str:
    """What a text is divided into: tokens, or sentences where something is asked."""
    return "sentence" if text.question else "token"


def text_name(text: ScoredText, place: int) -> str:
    """What a text is called: its number in the artifact, or in the corpus."""
    if text.document is None:
        return f"text {place + 1}"
    return f"document {text.document:,}"


def text_stats(text: ScoredText) -> tuple[Stat, ...]:
    """The numbers that belong to an explanation."""
    return tuple(
        Stat(
            format_label(fact.name),
            f"{format_measurement(fact.value)} {format_label(fact.unit)}".strip(),
        )
        for fact in text.facts
    )


def format_measurement(value: float) -> str:
    """A number beside an explanation: three digits, whole where it is large."""
    return (
        f"{value:,.0f}" if MANY <= abs(value) < math.inf else format_significant(value)
    )


MANY = 1000
"""Sizes from which a number has no decimals."""


def collect_warnings(text: ScoredText, what: str = "scores") -> tuple[str, ...]:
    """Why not to believe what was found for a text, each as a sentence."""
    said = [f"no {what}: {text.undefined}"] if text.undefined else []
    said += [
        f"{fact.name}, {format_measurement(fact.value)}: {fact.doubt}"
        for fact in text.facts
        if fact.doubt
    ]
    kinds = [t.kind for t in text.tokens if t.kind not in {"pad", "mark"}]
    if kinds and set(kinds) == {"unknown"} and not said:
        said.append(
            f"all {format_count(len(kinds), 'token')} are outside the vocabulary"
        )
    return tuple(map(claim_sentence, said))


FEW = 6
"""Given texts that are drawn where a figure names none."""


class ChosenTexts(Figure):
    """A figure of one text of an artifact, or of several."""

    artifact: str
    """Name of the artifact to draw."""
    text: int | None = Field(default=None, ge=1)
    """Which text, counted from 1: those given come first, then the documents."""
    texts: tuple[int, ...] = ()
    """Several texts; without both, the texts given, at most 6."""

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if self.text is not None and self.texts:
            raise ValueError("give text or texts, not both")
        return self

    def artifact_names(self) -> tuple[str, ...]:
        """The one artifact it draws."""
        return (self.artifact,)

    def find_places(self, scores: TokenScores | Anchors) -> list[int]:
        """Places of the texts to draw. Raises `FigureError`."""
        asked = self.texts or ((self.text,) if self.text is not None else ())
        if asked:
            return [find_text(scores, number) for number in asked]
        if not scores.texts:
            raise FigureError(
                f"{self.figure}: the artifact holds no text, nothing to draw"
            )
        texts: Sequence[ScoredText | AnchoredText] = scores.texts
        given = [i for i, text in enumerate(texts) if text.document is None]
        return given[:FEW] or [0]


def find_text(scores: TokenScores | Anchors | Alignments, number: int) -> int:
    """Where a text stands, counted from 1. Raises `FigureError`."""
    if not 1 <= number <= len(scores.texts):
        raise FigureError(
            f"text: {number} of {format_count(len(scores.texts), 'text')}; expected "
            f"1 to "
            f"{len(scores.texts)}, those given first, then the documents"
        )
    return number - 1
