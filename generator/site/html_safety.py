"""What no page may hold, checked before a page is written.

The page is parsed as a browser parses it. Every script is a file of the site, no
attribute is a program, no address is one, nothing is fetched from elsewhere, no element
is one that runs, frames or submits, formulas hold nothing but their own elements, no
two have one id, and the policy is the first word of the page. Templates, escaping and
the sanitiser see to all that; this checks the result.

The parser is Lexbor's, which follows the HTML standard and reads a page of 600 kB in
some 20 ms; html5lib, the reference in Python, takes 40 times as long, and a test holds
that both find the same.

A formula may consist of MathML Core without anything that links, acts, embeds or
styles. Formulas are written with this list (`generator.site.writeup.math`) and every
page is checked against it.

The sanitiser is a second wall: it says what may be in an author's HTML, whatever made
it. Raw HTML is off in write-ups, so there should be nothing to remove. Figures are put
in after it, as it would remove their drawings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import nh3
from selectolax.lexbor import LexborHTMLParser

ELEMENTS = frozenset(
    {
        "annotation", "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded",
        "mphantom", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup",
        "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "semantics",
    }
)  # fmt: skip
MATHML_ATTRIBUTES = frozenset(
    {
        "accent", "accentunder", "alttext", "columnalign", "columnspacing", "depth",
        "display", "displaystyle", "encoding", "fence", "form", "height", "largeop",
        "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits",
        "notation", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy",
        "symmetric", "voffset", "width",
    }
)  # fmt: skip


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'"
)
"""The policy of every page."""

REFUSED = {
    "iframe", "frame", "frameset", "object", "embed", "applet", "base", "form",
    "style", "foreignobject", "animate", "set", "animatetransform",
    "animatemotion", "template", "noscript", "portal", "textarea", "select",
}  # fmt: skip
ADDRESSES = {
    "href", "src", "action", "formaction", "xlink:href", "data", "poster", "background",
    "cite", "longdesc", "manifest", "ping", "srcset",
}  # fmt: skip
FETCHED = {
    "img",
    "script",
    "source",
    "video",
    "audio",
    "track",
    "use",
    "image",
    "input",
}
DATA = {"application/json", "application/ld+json"}
"""Types of scripts that are data: no browser runs them."""
SCRIPT = re.compile(r"(?:[\w.~%/-]*/)?assets/[a-z-]+\.[0-9a-f]{12}\.js")
"""Path of a script of the site. Other files may hold what a browser takes for one."""
SPACE = re.compile(r"[\x00-\x20]+")


@dataclass(frozen=True, slots=True)
class PageElement:
    """An element of a page: its name and attributes in lower case, a script's text."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    formula: bool = False
    """Whether it is `<math>` or stands inside it."""


def parse_elements(html: str) -> Iterator[PageElement]:
    """Parse a page as a browser does.

    Args:
        html: The page's HTML.

    Yields:
        Every element in the order of the page.
    """
    root = LexborHTMLParser(html).root
    formula: set[int] = set()
    for node in root.traverse(include_text=False) if root else ():
        if (tag := (node.tag or "").lower()).startswith("-"):
            continue  # a comment
        if tag == "math" and node.mem_id not in formula:
            formula |= {one.mem_id for one in node.traverse(include_text=False)}
        attributes = {
            name.lower(): value or "" for name, value in node.attributes.items()
        }
        text = node.text(deep=True) if tag == "script" else ""
        yield PageElement(
            tag, attributes, text, bool(formula) and node.mem_id in formula
        )


def find_problems(html: str) -> list[str]:
    """Find everything that a page may not hold.

    Args:
        html: The page's HTML.

    Returns:
        The problems in the order of the page.
    """
    page = tuple(parse_elements(html))
    problems: list[str] = []
    ids: set[str] = set()
    for element in page:
        tag = element.tag
        if is_harmless(tag, frozenset(element.attributes)) and not element.formula:
            continue
        problems += (f"<{tag}>: {what}" for what in element_problems(element))
        own = element.attributes.get("id")
        if own is not None and own in ids:
            problems.append(f"<{tag}>: a second element has the id {own!r}")
        ids.add(own or "")
    return problems + policy_problems(page) + refresh_problems(page)


@cache
def is_harmless(tag: str, names: frozenset[str]) -> bool:
    """Return whether an element can have no problem, whatever its attributes hold.

    Args:
        tag: Name of the element.
        names: Names of its attributes.

    Returns:
        False if the element has to be checked.
    """
    judged = {"id", "style", "srcdoc"} | ADDRESSES
    if tag in REFUSED | {"script", "meta", "math"} or names & judged:
        return False
    return not any(name.startswith("on") for name in names)


def element_problems(element: PageElement) -> Iterator[str]:
    """Yield the problems of one element.

    Args:
        element: The element.
    """
    tag, attributes = element.tag, element.attributes
    if tag in REFUSED:
        yield "is no element of ours"
    if element.formula:
        yield from formula_problems(element)
    if tag == "script":
        yield from script_problems(element)
    for key, value in attributes.items():
        if key.startswith("on"):
            yield f"{key} is a program"
        if key in {"style", "srcdoc"}:
            yield f"{key} is not allowed"
        if key in ADDRESSES:
            yield from address_problems(element, key, value)


def formula_problems(element: PageElement) -> Iterator[str]:
    """Yield a problem for an element or attribute not listed for formulas.

    Args:
        element: The element.
    """
    if element.tag not in ELEMENTS:
        yield "is no part of a formula"
    for name in sorted(element.attributes.keys() - MATHML_ATTRIBUTES):
        yield f"{name} is not allowed in a formula"


def script_problems(element: PageElement) -> Iterator[str]:
    """Yield a problem for a script that is neither a file of the site nor data.

    Args:
        element: The element.
    """
    if element.attributes.get("type") in DATA:
        try:
            json.loads(element.text)
        except ValueError:
            yield "is no JSON"
    elif not (source := element.attributes.get("src")):
        yield "holds a program"
    elif not SCRIPT.fullmatch(source):
        yield "is no script of this site"
    elif element.text.strip():
        yield "holds a program beside its file"


def address_problems(element: PageElement, key: str, value: str) -> Iterator[str]:
    """Yield a problem for an address with a bad scheme, or fetched from elsewhere.

    Args:
        element: The element.
        key: Name of the attribute.
        value: Its value.

    Yields:
        Problems of an address that is not https:, http:, mailto: or relative.
    """
    address = SPACE.sub("", value)
    match = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", address)
    scheme = match[1].lower() if match else ""
    remote = bool(scheme) or address.startswith(("//", "\\", "/\\"))
    fetches = element.tag in FETCHED or (element.tag == "link" and key == "href")
    rel = element.attributes.get("rel")
    if fetches and remote and rel not in {"canonical", "alternate"}:
        yield f"{key} is fetched from elsewhere"
    if scheme not in {"", "https", "http", "mailto"}:
        yield f"{key} has the scheme {scheme}:"


def refresh_problems(page: Sequence[PageElement]) -> list[str]:
    """Check that a page sends its reader on at most once, and within the site.

    Such a page must be hidden from search engines and hold a visible link to the same
    address.

    Args:
        page: The elements of the page.

    Returns:
        The problem, if there is one.
    """
    metas = [one.attributes for one in page if one.tag == "meta"]
    sent = [m for m in metas if m.get("http-equiv", "").strip().lower() == "refresh"]
    if not sent:
        return []
    match = re.fullmatch(r"0; url=([a-z0-9._~/-]+)", sent[0].get("content", ""))
    target = match[1] if match else ""
    inside = bool(target) and not target.startswith("/")
    linked = any(
        one.tag == "a" and one.attributes.get("href") == target for one in page
    )
    hidden = any(
        m.get("name") == "robots" and m.get("content") == "noindex" for m in metas
    )
    good = len(sent) == 1 and inside and linked and hidden
    return [] if good else ["<meta>: sends the reader elsewhere"]


def policy_problems(page: Sequence[PageElement]) -> list[str]:
    """Check that the policy stands once, directly after the character set.

    Args:
        page: The elements of the page.

    Returns:
        The problem, if there is one.
    """
    metas = [element.attributes for element in page if element.tag == "meta"]
    at = [
        i
        for i, meta in enumerate(metas)
        if meta.get("http-equiv", "").lower() == "content-security-policy"
    ]
    if at != [1] or metas[1].get("content") != POLICY:
        return [
            "<meta>: the policy is missing, changed, or not the first after charset"
        ]
    return []


TAGS = {
    "a", "aside", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em",
    "figcaption", "figure",
    "h2", "h3", "h4", "hr", "img", "kbd", "li", "ol", "p", "pre", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
HTML_ATTRIBUTES = {
    "a": {"href", "title", "rel", "class", "id", "aria-label", "data-go"},
    "aside": {"class", "id", "role", "aria-label"},
    "b": {"class"},
    "code": {"class"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "p": {"class"},
    "pre": {"tabindex"},
    "span": {"class", "role", "aria-label", "title"},
    "td": {"class"},
    "th": {"class", "scope"},
}


def clean_html(html: str) -> str:
    """Remove from HTML all elements and attributes that write-ups may not hold.

    Args:
        html: The HTML of a write-up.

    Returns:
        The cleaned HTML.
    """
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=HTML_ATTRIBUTES,
        url_schemes={"https", "mailto"},
        link_rel=None,
    )
