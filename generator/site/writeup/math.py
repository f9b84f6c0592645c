r"""Formulas in prose: `$…$` in a line, `$$…$$` in a paragraph of its own.

`$5 and $6` stays money: no space stands inside a formula's dollars and no digit right
after. Markdown and the sanitiser see a mark; the MathML takes its place after them, as
figures do, since the sanitiser would remove it. A value `{{ … }}` in a formula must be
a number; what cannot be a value's path, as in `\frac{{a}}{{b}}`, is TeX.

Browsers draw the MathML by themselves, with no script and no font. `latex2mathml` reads
the TeX; what it makes is not trusted: the elements are written anew, from the list in
`generator.site.html_safety`, with all text escaped. The TeX stays in the formula as
`alttext` and as an annotation, so that it can be heard and copied.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.util import AtomicString

from generator.core.errors import WriteUpError, quote_text
from generator.site.html_safety import ELEMENTS, MATHML_ATTRIBUTES
from generator.site.writeup.figures_and_links import KnownNames
from generator.site.writeup.processors import InlineFunction
from generator.site.writeup.source import DISPLAY, INLINE, ValueMarks, WriteUpSource

LONGEST = 2_000
"""Characters of a formula."""
DEEPEST = 60
PLAIN_ATTRIBUTE = re.compile(r"[A-Za-z0-9.%+ -]*")
"""What the value of an attribute may be."""


@lru_cache(maxsize=4096)
def tex_to_mathml(tex: str, *, display: bool = False) -> str:
    """Convert TeX to a `<math>` element.

    Args:
        tex: The formula in TeX.
        display: Whether it is a paragraph of its own.

    Returns:
        The element as text.

    Raises:
        ValueError: With the reason why the formula cannot be shown.
    """
    if len(tex) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} characters")
    row = "".join(serialize_mathml(child) for child in parse_tex(tex, display=display))
    text = escape(" ".join(tex.split()))
    return (
        f'<math display="{"block" if display else "inline"}" alttext="{text}">'
        f'<semantics>{row}<annotation encoding="application/x-tex">{text}'
        "</annotation></semantics></math>"
    )


def parse_tex(tex: str, *, display: bool) -> Element:
    """Parse TeX with latex2mathml.

    Args:
        tex: The formula in TeX.
        display: Whether it is a paragraph of its own.

    Returns:
        The `<math>` element.

    Raises:
        ValueError: If latex2mathml cannot read it.
    """
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415 - slow to import

    try:
        parsed: Element = convert_to_element(
            tex, display="block" if display else "inline"
        )
    except WriteUpError:  # the time is up
        raise
    except Exception as error:  # it has no class of its own
        name = re.sub(r"Error$", "", type(error).__name__)
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
        raise ValueError(f"cannot be read: {words}") from error
    return parsed


def serialize_mathml(element: Element, depth: int = 0) -> str:
    """Serialize an element of MathML that pages may hold.

    Args:
        element: The element.
        depth: Number of elements around it.

    Returns:
        The element as text.

    Raises:
        ValueError: For an element, an attribute or a depth that pages may not hold.
    """
    if depth > DEEPEST:
        raise ValueError("cannot be read: too many braces in braces")
    text = unescape(element.text or "")
    if re.match(r"\\[A-Za-z]+", text):
        raise ValueError(f"has an unknown command {quote_text(text)}")
    given = {k: v for k, v in element.attrib.items() if k != "xmlns"}
    for name, value in given.items():
        if name not in MATHML_ATTRIBUTES or not PLAIN_ATTRIBUTE.fullmatch(value):
            raise ValueError(
                f"sets {name} to {quote_text(value)}, which pages do not do"
            )
    if element.tag not in ELEMENTS:
        raise ValueError(
            f"makes an element {quote_text(element.tag)}, which no page holds"
        )
    attributes = "".join(f' {k}="{escape(v)}"' for k, v in given.items())
    inside = "".join(serialize_mathml(child, depth + 1) for child in element)
    return f"<{element.tag}{attributes}>{escape(text)}{inside}</{element.tag}>"


def flatten_formula(made: str) -> str:
    """Return the letters of a formula without scripts or fractions.

    Args:
        made: The formula as MathML.

    Returns:
        The letters, "" for a formula that has more than letters in a row.
    """
    row = made.partition("<semantics>")[2].partition("<annotation")[0]
    built = re.search(r"<m(?!i\b|n\b|o\b|row\b|text\b)", row)
    return "" if built else unescape(re.sub(r"<[^>]*>", "", row))


BLOCK = re.compile(
    r"^ {0,3}\$\$(?P<tex>(?:\\.|[^\\$])+?)\$\$[ \t]*$", re.DOTALL | re.MULTILINE
)
OPENED = re.compile(r"^ {0,3}\$\$(?![^\n]*\$\$)", re.MULTILINE)
NUMBER = re.compile(r"[+−-]?[\d.,]+(?:e[+-]?\d+)?%?")
PATH = re.compile(r"[A-Za-z][\w-]*\.[\w-]")
"""Begins the path of a value: an artifact and a field of it."""
PLAIN_NUMBER = re.compile(r"[+-]?\d[\d.,]*(?:(?:\\,)?\\%)?")
"""A number alone, perhaps in per cent: it is set as the text around it is."""
AFTER_CODE, AFTER_INDENTED = 189, 78


def number_text(tex: str) -> str:
    """Format a formula that is a number alone as text.

    Args:
        tex: The formula in TeX.
    """
    narrow = "\N{NARROW NO-BREAK SPACE}"
    return tex.replace("-", "−").replace(r"\,", narrow).replace(r"\%", "%")


class Formulas(Extension):  # type: ignore[misc] # markdown is untyped
    """The Markdown extension for formulas; `tex` and `made` are in reading order."""

    def __init__(
        self, source: WriteUpSource, marks: ValueMarks, known: KnownNames
    ) -> None:
        super().__init__()
        self.source, self.marks, self.known = source, marks, known
        self.tex: list[str] = []
        self.made: list[str] = []

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown calls it by this name
        """Register the block and the inline processors."""
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
        block = FormulaBlock(md.parser, self)
        md.parser.blockprocessors.register(block, "formula", AFTER_INDENTED)
        for name, pattern in (("double", DISPLAY), ("single", INLINE)):
            inline = InlineFunction(pattern.pattern, self.mark_inline)
            md.inlinePatterns.register(inline, f"formula-{name}", AFTER_CODE)

    def mark_inline(self, match: re.Match[str]) -> str:
        """Return the mark of a formula in a sentence, which Markdown does not read on.

        Args:
            match: A match of the formula.

        Returns:
            The mark.
        """
        return self.mark_formula(match[0], match["tex"], display=False)

    def mark_formula(self, raw: str, tex: str, *, display: bool) -> str:
        """Convert a formula, or record its problem, and return its mark.

        Args:
            raw: The formula with its dollars, as written.
            tex: The formula in TeX.
            display: Whether it is a paragraph of its own.

        Returns:
            The mark.
        """
        try:
            tex = re.sub(self.marks.pattern, self.value_as_tex, tex.strip())
            bare = PLAIN_NUMBER.fullmatch(tex) and not display
            converted = (
                number_text(tex) if bare else tex_to_mathml(tex, display=display)
            )
        except ValueError as error:
            self.source.add_problem(
                self.formula_line(raw), f"formula {quote_text(tex)} {error}"
            )
            converted = ""
        self.tex.append(tex)
        self.made.append(converted)
        return f"{self.marks.stem}m{len(self.made) - 1}e"

    def value_as_tex(self, match: re.Match[str]) -> str:
        """Return a number from an artifact as TeX, and braces of TeX as they are.

        Args:
            match: A match of the value's mark.

        Returns:
            The number, or the TeX.

        Raises:
            ValueError: If the value is no number.
        """
        index = int(match[1])
        expression = self.marks.expression(index)
        if not PATH.match(expression) and expression not in self.known.artifacts:
            return self.marks.written[index]
        try:
            text = self.known.look_up(expression)
        except WriteUpError as error:
            self.source.add_problem(self.marks.lines[index], str(error))
            return "0"
        if not NUMBER.fullmatch(text):
            raise ValueError(f"holds the value {quote_text(text)}, which is no number")
        return text.replace("−", "-").replace("%", r"\%")

    def formula_line(self, raw: str) -> int:
        """Return the line of a formula in the write-up.

        Args:
            raw: The formula with its dollars, as written.
        """
        lines = [part for part in raw.split("\n") if part.strip(" $")]
        known = [raw, *lines, raw.partition(self.marks.stem)[0]]
        return self.source.line_of(
            next((k for k in known if k in self.source.text), raw)
        )

    def replace_marks(self, text: str) -> str:
        """Replace marks by letters or TeX, for text that can hold no formula.

        Args:
            text: The text with marks.

        Returns:
            The text.
        """
        return re.sub(
            rf"{self.marks.stem}m(\d+)e",
            lambda m: self.formula_letters(int(m[1])),
            text,
        )

    def formula_letters(self, index: int) -> str:
        """Return a formula as letters where that is possible, else as TeX.

        Args:
            index: Index of the formula, in the order they were read.
        """
        converted = self.made[index]
        bare = "" if converted.startswith("<") else converted
        return bare or flatten_formula(converted) or self.tex[index]

    def place_formulas(self, html: str) -> str:
        """Put the formulas in the place of their marks, TeX within attributes.

        No line breaks between a formula and the mark of punctuation that follows it.

        Args:
            html: The cleaned HTML with marks.

        Returns:
            The HTML.
        """
        mark = rf"{self.marks.stem}m(\d+)e"
        tag = r'</?[a-z][^<>"]*(?:"[^"]*"[^<>"]*)*>'

        def put(match: re.Match[str]) -> str:
            if match[1]:
                return self.formula_region(int(match[1]))
            if match[2]:
                converted = self.made[int(match[2])]
                return (
                    f'<span class="nowrap">{converted}{match[3]}</span>'
                    if match[3]
                    else converted
                )
            return re.sub(mark, lambda m: escape(self.tex[int(m[1])]), match[0])

        return re.sub(rf"<p>{mark}</p>|{mark}([.,;:!?)\]”’]*)|{tag}", put, html)

    def formula_region(self, index: int) -> str:
        """Return the element of a formula that was a paragraph, which scrolls if wide.

        Args:
            index: Index of the formula, in the order they were read.
        """
        converted = self.made[index]
        if 'display="block"' not in converted:
            return f"<p>{converted}</p>"
        return (
            '<div class="scroll math" tabindex="0" role="group" aria-label="Formula">'
            f"{converted}</div>"
        )


class FormulaBlock(BlockProcessor):  # type: ignore[misc] # markdown is untyped
    """The block processor for `$$…$$` on lines of its own."""

    def __init__(self, parser: object, formulas: Formulas) -> None:
        super().__init__(parser)
        self.formulas = formulas

    def test(self, parent: Element, block: str) -> bool:
        """Return whether a formula begins in the block."""
        del parent
        return bool(BLOCK.search(block) or OPENED.search(block))

    def run(self, parent: Element, blocks: list[str]) -> bool | None:
        """Append a paragraph with the mark, and what stands around it."""
        match = BLOCK.search(blocks[0])
        if match is None:
            source = self.formulas.source
            line = self.formulas.formula_line(blocks[0])
            source.add_problem(line, "a formula is opened with $$ and not closed "
                                     "before the "
                         "next blank line; close it with $$")  # fmt: skip
            return False
        block = blocks.pop(0)
        if (before := block[: match.start()]).strip():
            self.parser.parseBlocks(parent, [before.rstrip("\n")])
        mark = self.formulas.mark_formula(match[0], match["tex"], display=True)
        SubElement(parent, "p").text = AtomicString(mark)
        if (after := block[match.end() :]).strip():
            blocks.insert(0, after.lstrip("\n"))
        return None
