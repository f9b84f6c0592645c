"""What people write beyond Markdown's core, as they know it from elsewhere.

Lists that keep their numbers, task lists, ~~struck out~~ text, bare addresses, notes
set apart (`/// note`, `::: note`, `!!! note`, `> [!NOTE]`), headings and tables. What
would be lost of them is recorded as a problem: a cell that a bar cuts off, a kind of
note that there is none of.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import HashHeaderProcessor
from markdown.extensions import Extension
from markdown.extensions.sane_lists import SaneOListProcessor, SaneUListProcessor
from markdown.extensions.tables import TableProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import AtomicString

from generator.core.errors import quote_text, suggest_nearest
from generator.site.writeup.code_blocks import AFTER_FENCES
from generator.site.writeup.processors import InlineFunction, TreeFunction
from generator.site.writeup.source import INLINE, NOTE_KINDS

AFTER_LINKS, BEFORE_INLINE, AFTER_INLINE = 115, 60, 13
SERIOUS = {"attention", "caution", "danger", "error", "warning"}
TASK = re.compile(r"\[(?P<state>[ xX])\] +(?=\S)")
ALERT = re.compile(r"\[!(?P<kind>[A-Za-z]+)\][+-]?[ \t]*(?P<title>[^\n]*)(?:\n|$)")
COLONS = re.compile(
    r"(?P<colons>:{3,})[ \t]*(?P<words>(?:\{[ \t]*\.?)?(?P<kind>[A-Za-z][\w-]*)?"
    r"(?:[ \t]*\})?[ \t]*\[?(?P<title>[^\]\n]*)\]?)[ \t]*"
)
"""A line that opens or closes a block with colons, as Pandoc and Docusaurus do."""
URL = re.compile(
    r"(?<![\w/\"'=])(?P<url>https://[^\s<>()\x02\x03.]"
    r"(?:\([^\s()<>\x02\x03]*\)|[^\s()<>\x02\x03])*"
    r"(?:\([^\s()<>\x02\x03]*\)|[^\s()<>\x02\x03.,:;!?*_~'\"\]]))"
)
"""An address, without the marks of punctuation behind it."""
BAR = "\N{INFORMATION SEPARATOR ONE}"
"""Stands for a bar that cuts no cell; no write-up holds control characters."""

ReportText = Callable[[str, str], None]
"""Record a problem at the line that holds a text."""


def ignore_problem(text: str, problem: str) -> None:
    """Record nothing: for texts without an author to tell."""
    del text, problem


class ExtendedSyntax(Extension):  # type: ignore[misc] # markdown is untyped
    """The Markdown extension for what is written beyond Markdown's core.

    Args:
        text: The text that is going to be read; what it has no sign of is not loaded.
        report: Records a problem at the line of a text.
    """

    def __init__(self, text: str, report: ReportText = ignore_problem) -> None:
        super().__init__()
        self.text, self.report = text, report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown calls it by this name
        """Register the processors."""
        blocks = md.parser.blockprocessors
        blocks.register(SpacedHeading(md.parser), "hashheader", 70)
        blocks.register(OrderedLists(md.parser), "olist", 40)
        blocks.register(BulletLists(md.parser), "ulist", 30)
        blocks.register(WholeTables(md.parser, self.report), "table", 75)
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "|"]
        link = InlineFunction(URL.pattern, link_to_address)
        link.ANCESTOR_EXCLUDES = ("a",)
        md.inlinePatterns.register(link, "bare-address", AFTER_LINKS)
        md.treeprocessors.register(TreeFunction(md, mark_tasks), "tasks", BEFORE_INLINE)
        if "[!" in self.text:
            tree = TreeFunction(md, set_alerts_apart)
            md.treeprocessors.register(tree, "alerts", BEFORE_INLINE)
        self.load_as_needed(md)
        md.treeprocessors.register(TreeFunction(md, name_notes), "notes", AFTER_INLINE)

    def load_as_needed(self, md: Markdown) -> None:
        """Load what takes long to import, if the text has a sign of it."""
        if "~~" in self.text:
            from pymdownx.tilde import DeleteSubExtension  # noqa: PLC0415 - see above

            DeleteSubExtension(subscript=False).extendMarkdown(md)
        if "!!!" in self.text:
            from markdown.extensions.admonition import AdmonitionExtension  # noqa: PLC0415 - see above

            AdmonitionExtension().extendMarkdown(md)
        if ":::" in self.text:
            colons = ColonBlocks(md, self.report)
            md.preprocessors.register(colons, "colons", AFTER_FENCES - 1)
        if "///" in self.text or ":::" in self.text:
            from pymdownx.blocks.admonition import AdmonitionExtension as NoteBlocks  # noqa: PLC0415 - see above
            from pymdownx.blocks.caption import CaptionExtension  # noqa: PLC0415 - see above

            CaptionExtension(types=["caption"]).extendMarkdown(md)
            NoteBlocks(types=list(NOTE_KINDS)).extendMarkdown(md)


class SpacedHeading(HashHeaderProcessor):  # type: ignore[misc] # markdown is untyped
    """Headings as CommonMark has them: `## C#` keeps its last character.

    A space stands after the hashes that open a heading, and before those that close it.
    """

    RE = re.compile(
        r"(?:^|\n)(?P<level>#{1,6})[ \t]+(?P<header>[^\s][^\n]*?)(?:[ \t]+#+)?[ \t]*"
        r"(?:\n|$)"
    )


class OrderedLists(SaneOListProcessor):  # type: ignore[misc] # markdown is untyped
    """Numbered lists, which begin with their number and may be written `1)`."""

    def __init__(self, parser: object) -> None:
        super().__init__(parser)
        indent = self.tab_length - 1
        self.RE = re.compile(rf"^[ ]{{0,{indent}}}\d+[.)][ ]+(.*)")
        self.CHILD_RE = re.compile(
            rf"^(?=[ ]{{0,{indent}}}\d|[ ]{{1,{indent}}}[*+-])[ ]*"
            r"(\d+[.)]|([*+-]))[ ]+(.*)"
        )


class BulletLists(SaneUListProcessor):  # type: ignore[misc] # markdown is untyped
    """Lists with bullets, which a numbered list does not go on.

    Items that are indented too little belong to the list above, whatever their marks.
    """

    def __init__(self, parser: object) -> None:
        super().__init__(parser)
        indent = self.tab_length - 1
        self.CHILD_RE = re.compile(
            rf"^(?=[ ]{{0,{indent}}}[*+-]|[ ]{{1,{indent}}}\d)[ ]*"
            r"([*+-]|(\d+[.)]))[ ]+(.*)"
        )


class WholeTables(TableProcessor):  # type: ignore[misc] # markdown is untyped
    """Tables that lose no cell.

    A bar in a formula (`$|x|$`) cuts no cell where the row would have too many.
    """

    def __init__(self, parser: object, report: ReportText) -> None:
        super().__init__(parser, {"use_align_attribute": True})
        self.report = report

    def test(self, parent: Element, block: str) -> bool:
        """Return whether the block is a table, perhaps with bars in its heading."""
        return bool(super().test(parent, block)) or (
            "|" in block and bool(super().test(parent, hide_bars(block)))
        )

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append the table."""
        if not super().test(parent, blocks[0]):
            head, _, rows = blocks[0].partition("\n")
            blocks[0] = f"{hide_bars(head)}\n{rows}"
            super().test(parent, blocks[0])
        super().run(parent, blocks)
        for cell in parent[-1].iter():
            if cell.text:
                cell.text = cell.text.replace(BAR, "|")

    def _build_row(self, row: str, parent: Element, align: list[str | None]) -> None:
        """Append a row; record a problem if it has more cells than the heading."""
        if len(self._split_row(row)) > len(align):
            whole = hide_bars(row)
            cells = len(self._split_row(whole))
            if cells > len(align):
                self.report(
                    row,
                    f"this row has {cells} cells and the table's heading {len(align)}, "
                    "so that the last would be lost; write \\| for a bar that is part "
                    "of the text",
                )
            row = whole
        super()._build_row(row, parent, align)


def hide_bars(text: str) -> str:
    """Replace the bars within formulas by a character that cuts no cell.

    Args:
        text: A row of a table.
    """
    return INLINE.sub(lambda m: m[0].replace("|", BAR), text)


def link_to_address(match: re.Match[str]) -> Element:
    """Return a link to a bare address.

    Args:
        match: A match of `URL`.
    """
    link = Element("a", {"href": match["url"]})
    link.text = AtomicString(match["url"])
    return link


def mark_tasks(root: Element) -> None:
    """Put a box, empty or ticked, in the place of `[ ]` and `[x]` in lists.

    Args:
        root: The tree of the write-up, changed in place.
    """
    for item in root.iter("li"):
        first = item if (item.text or "").strip() or not len(item) else item[0]
        match = TASK.match((first.text or "").lstrip())
        if match is None or first.tag not in {"li", "p"}:
            continue
        done = match["state"] != " "
        label = "done" if done else "to do"
        box = Element("span", {"class": "task", "role": "img", "aria-label": label})
        box.text = AtomicString("☑" if done else "☐")
        box.tail = f" {(first.text or '').lstrip()[match.end() :]}"
        first.text = ""
        first.insert(0, box)


def set_alerts_apart(root: Element) -> None:
    """Turn quotations that begin with `[!NOTE]` into notes, as GitHub does.

    Args:
        root: The tree of the write-up, changed in place.
    """
    for quotation in root.iter("blockquote"):
        first = quotation[0] if len(quotation) else None
        match = ALERT.match(first.text or "") if first is not None else None
        if first is None or match is None or match["kind"].lower() not in NOTE_KINDS:
            continue
        kind = match["kind"].lower()
        quotation.tag = "div"
        quotation.set("class", f"admonition {kind}")
        first.text = (first.text or "")[match.end() :]
        if not first.text and not len(first):
            quotation.remove(first)
        title = Element("p", {"class": "admonition-title"})
        title.text = match["title"].strip() or kind.capitalize()
        quotation.insert(0, title)


def name_notes(root: Element) -> None:
    """Give notes the two classes that the style sheet knows.

    Args:
        root: The tree of the write-up, changed in place.
    """
    for note in root.iter("div"):
        first, *kinds = note.get("class", "").split() or [""]
        if first == "admonition":
            serious = " serious" if SERIOUS.intersection(kinds) else ""
            note.set("class", f"admonition{serious}")


class ColonBlocks(Preprocessor):  # type: ignore[misc] # markdown is untyped
    """The preprocessor that writes blocks of colons as blocks of slashes."""

    def __init__(self, md: Markdown, report: ReportText) -> None:
        super().__init__(md)
        self.report = report

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines, with `/// note | Title` in the place of `::: note Title`.

        Args:
            lines: Lines of the text, without its fenced code.
        """
        out: list[str] = []
        opened: list[str] = []
        for line in lines:
            match = COLONS.fullmatch(line)
            if match is None:
                out.append(line)
                continue
            slashes = "/" * len(match["colons"])
            if match["words"].strip():
                kind = (match["kind"] or "").lower()
                if kind not in NOTE_KINDS:
                    near = suggest_nearest(kind, NOTE_KINDS)
                    self.report(line, f"no block {quote_text(match['words'])}; {near}")
                title = match["title"].strip()
                opened.append(line)
                rest = f" | {title}" if title else ""
                out += ["", f"{slashes} {kind}{rest}", ""]
            elif opened:
                opened.pop()
                out += ["", slashes, ""]
            else:
                self.report(line, "::: closes a block that nothing opens; delete it")
        for line in opened:
            self.report(
                line, "a block is opened here and not closed; close it with :::"
            )
        return out
