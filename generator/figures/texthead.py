"""What stands above and below a text that a classifier read, in words.

A wrong prediction is called wrong; no colour says so. Numbers that belong to an
explanation stand beside it, and those that speak against it are told as sentences.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from generator.artifacts import ScoredText, TokenScores
from generator.figures.estimates import sentence
from generator.figures.numbers import chance, count, significant
from generator.figures.readings import certainty, pads, predicted
from generator.figures.tokenscale import turned, word
from generator.figures.view import Stat


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above a text: which it is, what was predicted, what else is known."""

    name: str
    lead: str
    rest: tuple[str, ...]


def heading(scores: TokenScores, text: ScoredText, name: str = "") -> Heading:
    """What stands above a text, in words."""
    label = predicted(scores.labels, text)
    rest: list[str] = []
    if text.question:
        rest.append(f"asked: {word(text.question)}")
    if text.truth:
        wrong = ", so the prediction is wrong" if text.truth != label else ""
        rest.append(f"labelled {word(text.truth)}{wrong}")
    if scores.signed and text.label and len(scores.labels) > 2:  # noqa: PLR2004 - two labels have a colour each
        rest.append(f"scores for {word(text.label)}")
    elif turned(scores, text):
        rest.append(f"asked about {word(text.label)}")
    read = len(text.tokens) - pads(text)
    if text.length > read:
        rest.append(f"first {read:,} of {text.length:,} {thing(text)}s")
    return Heading(
        name, f"predicted {word(label)} {chance(certainty(text))}", tuple(rest)
    )


def thing(text: ScoredText) -> str:
    """What a text is divided into: tokens, or sentences where something is asked."""
    return "sentence" if text.question else "token"


def name_of(text: ScoredText, place: int) -> str:
    """What a text is called: its number in the artifact, or in the corpus."""
    if text.document is None:
        return f"text {place + 1}"
    return f"document {text.document:,}"


def facts(text: ScoredText) -> tuple[Stat, ...]:
    """The numbers that belong to an explanation."""
    return tuple(
        Stat(
            word(fact.name),
            f"{told(fact.value)} {word(fact.unit)}".strip(),
        )
        for fact in text.facts
    )


def told(value: float) -> str:
    """A number beside an explanation: three digits, whole where it is large."""
    return f"{value:,.0f}" if MANY <= abs(value) < math.inf else significant(value)


MANY = 1000
"""Sizes from which a number has no decimals."""


def warnings(text: ScoredText, what: str = "scores") -> tuple[str, ...]:
    """Why not to believe what was found for a text, each as a sentence."""
    said = [f"no {what}: {text.undefined}"] if text.undefined else []
    said += [
        f"{fact.name}, {told(fact.value)}: {fact.doubt}"
        for fact in text.facts
        if fact.doubt
    ]
    kinds = [t.kind for t in text.tokens if t.kind not in {"pad", "mark"}]
    if kinds and set(kinds) == {"unknown"} and not said:
        said.append(f"all {count(len(kinds), 'token')} are outside the vocabulary")
    return tuple(map(sentence, said))
