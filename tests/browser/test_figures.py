"""Figures that answer when touched, and addresses that hold what was chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.browser.test_pages import LONG, PAIRS, READ, TOLD, opened
from tests.figures.examples import SENTENCE

pytestmark = [pytest.mark.browser, pytest.mark.slow(5)]

HOSTILE = (
    "step=99999999999999999999", "step=-3", "step=1e3", "step=__proto__",
    "view=__proto__", "view=%3Cimg%20src=x%20onerror=alert(1)%3E", "pin=constructor",
    "pin=%22]%2C*%5Ba%3D%22", "pin=14-9999999", "pin=" + "9" * 4000, "epoch=NaN",
    "layer=toString", "pads=%00", "__proto__[x]=1", "%", "%E0%A4%A", "&&==&", "k=../..",
)  # fmt: skip


def state(page: Any) -> str:
    """What the address says of a figure."""
    return str(page.evaluate("location.hash")).partition("?")[2]


@pytest.mark.parametrize(
    ("path", "asked", "seen"),
    [
        (LONG, "#fig-matrix?view=word&pin=9-3", "#fig-matrix .foot-word:visible"),
        (LONG, "#fig-matrix?view=word&pads=each", "#fig-matrix td.pad-slot:visible"),
        (LONG, "#fig-step?step=3", "#fig-step .target:has-text('written')"),
        (LONG, "#fig-epochs?epoch=2", "#fig-epochs .multiple.current"),
        (LONG, "#fig-parts?layer=embedding", "#fig-parts .single .token"),
        (READ, "#fig-epochs?epoch=3", "#fig-epochs tr.current"),
        (READ, "#fig-answers?pin=2-3", "#fig-answers .active"),
        (READ, "#fig-confusion?pin=1-2", "#fig-confusion td.active"),
        (TOLD, "#fig-bars?pin=2", "#fig-bars .token.active"),
        (PAIRS, "#fig-pair?pin=2-3", "#fig-pair td.active"),
        (PAIRS, "#fig-pair?view=arcs&pin=2-", "#fig-pair .arcs g.active"),
        (PAIRS, "#fig-scorings?view=arcs", "#fig-scorings .arcs:visible"),
        (PAIRS, "#fig-learning?epoch=1", "#fig-learning .frames li.current"),
    ],
)
def test_an_address_opens_what_it_says(
    browser: Any, site: Path, path: str, asked: str, seen: str
) -> None:
    """Each choice of a reader is restored, told by the link, and can be undone."""
    page, wrong = opened(browser, site, f"{path}{asked}")
    figure = page.locator(asked.partition("?")[0])
    assert page.locator(seen).count() >= 1
    link = figure.locator(".actions .permalink").get_attribute("href") or ""
    for part in asked.partition("?")[2].split("&"):
        assert part in link.partition("?")[2].split("&")
    figure.locator("button.reset").click()
    assert "?" not in page.url
    assert figure.locator("button.reset").is_hidden()
    page.mouse.move(0, 0)
    assert figure.locator(".active").count() == 0
    assert wrong == []
    page.context.close()


def test_hostile_addresses_do_nothing(browser: Any, site: Path) -> None:
    """Whatever an address says, no error is thrown and no figure leaves its start."""
    page, wrong = opened(browser, site)
    look = "[...document.querySelectorAll('.canvas')].map(x => x.innerText).join()"
    first = page.evaluate(look)
    for name in ("step", "matrix", "epochs", "parts", "no-such-figure", "__proto__"):
        for text in HOSTILE:
            page.evaluate("hash => { location.hash = hash; }", f"#fig-{name}?{text}")
    page.wait_for_timeout(100)
    assert page.evaluate(look) == first
    assert page.evaluate("({}).x === undefined")
    assert wrong == []
    page.context.close()


def test_a_heatmap_can_be_read_by_keys_alone(browser: Any, site: Path) -> None:
    """Tab reaches it, arrows, Home and End move, Enter keeps, Escape lets go."""
    page, wrong = opened(browser, site, READ)
    figure = page.locator("#fig-one")
    figure.locator(".figure-number").focus()
    page.keyboard.press("Tab")
    chips = figure.locator(".tokens > .token")
    focused = "document.activeElement.dataset.key"
    assert page.evaluate(focused) == "1"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "2"
    page.keyboard.press("End")
    assert page.evaluate(focused) == chips.last.get_attribute("data-key")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) not in {"1", "2"}
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert state(page) == "pin=1"
    assert chips.first.get_attribute("aria-pressed") == "true"
    said = figure.locator("[role=status]").inner_text()
    assert said == f"{chips.first.locator('bdi').inner_text()}: " + (
        chips.first.get_attribute("data-value") or ""
    )
    page.keyboard.press("Escape")
    assert state(page) == ""
    assert figure.locator(".active").count() == 0
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('.token')")
    assert wrong == []
    page.context.close()


def test_figures_of_one_text_share_their_cursor(browser: Any, site: Path) -> None:
    """A word pointed at in one figure lights up in every figure of the same tokens."""
    page, _ = opened(browser, site)
    word = page.locator("#fig-step .token", has_text="orlova").first
    word.hover()
    lit = page.locator("#fig-matrix .same-token")
    assert lit.count() == 11
    names = page.evaluate(
        "[...document.querySelectorAll('#fig-matrix th.same-token bdi')]"
        ".map(x => x.textContent)"
    )
    assert names == ["orlova"]
    assert page.locator("#fig-matrix td.same-token.key").count() == 10
    assert page.locator("#fig-hostile .same-token, #fig-large .same-token").count() == 0
    page.mouse.move(0, 0)
    assert page.locator(".same-token").count() == 0
    page.context.close()


def test_back_undoes_a_link_in_the_text(browser: Any, site: Path) -> None:
    """Each entry of the history holds what all figures showed then."""
    page, _ = opened(browser, site)
    target = page.locator("#fig-step .target bdi")
    first = target.inner_text()
    page.locator("#fig-matrix label", has_text="by word").first.click()
    assert state(page) == "view=word"
    page.get_by_text("Move to the last step").click()
    assert target.inner_text() == SENTENCE[-1]
    page.go_back()
    page.wait_for_function("location.hash.startsWith('#fig-matrix')")
    assert target.inner_text() == first
    assert page.locator("#fig-matrix .foot-word").is_visible()
    page.go_forward()
    page.wait_for_function("location.hash.startsWith('#fig-step')")
    assert target.inner_text() == SENTENCE[-1]
    page.context.close()


def test_a_tap_keeps(browser: Any, site: Path) -> None:
    """On a screen that is touched, a tap pins an item and another lets it go."""
    page, _ = opened(browser, site, READ, has_touch=True, is_mobile=True)
    chip = page.locator("#fig-one .token").nth(2)
    chip.tap()
    assert state(page) == "pin=3"
    chip.tap()
    assert state(page) == ""
    page.context.close()


def test_targets_are_large_enough_for_fingers(browser: Any, site: Path) -> None:
    """Where the pointer is coarse, whatever can be touched is 24 px either way."""
    for path in (LONG, READ):
        page, _ = opened(
            browser, site, path, has_touch=True, is_mobile=True,
            viewport={"width": 360, "height": 800},
        )  # fmt: skip
        small = page.evaluate(
            """() => [...document.querySelectorAll(
              '.canvas .token[data-key], .matrix tbody td:not(:empty):not(.margin), '
              + '.actions summary, .actions a, button, .choices label'
            )].filter(x => x.checkVisibility())
              .map(x => [x, x.getBoundingClientRect()])
              .filter(([, b]) => b.width < 23.9 || b.height < 23.9)
              .map(([x, b]) => `${x.closest('figure')?.id} ${x.className} `
                + `${b.width} ${b.height}`).slice(0, 9)"""
        )
        assert small == [], path
        page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_annotations_are_read_with_and_without_scripts(
    browser: Any, site: Path, width: int, scripts: bool
) -> None:
    """Every note is in view, its numeral at its item, the item described by it."""
    page, wrong = opened(
        browser, site, viewport={"width": width, "height": 900},
        java_script_enabled=scripts,
    )  # fmt: skip
    notes = page.locator("#fig-step .annotations li")
    assert [n.is_visible() for n in notes.all()] == [True, True]
    chip = page.locator("#fig-step .token.annotated", has_text="orlova").first
    assert chip.locator(".numeral").inner_text() == "1"
    described = chip.get_attribute("aria-describedby") or ""
    assert "The name" in page.locator(f"#{described}").inner_text()
    cell = page.locator("#fig-matrix td.annotated")
    assert cell.locator(".numeral").inner_text() == "1"
    assert wrong == []
    page.context.close()


def test_annotations_stay_with_their_token(browser: Any, site: Path) -> None:
    """Another step keeps numeral and note; pointing at a token marks its note."""
    page, _ = opened(browser, site)
    page.locator("#fig-step [data-move='1']").click()
    chip = page.locator("#fig-step .token.annotated", has_text="orlova").first
    assert chip.locator(".numeral").inner_text() == "1"
    chip.hover()
    assert (
        page.locator("#fig-step .annotations li.active").get_attribute("data-number")
        == "1"
    )
    page.context.close()


def test_notes_stand_beside_their_items_where_there_is_room(
    browser: Any, site: Path
) -> None:
    """On a wide page a note is right of the drawing, at the height of its item."""
    page, _ = opened(browser, site)
    gap = page.evaluate(
        """() => { const f = document.querySelector('#fig-step');
        const a = f.querySelector('.token.annotated').getBoundingClientRect();
        const b = f.querySelector('.annotations li').getBoundingClientRect();
        const c = f.querySelector('.canvas').getBoundingClientRect();
        return [b.left - c.right, b.top - a.top]; }"""
    )
    assert gap[0] > 0
    assert abs(gap[1]) < 12
    off = page.evaluate(
        """() => { const f = document.querySelector('#fig-matrix');
        const mid = x => { const b = x.getBoundingClientRect();
          return (b.top + b.bottom) / 2; };
        return [[mid(f.querySelector('td.annotated')), 1],
          [mid(f.querySelectorAll('tbody th')[1]), 2]].map(([y, n]) => y - mid(
            f.querySelector(`.annotations [data-number="${n}"] .number`))); }"""
    )
    assert [abs(gap) < 12 for gap in off] == [True, True], off
    assert page.locator("#fig-step .leaders path").count() == 2
    page.context.close()


def test_the_link_is_copied_where_it_can_be(browser: Any, site: Path) -> None:
    """The address of what is shown goes to the clipboard, whole."""
    page, _ = opened(
        browser, site, f"{LONG}#fig-step?step=4",
        permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    link = page.locator("#fig-step .actions .permalink")
    link.click()
    page.wait_for_function(
        "document.querySelector('#fig-step .permalink').textContent === 'Link copied'"
    )
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("file:")
    assert copied.endswith("#fig-step?step=4")
    page.context.close()


def test_a_figure_can_be_cited(browser: Any, site: Path) -> None:
    """A citation opens below the figure and holds its place on the site."""
    page, _ = opened(browser, site, java_script_enabled=False)
    page.locator("#fig-step .cite summary").click()
    said = page.locator("#fig-step .cite p").inner_text()
    assert said.startswith("A. Writer. “A slot is not a word”, figure 1:")
    assert said.endswith("studies/2026/11/13/slots/#fig-step")
    page.context.close()


def test_a_token_of_a_text_is_kept_then_written(browser: Any, site: Path) -> None:
    """One click keeps a token and tells how to go on; the next is its own step."""
    page, _ = opened(browser, site)
    figure = page.locator("#fig-step")
    token = figure.locator(".token", has_text="orlova").first
    before = figure.locator(".target bdi").inner_text()
    token.click()
    assert state(page).endswith("&pin=6")
    assert figure.locator(".target bdi").inner_text() == before
    assert "once more" in figure.locator("[data-read]").inner_text()
    token.click()
    assert figure.locator(".target bdi").inner_text() == "orlova"
    page.context.close()


def test_paper_gets_the_notes_and_no_controls(browser: Any, site: Path) -> None:
    """Printed, a figure is what is shown, its notes below, nothing to touch."""
    page, _ = opened(browser, site)
    page.emulate_media(media="print")
    figure = page.locator("#fig-step")
    assert figure.locator(".annotations li").last.is_visible()
    assert figure.locator(".token.annotated .numeral").first.is_visible()
    for hidden in (".actions", ".controls", "[data-read]", ".leaders"):
        assert figure.locator(hidden).first.is_hidden(), hidden
    below = page.evaluate(
        """() => { const at = x => document.querySelector('#fig-step ' + x)
        .getBoundingClientRect();
        return at('.annotations').top - at('.canvas').bottom; }"""
    )
    assert below >= 0
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_numbers_and_pictures_are_taken_with_keys_alone(
    browser: Any, site: Path, width: int
) -> None:
    """The menu opens by Enter, offers files that are there, and closes by Escape.

    It reaches the table on the page, is wholly on the screen, and another menu that
    opens closes it.
    """
    page, _ = opened(browser, site)
    page.set_viewport_size({"width": width, "height": 900})
    menu = page.locator("#fig-step .menu:not(.cite)")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    links = menu.locator("a")
    kinds = [text.split()[0] for text in links.all_inner_texts()]
    assert sorted(kinds) == ["CSV", "JSON", "PNG", "SVG", "Table"]
    for address in links.evaluate_all("all => all.map(a => a.href)")[:-1]:
        assert Path(unquote(urlsplit(address).path)).stat().st_size
    box = menu.locator("ul").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    assert not links.first.is_visible()
    page.keyboard.press("Enter")
    links.last.click()
    assert page.locator("#fig-step-table[open] table").first.is_visible()
    page.locator("#fig-step .cite summary").click()
    assert not links.first.is_visible()
    page.context.close()


def test_an_epoch_of_an_alignment_fills_its_cells(browser: Any, site: Path) -> None:
    """The slider puts an epoch's own classes and numbers into the matrix."""
    page, wrong = opened(browser, site, PAIRS)
    figure = page.locator("#fig-learning")
    look = "td => [td.className, td.innerText]"
    frames = page.eval_on_selector(
        "#fig-learning [data-frames]", "x => JSON.parse(x.dataset.frames)"
    )
    for place, frame in enumerate(frames):
        figure.locator("input[type=range]").fill(str(place))
        cells = figure.locator("tbody td").evaluate_all(f"all => all.map({look})")
        cells = cells[: len(frame) - 1]
        for (css, text), told in zip(cells, frame[1:], strict=True):
            wanted, number = told.split("|")
            assert set(wanted.split()) <= set(css.split())
            assert text.startswith(number)
    assert figure.locator(".frames li.current").inner_text().strip() == "epoch 8"
    figure.locator(".frames li").first.click()
    assert figure.locator(".single .label b").inner_text() == "Epoch 0"
    assert wrong == []
    page.context.close()


def test_an_alignment_fits_its_screen(browser: Any, site: Path) -> None:
    """Wide it is a matrix, narrow lines, unless a reader chooses; keys move in both."""
    for width, seen, hidden in ((1280, ".matrix", ".arcs"), (360, ".arcs", ".matrix")):
        given = {"viewport": {"width": width, "height": 900}}
        page, wrong = opened(browser, site, PAIRS, **given)
        canvas = page.locator("#fig-pair .canvas")
        assert canvas.locator(seen).first.is_visible()
        assert canvas.locator(hidden).first.is_hidden()
        wanted = "matrix" if width < 600 else "lines"
        canvas.locator(f"label:has-text('{wanted}')").click()
        assert canvas.locator(hidden).first.is_visible()
        assert wrong == []
        page.context.close()


def test_lines_of_a_target_are_read_by_key(browser: Any, site: Path) -> None:
    """Arrows go from target token to target token, and its scores are told."""
    page, wrong = opened(browser, site, f"{PAIRS}#fig-pair?view=arcs&pin=1-")
    figure = page.locator("#fig-pair")
    figure.locator(".arcs g.active").focus()
    page.keyboard.press("ArrowRight")
    assert figure.locator(".arcs g.active").get_attribute("data-key") == "2-"
    assert figure.locator("[data-read]").inner_text().startswith("meunier: miller")
    assert wrong == []
    page.context.close()


def test_a_strip_of_a_wall_leads_to_its_trace(browser: Any, site: Path) -> None:
    """By a click, by keys, and by its link; one tab stop for all strips."""
    page, wrong = opened(browser, site, f"{TOLD}#fig-wall-1-2")
    wall = page.locator("#fig-wall .wall")
    large = wall.locator("li:target")
    assert large.get_attribute("id") == "fig-wall-1-2"
    assert large.locator(".wall-text").is_visible()
    assert wall.locator("[tabindex='0']").count() == 1
    assert wall.locator("a:not([tabindex='-1'])").count() == 0
    wall.locator("li[data-key='1-']").click()
    wall.locator("li:target[data-key='1-']").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    wall.locator("li:target[data-key='2-']").wait_for()
    assert not wrong
