"""Explanations as plain rows: the words of each text, and a score for each word.

What grades explanations, or compares them, asks nothing else of them. Padding is left
out. An anchor is a row too: the word that was added first has the largest score, each
later one a smaller one, and all words outside it share the score 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import (
    Alignments,
    AnchoredText,
    Anchors,
    Artifact,
    ScoredText,
    TokenScores,
)
from generator.errors import UnsupportedError, quoted

Array = NDArray[np.float64]
Explanation = TokenScores | Anchors
Span = tuple[int, int]


@dataclass(frozen=True)
class Row:
    """One text of an explanation.

    `label` is what the scores speak for, one of the model's `labels`; "" where they
    only have a size.
    """

    words: tuple[str, ...]
    scores: Array  # (words,), NaN where not defined
    label: str
    labels: tuple[str, ...]
    rationale: tuple[Span, ...]
    document: int | None
    right: bool | None  # whether the model gave the text's own label, None if unknown
    undefined: str  # why there are no scores, "" where there are
    text: int | None = None  # of a matrix: which text this target token is of, from 1

    @property
    def sizes(self) -> Array:
        """Scores without their signs, (words,)."""
        return np.abs(self.scores)


def rows_of(
    artifact: Artifact, name: str, *, matrices: bool = False
) -> tuple[Row, ...]:
    """The texts of an explanation. Raises `UnsupportedError` where it is none.

    With `matrices`, the target tokens of scores over a source are rows too.
    """
    if isinstance(artifact, TokenScores):
        return tuple(scored(text, artifact) for text in artifact.texts)
    if isinstance(artifact, Anchors):
        return tuple(anchored(text, artifact) for text in artifact.texts)
    if isinstance(artifact, Alignments) and matrices:
        return tuple(target_tokens(artifact))
    raise UnsupportedError(
        f"of: {quoted(name)} holds {type(artifact).__name__}; expected scores of "
        "words: name an artifact of a method that gives TokenScores or Anchors"
    )


def scored(text: ScoredText, of: TokenScores) -> Row:
    """A text with its scores, padding left out."""
    real = np.array([token.kind != "pad" for token in text.tokens], dtype=np.bool_)
    return Row(
        words=tuple(token.text for token in text.tokens if token.kind != "pad"),
        scores=text.scores.astype(np.float64)[real],
        label=text.label if of.signed else "",
        labels=of.labels,
        rationale=text.rationale,
        document=text.document,
        right=is_right(text, of.labels),
        undefined=text.undefined,
    )


def anchored(text: AnchoredText, of: Anchors) -> Row:
    """A text with its anchor's words before all others."""
    scores = np.zeros(len(text.tokens))
    scores[list(text.anchor)] = np.arange(len(text.anchor), 0, -1)
    return Row(
        words=tuple(token.text for token in text.tokens),
        scores=scores,
        label="",
        labels=of.labels,
        rationale=text.rationale,
        document=text.document,
        right=is_right(text, of.labels),
        undefined=text.undefined,
    )


def target_tokens(of: Alignments) -> Iterator[Row]:
    """Every target token of every text, the source's tokens being its words.

    The target token stands before them, so that rows of other targets are not taken
    for the same.
    """
    for number, text in enumerate(of.texts, 1):
        sources = [token.text for token in text.sources]
        for target, scores in zip(text.targets, text.scores, strict=True):
            yield Row(
                words=(target.text, *sources),
                scores=scores.astype(np.float64),
                label="its target token" if of.signed else "",
                labels=(),
                rationale=(),
                document=text.document,
                right=None,
                undefined="" if np.isfinite(scores).any() else "no score is defined",
                text=number,
            )


def is_right(text: ScoredText | AnchoredText, labels: Sequence[str]) -> bool | None:
    """Whether the most probable label is the text's own, None where that is unknown."""
    if not text.truth or len(labels) != len(text.probabilities):
        return None
    return labels[int(np.argmax(text.probabilities))] == text.truth


def quantity(of: Artifact) -> str:
    """What an explanation gives its words."""
    return of.quantity if isinstance(of, TokenScores | Alignments) else "anchor"
