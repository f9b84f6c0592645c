"""What pages are made of: posts with finished fragments, and nothing that draws.

A kind of page is a function from `SiteData` to the pages it wants; `PAGES` in this
folder's `__init__` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from generator.core.errors import StudyError, quote_text
from generator.site.pages.post import Listing, Post, Teaser
from generator.study.site_settings import SiteSettings


@dataclass(frozen=True, slots=True)
class MethodPage:
    """A method's documentation page."""

    name: str
    path: str
    title: str
    text: Markup
    settings: tuple[tuple[str, str, Markup], ...]  # name, default, meaning


@dataclass(frozen=True)
class SiteData:
    """Everything that pages are made of. Posts are newest first."""

    settings: SiteSettings
    posts: tuple[Post, ...]
    methods: tuple[MethodPage, ...]
    base_url: str = ""

    def address(self, path: str) -> str:
        """Return the address of a path of the site.

        Args:
            path: Path within the site.

        Returns:
            An absolute address, or the path itself without a base address.
        """
        own = path.removesuffix("index.html")
        return f"{self.base_url}{own}" if self.base_url else path

    def posts_by_kind(self, kind: str) -> dict[str, tuple[Listing, tuple[Post, ...]]]:
        """Group posts by their tags, category, series or year.

        Args:
            kind: What to group by, as `post_listings` knows it.

        Returns:
            A listing and its posts by the listing's path, sorted by name.

        Raises:
            StudyError: If two names would have one path.
        """
        groups: dict[str, tuple[Listing, list[Post]]] = {}
        for post in self.posts:
            for named in post_listings(post, kind):
                first, posts = groups.setdefault(named.path, (named, []))
                if first.name.casefold() != named.name.casefold():
                    raise StudyError(
                        f"{post.folder}: {quote_text(named.name)} and "
                        f"{quote_text(first.name)} "
                        f"have one address, {named.path}; rename one"
                    )
                if post not in posts:
                    posts.append(post)
        order = sorted(groups, key=lambda path: groups[path][0].name.casefold())
        return {path: (groups[path][0], tuple(groups[path][1])) for path in order}


@dataclass(frozen=True)
class Page:
    """One address: its template and what the template needs."""

    path: str
    template: str
    title: str
    description: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    post: Post | None = None
    """The study whose own page it is."""
    refresh: str = ""
    """The page to go to at once, as a path of the site."""
    origin: str = ""
    """What gave the page its address, for messages about two that have one."""
    feeds: tuple[Listing, ...] = ()
    """Feeds of what the page lists, besides the one of the site."""
    scripts: tuple[str, ...] = ()
    """Scripts that no other page needs, by their names among the assets."""
    figures: tuple[str, ...] = ()
    """Kinds of figures on it, whose style sheets it needs."""

    @property
    def noindex(self) -> bool:
        """Whether search engines should leave the page out."""
        return bool(self.refresh) or self.path == "404.html"


Pages = Callable[[SiteData], Iterator[Page]]
"""A kind of page."""


def post_listings(post: Teaser, kind: str) -> tuple[Listing, ...]:
    """Return a post's tags, its category, its series or its year.

    Args:
        post: The post of a study.
        kind: `tags`, `categories` or `series`; any other word means the year.

    Returns:
        The listings of the post, none if it has no such thing.
    """
    if kind == "tags":
        return post.tags
    if kind == "series":
        return post.series
    if kind == "categories":
        return (post.category,)
    return (Listing(str(post.date.year), f"{post.date.year:04d}/index.html"),)
