"""How a token is shown: literally, one way, everywhere.

A token may be `<pad>`, a blank, a control character, or a mark that turns the writing
direction round. Escaping of markup is the template's work; here everything that would
not be seen, or would move its neighbours, becomes a sign that is seen:

1. blanks: `␣` space, `↵` newline, `⇥` tab, `⍽` no-break space;
2. control characters: their pictures, `␀` to `␡`;
3. what is invisible or turns direction (zero-width, soft hyphen, bidirectional marks,
   private use): its code point, `‹U+202E›`;
4. what is no character (surrogates, unassigned): `�`.

A joiner or selector inside an emoji stays, so that a family is not cut in two. A
token that begins with a combining mark gets `◌` to carry it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from generator.artifacts import Kind, Token

LONGEST, SENTENCE = 28, 72
"""Characters of a token, of a sentence, shown in a picture; tables show all of it."""
MARKS = 12
"""Combining marks drawn on one letter; more would cover the lines around it."""
BLANKS = {" ": "␣", "\n": "↵", "\t": "⇥", "\u00a0": "⍽", "\x7f": "␡"}
REPLACED = "\ufffd"
JOINERS = {"\u200d", "\ufe0e", "\ufe0f"}
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
FILLERS = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0x2800}
HIDDEN = {"Cf", "Cc", "Co", "Zs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A token ready to be drawn: `text` whole, `short` for a picture."""

    text: str
    short: str
    kind: Kind = "word"


Phrase = tuple[str | Shown, ...]
"""A sentence in which tokens stay apart, so that each can be isolated."""


@lru_cache(maxsize=65536)
def show(token: Token) -> Shown:
    """`token`, every character of it visible; a sentence keeps its spaces."""
    whole = token.kind == "sentence"
    text = visible(token.text, blanks=not whole) or "∅"
    return Shown(text, cut(text, SENTENCE if whole else LONGEST), token.kind)


def cut(text: str, longest: int = LONGEST) -> str:
    """`text`, its middle left out where it is longer than `longest`."""
    if len(text) <= longest:
        return text
    head = (longest - 1) * 2 // 3
    return f"{text[:head]}…{text[head + 1 - longest :]}"


def visible(text: str, blanks: bool = True) -> str:
    """`text` with every character seen. Without `blanks`, spaces stay as they are."""
    if text.isascii() and text.isprintable():  # most are
        return text.replace(" ", BLANKS[" "]) if blanks else text
    out: list[str] = []
    marks = 0
    for i, char in enumerate(text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if (char == " " and not blanks) or (char in JOINERS and joins(text, i)):
            out.append(char)
        elif marks == 1 and i == 0:
            out.append(f"◌{char}")
        elif marks <= MARKS:
            out.append(sign(char, category))
        elif marks == MARKS + 1:
            out.append("‹…›")
    return "".join(out)


def sign(char: str, category: str) -> str:
    """The sign of one character, itself where it can be seen."""
    if char in BLANKS:
        return BLANKS[char]
    if category in {"Cs", "Cn"}:
        return REPLACED
    if ord(char) < ord(" "):
        return chr(0x2400 + ord(char))
    if category in HIDDEN or char in JOINERS or selector(char):
        return f"‹U+{ord(char):04X}›"
    return char


def selector(char: str) -> bool:
    """Whether `char` picks a variant of the letter before it, or fills a place."""
    code = ord(char)
    return any(code in some for some in SELECTORS) or code in FILLERS


def joins(text: str, i: int) -> bool:
    """Whether the joiner or selector at `i` belongs to an emoji."""
    before = text[i - 1] if i else ""
    if not before or not (pictured(before) or before in JOINERS):
        return False
    if text[i] != "\u200d":
        return True
    return i + 1 < len(text) and pictured(text[i + 1])


def pictured(char: str) -> bool:
    """Whether `char` is a picture, a skin tone or the base of a keycap."""
    return unicodedata.category(char) in {"So", "Sk"} or char in "0123456789#*"


def running(text: str) -> str:
    """A whole text for reading: spaces as they are, line ends shown and kept."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "↵\n".join(visible(line, blanks=False) for line in lines)


def plain(phrase: Phrase) -> str:
    """`phrase` as bare text, for a place that holds no elements."""
    return "".join(p if isinstance(p, str) else f"‘{p.text}’" for p in phrase)
