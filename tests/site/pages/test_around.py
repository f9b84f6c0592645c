"""What surrounds the studies: feeds, heads, site map, redirects, series, relations."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from posixpath import dirname, join, normpath
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from generator.core.cache import Cache
from generator.core.errors import StudyError
from generator.site.build import render_site
from generator.site.html_safety import parse_elements
from generator.site.output import check_collisions
from generator.site.pages.post import SharedTrait
from generator.site.pages.study import find_related
from generator.study.site_settings import Person, SiteSettings
from generator.study.study import Study, Update
from tests.figures import gallery

BASE = "https://example.org/repo/"
EVIL = "</script><b>{{7*7}}]]>&amp; \"'"
SLOTS = "studies/2026/11/13/slots/index.html"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
Draw = Callable[..., dict[str, bytes]]


@pytest.fixture(scope="module")
def draw(tmp_path_factory: pytest.TempPathFactory) -> Draw:
    """The gallery's two small studies, changed as asked for, as the files of a site.

    What is drawn once is kept for the other tests, as a build keeps it.
    """
    project = tmp_path_factory.mktemp("around")

    def draw_pages(
        base: str = BASE,
        first: dict[str, Any] | None = None,
        second: dict[str, Any] | None = None,
        settings: SiteSettings = gallery.SETTINGS,
    ) -> dict[str, bytes]:
        one, other = gallery.small(project)
        changed: list[Study] = [
            one.model_copy(update=first or {}),
            other.model_copy(update=second or {}),
        ]
        kept = Cache(project / "kept")
        made = render_site(project, changed, settings, None, base_url=base, kept=kept)
        return made.read()

    return draw_pages


def schema() -> Any:
    """The grammar of RFC 4287."""
    etree = pytest.importorskip("lxml.etree", reason="lxml is not here")
    return etree, etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))


def metas(html: bytes) -> dict[str, list[str]]:
    """Names and values of a page's meta elements."""
    found: dict[str, list[str]] = {}
    for element in parse_elements(html.decode()):
        given = element.attributes
        if element.tag == "meta" and (name := given.get("property", given.get("name"))):
            found.setdefault(name, []).append(given.get("content", ""))
    return found


def linked_data(html: bytes) -> dict[str, Any]:
    """A page's JSON-LD."""
    found = [
        element.text
        for element in parse_elements(html.decode())
        if element.attributes.get("type") == "application/ld+json"
    ]
    assert len(found) == 1
    read: dict[str, Any] = json.loads(found[0])
    return read


@pytest.mark.parametrize("base", [BASE, ""])
def test_feeds_are_valid(draw: Draw, base: str) -> None:
    """Every feed follows the grammar of RFC 4287, whatever a title holds."""
    etree, grammar = schema()
    files = draw(base, {"title": EVIL, "summary": EVIL, "series": "Slots"})
    feeds = [path for path in files if path.endswith("feed.xml")]
    assert sorted(feeds) == [
        "categories/notes/feed.xml",
        "categories/studies/feed.xml",
        "feed.xml",
        "series/slots/feed.xml",
    ]
    for path in feeds:
        assert grammar.validate(etree.fromstring(files[path])), grammar.error_log


def test_the_grammar_can_refuse() -> None:
    """A feed without an id, and one with a date that is none, are no feeds."""
    etree, grammar = schema()
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>'
    day = "<updated>2026-01-01T00:00:00Z</updated>"
    for rest in (day, "<id>a</id><updated>today</updated>"):
        assert not grammar.validate(etree.fromstring(f"{head}{rest}</feed>"))
    assert grammar.validate(etree.fromstring(f"{head}<id>a</id>{day}</feed>"))


def test_readers_of_feeds_understand_them(draw: Draw) -> None:
    """A reader's own parser finds no mistake, titles as written, the full text."""
    feedparser = pytest.importorskip("feedparser", reason="feedparser is not here")
    read = feedparser.parse(draw(first={"title": EVIL})["feed.xml"])
    assert not read.bozo
    first, second = read.entries
    assert unescape(first.title) == unescape(EVIL)
    assert first.link == f"{BASE}studies/2026/11/13/slots/"
    assert first.id == "tag:example.org,2026-11-13:studies/2026/11/13/slots"
    assert "A matrix." in first.content[0].value
    assert second.title == "Earlier"


def test_all_addresses_of_a_feed_are_absolute(draw: Draw) -> None:
    """With a base address every link and picture of an entry is whole."""
    for element in ET.fromstring(draw()["feed.xml"]).iter():  # noqa: S314 - our own
        if element.tag.endswith("content"):
            found = re.findall(r' (?:href|src)="([^"]*)"', element.text or "")
            assert found
            assert all(one.startswith(BASE) for one in found)


def test_without_an_address_a_feeds_links_are_relative_to_it(draw: Draw) -> None:
    """They lead to files of the site, from the folder that the feed lies in."""
    files = draw("")
    for path in (path for path in files if path.endswith("feed.xml")):
        root = ET.fromstring(files[path])  # noqa: S314 - our own
        found = [e.get("href", "") for e in root.iter() if e.tag.endswith("link")]
        text = "".join(root.itertext())
        found += re.findall(r' (?:href|src)="([^"]*)"', text)
        for address in found:
            target = normpath(join(dirname(path), address.partition("#")[0]))
            assert target in files, (path, address)


def test_a_feed_follows_updates_and_its_ids_do_not(draw: Draw) -> None:
    """An update moves the dates of its entry and of the feed, and nothing else."""
    update = Update(date=dt.date(2027, 2, 3), text="Better.")
    before, after = draw()["feed.xml"], draw(first={"updates": (update,)})["feed.xml"]
    assert b"<updated>2027-02-03T00:00:00+00:00</updated>" in after
    told = re.compile(rb"<updated>.*?</updated>")
    assert told.sub(b"", before) == told.sub(b"", after)
    assert before != after


def test_pages_name_their_feeds(draw: Draw) -> None:
    """Every page names the site's feed; a category and a series name their own too."""
    files = draw(first={"series": "Slots"})
    for path, content in files.items():
        if path.endswith(".html"):
            own = content.count(b'type="application/atom+xml"')
            listing = path.startswith(("categories/", "series/"))
            assert own == (2 if listing and path.count("/") == 2 else 1), path


def test_heads_describe_studies(draw: Draw) -> None:
    """Canonical address with the host, cards, citation tags and JSON-LD."""
    ada = Person(name="Ada Example", orcid="0000-0002-1825-0097")
    settings = gallery.SETTINGS.model_copy(
        update={"authors": {"ada": ada}, "licence": "CC-BY-4.0"}
    )
    page = draw(first={"authors": ("ada",), "title": EVIL}, settings=settings)[SLOTS]
    address = f"{BASE}studies/2026/11/13/slots/"
    assert f'<link rel="canonical" href="{address}">'.encode() in page
    found = metas(page)
    assert found["og:url"] == [address]
    assert found["og:title"] == found["citation_title"] == [EVIL]
    assert found["citation_author"] == ["Ada Example"]
    assert found["citation_publication_date"] == ["2026/11/13"]
    assert found["article:published_time"] == ["2026-11-13"]
    data = linked_data(page)
    assert data["@type"] == ["BlogPosting", "ScholarlyArticle"]
    assert data["headline"] == EVIL
    assert data["author"][0]["sameAs"].endswith("0000-0002-1825-0097")
    assert data["license"].startswith("https://creativecommons.org/")
    assert data["dateModified"] == data["datePublished"] == "2026-11-13"
    assert all(one["contentUrl"].startswith(BASE) for one in data["associatedMedia"])
    assert b"<b>{{7*7}}" not in page
    assert b"49]]" not in page


def test_figures_and_cards_are_pictures_that_are_there(draw: Draw) -> None:
    """A feed shows every figure, a head its card, in words too; both are files."""
    files = draw()
    text = "".join(ET.fromstring(files["feed.xml"]).itertext())  # noqa: S314 - our own
    shown = re.findall(r'<img src="([^"]*)" alt="([^"]+)">', text)
    assert len(shown) == 3
    assert metas(files["index.html"])["og:image"] == [f"{BASE}card.png"]
    card = metas(files[SLOTS])["og:image"]
    assert metas(files[SLOTS])["og:image:alt"][0]
    assert linked_data(files[SLOTS])["image"] == card[0]
    for address in (*card, *(address for address, _ in shown)):
        assert files[address.removeprefix(BASE)].startswith(b"\x89PNG")


def test_without_an_address_nothing_pretends_to_have_one(draw: Draw) -> None:
    """No canonical link, no og:url, no site map, no robots.txt."""
    files = draw("")
    assert not {"sitemap.xml", "robots.txt", "CNAME"} & files.keys()
    assert b"canonical" not in files[SLOTS]
    assert not {"og:url", "og:image"} & metas(files[SLOTS]).keys()
    assert "url" not in linked_data(files[SLOTS])


def test_the_site_map_lists_pages_that_are_there(draw: Draw) -> None:
    """Absolute, each once, canonical, dated by content; no redirect, no 404."""
    update = Update(date=dt.date(2027, 2, 3), text="Better.")
    files = draw(first={"aliases": ("/old",), "updates": (update,)})
    root = ET.fromstring(files["sitemap.xml"])  # noqa: S314 - our own
    assert root.tag == f"{MAP}urlset"
    dates = {}
    for entry in root:
        assert [e.tag for e in entry] in ([f"{MAP}loc"], [f"{MAP}loc", f"{MAP}lastmod"])
        place = entry.findtext(f"{MAP}loc") or ""
        assert place.startswith(BASE)
        path = urlsplit(place).path.removeprefix("/repo/")
        assert f"{path}index.html" in files
        assert path not in dates
        dates[path] = entry.findtext(f"{MAP}lastmod")
    pages = {p for p in files if p.endswith("index.html")} - {"old/index.html"}
    assert {f"{path}index.html" for path in dates} == pages
    assert dates["studies/2026/11/13/slots/"] == dates[""] == "2027-02-03"
    assert dates["notes/2025/12/05/earlier/"] == "2025-12-05"
    assert dates["about/"] is None
    assert "robots.txt" not in files


def test_a_site_at_a_root_has_robots_and_its_domain(draw: Draw) -> None:
    """Search engines are led to the site map, GitHub to the domain."""
    settings = SiteSettings(cname="studies.example.org")
    files = draw("https://studies.example.org", settings=settings)
    assert files["robots.txt"].endswith(b"https://studies.example.org/sitemap.xml\n")
    assert files["CNAME"] == b"studies.example.org\n"


@pytest.mark.parametrize("name", ["https://a.b", "a", "A.b", "a.b/c", "a..b", "-a.b"])
def test_a_domain_is_a_domain(name: str) -> None:
    """An address, a word, capitals and a path are none."""
    with pytest.raises(ValueError, match="must be a domain"):
        SiteSettings(cname=name)


def test_old_addresses_lead_on(draw: Draw) -> None:
    """By a link that is seen and at once, relatively, in no search engine."""
    files = draw(first={"aliases": ("/dl/2018/07/13/interpret-attn", "/old.html")})
    deep = files["dl/2018/07/13/interpret-attn/index.html"].decode()
    target = "../../../../../studies/2026/11/13/slots/index.html"
    assert f'<meta http-equiv="refresh" content="0; url={target}">' in deep
    assert f'<a href="{target}">Slots</a>' in deep
    assert '<meta name="robots" content="noindex">' in deep
    assert f'rel="canonical" href="{BASE}studies/2026/11/13/slots/"' in deep
    assert b'content="0; url=studies/2026/11/13/slots/index.html"' in files["old.html"]


@pytest.mark.parametrize("alias", ["/archive", "/studies/2026/11/13/slots/"])
def test_an_alias_takes_no_page_its_address(draw: Draw, alias: str) -> None:
    """The message names the study with the alias, and what is there."""
    with pytest.raises(StudyError, match=r"2025-12-05-earlier \(alias") as caught:
        draw(second={"aliases": (alias,)})
    assert re.search("and (Archive|2026-11-13-slots) both", str(caught.value))


def test_an_alias_takes_no_file_its_address(draw: Draw) -> None:
    """Nor two studies one address, nor a folder the name of a file."""
    with pytest.raises(StudyError, match=r"below feed\.xml"):
        draw(second={"aliases": ("/feed.xml",)})
    with pytest.raises(StudyError, match=r"earlier \(alias.*slots \(alias"):
        draw(first={"aliases": ("/a",)}, second={"aliases": ("/a/",)})
    with pytest.raises(StudyError, match=r"below a, which"):
        check_collisions({"a/b": b"", "a": b""})


@pytest.mark.parametrize(
    "alias", ["old", "/a/../b", "//a.b/c", "/A", "/a b", "/", "/%2e"]
)
def test_an_alias_is_a_path_of_the_site(alias: str) -> None:
    """Nothing relative, remote or in need of escapes."""
    with pytest.raises(ValueError, match="must be a path of the site"):
        Study(
            slug="a", date=dt.date(2026, 1, 1), folder=Path(), title="A",
            aliases=(alias,),
        )  # fmt: skip


def test_series_are_numbered_by_date(draw: Draw) -> None:
    """Each part names its number and its neighbours; the page lists the first first."""
    files = draw(first={"series": "Slots"}, second={"series": "Slots"})
    assert b"<span>Part 2 of 2</span>" in files[SLOTS]
    earlier = files["notes/2025/12/05/earlier/index.html"]
    assert b"<span>Part 1 of 2</span>" in earlier
    assert "Part 2 of 2, Slots →".encode() in earlier
    listing = files["series/slots/index.html"]
    assert 0 < listing.index(b"notes/2025") < listing.index(b"studies/2026")


def test_a_study_outside_a_series_says_nothing_of_one(draw: Draw) -> None:
    """No part, no page, no navigation."""
    files = draw()
    assert b"Part " not in files[SLOTS]
    assert not [path for path in files if path.startswith("series/")]


def test_related_studies_say_why(draw: Draw) -> None:
    """What both name is told; studies that share nothing are not related."""
    assert b"Both: tag attention, method writing" in draw()[SLOTS]
    assert b"Both: method writing" in draw(second={"tags": ("other",)})[SLOTS]


def test_the_rarer_what_is_shared_the_nearer() -> None:
    """A tag of two counts more than one of all; what shares nothing is left out."""
    common, rare = SharedTrait("tag", "attention"), SharedTrait("tag", "padding")
    kinds = [(common, rare), (common,), (common,), (rare, common), ()]
    posts: Any = [
        SimpleNamespace(path=str(i), traits=traits) for i, traits in enumerate(kinds)
    ]
    found = find_related(posts)[0]
    assert [one.post.path for one in found] == ["3", "1", "2"]
    assert found[0].reason == "tag padding, tag attention"
    assert find_related(posts)[4] == ()


def test_the_choice_of_texts_is_told(draw: Draw) -> None:
    """A label at the head of the page, where the author says how texts were chosen."""
    assert (
        b"Examples: cherry-picked" in draw(first={"sampling": "cherry-picked"})[SLOTS]
    )
    assert b"Examples:" not in draw()[SLOTS]


def test_drafts_are_in_no_feed_and_no_site_map(draw: Draw) -> None:
    """What is not shown is not told of, nor do its aliases lead anywhere."""
    files = draw(first={"draft": True, "series": "S", "aliases": ("/old",)})
    assert not [p for p in files if p.startswith(("old", "series", "studies/"))]
    told = b"".join(c for p, c in files.items() if p.endswith(".xml"))
    assert b"slots" not in told
