"""What is said of a text beside its scores, whatever the method."""

from __future__ import annotations

from collections.abc import Sequence

from generator.artifacts import Fact, Token
from generator.methods.attributing import unreadable


def unknown(tokens: Sequence[Token]) -> tuple[Fact, ...]:
    """How many words the model does not know, nothing where it knows all."""
    count = sum(token.kind == "unknown" for token in tokens)
    return (
        (Fact("unknown words", float(count), doubt=unreadable(tokens)),)
        if count
        else ()
    )
