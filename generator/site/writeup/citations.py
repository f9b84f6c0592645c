"""Citations: `[@key]`, `[@one; @two]`, `[@key, p. 3]`, `[-@key]` for the year alone.

Each becomes "(Jain & Wallace, 2019)", linked to the list of references at the end of
the page, which links back. The whole reference is the link's title.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.util import AtomicString

from generator.core.errors import quote_text, suggest_nearest
from generator.site.writeup.bibliography import (
    FILE,
    BibliographyReference,
    cited_references,
    disambiguate,
    find_bibliography,
    read_bibliography,
)
from generator.site.writeup.processors import InlineFunction, TreeFunction
from generator.site.writeup.source import CITATION, CITED, ValueMarks, WriteUpSource

BEFORE_NOTES, AFTER_NOTES = 176, 14


class Citations(Extension):  # type: ignore[misc] # markdown is untyped
    """The Markdown extension for citations; `references` are the cited works."""

    def __init__(self, source: WriteUpSource, marks: ValueMarks) -> None:
        super().__init__()
        self.source, self.marks = source, marks
        self.uses: dict[str, list[str]] = {}
        self.known: Mapping[str, BibliographyReference] = {}
        self.file = ""
        self.load_bibliography()

    def load_bibliography(self) -> None:
        """Read the bibliography if the text has citations.

        Raises:
            WriteUpError: If the bibliography has problems.
        """
        every = (m["cited"] for m in CITATION.finditer(self.source.text))
        parts = (CITED.fullmatch(p.strip()) for one in every for p in one.split(";"))
        keys = {part["key"] for part in parts if part}
        place = (
            find_bibliography(self.source.folder, self.source.shown) if keys else None
        )
        if place is None:
            return
        self.file = place[1]
        known = read_bibliography(*place)
        apart = disambiguate(known[key] for key in sorted(keys & known.keys()))
        self.known = {**known, **apart}

    @property
    def references(self) -> tuple[BibliographyReference, ...]:
        """The page's list of references, complete once the text was read."""
        return cited_references(self.known, self.uses)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown calls it by this name
        """Register the inline and the tree processor."""
        pattern = InlineFunction(CITATION.pattern, self.render_citation)
        md.inlinePatterns.register(pattern, "citation", BEFORE_NOTES)
        md.treeprocessors.register(
            TreeFunction(md, self.number_citations), "citations", AFTER_NOTES
        )

    def find_reference(self, key: str, raw: str) -> BibliographyReference | None:
        """Find the reference of a key; record a problem if there is none.

        Args:
            key: Key of the reference.
            raw: The citation as written, to find its line.

        Returns:
            The reference, or None.
        """
        if key in self.known:
            return self.known[key]
        near = suggest_nearest(key, self.known)
        text = f"no reference {quote_text(key)} in {self.file}; {near}"
        if not self.file:
            text = f"no reference {quote_text(key)}: there is no {FILE} in the study's "
            text += "folder, nor in studies/; write one"
        edit = self.source.make_renaming(raw, key, self.known)
        self.source.add_problem(self.source.line_of(raw), text, edit)
        return None

    def render_citation(self, match: re.Match[str]) -> Element:
        """Render one pair of brackets: works in parentheses, each linked to the list.

        Args:
            match: A match of `CITATION`.

        Returns:
            The element.
        """
        whole = Element("span", {"class": "cite"})
        whole.text = AtomicString("(")
        parts = [CITED.fullmatch(part.strip()) for part in match["cited"].split(";")]
        for part in filter(None, parts):
            self.cite_work(whole, part, f"@{part['key']}")
        last = whole[-1] if len(whole) else None
        if last is not None:
            last.tail = AtomicString((last.tail or "").removesuffix("; ") + ")")
        return whole

    def cite_work(self, whole: Element, part: re.Match[str], raw: str) -> None:
        """Append one work to a citation.

        Args:
            whole: The element of the citation, changed in place.
            part: A match of `CITED`.
            raw: The citation as written, to find its line.
        """
        reference = self.find_reference(part["key"], raw)
        if reference is None:
            return
        link = SubElement(whole, "a", {"class": "cited", "href": f"#{reference.id}"})
        link.set("title", reference.text)
        link.text = AtomicString(reference.when if part["year"] else reference.label)
        where = " ".join((part["where"] or "").split())
        link.tail = AtomicString(f"{f', {where}' if where else ''}; ")

    def number_citations(self, root: Element) -> None:
        """Give each citation, in their order, the id that its reference links back to.

        Args:
            root: The tree of the write-up, changed in place.
        """
        links = (link for link in root.iter("a") if link.get("class") == "cited")
        for number, link in enumerate(links, 1):
            key = link.get("href", "").removeprefix("#bib-")
            self.uses.setdefault(key, []).append(f"cite-{number}")
            link.set("id", f"cite-{number}")
