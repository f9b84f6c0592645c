"""The direction in which text is read, and how parts of it are kept apart.

Unicode's algorithm for bidirectional text (UAX 9) orders letters on a line. What it
cannot know is the direction of the whole, which decides where a line begins: that is
what is found here. Pages say it in `dir`, pictures lay out by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from generator.core.tokens import Token

Direction = Literal["ltr", "rtl"]

SCRIPTS = frozenset(
    {
        "adlm", "arab", "aran", "gara", "hebr", "mand", "mend", "nkoo", "rohg", "samr",
        "syrc", "thaa", "yezi",
    }
)  # fmt: skip
"""Scripts that are read from right to left, by their subtags of BCP 47."""
LANGUAGES = frozenset(
    {
        "ar", "arc", "arz", "azb", "bal", "ckb", "dv", "fa", "glk", "he", "iw", "ji",
        "ks", "lrc", "mzn", "nqo", "pnb", "prs", "ps", "sd", "skr", "syr", "ug", "ur",
        "yi",
    }
)  # fmt: skip
"""Languages that are written in one of them where their tag names no script."""
RIGHT_TO_LEFT = frozenset({"R", "AL"})
STRONG = RIGHT_TO_LEFT | {"L"}
"""Classes of characters that have a direction of their own."""
ISOLATES = frozenset({"LRI", "RLI", "FSI"})
MAYBE_TURNED = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""Blocks that hold every character read from right to left."""
ISOLATE, END = "\u2068", "\u2069"
ISOLATED = re.compile(f"{ISOLATE}[^{ISOLATE}{END}]*{END}")
"""Text that `isolate_text` made."""


def find_direction(text: str) -> Direction | None:
    """Return the direction of the first letter that has one, as UAX 9 finds it.

    Args:
        text: Any text; what it isolates is passed over.

    Returns:
        None where no character has a direction.
    """
    depth = 0
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ISOLATES:
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif kind in STRONG and not depth:
            return "rtl" if kind in RIGHT_TO_LEFT else "ltr"
    return None


def text_direction(text: str) -> Direction:
    """Return the direction of a text by its first letter, `ltr` without letters."""
    if not MAYBE_TURNED.search(text):
        return "ltr"
    return find_direction(text) or "ltr"


def tokens_direction(tokens: Iterable[Token]) -> Direction:
    """Return the direction of a row of tokens: that of its text.

    Padding and marks such as `<s>` are no text.
    """
    words = (token.text for token in tokens if token.kind not in {"pad", "mark"})
    return text_direction(" ".join(words))


def count_letters(text: str) -> tuple[int, int]:
    """Return how many characters of `text` are read to the right, and to the left."""
    kinds = [unicodedata.bidirectional(char) for char in text]
    return kinds.count("L"), sum(kind in RIGHT_TO_LEFT for kind in kinds)


def paragraph_direction(text: str) -> Direction:
    """Return the direction of most letters of a text, `ltr` where neither has more.

    A sentence may begin with a word of another script, a name or the word that it is
    about; what most of it is written in decides. What it isolates is such a word, and
    counts where there is nothing else.
    """
    if not MAYBE_TURNED.search(text):
        return "ltr"
    left, right = count_letters(ISOLATED.sub("", text))
    if not left + right:
        left, right = count_letters(text)
    return "rtl" if right > left else "ltr"


def language_direction(tag: str) -> Direction:
    """Return the direction of a language.

    Args:
        tag: A BCP 47 tag; a script in it counts more than its language.
    """
    language, *rest = tag.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")  # noqa: PLR2004 - what a script's subtag has
    turned = script in SCRIPTS if script else language in LANGUAGES
    return "rtl" if turned else "ltr"


def has_turned_letters(text: str) -> bool:
    """Return whether a letter of `text` is read from right to left."""
    return bool(MAYBE_TURNED.search(text)) and any(
        unicodedata.bidirectional(char) in RIGHT_TO_LEFT for char in text
    )


def isolate_text(text: str) -> str:
    """Return `text` so that its direction moves nothing around it.

    For places that hold no elements: attributes, files of plain text. What has no
    letter from right to left stays as it is.
    """
    return f"{ISOLATE}{text}{END}" if has_turned_letters(text) else text
