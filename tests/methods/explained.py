"""Explanations written down by a test, of texts of which it is known what decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from generator.artifacts import (
    AnchoredText,
    Anchors,
    Artifact,
    ScoredText,
    Scores,
    TokenScores,
)
from generator.core.tokens import Token
from generator.methods.base import Context
from tests.fakes.language_models import UniformWriter, ask, trained, words

LABELS = ("negative", "positive")
PAD = Token("<pad>", "pad")


def tokens(size: int, pads: int = 0) -> tuple[Token, ...]:
    """`w0 w1 …`, then padding."""
    return (*(Token(f"w{n}") for n in range(size)), *(PAD,) * pads)


def text(scores: Sequence[float], *spans: tuple[int, int], **more: Any) -> ScoredText:
    """Scores of words, and the spans that decide; `pads` of the scores are padding."""
    pads = more.pop("pads", 0)
    more.setdefault("label", "positive")
    more.setdefault("probabilities", np.array([0.2, 0.8], np.float32))
    return ScoredText(
        tokens=tokens(len(scores) - pads, pads),
        scores=np.array(scores, np.float32),
        rationale=spans,
        **more,
    )


def anchored(
    size: int, anchor: Sequence[int], *spans: tuple[int, int], **more: Any
) -> AnchoredText:
    """A text with an anchor."""
    return AnchoredText(
        tokens=tokens(size),
        probabilities=np.array([0.2, 0.8], np.float32),
        label="positive",
        anchor=tuple(anchor),
        precision=1.0, low=0.9, high=1.0, coverage=0.5, samples=10, coverage_samples=0,
        base=0.5,
        rationale=spans,
        **more,
    )  # fmt: skip


def explained(*texts: ScoredText, signed: bool = True, **more: Any) -> TokenScores:
    """An artifact of these texts."""
    more.setdefault("labels", LABELS)
    more.setdefault("quantity", "score")
    return TokenScores(texts=texts, signed=signed, **more)


def anchors(*texts: AnchoredText) -> Anchors:
    """An artifact of these anchors."""
    return Anchors(texts=texts, labels=LABELS, threshold=0.95, perturbation="removed")


def make_context(*read: Artifact) -> Context:
    """What a method that only reads other artifacts is given."""
    return ask(trained(UniformWriter(words(3), 2)), *read)


def by_name(found: Scores, of: str) -> dict[str, Any]:
    """Rows of one artifact, by measure."""
    return {row.name: row for row in found.rows if row.of == of}


def shuffled(count: int, size: int = 12, seed: int = 1) -> list[list[float]]:
    """Scores that know nothing."""
    draws = np.random.default_rng(seed)
    return [draws.normal(size=size).tolist() for _ in range(count)]
