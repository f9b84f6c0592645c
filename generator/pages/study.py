"""A study's own page."""

from __future__ import annotations

from collections.abc import Iterator

from generator.pages.base import Page, SiteData
from generator.pages.citing import cite
from generator.pages.licences import licence
from generator.pages.post import Post
from generator.pages.related import Related, relations
from generator.pages.series import part_of


def pages(data: SiteData) -> Iterator[Page]:
    """One page a study, with its neighbours in time."""
    near = relations(data.posts)
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
        yield Page(
            post.path,
            "study.html",
            post.title,
            post.summary,
            context | around(post, data, near[i]),
            post=post,
            origin=post.folder,
            figures=post.kinds,
        )


def around(
    post: Post, data: SiteData, related: tuple[Related, ...]
) -> dict[str, object]:
    """The study's place in its series, and the studies that are related to it."""
    return {
        "part": part_of(post, data) if post.series else None,
        "related": related,
    }
