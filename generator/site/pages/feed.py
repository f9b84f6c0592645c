"""The Atom feeds, one of all studies, one of each category and of each series.

An entry holds the whole write-up: prose and formulas, and for each figure its picture.
Its id is made of the address of the study and its date and never changes; its dates
come from the study, never from the clock, so that a feed changes when a study does and
at no other time.

Feed readers know nothing of the page: classes and roles are left out, ids carry the
study's name, since many entries stand on one screen, and addresses are made absolute,
or relative to the feed where the site's own address is not known.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from posixpath import dirname, join, normpath, relpath
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedgenerator import Atom1Feed
from markupsafe import Markup

from generator.core.cache import Cache, compute_program_key
from generator.figures.formatting import make_visible, visible_sign
from generator.site.pages.base import SiteData
from generator.site.pages.page_key import page_key
from generator.site.pages.post import Listing, Post

TAG = re.compile(r"<[a-z][a-z0-9]*(?:\s+[^\s=>\"]+(?:=\"[^\"]*\")?)*\s*/?>")
ATTRIBUTE = re.compile(r"\s([^\s=>\"]+)=\"([^\"]*)\"")
LEFT_OUT = re.compile(r"class|role|tabindex|loading|rel|aria-.*|data-.*|open|style")
SUMMARY = re.compile(r'<p class="summary"[^>]*>(.*?)</p>', re.DOTALL)
REMOTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, escaped or not."""

AddressOf = Callable[[str], str]
"""From a path of the site to the address that a feed gives for it."""


def figure_summary(drawn: str) -> str:
    """Return a figure's summary as plain text, "" if it has none.

    Args:
        drawn: HTML of the figure.
    """
    match = SUMMARY.search(drawn)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", match[1])).split()) if match else ""


def picture_path(name: str) -> str:
    """Return the path of a figure's picture, relative to its page."""
    return f"figures/{name}.png"


def build_feed_figure(
    name: str, title: str, drawn: str, caption: Markup, picture: str
) -> Markup:
    """Build a figure for a feed: its picture, a link to it, its caption.

    Args:
        name: Name of the figure in the study file.
        title: Number and title of the figure.
        drawn: HTML of the figure.
        caption: HTML of its caption.
        picture: Address of its picture, "" for none.

    Returns:
        The HTML.
    """
    summary = figure_summary(drawn)
    shown = Markup("<p>{}</p>").format(summary)
    if picture:
        shown = Markup('<p><img src="{}" alt="{}"></p>').format(picture, summary)
    link = Markup('<p><a href="#fig-{}">{}</a></p>').format(name, title)
    return Markup("<figure>{}<figcaption>{}{}</figcaption></figure>").format(
        shown, link, caption
    )


def rebase_html(html: str, page: str, where: AddressOf) -> str:
    """Rewrite a study's HTML to be read outside its page.

    Args:
        html: HTML of the write-up.
        page: Path of the study's page within the site.
        where: The function from a path of the site to an address.

    Returns:
        The HTML with new ids and addresses, without classes and roles.
    """
    slug = page.split("/")[-2]
    ids = set(re.findall(r' id="([^"]+)"', html))

    def address(text: str) -> str:
        path, mark, fragment = unescape(text).partition("#")
        if REMOTE.match(text):
            return text
        if not path and fragment in ids:
            return escape(f"#{slug}-{fragment}")
        target = normpath(join(dirname(page), path)) if path else page
        return escape(f"{where(target)}{mark}{fragment}")

    def attribute(match: re.Match[str]) -> str:
        name, value = match[1], match[2]
        if LEFT_OUT.fullmatch(name):
            return ""
        if name == "id":
            value = f"{slug}-{value}"
        elif name in {"href", "src"}:
            value = address(value)
        return f' {name}="{value}"'

    rebased = TAG.sub(lambda tag: ATTRIBUTE.sub(attribute, tag[0]), html)
    return FORBIDDEN.sub(lambda char: visible_sign(char[0], "Cs"), rebased)


def feed_addresses(base: str, path: str) -> AddressOf:
    """Return the function from a path of the site to its address in a feed.

    Args:
        base: The site's address, "" where it is not known.
        path: Path of the feed.

    Returns:
        A function that gives absolute addresses, or relative ones without `base`.
    """
    if base:
        return lambda target: f"{base}{target.removesuffix('index.html')}"
    return lambda target: relpath(target, dirname(path) or ".")


MOST = 20
PATH = "feed.xml"
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class StudyFeed(Atom1Feed):  # type: ignore[misc] # feedgenerator is untyped
    """An Atom feed without a current time: all dates come from studies."""

    def latest_post_date(self) -> dt.datetime:
        """Return the newest entry's date; the epoch without entries."""
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=EPOCH)


def feed_listing(named: Listing) -> Listing:
    """Return the feed of a category or a series."""
    return Listing(named.name, f"{dirname(named.path)}/{PATH}")


def build_feeds(data: SiteData, kept: Cache | None = None) -> dict[str, bytes]:
    """Build all feeds; unchanged ones come from the cache.

    Args:
        data: Everything that pages are made of.
        kept: The cache, None for no cache.

    Returns:
        The feeds by path.
    """
    title = data.settings.title
    feeds = {PATH: recalled(data, Listing(title, "index.html"), data.posts, kept)}
    for kind in ("categories", "series"):
        for named, posts in data.posts_by_kind(kind).values():
            about = Listing(f"{named.name} – {title}", named.path)
            # A series is followed by its parts, but a feed begins with the newest.
            feeds[feed_listing(named).path] = recalled(data, about, posts, kept)
    return feeds


def recalled(
    data: SiteData, about: Listing, posts: Sequence[Post], kept: Cache | None
) -> bytes:
    """Build a feed, or recall it from the cache.

    Args:
        data: Everything that pages are made of.
        about: Title and page of the list that the feed follows.
        posts: Posts, newest first.
        kept: The cache, None for no cache.

    Returns:
        An Atom feed.
    """
    about_site = data.settings, data.base_url, first_year(posts)
    key = page_key("feed", compute_program_key(), about_site, about, whole=posts[:MOST])
    feed = kept.get(key) if kept and key else None
    if feed is None:
        feed = build_feed(data, about, posts)
        if kept and key:
            kept.put(key, feed)
    return feed


def build_feed(data: SiteData, about: Listing, posts: Sequence[Post]) -> bytes:
    """Build a feed of the newest posts.

    Without a base address its links are relative.

    Args:
        data: Everything that pages are made of.
        about: Title and page of the list that the feed follows.
        posts: Posts, newest first.

    Returns:
        An Atom feed.
    """
    settings, base = data.settings, data.base_url
    path = f"{dirname(about.path)}/{PATH}".lstrip("/")
    where = feed_addresses(base, path)
    host = urlsplit(base).hostname or "site.invalid"
    rest = f":{dirname(path)}" if dirname(path) else ""
    feed = StudyFeed(
        title=clean_text(about.name),
        link=where(about.path),
        description=clean_text(settings.description),
        subtitle=clean_text(settings.description) or None,
        language=settings.language,
        author_name=clean_text(settings.author or settings.title),
        feed_url=where(path),
        feed_guid=f"tag:{host},{first_year(posts)}:feed{rest}",
    )
    for post in posts[:MOST]:
        content = rebase_html(post.article.content, post.path, where)
        summary = clean_text(post.summary)
        feed.add_item(
            title=clean_text(post.title),
            link=where(post.path),
            description=escape(summary) if summary else None,
            content=content or escape(summary or post.title),
            unique_id=f"tag:{host},{post.date}:{post.path.removesuffix('/index.html')}",
            pubdate=local_midnight(post.date, settings.timezone),
            updateddate=local_midnight(post.updated, settings.timezone),
            author_name=", ".join(map(clean_text, post.authors)) or None,
            categories=[clean_text(tag.name) for tag in post.tags],
        )
    text: str = feed.writeString("utf-8")
    return text.encode("utf-8")


def clean_text(text: str) -> str:
    """Return text with only characters that XML can hold and a reader can see."""
    return make_visible(text, blanks=False)


def first_year(posts: Sequence[Post]) -> int:
    """Return the year of the first study, so that the feed's id never changes.

    Args:
        posts: Posts, newest first.
    """
    return min((post.date.year for post in posts), default=1970)


def local_midnight(date: dt.date, zone: str) -> dt.datetime:
    """Return midnight of a day in the site's time zone."""
    return dt.datetime.combine(date, dt.time(), tzinfo=ZoneInfo(zone))
