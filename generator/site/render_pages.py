"""Pages as bytes: drawn from their templates and judged by the oracle, once.

A page follows from what it is given, the templates, the site's settings and address,
and this program. While these are the same it is not drawn again, nor read.

The key of what pages are made of: equal keys, equal pages.

A post stands for what pages say of it by a key, so that its article need not be read:
its own page and feeds show all of it, other pages its teaser. Whatever else a page is
given is told field by field. What cannot be told,
such as a function or a post that nobody has a key for, has no key, and what is made of
it is made anew.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname, relpath
from typing import Any
from urllib.parse import urlsplit

import jinja2
from pydantic import BaseModel

from generator.core.cache import Kept, program_key
from generator.core.errors import IntegrityError, StudyError
from generator.core.files import combined
from generator.site.content import Content, Files, Made, kept_as
from generator.site.html_safety import POLICY, findings
from generator.site.pages.base import Page, SiteData
from generator.site.pages.metadata import described
from generator.site.pages.post import Post, Unread
from generator.site.templates import render as draw
from generator.site.templates import style_of

PLAIN = (str, int, float, bool, type(None))


class Untold(TypeError):  # noqa: N818 - it says what the value is
    """A value of which it is not known when it is the same."""


def key_of(*parts: object, whole: Collection[Post] = ()) -> str | None:
    """The hash of `parts` and of the posts shown `whole`, None if it cannot be told."""
    articles = [post.key for post in whole]
    try:
        return combined(told(parts), articles) if all(articles) else None
    except Untold:
        return None


def told(value: object) -> Any:  # noqa: ANN401 - plain JSON
    """`value` as plain data. Raises `Untold`."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Post):
        if not value.outside:
            raise Untold(value.folder)
        return ["post", value.outside, value.marks]
    if isinstance(value, Mapping):
        return {str(name): told(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [told(one) for one in value]
    return of_fields(value)


def of_fields(value: object) -> Any:  # noqa: ANN401 - plain JSON
    """A record or a date as plain data. Raises `Untold`."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Unread):
        fields = (field.name for field in dataclasses.fields(value))
        return [type(value).__name__, *(told(getattr(value, name)) for name in fields)]
    raise Untold(type(value).__name__)


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
