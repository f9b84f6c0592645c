"""The end of a study's page: who wrote it, what changed, how to cite it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string
from ruamel.yaml import YAML

from generator.core.errors import ConfigError
from generator.site.pages.base import SiteData
from generator.site.pages.citation_files import (
    build_citation_files,
    citation_line,
    format_bibtex,
    format_cff,
)
from generator.site.pages.people import ADDRESSES, find_licence, resolve_people
from generator.site.pages.post import Post, StudyChange, category_listing
from generator.study.site_settings import Person, SiteSettings
from tests.figures.examples import HOSTILE

ADA = Person(name="Ada Writer", orcid="0000-0002-1825-0097")
SITE = SiteSettings(title="Ten words back", author="The Site", licence="CC-BY-4.0",
                    authors={"ada": ADA})  # fmt: skip


def post(**given: object) -> Post:
    """A post of a study by Ada Writer."""
    made = Post(
        path="studies/2026/11/13/x/index.html", folder="2026-11-13-x", title="A title?",
        summary="Short.", date=dt.date(2026, 11, 13), tags=(),
        category=category_listing("studies"), authors=("ada",), draft=False,
    )  # fmt: skip
    (made,) = resolve_people([replace(made, **given)], SITE)  # type: ignore[arg-type]
    return made


def site(*posts: Post, base: str = "https://example.org/") -> SiteData:
    """A site of these posts."""
    return SiteData(SITE, posts, (), base)


def test_a_line_to_cite_by() -> None:
    """Who, when, what, where; with the day of the newest change."""
    one = post()
    assert citation_line(one, site(one)) == (
        "Ada Writer (13 November 2026). A title? Ten words back. "
        "https://example.org/studies/2026/11/13/x/"
    )
    changed = post(changes=(StudyChange(dt.date(2026, 12, 1), "update", "x"),))
    assert "Updated 1 December 2026." in citation_line(changed, site(changed))
    assert "https" not in citation_line(one, site(one, base=""))


def test_without_authors_the_site_is_named() -> None:
    """A study without authors is cited by who is responsible for the site."""
    one = post(authors=())
    assert citation_line(one, site(one)).startswith("The Site (")
    assert YAML(typ="safe").load(format_cff(one, site(one)))["authors"] == [
        {"name": "The Site"}
    ]
    assert "author = {{The Site}}" in format_bibtex(one, site(one))


@pytest.mark.parametrize(
    "text", [t for t in HOSTILE if t.strip() and "\ud800" not in t]
)
def test_both_files_say_what_the_study_says(text: str) -> None:
    """Whatever a title holds, the files are read back as one entry, one document."""
    one = post(title=f"A {text} b"[:190])
    (entry,) = parse_string(format_bibtex(one, site(one))).entries
    assert entry.fields_dict["year"].value == "2026"
    assert set(entry.fields_dict) == {
        "title", "author", "howpublished", "year", "month", "url",
    }  # fmt: skip
    read = YAML(typ="safe").load(format_cff(one, site(one)))
    assert read["cff-version"] == "1.2.0"
    assert read["authors"][0] == {
        "family-names": "Writer",
        "given-names": "Ada",
        "orcid": "https://orcid.org/0000-0002-1825-0097",
    }
    assert read["license"] == "CC-BY-4.0"
    assert "\n" not in read["title"]


def test_authors_are_ids_or_names() -> None:
    """An id becomes a person; a name of a person finds what is known; others stay."""
    assert post().people == (ADA,)
    assert post().authors == ("Ada Writer",)
    assert post(authors=("Ada Writer", "B. C.")).people == (ADA, Person(name="B. C."))


def test_an_id_that_nobody_has_is_told() -> None:
    """With the study's file and the nearest id; a site without ids takes any name."""
    with pytest.raises(ConfigError, match=r'no author "aba" in .*did you mean "ada"\?'):
        post(authors=("aba",))
    (made,) = resolve_people([post(authors=())], SiteSettings())
    (plato,) = resolve_people([replace(made, authors=("plato",))], SiteSettings())
    assert plato.authors == ("plato",)


def test_licences_are_found_by_their_identifier() -> None:
    """Case does not matter, what is not known is printed as it is."""
    assert find_licence("cc-by-4.0").name == "CC-BY-4.0"
    assert find_licence("cc-by-4.0").url == ADDRESSES["CC-BY-4.0"]
    assert find_licence("Mine, all mine").url == ""
    assert all(url.startswith("https://") for url in ADDRESSES.values())


def test_files_lie_beside_the_page() -> None:
    """Lower case, one of each a study, the same bytes each time."""
    one = post()
    assert sorted(build_citation_files(site(one))) == [
        "studies/2026/11/13/x/citation.bib",
        "studies/2026/11/13/x/citation.cff",
    ]
    assert build_citation_files(site(one)) == build_citation_files(site(one))


def test_a_page_ends_with_all_of_it(prose_site: Path) -> None:
    """References with their way back, changes newest first, licence, how to cite."""
    path = prose_site / "studies/2026/11/13/prose/index.html"
    html = path.read_text("utf-8")
    for use in re.findall(r'href="#(cite-\d+)"', html):
        assert html.count(f'id="{use}"') == 1
    for target in re.findall(r'class="cited" href="#([^"]+)"', html):
        assert html.count(f'id="{target}"') == 1
    assert html.index("1 December 2026</time> <b>Correction") < html.index(
        "20 November 2026</time> <b>Update"
    )
    assert '<a href="#updates">Updated <time datetime="2026-12-01">' in html
    assert "https://orcid.org/0000-0002-1825-0097" in html
    assert 'rel="license noopener noreferrer">CC-BY-4.0' in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    bib = (path.parent / "citation.bib").read_text("utf-8")
    assert "author = {Ada Writer and Max de Second}" in bib
    assert '<a href="citation.cff" download>' in html
