"""A figure's numbers as CSV: what the table says, for programs and spreadsheets."""

from __future__ import annotations

import csv
import io
import math
import re

import pytest

from generator.figures import FIGURES
from generator.figures.base import DataTable, TableRow, View
from generator.figures.formatting import DisplayToken
from generator.figures.language_model.matrix import SlotMatrix
from generator.figures.tables import csv_number, csv_of, escape_formula, is_number
from tests.figures import examples
from tests.figures.export.figures import EVERY, view_of


def rows_of(content: bytes) -> list[list[str]]:
    """A file read back by Python's own reader."""
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def whole(value: DisplayToken | str) -> str:
    """A cell's words."""
    return value.text if isinstance(value, DisplayToken) else value


@pytest.mark.parametrize("name", EVERY)
def test_a_file_equals_the_tables_on_the_page(name: str) -> None:
    """Row by row and cell by cell, numbers being those of the table."""
    view = view_of(name)
    found = rows_of(csv_of(view.tables))
    several = int(len(view.tables) > 1)
    data = [row for row in found if row[several:] not in heads(view)]
    wanted = [
        [whole(cell) for cell in (row.head, *row.cells)]
        for table in view.tables
        for row in table.rows
    ]
    assert len(data) == len(wanted)
    for got, want in zip(data, wanted, strict=True):
        for mine, page in zip(got[several:], want, strict=True):
            assert same(mine, page), (mine, page)


def heads(view: View) -> list[list[str]]:
    """The headings of all tables as they stand in the file."""
    return [
        [escape_formula(whole(cell)) for cell in table.head] for table in view.tables
    ]


def same(mine: str, page: str) -> bool:
    """Whether a cell of the file says what the page's says."""
    if mine in (page, f"'{page}"):
        return True
    plain = page.replace("\N{MINUS SIGN}", "-").replace(",", "")
    return (page == "–" and not mine) or float(mine) == float(plain.replace("∞", "inf"))


def test_numbers_are_the_artifact_s() -> None:
    """A matrix's file holds its scores, to the digits that the table prints."""
    scores = examples.attention()
    view = SlotMatrix(figure="matrix", artifact="a").view(scores)
    head, *rows = rows_of(csv_of(view.tables))
    assert head[:3] == ["token written", "10", "9"]
    for row, line in zip(rows, scores.scores, strict=True):
        for text, value in zip(row[1:], line, strict=False):
            assert math.isclose(float(text), float(value), abs_tol=5.1e-5)


def test_hostile_tokens_survive_and_are_no_formulas() -> None:
    """Every token stands in its row as the page shows it; no cell is a formula."""
    view = SlotMatrix(figure="matrix", artifact="a").view(examples.hostile())
    content = csv_of(view.tables)
    assert b"\r" not in content
    _, *rows = rows_of(content)
    heads = [row.head for table in view.tables for row in table.rows]
    for row, head in zip(rows, heads, strict=True):
        assert row[0].removeprefix("'") == whole(head).removeprefix("'")
        assert not re.match(r"[=+@]|-(?![\d.])", row[0])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("-->", "'-->"),
        ("-0.3", "-0.3"),
        ("+4", "+4"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_formula_becomes_text_and_a_number_stays_one(text: str, written: str) -> None:
    """What a spreadsheet would compute is written with an apostrophe before it."""
    assert escape_formula(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("−0.30", "-0.30"),
        ("+.31", ".31"),
        ("1,204", "1204"),
        ("–", ""),
        ("3e-05", "3e-05"),
        ("−∞", "-inf"),
        ("0", "0"),
    ],
)
def test_a_number_is_one_that_programs_read(text: str, written: str) -> None:
    """The page's signs become those of programs; what is not defined is empty."""
    assert is_number(text)
    assert csv_number(text) == written
    assert not written or math.isfinite(float(written)) or "inf" in written


@pytest.mark.parametrize("text", ["", "−", "1,20", "1.2.3", "e5", "12 texts", "-", "."])
def test_other_words_are_no_numbers(text: str) -> None:
    """A cell that only looks a little like a number is text."""
    assert not is_number(text)


def test_tables_of_one_heading_share_it() -> None:
    """Several tables stand in one file, each row saying which it is of."""
    table = DataTable("first", ("token", "score"), (TableRow("a", ("0.10",)),))
    other = DataTable(
        "second", ("token", "score"), (TableRow(DisplayToken("-5", "-5"), ("−0.20",)),)
    )
    third = DataTable("third", ("step",), (TableRow("9", ()),))
    assert rows_of(csv_of((table, other, third))) == [
        ["table", "token", "score"],
        ["first", "a", "0.10"],
        ["second", "-5", "-0.20"],
        ["table", "step"],
        ["third", "9"],
    ]


def test_every_kind_is_among_the_examples() -> None:
    """No kind of figure is left out of the tests above."""
    assert {name.partition("-")[0] for name in EVERY} == set(FIGURES)
