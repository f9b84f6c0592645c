"""Formulas in prose: `$…$` in a line, `$$…$$` in a paragraph of its own.

`$5 and $6` stays money: no space stands inside a formula's dollars and no digit right
after. Markdown and the sanitiser see a mark; the MathML takes its place after them, as
figures do, since the sanitiser would remove it. A value `{{ … }}` in a formula must be
a number.

From TeX to MathML that browsers draw by themselves, with no script and no font.

`latex2mathml` reads the TeX; what it makes is not trusted: the elements are written
anew, from the list in `generator.mathml`, with all text escaped. The TeX stays in the
formula as `alttext` and as an annotation, so that it can be heard and copied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.util import AtomicString

from generator.core.errors import WriteUpError, quote_text
from generator.site.html_safety import ELEMENTS, MATHML_ATTRIBUTES
from generator.site.writeup.processors import InlineFunction
from generator.site.writeup.source import DISPLAY, INLINE, ValueMarks, WriteUpSource

LONGEST = 2_000
"""Characters of a formula."""
DEEPEST = 60
PLAIN_ATTRIBUTE = re.compile(r"[A-Za-z0-9.%+ -]*")
"""What the value of an attribute may be."""


@lru_cache(maxsize=4096)
def tex_to_mathml(tex: str, *, display: bool = False) -> str:
    """`tex` as a `<math>` element. Raises `ValueError` that says what is wrong."""
    if len(tex) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} characters")
    row = "".join(serialize_mathml(child) for child in parse_tex(tex, display=display))
    said = escape(" ".join(tex.split()))
    return (
        f'<math display="{"block" if display else "inline"}" alttext="{said}">'
        f'<semantics>{row}<annotation encoding="application/x-tex">{said}'
        "</annotation></semantics></math>"
    )


def parse_tex(tex: str, *, display: bool) -> Element:
    """The `<math>` element that latex2mathml makes. Raises `ValueError`."""
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415 - slow

    try:
        made: Element = convert_to_element(
            tex, display="block" if display else "inline"
        )
    except WriteUpError:  # the time is up
        raise
    except Exception as error:  # it has no class of its own
        name = re.sub(r"Error$", "", type(error).__name__)
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
        raise ValueError(f"cannot be read: {words}") from error
    return made


def serialize_mathml(element: Element, depth: int = 0) -> str:
    """`element` as text. Raises `ValueError` for what is not on the list."""
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
    """A formula without scripts or fractions as its letters; "" for any other."""
    row = made.partition("<semantics>")[2].partition("<annotation")[0]
    built = re.search(r"<m(?!i\b|n\b|o\b|row\b|text\b)", row)
    return "" if built else unescape(re.sub(r"<[^>]*>", "", row))


BLOCK = re.compile(
    r"^ {0,3}\$\$(?P<tex>(?:\\.|[^\\$])+?)\$\$[ \t]*$", re.DOTALL | re.MULTILINE
)
OPENED = re.compile(r"^ {0,3}\$\$(?![^\n]*\$\$)", re.MULTILINE)
NUMBER = re.compile(r"[+−-]?[\d.,]+(?:e[+-]?\d+)?%?")
PLAIN_NUMBER = re.compile(r"[+-]?\d[\d.,]*(?:(?:\\,)?\\%)?")
"""A number alone, perhaps in per cent: it is set as the text around it is."""
AFTER_CODE, AFTER_INDENTED = 189, 78


def number_text(tex: str) -> str:
    """A number alone as text."""
    narrow = "\N{NARROW NO-BREAK SPACE}"
    return tex.replace("-", "−").replace(r"\,", narrow).replace(r"\%", "%")


class Formulas(Extension):  # type: ignore[misc] # markdown is untyped
    """The extension; `tex` and `made` are the formulas in the order they were read."""

    def __init__(
        self, source: WriteUpSource, marks: ValueMarks, look_up: Callable[[str], str]
    ) -> None:
        super().__init__()
        self.source, self.marks, self.look_up = source, marks, look_up
        self.tex: list[str] = []
        self.made: list[str] = []

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - upstream's name
        """Register the three parts."""
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
        block = FormulaBlock(md.parser, self)
        md.parser.blockprocessors.register(block, "formula", AFTER_INDENTED)
        for name, pattern in (("double", DISPLAY), ("single", INLINE)):
            inline = InlineFunction(pattern.pattern, self.mark_inline)
            md.inlinePatterns.register(inline, f"formula-{name}", AFTER_CODE)

    def mark_inline(self, match: re.Match[str]) -> str:
        """The mark of a formula in a sentence, which Markdown does not read."""
        return self.mark_formula(match[0], match["tex"], display=False)

    def mark_formula(self, raw: str, tex: str, *, display: bool) -> str:
        """The mark of a formula, which is converted; its problem is kept."""
        try:
            tex = re.sub(self.marks.pattern, self.value_as_tex, tex.strip())
            bare = PLAIN_NUMBER.fullmatch(tex) and not display
            made = number_text(tex) if bare else tex_to_mathml(tex, display=display)
        except ValueError as error:
            self.source.add_problem(
                self.formula_line(raw), f"formula {quote_text(tex)} {error}"
            )
            made = ""
        self.tex.append(tex)
        self.made.append(made)
        return f"{self.marks.stem}m{len(self.made) - 1}e"

    def value_as_tex(self, match: re.Match[str]) -> str:
        """A number from an artifact, as TeX. Raises `ValueError`."""
        index = int(match[1])
        try:
            text = self.look_up(self.marks.expressions[index])
        except WriteUpError as error:
            self.source.add_problem(self.marks.lines[index], str(error))
            return "0"
        if not NUMBER.fullmatch(text):
            raise ValueError(f"holds the value {quote_text(text)}, which is no number")
        return text.replace("−", "-").replace("%", r"\%")

    def formula_line(self, raw: str) -> int:
        """The line of a formula as it was written."""
        lines = [part for part in raw.split("\n") if part.strip(" $")]
        known = [raw, *lines, raw.partition(self.marks.stem)[0]]
        return self.source.line_of(
            next((k for k in known if k in self.source.text), raw)
        )

    def replace_marks(self, text: str) -> str:
        """`text` with letters or TeX where marks stand, for what holds no formula."""
        return re.sub(
            rf"{self.marks.stem}m(\d+)e",
            lambda m: self.formula_letters(int(m[1])),
            text,
        )

    def formula_letters(self, index: int) -> str:
        """A formula as letters where it can be, else as TeX."""
        made = self.made[index]
        bare = "" if made.startswith("<") else made
        return bare or flatten_formula(made) or self.tex[index]

    def place_formulas(self, html: str) -> str:
        """Clean `html` with the formulas where their marks are, TeX in attributes.

        No line ends between a formula and the mark of punctuation that follows it.

        """
        mark = rf"{self.marks.stem}m(\d+)e"
        tag = r'</?[a-z][^<>"]*(?:"[^"]*"[^<>"]*)*>'

        def put(match: re.Match[str]) -> str:
            if match[1]:
                return self.formula_region(int(match[1]))
            if match[2]:
                made = self.made[int(match[2])]
                return (
                    f'<span class="nowrap">{made}{match[3]}</span>'
                    if match[3]
                    else made
                )
            return re.sub(mark, lambda m: escape(self.tex[int(m[1])]), match[0])

        return re.sub(rf"<p>{mark}</p>|{mark}([.,;:!?)\]”’]*)|{tag}", put, html)

    def formula_region(self, index: int) -> str:
        """A formula that was a paragraph, which scrolls by itself where it is wide."""
        made = self.made[index]
        if 'display="block"' not in made:
            return f"<p>{made}</p>"
        return (
            '<div class="scroll math" tabindex="0" role="group" aria-label="Formula">'
            f"{made}</div>"
        )


class FormulaBlock(BlockProcessor):  # type: ignore[misc] # markdown is untyped
    """`$$…$$` on lines of its own."""

    def __init__(self, parser: object, formulas: Formulas) -> None:
        super().__init__(parser)
        self.formulas = formulas

    def test(self, parent: Element, block: str) -> bool:
        """Whether a formula begins in the block."""
        del parent
        return bool(BLOCK.search(block) or OPENED.search(block))

    def run(self, parent: Element, blocks: list[str]) -> bool | None:
        """Leave a paragraph with the mark, and what stands around it."""
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
