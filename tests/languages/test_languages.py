"""Studies in five languages: trained, collected, rendered, searched, looked at.

Each is a small project of its own: reviews that a grammar makes, two models, five
figures. Tests hold what a reader of the language would see first.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from generator.artifacts.store import load_artifact
from generator.cli.main import main
from generator.core.direction import language_direction
from generator.figures.export import fonts
from tests.browser.test_pages import opened
from tests.languages.projects import (
    LANGUAGES,
    Language,
    make_reviews,
    write_project,
    write_reviews,
)

pytestmark = pytest.mark.slow(5)  # the first of a language builds its project

FIGURES = ("seen", "added", "both", "right", "share")
ATOM = "{http://www.w3.org/2005/Atom}"
TOFU = """(elements) => {
  // What no font has is drawn as a box, the same for every letter of one font.
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 80;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const ink = (text, font) => {
    context.clearRect(0, 0, 80, 80);
    context.font = font;
    context.fillText(text, 20, 50);
    return String(context.getImageData(0, 0, 80, 80).data);
  };
  const missing = new Set();
  for (const element of elements) {
    const style = getComputedStyle(element);
    const font = `24px ${style.fontFamily}`;
    const boxes = new Set([ink("\\u{10fffd}", font), ink("\\u{e0a5}", font)]);
    for (const char of element.textContent.match(/[\\p{L}\\p{N}]/gu) ?? []) {
      if (boxes.has(ink(char, font))) missing.add(char);
    }
  }
  return [...missing];
}"""
JOINED = """([whole, parts]) => {
  const context = document.createElement("canvas").getContext("2d");
  context.font = "40px sans-serif";
  const width = (text) => context.measureText(text).width;
  return [width(whole), parts.map(width).reduce((a, b) => a + b)];
}"""
CLUSTERS = {
    "arabic": ("الطعام", [*"الطعام"]),
    "hindi": ("क्षमा", [*"कषम", "ा"]),
}
"""A word whose letters join, and the letters that it has."""


@dataclass(frozen=True)
class Built:
    """A project that was built, and its language."""

    name: str
    language: Language
    folder: Path
    font: bool

    @property
    def site(self) -> Path:
        """The site."""
        return self.folder / "site"

    @property
    def page(self) -> Path:
        """The folder of the study's page."""
        (path,) = self.site.glob(f"*/2026/02/06/{self.name}/index.html")
        return path.parent

    @property
    def html(self) -> str:
        """The study's page."""
        return (self.page / "index.html").read_text("utf-8")

    def tokens(self, artifact: str) -> list[list[str]]:
        """The tokens of each text of an artifact."""
        study = self.folder / "studies" / f"2026-02-06-{self.name}"
        found: Any = load_artifact(study / "artifacts" / f"{artifact}.json").artifact
        return [[token.text for token in text.tokens] for text in found.texts]


def read_elements(html: str, pattern: str) -> list[str]:
    """What stands in elements, without their markup."""
    found = re.findall(pattern, html, re.DOTALL)
    return [unescape(re.sub(r"<[^>]*>", "", text)).strip() for text in found]


@pytest.fixture(scope="module", params=sorted(LANGUAGES))
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    """A project in each language, built from nothing and found right by `check`."""
    name = str(request.param)
    language = LANGUAGES[name]
    font = language.font is None or language.font.is_file()
    folder = write_project(tmp_path_factory.mktemp(name), name, fonts=font)
    assert main(["-C", str(folder), "build"]) == 0
    assert main(["-C", str(folder), "check"]) == 0
    return Built(name, language, folder, font)


@pytest.fixture
def page(browser: Any, built: Built) -> Iterator[Any]:
    """The study's page in a browser."""
    path = (built.page / "index.html").relative_to(built.site)
    shown, wrong = opened(browser, built.site, path.as_posix())
    yield shown
    assert wrong == []
    shown.context.close()


def lefts(page: Any, selector: str) -> list[tuple[float, float]]:
    """The top and left edges of elements, in the page's order."""
    found = page.locator(selector).evaluate_all(
        "(all) => all.map((e) => e.getBoundingClientRect()).map((b) => [b.top, b.left])"
    )
    return [(top, left) for top, left in found]


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_reviews_come_back_from_their_file(name: str, tmp_path: Path) -> None:
    """A CSV file holds reviews and labels as they were made, and few are the same."""
    reviews = make_reviews(name)
    write_reviews(tmp_path / "reviews.csv", reviews)
    with (tmp_path / "reviews.csv").open(encoding="utf-8", newline="") as file:
        assert [*csv.reader(file)] == [["text", "label"], *map(list, reviews)]
    assert {label for _, label in reviews} == set(LANGUAGES[name].labels)
    assert len({text for text, _ in reviews}) > len(reviews) / 3
    assert make_reviews(name, 20) == reviews[:20]


def test_models_learn_what_decides(built: Built) -> None:
    """On reviews that they did not learn from, the tiny models are right."""
    accuracy = re.search(r"Of (\d+) test examples, (\d+) are predicted", built.html)
    assert accuracy
    assert int(accuracy[2]) >= 0.95 * int(accuracy[1])


def test_pages_have_the_words_as_they_were_written(built: Built) -> None:
    """Title, summary, tags, category, heading and prose are on the page, whole."""
    html, language = built.html, built.language
    assert f'<html lang="{language.tag}"' in html
    assert read_elements(html, r"<h1[^>]*>(.*?)</h1>") == [language.title]
    whole = " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())
    for text in (language.summary, language.prose, language.heading, *language.tags):
        assert " ".join(text.split()) in whole
    tags = read_elements(
        (built.site / "tags" / "index.html").read_text("utf-8"),
        r'<a href="[^"]*index.html">(.*?)</a>',
    )
    assert set(language.tags) <= set(tags)
    for path in built.site.rglob("*"):
        assert path.name.isascii()


def test_tokens_are_whole_words_or_characters(built: Built) -> None:
    """Tokens one behind another are the text; no mark is apart from its letter."""
    for text, tokens in zip(built.language.texts, built.tokens("seen"), strict=True):
        assert "".join(tokens) == re.sub(r"\s", "", text.lower())
        alone = [t for t in tokens if len(t) > 1 and not re.match(r"\w", t[0])]
        assert alone == []
    if built.language.unit == "character":
        assert {len(t) for text in built.tokens("seen") for t in text} == {1}


def test_a_figure_s_numbers_come_back_from_their_file(built: Built) -> None:
    """The CSV of a figure has the tokens of its texts in their order, unharmed."""
    with (built.page / "figures" / "seen.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        rows = [*csv.DictReader(file)]
    found = [row["token"] for row in rows]
    assert found == [token for text in built.tokens("seen") for token in text]


def test_pictures_have_all_letters(built: Built) -> None:
    """SVG holds each token; PNG is drawn where a font has the letters, else refused."""
    for name in FIGURES:
        root = ET.parse(built.page / "figures" / f"{name}.svg").getroot()  # noqa: S314 - our own
        letters = "".join(root.itertext())
        if name == "seen":
            assert all(t in letters for text in built.tokens("seen") for t in text)
        path = built.page / "figures" / f"{name}.png"
        assert path.is_file() is (built.font or name not in ("seen", "both"))
        if path.is_file():
            with Image.open(path) as picture:
                assert picture.width > 600
                assert len(picture.getcolors() or "many") > 8
    if built.font:
        files = [built.language.font] if built.language.font else []
        with fonts.use_fonts(tuple(map(fonts.FontFile, files))):
            for text in built.tokens("seen"):
                assert fonts.find_missing("".join(text), "mono") == []


def test_feed_and_notebook_have_the_words(built: Built) -> None:
    """The feed is of the language, with title, tags and prose; so is the notebook."""
    language = built.language
    feed = ET.parse(built.site / "feed.xml").getroot()  # noqa: S314 - our own
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert feed.get(lang) == language.tag
    (entry,) = feed.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == language.title
    assert {e.get("term") for e in entry.iter(f"{ATOM}category")} >= set(language.tags)
    assert language.heading in (entry.findtext(f"{ATOM}content") or "")
    notebook = json.loads((built.page / "study.ipynb").read_text("utf-8"))
    sources = "".join("".join(cell["source"]) for cell in notebook["cells"])
    assert f"# {language.title}" in sources
    assert language.summary in sources


@pytest.mark.browser
def test_rows_run_as_the_text_is_read(page: Any, built: Built) -> None:
    """Boxes of a row follow each other in the text's direction, mixed lines too."""
    way = language_direction(built.language.tag)
    assert page.evaluate("getComputedStyle(document.body).direction") == way
    assert (
        page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == way
    )
    for number, tokens in enumerate(built.tokens("seen"), 1):
        places = lefts(page, f"#fig-seen .text-block:nth-of-type({number}) .token")
        assert len(places) == len(tokens)
        lines: dict[float, list[float]] = {}
        for top, left in places:
            lines.setdefault(top, []).append(left)
        for line in lines.values():
            assert line == sorted(line, reverse=way == "rtl")
        assert list(lines) == sorted(lines)
    english = page.locator(".body > p", has_text="This sentence is English")
    assert english.evaluate("(e) => getComputedStyle(e).direction") == "ltr"
    head = page.locator("#fig-both .answer-head").first
    assert head.evaluate("(e) => getComputedStyle(e).direction") == "ltr"


@pytest.mark.browser
def test_letters_are_seen_and_joined(page: Any, built: Built) -> None:
    """No letter of title, prose or tokens is a box; marks join their letters."""
    if not built.font:
        pytest.skip("no font on this machine has the letters")
    missing = page.locator("h1, .body > p, .body > ul, .token bdi").evaluate_all(TOFU)
    assert missing == []
    assert page.locator("h1").evaluate_all(
        TOFU.replace(
            "textContent.match(/[\\p{L}",
            'textContent.concat("\\u{10fffd}").match(/[\\p{Co}\\p{L}',
        )
    ) == ["\U0010fffd"]
    if built.name in CLUSTERS:
        whole, apart = page.evaluate(JOINED, [*CLUSTERS[built.name]])
        assert whole < apart


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_page(
    browser: Any, built: Built, width: int, scheme: str
) -> None:
    """Study, index and search fit a phone and a desk, in light and in dark."""
    view = {"width": width, "height": 800}
    study = (built.page / "index.html").relative_to(built.site).as_posix()
    for path in (study, "index.html", "search/index.html", "tags/index.html"):
        shown, wrong = opened(
            browser, built.site, path, viewport=view, color_scheme=scheme
        )
        over = "document.documentElement.scrollWidth - innerWidth"
        assert shown.evaluate(over) <= 0
        assert wrong == []
        shown.context.close()


@pytest.mark.browser
def test_words_are_found_as_they_are_typed(browser: Any, built: Built) -> None:
    """Each word, or its beginning, leads to a place; what is nowhere is not found.

    Words of a figure's tokens are found too; those of prose are marked.
    """
    marked: list[str] = []
    shown, _ = opened(browser, built.site, "search/index.html")
    for word in built.language.searches:
        shown.fill("#q", word)
        shown.wait_for_timeout(250)
        assert " in 1 study" in shown.inner_text("#hits"), word
        marked += shown.locator(".hits mark").all_inner_texts()
    assert marked
    shown.fill("#q", f"{built.language.searches[0]}ქართული")
    shown.wait_for_timeout(250)
    assert shown.inner_text("#hits") == "Nothing has all of these words."
    shown.context.close()


def test_without_a_font_the_picture_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No boxes are drawn for letters: the reason is said, page and SVG stay."""
    folder = write_project(tmp_path, "japanese", fonts=False)
    assert main(["-C", str(folder), "build"]) == 0
    said = capsys.readouterr()
    assert "figures.seen: no PNG, as no font has these letters: " in said.out + said.err
    assert "name it in studies/site.yaml, as in `fonts: [" in said.out + said.err
    site = Built("japanese", LANGUAGES["japanese"], folder, font=False)
    assert not (site.page / "figures" / "seen.png").exists()
    assert (site.page / "figures" / "seen.svg").is_file()
    assert "料" in site.html
