"""Tokens: the units that a model reads or weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Token:
    """The unit a model reads or weighs: a character, a word, a `sentence` of a story.

    `mark` is textgenrnn's `<s>`.
    """

    text: str
    kind: TokenKind = "word"


TokenKind = Literal["word", "pad", "unknown", "mark", "sentence"]
