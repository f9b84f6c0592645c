"""What no page may hold, checked before a page is written.

The page is parsed as a browser parses it. Every script is a file of the site, no
attribute is a program, no address is one, nothing is fetched from elsewhere, no element
is one that runs, frames or submits, no two have one id, and the policy is the first
word of the page. Templates, escaping and the sanitiser see to all that; this asks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'"
)
"""The policy of every page."""

REFUSED = {
    "iframe", "frame", "frameset", "object", "embed", "applet", "base", "form",
    "style", "math", "foreignobject", "animate", "set", "animatetransform",
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
SPACE = re.compile(r"[\x00-\x20]+")


def findings(html: str) -> list[str]:
    """What is wrong with a page, in its order; empty if nothing is."""
    import html5lib  # noqa: PLC0415 - slow

    root = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    found: list[str] = []
    ids: set[str] = set()
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        tag = re.sub(r"\{[^}]*\}", "", element.tag).lower()
        found += (f"<{tag}>: {what}" for what in wrong(element, tag))
        own = element.get("id")
        if own is not None and own in ids:
            found.append(f"<{tag}>: a second element has the id {own!r}")
        ids.add(own or "")
    return found + wrong_policy(root)


def wrong(element: Element, tag: str) -> Iterator[str]:
    """What is wrong with one element."""
    if tag in REFUSED:
        yield "is no element of ours"
    if tag == "script":
        yield from wrong_script(element)
    if tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
        yield "sends the reader elsewhere"
    for name, value in element.attrib.items():
        key = local(str(name))
        if key.startswith("on"):
            yield f"{key} is a program"
        if key in {"style", "srcdoc"}:
            yield f"{key} is not allowed"
        if key in ADDRESSES:
            yield from wrong_address(tag, key, value, element)


def local(name: str) -> str:
    """An attribute's name without its namespace."""
    return re.sub(r"\{[^}]*\}", "", name).lower()


def wrong_script(element: Element) -> Iterator[str]:
    """A script is a file of the site, or data."""
    if element.get("type") == "application/json":
        try:
            json.loads(element.text or "")
        except ValueError:
            yield "is no JSON"
    elif not element.get("src"):
        yield "holds a program"
    elif (element.text or "").strip():
        yield "holds a program beside its file"


def wrong_address(tag: str, key: str, value: str, element: Element) -> Iterator[str]:
    """Addresses are https:, mailto: or relative; what is fetched is the site's own."""
    address = SPACE.sub("", value)
    match = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", address)
    scheme = match[1].lower() if match else ""
    remote = bool(scheme) or address.startswith(("//", "\\", "/\\"))
    fetches = tag in FETCHED or (tag == "link" and key == "href")
    if fetches and remote and element.get("rel") not in {"canonical", "alternate"}:
        yield f"{key} is fetched from elsewhere"
    if scheme not in {"", "https", "http", "mailto"}:
        yield f"{key} has the scheme {scheme}:"


def wrong_policy(root: Element) -> list[str]:
    """The policy stands once, directly after the character set."""
    metas = list(root.iter("meta"))
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
