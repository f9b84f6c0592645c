"""Each fault of a page is found, and a page without fault has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli.check import sizes as budgets
from generator.cli.check.page_structure import (
    check_alternatives,
    check_headings,
    check_heads,
    check_safety,
)
from generator.cli.check.sizes import check_sizes, check_weights
from tests.cli.check.sites import page, site

ALL = (
    check_headings,
    check_heads,
    check_alternatives,
    check_safety,
    check_weights,
    check_sizes,
)
FAULTS = {
    "two titles": (page("<h1>Again</h1>"), "headings", "2 first-level"),
    "no title": (page().replace("h1", "h2"), "headings", "0 first-level"),
    "a level left out": (page("<h2>x</h2><h4>y</h4>"), "headings", "level 4 follows"),
    "no language": (page().replace(' lang="en"', ""), "language", "no lang"),
    "no head title": (page().replace("<title>A page", "<title> "), "language", "title"),
    "no words": (page('<img src="x.png">'), "alternatives", "x.png"),
    "empty words": (page('<img src="x.png" alt=" ">'), "alternatives", "x.png"),
    "a bare drawing": (page("<svg></svg>"), "alternatives", "neither a label"),
    "no caption": (page("<figure><p>x</p></figure>"), "alternatives", "without a capt"),
    "an id twice": (page('<p id="x"><b id="x">'), "ids", "second element"),
    "a program": (page('<p onclick="x()">'), "safety", "is a program"),
    "a remote picture": (
        page('<img alt="x" src="https://example.org/x.png">'), "third_party", "elsewh"
    ),
    "no policy": (page().replace("default-src", "x"), "safety", "policy"),
}  # fmt: skip


def test_a_good_page_has_no_finding(tmp_path: Path) -> None:
    """Pictures with words, captions and levels in order are fine."""
    body = (
        '<h2>x</h2><h3>y</h3><h2>z</h2><img src="x.png" alt="words">'
        '<svg aria-hidden="true"></svg><svg role="img" aria-label="x"></svg>'
        "<figure><figcaption>x</figcaption></figure><p>a &lt;figure> in words</p>"
    )
    found = site(tmp_path, index_html=page(body), x_css="p{background:url(x.png)}")
    assert not [one for check in ALL for one in check(found)]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(tmp_path: Path, name: str) -> None:
    """Exactly this fault is found, on its page."""
    html, kind, words = FAULTS[name]
    made = site(tmp_path, index_html=html, x_png=b"")
    found = [one for check in ALL for one in check(made)]
    assert {one.kind for one in found} == {kind}
    assert any(words in one.text for one in found)
    assert {one.file for one in found} == {"site/index.html"}


def test_a_style_sheet_that_fetches(tmp_path: Path) -> None:
    """A font or picture that a style sheet fetches from elsewhere is found."""
    css = "@font-face{src:url('https://fonts.example.org/x.woff2')} p{top:url(//x/y)}"
    assert [one.kind for one in check_safety(site(tmp_path, x_css=css))] == [
        "third_party"
    ] * 2


def test_a_page_s_weight_is_all_that_it_loads(tmp_path: Path) -> None:
    """HTML, style sheets and scripts count, pictures do not; both budgets are told."""
    body = (
        '<link rel="stylesheet" href="x.css"><script src="x.js"></script>'
        '<img src="x.png" alt="x">'
    )
    files = {"x_css": "p" * 230_000, "x_js": " " * 59_000, "x_png": b"0" * 900_000}
    assert not list(check_weights(site(tmp_path / "1", index_html=page(body), **files)))
    files["x_js"] = " " * 71_000
    found = list(check_weights(site(tmp_path / "2", index_html=page(body), **files)))
    assert ["71 kB of scripts" in found[0].text, "301 kB" in found[1].text] == [
        True
    ] * 2


def test_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file and a site above what hosts take are found."""
    assert (budgets.FILE_LIMIT, budgets.SITE) == (50_000_000, 500_000_000)
    monkeypatch.setattr(budgets, "FILE_LIMIT", 2_000_000)
    monkeypatch.setattr(budgets, "SITE", 2_500_000)
    found = list(check_sizes(site(tmp_path, x_npz=b"0" * 3_000_000)))
    assert ["3 MB" in one.text for one in found] == [True, True]
