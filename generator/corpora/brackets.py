"""Labelled trees in brackets, one a line: `(3 (2 a) (4 delight))`.

A bracket opens with the label of what it holds, a number from 0 to 4; it holds one word
or several brackets. Trees are read without recursion, so none is too deep.

Words are unescaped as the Penn Treebank escapes them: `-LRB-` is an opening bracket,
a slash and a star follow a backslash, quotation marks are doubled accents and
apostrophes. An opening and a closing mark become the same one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.errors import CorpusError, quoted

WORD_LIMIT = 1_000
"""Words of the longest sentence."""
ESCAPES = {
    "-LRB-": "(",
    "-RRB-": ")",
    "-LSB-": "[",
    "-RSB-": "]",
    "-LCB-": "{",
    "-RCB-": "}",
    "``": '"',
    "''": '"',
    "`": "'",
}
PIECE = re.compile(r"(?:\((?P<label>[0-4]) |(?P<word>[^() \t]+)|(?P<close>\)))[ \t]*")


@dataclass(frozen=True, slots=True)
class Tree:
    """The words of a sentence, and the label of each phrase by its half-open span.

    Of brackets around the same words the outermost counts.
    """

    words: tuple[str, ...]
    labels: dict[tuple[int, int], int]

    @property
    def label(self) -> int:
        """The label of the sentence."""
        return self.labels[0, len(self.words)]

    def phrases(self) -> Iterator[tuple[str, int]]:
        """Text and label of every phrase, the sentence first, then as they begin."""
        for start, end in sorted(self.labels, key=lambda span: (span[0], -span[1])):
            yield " ".join(self.words[start:end]), self.labels[start, end]


@dataclass(slots=True)
class Open:
    """A bracket that is not closed yet."""

    label: int
    start: int
    holds: str = ""  # "", "a word" or "brackets"


class MalformedError(Exception):
    """What is wrong with the brackets of a line."""


def parse(line: str, place: str, number: int) -> Tree:
    """The tree of one line. Raises `CorpusError`, which names line and column."""
    reader = Reader()
    try:
        reader.read(line)
    except MalformedError as error:
        raise CorpusError(
            f"{quoted(place)}:{number}:{reader.at + 1}: {error}; expected one tree a "
            "line, such as (3 (2 a) (4 delight)); mend the line"
        ) from error
    return Tree(tuple(reader.words), reader.labels)


class Reader:
    """What was read of a line, up to `at`. Its methods raise `MalformedError`."""

    def __init__(self) -> None:
        self.at = 0
        self.words: list[str] = []
        self.labels: dict[tuple[int, int], int] = {}
        self.waiting: list[Open] = []
        """Brackets that are not closed yet, the innermost last."""

    def read(self, line: str) -> None:
        """Read the whole line."""
        self.at = len(line) - len(line.lstrip(" \t"))
        while self.at < len(line):
            piece = PIECE.match(line, self.at)
            if piece is None:
                raise MalformedError("a bracket without a label from 0 to 4")
            self.take(piece)
            self.at = piece.end()
        if self.waiting:
            raise MalformedError(f"{len(self.waiting):,} brackets are not closed")
        if not self.words:
            raise MalformedError("no tree")

    def take(self, piece: re.Match[str]) -> None:
        """Read one piece of the line."""
        kind = piece.lastgroup
        if kind == "close":
            self.close()
        elif not self.waiting and (self.labels or kind == "word"):
            raise MalformedError("text outside of the tree")
        elif kind == "word":
            self.add(piece["word"])
        else:
            self.hold("brackets")
            self.waiting.append(Open(int(piece["label"]), len(self.words)))

    def hold(self, what: str) -> None:
        """Note what the innermost bracket holds: one word, or brackets."""
        if not self.waiting:
            return
        held = self.waiting[-1].holds
        if held and "a word" in (held, what):
            raise MalformedError(f"{what} beside {held} in one bracket")
        self.waiting[-1].holds = what

    def add(self, word: str) -> None:
        """Add a word to the sentence."""
        self.hold("a word")
        if len(self.words) == WORD_LIMIT:
            raise MalformedError(f"a sentence of more than {WORD_LIMIT:,} words")
        self.words.append(unescaped(word))

    def close(self) -> None:
        """End the innermost bracket."""
        if not self.waiting:
            raise MalformedError("a closing bracket too many")
        done = self.waiting.pop()
        if not done.holds:
            raise MalformedError("an empty bracket")
        self.labels[done.start, len(self.words)] = done.label


def unescaped(word: str) -> str:
    """A word as it was printed."""
    return ESCAPES.get(word) or word.replace("\\/", "/").replace("\\*", "*")
