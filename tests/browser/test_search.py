"""Searching, in a browser, from a disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_pages import opened

pytestmark = pytest.mark.browser
PAGE = "search/index.html"


def ask(page: Any, text: str) -> str:
    """Type `text`; what is said of the result."""
    page.fill("#q", text)
    page.wait_for_timeout(250)
    said: str = page.inner_text("#hits")
    return said


@pytest.mark.slow(2)
def test_a_token_is_found_and_leads_to_its_figure(browser: Any, site: Path) -> None:
    """By the key /, beginnings of words and a click; going back keeps the question."""
    page, wrong = opened(browser, site, PAGE)
    page.keyboard.press("/")
    page.keyboard.type("orlo padd")
    page.wait_for_timeout(250)
    assert page.input_value("#q") == "orlo padd"
    assert "places in" in page.inner_text("#hits")
    assert page.locator(".hits mark").count()
    page.locator('.hits a[href*="#fig-"]').first.click()
    page.wait_for_load_state()
    own = page.url.partition("#")[2]
    assert own.startswith("fig-")
    assert page.locator(f"#{own}").is_visible()
    page.go_back()
    page.wait_for_timeout(250)
    assert page.input_value("#q") == "orlo padd"
    assert wrong == []


@pytest.mark.slow(2)
def test_what_is_nowhere_is_said_to_be(browser: Any, site: Path) -> None:
    """Hostile questions find nothing and run nothing; an empty one says nothing."""
    page, wrong = opened(browser, site, PAGE)
    assert ask(page, "zzzzqq") == "Nothing has all of these words."
    assert ask(page, "<img src=x onerror=alert(1)> zzzzqq").startswith("Nothing")
    assert ask(page, "  ") == ""
    assert page.locator(".hits li").count() == 0
    assert "place" in ask(page, "<pad>")
    assert wrong == []


def test_accents_and_case_do_not_matter(browser: Any, site: Path) -> None:
    """The script cuts and folds words as the index does."""
    page, _ = opened(browser, site, PAGE)
    assert ask(page, "PADDING") == ask(page, "pàdding") != ""


def test_without_scripts_everything_is_listed(browser: Any, site: Path) -> None:
    """The page says why it does not search, and links all tags and studies."""
    page, _ = opened(browser, site, PAGE, java_script_enabled=False)
    assert page.get_by_text("Searching needs scripts").is_visible()
    assert not page.locator("#q").is_visible()
    studies = len(list(site.glob("*/2026/*/*/*/index.html")))
    assert page.locator(".all-studies a").count() >= studies > 1


@pytest.mark.slow(2)
def test_a_page_whose_index_is_gone_asks_for_a_reload(
    browser: Any, site: Path, tmp_path: Path
) -> None:
    """A page of an earlier site, with its code and no index, says so and reloads."""
    copy = shutil.copytree(site, tmp_path / "site")
    (index,) = copy.glob("assets/index.*.js")
    held = index.read_bytes()
    index.unlink()
    page, _ = opened(browser, copy, PAGE)
    assert "has changed since this page was opened" in page.inner_text("#hits")
    assert page.locator("#q").is_disabled()
    index.write_bytes(held)
    page.get_by_role("button", name="Reload").click()
    page.wait_for_load_state()
    assert page.locator("#q").is_enabled()
    assert "place" in ask(page, "padding")
