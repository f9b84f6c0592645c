"""A study's own page."""

from __future__ import annotations

from collections.abc import Iterator

from generator.pages.base import Page, SiteData
from generator.pages.citing import cite
from generator.pages.licences import licence


def pages(data: SiteData) -> Iterator[Page]:
    """One page a study, with its neighbours in time."""
    for i, post in enumerate(data.posts):
        newer = data.posts[i - 1] if i else None
        older = data.posts[i + 1] if i + 1 < len(data.posts) else None
        context = {
            "post": post,
            "newer": newer,
            "older": older,
            "cite": cite(post, data),
            "licence": licence(post.licence or data.settings.licence),
        }
        yield Page(post.path, "study.html", post.title, post.summary, context)
