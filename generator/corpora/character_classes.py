"""Classes of characters that words rest on, as data that other programs read.

A browser, or another Python, has another version of Unicode, and would divide a text
into other words than those that a model was trained on. So `character_classes.json`
says of every character what `corpora.words` needs to know of it, as the package `regex`
knows it, and the patterns of words and of grapheme clusters over these classes:

1. Bring a text to lower case and to normal form NFC. Both are the platform's own: for
   characters that a version of Unicode has, later versions do not change them.
2. Replace each code point by the symbol of its class, `default` where it has none.
3. Search the result with a pattern, from left to right. What it finds at some place
   is a word, or a cluster, at the same place of the text, counted in code points.

The patterns have nothing that the regular expressions of Python and of JavaScript do
not share, and take time in proportion to the text. A class is runs of characters: how
many code points to pass over and how many to take, in turn, in base 36.

`python -m generator.corpora.character_classes` writes the file anew, which is needed
where `regex` comes with a new version of Unicode.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path

import regex

from generator.core.serialize import to_base36

CLASSES_FILE = Path(__file__).with_suffix(".json")
FORMAT = 1
"""Bump when programs that read the file would have to change."""
DEFAULT = "O"
"""The class of every character that is in no other."""
PROPERTIES = {
    "CR": r"\r",
    "LF": r"\n",
    "Control": r"\p{Grapheme_Cluster_Break=Control}",
    "Extend": r"\p{Grapheme_Cluster_Break=Extend}",
    "ZWJ": r"\p{Grapheme_Cluster_Break=ZWJ}",
    "RI": r"\p{Grapheme_Cluster_Break=Regional_Indicator}",
    "Prepend": r"\p{Grapheme_Cluster_Break=Prepend}",
    "SpacingMark": r"\p{Grapheme_Cluster_Break=SpacingMark}",
    "L": r"\p{Grapheme_Cluster_Break=L}",
    "V": r"\p{Grapheme_Cluster_Break=V}",
    "T": r"\p{Grapheme_Cluster_Break=T}",
    "LV": r"\p{Grapheme_Cluster_Break=LV}",
    "LVT": r"\p{Grapheme_Cluster_Break=LVT}",
    "pictographic": r"\p{Extended_Pictographic}",
    "linker": r"\p{Indic_Conjunct_Break=Linker}",
    "consonant": r"\p{Indic_Conjunct_Break=Consonant}",
    "conjunct-extend": r"\p{Indic_Conjunct_Break=Extend}",
    "letter": r"\p{L}\p{N}",
    "mark": r"\p{M}",
    "space": r"\s\x1c-\x1f",
}
"""What is asked of a character, as sets of the package `regex`."""
SYMBOLS = {
    "": DEFAULT,
    "CR space": "R",
    "LF space": "N",
    "Control": "C",
    "Control space": "c",
    "space": "_",
    "Extend": "x",
    "Extend conjunct-extend": "X",
    "Extend conjunct-extend mark": "X",
    "Extend conjunct-extend letter": "u",
    "Extend linker mark": "Y",
    "ZWJ conjunct-extend": "Z",
    "RI": "G",
    "Prepend": "P",
    "Prepend letter": "p",
    "SpacingMark mark": "S",
    "SpacingMark letter": "w",
    "mark": "M",
    "L letter": "L",
    "V letter": "V",
    "T letter": "T",
    "LV letter": "H",
    "LVT letter": "J",
    "pictographic": "E",
    "pictographic letter": "i",
    "linker letter": "y",
    "consonant letter": "B",
    "letter": "A",
}
"""The class of every combination of properties that there is."""
LITERALS = {
    **{letter: letter for letter in "ntsrevldm'-"},
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    **dict.fromkeys("0123456789", "0"),
    "\N{VARIATION SELECTOR-16}": "F",
    "\N{COMBINING ENCLOSING KEYCAP}": "K",
}
"""Classes of characters that patterns name: endings such as `n't`, and keycaps."""
UNICODE_VERSIONS = {
    "17.0": "\U00010940",
    "16.0": "\u1c89",
    "15.1": "\u2ffc",
    "15.0": "\U0001e4d0",
    "14.0": "\U0001df00",
}
"""Versions of Unicode, the newest first, and a character that each has added."""

_LETTERS = "ABLVTHJyntsrevldm0"
_EXTENDING = "XxYZSMFKuw"  # the last two are letters too
_KEYCAP = "(?!0F?K)"
_FIRST = f"[Pp]*{_KEYCAP}[{_LETTERS}uw][{_EXTENDING}]*"
# Letters that extend begin no later letter, so that a run is read in one way alone.
_NEXT = f"(?:[Pp]+{_KEYCAP}[{_LETTERS}uw]|{_KEYCAP}[{_LETTERS}])[{_EXTENDING}]*"
_RUN = f"{_FIRST}(?:{_NEXT})*"
_END = f"(?![{_LETTERS}{_EXTENDING}pi])"
_SPACE = "[_cRN]"
_EXTEND = "XxYFKu"
_BEHIND = f"[{_EXTEND}ZSw]"
_CONJUNCT = "[XYZFKu]"
# A consonant joins what ends with a linker; here too a run is read in one way alone.
_JOINED = f"(?:{_CONJUNCT}*[xSw])*[XZFKu]*Y{_CONJUNCT}*B"
_CORE = (
    f"GG|[Ei](?:[{_EXTEND}]*Z[Ei])*|L*(?:V+|HV*|J)T*|L+|T+|y(?:{_CONJUNCT}*B)?"
    f"|[^RNCc{_EXTEND}ZSw]"
)
CLUSTER = (
    f"RN|[RNCc]|[Pp]*(?:(?:{_CORE})(?:{_JOINED})*{_BEHIND}*"
    f"|(?:{_JOINED})+{_BEHIND}*|{_BEHIND}+)|[Pp]+"
)
WORD = (
    f"{_RUN}(?=n't{_END})|n't{_END}|'(?:s|re|ve|ll|d|m){_END}"
    f"|{_RUN}(?:-{_RUN})*|[Pp]+(?={_SPACE})|(?!{_SPACE})(?:{CLUSTER})"
)


def classify_characters() -> str:
    """Return the symbol of the class of every code point.

    Raises:
        ValueError: A character has properties that no class is for.
    """
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    names: list[tuple[str, ...]] = [()] * len(every)
    for name, chars in PROPERTIES.items():
        for run in regex.finditer(f"[{chars}]+", every, regex.VERSION1):
            for at in range(*run.span()):
                names[at] = (*names[at], name)
    combined = {one: " ".join(one) for one in dict.fromkeys(names)}
    if unknown := sorted(set(combined.values()) - set(SYMBOLS)):
        raise ValueError(f"no class is for characters with {', '.join(unknown)}")
    symbols = [SYMBOLS[combined[one]] for one in names]
    for char, symbol in LITERALS.items():
        symbols[ord(char)] = symbol
    return "".join(symbols)


def pack_classes(symbols: str) -> dict[str, str]:
    """Return the runs of each class.

    Args:
        symbols: The symbol of every code point.

    Returns:
        By symbol, how many code points to pass over and to take, in turn, in base 36.
    """
    packed: dict[str, list[str]] = {}
    ends: dict[str, int] = {}
    start = 0
    for symbol, run in groupby(symbols):
        end = start + len(list(run))
        if symbol != DEFAULT:
            gap = start - ends.get(symbol, 0)
            packed.setdefault(symbol, []).extend(map(to_base36, (gap, end - start)))
            ends[symbol] = end
        start = end
    return {symbol: ",".join(packed[symbol]) for symbol in sorted(packed)}


def find_unicode_version() -> str:
    """Return the version of Unicode that `regex` was made with, as far as is known."""
    return next(
        version
        for version, char in UNICODE_VERSIONS.items()
        if not regex.match(r"\p{Cn}", char)
    )


def build_table() -> dict[str, object]:
    """Return what the file says."""
    return {
        "format": FORMAT,
        "unicode": find_unicode_version(),
        "default": DEFAULT,
        "word": WORD,
        "cluster": CLUSTER,
        "classes": pack_classes(classify_characters()),
    }


if __name__ == "__main__":
    CLASSES_FILE.write_text(json.dumps(build_table(), indent=1) + "\n", "utf-8")
