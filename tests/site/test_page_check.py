"""A page of a project's own templates is read within limits of time and memory."""

from __future__ import annotations

import time

import pytest

from generator.site import page_check
from generator.site.html_safety import find_problems
from generator.site.page_check import (
    CheckerProcess,
    UnreadablePageError,
    open_page_check,
)

PAGE = "<!DOCTYPE html><html><head><meta charset=utf-8></head><body>{}</body></html>"
DEEP = "<div>" * 60_000
MANY = "<p>" + "".join(f"<b id=a{i}>" for i in range(9000)) + "</p>" + "<p>x</p>" * 9000


def test_a_process_of_its_own_finds_the_same() -> None:
    """Page after page, the problems are those that are found in this process."""
    with open_page_check(apart=True) as check:
        for text in ("<p>a</p>", "<script>a()</script>", "<p>ü</p>", "<p onclick=a>"):
            assert check(PAGE.format(text)) == find_problems(PAGE.format(text))


@pytest.mark.slow(10)
@pytest.mark.parametrize("text", [DEEP, MANY], ids=["deep", "many"])
def test_a_page_that_cannot_be_read_ends_in_time(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused soon after the limit, and the next page is read again."""
    monkeypatch.setattr(page_check, "SECONDS", 1.0)
    checker = CheckerProcess()
    begun = time.monotonic()
    with pytest.raises(UnreadablePageError, match="to read, as its elements"):
        checker.find_problems(PAGE.format(text))
    assert time.monotonic() - begun < 20
    good = PAGE.format("<p>a</p>")
    monkeypatch.setattr(page_check, "SECONDS", 10.0)
    assert checker.find_problems(good) == find_problems(good)
    checker.end()


def test_shipped_pages_are_read_here() -> None:
    """Without templates of a project no process is begun."""
    with open_page_check(apart=False) as check:
        assert check is find_problems
