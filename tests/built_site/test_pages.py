"""Every page of a built site, in a real browser: quiet, accessible, light."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.site

MODES = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}
AXE = """() => axe.run(document, {resultTypes: ['violations']}).then(found =>
  found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`))"""
SHOWN = """() => {
  const main = document.querySelector('main');
  main.querySelectorAll('details').forEach(x => { x.open = true; });
  main.querySelectorAll('.js-only, [data-read]').forEach(x => x.remove());
  return main.innerText;
}"""
ABORTED = "ERR_ABORTED"
"""How a request ends that the next page did not wait for."""
PAINTED = """() => new Promise(done => new PerformanceObserver(list =>
  done(list.getEntries().at(-1).startTime))
  .observe({type: 'largest-contentful-paint', buffered: true}))"""


@contextmanager
def opened(browser: Any, **given: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page, and a list that fills with whatever goes wrong on it."""
    given.setdefault("viewport", {"width": 1280, "height": 900})
    context = browser.new_context(**given)
    page, wrong = context.new_page(), []
    page.on("console", lambda m: wrong.append(m.text) if m.type != "log" else None)
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on("dialog", lambda d: wrong.append(f"dialog {d.message}"))
    page.on(
        "requestfailed", lambda r: None if ABORTED in r.failure else wrong.append(r.url)
    )
    page.on("response", lambda r: wrong.append(r.url) if r.status >= 400 else None)
    try:
        yield page, wrong
    finally:
        context.close()


def test_every_page_is_quiet(
    browser: Any, address: str, pages: tuple[str, ...]
) -> None:
    """No error, no violation of the policy, nothing from elsewhere, nothing absent."""
    origin = address.split("/")[2]
    with opened(browser) as (page, wrong):
        page.on(
            "request",
            lambda r: None if r.url.split("/")[2] == origin else wrong.append(r.url),
        )
        for path in pages:
            if path == "404.html" and not address.endswith(f"{origin}/"):
                continue  # its links are made for one place, and this is another
            page.goto(address + path)
            assert page.evaluate("getComputedStyle(document.body).margin") == "0px"
            assert wrong == [], path


def test_every_page_opens_from_the_disk(
    browser: Any, site: Path, pages: tuple[str, ...]
) -> None:
    """By double click too, with its style and its script."""
    with opened(browser) as (page, wrong):
        for path in pages:
            if path != "404.html":  # which a server shows at any depth
                page.goto((site / path).as_uri())
                assert page.evaluate("document.documentElement.matches('.js')"), path
                assert wrong == [], path


@pytest.mark.parametrize("mode", MODES)
def test_every_page_is_accessible(
    browser: Any,
    address: str,
    pages: tuple[str, ...],
    module: Callable[[str], Path],
    mode: str,
) -> None:
    """axe-core finds nothing serious or critical, whatever the colours."""
    if "/repo/" in address:
        pytest.skip("the same pages as at the root")
    axe = module("axe-core/axe.min.js").read_text("utf-8")
    found = {}
    with opened(browser, bypass_csp=True, **MODES[mode]) as (page, _):
        for path in pages:
            page.goto(address + path)
            page.evaluate(axe)
            found |= {f"{path}: {what}": 1 for what in page.evaluate(AXE)}
    assert list(found) == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_page_scrolls_sideways(
    browser: Any, site: Path, pages: tuple[str, ...], width: int
) -> None:
    """With everything that can be unfolded unfolded."""
    with opened(browser, viewport={"width": width, "height": 900}) as (page, _):
        for path in pages:
            page.goto((site / path).as_uri())
            page.evaluate(
                "document.querySelectorAll('details').forEach(d => d.open = true)"
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_without_scripts_the_same_is_said(
    browser: Any, site: Path, studies: tuple[str, ...]
) -> None:
    """All text of a study is there before any script runs, and none is taken away."""
    for path in studies:
        said = []
        for scripts in (False, True):
            with opened(browser, java_script_enabled=scripts) as (page, _):
                page.goto((site / path).as_uri())
                said.append(set(page.evaluate(SHOWN).split()))
                figures = page.locator("figure[data-figure]").count()
                assert figures == page.locator("figure details.data-table").count() >= 1
        assert len(said[0]) > 400
        assert said[0] - said[1] == set(), path


def test_a_study_is_painted_within_a_second(
    browser: Any, address: str, studies: tuple[str, ...]
) -> None:
    """Largest contentful paint from localhost, the median of three loads."""
    for path in studies:
        times = []
        for _ in range(3):
            with opened(browser) as (page, _):
                page.goto(address + path)
                times.append(page.evaluate(PAINTED))
        assert sorted(times)[1] < 1000, (path, times)


def test_a_heatmap_is_walked_by_keyboard(
    browser: Any, site: Path, studies: tuple[str, ...]
) -> None:
    """Tab reaches it once; arrows move, what is said changes, Escape lets go."""
    for path in studies:
        with opened(browser) as (page, wrong):
            page.goto((site / path).as_uri())
            figure = page.locator("figure[data-figure]:has([data-read])").first
            stop = figure.locator(".canvas [tabindex='0']:not(.scroll)").first
            stop.focus()
            said = [figure.locator("[data-read]").first.inner_text()]
            for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home"):
                page.keyboard.press(key)
                said.append(figure.locator("[data-read]").first.inner_text())
            assert len(set(said)) >= 2, (path, said)
            page.keyboard.press("Enter")
            page.keyboard.press("Escape")
            stops = figure.locator(
                ".canvas .token[tabindex='0'], .canvas td[tabindex='0']"
            )
            assert stops.count() == 1, path
            assert wrong == []
