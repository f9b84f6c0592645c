"""Files for hosts and search engines: the site map, robots.txt and the domain.

A site map holds absolute addresses, so there is none without a base address. Search
engines read robots.txt at the root of a host alone; below one it would be ignored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from generator.site.pages.base import Page, SiteData, post_listings
from generator.site.pages.post import Post

DOMAIN = "CNAME"
"""The file that GitHub Pages reads the site's domain from."""
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
KINDS = ("tags", "categories", "series", "years")
LISTS = ("index.html", "archive/index.html", "tags/index.html", "categories/index.html")


def address_files(data: SiteData, pages: Iterable[Page]) -> dict[str, bytes]:
    """Build the files for hosts and search engines that the address allows.

    Args:
        data: Everything that pages are made of.
        pages: All pages of the site.

    Returns:
        The files by path.
    """
    files: dict[str, bytes] = {}
    if data.settings.cname:
        files[DOMAIN] = f"{data.settings.cname}\n".encode()
    if data.base_url:
        files["sitemap.xml"] = build_sitemap(data, pages)
        if urlsplit(data.base_url).path == "/":
            where = f"{data.base_url}sitemap.xml"
            allowed = f"User-agent: *\nAllow: /\n\nSitemap: {where}\n"
            files["robots.txt"] = allowed.encode()
    return files


def build_sitemap(data: SiteData, pages: Iterable[Page]) -> bytes:
    """Build the site map: every page to be found, dated by what it shows.

    Args:
        data: Everything that pages are made of.
        pages: All pages of the site.

    Returns:
        An XML file.
    """
    days = newest_changes(data.posts)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<urlset xmlns="{NAMESPACE}">',
        *(
            f"<url><loc>{escape(data.address(page.path))}</loc>"
            f"{newest_day(days, page)}</url>"
            for page in sorted(pages, key=lambda page: page.path)
            if not page.noindex
        ),
        "</urlset>",
    ]
    return ("\n".join(lines) + "\n").encode()


def newest_day(days: dict[str, dt.date], page: Page) -> str:
    """Format the newest change of what a page shows.

    Args:
        days: Newest change by path of the page.
        page: The page.

    Returns:
        An element of the site map, "" where no study has a date.
    """
    day = days.get(page.path)
    return f"<lastmod>{day.isoformat()}</lastmod>" if day else ""


def newest_changes(posts: Iterable[Post]) -> dict[str, dt.date]:
    """Return the newest change of what each page shows, by its path.

    Args:
        posts: Posts, newest first.
    """
    days: dict[str, dt.date] = {}
    for post in posts:
        for path in listing_paths(post):
            days[path] = max(post.updated, days.get(path, post.updated))
    return days


def listing_paths(post: Post) -> Iterator[str]:
    """Yield the paths of the pages that show a study or list it.

    Args:
        post: The post of a study.
    """
    yield post.path
    yield from LISTS
    for kind in KINDS:
        yield from (named.path for named in post_listings(post, kind))
