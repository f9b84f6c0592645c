"""A study's own page."""

from __future__ import annotations

from collections.abc import Iterator

from generator.pages.base import Page, SiteData


def pages(data: SiteData) -> Iterator[Page]:
    """One page a study, with its neighbours in time."""
    for i, post in enumerate(data.posts):
        newer = data.posts[i - 1] if i else None
        older = data.posts[i + 1] if i + 1 < len(data.posts) else None
        context = {"post": post, "newer": newer, "older": older}
        yield Page(post.path, "study.html", post.title, post.summary, context)
