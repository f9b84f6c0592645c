"""Targets of annotations: what each names, and what a mistake says."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.errors import FigureError
from generator.figures import FIGURES
from generator.figures.annotations import check_state, find_items
from generator.figures.base import (
    Item,
    Items,
    Track,
    View,
    grid_items,
    heading_tracks,
    token_items,
)
from tests.figures import examples, scored

TEXT = Items((Track("", token_items(["the", "film", "is", "not", "the", "film"])),))
GRID = grid_items(["summer", "winter"], ["a", "reminder", "a"], [(1, 0)])
ROWS = Items(heading_tracks(["observed", "shuffled weights"]))


@pytest.mark.parametrize(
    ("target", "keys"),
    [
        ("film", [("2",)]),
        ("film#2", [("6",)]),
        ("3", [("3",)]),
        ("-1", [("6",)]),
        ("is..the", [("3", "4", "5")]),
        ("2..4", [("2", "3", "4")]),
        ("the, not", [("1",), ("4",)]),
        ("3,-1", [("3",), ("6",)]),
        ('"film"#2', [("6",)]),
        ("`is`", [("3",)]),
        ("film..film#2", [("2", "3", "4", "5", "6")]),
    ],
)
def test_a_token_is_named_by_text_place_or_run(
    target: str, keys: list[tuple[str, ...]]
) -> None:
    """Each form names the items it says; without a number, the first of a token."""
    assert list(find_items(TEXT, target)) == keys


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("summer/reminder", "1-2"),
        ("summer/a", "1-1"),
        ("winter/a", "2-3"),
        ("summer/a#2", "1-3"),
        ("2/-1", "2-3"),
        ("winter/", "2-"),
        ("/reminder", "-2"),
        ("reminder", "-2"),
        ("/3", "-3"),
    ],
)
def test_a_cell_is_named_by_row_and_column(target: str, key: str) -> None:
    """Row before column; one of them alone is a heading; what is drawn comes first."""
    assert find_items(GRID, target) == ((key,),)


def test_a_run_of_a_row_is_its_cells() -> None:
    """`row/first..last` names every cell between."""
    assert find_items(GRID, "summer/1..3") == (("1-1", "1-2", "1-3"),)


def test_a_row_without_cells_is_named_alone() -> None:
    """Rows of estimates are items themselves, by name or number."""
    assert find_items(ROWS, '"shuffled weights"') == (("2-",),)
    assert find_items(ROWS, "observed") == (("1-",),)


def test_what_cannot_be_typed_is_named_as_it_is_shown() -> None:
    """A blank is named by itself or by the sign that shows it."""
    items = Items((Track("", (Item("␣", 1, "1"), Item(",", 2, "2"))),))
    assert find_items(items, '" "') == find_items(items, "␣") == (("1",),)
    assert find_items(items, '","') == (("2",),)


@pytest.mark.parametrize(
    ("items", "target", "said"),
    [
        (TEXT, "fim", 'no token "fim"; did you mean "film"'),
        (TEXT, "film#3", "film"),
        (TEXT, "9", "there are 6"),
        (GRID, "sumer/a", 'no row "sumer"; did you mean "summer"'),
        (GRID, "winter/remnder", 'shows no token "remnder"; did you mean "reminder"'),
        (GRID, "summer/4", "summer"),
        (ROWS, "observe", 'did you mean "observed"'),
        (Items(), "x", "nothing in this figure can be annotated"),
        (TEXT, "", "expected a token"),
        (TEXT, "/", "expected a token"),
        (TEXT, "a b", "quote a token"),
        (TEXT, "the,", "expected a token"),
        (TEXT, 'the"', "expected a token"),
    ],
)
def test_a_target_that_is_not_there_says_what_is(
    items: Items, target: str, said: str
) -> None:
    """A mistake names what was written and the nearest that is drawn."""
    with pytest.raises(FigureError) as caught:
        find_items(items, target)
    assert said in caught.value.problems[0]


@given(st.text(max_size=40))
def test_any_target_names_items_or_is_a_mistake(target: str) -> None:
    """Nothing but items that are drawn comes of any text, and no other error."""
    drawn = {i.key for t in GRID.tracks for i in t.items} | {"1-", "2-"}
    drawn |= {column.key for column in GRID.columns}
    with suppress(FigureError):
        found = find_items(GRID, target)
        assert {key for run in found for key in run} <= drawn


@pytest.mark.parametrize(
    "state",
    ["step=1", "step=15", "step=3&pin=4", "pads=each", "pin=p", "pin=p3", "k=2"],
)
def test_a_state_that_a_figure_has_is_fine(state: str) -> None:
    """What the script writes into an address, an author may write into a link."""
    check_state(text_view(), state)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("step=16", 'no step "16"; it has 1, …, 15'),
        ("step=one", 'no step "one"'),
        ("stpe=3", 'no state "stpe"; did you mean "step"'),
        ("epoch=1", 'no state "epoch"; it has step, pads, pin'),
        ("pin=99", 'no "99"'),
        ("step", 'no step ""'),
        ("&", "expected"),
    ],
)
def test_a_state_that_a_figure_lacks_is_a_mistake(state: str, said: str) -> None:
    """The message names the state, and what there is instead."""
    with pytest.raises(FigureError) as caught:
        check_state(text_view(), state)
    assert said in caught.value.problems[0]


def test_an_epoch_is_one_that_is_drawn() -> None:
    """A history knows its epochs, and a figure without choices has none."""
    view = FIGURES["history"](figure="history", artifact="a").view(scored.frames())
    check_state(view, "epoch=0&pin=1-2")
    with pytest.raises(FigureError, match='no epoch "77"'):
        check_state(view, "epoch=77")


def text_view() -> View:
    """A strip of one step."""
    return FIGURES["text"](figure="text", artifact="a").view(examples.attention())
