"""The Atom feeds, one of all studies, one of each category and of each series.

An entry holds the whole write-up. Its id is made of the address of the study and its
date and never changes; its dates come from the study, never from the clock, so that a
feed changes when a study does and at no other time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape
from posixpath import dirname
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedgenerator import Atom1Feed

from generator.figures.tokens import visible
from generator.kept import Kept
from generator.pages.base import SiteData
from generator.pages.feedtext import from_feed, placed
from generator.pages.keyed import key_of
from generator.pages.post import Post
from generator.pages.records import Named
from generator.program import program_key

MOST = 20
PATH = "feed.xml"
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Feed(Atom1Feed):  # type: ignore[misc] # feedgenerator is untyped
    """An Atom feed that knows no "now"."""

    def latest_post_date(self) -> dt.datetime:
        """The newest entry's date; the epoch where there is none."""
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=EPOCH)


def feed_of(named: Named) -> Named:
    """The feed of a category or a series."""
    return Named(named.name, f"{dirname(named.path)}/{PATH}")


def feeds(data: SiteData, kept: Kept | None = None) -> dict[str, bytes]:
    """All feeds by their path; those of the same posts are recalled."""
    title = data.settings.title
    found = {PATH: recalled(data, Named(title, "index.html"), data.posts, kept)}
    for kind in ("categories", "series"):
        for named, posts in data.listed(kind).values():
            about = Named(f"{named.name} – {title}", named.path)
            # A series is followed by its parts, but a feed begins with the newest.
            found[feed_of(named).path] = recalled(data, about, posts, kept)
    return found


def recalled(
    data: SiteData, about: Named, posts: Sequence[Post], kept: Kept | None
) -> bytes:
    """A feed, not made twice."""
    about_site = data.settings, data.base_url, first_year(posts)
    key = key_of("feed", program_key(), about_site, about, whole=posts[:MOST])
    found = kept.get(key) if kept and key else None
    if found is None:
        found = feed(data, about, posts)
        if kept and key:
            kept.put(key, found)
    return found


def feed(data: SiteData, about: Named, posts: Sequence[Post]) -> bytes:
    """The feed of the newest of `posts`, which `about` lists.

    Without a base address its links are relative.
    """
    settings, base = data.settings, data.base_url
    path = f"{dirname(about.path)}/{PATH}".lstrip("/")
    where = from_feed(base, path)
    host = urlsplit(base).hostname or "site.invalid"
    rest = f":{dirname(path)}" if dirname(path) else ""
    made = Feed(
        title=line(about.name),
        link=where(about.path),
        description=line(settings.description),
        subtitle=line(settings.description) or None,
        language=settings.language,
        author_name=line(settings.author or settings.title),
        feed_url=where(path),
        feed_guid=f"tag:{host},{first_year(posts)}:feed{rest}",
    )
    for post in posts[:MOST]:
        content = placed(post.article.content, post.path, where)
        summary = line(post.summary)
        made.add_item(
            title=line(post.title),
            link=where(post.path),
            description=escape(summary) if summary else None,
            content=content or escape(summary or post.title),
            unique_id=f"tag:{host},{post.date}:{post.path.removesuffix('/index.html')}",
            pubdate=moment(post.date, settings.timezone),
            updateddate=moment(post.updated, settings.timezone),
            author_name=", ".join(map(line, post.authors)) or None,
            categories=[line(tag.name) for tag in post.tags],
        )
    text: str = made.writeString("utf-8")
    return text.encode("utf-8")


def line(text: str) -> str:
    """`text` with every character one that XML can hold and a reader can see."""
    return visible(text, blanks=False)


def first_year(posts: Sequence[Post]) -> int:
    """The year of the first study, so that the feed's id never changes."""
    return min((post.date.year for post in posts), default=1970)


def moment(date: dt.date, zone: str) -> dt.datetime:
    """Midnight of a day where the site is."""
    return dt.datetime.combine(date, dt.time(), tzinfo=ZoneInfo(zone))
