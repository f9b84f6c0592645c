"""The direction of each block of a page: `dir` where it is not that of what is around.

A page has the direction of its site's language. A block whose letters are mostly of the
other one, such as an Arabic title on an English site or our own English words on an
Arabic one, gets the attribute `dir`, so that its lines begin where a reader looks for
them and its full stops stand at their ends. `dir="auto"` would ask for the first letter
alone, which is a foreign name in many a sentence.

Tokens are no part of the sentence around them (`<bdi>`), code and formulas are not
either, and a matrix keeps its axes. A page without a letter from right to left, on a
site from left to right, is left as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from generator.core.direction import (
    Direction,
    count_letters,
    has_turned_letters,
)

TAG = re.compile(r"""<(/?)([a-zA-Z][\w:-]*)((?:[^"'<>]|"[^"]*"|'[^']*')*)>""")
CLASS = re.compile(r"""\sclass=(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")
SIGN = re.compile(r"(?<![\w.])[-+\N{MINUS SIGN}](?=\.?[0-9])")
"""The sign of a number, which stands before it in every direction."""
MARK = "\N{LEFT-TO-RIGHT MARK}"
OWN = re.compile(r"""\sdir=""")
EMPTY = frozenset(
    {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
"""Elements without content."""
APART = frozenset(
    {"bdi", "code", "head", "math", "pre", "script", "style", "svg"}
)  # fmt: skip
"""Elements whose text says nothing of the text around them."""
BLOCKS = frozenset(
    {
        "blockquote", "button", "caption", "dd", "dt", "h1", "h2", "h3", "h4", "h5",
        "h6", "label", "legend", "p", "summary", "td", "th",
    }
)  # fmt: skip
"""Elements that are one piece of text."""
LISTS = frozenset({"dl", "ol", "table", "ul"})
"""Elements of a write-up whose parts stand in one order."""
LAID_OUT = frozenset(
    {
        "code", "contents", "eyebrow", "masthead", "matrix", "statistics", "tokens",
        "wall",
    }
)  # fmt: skip
"""Classes of elements that are drawn: their direction is set by templates or styles."""
ROWS = frozenset({"figure", "list", "verdicts"})
"""Classes of elements whose `<li>` are rows of columns, which no title turns."""
CLOSED_BY = {
    "tbody": frozenset({"td", "th", "tr", "thead", "tbody"}),
    "td": frozenset({"td", "th"}),
    "tfoot": frozenset({"td", "th", "tr", "tbody"}),
    "th": frozenset({"td", "th"}),
    "tr": frozenset({"td", "th", "tr"}),
}
"""Elements without an end tag, by those whose start ends them."""


@dataclass(slots=True)
class Block:
    """A piece of a page: where `dir` would go, the piece around it, its letters."""

    around: int
    place: int
    left: int = 0
    right: int = 0
    own: Direction | None = None
    silent: bool = False
    """Whether it has the direction of what is around: the parts of a list do."""
    by_first: bool = False
    """Whether its first piece of text decides: that is where a table is begun."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An element that is not closed yet, and the number of the block it stands in."""

    tag: str
    block: int
    apart: bool
    prose: bool
    drawn: bool
    parts: bool
    note: bool


def set_directions(html: str, page: Direction) -> str:
    """Return a page whose blocks have the direction of their letters.

    Args:
        html: The page, or a part of one.
        page: The direction of what it stands in.
    """
    if page == "ltr" and not has_turned_letters(html):
        return html
    blocks, signs = find_blocks(html)
    directions: list[Direction] = [page]
    added: list[tuple[int, str]] = []
    for block in blocks[1:]:
        around = directions[block.around]
        here = block.own or around
        if not (block.own or block.silent) and block.left != block.right:
            here = "rtl" if block.right > block.left else "ltr"
        directions.append(here)
        if here != around and not block.own:
            added.append((block.place, f' dir="{here}"'))
    added += ((at, MARK) for at, block in signs if directions[block] == "rtl")
    out: list[str] = []
    end = 0
    for place, text in sorted(added):
        out += html[end:place], text
        end = place
    return "".join([*out, html[end:]])


def find_blocks(html: str) -> tuple[list[Block], list[tuple[int, int]]]:
    """Find the blocks of a page, and the signs of its numbers.

    Args:
        html: The page.

    Returns:
        The blocks in the order of the page, which is the first itself; and the place of
        each sign before a number, with the number of its block.
    """
    blocks = [Block(0, 0)]
    signs: list[tuple[int, int]] = []
    stack = [
        Opened("", 0, apart=False, prose=False, drawn=False, parts=True, note=False)
    ]
    end = 0
    for tag in TAG.finditer(html):
        if tag.start() > end and not stack[-1].apart:
            here = stack[-1].block
            add_letters(blocks[here], html[end : tag.start()])
            numbers = SIGN.finditer(html, end, tag.start())
            signs += ((number.start(), here) for number in numbers)
        end = tag.end()
        name = tag[2].lower()
        if tag[1]:
            close_element(stack, name)
            continue
        while stack[-1].tag in CLOSED_BY.get(name, ()):
            stack.pop()
        opened = open_element(stack[-1], name, tag, blocks)
        if name not in EMPTY and not tag[3].endswith("/"):
            stack.append(opened)
    for block in reversed(blocks[1:]):
        around = blocks[block.around]
        if block.own or not (block.left or block.right):
            continue
        if around.by_first:  # what comes first is added last, and alone stays
            around.left, around.right = 0, 0
        around.left += block.left
        around.right += block.right
    return blocks, signs


def open_element(
    around: Opened, name: str, tag: re.Match[str], blocks: list[Block]
) -> Opened:
    """Return an element that begins, its block added where it is one."""
    found = CLASS.search(tag[3])
    css = frozenset(next(filter(None, found.groups()), "").split() if found else ())
    drawn = around.drawn or bool(css & LAID_OUT)
    prose = around.prose
    if "body" in css:
        prose = "end" not in css
    elif css & {"figure", "verdicts"}:
        prose = False
    parts = around.parts and not css & ROWS
    is_part = name == "li" and parts and not css
    block = around.block
    is_block = (
        not around.apart
        and not drawn
        and (
            name in BLOCKS
            or (name in LISTS and prose)
            or (name == "section" and not prose and "verdicts" not in css)
            or is_part
            or bool(css & {"answer-head", "caption", "claim"})
            or around.note
        )
    )
    own = OWN.search(tag[3])
    if is_block or own:
        blocks.append(
            Block(block, tag.end(2), silent=is_part and prose, by_first=name in LISTS)
        )
        block = len(blocks) - 1
        if own:
            value = tag[3][own.end() :].strip("\"'")
            blocks[block].own = "rtl" if value.startswith("rtl") else "ltr"
    return Opened(
        name,
        block,
        apart=around.apart or name in APART,
        prose=prose,
        drawn=drawn,
        parts=parts,
        note=name == "li" and " data-for=" in tag[3],
    )


def close_element(stack: list[Opened], name: str) -> None:
    """Take an element and what is open within it from the stack."""
    for i in range(len(stack) - 1, 0, -1):
        if stack[i].tag == name:
            del stack[i:]
            return


def add_letters(block: Block, text: str) -> None:
    """Count the letters of a piece of text for its block."""
    left, right = count_letters(unescape(text) if "&" in text else text)
    block.left += left
    block.right += right
