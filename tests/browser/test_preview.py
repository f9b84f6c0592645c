"""The preview in a browser: what a save does to the page that is being read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.preview.serving import PAGE, Running, becomes, project, prose, served

pytestmark = [pytest.mark.browser, pytest.mark.slow(4)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project whose page is long, with something to unfold."""
    made = project(tmp_path)
    with prose(made).open("a") as file:
        file.write("\n\n## Later\n\n" + "A line of many.\n\n" * 60)
    return made


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    """Its preview."""
    with served(folder) as found:
        yield found


@pytest.fixture
def page(browser: Any, running: Running) -> Iterator[Any]:
    """The page of a study, and all that went wrong on it in `page.wrong`."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    made = context.new_page()
    made.wrong = []
    made.on("console", lambda m: made.wrong.append(m.text) if m.type != "log" else None)
    made.on("pageerror", lambda e: made.wrong.append(str(e)))
    made.goto(f"http://127.0.0.1:{running.port}{running.base}{PAGE}")
    yield made
    context.close()


def marked(page: Any) -> None:
    """Put a mark on the document, which a reload takes away."""
    page.evaluate("window.same = true")


def is_same(page: Any) -> bool:
    """Whether the page was not loaded again since `marked`."""
    return bool(page.evaluate("window.same === true"))


def test_a_save_reloads_and_the_reader_stays(page: Any, folder: Path) -> None:
    """The new text comes soon; place, theme, folds and figure are as they were."""
    page.click("[data-theme-toggle]")
    theme = page.evaluate("document.documentElement.dataset.theme")
    page.evaluate("document.querySelector('main details:not([open])').open = true")
    opened = page.evaluate("document.querySelectorAll('main details[open]').length")
    page.evaluate("location.hash = 'later'")
    page.evaluate("scrollTo(0, 700)")
    marked(page)
    begun = time.monotonic()
    with prose(folder).open("a") as file:
        file.write("\nThe last sentence.\n")
    becomes(page, "document.body.textContent.includes('The last sentence.')")
    assert time.monotonic() - begun < 10
    assert not is_same(page)
    becomes(page, "document.readyState === 'complete'")
    becomes(page, "Math.abs(scrollY - 700) < 2")
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert page.evaluate("location.hash") == "#later"
    now = page.evaluate("document.querySelectorAll('main details[open]').length")
    assert now == opened
    assert page.wrong == []


def test_what_is_wrong_lies_over_the_page(page: Any, folder: Path) -> None:
    """A mistake is shown with its line without a reload, and goes when it is mended."""
    page.wait_for_selector(".preview-warnings")
    marked(page)
    path = prose(folder)
    good = path.read_text()
    path.write_text(good + "\n{{ nothing.at }} <b onclick=alert(1)>\n")
    over = page.wait_for_selector(".preview-problems")
    shown = over.inner_text()
    assert "index.md:" in shown
    assert "{{ nothing.at }} <b onclick=alert(1)>" in shown
    assert page.evaluate("document.querySelector('.preview-problems b')") is None
    assert is_same(page)
    path.write_text(good)
    page.wait_for_selector(".preview-problems", state="detached")
    assert is_same(page)
    definition = path.with_name("study.yaml")
    was = definition.read_text()
    definition.write_text(was.replace("figure: matrix", "figure: matrx"))
    becomes(
        page,
        "document.querySelector('.preview-problems')?.innerText.includes('matrx')",
    )
    assert "did you mean" in page.inner_text(".preview-problems")
    definition.write_text(was)
    page.wait_for_selector(".preview-problems", state="detached")
    assert page.wrong == []


def test_a_template_that_fails_is_shown(page: Any, folder: Path) -> None:
    """A broken template is told with its line; what was last good stays below."""
    own = folder / "templates"
    own.mkdir()
    (own / "study.html").write_text("{% extends 'base.html' %}\n{% block main %}{{ x")
    path = prose(folder)
    path.write_text(path.read_text() + "\nMore.\n")  # studies/ is watched for certain
    over = page.wait_for_selector(".preview-problems")
    assert "templates/study.html:2" in over.inner_text()
    (own / "study.html").unlink()
    path.write_text(path.read_text() + "\nAnd more.\n")
    becomes(page, "document.body.textContent.includes('And more.')")
    assert page.locator(".preview-problems").count() == 0


def test_warnings_are_in_the_corner(page: Any) -> None:
    """Their number is shown, and what they say once they are opened."""
    page.wait_for_selector(".preview-warnings")
    warning = page.locator(".preview-warnings li").last
    assert not warning.is_visible()
    page.click(".preview-warnings summary")
    assert warning.is_visible()
    text = "slots: is stale; run: python build.py collect slots"
    assert text in page.inner_text(".preview-warnings")


def test_a_style_is_swapped_in_place(browser: Any, folder: Path) -> None:
    """A saved style sheet is seen without a reload."""
    static = folder / "templates" / "static"
    static.mkdir(parents=True)
    (static / "style.css").write_text("h1{color:rgb(1,2,3)}\n")
    with served(folder) as running:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{running.port}{running.base}{PAGE}")
        colour = "getComputedStyle(document.querySelector('h1')).color"
        sheets = "document.querySelectorAll('link[rel=stylesheet]').length"
        assert page.evaluate(colour) == "rgb(1, 2, 3)"
        before = page.evaluate(sheets)
        page.wait_for_selector(".preview-warnings")
        marked(page)
        (static / "style.css").write_text("h1{color:rgb(9,8,7)}\n")
        becomes(page, f"{colour} === 'rgb(9, 8, 7)'")
        assert is_same(page)
        # The former sheet goes once the new one is loaded, a moment after its colours.
        becomes(page, f"{sheets} === {before}")
        page.context.close()
