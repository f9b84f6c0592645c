"""The page that searches; without scripts it lists tags and studies."""

from __future__ import annotations

from collections.abc import Iterator

from generator.pages.base import Page, SiteData


def pages(data: SiteData) -> Iterator[Page]:
    """One page, which reads the index from a file beside it."""
    context = {"posts": data.posts, "tags": tuple(data.listed("tags").values())}
    text = "Search the words of studies and of their figures."
    yield Page(
        "search/index.html",
        "search.html",
        "Search",
        text,
        context,
        scripts=("index", "search"),
    )
