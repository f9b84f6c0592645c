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

from generator.core.cache import Cache, compute_program_key
from generator.core.errors import IntegrityError, StudyError
from generator.core.files import hash_parts
from generator.site.content import BytesContent, FileSource, SiteFiles, find_cached
from generator.site.html_safety import POLICY, find_problems
from generator.site.pages.base import Page, SiteData
from generator.site.pages.metadata import describe_page
from generator.site.pages.post import LazyArticle, Post
from generator.site.templates import render_template as draw
from generator.site.templates import style_name

PLAIN = (str, int, float, bool, type(None))


class UnhashableError(TypeError):
    """A value of which it is not known when it is the same."""


def page_key(*parts: object, whole: Collection[Post] = ()) -> str | None:
    """The hash of `parts` and of the posts shown `whole`, None if it cannot be told."""
    articles = [post.key for post in whole]
    try:
        return hash_parts(plain_data(parts), articles) if all(articles) else None
    except UnhashableError:
        return None


def plain_data(value: object) -> Any:  # noqa: ANN401 - plain JSON
    """`value` as plain data. Raises `Untold`."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Post):
        if not value.outside:
            raise UnhashableError(value.folder)
        return ["post", value.outside, value.marks]
    if isinstance(value, Mapping):
        return {str(name): plain_data(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain_data(one) for one in value]
    return plain_fields(value)


def plain_fields(value: object) -> Any:  # noqa: ANN401 - plain JSON
    """A record or a date as plain data. Raises `Untold`."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type | LazyArticle):
        fields = (field.name for field in dataclasses.fields(value))
        return [
            type(value).__name__,
            *(plain_data(getattr(value, name)) for name in fields),
        ]
    raise UnhashableError(type(value).__name__)


COMMON_ASSETS = ("style", "script", "icon")
"""Assets that every page has; others are named by the page."""


@dataclass(frozen=True)
class PageRenderer:
    """What all pages are drawn with, and where drawn ones are kept."""

    data: SiteData
    templates: jinja2.Environment
    templates_key: str
    assets: Mapping[str, str]
    cache: Cache | None = None


def render_all_pages(pages: Sequence[Page], renderer: PageRenderer) -> SiteFiles:
    """Every page's content. Raises `IntegrityError` for what the oracle refuses."""
    files: SiteFiles = {}
    origins: dict[str, str] = {}
    refused: list[str] = []
    for page in pages:
        if page.path in files:
            raise StudyError(
                f"{page.path}: {page.origin or page.title} and "
                f"{origins[page.path]} both have this address; rename one"
            )
        origins[page.path] = page.origin or page.title
        files[page.path], found = render_page(page, renderer)
        refused += (f"{page.path}: {what}" for what in found)
    if refused:
        raise IntegrityError(
            *(f"{line}; the page was not written, as it could harm" for line in refused)
        )
    return files


def render_page(page: Page, renderer: PageRenderer) -> tuple[FileSource, list[str]]:
    """A page and what the oracle says of it; recalled if nothing of it changed."""
    kept = renderer.cache
    own = [page.post] if page.post else []
    key = page_key(
        "page", compute_program_key(), *shared_inputs(page, renderer), page, whole=own
    )
    if kept is None or key is None:
        html = page_html(page, renderer)
        return BytesContent(html.encode()), find_problems(html)
    name = kept.get(key)
    found = find_cached(kept, name.decode()) if name else None
    if found is not None:
        return found, []
    html = page_html(page, renderer)
    made = BytesContent(html.encode())
    wrong = find_problems(html)
    if not wrong:
        kept.put(made.digest, made.data)
        kept.put(key, made.digest.encode())
    return made, wrong


def shared_inputs(page: Page, renderer: PageRenderer) -> tuple[object, ...]:
    """What a page follows from besides what it is given itself."""
    data = renderer.data
    own = asset_paths(page, renderer), style_paths(page, renderer)
    return renderer.templates_key, data.settings, data.base_url, own


def asset_paths(page: Page, renderer: PageRenderer) -> dict[str, str]:
    """Paths of the assets that a page has. One that is not here it cannot name."""
    return {name: renderer.assets[name] for name in (*COMMON_ASSETS, *page.scripts)}


def style_paths(page: Page, renderer: PageRenderer) -> list[str]:
    """Paths of the style sheets of a page's figures; not every kind has one."""
    found = (renderer.assets.get(style_name(kind)) for kind in page.figures)
    return [path for path in found if path]


def page_html(page: Page, renderer: PageRenderer) -> str:
    """A page, drawn."""
    data = renderer.data
    lost = page.path == "404.html"
    context = {
        **page.context,
        "page": page,
        "head": describe_page(page, data),
        "site": data.settings,
        "repository": data.settings.repository,
        "policy": POLICY,
        "assets": asset_paths(page, renderer),
        "styles": style_paths(page, renderer),
        "link": absolute_links(data.base_url) if lost else relative_links(page.path),
    }
    return str(draw(renderer.templates, page.template, context))


def relative_links(path: str) -> Callable[[str], str]:
    """Links from the page at `path`."""
    here = dirname(path) or "."
    return lambda target: relpath(target, here)


def absolute_links(base: str) -> Callable[[str], str]:
    """Links from a page that is shown at any depth."""
    root = urlsplit(base).path if base else "/"
    return lambda target: f"{root}{target}"
