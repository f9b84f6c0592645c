"""The first page, and the page about the site."""

from __future__ import annotations

from collections.abc import Iterator

from generator.pages.base import Page, SiteData


def pages(data: SiteData) -> Iterator[Page]:
    """The latest study with its picture, then the others."""
    context = {
        "lead": data.posts[0] if data.posts else None,
        "rest": data.posts[1:],
        "tags": tuple(data.listed("tags").values()),
        "years": tuple(data.listed("years").values())[::-1],
        "series": tuple(data.listed("series").values()),
        "categories": tuple(data.listed("categories").values()),
    }
    settings = data.settings
    yield Page(
        "index.html", "index.html", settings.title, settings.description, context
    )
    yield Page("about/index.html", "about.html", "How to read a figure")
