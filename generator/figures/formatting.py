"""Numbers as text: one formatter, the same bytes on every machine.

How a token is shown: literally, one way, everywhere.

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

import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from generator.core.direction import isolate_text
from generator.core.tokens import Token, TokenKind
from generator.core.wording import format_count as format_count

MINUS = "\N{MINUS SIGN}"


def format_fixed(value: float, digits: int = 2, signed: bool = False) -> str:
    """Format a number with `digits` decimals, never `-0.00`; NaN is `–`."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return f"{MINUS if value < 0 else ''}∞"
    text = f"{abs(value):.{digits}f}"
    zero = not text.strip("0.")
    if value < 0 and not zero:
        return MINUS + text
    return f"+{text}" if signed and not zero else text


def format_significant(value: float, digits: int = 3) -> str:
    """Format a number with `digits` significant digits, without needless zeros."""
    if math.isnan(value) or math.isinf(value):
        return format_fixed(value)
    text = f"{abs(value):.{digits}g}"
    return MINUS + text if value < 0 and text.strip("0.") else text


def format_numeral(value: float, signed: bool = False) -> str:
    """Format the small number under a token: two decimals, no leading zero.

    What rounds to nothing is `0`; sizes from 10 up have no decimals.
    """
    if math.isnan(value) or math.isinf(value):
        return format_fixed(value)
    size = abs(value)
    text = f"{size:.2f}" if size < 10 else f"{size:.0f}"  # noqa: PLR2004 - two digits
    if not text.strip("0."):
        return "0"
    text = text.removeprefix("0")
    return (MINUS if value < 0 else "+" if signed else "") + text


def format_brief(value: float, signed: bool = False) -> str:
    """Format a number for a narrow cell: three characters and a sign at most."""
    size = abs(value)
    if not math.isfinite(size) or size < 0.995:  # noqa: PLR2004 - rounds to 1.00
        return format_numeral(value, signed)
    text = f"{size:.1f}".removesuffix(".0") if size < 9.95 else f"{size:.0f}"  # noqa: PLR2004 - two digits
    return (MINUS if value < 0 else "+" if signed else "") + text


def format_percent(value: float) -> str:
    """Format a share from 0 to 1 as whole per cent; NaN is `–`."""
    return "–" if math.isnan(value) else f"{round(value * 100)}%"


def format_probability(p: float) -> str:
    """Format a probability or a share with two decimals, unless these would be false.

    What would round to 0.00 has one digit; what would round to 1.00 has three decimals,
    and `>0.999` beyond them, so that only 0 and 1 (to a millionth) are printed as such.
    """
    if 0 < p < 0.005:  # noqa: PLR2004 - rounds to 0.00
        return format_significant(p, 1)
    if 0.995 <= p < 1 - 5e-7:  # noqa: PLR2004 - rounds to 1.00
        return ">0.999" if p >= 0.9995 else format_fixed(p, 3)  # noqa: PLR2004 - to 1.000
    return format_fixed(p)


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
class DisplayToken:
    """A token ready to be shown: `text` in full, `short` for a picture."""

    text: str
    short: str
    kind: TokenKind = "word"


Phrase = tuple[str | DisplayToken, ...]
"""A sentence in which tokens stay apart, so that each can be isolated."""


@lru_cache(maxsize=65536)
def display_token(token: Token) -> DisplayToken:
    """Return `token` with every character visible; a sentence keeps its spaces."""
    whole = token.kind == "sentence"
    text = make_visible(token.text, blanks=not whole) or "∅"
    return DisplayToken(
        text, cut_middle(text, SENTENCE if whole else LONGEST), token.kind
    )


def cut_middle(text: str, longest: int = LONGEST) -> str:
    """Return `text`, with its middle left out where it is longer than `longest`."""
    if len(text) <= longest:
        return text
    head = (longest - 1) * 2 // 3
    return f"{text[:head]}…{text[head + 1 - longest :]}"


def make_visible(text: str, blanks: bool = True) -> str:
    """Return `text` with every character visible.

    Args:
        text: Any text, as tokens and corpora have it.
        blanks: Whether spaces are replaced by signs too.
    """
    if text.isascii() and text.isprintable():  # most are
        return text.replace(" ", BLANKS[" "]) if blanks else text
    out: list[str] = []
    marks = 0
    for i, char in enumerate(text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if (char == " " and not blanks) or (char in JOINERS and is_joiner(text, i)):
            out.append(char)
        elif marks == 1 and i == 0:
            out.append(f"◌{char}")
        elif marks <= MARKS:
            out.append(visible_sign(char, category))
        elif marks == MARKS + 1:
            out.append("‹…›")
    return "".join(out)


def visible_sign(char: str, category: str) -> str:
    """Return the sign of one character, or the character where it can be seen.

    Args:
        char: The character.
        category: Its Unicode category.
    """
    if char in BLANKS:
        return BLANKS[char]
    if category in {"Cs", "Cn"}:
        return REPLACED
    if ord(char) < ord(" "):
        return chr(0x2400 + ord(char))
    if category in HIDDEN or char in JOINERS or is_selector(char):
        return f"‹U+{ord(char):04X}›"
    return char


def is_selector(char: str) -> bool:
    """Return whether `char` is a variant selector or a filler."""
    code = ord(char)
    return any(code in some for some in SELECTORS) or code in FILLERS


def is_joiner(text: str, i: int) -> bool:
    """Return whether the joiner or selector at index `i` belongs to an emoji."""
    before = text[i - 1] if i else ""
    if not before or not (is_pictograph(before) or before in JOINERS):
        return False
    if text[i] != "\u200d":
        return True
    return i + 1 < len(text) and is_pictograph(text[i + 1])


def is_pictograph(char: str) -> bool:
    """Return whether `char` is a pictograph, a skin tone or the base of a keycap."""
    return unicodedata.category(char) in {"So", "Sk"} or char in "0123456789#*"


def running_text(text: str) -> str:
    """Return a whole text for reading: spaces as they are, line ends shown and kept."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "↵\n".join(make_visible(line, blanks=False) for line in lines)


def phrase_text(phrase: Phrase) -> str:
    """Return `phrase` as plain text, for a place that holds no elements."""
    return "".join(
        p if isinstance(p, str) else f"‘{isolate_text(p.text)}’" for p in phrase
    )
