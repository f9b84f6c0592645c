"""The Atom feed. Its dates come from the studies, never from the clock."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedgenerator import Atom1Feed

from generator.figures.tokens import visible
from generator.pages.base import Post, SiteData

MOST = 20
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Feed(Atom1Feed):  # type: ignore[misc] # feedgenerator is untyped
    """An Atom feed that knows no "now"."""

    def latest_post_date(self) -> dt.datetime:
        """The newest entry's date; the epoch where there is none."""
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=EPOCH)


def feed(data: SiteData) -> bytes:
    """The feed of the newest studies. Without a base address its links are relative."""
    settings, base = data.settings, data.base_url
    host = urlsplit(base).hostname or "site.invalid"
    made = Feed(
        title=visible(settings.title, blanks=False),
        link=base or "index.html",
        description=visible(settings.description, blanks=False),
        subtitle=visible(settings.description, blanks=False) or None,
        language=settings.language,
        author_name=visible(settings.author or settings.title, blanks=False),
        feed_url=f"{base}feed.xml",
        feed_guid=f"tag:{host},{first_year(data)}:feed",
    )
    for post in data.posts[:MOST]:
        at = moment(post, settings.timezone)
        made.add_item(
            title=visible(post.title, blanks=False),
            link=f"{base}{post.path.removesuffix('index.html')}" if base else post.path,
            description=visible(post.summary or post.title, blanks=False),
            unique_id=f"tag:{host},{post.date}:{post.path.removesuffix('/index.html')}",
            pubdate=at,
            updateddate=at,
            author_name=", ".join(visible(a, blanks=False) for a in post.authors)
            or None,
            categories=[visible(t.name, blanks=False) for t in post.tags],
        )
    text: str = made.writeString("utf-8")
    return text.encode("utf-8")


def first_year(data: SiteData) -> int:
    """The year of the first study, so that the feed's id never changes."""
    return min((post.date.year for post in data.posts), default=1970)


def moment(post: Post, zone: str) -> dt.datetime:
    """Midnight of a post's day where the site is."""
    return dt.datetime.combine(post.date, dt.time(), tzinfo=ZoneInfo(zone))
