"""Labelled texts in a table: CSV, TSV, JSON Lines (an object a line) or Parquet.

One column holds the texts, one the labels, and one may say on which side a text is:
train, validation or test. How the file must be written is told in `delimited`.

1. Rows without text are dropped, with a note.
2. Rows without a label are an error, unless they are to be dropped too.
3. A label is compared as it is written. Labels that differ in capitals or spaces alone
   are an error, because they are meant to be one; so is a label that the study does not
   list, where it lists them. Without a list they are sorted, by their numbers where
   each holds one. A list gives their order; a mapping gives their order and the name
   that each is shown by: two labels of one name become one, and texts of a label
   without a name (`null`) are left out.
4. The first texts of each side are kept, if there is a limit.
5. Texts that stand on two sides are counted; or they are an error.

The columns of a table of labelled texts: what stands in them, and what may not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, field_validator, model_validator

from generator.core.edits import Edit, SettingEdit, format_edit
from generator.core.errors import CorpusError, quote_text
from generator.core.spec import LineText
from generator.corpora.base import Annotation, Corpus, Document, Folders, SplitPart
from generator.corpora.files.base import FileCorpus
from generator.corpora.files.delimited import (
    DEFAULT_DELIMITERS,
    DelimitedRow,
    Delimiter,
    Dialect,
    TableFormat,
    find_dialect,
    read_heading,
    read_parquet_rows,
    read_rows,
)
from generator.corpora.files.text_files import (
    Encoding,
    NormalSetting,
    RawFile,
    decode_text,
    note_control_characters,
)
from generator.corpora.splits import (
    LEAST_LABELS,
    PARTS,
    check_labels,
    find_leaks,
    format_quoted_words,
    has_number,
    limit_documents,
    sort_labels,
)

LABEL_LENGTH = 60
"""Characters of the longest label."""


class LabelledColumns:
    """Which columns of a table hold text, label and side, and what was left out.

    Args:
        place: The file's name, for messages.
        text: The column of texts.
        label: The column of labels.
        part: The column of sides, None without one.
        layout: How CSV or TSV is written; None for other formats.
    """

    def __init__(
        self,
        place: str,
        text: str,
        label: str,
        part: str | None,
        layout: Dialect | None = None,
    ) -> None:
        self.place, self.layout = place, layout
        self.names = {"text": text, "label": label, **({"part": part} if part else {})}
        self.sided = part is not None
        self.counts: Counter[str] = Counter()

    def check(self, rows: Sequence[DelimitedRow]) -> None:
        """Raise `CorpusError` for a table without rows or without a column."""
        if not rows:
            raise CorpusError(
                f"{quote_text(self.place)}: no row; expected labelled texts; write "
                "some into it"
            )
        lacking = {
            setting: name
            for setting, name in self.names.items()
            if not any(name in row.cells for row in rows)
        }
        if not lacking:
            return
        setting, name = next(iter(lacking.items()))
        divided = f" (divided at the {self.layout.separator})" if self.layout else ""
        said = (
            f"{quote_text(self.place)}: no column {quote_text(name)}; the columns are "
            f"{format_quoted_words(list(rows[0].cells))}{divided}; "
        )
        edits = self.suggest_columns(rows, lacking)
        if not edits:
            raise CorpusError(f"{said}say with {setting}: which of them it is")
        written = ", ".join(map(format_edit, edits))
        if edits[0].setting == "header":
            said += f"the first line is like the rows: if it is one, set {written}"
        else:
            said += f"set {written}"
            if self.layout and self.layout.header:
                said += "; if the first line is a row, set header: false too"
        raise CorpusError(said, edits=edits)

    def suggest_columns(
        self, rows: Sequence[DelimitedRow], lacking: Mapping[str, str]
    ) -> list[SettingEdit]:
        """Suggest which columns are meant; empty if that is not plain."""
        columns = list(rows[0].cells)
        free = [name for name in columns if name not in self.names.values()]
        found: dict[str, str] = {}
        for setting, name in lacking.items():
            alike = [one for one in free if one.casefold() == name.casefold()]
            if alike:
                found[setting] = alike[0]
                free.remove(alike[0])
        values = {name: _sample_column(rows, name) for name in free}
        if "label" in lacking and "label" not in found:
            kinds = {n: len(set(v)) for n, v in values.items()}
            few = [n for n, v in values.items() if 1 < kinds[n] <= len(v) / 2]
            if few:
                found["label"] = min(few, key=lambda n: kinds[n])
                del values[found["label"]]
        if "text" in lacking and "text" not in found and values:
            found["text"] = max(values, key=lambda n: sum(map(len, values[n])))
        if not lacking.keys() <= found.keys():
            return []
        names = {setting: found[setting] for setting in lacking}
        if (
            self.layout
            and self.layout.header
            and any(row.cells[name] == name for row in rows for name in columns)
        ):
            return [
                SettingEdit("header", value=False),
                *(SettingEdit(k, str(columns.index(n) + 1)) for k, n in names.items()),
            ]
        return [SettingEdit(setting, name) for setting, name in names.items()]

    def keep_rows_with_text(self, rows: Sequence[DelimitedRow]) -> list[DelimitedRow]:
        """The rows that hold text."""
        kept = [row for row in rows if self.read_text(row).strip()]
        self.counts["rows without text dropped"] += len(rows) - len(kept)
        return kept

    def keep_rows_with_label(
        self, rows: Sequence[DelimitedRow], *, drop: bool
    ) -> list[DelimitedRow]:
        """The rows with a label. Raises `CorpusError` if others may not be dropped."""
        kept = [row for row in rows if self.read_label(row) is not None]
        missing = len(rows) - len(kept)
        if missing and not (drop and kept):
            first = next(row for row in rows if self.read_label(row) is None)
            raise CorpusError(
                f"{quote_text(self.place)}: {missing:,} of {len(rows):,} rows have no "
                f"label (first: row {first.number:,}); expected one under "
                f"{quote_text(self.names['label'])} in every row; write them, or set "
                "drop_unlabelled: true to leave those rows out",
                edits=[SettingEdit("drop_unlabelled", value=True)] if kept else [],
            )
        self.counts["rows without a label dropped"] += missing
        return kept

    def drop_unnamed_labels(
        self, rows: Sequence[DelimitedRow], names: DisplayNames
    ) -> list[DelimitedRow]:
        """The rows but those of a label that the study gives no name."""
        unnamed = {label for label, name in names.items() if name is None}
        kept = [row for row in rows if self.read_label(row) not in unnamed]
        for row in rows:
            if (label := self.read_label(row)) in unnamed:
                self.counts[f"rows labelled {quote_text(label)} left out"] += 1
        return kept

    def find_labels(
        self, rows: Sequence[DelimitedRow], names: DisplayNames
    ) -> DisplayNames:
        """All labels in their order, each with its name. Raises `CorpusError`."""
        counts = Counter(str(self.read_label(row)) for row in rows)
        found = sort_labels(counts)
        if not names:
            problem = find_label_problem(found)
            if problem is None:
                return {label: label for label in found}
            edits = suggest_display_names(counts, {})
            raise CorpusError(
                f"{quote_text(self.place)}: {problem}; expected labels that differ "
                "in more than capitals and spaces; the file has "
                f"{format_quoted_words(found)}: mend it{_or_set(edits)}",
                edits=edits,
            )
        strange = next((r for r in rows if self.read_label(r) not in names), None)
        if strange:
            edits = suggest_display_names(counts, names)
            raise self.make_row_error(
                strange,
                f"has the label {quote_text(self.read_label(strange))}; expected one "
                f"of {format_quoted_words(list(names))}; the file has "
                f"{format_quoted_words(found)}: mend it, or list "
                f"them all{_or_set(edits)}",
                edits,
            )
        return names

    def read_text(self, row: DelimitedRow) -> str:
        """The text of a row. Raises `CorpusError` for anything else."""
        text = row.cells.get(self.names["text"])
        if not isinstance(text, str) or "\0" in text:
            found = "a NUL in its text" if isinstance(text, str) else "no text"
            raise self.make_row_error(
                row,
                f"has {found}; expected a string under "
                f"{quote_text(self.names['text'])}; "
                "mend or remove it",
                row.removal(self.place),
            )
        return text

    def read_label(self, row: DelimitedRow) -> str | None:
        """The label of a row, None where there is none."""
        label = row.cells.get(self.names["label"])
        if label is None or (isinstance(label, str) and not label.strip()):
            return None
        if isinstance(label, bool):
            return str(label).lower()
        if not isinstance(label, str | int | float):
            json = "JSON " if row.line else ""
            raise self.make_row_error(
                row,
                f"has a {json}{type(label).__name__} under "
                f"{quote_text(self.names['label'])}; expected a string, a number, "
                "true or false; mend the row or remove it",
                row.removal(self.place),
            )
        return str(label)

    def read_part(self, row: DelimitedRow) -> SplitPart | None:
        """The side of a row, None where the study decides."""
        return cast("SplitPart", row.cells[self.names["part"]]) if self.sided else None

    def check_parts(self, rows: Sequence[DelimitedRow]) -> None:
        """Raise `CorpusError` for a row on a side that is none."""
        if not self.sided:
            return
        strange = [r for r in rows if r.cells.get(self.names["part"]) not in PARTS]
        if strange:
            words = sorted({str(r.cells.get(self.names["part"], "")) for r in strange})
            raise CorpusError(
                f"{quote_text(self.place)}: {len(strange):,} of {len(rows):,} rows "
                f"are on "
                f"no side (first: row {strange[0].number:,}); found "
                f"{format_quoted_words(words)} "
                f"under {quote_text(self.names['part'])}; expected {', '.join(PARTS)}; "
                "mend them, or leave out part: for the study to divide the texts",
                edits=[SettingEdit("part", None)],
            )

    def notes(self) -> tuple[str, ...]:
        """What was left out or changed, with counts."""
        return tuple(
            f"{count:,} {what}" for what, count in self.counts.items() if count
        )

    def make_row_error(
        self, row: DelimitedRow, problem: str, edits: Sequence[Edit] = ()
    ) -> CorpusError:
        """An error about one row."""
        return CorpusError(f"{row.locate(self.place)} {problem}", edits=edits)


SAMPLE = 1000
"""Rows that the meaning of a column is guessed from."""


def _sample_column(rows: Sequence[DelimitedRow], name: str) -> list[str]:
    """Return the cells of a column in the first rows, those that hold something."""
    cells = (row.cells.get(name) for row in rows[:SAMPLE])
    return [str(cell) for cell in cells if cell is not None and str(cell).strip()]


DisplayNames = Mapping[str, str | None]
"""The name that each label is shown by, None for one that is left out."""


def suggest_display_names(
    counts: Mapping[str, int], names: DisplayNames
) -> list[SettingEdit]:
    """Suggest what a study lists so that all labels of a file can be read.

    Args:
        counts: How many rows have each label.
        names: The labels that it lists, each with its name.

    Returns:
        One edit: a list of labels, or a mapping where some are two spellings of one.
    """
    spellings: dict[str, str | None] = {
        _fold_label(name or label): name for label, name in names.items()
    }
    found: dict[str, str | None] = dict(names)
    others = [label for label in sort_labels(counts) if label not in names]
    for label in sorted(others, key=lambda label: -counts[label]):
        own = "".join(c if c.isprintable() else " " for c in label)
        own = " ".join(own.split())[:LABEL_LENGTH].strip()
        found[label] = spellings.setdefault(_fold_label(label), own or "?")
    found = {**names, **{label: found[label] for label in others}}
    if len(found) > MOST_LABELS or len({n for n in found.values() if n}) < LEAST_LABELS:
        return []
    if all(label == name for label, name in found.items()):
        return [SettingEdit("labels", list(found))]
    return [SettingEdit("labels", found)]


def _fold_label(label: str) -> str:
    """Return a label without what two spellings of it may differ in."""
    return " ".join(label.casefold().split())


def _or_set(edits: Sequence[SettingEdit]) -> str:
    """Return ", or set …" where there is an edit that is short enough to be read."""
    written = ", ".join(map(format_edit, edits))
    return f", or set {written}" if 0 < len(written) <= READABLE else ""


READABLE = 200
"""Characters of the longest edit that a message prints."""


def find_label_problem(labels: Sequence[str]) -> str | None:
    """What is wrong with labels that nothing is listed for, or None."""
    for label in labels:
        if len(label) > LABEL_LENGTH or not label.isprintable():
            return (
                f"the label {quote_text(label)} is longer than {LABEL_LENGTH} "
                f"characters "
                "or has control characters"
            )
        if label != label.strip():
            return f"the label {quote_text(label)} begins or ends with a space"
    folded = Counter(label.casefold() for label in labels)
    same = [label for label in labels if folded[label.casefold()] > 1]
    return (
        f"the labels {format_quoted_words(same)} differ in capitals alone"
        if same
        else None
    )


FORMATS: dict[str, TableFormat] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
ARCHIVE_SUFFIXES = {".gz", ".zip", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".7z"}
MOST_LABELS = 100
"""Labels that a study can list."""


class Labelled(FileCorpus):
    """Labelled texts in a table: CSV, TSV, JSON Lines or Parquet."""

    kind: Literal["labelled"] = "labelled"
    holds = frozenset({Annotation.LABEL})
    later = frozenset({"delimiter", "header"})
    format: TableFormat | None = None
    """How the file is written; where this is not given, its name's ending tells."""
    text: LineText = "text"
    """The column of texts: its name, or its number as text without a heading."""
    label: LineText = "label"
    """The column of labels."""
    part: LineText | None = None
    """The column that says train, validation or test, if there is one."""
    labels: (
        Annotated[tuple[LineText, ...], Field(max_length=MOST_LABELS)]
        | Annotated[dict[str, LineText | None], Field(max_length=MOST_LABELS)]
    ) = ()
    """All labels in their natural order, such as from negative to positive; or, as a
    mapping, the name that each is shown by, null for one to leave out."""
    delimiter: Delimiter | None = None
    """What divides cells of CSV and TSV; where this is not given, the file tells."""
    header: bool = True
    """Whether the first line of CSV and TSV names the columns."""
    quotes: bool = True
    """Whether cells of CSV and TSV may stand in double quotes."""
    encoding: Encoding = "utf-8"
    """How the file's bytes are read."""
    normalize: NormalSetting = None
    """Whether a letter and its combining accent become one character: NFC, or `none` to
    leave texts as they are; where it is not given, NFC."""
    drop_unlabelled: bool = False
    """Whether to drop rows without a label."""
    limit: int | None = Field(default=None, ge=1)
    """Keep this many texts of each side, the first ones."""
    leakage: Literal["warn", "forbid"] = "warn"
    """Whether a text on two sides is noted, or is an error."""

    @field_validator("labels")
    @classmethod
    def _require_several_labels(
        cls, labels: tuple[str, ...] | dict[str, str | None]
    ) -> tuple[str, ...] | dict[str, str | None]:
        shown: list[str | None] = list(labels)
        if isinstance(labels, dict):  # where two may share a name
            shown = list(dict.fromkeys(labels.values()))
        kept = [label for label in shown if label is not None]
        if labels and (len(kept) < LEAST_LABELS or len(set(shown)) < len(shown)):
            raise ValueError("list two labels or more, each once")
        if problem := find_label_problem(kept):
            raise ValueError(
                f"{problem}; give each label a name of its own"
                if isinstance(labels, dict)
                else f"{problem}; write each label as the file has it"
            )
        return labels

    @model_validator(mode="after")
    def _require_readable_format(self) -> Self:
        if self.path is None:
            raise ValueError("a corpus of labelled texts needs a path")
        ending = PurePosixPath(self.path).suffix.lower()
        if ending in ARCHIVE_SUFFIXES:
            raise ValueError(
                f"{quote_text(self.path)} is packed; unpack it and name what was inside"
            )
        if self.format is None and ending not in FORMATS:
            raise ValueError(
                f"{quote_text(self.path)} ends neither in .csv nor in .tsv, .jsonl or "
                ".parquet; set format: to csv, tsv, jsonl or parquet"
            )
        columns = [self.text, self.label, *([self.part] if self.part else [])]
        if len(set(columns)) < len(columns):
            raise ValueError("text, label and part must be different columns")
        if self.find_format() not in DEFAULT_DELIMITERS:
            for name in ("delimiter", "header"):
                if name in self.model_fields_set:
                    raise ValueError(f"{name} goes with CSV and TSV; leave it out")
        return self

    def registered_dataset(self) -> None:
        """No dataset: a file is named by `path`."""

    def key_settings(self) -> dict[str, Any]:
        """Return the settings that the key is made of, the order of labels included."""
        settings = super().key_settings()
        if isinstance(self.labels, dict):
            settings["labels"] = [[*pair] for pair in self.labels.items()]
        return settings

    def key(self, folders: Folders) -> str:
        """Hash of the settings and the bytes, and of the rule that orders labels.

        Labels without a list were once sorted by their characters alone. A file whose
        labels have another order by their numbers has another key since.

        Raises:
            CorpusError: The file or one of its first rows cannot be read.
        """
        raw = self.read_raw(folders)
        columns, rows, _ = self.read_table(raw)
        # A wrong encoding or heading is told here, before any model is trained.
        first = self.read_first_rows(columns, rows)
        labels: set[str] = set()
        for row in chain(first, rows) if not self.labels else ():
            label = columns.read_label(row)
            if label is not None and columns.read_text(row).strip():
                if not has_number(label):
                    return self.compute_key(raw.fingerprint)
                labels.add(label)
        return self.compute_key(self.add_order(raw, labels))

    def read_first_rows(
        self, columns: LabelledColumns, rows: Iterator[DelimitedRow]
    ) -> list[DelimitedRow]:
        """Take the first rows. Raises `CorpusError`: first for what a heading lacks."""
        first: list[DelimitedRow] = []
        try:
            first += islice(rows, SAMPLE)  # those before a bad one are kept
        except CorpusError:
            if columns.layout and first:
                columns.check(first)
            raise
        if columns.layout:
            columns.check(first)
        return first

    def add_order(self, raw: RawFile, labels: Iterable[str]) -> str:
        """Add the rule that orders labels to a file's fingerprint, if it matters."""
        found = sorted(labels)
        numbered = not self.labels and sort_labels(found) != found
        return f"{raw.fingerprint}/numbers" if numbered else raw.fingerprint

    def read_table(
        self, raw: RawFile
    ) -> tuple[LabelledColumns, Iterator[DelimitedRow], tuple[str, ...]]:
        """Read a file's rows as they are asked for.

        Args:
            raw: The file.

        Returns:
            Its columns, its rows, and notes on its text.

        Raises:
            CorpusError: The file cannot be read; rows raise it too.
        """
        kind = self.find_format()
        wanted = (self.text, self.label, *([self.part] if self.part else []))
        if kind == "parquet":
            columns = LabelledColumns(raw.place, self.text, self.label, self.part)
            return columns, read_parquet_rows(raw, wanted), ()
        text, notes = decode_text(raw, self.encoding, self.find_normal_form())
        dialect: Dialect | None = None
        if kind in DEFAULT_DELIMITERS:
            mark = "\t" if self.delimiter == "tab" else self.delimiter or ""
            given = Dialect(mark, quotes=self.quotes, header=self.header)
            dialect = find_dialect(text, kind, wanted, given)
            if mark and self.header:
                self.check_delimiter(text, raw.place, wanted, dialect)
        columns = LabelledColumns(raw.place, self.text, self.label, self.part, dialect)
        return columns, read_rows(text, raw.place, dialect), notes

    def check_delimiter(
        self, text: str, place: str, wanted: Sequence[str], given: Dialect
    ) -> None:
        """Raise `CorpusError` if a heading has the columns at another delimiter alone.

        Args:
            text: The file's text.
            place: Its name.
            wanted: Names of the columns.
            given: The dialect, with the delimiter that the study gives.
        """
        if set(wanted) <= set(read_heading(text, given)):
            return
        found = find_dialect(text, "csv", wanted, replace(given, delimiter=""))
        if set(wanted) <= set(read_heading(text, found)):
            raise CorpusError(
                f"{quote_text(place)}:{1 + given.skipped}: the heading is divided at "
                f"the {found.separator}, not at the {given.separator}; leave out "
                "delimiter:",
                edits=[SettingEdit("delimiter", None)],
            )

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`."""
        raw = self.read_raw(folders)
        columns, rows, notes = self.read_table(raw)
        every = [*self.read_first_rows(columns, rows), *rows]
        columns.check(every)
        columns.check_parts(every)
        labelled = columns.keep_rows_with_label(
            columns.keep_rows_with_text(every), drop=self.drop_unlabelled
        )
        kept = columns.drop_unnamed_labels(labelled, self.display_names())
        names = columns.find_labels(kept, self.display_names())
        labels = tuple(dict.fromkeys(name for name in names.values() if name))
        found = [self.make_document(columns, row, names) for row in kept]
        documents, first = limit_documents(found, self.limit)
        try:
            checked = check_labels(documents, labels, raw.place)
        except CorpusError as error:
            edits = self.suggest_labels(documents, names)
            raise CorpusError(f"{error}{_or_set(edits)}", edits=edits) from error
        if self.find_format() not in DEFAULT_DELIMITERS:  # JSON has escapes
            checked += tuple(
                note_control_characters((one.text for one in documents), "text")
            )
        doubts = find_leaks(documents)
        if doubts and self.leakage == "forbid":
            raise CorpusError(
                f"{quote_text(raw.place)}: {doubts[0]}; expected no text twice where "
                "leakage is forbidden; remove the copies, or set leakage: warn",
                edits=[SettingEdit("leakage", "warn")],
            )
        return Corpus(
            documents=documents,
            key=self.compute_key(self.add_order(raw, names)),
            notes=notes + columns.notes() + first + checked + doubts,
            source=self.describe_source(raw, *describe_dialect(columns.layout)),
            labels=labels,
        )

    def display_names(self) -> DisplayNames:
        """The labels that the study lists, each with its name; empty without a list."""
        if isinstance(self.labels, dict):
            return self.labels
        return {label: label for label in self.labels}

    def suggest_labels(
        self, documents: Sequence[Document], names: DisplayNames
    ) -> list[SettingEdit]:
        """Suggest how to do without labels that cannot be learnt; empty if it cannot.

        Args:
            documents: The texts that are kept.
            names: All labels, each with its name.
        """
        if self.limit is not None:
            return [SettingEdit("limit", None)]
        counts = Counter(document.label for document in documents)
        sided = any(document.part for document in documents)
        taught = {d.label for d in documents if d.part == "train" or not sided}
        good = {n for n, k in counts.items() if k >= LEAST_LABELS} & taught
        if len(good) < LEAST_LABELS:
            return []
        kept = {label: name if name in good else None for label, name in names.items()}
        return [SettingEdit("labels", kept)]

    def find_format(self) -> TableFormat:
        """How the file is written."""
        ending = PurePosixPath(self.path or "").suffix.lower()
        return self.format or FORMATS[ending]

    def make_document(
        self, columns: LabelledColumns, row: DelimitedRow, names: DisplayNames
    ) -> Document:
        """One row as a document."""
        text, lone = re.subn("[\ud800-\udfff]", "\ufffd", columns.read_text(row))
        columns.counts["lone surrogates replaced by U+FFFD"] += lone
        form = self.find_normal_form()  # once more: JSON has escapes
        if form and not unicodedata.is_normalized(form, text):
            text = unicodedata.normalize(form, text)
            columns.counts[f"texts normalised to {form}"] += 1
        label = names[str(columns.read_label(row))]
        return Document(text, label=label, part=columns.read_part(row))


def describe_dialect(dialect: Dialect | None) -> Iterator[str]:
    """Say how CSV or TSV was read where that is not as its format has it."""
    if dialect and dialect.reason:
        yield f"divided at the {dialect.separator}, {dialect.reason}"
    if dialect and not dialect.header:
        yield "without a heading"
