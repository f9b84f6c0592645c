"""Anchors made by hand: rules, an empty one, one that is none, one not defined."""

from __future__ import annotations

from typing import Any

import numpy as np

from generator.artifacts import AnchoredText, Anchors, Measurement
from generator.core.tokens import Token
from generator.corpora.words import split_into_words
from tests.figures.examples import HOSTILE
from tests.figures.scored import LABELS, LONG, PLAIN, REVIEW, shares, tokens

NOT_GOOD = split_into_words("The film was not very good, and not a little too long.")
SPLIT = "replaced by the unknown word with the probability 0.5"


def anchored(words: Any, anchor: tuple[int, ...], **given: Any) -> AnchoredText:
    """A text with an anchor whose precision rests on draws."""
    told: dict[str, Any] = {
        "tokens": tokens(words), "probabilities": shares(0.07), "label": "negative",
        "precision": 0.974, "low": 0.959, "high": 0.985, "samples": 1000,
        "coverage": 0.5 ** len(anchor), "coverage_samples": 0, "base": 0.412,
        "facts": (Measurement("tokens that can be hidden", 11.0),
                  Measurement("perturbed texts asked about", 5021.0)),
    }  # fmt: skip
    return AnchoredText(anchor=anchor, **{**told, **given})


def rule() -> AnchoredText:
    """NOT and GOOD, one of which stands there twice; the true words are known."""
    return anchored(
        NOT_GOOD, (5, 3), truth="negative", rationale=((3, 6),), document=41
    )


def exact() -> AnchoredText:
    """One word of a short text, of which all perturbed texts were asked about."""
    return anchored(
        PLAIN[:9], (1,), precision=0.96875, low=0.96875, high=0.96875, samples=128,
        base=0.71, facts=(
            Measurement("tokens that can be hidden", 8.0),
            Measurement("perturbed texts asked about, all there are", 256.0),
            Measurement("other anchors as short that reach the threshold", 1.0),
        ),
    )  # fmt: skip


def empty() -> AnchoredText:
    """No word is needed."""
    return anchored(
        REVIEW, (), label="positive", probabilities=shares(0.97), precision=0.972,
        low=0.957, high=0.983, base=0.972,
    )  # fmt: skip


def weak() -> AnchoredText:
    """The best set of two words reaches far too little."""
    none = "no set of so few reaches 0.95; this is the best found"
    return anchored(
        LONG[:28], (13, 6), precision=0.613, low=0.571, high=0.654, base=0.402,
        truth="positive",
        facts=(Measurement("tokens of an anchor, at most", 2.0, doubt=none),),
    )  # fmt: skip


def long() -> AnchoredText:
    """A long text, its coverage counted in a sample."""
    return anchored(
        LONG, (106, 75, 24), label="positive", probabilities=shares(0.88),
        coverage=0.118, coverage_samples=2000, precision=0.947, low=0.926, high=0.964,
        facts=(
            Measurement("short of the threshold", 0.003,
                 doubt="on the texts of the search it reached 0.95"),
        ),
    )  # fmt: skip


def undefined() -> AnchoredText:
    """Words that the model does not know."""
    nan = float("nan")
    return anchored(
        ["delightful", "grey"], (), precision=nan, low=nan, high=nan, samples=0,
        coverage=nan, base=nan, facts=(),
        undefined="all 2 words are outside the vocabulary",
    )  # fmt: skip


def anchors(*texts: AnchoredText, **given: Any) -> Anchors:
    """Anchors of these texts; without any, of every kind there is."""
    every = texts or (rule(), exact(), empty(), weak(), undefined(), long())
    told: dict[str, Any] = {"labels": LABELS, "threshold": 0.95, **given}
    return Anchors(
        epoch=6,
        texts=every,
        perturbation=f"each token outside the anchor is {SPLIT}",
        notes=("precision is measured on 1,000 texts that the search did not see",),
        **told,
    )


def harmful() -> Anchors:
    """Every token of `HOSTILE`, many of them in the anchor, and labels like them."""
    label = "<b>bad</b>"
    made = anchored(
        (), tuple(range(0, len(HOSTILE), 3)), label=label, truth="\u202egood",
        facts=(Measurement("<i>x</i>", 1.0, doubt='"><svg onload=alert(1)>'),),
    )  # fmt: skip
    values = {name: getattr(made, name) for name in made.__dataclass_fields__}
    text = AnchoredText(
        **{
            **values,
            "tokens": tuple(Token(text) for text in HOSTILE),
            "probabilities": np.array([0.8, 0.2], np.float32),
        }
    )
    return anchors(text, labels=(label, "\u202egood"))
