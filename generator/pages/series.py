"""Series: studies that are read one after the other, numbered by their dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.pages.base import Page, SiteData
from generator.pages.feed import feed_of
from generator.pages.post import Post
from generator.pages.records import Named


@dataclass(frozen=True, slots=True)
class Part:
    """A study's place in its series."""

    series: Named
    number: int
    total: int
    before: Post | None
    after: Post | None


def part_of(post: Post, data: SiteData) -> Part:
    """The place of `post`, which is in a series."""
    named, posts = data.listed("series")[post.series[0].path]
    order = posts[::-1]  # a site lists the newest first
    at = order.index(post)
    return Part(
        named,
        at + 1,
        len(order),
        order[at - 1] if at else None,
        order[at + 1] if at + 1 < len(order) else None,
    )


def pages(data: SiteData) -> Iterator[Page]:
    """A page for each series, its first part first."""
    for named, posts in data.listed("series").values():
        context = {"posts": posts[::-1], "feed": feed_of(named)}
        text = f"A series of {len(posts)} studies."
        yield Page(
            named.path,
            "series.html",
            named.name,
            text if len(posts) > 1 else "",
            context,
            origin=f"the series {named.name}",
            feeds=(feed_of(named),),
        )
