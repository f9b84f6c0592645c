"""From TeX to MathML that browsers draw by themselves, with no script and no font.

`latex2mathml` reads the TeX; what it makes is not trusted: the elements are written
anew, from the list in `generator.mathml`, with all text escaped. The TeX stays in the
formula as `alttext` and as an annotation, so that it can be heard and copied.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from generator.errors import WriteUpError, quoted
from generator.mathml import ATTRIBUTES, ELEMENTS

LONGEST = 2_000
"""Characters of a formula."""
DEEPEST = 60
PLAIN = re.compile(r"[A-Za-z0-9.%+ -]*")
"""What the value of an attribute may be."""


@lru_cache(maxsize=4096)
def mathml(tex: str, *, display: bool = False) -> str:
    """`tex` as a `<math>` element. Raises `ValueError` that says what is wrong."""
    if len(tex) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} characters")
    row = "".join(written(child) for child in parsed(tex, display=display))
    said = escape(" ".join(tex.split()))
    return (
        f'<math display="{"block" if display else "inline"}" alttext="{said}">'
        f'<semantics>{row}<annotation encoding="application/x-tex">{said}'
        "</annotation></semantics></math>"
    )


def parsed(tex: str, *, display: bool) -> Element:
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


def written(element: Element, depth: int = 0) -> str:
    """`element` as text. Raises `ValueError` for what is not on the list."""
    if depth > DEEPEST:
        raise ValueError("cannot be read: too many braces in braces")
    text = unescape(element.text or "")
    if re.match(r"\\[A-Za-z]+", text):
        raise ValueError(f"has an unknown command {quoted(text)}")
    given = {k: v for k, v in element.attrib.items() if k != "xmlns"}
    for name, value in given.items():
        if name not in ATTRIBUTES or not PLAIN.fullmatch(value):
            raise ValueError(f"sets {name} to {quoted(value)}, which pages do not do")
    if element.tag not in ELEMENTS:
        raise ValueError(f"makes an element {quoted(element.tag)}, which no page holds")
    attributes = "".join(f' {k}="{escape(v)}"' for k, v in given.items())
    inside = "".join(written(child, depth + 1) for child in element)
    return f"<{element.tag}{attributes}>{escape(text)}{inside}</{element.tag}>"


def flat(made: str) -> str:
    """A formula without scripts or fractions as its letters; "" for any other."""
    row = made.partition("<semantics>")[2].partition("<annotation")[0]
    built = re.search(r"<m(?!i\b|n\b|o\b|row\b|text\b)", row)
    return "" if built else unescape(re.sub(r"<[^>]*>", "", row))
