"""Rows from CSV, TSV and JSON Lines, good and bad."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.errors import CorpusError
from generator.corpora.files.delimited import (
    CELL_LIMIT,
    DEFAULT_DELIMITERS,
    Dialect,
    TableFormat,
    read_rows,
)

Cells = list[list[str]]

cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"))
tables = st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1)


def dialect(kind: TableFormat, *, quotes: bool = True) -> Dialect | None:
    """How a file of that format is written, None for JSON Lines."""
    mark = DEFAULT_DELIMITERS.get(kind)
    return Dialect(mark, quotes=quotes) if mark else None


def read(text: str, kind: TableFormat = "csv", *, quotes: bool = True) -> Cells:
    """The cells of each row."""
    found = read_rows(text, f"x.{kind}", dialect(kind, quotes=quotes))
    return [[str(cell) for cell in row.cells.values()] for row in found]


def refused(text: str, kind: TableFormat = "csv", *, quotes: bool = True) -> str:
    """What is said about a file that is refused."""
    with pytest.raises(CorpusError) as caught:
        read(text, kind, quotes=quotes)
    assert len(str(caught.value)) < 600
    return str(caught.value)


def written(table: Cells, kind: str) -> str:
    """A table as the standard library writes it."""
    out = io.StringIO()
    mark = "," if kind == "csv" else "\t"
    csv.writer(out, delimiter=mark, lineterminator="\n").writerows(table)
    return out.getvalue()


@given(tables)
def test_tables_are_read_back(table: Cells) -> None:
    """Commas, tabs, quotation marks and line ends in cells survive in all formats."""
    named = [["text", "label"], *table]
    objects = [dict(zip(named[0], row, strict=True)) for row in table]
    assert read(written(named, "csv")) == table
    assert read(written(named, "tsv"), "tsv") == table
    assert read("\n".join(map(json.dumps, objects)), "jsonl") == table


@given(st.text('a",\t\n\r{}:'), st.sampled_from(["csv", "tsv", "jsonl"]), st.booleans())
def test_any_text_is_a_table_or_an_error(
    text: str, kind: TableFormat, quotes: bool
) -> None:
    """Nothing but a `CorpusError` is raised, whatever the text."""
    try:
        found = list(read_rows(f"a,b\t\n{text}", "x", dialect(kind, quotes=quotes)))
    except CorpusError:
        return
    assert [row.number for row in found] == list(range(1, len(found) + 1))


def test_rows_know_their_lines() -> None:
    """Rows are counted without blank lines, lines as an editor counts them."""
    text = 'text,label\n\na,1\n"b\nb",2\n\n  \nc,3'
    found = list(read_rows(text, "x.csv", Dialect()))
    assert [(row.number, row.line) for row in found] == [(1, 3), (2, 4), (3, 8)]
    objects = list(read_rows('\n{"a": 1}\n\n{"a": 2}\n', "x.jsonl"))
    assert [(row.number, row.line) for row in objects] == [(1, 2), (2, 4)]


def test_formulas_are_text() -> None:
    """A cell that a spreadsheet would compute is the text it is."""
    table = [["=1+1", "+x"], ["@y", "-z"]]
    assert read(written([["text", "label"], *table], "csv")) == table


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        ("a,1\nb\nc,3", ":3: row 2 has 1 cells; expected 2", "comma stands in double"),
        ("a,1\nb,2,3", ":3: row 2 has 3 cells; expected 2", "comma stands in double"),
        ('a,1\n"b,2\nc,3', ":3: row 2 cannot be read", "quotation marks around whole"),
        ('a,1\n"b" c,2', ":3: row 2 cannot be read", "quotes: false"),
        ('a,1\nthe 7" disc,2', ":3: row 2 cannot be read", "a quotation mark inside"),
        ('a,1\n"the 7" disc",2', ":3: row 2 cannot be read", "quotes: false"),
        ('a,1\n "b",2', ":3: row 2 cannot be read", "a quotation mark inside"),
        ("a,1\nb\rc,2", ":3: row 2 cannot be read", "new-line character"),
        (f"a,1\n{'x' * 2_000_000},2", ":3: row 2 cannot be read", "field larger"),
        ('a,1\n"' + "b,2\n" * 500_000, ":3: row 2 cannot be read", "field larger"),
    ],
)
def test_bad_rows_say_where(body: str, place: str, message: str) -> None:
    """A row that cannot be divided is refused with its line and number."""
    said = refused(f"text,label\n{body}")
    assert said.startswith(f'"x.csv"{place}')
    assert message in said


def test_bad_names_say_where() -> None:
    """The line of names is read as strictly, and no name comes twice."""
    assert ':1: the first row names the column "a" twice' in refused("a,b,a\n1,2,3")
    assert ":1: the first row cannot be read" in refused('a"b,c\n1,2')


def test_quotes_can_be_characters() -> None:
    """With `quotes` off a quotation mark is text, as many TSV files have it."""
    text = 'text\tlabel\n"Fine\t1\nthe 7" disc\t2\n"both"\t3\n'
    assert ":2: row 1" in refused(text, "tsv")
    assert read(text, "tsv", quotes=False) == [
        ['"Fine', "1"],
        ['the 7" disc', "2"],
        ['"both"', "3"],
    ]
    said = refused("text\tlabel\na", "tsv", quotes=False)
    assert "with quotes: false no cell can hold a tab" in said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not valid JSON"),
        ('{"text": }', "not valid JSON"),
        ('{"text": "a"} {"text": "b"}', "not valid JSON (Extra data"),
        ('{"text": NaN}', "NaN is no JSON number"),
        ('{"text": -Infinity}', "-Infinity is no JSON number"),
        ('{"text": "a", "text": "b"}', 'the key "text" twice'),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("1" * 5_000, "not valid JSON"),
        ('["a", "b"]', "one JSON list; expected an object"),
        ('"a"', "one JSON str; expected an object"),
        ("null", "one JSON NoneType; expected an object"),
    ],
)
def test_bad_json_says_its_line(line: str, message: str) -> None:
    """One bad line among many is refused with its number."""
    said = refused('{"text": "a"}\n' * 730 + line + '\n{"text": "b"}', "jsonl")
    assert said.startswith('"x.jsonl":731: ')
    assert message in said


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl"])
def test_the_longest_cell_has_its_limit(kind: TableFormat) -> None:
    """A cell of the limit is read in every format, one more character is not."""

    def table(size: int) -> str:
        row = ["x" * size, "1"]
        if kind == "jsonl":
            return json.dumps(dict(zip(["text", "label"], row, strict=True)))
        return written([["text", "label"], row], kind)

    assert len(read(table(CELL_LIMIT), kind)[0][0]) == CELL_LIMIT
    assert "row 1" in refused(table(CELL_LIMIT + 1), kind)


def test_many_rows_take_linear_time() -> None:
    """Eight times the rows, with quotation marks, take some eight times as long."""

    def seconds(count: int) -> float:
        text = "text,label\n" + '"a ""b"" c",1\n' * count
        times = []
        for _ in range(3):  # the shortest: a collection of garbage is not ours
            started = time.process_time()
            assert len(read(text)) == count
            times.append(time.process_time() - started)
        return min(times)

    assert seconds(40_000) < 24 * max(seconds(5_000), 0.002)


def test_hostile_quotation_marks_take_linear_time() -> None:
    """A cell of a hundred thousand quotation marks is checked at once."""
    started = time.process_time()
    assert "row 1" in refused('text,label\n"' + '""' * 50_000 + 'x"y,1')
    assert read('text,label\n"' + '""' * 50_000 + '",1')[0][0] == '"' * 50_000
    assert time.process_time() - started < 10
