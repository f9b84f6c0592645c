"""Both sides of what text, paths and checks may be."""

from __future__ import annotations

import pytest

from generator.artifacts import Check
from generator.core.errors import quote_text
from generator.core.spec import Spec, check_relative_path, describe_fields


@pytest.mark.parametrize(("size", "cut"), [(59, False), (60, False), (61, True)])
def test_a_quoted_text_has_sixty_characters_at_most(size: int, cut: bool) -> None:
    """One that fits exactly is whole; else the last of them is an ellipsis."""
    text = "abcdefghij" * 7
    found = quote_text(text[:size])
    assert found == (f'"{text[:59]}…"' if cut else f'"{text[:size]}"')
    assert len(quote_text("x" * 999, 9)) == 9 + 2


@pytest.mark.parametrize(
    ("error", "passed"),
    [(0.0, True), (0.5, True), (1.0, True), (1.0000001, False), (float("nan"), False)],
)
def test_an_error_as_large_as_its_tolerance_passes(error: float, passed: bool) -> None:
    """So that an identity that must hold exactly can: 0 of 0."""
    assert Check("it holds", error, 1.0).passed == passed
    assert Check("exactly", 0.0, 0.0).passed


@pytest.mark.parametrize(
    "path", [".git", "a/.git", "a/.GIT/b", ".Git", "..", "a/../b", "a/..", "nul",
             "NUL.txt", "a/Com1", "FILE:x", "Data:x", "a//b/..", "~", "/a", "c:x"],
)  # fmt: skip
def test_a_path_that_can_lead_out_is_refused_in_any_case(path: str) -> None:
    """As Windows and macOS read it, whose names have no case."""
    with pytest.raises(ValueError, match="must"):
        check_relative_path(path)


@pytest.mark.parametrize(
    "path", [".", "a", "a/b.csv", ".github/x", "a.git", "null", "x" * 200, "a/./b"]
)
def test_a_path_inside_is_itself(path: str) -> None:
    """Names that only begin like a forbidden one, and exactly as many characters."""
    assert check_relative_path(path) == path


@pytest.mark.parametrize("path", ["", "x" * 201, "a.", "a /b", "a/b. ", "tab\t"])
def test_a_path_that_some_systems_change_is_refused(path: str) -> None:
    """Empty, too long, or with an end that Windows drops."""
    with pytest.raises(ValueError, match="must"):
        check_relative_path(path)


class Base(Spec):
    first: int = 1
    """What the first means."""
    second: int = 2


class Derived(Base):
    third: int = 3
    """What the third means,
    in two lines."""
    fourth: int = 4


def test_a_field_s_description_is_the_text_below_it() -> None:
    """Those of bases too; a field without one is left out."""
    assert describe_fields(Derived) == {
        "first": "What the first means.",
        "third": "What the third means,\nin two lines.",
    }
