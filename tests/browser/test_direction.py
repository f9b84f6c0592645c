"""Texts from right to left in a browser: where lines begin, and in which order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.artifacts.store import artifact_path
from generator.site.build import render_site
from generator.study.site_settings import SiteSettings
from tests.artifacts.saving import save_artifact
from tests.browser.test_pages import opened
from tests.figures import examples, gallery, scored

pytestmark = pytest.mark.browser

WORDS = ("الطعام", "هنا", "جيد", "جدا", "LIME", "شكرا")
HEBREW = ["שלום", "עולם", "טוב", "מאוד", "היום"]
PAGE = "studies/2026/11/13/turned/index.html"
PROSE = """
## النتيجة

هذه جملة عن LIME و SHAP، وفيها رقم 12 ورقم −0.5.

LIME هي طريقة لشرح نموذج.

This sentence is English, and ends here.

- أولا: **جيد**
- ثانيا: LIME

![انتباه النموذج.](figure:heat)

![Steps.](figure:step)

![Slots.](figure:slots)

![Epochs.](figure:history)
"""
FIGURES = {
    "heat": {"figure": "heatmap", "artifact": "seen", "title": "الانتباه"},
    "step": {"figure": "text", "artifact": "written", "step": 4},
    "slots": {"figure": "matrix", "artifact": "written"},
    "history": {"figure": "history", "artifact": "epochs"},
}
ARTIFACTS = {
    "seen": lambda: scored.attention(
        texts=(scored.weighed(WORDS, 4, 0.9), scored.weighed(("good", "film"), 5, 0.9))
    ),
    "written": lambda: examples.attention(HEBREW, 4),
    "epochs": lambda: scored.frames(words=WORDS),
}


def render(folder: Path, language: str) -> Path:
    """Render a site of one study of Arabic and Hebrew texts."""
    one = gallery.study(
        folder, dt.date(2026, 11, 13), "turned", names=tuple(ARTIFACTS),
        title="أين ينظر النموذج؟", summary="جملة واحدة (LIME).", category="studies",
        tags=("انتباه", "LIME"), draft=False, models={"lm": gallery.LM}, authors=(),
        settings=FIGURES,
    )  # fmt: skip
    one.folder.mkdir(parents=True)
    (one.folder / "index.md").write_text(PROSE, "utf-8")
    for name, make in ARTIFACTS.items():
        artifact = make()
        save_artifact(artifact_path(one, name), artifact, gallery.head(artifact, name))
    (folder / "site").mkdir()
    settings = SiteSettings(title="ملاحظات", language=language)
    render_site(folder, (one,), settings, folder / "site")
    return folder / "site"


@pytest.fixture(scope="module", params=["ar", "en"])
def sites(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A site of a language from right to left, and the same one in English."""
    language = str(request.param)
    return language, render(tmp_path_factory.mktemp(language), language)


@pytest.fixture
def page(browser: Any, sites: tuple[str, Path]) -> Iterator[Any]:
    """The study's page in one of the sites."""
    shown, _ = opened(browser, sites[1], PAGE)
    yield shown
    shown.context.close()


def style(page: Any, selector: str, name: str = "direction") -> list[str]:
    """A computed property of every element that matches."""
    return list(
        page.locator(selector).evaluate_all(
            "(all, name) => all.map((e) => getComputedStyle(e)[name])", name
        )
    )


def lefts(page: Any, selector: str) -> list[float]:
    """The left edges of what matches and is in view, in the page's order."""
    return list(
        page.locator(selector).evaluate_all(
            "(all) => all.filter((e) => e.checkVisibility())"
            ".map((e) => e.getBoundingClientRect().left)"
        )
    )


@pytest.mark.slow(4)
@pytest.mark.parametrize("width", [360, 1280])
def test_directions_follow_the_text(
    browser: Any, sites: tuple[str, Path], width: int
) -> None:
    """Page, title, prose and lists run as their letters do; English stays English."""
    language, site = sites
    page, wrong = opened(browser, site, PAGE, viewport={"width": width, "height": 800})
    here = {"ar": "rtl", "en": "ltr"}[language]
    assert style(page, "html") == [here]
    assert style(page, "h1, .standfirst, .body > h2, .body > ul") == ["rtl"] * 4
    assert style(page, ".body > p") == ["rtl", "rtl", "ltr"]
    assert set(style(page, "#provenance, .readout, .legend-note")) == {"ltr"}
    overflow = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(overflow) <= 0
    assert wrong == []
    page.context.close()


def test_tokens_follow_each_other_from_right_to_left(page: Any) -> None:
    """Boxes of a row run as its text does; English beside it runs to the right."""
    rows = "#fig-heat .text-block:nth-of-type({}) .token"
    arabic, english = (lefts(page, rows.format(i)) for i in (1, 2))
    assert len(arabic) == len(WORDS)
    assert arabic == sorted(arabic, reverse=True)
    assert english == sorted(english)
    written = lefts(page, "#fig-step .tokens > .token")
    assert written == sorted(written, reverse=True)
    page.locator("#fig-step [data-move='1'], #fig-step [data-move='-1']").first.click()
    written = lefts(page, "#fig-step .tokens > .token")
    assert written == sorted(written, reverse=True)


def test_a_matrix_keeps_its_axes_and_says_which_way_time_runs(page: Any) -> None:
    """Columns and scales run from left to right, and the figure says so."""
    for row in (
        "#fig-slots tbody tr:last-child td",
        "#fig-history tbody tr:first-child td",
    ):
        cells = lefts(page, row)
        assert len(cells) > 3
        assert cells == sorted(cells)
    assert set(style(page, ".matrix, svg.legend, input[type=range]")) == {"ltr"}
    said = page.locator("#fig-slots .in-word.axis").text_content()
    assert said.endswith(", first left")
    assert "first left" in page.locator("#fig-history .axis").first.text_content()


def test_arrow_keys_lead_where_they_point(page: Any) -> None:
    """The left arrow leads to the left, in Arabic and in English rows."""
    place = "document.activeElement.getBoundingClientRect().left"
    for block in (1, 2):
        row = page.locator(f"#fig-heat .text-block:nth-of-type({block}) .token")
        row.nth(1 if block == 1 else 0).click()
        before = page.evaluate(place)
        page.keyboard.press("ArrowRight")
        assert page.evaluate(place) > before
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(place) == before


def test_what_is_said_of_a_token_keeps_its_order(page: Any) -> None:
    """The readout is English: its Arabic token comes first, then its number."""
    page.locator("#fig-heat .token").first.hover()
    order = page.locator("#fig-heat .readout").evaluate(
        """(line) => {
          const text = line.firstChild, range = document.createRange();
          const at = (i) => {
            range.setStart(text, i); range.setEnd(text, i + 1);
            return range.getBoundingClientRect().left;
          };
          return [at(1), at(text.data.indexOf(": ") + 2)];
        }"""
    )
    assert order[0] < order[1]


def test_a_sign_is_seen_before_its_number(page: Any) -> None:
    """In an Arabic sentence, −0.5 reads as −0.5; without the mark it would not."""
    places = """(line) => {
      const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      for (let text; (text = walk.nextNode()); ) {
        const i = text.data.indexOf("\u2212");
        if (i < 0) continue;
        const at = (k) => {
          range.setStart(text, k); range.setEnd(text, k + 1);
          return range.getBoundingClientRect().left;
        };
        return at(i) < at(i + 1);
      }
    }"""
    line = page.locator(".body > p").first
    assert line.evaluate(places)
    line.evaluate("(p) => { p.textContent = p.textContent.replaceAll('\u200e', ''); }")
    assert not line.evaluate(places)


def test_cards_and_hits_follow_their_text(
    browser: Any, sites: tuple[str, Path]
) -> None:
    """Titles on the index and in search results have the direction of their letters."""
    _, site = sites
    page, _ = opened(browser, site, "index.html")
    assert style(page, ".lead h2, .lead h2 + p") == ["rtl", "rtl"]
    page.context.close()
    page, _ = opened(browser, site, "search/index.html#q=" + "النموذج")
    page.locator(".hits li").first.wait_for()
    assert style(page, ".hits li:first-child a") == ["rtl"]
    page.context.close()


def test_what_is_not_a_sentence_stands_where_lines_begin(
    page: Any, sites: tuple[str, Path]
) -> None:
    """The line above the title begins where the page's lines do."""
    here = {"ar": "rtl", "en": "ltr"}[sites[0]]
    assert style(page, "header .eyebrow, .contents li") == [here] * (
        1 + page.locator(".contents li").count()
    )
