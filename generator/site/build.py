"""From studies to a site: gather everything, check it, then write everything.

Nothing is written before all of it exists as bytes and has been checked: templates
that fail, prose that names what is not there and pages that are not safe leave
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

from generator.core.cache import Cache, compute_program_key, compute_templates_key
from generator.core.files import hash_parts
from generator.figures.export.figure_files import (
    explain_missing,
    missing_letters,
    prune_pictures,
    render_png,
)
from generator.figures.export.fonts import use_fonts
from generator.figures.export.shapes import Picture
from generator.figures.export.social_card import CardText, draw_card
from generator.methods import METHODS
from generator.site.assets import bundle_assets
from generator.site.content import (
    BytesContent,
    CacheMissError,
    ChangedStudyError,
    SiteFiles,
    as_contents,
)
from generator.site.output import (
    add_post_files,
    check_collisions,
    size_warnings,
    write_files,
)
from generator.site.own_fonts import load_fonts
from generator.site.page_check import open_page_check
from generator.site.pages import PAGES
from generator.site.pages.base import MethodPage, SiteData
from generator.site.pages.citation_files import build_citation_files
from generator.site.pages.feed import build_feeds
from generator.site.pages.metadata import SITE_CARD
from generator.site.pages.methods import read_method_pages
from generator.site.pages.people import resolve_people
from generator.site.pages.post import Post
from generator.site.pages.search_index import build_search_index
from generator.site.pages.sitemap import address_files
from generator.site.post_cache import (
    RenderContext,
    collect_posts,
    recall_records,
    store_records,
)
from generator.site.render_pages import PageRenderer, render_all_pages
from generator.site.sandbox import BoundedEnvironment
from generator.site.templates import build_environment
from generator.study.project import STUDIES
from generator.study.site_settings import SETTINGS_FILE, SiteSettings
from generator.study.study import Study

PostMarks = Mapping[str, tuple[str, ...]]
"""Words to put beside a study wherever it is listed, by its folder's name."""


@dataclass(frozen=True)
class RenderedSite:
    """The files and messages of one rendering."""

    pages: int
    warnings: tuple[str, ...]
    files: SiteFiles = field(default_factory=dict)
    """Every file of the site by its path."""
    hashes: dict[str, str] = field(default_factory=dict)
    """Their hashes, where they were written."""

    def read(self) -> dict[str, bytes]:
        """Read every file.

        Returns:
            Bytes by their path within the site.

        Raises:
            CacheMissError: If a file is not there any more.
        """
        return {path: content.read() for path, content in self.files.items()}


@dataclass(frozen=True)
class RenderOrder:
    """What to render, and how."""

    project: Path
    studies: Sequence[Study]
    settings: SiteSettings
    base_url: str = ""
    drafts: bool = False
    marks: PostMarks = field(default_factory=dict)
    others: Sequence[Post] = ()


def render_site(
    project: Path,
    studies: Sequence[Study],
    settings: SiteSettings,
    into: Path | None,
    *,
    base_url: str = "",
    drafts: bool = False,
    kept: Cache | None = None,
    before: Path | None = None,
    marks: PostMarks | None = None,
    others: Sequence[Post] = (),
) -> RenderedSite:
    """Render `studies` into the empty folder `into`, or into no folder at all.

    Posts and pages come from `kept` where nothing that they follow from has changed;
    the bytes are the same without it.

    Args:
        project: The project's folder.
        studies: Studies to render, whose artifacts are collected.
        settings: The settings of the site.
        into: The folder to write into, None to write nothing.
        base_url: The site's address, "" to take it from the settings.
        drafts: Whether drafts are rendered.
        kept: Cache of posts and pages, None for no cache.
        before: Folder of the previous site; files that it holds already are linked.
        marks: Words for studies that are true today alone, such as "draft".
        others: Posts of studies that cannot be drawn.

    Returns:
        The site's files, and warnings.

    Raises:
        StudyError: With everything an author must mend; nothing was written.
        IntegrityError: For a page that the safety check refuses; nothing was written.
    """
    order = RenderOrder(
        project, studies, settings, base_url, drafts, marks or {}, others
    )
    for _ in range(2):
        try:
            return write_site(build_site(order, kept), into, before)
        except ChangedStudyError:  # somebody writes: what is there now is drawn
            continue
        except CacheMissError:  # what was kept is damaged, or no page of ours
            if kept:
                kept.distrust()
    return write_site(build_site(order, None), into, before)


def write_site(
    done: RenderedSite, into: Path | None, before: Path | None
) -> RenderedSite:
    """Write the rendered files into a folder, if there is one.

    Args:
        done: The rendering.
        into: The folder to write into, None to write nothing.
        before: Folder of the previous site, None without one.

    Returns:
        The rendering with the hashes of what was written.

    Raises:
        CacheMissError: If a file is not there any more.
    """
    return replace(done, hashes=write_files(done.files, into, before)) if into else done


def build_site(order: RenderOrder, kept: Cache | None) -> RenderedSite:
    """Compute every file of an ordered site, in its own fonts too.

    Args:
        order: What to render, and how.
        kept: Cache of posts and pages, None for no cache.

    Returns:
        The site's files, and warnings.

    Raises:
        ConfigError: If a font is not there, or is none.
    """
    with use_fonts(load_fonts(order.project, order.settings.fonts)):
        return compute_site(order, kept)


def compute_site(order: RenderOrder, kept: Cache | None) -> RenderedSite:
    """Compute every file of an ordered site, checked and not yet written.

    Args:
        order: What to render, and how.
        kept: Cache of posts and pages, None for no cache.

    Returns:
        The site's files, and warnings.
    """
    project, settings = order.project, order.settings
    address = order.base_url or settings.base_url
    address = address if not address or address.endswith("/") else f"{address}/"
    key = compute_templates_key(project)
    templates = load_templates(project, key)
    bench = RenderContext(project, templates, settings, address, kept)
    posts, warnings = collect_posts(
        [study for study in order.studies if order.drafts or not study.draft], bench
    )
    posts = resolve_people(mark_posts((*posts, *order.others), order.marks), settings)
    distrusted = kept is not None and kept.distrusted
    methods = load_method_pages(tuple(METHODS), kept, distrusted)
    data = SiteData(settings, posts, methods, address)
    assets, paths = bundle_assets(project, build_search_index(data.posts))
    pages = tuple(chain.from_iterable(make(data) for make in PAGES.values()))
    with open_page_check(apart=isinstance(templates, BoundedEnvironment)) as check:
        renderer = PageRenderer(data, templates, key, paths, check, kept)
        files = render_all_pages(pages, renderer)
    count = len(files)
    files |= as_contents({**assets, ".nojekyll": b""})
    files |= as_contents(
        build_feeds(data, kept)
        | address_files(data, pages)
        | build_citation_files(data)
    )
    card = draw_site_card(data)
    if missing := missing_letters(card):
        where = f"{STUDIES}/{SETTINGS_FILE}: no words on the site's card"
        warnings.append(explain_missing(missing, where))
        card = draw_card(CardText("", ""))
    files[SITE_CARD] = BytesContent(render_png(card, bench.pictures, scale=1))
    prune_pictures(bench.pictures)
    files |= add_post_files(posts, files)
    check_collisions(files)
    return RenderedSite(count, (*warnings, *size_warnings(files)), files)


def draw_site_card(data: SiteData) -> Picture:
    """Draw the site's own card, with the newest study's picture.

    Args:
        data: Everything that pages are made of.
    """
    settings = data.settings
    lead = data.posts[0].picture if data.posts else None
    words = CardText(data.base_url, settings.title, "", settings.description)
    return draw_card(words, lead)


@lru_cache(maxsize=2)
def load_templates(project: Path, _key: str) -> jinja2.Environment:
    """Return the templates' environment, built anew when a template changes.

    Args:
        project: The project's folder.
        _key: Hash of the templates, which makes the cache notice a change.

    Returns:
        The environment of all pages.
    """
    return build_environment(project)


@lru_cache(maxsize=1)
def load_method_pages(
    methods: tuple[str, ...], kept: Cache | None, _distrusted: bool
) -> tuple[MethodPage, ...]:
    """Read the methods' pages, once in a program's life.

    Args:
        methods: Names of the methods.
        kept: Cache of rendered docstrings, None for no cache.
        _distrusted: Whether the cache is distrusted, which has them read again.

    Returns:
        The pages in the order of the names.
    """
    key = hash_parts("methods", compute_program_key(), list(methods))
    pages = recall_records(kept, key, MethodPage) if kept else None
    if pages is None:
        pages = read_method_pages({name: METHODS[name] for name in methods})
        if kept:
            store_records(kept, key, pages, MethodPage)
    return pages


def mark_posts(posts: Sequence[Post], marks: PostMarks) -> tuple[Post, ...]:
    """Return the posts with their marks, newest first.

    Args:
        posts: Posts, newest first.
        marks: Words by the name of a study's folder.

    Returns:
        The posts, sorted.
    """
    marked = [replace(post, marks=marks.get(post.folder, ())) for post in posts]
    marked.sort(key=lambda post: post.path)
    marked.sort(key=lambda post: post.date, reverse=True)
    return tuple(marked)
