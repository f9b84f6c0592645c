"""The page for an address that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from generator.pages.base import Page, SiteData


def pages(data: SiteData) -> Iterator[Page]:
    """One page, whose links work from any depth."""
    yield Page("404.html", "404.html", "Not found", "", {"posts": data.posts[:5]})
