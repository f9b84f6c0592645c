"""A study's neighbours on its page: in time, in its series, by what they share."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from generator.site.pages import lists, study
from generator.site.pages.base import SiteData
from generator.site.pages.post import Listing, Post, SharedTrait
from generator.site.pages.study import MOST, find_related
from generator.study.site_settings import SiteSettings

SERIES = Listing("Slots", "series/slots/index.html")


def post(day: int, **more: Any) -> Post:
    """A study of a day."""
    usual: dict[str, Any] = {
        "path": f"s/2026/01/{day:02}/x/index.html",
        "folder": f"studies/2026-01-{day:02}-x",
        "title": f"Study {day}",
        "summary": "",
        "date": dt.date(2026, 1, day),
        "tags": (),
        "category": Listing("S", "categories/s/index.html"),
        "authors": (),
        "draft": False,
    }
    return Post(**usual | more)


def site(*posts: Post) -> SiteData:
    """A site of these, the newest first."""
    newest = tuple(sorted(posts, key=lambda one: one.date, reverse=True))
    return SiteData(SiteSettings(), newest, ())


@pytest.mark.parametrize("count", [1, 2, 5])
def test_older_and_newer_are_inverse_along_the_list(count: int) -> None:
    """Each study is the newer one of its older one; the ends have one neighbour."""
    data = site(*map(post, range(1, count + 1)))
    pages = {page.post: page.context for page in study.pages(data) if page.post}
    assert list(pages) == list(data.posts)
    for one, context in pages.items():
        older, newer = context["older"], context["newer"]
        assert older is None or (older.date < one.date and pages[older]["newer"] == one)
        assert newer is None or (newer.date > one.date and pages[newer]["older"] == one)
    assert [p for p, c in pages.items() if c["older"] is None] == [data.posts[-1]]
    assert [p for p, c in pages.items() if c["newer"] is None] == [data.posts[0]]


@pytest.mark.parametrize("count", [1, 2, 4])
def test_parts_are_numbered_by_their_dates(count: int) -> None:
    """Before and after are inverse, other studies are no part, one part is no series.

    A page of one part has no description, so that it does not say "1 studies".
    """
    parts = [post(2 * day, series=(SERIES,)) for day in range(1, count + 1)]
    data = site(*parts, *(post(2 * day - 1) for day in range(1, count + 1)))
    found = [lists.series_part(one, data) for one in parts]
    assert [part.number for part in found] == list(range(1, count + 1))
    assert {part.total for part in found} == {count}
    assert [part.before for part in found] == [None, *parts[:-1]]
    assert [part.after for part in found] == [*parts[1:], None]
    (page,) = lists.series_pages(data)
    assert page.context["posts"] == tuple(parts)
    several = f"A series of {count} studies."
    assert page.description == (several if count > 1 else "")


def test_what_is_rare_relates_more() -> None:
    """Of studies that share something the nearest come first, at most three."""
    common, rare = SharedTrait("tag", "common"), SharedTrait("tag", "rare")
    posts = [
        post(9, traits=(common, rare)),
        post(8, traits=(common,)),
        post(7, traits=(common,)),
        post(6, traits=(common, rare)),
        post(5, traits=(common,)),
        post(4),
    ]
    first, *_, last = find_related(posts)
    assert [one.post.date.day for one in first] == [6, 8, 7]
    assert len(first) == MOST
    assert "tag rare" in first[0].reason
    assert last == ()
