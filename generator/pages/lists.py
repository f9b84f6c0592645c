"""Lists of studies: by year, by tag, by category."""

from __future__ import annotations

from collections.abc import Iterator

from generator.pages.base import Page, SiteData
from generator.pages.feed import feed_of


def archive(data: SiteData) -> Iterator[Page]:
    """All studies by year, and a page for each year."""
    years = tuple(data.listed("years").values())[::-1]
    yield Page("archive/index.html", "archive.html", "Archive", "", {"years": years})
    for named, posts in years:
        title = f"Studies of {named.name}"
        yield Page(named.path, "tag.html", title, "", {"posts": posts, "word": "Year"})


def tags(data: SiteData) -> Iterator[Page]:
    """All tags, and a page for each."""
    found = tuple(data.listed("tags").values())
    yield Page("tags/index.html", "tags.html", "Tags", "", {"tags": found})
    for named, posts in found:
        yield Page(
            named.path, "tag.html", named.name, "", {"posts": posts, "word": "Tag"}
        )


def categories(data: SiteData) -> Iterator[Page]:
    """All categories, and a page for each with its feed."""
    found = tuple(data.listed("categories").values())
    yield Page("categories/index.html", "categories.html", "Categories", "",
               {"groups": found})  # fmt: skip
    for named, posts in found:
        yield Page(
            named.path,
            "category.html",
            named.name,
            "",
            {"posts": posts, "word": "Category", "feed": feed_of(named)},
            feeds=(feed_of(named),),
        )
