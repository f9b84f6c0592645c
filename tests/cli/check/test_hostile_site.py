"""Whatever a site holds that came with a clone, `check` ends, and says at what."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from generator.cli.check import site_files, site_report
from generator.cli.check.site_files import SiteFolder, read_site
from generator.cli.check.site_report import CHECKS, SiteOrder, report_site
from generator.core.errors import IntegrityError
from tests.cli.check.sites import page, site

DEEP = "<div>" * 60_000
MANY = "<p>" + "".join(f"<b id=a{i}>" for i in range(9000)) + "</p>" + "<p>x</p>" * 9000
NESTED = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 100}">'
    for before, name in zip("abcd", "bcde", strict=True)
)
BOMB = f'<!DOCTYPE x [<!ENTITY a "{"x" * 1000}">{NESTED}]><feed>&e;</feed>'


def order(found: SiteFolder, *, external: bool = False) -> SiteOrder:
    """What to check a site with."""
    return SiteOrder(found.folder, found.address, found.name, external)


def test_a_process_of_its_own_finds_the_same(tmp_path: Path) -> None:
    """Every finding, every page and every link, as this process finds them."""
    body = '<img src="x.png"><a href="b.html">x</a><a href="https://t.example/">y</a>'
    found = site(tmp_path, index_html=page(body), feed_xml=BOMB, a_css="p{color:#777}")
    report = report_site(order(found, external=True))
    expected = [one for check in CHECKS for one in check(found)]
    assert list(report.findings) == expected
    assert {one.kind for one in expected} >= {"links", "assets", "feeds"}
    assert report.pages == len(found.pages)
    assert [one.address for one in report.external] == ["https://t.example/"]
    assert not report_site(order(found)).external


@pytest.mark.slow(6)
@pytest.mark.parametrize("text", [DEEP, MANY], ids=["deep", "many"])
def test_a_site_that_cannot_be_read_ends_in_time(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Soon after the limit the page is named, with what to do."""
    monkeypatch.setattr(site_report, "SECONDS", 3.0)
    site(tmp_path, z__index_html=page("good"))
    (tmp_path / "site" / "m.html").write_text(page(text))
    begun = time.monotonic()
    said = r"site/m\.html: takes .* to check than .*remove .site., then run"
    with pytest.raises(IntegrityError, match=said) as error:
        report_site(SiteOrder(tmp_path / "site", "", "site"))
    assert error.value.status == 3
    assert time.monotonic() - begun < 30


@pytest.mark.slow(2)
def test_findings_are_told_up_to_a_number(tmp_path: Path) -> None:
    """A page of a million wrong links fills neither memory nor a terminal."""
    links = "".join(f"<a href=x{i}>" for i in range(site_report.MOST_FINDINGS + 5))
    found = site(tmp_path, index_html=page("<p>x</p>"), b_html=page(links + "</a>"))
    report = report_site(order(found))
    assert len(report.findings) == site_report.MOST_FINDINGS + 1
    assert report.findings[-1].text.startswith("more than 10,000 findings")


def test_a_bug_stays_one(tmp_path: Path) -> None:
    """What goes wrong in the other process comes with its traceback."""
    found = site(tmp_path, index_html=page('<a href="x">x</a>'))
    with pytest.raises(RuntimeError, match="Traceback"):
        report_site(SiteOrder(found.folder, 5, "site"))  # type: ignore[arg-type] - the bug


def test_a_page_is_named_before_it_is_read(tmp_path: Path) -> None:
    """Paths come in the order of the site, each before its page."""
    begun: list[str] = []
    site(tmp_path)
    read_site(tmp_path / "site", "", begin=begun.append)
    assert begun == ["index.html", "a/index.html"]


def test_a_page_that_no_host_takes_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a file of terabytes its size is told, and no time and memory is given for it.

    The control: as large a page as hosts take is parsed.
    """
    found = site(tmp_path, index_html=page("<p>x</p>"), b_html=page("<p>x</p>"))
    with (found.folder / "b.html").open("r+b") as file:
        file.truncate(10**12)
    report = report_site(order(found))
    assert report.pages == len(found.pages) - 1
    assert any("hosts take 50 MB" in one.text for one in report.findings)
    with (found.folder / "b.html").open("r+b") as file:
        file.truncate(10_000)
    monkeypatch.setattr(site_files, "FILE_LIMIT", 10_000)
    assert read_site(found.folder, "").pages.keys() == found.pages.keys()
