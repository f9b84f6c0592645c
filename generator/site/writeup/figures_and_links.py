"""Figures, values, pictures and links of a write-up.

`![caption](figure:name)`, alone in its paragraph, places a figure; its caption is prose
like any other, and so are annotations in the list right below its image line. Links
lead to https:, mailto:, another study's `index.md`, an artifact or a place on the page.
Pictures lie in the study's folder.

    ![A caption.](figure:weights)
    - @reminder: The name that the sentence hangs on.
    - @summer/reminder, 3..5: Two places, one note.

What stands between `@` and the colon names tokens or cells, see
`generator.figures.pointing`; what follows is prose like any other.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.util import AtomicString

from generator.core.edits import TextEdit
from generator.core.errors import WriteUpError, quote_text, suggest_nearest
from generator.site.writeup.picture_metadata import PictureError
from generator.site.writeup.pictures import (
    AuthorPicture,
    find_picture_problem,
    read_picture,
)
from generator.site.writeup.processors import InlineFunction, TreeFunction
from generator.site.writeup.source import ValueMarks, WriteUpSource

BULLET = re.compile(r"^ {0,3}[-*+][ \t]+(?=@)", re.MULTILINE)
NOTE = re.compile(
    r'@(?P<target>(?:"[^"\n]*"|`[^`\n]*`|[^:"`\n])+):[ \t]+(?P<text>\S.*)', re.DOTALL
)
MOST = 26
"""Annotations of a figure; more would hide it."""


@dataclass(frozen=True, slots=True)
class AnnotationNote:
    """An annotation: its target, its prose as written, its line."""

    target: str
    text: str
    line: int


def split_block(block: str) -> tuple[str, str]:
    """Split a block into its image line and the list below it, "" without one."""
    match = BULLET.search(block)
    return (block[: match.start()], block[match.start() :]) if match else (block, "")


def is_list(block: str) -> bool:
    """Return whether a block continues a list of annotations."""
    return BULLET.match(block.lstrip("\n")) is not None


def read_notes(source: WriteUpSource, name: str, text: str) -> list[AnnotationNote]:
    """Read the annotations in a list; record a problem for any other item.

    Args:
        source: The write-up as written.
        name: Name of the figure.
        text: The list.

    Returns:
        The annotations.
    """
    start = source.text.find(f"(figure:{name})")
    notes: list[AnnotationNote] = []
    for item in BULLET.split(text)[1:]:
        line, start = line_after(source, item, start)
        match = NOTE.fullmatch(item.strip())
        if match is None:
            source.add_problem(
                line,
                "an annotation names what it is about and says something of it; "
                "expected `- @token: prose`",
            )
        elif len(notes) == MOST:
            source.add_problem(
                line, f"more than {MOST} annotations; a figure has room for fewer"
            )
        else:
            prose = " ".join(part.strip() for part in match["text"].splitlines())
            notes.append(AnnotationNote(match["target"].strip(), prose, line))
    return notes


def line_after(source: WriteUpSource, item: str, start: int) -> tuple[int, int]:
    """Find the line of an annotation.

    Values in it are marked already, so only its first word is looked for.

    Args:
        source: The write-up as written.
        item: Text of the annotation.
        start: Place in the text to search from.

    Returns:
        The line from 1, and the place to search the next annotation from.
    """
    first = re.escape(re.split(r"[\s:]", item, maxsplit=1)[0])
    bullet = re.compile(BULLET.pattern + first, re.MULTILINE)
    match = bullet.search(source.text, max(0, start))
    place = match.start() if match else max(0, start)
    return source.text.count("\n", 0, place) + 1, place + 1


FIGURE = re.compile(
    r"!\[(?P<caption>.*)\]\(\s*figure:(?P<name>[^)\s]*)\s*\)", re.DOTALL
)
APART = "give it a paragraph of its own"
GOALS = (
    "expected https:, mailto:, #place on the page, ../YYYY-MM-DD-slug/index.md or "
    "artifacts/name.json"
)
ANCHOR = re.compile(r"#(?P<id>[^?]+)\?(?P<state>.+)")


@dataclass(frozen=True)
class KnownNames:
    """The names that a write-up may use, and the path of its page."""

    figures: Collection[str]
    artifacts: Collection[str]
    studies: Mapping[str, str]
    """Page of each study by the name of its folder, "" where it is not on the site."""
    page: str
    look_up: Callable[[str], str]
    places: Collection[str] = ()
    """Ids on the page that no prose makes."""
    describe_sign: Callable[[str], str] = lambda _: ""
    """What + speaks for in a value, "" where it has no sign."""


@dataclass
class WriteUpReferences:
    """What a write-up refers to, in order."""

    figures: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    states: list[tuple[str, str, int]] = field(default_factory=list)
    """Of links that set a figure: its name, the state, the line."""
    notes: list[tuple[str, AnnotationNote]] = field(default_factory=list)
    """Annotations, each with the name of its figure."""
    pictures: dict[str, AuthorPicture] = field(default_factory=dict)
    """Pictures of the study's folder by their name under `images/`."""


class FiguresAndLinks(Extension):  # type: ignore[misc] # markdown is untyped
    """The Markdown extension for figures, values, pictures and links."""

    def __init__(
        self, source: WriteUpSource, marks: ValueMarks, known: KnownNames
    ) -> None:
        super().__init__()
        self.source, self.marks, self.known = source, marks, known
        self.found = WriteUpReferences()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown calls it by this name
        """Register the block, the inline and the tree processor."""
        md.parser.blockprocessors.register(FigureBlock(md.parser, self), "figure", 77)
        value = InlineFunction(self.marks.pattern, self.mark_value)
        md.inlinePatterns.register(value, "value", 185)
        md.treeprocessors.register(
            TreeFunction(md, self.resolve_addresses), "addresses", 12
        )

    def mark_value(self, match: re.Match[str]) -> Element | str:
        """Return the text of a value, which Markdown does not read on.

        A score with a sign has what + speaks for as its title.

        Args:
            match: A match of the value's mark.

        Returns:
            The text, "" with a problem recorded; an element where it has a title.
        """
        index = int(match[1])
        expression = self.marks.expression(index)
        try:
            text = self.known.look_up(expression)
        except WriteUpError as error:
            line, edit = self.marks.lines[index], None
            if error.meant:
                written = self.marks.written[index]
                edit = self.source.make_edit(written, *error.meant, line)
            self.source.add_problem(line, str(error), edit)
            return ""
        title = self.known.describe_sign(expression)
        if not title:
            return text
        element = Element("span", {"title": title})
        element.text = AtomicString(text)
        return element

    def resolve_addresses(self, root: Element) -> None:
        """Resolve the addresses of all links and pictures.

        Args:
            root: The tree of the write-up, changed in place.
        """
        for element in root.iter():
            if element.tag == "a" and "href" in element.attrib:
                self.resolve_link(element)
            elif element.tag == "img":
                self.resolve_picture(element)

    def add_problem(
        self, address: str, problem: str, edit: TextEdit | None = None
    ) -> None:
        """Record a problem at the line of an address.

        Args:
            address: The address as written.
            problem: What is wrong and what to do.
            edit: What mends it, None where only the author can know.
        """
        self.source.add_problem(self.source.line_of(address), problem, edit)

    def resolve_link(self, element: Element) -> None:
        """Resolve one link.

        Args:
            element: The element, changed in place.
        """
        address = element.get("href", "")
        parts = urlsplit_or_none(address)
        if parts is None or (parts.scheme and parts.scheme not in {"https", "mailto"}):
            self.add_problem(
                address, f"link {quote_text(address)} leads nowhere; {GOALS}"
            )
        elif parts.scheme == "https":
            element.set("rel", "noopener noreferrer")
        elif not parts.scheme and not address.startswith("#"):
            self.resolve_local(element, address)
        elif address.startswith("#"):
            self.resolve_anchor(element, address)

    def resolve_anchor(self, element: Element, address: str) -> None:
        """Resolve a link within the page, which may set the state of a figure.

        Args:
            element: The element, changed in place.
            address: Its address.
        """
        match = ANCHOR.fullmatch(address)
        if match:
            element.set("href", f"#{match['id']}")
            element.set("data-go", address[1:])
            name = match["id"].removeprefix("fig-")
            state = (name, match["state"], self.source.line_of(address))
            self.found.states.append(state)
            address = f"#{match['id']}"
        if element.get("class") not in {"note-mark", "cited"}:
            self.found.anchors.append(address[1:])

    def resolve_local(self, element: Element, address: str) -> None:
        """Resolve a link to another study or to one of the study's artifacts.

        Args:
            element: The element, changed in place.
            address: Its address.
        """
        path, _, place = address.partition("#")
        path = posixpath.normpath(unquote(path))
        known = self.known
        match = re.fullmatch(r"\.\./([^/]+)(/index\.md)?", path)
        data = re.fullmatch(r"artifacts/([^/]+)\.json", path)
        if match and known.studies.get(match[1]) == "":
            element.tag = "span"
            del element.attrib["href"]
            self.source.add_warning(
                self.source.line_of(address),
                f"the study {quote_text(match[1])} is not on this site yet, so that "
                "the link to it is plain text; it becomes a link once it is built "
                "and is neither a draft nor still to come",
            )
        elif match and match[1] in known.studies:
            target = posixpath.relpath(
                known.studies[match[1]], posixpath.dirname(known.page) or "."
            )
            element.set("href", f"{target}#{place}" if place else target)
        elif data and data[1] in known.artifacts:
            element.set("href", f"data/{data[1]}.json")
        elif match:
            near = suggest_nearest(match[1], known.studies)
            name = quote_text(match[1])
            edit = self.source.make_renaming(address, match[1], known.studies)
            text = f"link: no study {name} on this site; {near}"
            self.add_problem(address, text, edit)
        else:
            self.add_problem(
                address, f"link {quote_text(address)} leads nowhere; {GOALS}"
            )

    def resolve_picture(self, element: Element) -> None:
        """Resolve a picture from the study's folder.

        Args:
            element: The element, changed in place.
        """
        address = element.get("src", "")
        if address.startswith("figure:"):
            name = quote_text(address.removeprefix("figure:"))
            self.add_problem(
                address, f"figure {name} stands inside a sentence; {APART}"
            )
            return
        path = self.source.folder / unquote(address)
        problem = find_picture_problem(self.source.folder, path, address)
        name = path.name.lower()
        taken = self.found.pictures.get(name)
        if problem is None and taken is not None and taken.path != path:
            problem = "has the name of another picture of this study"
        try:
            if problem is None and taken is None:
                self.found.pictures[name] = read_picture(path)
        except PictureError as error:
            problem = str(error)
        if problem:
            self.add_problem(address, f"picture {quote_text(address)} {problem}")
            return
        element.set("src", f"images/{name}")
        element.set("loading", "lazy")


class FigureBlock(BlockProcessor):  # type: ignore[misc] # markdown is untyped
    """The block processor for a figure with the annotations below it."""

    def __init__(self, parser: object, places: FiguresAndLinks) -> None:
        super().__init__(parser)
        self.places = places

    def test(self, parent: Element, block: str) -> bool:
        """Return whether the whole block is a figure, apart from its annotations."""
        del parent
        return FIGURE.fullmatch(split_block(block)[0].strip()) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Append paragraphs: a mark, the caption, two for each annotation, a mark."""
        image, below = split_block(blocks.pop(0))
        while blocks and is_list(blocks[0]):
            below = f"{below}\n{blocks.pop(0)}"
        match = FIGURE.fullmatch(image.strip())
        assert match is not None  # noqa: S101 - `test` ran before `run`
        name, references = match["name"], self.places.found
        source = self.places.source
        line = source.line_of(f"(figure:{name})")
        if name not in self.places.known.figures:
            known = self.places.known.figures
            source.add_problem(
                line,
                f"no figure {quote_text(name)} in study.yaml; "
                f"{suggest_nearest(name, known)}",
                source.make_renaming(f"figure:{name}", name, known),
            )
            return
        if name in references.figures:
            source.add_problem(
                line, f"figure {quote_text(name)} is placed twice; place it once"
            )
            return
        if parent.tag != "div" or parent.get("class"):
            where = "note" if parent.tag == "div" else "list"
            source.add_problem(
                line, f"figure {quote_text(name)} stands in a {where}; {APART}"
            )
            return
        references.figures.append(name)
        stem = self.places.marks.stem
        SubElement(parent, "p").text = AtomicString(
            f"{stem}f{len(references.figures) - 1}e"
        )
        SubElement(parent, "p").text = match["caption"].strip()
        for note in read_notes(source, name, below):
            mark = AtomicString(f"{stem}n{len(references.notes)}e")
            SubElement(parent, "p").text = mark
            SubElement(parent, "p").text = note.text
            references.notes.append((name, note))
        SubElement(parent, "p").text = AtomicString(f"{stem}ge")


def urlsplit_or_none(address: str) -> SplitResult | None:
    """Split an address into its parts, None where that is not possible.

    Args:
        address: Its address.
    """
    try:
        return urlsplit(address.strip())
    except ValueError:
        return None
