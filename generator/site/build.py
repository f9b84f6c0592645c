"""From studies to a site: gather everything, check it, then write everything.

Nothing is written before all of it exists as bytes and has been checked: templates
that fail, prose that names what is not there and pages that the oracle refuses leave
the folder empty. Links are relative and end in `index.html`, so that a site opens by
double click and under any address; only the feed, the page for lost addresses and the
canonical links use the base address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path

import jinja2

from generator.core.cache import Kept, program_key, templates_key
from generator.core.files import combined
from generator.figures.export.figure_files import bounded, painted
from generator.figures.export.shapes import Picture
from generator.figures.export.social_card import Words, card
from generator.methods import METHODS
from generator.site.assets import bundle
from generator.site.content import Files, Lost, Made, made
from generator.site.output import beside, collisions, too_large, write
from generator.site.pages import PAGES
from generator.site.pages.base import MethodPage, SiteData
from generator.site.pages.citation_files import citation_files
from generator.site.pages.feed import feeds
from generator.site.pages.metadata import SITE_CARD
from generator.site.pages.methods import method_pages
from generator.site.pages.people import credited
from generator.site.pages.post import Post
from generator.site.pages.search_index import index
from generator.site.pages.sitemap import addresses
from generator.site.post_cache import Bench, gather, keep_all, recall_all
from generator.site.render_pages import Press, pages_of
from generator.site.templates import environment
from generator.study.site_settings import SiteSettings
from generator.study.study import Study

Marks = Mapping[str, tuple[str, ...]]
"""Words to put beside a study wherever it is listed, by its folder's name."""


@dataclass(frozen=True)
class Rendered:
    """What a rendering did."""

    pages: int
    warnings: tuple[str, ...]
    files: Files = field(default_factory=dict)
    """Every file of the site by its path."""
    hashes: dict[str, str] = field(default_factory=dict)
    """Their hashes, where they were written."""

    def read(self) -> dict[str, bytes]:
        """Every file's bytes. Raises `Lost`."""
        return {path: content.read() for path, content in self.files.items()}


@dataclass(frozen=True)
class Order:
    """What to render, and how."""

    project: Path
    studies: Sequence[Study]
    settings: SiteSettings
    base_url: str = ""
    drafts: bool = False
    marks: Marks = field(default_factory=dict)
    others: Sequence[Post] = ()


def render(
    project: Path,
    studies: Sequence[Study],
    settings: SiteSettings,
    into: Path | None,
    *,
    base_url: str = "",
    drafts: bool = False,
    kept: Kept | None = None,
    before: Path | None = None,
    marks: Marks | None = None,
    others: Sequence[Post] = (),
) -> Rendered:
    """Render `studies` into the empty folder `into`, or into no folder at all.

    Drafts are left out unless asked for; a study that lacks an artifact is left out
    with a warning. `others` are posts of what cannot be drawn, and `marks` says of a
    study what is true today alone. Posts and pages come from `kept` where nothing that
    they follow from has changed; the bytes are the same without it. Files that are in
    the site `before` already are linked. Raises `StudyError` with everything an author
    must mend, and `IntegrityError` for a page that the oracle refuses; nothing was
    written then.
    """
    order = Order(project, studies, settings, base_url, drafts, marks or {}, others)
    try:
        return placed(drawn(order, kept), into, before)
    except Lost:  # what was kept is damaged
        return placed(drawn(order, None), into, before)


def placed(done: Rendered, into: Path | None, before: Path | None) -> Rendered:
    """What was rendered, written where it should be. Raises `Lost`."""
    return replace(done, hashes=write(done.files, into, before)) if into else done


def drawn(order: Order, kept: Kept | None) -> Rendered:
    """Everything that `order` asks for, checked and not written yet."""
    project, settings = order.project, order.settings
    address = order.base_url or settings.base_url
    address = address if not address or address.endswith("/") else f"{address}/"
    key = templates_key(project)
    templates = compiled(project, key)
    bench = Bench(project, templates, settings, address, kept)
    posts, warnings = gather(
        [study for study in order.studies if order.drafts or not study.draft], bench
    )
    posts = credited(marked((*posts, *order.others), order.marks), settings)
    data = SiteData(settings, posts, documented(tuple(METHODS), kept), address)
    assets, paths = bundle(project, index(data.posts))
    pages = tuple(chain.from_iterable(make(data) for make in PAGES.values()))
    files = pages_of(pages, Press(data, templates, key, paths, kept))
    count = len(files)
    files |= made({**assets, ".nojekyll": b""})
    files |= made(feeds(data, kept) | addresses(data, pages) | citation_files(data))
    files[SITE_CARD] = Made(painted(site_card(data), bench.pictures, scale=1))
    bounded(bench.pictures)
    files |= beside(posts, files)
    collisions(files)
    return Rendered(count, (*warnings, *too_large(files)), files)


def site_card(data: SiteData) -> Picture:
    """The card of the site itself, with the newest study's picture."""
    settings = data.settings
    lead = data.posts[0].picture if data.posts else None
    words = Words(data.base_url, settings.title, "", settings.description)
    return card(words, lead)


@lru_cache(maxsize=2)
def compiled(project: Path, _key: str) -> jinja2.Environment:
    """The environment of all pages, as long as no template changes."""
    return environment(project)


@lru_cache(maxsize=1)
def documented(methods: tuple[str, ...], kept: Kept | None) -> tuple[MethodPage, ...]:
    """What the methods say of themselves, which is the same for a program's life."""
    key = combined("methods", program_key(), list(methods))
    found = recall_all(kept, key, MethodPage) if kept else None
    if found is None:
        found = method_pages({name: METHODS[name] for name in methods})
        if kept:
            keep_all(kept, key, found, MethodPage)
    return found


def marked(posts: Sequence[Post], marks: Marks) -> tuple[Post, ...]:
    """The posts with their marks, newest first."""
    found = [replace(post, marks=marks.get(post.folder, ())) for post in posts]
    found.sort(key=lambda post: post.path)
    found.sort(key=lambda post: post.date, reverse=True)
    return tuple(found)
