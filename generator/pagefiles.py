"""Pages as bytes: drawn from their templates and judged by the oracle, once.

A page follows from what it is given, the templates, the site's settings and address,
and this program. While these are the same it is not drawn again, nor read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname, relpath
from urllib.parse import urlsplit

import jinja2

from generator.content import Content, Files, Made, kept_as
from generator.errors import IntegrityError, StudyError
from generator.kept import Kept
from generator.oracle import POLICY, findings
from generator.pages.base import Page, SiteData
from generator.pages.keyed import key_of
from generator.pages.metadata import described
from generator.program import program_key
from generator.templating import render as draw
from generator.templating import style_of

EVERYWHERE = ("style", "script", "icon")
"""Assets that every page has; others are named by the page."""


@dataclass(frozen=True)
class Press:
    """What all pages are drawn with, and where drawn ones are kept."""

    data: SiteData
    templates: jinja2.Environment
    templates_key: str
    assets: Mapping[str, str]
    kept: Kept | None = None


def pages_of(pages: Sequence[Page], press: Press) -> Files:
    """Every page's content. Raises `IntegrityError` for what the oracle refuses."""
    files: Files = {}
    origins: dict[str, str] = {}
    refused: list[str] = []
    for page in pages:
        if page.path in files:
            raise StudyError(
                f"{page.path}: {page.origin or page.title} and "
                f"{origins[page.path]} both have this address; rename one"
            )
        origins[page.path] = page.origin or page.title
        files[page.path], found = page_of(page, press)
        refused += (f"{page.path}: {what}" for what in found)
    if refused:
        raise IntegrityError(
            *(f"{line}; the page was not written, as it could harm" for line in refused)
        )
    return files


def page_of(page: Page, press: Press) -> tuple[Content, list[str]]:
    """A page and what the oracle says of it; recalled if nothing of it changed."""
    kept = press.kept
    own = [page.post] if page.post else []
    key = key_of("page", program_key(), *shared(page, press), page, whole=own)
    if kept is None or key is None:
        html = page_html(page, press)
        return Made(html.encode()), findings(html)
    name = kept.get(key)
    found = kept_as(kept, name.decode()) if name else None
    if found is not None:
        return found, []
    html = page_html(page, press)
    made = Made(html.encode())
    wrong = findings(html)
    if not wrong:
        kept.put(made.digest, made.data)
        kept.put(key, made.digest.encode())
    return made, wrong


def shared(page: Page, press: Press) -> tuple[object, ...]:
    """What a page follows from besides what it is given itself."""
    data = press.data
    own = assets(page, press), styles(page, press)
    return press.templates_key, data.settings, data.base_url, own


def assets(page: Page, press: Press) -> dict[str, str]:
    """Paths of the assets that a page has. One that is not here it cannot name."""
    return {name: press.assets[name] for name in (*EVERYWHERE, *page.scripts)}


def styles(page: Page, press: Press) -> list[str]:
    """Paths of the style sheets of a page's figures; not every kind has one."""
    found = (press.assets.get(style_of(kind)) for kind in page.figures)
    return [path for path in found if path]


def page_html(page: Page, press: Press) -> str:
    """A page, drawn."""
    data = press.data
    lost = page.path == "404.html"
    context = {
        **page.context,
        "page": page,
        "head": described(page, data),
        "site": data.settings,
        "repository": data.settings.repository,
        "policy": POLICY,
        "assets": assets(page, press),
        "styles": styles(page, press),
        "link": absolute(data.base_url) if lost else relative(page.path),
    }
    return str(draw(press.templates, page.template, context))


def relative(path: str) -> Callable[[str], str]:
    """Links from the page at `path`."""
    here = dirname(path) or "."
    return lambda target: relpath(target, here)


def absolute(base: str) -> Callable[[str], str]:
    """Links from a page that is shown at any depth."""
    root = urlsplit(base).path if base else "/"
    return lambda target: f"{root}{target}"
