"""What a write-up's syntax looks like, and a text with what is not prose blanked out.

Masked text keeps every line break and the length of every line, so that a place in it
is the same place in the file.
"""

from __future__ import annotations

import re

FENCE = re.compile(r"(?ms)^([ >]*)(`{3,}|~{3,})[^\n]*\n.*?(?:^[ >]*\2[`~]*[ \t]*$|\Z)")
CODE = re.compile(r"(?s)(?<!`)(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)")
VALUE = re.compile(r"\{\{[^{}\n]*\}\}")
DISPLAY = re.compile(r"(?s)(?<!\\)\$\$(?P<tex>(?:\\.|[^\\$])+?)\$\$")
INLINE = re.compile(
    r"(?<![\\$])\$(?![\s$])(?P<tex>(?:\\.|[^\\$\x02\x03])+?)(?<!\s)\$(?![\d$])"
)
"""A formula in a line: no space inside its dollars and no digit after, so that $5 and
$6 are money."""
KEY = r"[A-Za-z0-9][A-Za-z0-9_:.-]*"
PLACE = r"(?:,[^\];\[]{0,200})?"
"""Where in a work: `, p. 3`."""
CITATION = re.compile(
    rf"\[(?P<cited>-?@{KEY}{PLACE}(?:;\s*-?@{KEY}{PLACE})*)\](?![(\[])"
)
"""`[@key]`, `[@key, p. 3]`, `[@one; @two]`; `[-@key]` for the year alone."""
CITED = re.compile(rf"(?P<year>-?)@(?P<key>{KEY})(?:,\s*(?P<where>.*))?", re.DOTALL)
"""One part of a citation."""
ADDRESS = re.compile(r"\]\([^()\n]*\)|<(?:https://|mailto:)[^>\s]*>|https://[^\s)>\]]*")

ITEM = re.compile(r"(?P<indent> *)(?:[-*+]|\d{1,2}[.)])[ \t]+\S")
"""The beginning of an item of a list."""


def blank(pattern: re.Pattern[str], text: str, filler: str = " ") -> str:
    """`text` with all that matches replaced by as much filler, line breaks kept."""
    return pattern.sub(lambda m: re.sub(r"[^\n]", filler, m[0]), text)


def masked(text: str) -> str:
    """`text` without code, values, formulas and addresses; a citation becomes ¶."""
    text = without_indented(blank(FENCE, text))
    for pattern in (CODE, VALUE, DISPLAY, INLINE, ADDRESS):
        text = blank(pattern, text)
    return blank(CITATION, text, "¶")


def without_indented(text: str) -> str:
    """`text` with indented code blanked; what belongs to a list or a note stays."""
    lines = text.split("\n")
    above, before = "", ""  # the last line with text at the margin; the line before
    for i, line in enumerate(lines):
        belongs = ITEM.match(above) or above.startswith("[^")
        if line.startswith("    ") and not belongs and not before.strip():
            lines[i] = " " * len(line)
        elif line.strip() and not line.startswith(" "):
            above = line
        before = lines[i]
    return "\n".join(lines)
