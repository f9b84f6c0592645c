"""Verdicts on pages: one decision, told alike in every place, as text."""

from __future__ import annotations

import re
from pathlib import Path

import html5lib

from tests.figures import gallery

VERDICTS = {
    "telling": "Undecided",
    "control": "Supported",
    "none": "Not supported",
    "equal": "Supported",
}


def elements(path: Path, tag: str) -> list:  # type: ignore[type-arg] # untyped nodes
    """All elements of a page with a tag."""
    page = html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)
    return list(page.iter(tag))


def words(element: object) -> str:
    """The text of an element, blanks folded."""
    return " ".join("".join(element.itertext()).split())  # type: ignore[attr-defined]


STUDY = "studies/2026/11/13/slots/index.html"


def test_the_box_holds_every_claim_as_text(gallery_site: Path) -> None:
    """Verdict, sentence, estimate, interval, comparison, n and figure, at an anchor."""
    found = {e.get("id"): words(e) for e in elements(gallery_site / STUDY, "li")}
    for name, verdict in VERDICTS.items():
        assert found[f"claim-{name}"].startswith(verdict)
    told = found["claim-telling"]
    for part in (
        "Attention rests on the words that TF-IDF finds telling.",
        "The interval reaches both sides.",
        "rank correlation of attention and TF-IDF",
        "0.06 [−0.04, 0.15]",
        "expected above shuffled within a row (0.00 [−0.09, 0.10])",
        "n = 96 texts against n = 96 texts",
    ):
        assert part in told, told
    assert "by more than 0.5" in found["claim-control"]
    assert "within 0.2 of" in found["claim-equal"]
    assert "& <again>." in found["claim-control"]


def test_the_count_stands_above(gallery_site: Path) -> None:
    """How many claims came to what, in one order, none left out."""
    text = (gallery_site / STUDY).read_text("utf-8")
    assert "4 claims tested: 2 supported, 1 not supported, 1 undecided." in text


def test_every_place_tells_the_same_verdict(gallery_site: Path) -> None:
    """The box, the figure, the sentence, the list and the first page agree."""
    text = (gallery_site / STUDY).read_text("utf-8")
    figure = text[text.index('id="fig-tfidf"') :]
    figure = figure[: figure.index("</figure>")]
    under = re.findall(r"<b>([^<]*)\.</b> <a href=\"#claim-([a-z]+)\">", figure)
    assert {name: verdict for verdict, name in under} == VERDICTS
    assert 'That claim is <a href="#claim-telling">undecided</a>, at\n0.06.' in text
    for page in ("claims/index.html", "index.html"):
        html = (gallery_site / page).read_text("utf-8")
        for name, verdict in VERDICTS.items():
            place = html.index(f'slots/index.html#claim-{name}"')
            assert verdict in html[max(0, place - 300) : place]


def test_the_list_of_claims_can_be_narrowed_without_scripts(gallery_site: Path) -> None:
    """A radio button for each verdict there is; every claim carries its verdict."""
    page = gallery_site / "claims" / "index.html"
    values = [e.get("value") for e in elements(page, "input")]
    assert values == ["all", "supported", "not-supported", "undecided"]
    claims = [e for e in elements(page, "li") if e.get("class") in values]
    assert len(claims) == len(VERDICTS)
    style = next((gallery_site / "assets").glob("lists.*.css")).read_text("utf-8")
    for value in values[1:]:
        assert f".view-{value}:checked) li:not(.{value})" in style


def test_a_site_without_claims_says_so(tmp_path: Path) -> None:
    """The page is there, with no list and no choice."""
    from generator.site.build import render_site

    (tmp_path / "site").mkdir()
    render_site(tmp_path, gallery.small(tmp_path), gallery.SETTINGS, tmp_path / "site")
    html = (tmp_path / "site" / "claims" / "index.html").read_text("utf-8")
    assert "has made a claim yet" in html
    assert "<fieldset" not in html
