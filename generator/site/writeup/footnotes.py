"""Footnotes that stand beside their paragraph.

`[^name]` refers, `[^name]: text` defines. Each note is put right after the block that
refers to it first, both in one element; the style sheet moves notes into the margin
where there is one. Notes of a figure's caption follow the figure.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteBlockProcessor, FootnoteExtension

from generator.core.errors import quote_text, suggest_nearest
from generator.site.writeup.processors import InlineFunction, TreeFunction
from generator.site.writeup.source import ValueMarks, WriteUpSource

BEFORE_INLINE, AFTER_INLINE = 50, 15
REFERENCE = r"\[\^([^\]]*)\]"
WAITING = "#note:"
"""Begins the address of a reference that has no number yet."""


class Footnotes(FootnoteExtension):  # type: ignore[misc] # markdown is untyped
    """The Markdown extension for footnotes, which are read as Markdown's own does."""

    def __init__(self, source: WriteUpSource, marks: ValueMarks) -> None:
        super().__init__()
        self.source = source
        self.stem = marks.stem
        self.numbers: dict[str, int] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown calls it by this name
        """Register the block, the inline and the tree processors."""
        self.parser = md.parser
        self.md = md
        md.registerExtension(self)
        self.reset()
        md.parser.blockprocessors.register(FootnoteBlockProcessor(self), "note", 17)
        md.inlinePatterns.register(
            InlineFunction(REFERENCE, self.render_reference), "note", 175
        )
        md.treeprocessors.register(
            TreeFunction(md, self.parse_notes), "note-bodies", BEFORE_INLINE
        )
        md.treeprocessors.register(
            TreeFunction(md, self.place_notes), "note-places", AFTER_INLINE
        )

    def number_reference(self, link: Element) -> None:
        """Number a reference, in the order in which a reader meets them.

        Args:
            link: The reference, changed in place.
        """
        name = link.get("href", "").removeprefix(WAITING)
        number = self.numbers.setdefault(name, len(self.numbers) + 1)
        link.set("href", f"#fn-{number}")
        link.set("aria-label", f"Note {number}")
        link.text = str(number)

    def render_reference(self, match: re.Match[str]) -> Element | None:
        """Render a reference `[^name]`, without its number yet.

        Args:
            match: A match of `REFERENCE`.

        Returns:
            The link; None with a problem recorded if there is no such note.
        """
        name = match[1]
        if name not in self.footnotes:
            known = suggest_nearest(name, self.footnotes)
            if "?" not in known:
                known = f"write it, as [^{name}]: … on a line of its own"
            line = self.source.line_of(match[0])
            self.source.add_problem(line, f"no note {quote_text(name)}; {known}")
            return None
        return Element("a", {"class": "note-mark", "href": f"{WAITING}{name}"})

    def parse_notes(self, root: Element) -> None:
        """Append an element a note to the tree, so that it is read like any text.

        Args:
            root: The tree of the write-up, changed in place.
        """
        for name, text in self.footnotes.items():
            body = SubElement(
                root, "aside", {"class": "sidenote", "id": f"note:{name}"}
            )
            self.parser.parseChunk(body, text)

    def place_notes(self, root: Element) -> None:
        """Number the notes, and put each behind the block that refers to it first.

        Args:
            root: The tree of the write-up, changed in place.
        """
        number_references(root, self)
        bodies = {e.get("id", ""): e for e in root if e.tag == "aside"}
        for body in bodies.values():
            root.remove(body)
        named = {number: name for name, number in self.numbers.items()}
        inside = figure_places(root, self.stem)
        placed: set[int] = set()
        for at, block in reversed(list(enumerate(root))):
            waiting = [
                n for n in dict.fromkeys(referred_notes(block)) if n not in placed
            ]
            ours = [n for n in waiting if not is_referred_earlier(root, at, n)]
            placed |= set(ours)
            notes = [finish_note(bodies[f"note:{named[n]}"], n) for n in ours]
            if at in inside:
                root[at + 1 : at + 1] = (
                    notes  # the figure is cut out, its notes are not
                )
            elif notes:
                root[at] = join_with_notes(block, notes)
        left = sorted(set(named) - placed)  # referred to by other notes
        root.extend(finish_note(bodies[f"note:{named[n]}"], n) for n in left)


def is_referred_earlier(root: Element, at: int, number: int) -> bool:
    """Return whether a block before index `at` refers to a note."""
    return any(number in referred_notes(block) for block in root[:at])


def figure_places(root: Element, stem: str) -> set[int]:
    """Return the indices of the blocks that belong to figures.

    These are the blocks between a figure's two marks.

    Args:
        root: The tree of the write-up, changed in place.
        stem: What all marks begin with.

    Returns:
        Indices into `root`.
    """
    indices: set[int] = set()
    within = False
    for at, block in enumerate(root):
        text = (block.text or "") if block.tag == "p" else ""
        within = within and text != f"{stem}ge"
        if within:
            indices.add(at)
        within = within or bool(re.fullmatch(rf"{stem}f\d+e", text))
    return indices


def join_with_notes(block: Element, notes: list[Element]) -> Element:
    """Join a block and its notes in one element, as high as the higher of both."""
    whole = Element("div", {"class": "with-notes"})
    whole.append(block)
    SubElement(whole, "div", {"class": "notes"}).extend(notes)
    whole.tail, block.tail = block.tail, None
    return whole


def number_references(root: Element, notes: Footnotes) -> None:
    """Give all references their numbers and ids.

    This runs over the finished tree, as Markdown reads references in no order.

    Args:
        root: The tree of the write-up, changed in place.
        notes: The footnotes.
    """
    uses: dict[str, int] = {}
    for link in root.iter("a"):
        if link.get("class") == "note-mark":
            notes.number_reference(link)
            number = link.get("href", "").removeprefix("#fn-")
            use = uses[number] = uses.get(number, 0) + 1
            link.set("id", f"ref-{number}" if use == 1 else f"ref-{number}-{use}")


def referred_notes(block: Element) -> list[int]:
    """Return the numbers of the notes that a block refers to, in order."""
    links = (
        e.get("href", "") for e in block.iter("a") if e.get("class") == "note-mark"
    )
    return [int(link.removeprefix("#fn-")) for link in links]


def finish_note(body: Element, number: int) -> Element:
    """Add a note's number, its name, and the link back.

    Args:
        body: The element of the note, changed in place.
        number: Its number.

    Returns:
        The element.
    """
    body.set("id", f"fn-{number}")
    body.set("role", "note")
    body.set("aria-label", f"Note {number}")
    mark = Element("b", {"class": "number"})
    mark.text = str(number)
    body.insert(0, mark)
    last = body[-1] if len(body) > 1 and body[-1].tag == "p" else body
    back = SubElement(last, "a", {"href": f"#ref-{number}"})
    back.set("aria-label", "Back to the text")
    back.text = "↩"
    if len(last) > 1:
        last[-2].tail = (last[-2].tail or "") + " "
    else:
        last.text = (last.text or "") + " "
    return body
