"""The tables behind a figure as CSV: what a reader computes with.

UTF-8, lines that end in a newline, the same numbers as in the table on the page. A
number is written as programs read it (`-0.3`, `1204`), and one that is not defined is
left empty. A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a
formula; a token or a name that does is written with an apostrophe before it.

Several tables share a file: then a first column says which table a row is of, and a
table whose columns differ from those above brings its own heading.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from generator.figures.numbers import MINUS
from generator.figures.tokens import Shown
from generator.figures.view import Table

NUMBER = re.compile(
    rf"[+\-{MINUS}]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)?(?:\.\d+)?(?:e[+\-]?\d+)?"
)
FORMULA = ("=", "+", "-", "@")


def csv_of(tables: Sequence[Table]) -> bytes:
    """All of `tables` as one file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows(lines(tables))
    return out.getvalue().encode("utf-8", "replace")


def lines(tables: Sequence[Table]) -> Iterator[list[str]]:
    """The file line by line: headings and rows."""
    several = len(tables) > 1
    last: tuple[Shown | str, ...] = ()
    for table in tables:
        if table.head != last:
            yield [*(["table"] if several else []), *map(name, table.head)]
        last = table.head
        before = [name(table.caption)] if several else []
        for row in table.rows:
            yield [*before, cell(row.head), *map(cell, row.cells)]


def cell(value: Shown | str) -> str:
    """A cell: a token as it is shown, a number as programs read it."""
    if isinstance(value, Shown):
        return harmless(value.text)
    return number(value) if is_number(value) else harmless(value)


def name(value: Shown | str) -> str:
    """A heading, which is never taken for a number."""
    return harmless(value.text if isinstance(value, Shown) else value)


def is_number(text: str) -> bool:
    """Whether a cell is a number, or says that there is none."""
    bare = text.lstrip(f"+-{MINUS}")
    return text in {"–", "∞", f"{MINUS}∞"} or bool(
        bare and bare[0] in ".0123456789" and NUMBER.fullmatch(text)
    )


def number(text: str) -> str:
    """A number as programs read it; nothing where there is none."""
    if text == "–":
        return ""
    plain = text.replace(MINUS, "-").replace(",", "").replace("∞", "inf")
    return plain.removeprefix("+")


def harmless(text: str) -> str:
    """`text`, never a formula; a number stays what it is."""
    formula = text.startswith(FORMULA) and not re.fullmatch(
        r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text
    )
    return f"'{text}" if formula else text
