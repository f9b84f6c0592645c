"""Pages as bytes: rendered from their templates and checked for safety, once.

A page follows from what it is given, the templates, the site's settings and address,
and this program. While the key of all these is the same, it is neither rendered nor
read again. A post enters the key by a hash of what pages show of it, so that its
article need not be read: its own page and feeds show all of it, other pages its teaser.
What has no hash, such as a function or a post without a key, has no key either, and its
page is rendered anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname, relpath
from urllib.parse import urlsplit

import jinja2

from generator.core.cache import Cache, compute_program_key
from generator.core.errors import IntegrityError, StudyError
from generator.site.content import (
    BytesContent,
    CachedContent,
    CacheMissError,
    FileSource,
    SiteFiles,
    find_cached,
)
from generator.site.html_safety import POLICY, find_problems
from generator.site.page_check import PageCheck, UnreadablePageError
from generator.site.pages.base import Page, SiteData
from generator.site.pages.metadata import describe_page
from generator.site.pages.page_key import page_key
from generator.site.templates import render_template as draw
from generator.site.templates import style_name
from generator.site.text_direction import set_directions

COMMON_ASSETS = ("style", "script", "icon")
"""Assets that every page has; others are named by the page."""


@dataclass(frozen=True)
class PageRenderer:
    """The context for rendering all pages, and the cache of rendered ones."""

    data: SiteData
    templates: jinja2.Environment
    templates_key: str
    assets: Mapping[str, str]
    check: PageCheck
    cache: Cache | None = None


def render_all_pages(pages: Sequence[Page], renderer: PageRenderer) -> SiteFiles:
    """Render all pages.

    Args:
        pages: The pages of the site.
        renderer: The context of all pages.

    Returns:
        The files by path.

    Raises:
        StudyError: If two pages have one address.
        CacheMissError: If the safety check refuses a page, parts of which may be
            cached.
        IntegrityError: If the safety check refuses a page, and there is no cache.
    """
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
        try:
            files[page.path], problems = render_page(page, renderer)
        except UnreadablePageError as error:
            raise IntegrityError(f"{page.path}: {error}") from error
        refused += (f"{page.path}: {what}" for what in problems)
    if refused and renderer.cache and not renderer.cache.distrusted:
        raise CacheMissError(*refused)  # the cache may have given what is refused
    if refused:
        raise IntegrityError(
            *(f"{line}; the page was not written, as it could harm" for line in refused)
        )
    return files


_CHECKED: set[str] = set()
"""Hashes of cached pages that this process has checked: a preview reads them often."""


@dataclass(frozen=True)
class CachedPage:
    """A page in the cache, checked for safety again where it is written.

    Whether the checked bytes are those that are written is not for the cache to say.
    """

    cached: CachedContent
    key: str
    """Under which the cache has the page's hash."""

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return self.cached.digest

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self.cached.size

    def read(self) -> bytes:
        """Return the page's bytes.

        Raises:
            CacheMissError: If they are gone, or are no page that this program wrote.
        """
        data = self.cached.read()
        if self.digest not in _CHECKED:
            try:
                wrong = find_problems(data.decode())
            except UnicodeDecodeError:
                wrong = ["not UTF-8"]
            if wrong:
                self.cached.cache.refuse(self.key)
                raise CacheMissError(self.digest)
            _CHECKED.add(self.digest)
        return data


def render_page(page: Page, renderer: PageRenderer) -> tuple[FileSource, list[str]]:
    """Render and check a page, or take it from the cache if nothing changed.

    Args:
        page: The page.
        renderer: The context of all pages.

    Returns:
        The page's bytes, and what the safety check refuses in it.
    """
    cache = renderer.cache
    own = [page.post] if page.post else []
    key = page_key(
        "page", compute_program_key(), *shared_inputs(page, renderer), page, whole=own
    )
    if cache is None or key is None:
        html = page_html(page, renderer)
        return BytesContent(html.encode()), renderer.check(html)
    name = cache.recall(key, bytes.decode)
    cached = find_cached(cache, name) if name else None
    if cached is not None:
        return CachedPage(cached, key), []
    html = page_html(page, renderer)
    content = BytesContent(html.encode())
    wrong = renderer.check(html)
    if not wrong:
        cache.put(content.digest, content.data)
        cache.put(key, content.digest.encode())
    return content, wrong


def shared_inputs(page: Page, renderer: PageRenderer) -> tuple[object, ...]:
    """Return what a page depends on besides its own fields.

    Args:
        page: The page.
        renderer: The context of all pages.

    Returns:
        The templates' key, the settings, the base address and the assets' paths.
    """
    data = renderer.data
    own = asset_paths(page, renderer), style_paths(page, renderer)
    return renderer.templates_key, data.settings, data.base_url, own


def asset_paths(page: Page, renderer: PageRenderer) -> dict[str, str]:
    """Return the paths of the assets that a page may name, by their names.

    Args:
        page: The page.
        renderer: The context of all pages.
    """
    return {name: renderer.assets[name] for name in (*COMMON_ASSETS, *page.scripts)}


def style_paths(page: Page, renderer: PageRenderer) -> list[str]:
    """Return the paths of the style sheets that not every page has.

    They are that of the pages beside studies, and those of a page's kinds of figures,
    of which not every kind has one.

    Args:
        page: The page.
        renderer: The context of all pages.

    Returns:
        The paths of those that exist.
    """
    names = [] if page.post else ["lists"]
    names += map(style_name, page.figures)
    return [renderer.assets[name] for name in names if name in renderer.assets]


def page_html(page: Page, renderer: PageRenderer) -> str:
    """Render the HTML of a page.

    Args:
        page: The page.
        renderer: The context of all pages.
    """
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
    html = str(draw(renderer.templates, page.template, context))
    return set_directions(html, data.settings.direction)


def relative_links(path: str) -> Callable[[str], str]:
    """Return a function that turns paths into links from the page at `path`."""
    here = dirname(path) or "."
    return lambda target: relpath(target, here)


def absolute_links(base: str) -> Callable[[str], str]:
    """Return a function that turns paths into links that work at any depth.

    Args:
        base: The site's address, "" where it is not known.

    Returns:
        A function from a path within the site to a link.
    """
    root = urlsplit(base).path if base else "/"
    return lambda target: f"{root}{target}"
