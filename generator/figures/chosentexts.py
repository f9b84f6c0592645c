"""Which texts of an artifact a figure draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from pydantic import Field, model_validator

from generator.artifacts import (
    Alignments,
    AnchoredText,
    Anchors,
    ScoredText,
    TokenScores,
)
from generator.errors import FigureError
from generator.figures.base import Figure
from generator.figures.numbers import count

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

    def reads(self) -> tuple[str, ...]:
        """The one artifact it draws."""
        return (self.artifact,)

    def chosen(self, scores: TokenScores | Anchors) -> list[int]:
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
            f"text: {number} of {count(len(scores.texts), 'text')}; expected 1 to "
            f"{len(scores.texts)}, those given first, then the documents"
        )
    return number - 1
