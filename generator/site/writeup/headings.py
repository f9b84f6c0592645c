"""Headings: their level on the page, their ids, the list of contents."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from slugify import slugify

from generator.site.writeup.processors import TreeFunction

RESERVED = {
    "main", "claims", "provenance", "top", "references", "updates", "cite", "licence",
}  # fmt: skip
"""Ids that pages use themselves."""


@dataclass(frozen=True, slots=True)
class WriteUpHeading:
    """A heading of the write-up."""

    id: str
    text: str
    level: int


class Headings(Extension):  # type: ignore[misc] # markdown is untyped
    """The Markdown extension for headings; `found` are all of them, in order.

    `spoken` gives the text of a heading without what only a page can show.
    """

    def __init__(self, spoken: Callable[[str], str] = str) -> None:
        super().__init__()
        self.spoken = spoken
        self.found: list[WriteUpHeading] = []

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown calls it by this name
        """Register the tree processor, after inline text was read."""
        md.treeprocessors.register(TreeFunction(md, self.add_ids), "headings", 10)

    def add_ids(self, root: Element) -> None:
        """Give each heading its level, its id and a link to itself.

        The page's title is level 1, so a write-up begins at 2; none is skipped.

        Args:
            root: The tree of the write-up, changed in place.
        """
        used = set(RESERVED)
        before = 1
        for element in root.iter():
            if not re.fullmatch(r"h[1-6]", element.tag):
                continue
            level = min(max(int(element.tag[1]), 2), before + 1, 4)
            before = level
            text = self.spoken("".join(element.itertext()).strip())
            own = unused_id(slugify(text, max_length=60), used)
            element.tag = f"h{level}"
            element.set("id", own)
            if not any(e.tag == "a" for e in element.iter()):
                link_to_self(element, own)
            self.found.append(WriteUpHeading(own, text, level))


def unused_id(name: str, used: set[str]) -> str:
    """Return an id that is not used yet, and note it as used.

    Args:
        name: The wanted id.
        used: Ids of the page so far; the new one is added.

    Returns:
        The id, with a number where it is taken, or "on-" where it has another meaning.
    """
    base = name or "section"
    if base.startswith(("fig-", "fn-", "ref-", "bib-", "cite-")):
        base = f"on-{base}"
    own, number = base, 2
    while own in used:
        own, number = f"{base}-{number}", number + 1
    used.add(own)
    return own


def link_to_self(element: Element, own: str) -> None:
    """Wrap the content of a heading in a link to it.

    Args:
        element: The heading, changed in place.
        own: Its id.
    """
    link = Element("a", {"href": f"#{own}"})
    link.text, element.text = element.text, None
    for child in list(element):
        element.remove(child)
        link.append(child)
    element.append(link)
