"""Tokens: the units that a model reads or weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Token:
    """The unit that a model reads or weighs: a character, a word or a sentence.

    Args:
        text: The token as it is printed.
        kind: A `word` where it is plain text; a `mark` is textgenrnn's `<s>`.
    """

    text: str
    kind: TokenKind = "word"


TokenKind = Literal["word", "pad", "unknown", "mark", "sentence"]
