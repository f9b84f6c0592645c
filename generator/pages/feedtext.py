"""A write-up as feeds carry it: prose and formulas, and for each figure its picture.

Readers of feeds know nothing of the page: classes and roles are left out, ids carry the
study's name, since many entries stand on one screen, and addresses are made absolute,
or relative to the feed where the site's own address is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from posixpath import dirname, join, normpath, relpath

from markupsafe import Markup

from generator.figures.tokens import sign

TAG = re.compile(r"<[a-z][a-z0-9]*(?:\s+[^\s=>\"]+(?:=\"[^\"]*\")?)*\s*/?>")
ATTRIBUTE = re.compile(r"\s([^\s=>\"]+)=\"([^\"]*)\"")
LEFT_OUT = re.compile(r"class|role|tabindex|loading|rel|aria-.*|data-.*|open|style")
SUMMARY = re.compile(r'<p class="summary"[^>]*>(.*?)</p>', re.DOTALL)
REMOTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, escaped or not."""

Where = Callable[[str], str]
"""From a path of the site to the address that a feed gives for it."""


def summary_of(drawn: str) -> str:
    """What a figure says of itself in one sentence, as text."""
    found = SUMMARY.search(drawn)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", found[1])).split()) if found else ""


def picture_path(name: str) -> str:
    """Where a figure's picture lies beside its page."""
    return f"figures/{name}.png"


def retold(name: str, title: str, drawn: str, caption: Markup, picture: str) -> Markup:
    """A figure for a feed: its picture, "" for none, a link to it, its caption."""
    said = summary_of(drawn)
    shown = Markup("<p>{}</p>").format(said)
    if picture:
        shown = Markup('<p><img src="{}" alt="{}"></p>').format(picture, said)
    link = Markup('<p><a href="#fig-{}">{}</a></p>').format(name, title)
    return Markup("<figure>{}<figcaption>{}{}</figcaption></figure>").format(
        shown, link, caption
    )


def placed(html: str, page: str, where: Where) -> str:
    """`html` of the study at `page`, to be read elsewhere."""
    slug = page.split("/")[-2]
    ids = set(re.findall(r' id="([^"]+)"', html))

    def address(text: str) -> str:
        path, mark, fragment = unescape(text).partition("#")
        if REMOTE.match(text):
            return text
        if not path and fragment in ids:
            return escape(f"#{slug}-{fragment}")
        target = normpath(join(dirname(page), path)) if path else page
        return escape(f"{where(target)}{mark}{fragment}")

    def attribute(match: re.Match[str]) -> str:
        name, value = match[1], match[2]
        if LEFT_OUT.fullmatch(name):
            return ""
        if name == "id":
            value = f"{slug}-{value}"
        elif name in {"href", "src"}:
            value = address(value)
        return f' {name}="{value}"'

    told = TAG.sub(lambda tag: ATTRIBUTE.sub(attribute, tag[0]), html)
    return FORBIDDEN.sub(lambda char: sign(char[0], "Cs"), told)


def from_feed(base: str, path: str) -> Where:
    """Addresses for the feed at `path`: absolute where `base` is known."""
    if base:
        return lambda target: f"{base}{target.removesuffix('index.html')}"
    return lambda target: relpath(target, dirname(path) or ".")
