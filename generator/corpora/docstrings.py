"""Docstrings among the tokens of Python source.

A docstring is the first statement of the module, or of the body of a class or a
function, and nothing but strings, of which none is of bytes or formatted. Its body may
stand on the line of its head: `def f(): "What f does."`. One in brackets is not looked
for.
"""

from __future__ import annotations

import tokenize
from collections.abc import Iterator, Sequence
from typing import Protocol

HEADS = {"class", "def"}
LETTERS = "bBfFrRtTuU"
SKIPPED = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT}


class Placed(Protocol):
    """A token and where it stands."""

    @property
    def kind(self) -> int:
        """Its type, as `tokenize` counts."""
        ...

    @property
    def text(self) -> str:
        """Its characters."""
        ...

    @property
    def start(self) -> int:
        """Its first character."""
        ...

    @property
    def end(self) -> int:
        """The character behind it."""
        ...


def docstrings(lexemes: Sequence[Placed]) -> Iterator[tuple[int, int]]:
    """The half-open span of each string that is, or is a part of, a docstring."""
    for begin in _bodies(lexemes):
        found: list[tuple[int, int]] = []
        for one in lexemes[begin:]:
            if one.kind == tokenize.STRING and _plain(one.text):
                found.append((one.start, one.end))
            elif one.kind not in SKIPPED:
                if _ends(one):
                    yield from found
                break


def _bodies(lexemes: Sequence[Placed]) -> Iterator[int]:
    """Where the body of the module, of each class and of each function begins."""
    yield 0
    fresh, head, depth = True, False, 0
    for place, one in enumerate(lexemes):
        if one.kind == tokenize.OP:
            depth += (one.text in set("([{")) - (one.text in set(")]}"))
            if head and depth == 0 and one.text == ":":
                head = False
                yield _behind(lexemes, place + 1)
        elif fresh and one.kind == tokenize.NAME:
            head = one.text in HEADS
        if one.kind == tokenize.NEWLINE:
            fresh, head = True, False
        elif one.kind not in SKIPPED and one.text != "async":
            fresh = False


def _behind(lexemes: Sequence[Placed], place: int) -> int:
    """The first token of a body whose colon stands before `place`."""
    while place < len(lexemes) and lexemes[place].kind in SKIPPED | {tokenize.NEWLINE}:
        place += 1
    return place


def _plain(literal: str) -> bool:
    """Whether a string is neither of bytes nor formatted."""
    prefix = literal[: len(literal) - len(literal.lstrip(LETTERS))]
    return not set(prefix.lower()) & set("bft")


def _ends(one: Placed) -> bool:
    """Whether a statement ends before this token."""
    if one.kind == tokenize.OP:
        return one.text == ";"
    return one.kind in {tokenize.NEWLINE, tokenize.ENDMARKER}
