"""A link that leads nowhere is found by its line; one that leads somewhere is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli.check.links import (
    check_anchors,
    check_feeds,
    check_links,
    list_page_addresses,
)
from generator.cli.check.site_files import parse_page
from tests.cli.check.sites import page, site

GOOD = (
    "index.html", "a/index.html", "./a/", "a/", "#x", "a/index.html#", "#top",
    "https://example.org/gone", "mailto:a@example.org", "index.html#x",
    "#x?step=4&view=word", "sp%20ace.html", "?page=2", "",
)  # fmt: skip
BAD = (
    "b.html",
    "A/index.html",
    "a/b/",
    "/index.htm",
    "../outside.html",
    "a",
    "%2e%2e/x",
)


@pytest.mark.parametrize("address", GOOD)
def test_good_links_are_not_reported(tmp_path: Path, address: str) -> None:
    """Links to files and ids that are there, and links away, are fine."""
    body = f'<p id="x"><a href="{address}">x</a></p>'
    found = site(tmp_path, **{"index_html": page(body), "sp ace_html": page()})
    assert not [*check_links(found), *check_anchors(found)]


@pytest.mark.parametrize("address", BAD)
def test_bad_links_are_reported_with_their_line(tmp_path: Path, address: str) -> None:
    """A link to no file is one finding, on the line where it stands."""
    found = site(tmp_path, index_html=page(f'<a href="{address}">x</a>'))
    (one,) = check_links(found)
    assert (one.file, one.line, one.kind) == ("site/index.html", 3, "links")
    assert address in one.text


def test_case_is_told(tmp_path: Path) -> None:
    """A link that would work on a disk that ignores case names the right one."""
    (one,) = check_links(
        site(tmp_path, index_html=page('<a href="A/Index.html">x</a>'))
    )
    assert "case matters: it is a/index.html" in one.fix


@pytest.mark.parametrize(
    "tag", ['<img src="x.png" alt="x">', '<script src="x.js"></script>']
)
def test_what_a_page_loads_is_an_asset(tmp_path: Path, tag: str) -> None:
    """A picture or script that is not there is a missing asset."""
    (one,) = check_links(site(tmp_path, index_html=page(tag)))
    assert one.kind == "assets"


@pytest.mark.parametrize(
    ("address", "kept"),
    [("/repo/a/", True), ("/repo/", True), ("/a/", False), ("/repository/", False),
     ("https://example.org/repo/a/", True), ("https://example.org/repo/b", False),
     ("https://example.org/other", True)],
)  # fmt: skip
def test_the_base_path_counts(tmp_path: Path, address: str, kept: bool) -> None:
    """Addresses from the root are read under the path the site is published at."""
    base = "https://example.org/repo/"
    found = site(tmp_path, base, index_html=page(f'<a href="{address}">x</a>'))
    assert list(check_links(found)) is not kept


def test_an_id_that_is_not_there(tmp_path: Path) -> None:
    """A fragment, on this page or another, must be an id there."""
    body = '<a href="#gone">x</a><a href="a/index.html#also-gone?t=1">y</a>'
    first, second = check_anchors(site(tmp_path, index_html=page(body)))
    assert "#gone" in first.text
    assert "a/index.html has no such id" in second.text


def test_feeds_and_site_maps(tmp_path: Path) -> None:
    """Addresses in feeds and site maps are files of the site."""
    base = "https://example.org/repo/"
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><link href="{base}%s"/></feed>'
    sitemap = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{base}a/</loc></url><url><loc>{base}c/</loc></url></urlset>"
    )
    files = {
        "feed_xml": feed % "a/",
        "a__feed_xml": feed % "b/",
        "sitemap_xml": sitemap,
    }
    found = sorted(check_feeds(site(tmp_path, base, **files)))
    assert [one.file for one in found] == ["site/a/feed.xml", "site/sitemap.xml"]


def test_a_broken_feed(tmp_path: Path) -> None:
    """A feed that is no XML is one finding and no traceback."""
    (one,) = check_feeds(site(tmp_path, feed_xml="<feed>"))
    assert "no XML" in one.text


def test_an_alias_leads_somewhere(tmp_path: Path) -> None:
    """A page that sends its reader on sends them to a page that is there."""
    tag = '<meta http-equiv="refresh" content="0; url=%s">'
    files = {
        "index_html": page(tag % "a/index.html"),
        "old_html": page(tag % "a/b.html"),
    }
    (one,) = check_links(site(tmp_path, **files))
    assert (one.file, one.kind) == ("site/old.html", "links")


def test_pictures_of_previews_are_there(tmp_path: Path) -> None:
    """A picture that is named to other sites is a file of this one."""
    base = "https://example.org/repo/"
    tag = f'<meta property="og:image" content="{base}%s">'
    files = {
        "index_html": page(tag % "x.png"),
        "x_png": b"",
        "a__index_html": page(tag % "y"),
    }
    (one,) = check_links(site(tmp_path, base, **files))
    assert (one.file, one.kind) == ("site/a/index.html", "assets")


def test_every_address_of_a_page_is_listed_with_its_element() -> None:
    """Of each picture of a set, of redirects and of previews; empty ones too."""
    html = (
        '<img srcset="a.png 1x, b.png 2x, " src="c.png"><a href="">x</a>'
        '<video poster="d.png"></video><object data="e"></object>'
        '<meta http-equiv="Refresh" content="0; url=f/"><meta name="other" content="g">'
        '<meta property="og:image" content="h.png"><meta property="og:url" content="i">'
        '<meta property="og:image" content=""><a name="k">x</a>'
    )
    found = sorted(list_page_addresses(parse_page("index.html", html)))
    assert found == [
        ("a", ""), ("a", "f/"), ("a", "i"), ("img", "a.png"), ("img", "b.png"),
        ("img", "c.png"), ("img", "h.png"), ("object", "e"), ("video", "d.png"),
    ]  # fmt: skip
