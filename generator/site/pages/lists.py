"""Pages that list things: studies, tags, categories, series, claims.

The page of searches lists tags and studies where no scripts run. Pages at addresses
that studies used to have lead to where they are now: a folder's page is served for the
address with and without its last slash, so `/2018/07/old` becomes
`2018/07/old/index.html`. Such a page works without scripts and from a disk: it holds a
visible link and asks the browser to follow it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from generator.core.decision import VERDICTS
from generator.site.pages.base import Page, SiteData
from generator.site.pages.feed import feed_listing
from generator.site.pages.post import Listing, Post, count_settings, count_verdicts


def index_pages(data: SiteData) -> Iterator[Page]:
    """Yield the first page, and the page on how to read a figure.

    Args:
        data: Everything that pages are made of.
    """
    context = {
        "lead": data.posts[0] if data.posts else None,
        "rest": data.posts[1:],
        "tags": tuple(data.posts_by_kind("tags").values()),
        "years": tuple(data.posts_by_kind("years").values())[::-1],
        "series": tuple(data.posts_by_kind("series").values()),
        "categories": tuple(data.posts_by_kind("categories").values()),
    }
    settings = data.settings
    yield Page(
        "index.html", "index.html", settings.title, settings.description, context
    )
    yield Page("about/index.html", "about.html", "How to read a figure")


def archive_pages(data: SiteData) -> Iterator[Page]:
    """Yield the list of all studies by year, and a page for each year.

    Args:
        data: Everything that pages are made of.
    """
    years = tuple(data.posts_by_kind("years").values())[::-1]
    yield Page("archive/index.html", "archive.html", "Archive", "", {"years": years})
    for named, posts in years:
        title = f"Studies of {named.name}"
        yield Page(named.path, "tag.html", title, "", {"posts": posts, "word": "Year"})


def tag_pages(data: SiteData) -> Iterator[Page]:
    """Yield the list of all tags, and a page for each.

    Args:
        data: Everything that pages are made of.
    """
    groups = tuple(data.posts_by_kind("tags").values())
    yield Page("tags/index.html", "tags.html", "Tags", "", {"tags": groups})
    for named, posts in groups:
        yield Page(
            named.path, "tag.html", named.name, "", {"posts": posts, "word": "Tag"}
        )


def category_pages(data: SiteData) -> Iterator[Page]:
    """Yield the list of all categories, and a page for each with its feed.

    Args:
        data: Everything that pages are made of.
    """
    groups = tuple(data.posts_by_kind("categories").values())
    yield Page("categories/index.html", "categories.html", "Categories", "",
               {"groups": groups})  # fmt: skip
    for named, posts in groups:
        yield Page(
            named.path,
            "category.html",
            named.name,
            "",
            {"posts": posts, "word": "Category", "feed": feed_listing(named)},
            feeds=(feed_listing(named),),
        )


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """A study's place in its series."""

    series: Listing
    number: int
    total: int
    before: Post | None
    after: Post | None


def series_part(post: Post, data: SiteData) -> SeriesPart:
    """Return the place of a study in its series.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.
    """
    named, posts = data.posts_by_kind("series")[post.series[0].path]
    order = posts[::-1]  # a site lists the newest first
    at = order.index(post)
    return SeriesPart(
        named,
        at + 1,
        len(order),
        order[at - 1] if at else None,
        order[at + 1] if at + 1 < len(order) else None,
    )


def series_pages(data: SiteData) -> Iterator[Page]:
    """Yield a page for each series, its first part first.

    Args:
        data: Everything that pages are made of.
    """
    for named, posts in data.posts_by_kind("series").values():
        context = {"posts": posts[::-1], "feed": feed_listing(named)}
        text = f"A series of {len(posts)} studies."
        yield Page(
            named.path,
            "series.html",
            named.name,
            text if len(posts) > 1 else "",
            context,
            origin=f"the series {named.name}",
            feeds=(feed_listing(named),),
        )


def search_pages(data: SiteData) -> Iterator[Page]:
    """Yield the search page, which reads the index from a file beside it.

    Args:
        data: Everything that pages are made of.
    """
    context = {"posts": data.posts, "tags": tuple(data.posts_by_kind("tags").values())}
    text = "Search the words of studies and of their figures."
    yield Page(
        "search/index.html",
        "search.html",
        "Search",
        text,
        context,
        scripts=("index", "search"),
    )


def missing_pages(data: SiteData) -> Iterator[Page]:
    """Yield the page for lost addresses, whose links work from any depth.

    Args:
        data: Everything that pages are made of.
    """
    yield Page("404.html", "404.html", "Not found", "", {"posts": data.posts[:5]})


def redirect_pages(data: SiteData) -> Iterator[Page]:
    """Yield one page for each alias of each study.

    Args:
        data: Everything that pages are made of.
    """
    for post in data.posts:
        for alias in post.aliases:
            yield Page(
                alias_path(alias),
                "redirect.html",
                post.title,
                refresh=post.path,
                origin=f"{post.folder} (alias {alias})",
            )


def alias_path(alias: str) -> str:
    """Return the file that is served at an alias."""
    inside = alias.strip("/")
    return inside if inside.endswith(".html") else f"{inside}/index.html"


def claim_pages(data: SiteData) -> Iterator[Page]:
    """Yield the page of all claims: studies, newest first, and a choice of verdicts.

    Args:
        data: Everything that pages are made of.
    """
    studies = tuple(post for post in data.posts if post.claims)
    every = tuple(chain.from_iterable(post.claims for post in studies))
    verdicts = [v for v in VERDICTS if any(claim.verdict == v for claim in every)]
    choices = [("all", "view-all", f"all {len(every)}", True)]
    choices += [
        (slug, f"view-{slug}", verdict, False)
        for verdict, slug in ((v, v.replace(" ", "-")) for v in verdicts)
    ]
    context = {
        "studies": studies,
        "tally": count_verdicts(every),
        "settings": count_settings(every),
        "choices": tuple(choices),
    }
    description = "What the studies say, and whether their numbers support it."
    yield Page("claims/index.html", "claims.html", "Claims", description, context)
