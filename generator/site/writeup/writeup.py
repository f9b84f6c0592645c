"""From a study's `index.md` to HTML, with places for its figures.

1. Values are marked, Markdown is read with raw HTML off, so that `<pad>` in prose is
   shown and not obeyed. What an author wrote is on the page, or a message says where it
   is not: what would be lost is a problem, what is read otherwise than it looks a
   warning.
2. Values, notes, figures, links, pictures and headings are put in their places; each
   mistake is kept with its line, and all are told at once.
3. The result is cleaned a second time by a list of allowed elements.
4. Formulas, which are made of elements from a list of their own, take their places.
5. What is left are pieces of HTML and, between them, figures with their captions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.def_list import DefListExtension
from markupsafe import Markup

from generator.core.errors import WriteUpError, quote_text, suggest_nearest
from generator.core.markup import trust_html
from generator.site.html_safety import clean_html
from generator.site.writeup.bibliography import (
    BibliographyReference as BibliographyReference,
)
from generator.site.writeup.citations import Citations
from generator.site.writeup.code_blocks import CodeBlocks
from generator.site.writeup.extended_syntax import ExtendedSyntax
from generator.site.writeup.figures_and_links import FiguresAndLinks, WriteUpReferences
from generator.site.writeup.figures_and_links import KnownNames as KnownNames
from generator.site.writeup.footnotes import Footnotes
from generator.site.writeup.headings import Headings, WriteUpHeading
from generator.site.writeup.lint import find_misread
from generator.site.writeup.math import Formulas
from generator.site.writeup.pictures import AuthorPicture
from generator.site.writeup.processors import TreeFunction
from generator.site.writeup.source import (
    SECONDS,
    ValueMarks,
    WriteUpSource,
    mark_values,
    read_source,
    time_limit,
)


@dataclass(frozen=True, slots=True)
class FigureNote:
    """An annotation of a figure; `where` is its file and line."""

    target: str
    text: Markup
    where: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FigureStateLink:
    """A state of a figure that a link in the prose sets."""

    state: str
    where: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlacedFigure:
    """A figure as the write-up places it: its name, caption and annotations.

    A drawn figure is cached by the `repr` of this record, which has no line numbers: a
    paragraph added above a figure does not draw the figure again.
    """

    name: str
    caption: Markup
    notes: tuple[FigureNote, ...] = ()
    state_links: tuple[FigureStateLink, ...] = ()


@dataclass(frozen=True)
class WriteUp:
    """A write-up as pieces of HTML and figures, in order."""

    pieces: tuple[Markup | PlacedFigure, ...]
    headings: tuple[WriteUpHeading, ...]
    pictures: dict[str, AuthorPicture]
    """Pictures of the study's folder by their name under the page's `images/`."""
    words: int
    references: tuple[BibliographyReference, ...] = ()
    """The works it cites, in the order of their list."""
    warnings: tuple[str, ...] = ()
    """What is read otherwise than it looks, with file and line."""

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the placed figures, in order."""
        return tuple(
            piece.name for piece in self.pieces if isinstance(piece, PlacedFigure)
        )


def read_write_up(
    path: Path, shown: str, known: KnownNames, seconds: float = SECONDS
) -> WriteUp:
    """Read a write-up and convert it to HTML.

    Args:
        path: Path of the write-up.
        shown: The file's path as messages print it.
        known: The names that the write-up may use.
        seconds: Time that reading may take.

    Returns:
        The write-up as HTML and figures.

    Raises:
        WriteUpError: With every problem found, or if reading takes too long.
    """
    source = read_source(path, shown)
    with time_limit(shown, seconds):
        return convert_source(source, known)


def convert_source(source: WriteUpSource, known: KnownNames) -> WriteUp:
    """Convert a write-up to HTML.

    Args:
        source: The write-up as written.
        known: The names that the write-up may use.

    Returns:
        The write-up as HTML and figures.

    Raises:
        WriteUpError: With every problem found.
    """
    check_front_matter(source)
    marks = mark_values(source)

    def report(text: str, problem: str) -> None:
        source.add_problem(source.line_of(marks.restore(text)), problem)

    places = FiguresAndLinks(source, marks, known)
    formulas = Formulas(source, marks, known)
    headings = Headings(formulas.replace_marks)
    citations = Citations(source, marks)
    reader = build_markdown(
        [
            CodeBlocks(
                marks.restore,
                lambda line: report(line, UNCLOSED),
                tabs="\t" in source.text,
            ),
            ExtendedSyntax(source.text, report),
            places,
            formulas,
            citations,
            Footnotes(source, marks),
            headings,
            TableRegions(),
        ],
    )
    html = restore_values(
        formulas.place_formulas(clean_html(reader.convert(marks.text))), marks
    )
    check_anchors(source, places, headings)
    source.raise_problems()
    pieces = split_figures(html, marks, places.found, source.shown)
    words = len(re.findall(r"\w+", source.text))
    return WriteUp(
        pieces,
        tuple(headings.found),
        places.found.pictures,
        words,
        citations.references,
        (*source.warnings, *find_misread(source.shown, source.text)),
    )


UNCLOSED = "a block of code is opened here and not closed; close it with the same marks"
FRONT_MATTER = re.compile(
    r"\A\s*(?P<mark>---|\+{3})[ \t]*\n(?:[ \t]*\n|#[^\n]*\n){0,9}"
    r"[\w-]+[ \t]*[:=][^\n]*\n(?:[^\n]*\n){0,200}?(?P=mark)[ \t]*(?:\n|\Z)"
)
"""Settings at the head of a file, as YAML or TOML."""


def check_front_matter(source: WriteUpSource) -> None:
    """Record a problem for settings at the head of a write-up.

    Args:
        source: The write-up as written.
    """
    if match := FRONT_MATTER.match(source.text):
        source.add_problem(
            source.line_of(match["mark"]),
            "a write-up has no front matter: its settings are those of study.yaml; "
            f"move them there, and delete the lines between {match['mark']}",
        )


def docstring_html(text: str) -> Markup:
    """Convert a docstring to HTML: the same Markdown, without figures and values."""
    reader = build_markdown(
        [CodeBlocks(), ExtendedSyntax(text), Headings(), TableRegions()]
    )
    return trust_html(clean_html(reader.convert(text)))


def build_markdown(extensions: list[Extension]) -> Markdown:
    """Build a Markdown reader with raw HTML off.

    It keeps what it read, so it may read one text only.

    Args:
        extensions: Extensions besides definition lists.

    Returns:
        The reader.
    """
    reader = Markdown(
        extensions=[
            DefListExtension(),
            *extensions,
        ],
        output_format="html",
    )
    reader.preprocessors.deregister("html_block")
    reader.inlinePatterns.deregister("html")
    return reader


class TableRegions(Extension):  # type: ignore[misc] # markdown is untyped
    """The Markdown extension for tables that scroll by themselves."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown calls it by this name
        """Register the tree processor."""
        md.treeprocessors.register(TreeFunction(md, wrap_tables), "wrapped", 8)


def wrap_tables(root: Element) -> None:
    """Put every table into its own region, and alignment into classes."""
    for parent in list(root.iter()):
        for i, child in enumerate(list(parent)):
            if child.tag == "table":
                box = Element("div", {"class": "scroll", "tabindex": "0"})
                box.attrib.update({"role": "group", "aria-label": "Table"})
                box.tail, child.tail = child.tail, None
                parent[i] = box
                box.append(child)
    for cell in root.iter():
        align = cell.attrib.pop("align", None) if cell.tag in {"td", "th"} else None
        if align in {"right", "center"}:
            cell.set("class", f"align-{align}")


def restore_values(html: str, marks: ValueMarks) -> str:
    """Turn marks in code back into what the author wrote.

    Args:
        html: The HTML with marks.
        marks: The write-up with its values marked.

    Returns:
        The HTML with `{{ … }}`.
    """
    return re.sub(marks.pattern, lambda m: escape(marks.written[int(m[1])]), html)


def check_anchors(
    source: WriteUpSource, places: FiguresAndLinks, headings: Headings
) -> None:
    """Record a problem for each link within the page that leads nowhere.

    Args:
        source: The write-up as written.
        places: The figures and links of the write-up.
        headings: The headings of the write-up.
    """
    ids = {heading.id for heading in headings.found}
    ids |= {f"fig-{name}" for name in places.found.figures} | {*places.known.places}
    for anchor in places.found.anchors:
        if anchor not in ids and not anchor.startswith(("fn-", "ref-", "bib-")):
            written = f"#{anchor}"
            source.add_problem(
                source.line_of(written),
                f"no place {quote_text(anchor)} on the page; "
                f"{suggest_nearest(anchor, ids)}",
                source.make_renaming(written, anchor, ids),
            )


def split_figures(
    html: str, marks: ValueMarks, found: WriteUpReferences, shown: str
) -> tuple[Markup | PlacedFigure, ...]:
    """Cut HTML at its figures.

    Args:
        html: The HTML with marks for figures.
        marks: The write-up with its values marked.
        found: What the write-up refers to.
        shown: The file's path as messages print it.

    Returns:
        Pieces of HTML and figures, in order.

    Raises:
        WriteUpError: If a figure's mark was lost.
    """
    stem = re.escape(marks.stem)
    pattern = rf"<p>{stem}f(\d+)e</p>\s*(?:<p>(.*?)</p>)?(.*?)<p>{stem}ge</p>"
    pieces: list[Markup | PlacedFigure] = []
    end = 0
    for match in re.finditer(pattern, html, re.DOTALL):
        pieces.append(trust_html(html[end : match.start()]))
        name = found.figures[int(match[1])]
        caption = trust_html(f"<p>{match[2]}</p>" if match[2] else "")
        notes, rest = read_annotations(match[3], stem, found, shown)
        state_links = tuple(
            FigureStateLink(state, f"{shown}:{line}")
            for figure, state, line in found.states
            if figure == name
        )
        pieces.append(PlacedFigure(name, caption, notes, state_links))
        pieces.append(trust_html(rest))  # footnotes of the caption
        end = match.end()
    pieces.append(trust_html(html[end:]))
    if marks.stem in "".join(p for p in pieces if isinstance(p, Markup)):
        raise WriteUpError("a figure's place was lost; put blank lines around figures")
    return tuple(p for p in pieces if isinstance(p, PlacedFigure) or p.strip())


def read_annotations(
    html: str, stem: str, found: WriteUpReferences, shown: str
) -> tuple[tuple[FigureNote, ...], str]:
    """Read the annotations below a figure's caption.

    Args:
        html: The HTML between the caption and the end of the figure.
        stem: What all marks begin with, as a regular expression.
        found: What the write-up refers to.
        shown: The file's path as messages print it.

    Returns:
        The annotations, and the rest of the HTML.
    """
    pattern = re.compile(rf"<p>{stem}n(\d+)e</p>\s*<p>(.*?)</p>", re.DOTALL)
    notes = []
    for match in pattern.finditer(html):
        one = found.notes[int(match[1])][1]
        notes.append(
            FigureNote(one.target, trust_html(match[2]), f"{shown}:{one.line}")
        )
    return tuple(notes), pattern.sub("", html)
