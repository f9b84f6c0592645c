"""The header of a classified text, its statistics and its warnings, in words.

The predicted label is the most probable one, the first of a tie. A wrong prediction is
called wrong in words; no colour says so. Numbers that belong to an explanation stand
beside it, and those that speak against it are printed as sentences. `ChosenTexts` is
the base of the figures that show one text of an artifact, or several.
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
from generator.figures.scales import format_label, isolate_label, plus_label
from generator.figures.statistics.estimates import claim_sentence


def predicted_label(labels: Sequence[str], text: ScoredText) -> str:
    """Return the most probable label, the first of a tie; "" without labels.

    Raises:
        FigureError: Labels and probabilities differ in number.
    """
    if len(labels) != len(text.probabilities):
        raise FigureError(
            f"{format_count(len(text.probabilities), 'probability', 'probabilities')} "
            "for "
            f"{format_count(len(labels), 'label')}; expected one for each"
        )
    return labels[int(np.argmax(text.probabilities))] if labels else ""


def predicted_probability(text: ScoredText) -> float:
    """Return the probability of the predicted label, NaN where there are none."""
    return float(text.probabilities.max()) if text.probabilities.size else math.nan


def count_pads(text: ScoredText) -> int:
    """Return how many of the tokens are padding."""
    return sum(token.kind == "pad" for token in text.tokens)


def token_padding(text: ScoredText) -> float:
    """Return the sum of the scores of padding, 0 where there is none."""
    places = [i for i, token in enumerate(text.tokens) if token.kind == "pad"]
    return float(text.scores[places].sum(dtype=np.float64)) if places else 0.0


def evenness(text: ScoredText) -> float:
    """Return the entropy of the scores as a share of its largest possible value.

    Args:
        text: A text whose scores are shares, none below 0.

    Returns:
        1 where all tokens weigh the same, 0 where one has all the weight; NaN where it
        is not defined, as for a single token.
    """
    shares = text.scores.astype(np.float64)
    if text.undefined or shares.size < 2 or not np.isfinite(shares).all():  # noqa: PLR2004 - one token cannot be uneven
        return math.nan
    shares = shares[shares > 0]
    return abs(float(-(shares * np.log(shares)).sum())) / math.log(text.scores.size)


@dataclass(frozen=True, slots=True)
class TextHeading:
    """The line above a text: its name, what was predicted, what else is known."""

    name: str
    lead: str
    rest: tuple[str, ...]


def build_heading(scores: TokenScores, text: ScoredText, name: str = "") -> TextHeading:
    """Return the line above a text.

    Args:
        scores: The artifact that the text belongs to.
        text: The text.
        name: The text's name, where there are several.
    """
    label = predicted_label(scores.labels, text)
    rest: list[str] = []
    if text.question:
        rest.append(f"asked: {isolate_label(text.question)}")
    if text.truth:
        wrong = ", so the prediction is wrong" if text.truth != label else ""
        rest.append(f"labelled {isolate_label(text.truth)}{wrong}")
    if plus := plus_label(scores, text):
        rest.append(f"+ speaks for {isolate_label(plus)}")
    read = len(text.tokens) - count_pads(text)
    if text.length > read:
        rest.append(f"first {read:,} of {text.length:,} {token_noun(text)}s")
    return TextHeading(
        name,
        f"predicted {isolate_label(label)} "
        f"{format_probability(predicted_probability(text))}",
        tuple(rest),
    )


def token_noun(text: ScoredText) -> str:
    """Return what a text is divided into: tokens, or sentences if it has a question."""
    return "sentence" if text.question else "token"


def text_name(text: ScoredText, place: int) -> str:
    """Return a text's name: its number in the corpus, else in the artifact.

    Args:
        text: The text.
        place: Its index in the artifact, counted from 0.
    """
    if text.document is None:
        return f"text {place + 1}"
    return f"document {text.document:,}"


def text_stats(text: ScoredText) -> tuple[Stat, ...]:
    """Return the numbers that belong to a text's explanation."""
    return tuple(
        Stat(
            format_label(fact.name),
            f"{format_measurement(fact.value)} {format_label(fact.unit)}".strip(),
        )
        for fact in text.facts
    )


def format_measurement(value: float) -> str:
    """Format a number beside an explanation: three digits, whole from `MANY` up."""
    return (
        f"{value:,.0f}"
        if MANY - 0.5 <= abs(value) < math.inf
        else format_significant(value)
    )


MANY = 1000
"""Sizes from which a number has no decimals."""


def collect_warnings(text: ScoredText, what: str = "scores") -> tuple[str, ...]:
    """Return the reasons to doubt a text's explanation, each as a sentence.

    Args:
        text: The text with its explanation.
        what: What is missing where the explanation is not defined.
    """
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
        """Return the name of the one artifact it draws."""
        return (self.artifact,)

    def find_places(self, scores: TokenScores | Anchors) -> list[int]:
        """Return the indices of the texts to draw, counted from 0.

        Raises:
            FigureError: There is no such text, or none at all.
        """
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
    """Return the index of text `number`, which is counted from 1.

    Raises:
        FigureError: There is no such text.
    """
    if not 1 <= number <= len(scores.texts):
        raise FigureError(
            f"text: {number} of {format_count(len(scores.texts), 'text')}; expected "
            f"1 to "
            f"{len(scores.texts)}, those given first, then the documents"
        )
    return number - 1
