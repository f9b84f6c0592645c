"""Rows of named cells from a file: CSV, TSV, JSON Lines or Parquet.

CSV and TSV begin with a line of column names, unless `header` is off: then columns are
called by their number. A cell that holds a delimiter, a quotation mark or the end of a
line stands in double quotes, its own quotation marks doubled. A quotation mark anywhere
else is an error, and so is a row with more or fewer cells than the first: a text that
was cut in the wrong place would not be seen again. With `quotes` off a quotation mark
is a character like any other, as many TSV files have it. JSON Lines has an object a
line.

The delimiter is the comma of CSV or the tab of TSV, unless a setting, a first line such
as `sep=;`, the heading or every one of the first rows says otherwise.

Rows are counted from 1, below the names; blank lines are no rows.

JSON as its standard has it: no NaN, no key twice, nothing too deep. Parquet is read by
pyarrow, of the extra `tables`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import islice
from typing import Literal

from generator.core.edits import Edit, LineEdit, SettingEdit, format_edit
from generator.core.errors import CorpusError, quote_text
from generator.core.files import parse_strict_json
from generator.corpora.files.text_files import SIZE_LIMIT, RawFile


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
            "JSON object on the line; mend or remove it",
            edits=[LineEdit(place, number, None)],
        ) from error


TableFormat = Literal["csv", "tsv", "jsonl", "parquet"]
Delimiter = Literal[",", ";", "tab", "|"]
"""A delimiter as a study names it."""
DELIMITER_NAMES: dict[str, str] = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "vertical bar",
}
DEFAULT_DELIMITERS: dict[str, str] = {"csv": ",", "tsv": "\t"}
CELL_LIMIT = 131_072
"""Characters of the longest cell; the standard library's own limit for CSV."""
CELL = r'(?:"[^"]*+(?:""[^"]*+)*+"|[^"MARK\n]*+)'
"""A cell as it is written; MARK stands for the delimiter."""
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?[,;\t| ]*', re.IGNORECASE)
"""The line by which spreadsheets tell one another the delimiter."""
SAMPLE_ROWS = 100
"""Rows that a delimiter is guessed from."""
SAMPLE_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How CSV or TSV is written."""

    delimiter: str = ","
    quotes: bool = True
    """Whether cells may stand in double quotes."""
    header: bool = True
    """Whether the first line names the columns."""
    skipped: int = 0
    """Lines above the first row."""
    reason: str = ""
    """Why the delimiter is another than the format's; "" where it is not guessed."""

    @property
    def separator(self) -> str:
        """The delimiter's name."""
        return DELIMITER_NAMES[self.delimiter]


@dataclass(frozen=True, slots=True)
class DelimitedRow:
    """One row: its number, its first line (0 without lines), its cells by column."""

    number: int
    line: int
    cells: dict[str, object]
    lines: int = 1
    """How many lines it takes."""

    def locate(self, place: str) -> str:
        """Where the row is, at the beginning of a message."""
        line = f":{self.line}" if self.line else ""
        return f"{quote_text(place)}{line}: row {self.number:,}"

    def removal(self, place: str) -> tuple[Edit, ...]:
        """The edit that removes the row; none of a file without lines."""
        return (LineEdit(place, self.line, None, self.lines),) if self.line else ()


def read_rows(
    text: str, place: str, dialect: Dialect | None = None
) -> Iterator[DelimitedRow]:
    """Read the rows of a decoded file.

    Args:
        text: The file's text.
        place: Its name, for messages.
        dialect: How CSV or TSV is written; None for JSON Lines.

    Yields:
        The rows in their order.

    Raises:
        CorpusError: A row cannot be read; the message names line and row.
    """
    rows = DelimitedTable(text, place, dialect) if dialect else None
    for row in rows or read_json_objects(text, place):
        refuse_long_cells(row, place)
        yield row


def refuse_long_cells(row: DelimitedRow, place: str) -> None:
    """Raise `CorpusError` for a cell beyond `CELL_LIMIT`."""
    for name, cell in row.cells.items():
        if isinstance(cell, str) and len(cell) > CELL_LIMIT:
            raise CorpusError(
                f"{row.locate(place)} has {len(cell):,} characters under "
                f"{quote_text(name)}; expected at most {CELL_LIMIT:,}; divide or "
                "shorten the text"
            )


def find_dialect(
    text: str, kind: TableFormat, columns: Sequence[str], dialect: Dialect
) -> Dialect:
    """Find the delimiter of CSV or TSV where it is plain.

    Args:
        text: The file's text.
        kind: Its format.
        columns: Names of the columns that are wanted, numbers without a heading.
        dialect: What the study says; its delimiter is "" where it says none.

    Returns:
        The dialect with its delimiter.
    """
    default = DEFAULT_DELIMITERS[kind]
    said = SEPARATOR_LINE.fullmatch(text.partition("\n")[0])
    dialect = replace(dialect, skipped=1 if said else 0)
    if dialect.delimiter:
        return dialect
    if said:
        return replace(dialect, delimiter=said[1], reason="as its first line says")
    # A delimiter within texts, such as the comma, may divide every heading once.
    tried = [replace(dialect, delimiter=mark) for mark in DELIMITER_NAMES]
    tried.sort(key=lambda one: one.delimiter != default)
    samples = [_read_sample(text, one) for one in tried]
    if dialect.header:
        for one, (rows, _) in zip(tried, samples, strict=True):
            if rows and set(columns) <= set(rows[0]):
                reason = "" if one.delimiter == default else "as its heading shows"
                return replace(one, reason=reason)
    plain = [
        one
        for one, (rows, agree) in zip(tried, samples, strict=True)
        if agree and rows and len(rows[0]) > 1
    ]
    if len(plain) != 1 or plain[0] == tried[0]:
        return tried[0]
    return replace(plain[0], reason="as its first rows show")


def read_heading(text: str, dialect: Dialect) -> tuple[str, ...]:
    """The cells of the first row; none if it cannot be read."""
    rows, _ = _read_sample(text, dialect)
    return tuple(rows[0]) if rows else ()


def _read_sample(text: str, dialect: Dialect) -> tuple[list[list[str]], bool]:
    """Return the heading and first rows as cells, and whether all could be read."""
    sample = text[:SAMPLE_CHARACTERS]
    table = DelimitedTable(sample, "", replace(dialect, header=False))
    rows: list[list[str]] = []
    try:
        for row in islice(table, SAMPLE_ROWS):
            rows.append(list(map(str, row.cells.values())))  # noqa: PERF401 - those before a bad row are wanted
    except CorpusError:
        return rows, len(sample) < len(text)
    return rows, True


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
                "text and its label; mend or remove the line",
                edits=[LineEdit(place, line, None)],
            )
        yield DelimitedRow(number, line, found)


def read_parquet_rows(raw: RawFile, columns: Sequence[str]) -> Iterator[DelimitedRow]:
    """Read the rows of a Parquet file.

    Args:
        raw: The file.
        columns: Names of the columns that are wanted; where the file has them all, only
            the names of others are read.

    Yields:
        The rows in their order.

    Raises:
        CorpusError: pyarrow is not installed, or the file cannot be read.
    """
    if find_spec("pyarrow") is None:
        raise CorpusError(
            f"{quote_text(raw.place)}: Parquet is read by pyarrow, which is not "
            'installed; run: pip install "interpretability-studies[tables]", or save '
            "the table as JSON Lines"
        )
    import pyarrow as pa  # noqa: PLC0415 - of an extra
    from pyarrow import parquet  # noqa: PLC0415 - of an extra

    try:
        file = parquet.ParquetFile(io.BytesIO(raw.data))
        found = file.metadata
        groups = map(found.row_group, range(found.num_row_groups))
        size = sum(group.total_byte_size for group in groups)
        if max(size, found.num_rows) > SIZE_LIMIT:
            raise CorpusError(
                f"{quote_text(raw.place)}: {size:,} bytes unpacked; at most "
                f"{SIZE_LIMIT:,} are read; use a part of it"
            )
        names = file.schema_arrow.names
        wanted = list(columns) if set(columns) <= set(names) else names
        number = 0
        for batch in file.iter_batches(columns=wanted):
            for cells in batch.to_pylist():
                number += 1
                row = DelimitedRow(number, 0, dict.fromkeys(names) | cells)
                refuse_long_cells(row, raw.place)
                yield row
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise CorpusError(
            f"{quote_text(raw.place)}: not readable as Parquet ({quote_text(reason)}); "
            "expected a whole file; write it again"
        ) from error


class DelimitedTable:
    """The rows of CSV or TSV."""

    def __init__(self, text: str, place: str, dialect: Dialect) -> None:
        self.place, self.dialect = place, dialect
        mark = dialect.delimiter
        lines = text.removesuffix("\n").split("\n")
        self.lines = iter(lines[dialect.skipped :])
        self.taken: list[str] = []
        """The lines of the row that is being read."""
        self.line = 1 + dialect.skipped
        """The line on which it begins."""
        self.number = -1 if dialect.header else 0
        """Its number; 0 are the names."""
        self.sound = re.compile(
            f"(?:{CELL}{re.escape(mark)})*{CELL}".replace("MARK", mark)
        )
        self.reader = csv.reader(
            iter(self.read_line, None),
            delimiter=mark,
            quoting=csv.QUOTE_MINIMAL if dialect.quotes else csv.QUOTE_NONE,
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
        names = self.read_column_names() if self.dialect.header else []
        first = "line 1" if self.dialect.header else "the first row"
        while cells := self.read_cells():
            names = names or number_columns([""] * len(cells))
            if len(cells) != len(names):
                raise self.make_length_error(cells, len(names), first)
            row = dict[str, object](zip(names, cells, strict=True))
            yield DelimitedRow(self.number, self.line, row, len(self.taken))

    def read_column_names(self) -> list[str]:
        """The names of the columns; one without a name is called by its number."""
        names = number_columns(self.read_cells() or [])
        if twice := [name for name in names if names.count(name) > 1]:
            again = len(names) - 1 - names[::-1].index(twice[0])
            names[again] = next(
                name
                for number in range(2, len(names) + 2)
                if (name := f"{twice[0]} {number}") not in names
            )
            line = self.write_cells(names)
            raise self.make_row_error(
                f"names the column {quote_text(twice[0])} twice; expected different "
                f"names; rename one, such as to {quote_text(names[again])}",
                line,
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
        if (
            cells
            and self.dialect.quotes
            and not self.sound.fullmatch("\n".join(self.taken))
        ):
            raise self.make_unreadable_error("a quotation mark inside a cell")
        return cells

    def write_cells(self, cells: Sequence[str]) -> LineEdit:
        """The edit that writes other cells in place of the row that is being read."""
        out = io.StringIO()
        csv.writer(
            out,
            delimiter=self.dialect.delimiter,
            lineterminator="",
        ).writerow(cells)
        return LineEdit(self.place, self.line, out.getvalue(), len(self.taken))

    def make_length_error(
        self, cells: list[str], expected: int, first: str
    ) -> CorpusError:
        """The error for a row with more or fewer cells than the first."""
        problem = f"has {len(cells):,} cells; expected {expected:,}, as in {first}; "
        if expected == 1:
            return self.make_row_error(
                f"{problem}if another mark than the {self.dialect.separator} divides "
                "the cells, say with delimiter: which"
            )
        if len(cells) < expected or not self.dialect.quotes:
            # A row that says something is its author's to complete or to remove.
            says_nothing = not any(map(str.isalnum, "".join(cells)))
            removal = LineEdit(self.place, self.line, None, len(self.taken))
            return self.make_row_error(
                f"{problem}a cell that holds a {self.dialect.separator} stands in "
                "double quotes; complete the row or remove it"
                if self.dialect.quotes
                else f"{problem}with quotes: false no cell can hold a "
                f"{self.dialect.separator}; mend the row or remove it",
                *([removal] if says_nothing else []),
            )
        # The longest cell that joining neighbours can make is taken for the text.
        surplus = len(cells) - expected + 1
        mark = self.dialect.delimiter
        joined = [mark.join(cells[k : k + surplus]) for k in range(expected)]
        at = max(range(expected), key=lambda k: len(joined[k]))
        mended = [*cells[:at], joined[at], *cells[at + surplus :]]
        return self.make_row_error(
            f"{problem}a cell that holds a {self.dialect.separator} stands in double "
            f"quotes; put them around {quote_text(joined[at], 40)} if that is one cell",
            self.write_cells(mended),
        )

    def make_unreadable_error(self, reason: str) -> CorpusError:
        """The error for a row that cannot be divided into cells."""
        said = (
            f"cannot be read ({reason}); expected quotation marks around whole cells, "
            f"those inside doubled, and at most {CELL_LIMIT:,} characters in a cell; "
            "mend it"
        )
        if "new-line" in reason:
            line = self.taken[0].replace("\r", " ")
            return self.make_row_error(
                f"{said}, such as with a space in place of the lone CR",
                LineEdit(self.place, self.line, line, len(self.taken)),
            )
        edit = SettingEdit("quotes", value=False)
        if not self.dialect.quotes:
            return self.make_row_error(said)
        return self.make_row_error(
            f"{said}, or set {format_edit(edit)} if a quotation mark is a character "
            "like any other",
            edit,
        )

    def make_row_error(self, problem: str, *edits: Edit) -> CorpusError:
        """An error about the row that is being read."""
        row = f"row {self.number:,}" if self.number else "the first row"
        return CorpusError(
            f"{quote_text(self.place)}:{self.line}: {row} {problem}", edits=edits
        )


def number_columns(names: Sequence[str]) -> list[str]:
    """Call columns without a name by their number, from 1."""
    return [name if name.strip() else str(k) for k, name in enumerate(names, 1)]


def is_blank(cells: list[str]) -> bool:
    """Whether a line holds one cell, and nothing in it."""
    return len(cells) <= 1 and not "".join(cells).strip()
