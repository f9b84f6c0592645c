"""A page of prose in a browser: formulas, notes, citations, what can be copied."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

pytestmark = pytest.mark.browser
PAGE = "studies/2026/11/13/prose/index.html"
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def address(prose_site: Any) -> str:
    """The page, as a double click opens it."""
    return (prose_site / PAGE).as_uri()


def opened(browser: Any, address: str, width: int = 1280, **context: Any) -> Any:
    """The page, open, complaints kept in its `said`."""
    page = browser.new_context(
        viewport={"width": width, "height": 900}, **context
    ).new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(address)
    return page


@pytest.mark.parametrize("width", [360, 1000, 1280])
def test_wide_formulas_scroll_by_themselves(
    browser: Any, address: str, width: int
) -> None:
    """The page does not scroll sideways, its widest formula does where it must."""
    page = opened(browser, address, width)
    assert page.evaluate(OVERFLOW) <= 0
    wide = page.locator(".math").first
    assert wide.evaluate("e => getComputedStyle(e).overflowX") == "auto"
    if width == 360:
        assert wide.evaluate("e => e.scrollWidth > e.clientWidth")
    assert page.said == []
    page.context.close()


def test_formulas_are_drawn_and_their_source_is_not(browser: Any, address: str) -> None:
    """A fraction is higher than its line; the TeX beside it takes no room."""
    page = opened(browser, address)
    assert page.locator(".math math").bounding_box()["height"] > 40
    note = page.locator("annotation").first
    assert note.evaluate("e => e.getBoundingClientRect().width") == 0
    page.context.close()


@pytest.mark.parametrize("width", [360, 1000, 1280])
def test_notes_overlap_nothing(browser: Any, address: str, width: int) -> None:
    """No note lies over another note, a paragraph, a figure or a heading."""
    page = opened(browser, address, width)
    boxes = page.evaluate(
        "[...document.querySelectorAll("
        "'.sidenote, .body>p, .with-notes>p, .body>h2, .figure')]"
        ".map(e => { const r = e.getBoundingClientRect();"
        " return [r.left, r.top, r.right, r.bottom, e.className] })"
    )
    assert sum(box[4] == "sidenote" for box in boxes) == 6
    for one, two in combinations(boxes, 2):
        apart = (
            one[2] <= two[0] + 1 or two[2] <= one[0] + 1
            or one[3] <= two[1] + 1 or two[3] <= one[1] + 1
        )  # fmt: skip
        assert apart, (one, two)
    page.context.close()


def test_a_citation_leads_to_the_list_and_back(browser: Any, address: str) -> None:
    """With the keyboard's Enter, as with a click."""
    page = opened(browser, address)
    page.locator(".cited").first.press("Enter")
    assert page.evaluate("location.hash") == "#bib-jain2019"
    page.locator("#bib-jain2019 .back a").first.press("Enter")
    assert page.evaluate("location.hash") == "#cite-1"
    page.context.close()


def test_how_to_cite_can_be_copied(browser: Any, address: str) -> None:
    """The button copies the entry, or selects it, and says which."""
    page = opened(browser, address)
    page.locator("summary", has_text="BibTeX").click()
    button = page.locator("[data-copy=cite-bibtex]")
    button.click()
    page.wait_for_function(
        "document.querySelector('[data-copy=cite-bibtex]').textContent != 'Copy'"
    )
    assert button.inner_text() in {"Copied", "Selected"}
    if button.inner_text() == "Selected":
        assert page.evaluate("String(getSelection())").startswith("@misc{prose-2026")
    page.context.close()


def test_without_scripts_there_is_no_button(browser: Any, address: str) -> None:
    """The text is there to be read, the files to be saved."""
    page = opened(browser, address, java_script_enabled=False)
    page.locator("summary", has_text="BibTeX").click()
    assert not page.locator("[data-copy=cite-bibtex]").is_visible()
    assert page.locator("#cite-bibtex").is_visible()
    assert page.locator("a[href='citation.cff']").is_visible()
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_tables_and_tasks_are_as_their_author_wrote_them(
    browser: Any, address: str, width: int
) -> None:
    """Columns stand where the line of dashes says; a task has a box and no dot."""
    page = opened(browser, address, width)
    places = page.locator("th:text-is('name'), th:text-is('norm')").evaluate_all(
        "all => all.map(e => getComputedStyle(e).textAlign)"
    )
    assert places == ["start", "right"]
    tasks = page.get_by_role("listitem").filter(has=page.locator(".task"))
    assert tasks.evaluate_all(
        "all => all.map(e => getComputedStyle(e).listStyleType)"
    ) == ["none", "none"]
    assert page.get_by_role("img", name="to do").count() == 1
    assert page.locator(".admonition").evaluate_all(
        "all => all.every(e => e.scrollWidth <= e.clientWidth)"
    )
    assert page.evaluate(OVERFLOW) <= 0
    page.context.close()
