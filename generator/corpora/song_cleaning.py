"""From the text of a scraped blog post to its paragraphs of prose.

The posts are web pages turned into Markdown by a program: wrapped at 78 characters,
with emphasis, tables and lists left in, and with whatever stood beside the review:
menus, share buttons, tour dates, notes on the author. The rules, in order; each counts
what it changed, and the counts are printed with the corpus:

1.  *Mojibake*: punctuation that was decoded wrongly and then spelt out (`aEURoe` for an
    opening quotation mark) becomes the mark again. The letters `aEUR` stand in no word.
2.  *Images and links*: an image goes, a link leaves its text.
3.  *Wraps*: lines of a paragraph are joined by a space, by nothing after a hyphen
    inside a word. Two spaces at the end of a line were a line break on the page and
    stay one, as does the start of a heading, a quotation, a list item or a table row;
    each cell of a row stands alone.
4.  *Marks*: emphasis, heading, quotation, list and strike marks and escapes go. Stars
    within a word stay (`f**k`). A space that the program put after emphasis goes where
    `'s`, its like, or punctuation follows.
5.  *Addresses*: web and mail addresses go.
6.  *Fragments*: a paragraph stays if it ends a sentence and has four words, or has
    twelve. Buttons, headings, credits, track lists, tags and dates go.
7.  *No English prose*: of a paragraph's words at least a fifth must be among the most
    frequent function words of English; in prose they are almost half. Lists of names,
    tour dates and other languages go.

Two more rules look at all posts at once (see `songs`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

MOJIBAKE = (
    ('aEUR"', " -- "),
    ("aEUR(tm)", "'"),
    ("aEUR~", "'"),
    ("aEURoe", '"'),
    ("aEUR|", "..."),
    ("aEUR", '"'),
)
SENTENCE_WORDS = 4
LINE_WORDS = 12
PROSE_SHARE = 0.2
FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    the a an and or but of to in on at by for from with as is are was were be been
    it its this that these those he she they his her their we you i our your my me
    has have had will would can do does not no so if when what which who all into
    out up about after just more there than then them us
    """,
    )
)

IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\s]*\)")
LINK = re.compile(r"\[([^\]\n]*)\]\([^)\s]*\)")
ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")
RULE = re.compile(r"[\s|:*_~-]*")
BEGINS = re.compile(r"\s*(?:#|[*+-] |\d+\. |>)")
LEADING = re.compile(r"^(?:\s*(?:#+|[*+-] |\d+\. |>))*\s*")
MARKS = re.compile(
    r"(\b[A-Za-z]{1,2}\*+(?=[A-Za-z]))"  # a censored word, kept
    r"|(?<=[A-Za-z0-9])([*~]{2,})(?=[A-Za-z0-9])"  # between two words, a space
    r"|\*+|~+|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])"
)
ESCAPE = re.compile(r"\\([^\w\s])")
APART = re.compile(r"(?<=\w) (?='(?:s|t|re|ve|ll|d|m)\b|[,.;:!?](?:\s|$))")
ENDS = re.compile(r"""[.!?]["')\]]*$""")
WORD = re.compile(r"[A-Za-z0-9]+(?:'[a-z]+)?")


def paragraphs(post: str, counts: Counter[str]) -> list[str]:
    """The paragraphs of prose of a post; what went is added to `counts`."""
    for wrong, right in MOJIBAKE:
        counts["mojibake marks repaired"] += post.count(wrong)
        post = post.replace(wrong, right)
    post, images = IMAGE.subn("", post)
    post, links = LINK.subn(r"\1", post)
    counts["images dropped and links unwrapped"] += images + links
    found = (unmarked(row, counts) for row in rows(post, counts))
    return [row for row in found if row and is_prose(row, counts)]


def rows(post: str, counts: Counter[str]) -> Iterator[str]:
    """Paragraphs and cells, each on one line."""
    for block in re.split(r"\n\s*\n", post):
        row = ""
        broken = False
        for line in block.split("\n"):
            if row and not (broken or "|" in line or BEGINS.match(line)):
                counts["wrapped lines joined"] += 1
                row += ("" if is_hyphenated(row, line) else " ") + line.strip()
            else:
                yield from cells(row)
                row = line.strip()
            broken = line.endswith("  ") or "|" in line
        yield from cells(row)


def is_hyphenated(row: str, line: str) -> bool:
    """Whether a word was wrapped at its hyphen."""
    return bool(re.search(r"\w-$", row) and re.match(r"\s*\w", line))


def cells(row: str) -> Iterator[str]:
    """The cells of a table row that hold anything; of other rows, the row."""
    yield from (cell for cell in row.split("|") if not RULE.fullmatch(cell))


def unmarked(row: str, counts: Counter[str]) -> str:
    """A row without Markdown and addresses, its spaces single."""
    text = LEADING.sub("", row)
    text = MARKS.sub(lambda m: m[1] or (" " if m[2] else ""), text)
    text = APART.sub("", ESCAPE.sub(r"\1", text))
    counts["paragraphs with Markdown marks removed"] += text != row
    text, addresses = ADDRESS.subn("", text)
    counts["addresses dropped"] += addresses
    return " ".join(text.split())


def is_prose(text: str, counts: Counter[str]) -> bool:
    """Whether a paragraph is sentences in English."""
    words = WORD.findall(text)
    least = SENTENCE_WORDS if ENDS.search(text) else LINE_WORDS
    if len(words) < least:
        counts["fragments dropped"] += 1
        return False
    known = sum(word.lower().partition("'")[0] in FUNCTION_WORDS for word in words)
    if known < PROSE_SHARE * len(words):
        counts["paragraphs dropped that are no English prose"] += 1
        return False
    return True
