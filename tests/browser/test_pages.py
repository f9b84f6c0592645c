"""Pages in a browser, opened from the disk as by double click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.core.tokens import Token
from generator.figures.formatting import display_token
from generator.study.scoring import ASPECTS
from tests.figures.examples import HOSTILE, SENTENCE

pytestmark = [pytest.mark.browser, pytest.mark.slow(6)]

LONG = "studies/2026/11/13/slots/index.html"
READ = "studies/2026/05/08/classifiers/index.html"
TOLD = "studies/2026/06/03/trusted/index.html"
PAIRS = "studies/2026/06/12/aligned/index.html"
PAGES = (LONG, READ, TOLD, PAIRS, "trust/index.html", "index.html",
         "archive/index.html", "methods/writing/index.html", "tags/index.html",
         "about/index.html")  # fmt: skip


def opened(
    browser: Any, site: Path, path: str = LONG, **given: Any
) -> tuple[Any, list[str]]:
    """A page, and a list that fills with whatever goes wrong on it."""
    place = path.partition("#")
    given.setdefault("viewport", {"width": 1280, "height": 900})
    page = browser.new_context(**given).new_page()
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type != "log" else None)
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on("dialog", lambda d: wrong.append(f"dialog {d.message}"))
    page.on(
        "request",
        lambda r: None if r.url.startswith("file:") else wrong.append(r.url),
    )
    page.goto((site / place[0]).as_uri() + place[1] + place[2])
    return page, wrong


@pytest.mark.parametrize("path", PAGES)
def test_no_page_complains(browser: Any, site: Path, path: str) -> None:
    """No error, no violation of the policy, no dialog, no request elsewhere."""
    page, wrong = opened(browser, site, path)
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px"
    assert page.evaluate("document.documentElement.classList.contains('js')")
    assert wrong == []
    page.context.close()


@pytest.mark.parametrize(
    "width",
    [
        pytest.param(320, marks=pytest.mark.slow(3)),
        360,
        1280,
        pytest.param(1600, marks=pytest.mark.slow(3)),
    ],
)
def test_no_page_scrolls_sideways(browser: Any, site: Path, width: int) -> None:
    """Wide matrices and tables scroll in their own region, open or folded."""
    for path in PAGES:
        page, _ = opened(browser, site, path, viewport={"width": width, "height": 900})
        page.evaluate(
            "document.querySelectorAll('details').forEach(d => d.open = true)"
        )
        page.evaluate(
            "document.querySelectorAll('.view-word').forEach(r => r.checked = true)"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.context.close()


def test_tokens_are_seen_literally(browser: Any, site: Path) -> None:
    """Each hostile token of the text figure is visible with its signs."""
    page, _ = opened(browser, site)
    chips = page.locator("#fig-hostile-text .token bdi").all_inner_texts()
    seen = {chip.strip() for chip in chips}
    for text in HOSTILE[:45]:
        assert display_token(Token(text)).short.strip() in seen, text
    page.context.close()


def test_a_token_does_not_turn_its_neighbours(browser: Any, site: Path) -> None:
    """Chips stand from left to right in the order of the text, whatever they hold."""
    page, _ = opened(browser, site)
    boxes = page.evaluate(
        "[...document.querySelectorAll('#fig-hostile-text .tokens > .token')]"
        ".map(x => { const b = x.getBoundingClientRect(); return [b.top, b.left]; })"
    )
    assert boxes == sorted(boxes, key=lambda b: (round(b[0]), b[1]))
    page.context.close()


def test_pages_work_without_scripts(browser: Any, site: Path) -> None:
    """Layouts, folds and tables work; nothing that needs a script is shown."""
    page, wrong = opened(browser, site, java_script_enabled=False)
    figure = page.locator("#fig-matrix")
    assert figure.locator(".foot-distance").is_visible()
    figure.get_by_text("by word", exact=True).click()
    assert figure.locator(".foot-word").is_visible()
    assert not figure.locator(".foot-distance").is_visible()
    folded = figure.locator(".slots tbody td.pad-slot").first
    assert not folded.is_visible()
    figure.locator(".in-word").get_by_text("each slot").click()
    assert folded.is_visible()
    figure.locator(".data-table > summary").click()
    assert figure.locator(".data-table table").is_visible()
    assert page.locator(".js-only:visible").count() == 0
    assert wrong == []
    page.context.close()


def test_a_step_can_be_chosen(browser: Any, site: Path) -> None:
    """The strip moves to another step with the table's numbers, and Back undoes it."""
    page, wrong = opened(browser, site)
    figure = page.locator("#fig-step")
    before = figure.locator(".summary").inner_text()
    page.get_by_text("Move to the last step").click()
    assert figure.locator(".target bdi").inner_text() == SENTENCE[-1]
    cells = page.evaluate(
        "[...document.querySelector('#fig-step .data-table tbody tr:last-child').cells]"
        ".slice(1, 11).map(c => +c.textContent)"
    )
    shown = figure.locator(
        ".tokens > .token:not(.out):not(.target) small"
    ).all_inner_texts()
    assert [round(c, 2) for c in cells] == [
        float(f"0{s}" if s[0] == "." else s) for s in shown
    ]
    page.go_back()
    page.wait_for_function("!location.hash.includes('?')")
    assert figure.locator(".target bdi").inner_text() != SENTENCE[-1]
    assert before
    assert wrong == []
    page.context.close()


def test_the_scripts_first_step_is_the_pages(browser: Any, site: Path) -> None:
    """Going away and back gives the chips that the server drew, class by class."""
    page, _ = opened(browser, site)
    chips = (
        "[...document.querySelectorAll('#fig-step .token')]"
        ".map(x => x.className + x.textContent)"
    )
    first = page.evaluate(chips)
    page.locator("#fig-step [data-move='1']").click()
    assert page.evaluate(chips) != first
    page.locator("#fig-step [data-move='-1']").click()
    assert page.evaluate(chips) == first
    page.context.close()


@pytest.mark.slow(3)
def test_the_cursor_names_the_word_in_both_layouts(browser: Any, site: Path) -> None:
    """A cell tells the same number of the same word by word and by distance."""
    told = []
    for view in ("word", "dist"):
        page, _ = opened(browser, site, f"{LONG}#fig-matrix?view={view}")
        figure = page.locator("#fig-matrix")
        cells = figure.locator(".slots td.key")
        for i in range(cells.count()):
            cells.nth(i).hover()
            said = figure.locator("[data-read]").inner_text()
            assert f"on ‘orlova’, {i + 1} back" in said
            told.append(said)
        page.context.close()
    assert len(told) == 20
    assert told[:10] == told[10:]


def test_by_word_a_cell_stands_over_its_word(browser: Any, site: Path) -> None:
    """The empty cells that move a row move it to the column of its token."""
    for pads in ("each", "sum"):
        page, _ = opened(browser, site, f"{LONG}#fig-matrix?view=word&pads={pads}")
        middles = page.evaluate(
            """() => { const f = document.querySelector('#fig-matrix');
            const mid = x => { const b = x.getBoundingClientRect();
              return Math.round(b.left + b.width / 2); };
            const word = [...f.querySelectorAll('.foot-word th')].find(
              x => x.textContent.startsWith('orlova'));
            return [mid(word), ...[...f.querySelectorAll('td.key')].map(mid)]; }"""
        )
        assert len(set(middles)) == 1, (pads, middles)
        page.context.close()


def test_keys_move_the_cursor(browser: Any, site: Path) -> None:
    """A figure has one tab stop; arrows move within it, Escape lets go."""
    page, _ = opened(browser, site)
    stops = page.locator("#fig-matrix .canvas [tabindex='0']:not(.scroll)")
    assert stops.count() == 1
    stops.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    said = page.locator("#fig-matrix [data-read]").inner_text()
    assert said.startswith("Writing ‘slow’")
    page.keyboard.press("Escape")
    assert page.locator("#fig-matrix .active").count() == 0
    page.context.close()


def test_dark_and_light_differ_and_can_be_chosen(browser: Any, site: Path) -> None:
    """The page follows the system, and the reader's choice over it."""
    paper = "getComputedStyle(document.body).backgroundColor"
    colours = {}
    for scheme in ("light", "dark"):
        page, _ = opened(browser, site, "index.html", color_scheme=scheme)
        colours[scheme] = page.evaluate(paper)
        if scheme == "dark":
            page.locator("[data-theme-toggle]").click()
            assert page.evaluate(paper) == colours["light"]
        page.context.close()
    assert colours["light"] != colours["dark"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_curves_are_drawn_in_the_themes_ink(
    browser: Any, site: Path, scheme: str
) -> None:
    """A line has a colour that differs from the paper, by its class alone."""
    page, _ = opened(browser, site, color_scheme=scheme)
    stroke = page.evaluate(
        "getComputedStyle(document.querySelector('.plot path.line-0')).stroke"
    )
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert stroke not in {"none", paper}
    page.context.close()


def test_a_slider_chooses_the_epoch(browser: Any, site: Path) -> None:
    """Its keys move it, it says the epoch, and the text takes that epoch's numbers."""
    page, wrong = opened(browser, site, READ)
    figure = page.locator("#fig-epochs")
    slider = figure.get_by_label("Epoch", exact=True)
    chips = figure.locator(".single .token")
    last = chips.nth(2).locator("small").inner_text()
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "epoch 0, before training"
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "epoch 1 of 8"
    assert figure.locator("output").inner_text() == "epoch 1 of 8"
    assert (
        figure.locator(".single .label")
        .inner_text()
        .startswith("Epoch 1 of 8 · predicted")
    )
    row = figure.locator(".history tbody tr").nth(1)
    assert "current" in (row.get_attribute("class") or "")
    cells = row.locator("td:not(.margin)").all_inner_texts()
    assert [c.locator("small").inner_text() for c in chips.all()] == cells
    assert chips.nth(2).locator("small").inner_text() != last
    assert page.url.endswith("#fig-epochs?epoch=1")
    assert wrong == []
    page.context.close()


def test_the_sliders_first_epoch_is_the_pages(browser: Any, site: Path) -> None:
    """Going away and back gives the chips that the server drew, class by class."""
    page, _ = opened(browser, site, READ)
    for name in ("epochs", "epochs-padded", "epochs-long"):
        chips = (
            f"[...document.querySelectorAll('#fig-{name} .single .token')]"
            ".map(x => x.className + x.dataset.value + x.textContent)"
        )
        slider = page.locator(f"#fig-{name} input[type=range]")
        first, place = page.evaluate(chips), slider.input_value()
        slider.fill("0")
        assert page.evaluate(chips) != first
        slider.fill(place)
        assert page.evaluate(chips) == first
    page.context.close()


def test_an_epoch_can_be_linked_to(browser: Any, site: Path) -> None:
    """The address holds the epoch, so that prose can name one."""
    page, _ = opened(browser, site, f"{READ}#fig-epochs-long?epoch=5")
    assert page.locator("#fig-epochs-long output").inner_text() == "epoch 5 of 8"
    page.context.close()


def test_without_scripts_a_history_shows_its_epochs_and_one_text(
    browser: Any, site: Path
) -> None:
    """Every epoch's line is there and one epoch as text; the slider is not."""
    page, _ = opened(browser, site, READ, java_script_enabled=False)
    figure = page.locator("#fig-epochs")
    assert figure.locator(".history tbody tr").count() == 9
    assert figure.locator(".single .token").first.is_visible()
    assert not figure.locator("input[type=range]").is_visible()
    page.context.close()


def test_a_cursor_marks_one_word_in_all_answers(browser: Any, site: Path) -> None:
    """Pointing at a word marks it in every row and tells every row's score."""
    page, wrong = opened(browser, site, READ)
    figure = page.locator("#fig-answers")
    rows = figure.locator(".answer")
    rows.nth(1).locator(".token").nth(3).hover()
    assert figure.locator(".active bdi").all_inner_texts() == ["thin"] * 5
    said = figure.locator("[data-read]").inner_text()
    assert said.startswith("‘thin’: Attention weight (attention) 0.045; Shapley value")
    assert "Gradient × input no score" in said
    page.mouse.move(0, 0)
    figure.locator(".token[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    marked = figure.locator(".active bdi").all_inner_texts()
    assert marked == ["plot"] * 5
    inside = "document.activeElement.closest('.answer').getAttribute('aria-label')"
    assert page.evaluate(inside) == "Shapley value"
    assert wrong == []
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_words_of_all_answers_stand_in_columns(
    browser: Any, site: Path, width: int
) -> None:
    """A word has one place in every row, also where rows wrap."""
    page, _ = opened(browser, site, READ, viewport={"width": width, "height": 900})
    lefts = page.evaluate(
        "[...document.querySelectorAll('#fig-answers .answer')].map(row =>"
        "[...row.querySelectorAll('.tokens > .token')].map("
        "x => Math.round(x.getBoundingClientRect().left)))"
    )
    assert len(lefts) == 5
    assert all(row == lefts[0] for row in lefts)
    page.context.close()


def test_hostile_words_of_a_classifier_are_seen_literally(
    browser: Any, site: Path
) -> None:
    """Running text holds each hostile token with its signs, left to right."""
    page, _ = opened(browser, site, READ)
    chips = page.locator("#fig-harmful .token bdi").all_inner_texts()
    seen = {chip.strip() for chip in chips}
    for text in HOSTILE:
        assert display_token(Token(text)).short.strip() in seen, text
    boxes = page.evaluate(
        "[...document.querySelectorAll('#fig-harmful .tokens > .token')]"
        ".map(x => { const b = x.getBoundingClientRect(); return [b.top, b.left]; })"
    )
    assert boxes == sorted(boxes, key=lambda b: (round(b[0]), b[1]))
    page.context.close()


def test_agreement_is_read_with_the_keyboard(browser: Any, site: Path) -> None:
    """Cells are reached by arrow keys and tell their pair; the diagonal is no stop."""
    page, wrong = opened(browser, site, f"{TOLD}#fig-agreement")
    figure = page.locator("#fig-agreement")
    assert figure.locator("td[tabindex='0']").count() == 1
    figure.locator("td[tabindex='0']").focus()
    said = figure.locator("[data-read]")
    assert said.inner_text().startswith("Spearman's rho of exact and half")
    page.keyboard.press("ArrowRight")
    assert said.inner_text().startswith("Spearman's rho of exact and blind")
    page.keyboard.press("ArrowRight")
    assert said.inner_text().startswith("Spearman's rho of half and exact")
    assert wrong == []
    page.context.close()


def test_bars_tell_their_scores(browser: Any, site: Path) -> None:
    """A word beside its bar tells its score; bars stand right of their words."""
    page, wrong = opened(browser, site, f"{TOLD}#fig-bars")
    figure = page.locator("#fig-bars")
    figure.locator(".bars .token").nth(2).hover()
    assert figure.locator("[data-read]").inner_text().startswith("is: +0.8")
    boxes = page.evaluate(
        "[...document.querySelectorAll('#fig-bars .bars li:not(.bar-axis)')].map(x => ["
        "x.querySelector('.token').getBoundingClientRect().right,"
        "x.querySelector('svg').getBoundingClientRect().left])"
    )
    assert all(word <= bar for word, bar in boxes)
    assert wrong == []
    page.context.close()


def test_scores_of_an_explanation_open_without_scripts(
    browser: Any, site: Path
) -> None:
    """Every aspect is there at once, graded or not; the table of all scores opens."""
    page, wrong = opened(browser, site, TOLD, java_script_enabled=False)
    block = page.locator("#fig-one .scores")
    lines = block.locator(".score-list").inner_text()
    assert [lines.count(aspect) for aspect in ASPECTS] == [1] * len(ASPECTS), lines
    assert not block.locator("table").is_visible()
    block.locator("summary").click()
    assert block.locator("table").is_visible()
    block.get_by_text("which method can be trusted?").click()
    assert page.url.endswith("trust/index.html#shap")
    assert wrong == []
    page.context.close()
