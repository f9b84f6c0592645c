"""Rows of named cells from a file: CSV, TSV, or JSON Lines.

CSV and TSV begin with a line of column names. A cell that holds a separator, a
quotation mark or the end of a line stands in double quotes, its own quotation marks
doubled. A quotation mark anywhere else is an error, and so is a row with more or fewer
cells than the first: a text that was cut in the wrong place would not be seen again.
With `quotes` off a quotation mark is a character like any other, as many TSV files have
it. JSON Lines has an object a line.

Rows are counted from 1, below the names; blank lines are no rows.

JSON as its standard has it: no NaN, no key twice, nothing too deep.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from generator.core.errors import CorpusError, quote_text
from generator.core.files import parse_strict_json


def parse_json(text: str, place: str) -> object:
    """The value of a JSON text. Raises `CorpusError` with line and column."""
    try:
        return parse_strict_json(text)
    except json.JSONDecodeError as error:
        raise CorpusError(
            f"{quote_text(place)}:{error.lineno}:{error.colno}: not valid JSON "
            f"({error.msg}); expected one JSON value; mend the file"
        ) from error
    except ValueError as error:
        raise CorpusError(
            f"{quote_text(place)}: not valid JSON ({error}); mend the file"
        ) from error


def parse_json_line(text: str, place: str, number: int) -> object:
    """The value of line `number` of JSON Lines. Raises `CorpusError`."""
    try:
        return parse_strict_json(text)
    except ValueError as error:
        raise CorpusError(
            f"{quote_text(place)}:{number}: not valid JSON ({error}); expected one "
            f"JSON "
            "object on the line; mend it"
        ) from error


TableFormat = Literal["csv", "tsv", "jsonl"]
CELL_LIMIT = 131_072
"""Characters of the longest cell; the standard library's own limit for CSV."""
CELL = r'(?:"[^"]*+(?:""[^"]*+)*+"|[^"MARK\n]*+)'
"""A cell as it is written; MARK stands for the separator."""
SEPARATOR_MARKS = {"csv": (",", "comma"), "tsv": ("\t", "tab")}


@dataclass(frozen=True, slots=True)
class DelimitedRow:
    """One row: its number, the line it begins on, its cells by column."""

    number: int
    line: int
    cells: dict[str, object]


def read_rows(
    text: str, place: str, kind: TableFormat, *, quotes: bool
) -> Iterator[DelimitedRow]:
    """The rows of a decoded file. Raises `CorpusError`, which names line and row."""
    table = (
        DelimitedTable(text, place, kind, quotes=quotes) if kind != "jsonl" else None
    )
    for row in table or read_json_objects(text, place):
        for name, cell in row.cells.items():
            if isinstance(cell, str) and len(cell) > CELL_LIMIT:
                raise CorpusError(
                    f"{quote_text(place)}:{row.line}: row {row.number:,} has "
                    f"{len(cell):,} characters under {quote_text(name)}; expected at "
                    f"most "
                    f"{CELL_LIMIT:,}; divide or shorten the text"
                )
        yield row


def read_json_objects(text: str, place: str) -> Iterator[DelimitedRow]:
    """The objects of JSON Lines."""
    number = 0
    for line, written in enumerate(text.split("\n"), 1):
        if not written.strip():
            continue
        number += 1
        found = parse_json_line(written, place, line)
        if not isinstance(found, dict):
            raise CorpusError(
                f"{quote_text(place)}:{line}: row {number:,} is one JSON "
                f"{type(found).__name__}; expected an object on every line, with its "
                "text and its label; mend the line"
            )
        yield DelimitedRow(number, line, found)


class DelimitedTable:
    """The rows of CSV or TSV."""

    def __init__(self, text: str, place: str, kind: str, *, quotes: bool) -> None:
        self.place, self.quotes = place, quotes
        mark, self.separator = SEPARATOR_MARKS[kind]
        self.lines = iter(text.removesuffix("\n").split("\n"))
        self.taken: list[str] = []
        """The lines of the row that is being read."""
        self.line = 1
        """The line on which it begins."""
        self.number = -1
        """Its number; 0 are the names."""
        self.sound = re.compile(f"(?:{CELL}{mark})*{CELL}".replace("MARK", mark))
        self.reader = csv.reader(
            iter(self.read_line, None),
            delimiter=mark,
            quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE,
            strict=True,
        )

    def read_line(self) -> str | None:
        """One more line of the file, None at its end."""
        line = next(self.lines, None)
        if line is None:
            return None
        self.taken.append(line)
        return line + "\n"

    def __iter__(self) -> Iterator[DelimitedRow]:
        names = self.read_column_names()
        while cells := self.read_cells():
            if len(cells) != len(names):
                raise self.make_row_error(
                    f"has {len(cells):,} cells; expected {len(names):,}, as in line 1; "
                    f"a cell that holds a {self.separator} stands in double quotes"
                )
            row = dict[str, object](zip(names, cells, strict=True))
            yield DelimitedRow(self.number, self.line, row)

    def read_column_names(self) -> list[str]:
        """The names of the columns."""
        names = self.read_cells() or []
        if twice := [name for name in names if names.count(name) > 1]:
            raise self.make_row_error(
                f"names the column {quote_text(twice[0])} twice; expected different "
                f"names; "
                "rename one"
            )
        return names

    def read_cells(self) -> list[str] | None:
        """The cells of the next line that is not blank; None at the end."""
        self.number += 1
        cells: list[str] | None = []
        while cells is not None and is_blank(cells):
            self.line += len(self.taken)
            self.taken.clear()
            try:
                cells = next(self.reader, None)
            except csv.Error as error:
                raise self.make_unreadable_error(
                    str(error).partition(" - ")[0]
                ) from error
        if cells and self.quotes and not self.sound.fullmatch("\n".join(self.taken)):
            raise self.make_unreadable_error("a quotation mark inside a cell")
        return cells

    def make_unreadable_error(self, reason: str) -> CorpusError:
        """The error for a row that cannot be divided into cells."""
        return self.make_row_error(
            f"cannot be read ({reason}); expected quotation marks around whole cells, "
            f"those inside doubled, and at most {CELL_LIMIT:,} characters in a cell; "
            "mend it, or set quotes: false if a quotation mark is a character like any "
            "other"
        )

    def make_row_error(self, problem: str) -> CorpusError:
        """An error about the row that is being read."""
        row = f"row {self.number:,}" if self.number else "the first row"
        return CorpusError(f"{quote_text(self.place)}:{self.line}: {row} {problem}")


def is_blank(cells: list[str]) -> bool:
    """Whether a line holds one cell, and nothing in it."""
    return len(cells) <= 1 and not "".join(cells).strip()
