"""Labelled texts in a table: CSV, TSV, or an object a line (JSON Lines).

One column holds the texts, one the labels, and one may say on which side a text is:
train, validation or test. How the file must be written is told in `tabular`.

1. Rows without text are dropped, with a note.
2. Rows without a label are an error, unless they are to be dropped too.
3. A label is compared as it is written. Labels that differ in capitals or spaces alone
   are an error, because they are meant to be one; so is a label that the study does not
   list, where it lists them. Without a list they are sorted; a list gives their order.
4. The first texts of each side are kept, if there is a limit.
5. Texts that stand on two sides are counted; or they are an error.

The columns of a table of labelled texts: what stands in them, and what may not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Literal, Self, cast

from pydantic import Field, field_validator, model_validator

from generator.core.errors import CorpusError, quote_text
from generator.core.spec import LineText
from generator.corpora.base import Annotation, Corpus, Document, Folders, SplitPart
from generator.corpora.files.base import FileCorpus
from generator.corpora.files.delimited import DelimitedRow, TableFormat, read_rows
from generator.corpora.files.text_files import Encoding, NormalForm, decode_text
from generator.corpora.splits import (
    PARTS,
    check_labels,
    find_leaks,
    format_quoted_words,
    limit_documents,
)

LABEL_LENGTH = 60
"""Characters of the longest label."""


class LabelledColumns:
    """Which columns of a table hold text, label and side, and what was left out."""

    def __init__(self, place: str, text: str, label: str, part: str | None) -> None:
        self.place = place
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
        for setting, name in self.names.items():
            if not any(name in row.cells for row in rows):
                known = list(rows[0].cells)
                raise CorpusError(
                    f"{quote_text(self.place)}: no column {quote_text(name)}; the "
                    f"columns are "
                    f"{format_quoted_words(known)}; say with {setting}: which of "
                    f"them it is"
                )

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
                "drop_unlabelled: true to leave those rows out"
            )
        self.counts["rows without a label dropped"] += missing
        return kept

    def find_labels(
        self, rows: Sequence[DelimitedRow], declared: tuple[str, ...]
    ) -> tuple[str, ...]:
        """All labels: as the study lists them, else sorted. Raises `CorpusError`."""
        found = sorted({str(self.read_label(row)) for row in rows})
        known = set(declared or found)
        strange = next((row for row in rows if self.read_label(row) not in known), None)
        if strange:
            raise self.make_row_error(
                strange,
                f"has the label {quote_text(self.read_label(strange))}; expected one "
                f"of "
                f"{format_quoted_words(declared)}; the file has "
                f"{format_quoted_words(found)}: mend it, or list "
                "them all",
            )
        if problem := find_label_problem(found):
            raise CorpusError(
                f"{quote_text(self.place)}: {problem}; expected labels that differ "
                f"in more "
                f"than capitals and spaces; the file has "
                f"{format_quoted_words(found)}: mend it"
            )
        return declared or tuple(found)

    def read_text(self, row: DelimitedRow) -> str:
        """The text of a row. Raises `CorpusError` for anything else."""
        text = row.cells.get(self.names["text"])
        if not isinstance(text, str) or "\0" in text:
            found = "a NUL in its text" if isinstance(text, str) else "no text"
            raise self.make_row_error(
                row,
                f"has {found}; expected a string under "
                f"{quote_text(self.names['text'])}; "
                "mend it",
            )
        return text

    def read_label(self, row: DelimitedRow) -> str | None:
        """The label of a row, None where there is none."""
        label = row.cells.get(self.names["label"])
        if label is None or (isinstance(label, str) and not label.strip()):
            return None
        if isinstance(label, bool) or not isinstance(label, str | int):
            raise self.make_row_error(
                row,
                f"has a JSON {type(label).__name__} under "
                f"{quote_text(self.names['label'])}; expected a string or a whole "
                f"number; "
                "mend it",
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
                "mend them"
            )

    def notes(self) -> tuple[str, ...]:
        """What was left out or changed, with counts."""
        return tuple(
            f"{count:,} {what}" for what, count in self.counts.items() if count
        )

    def make_row_error(self, row: DelimitedRow, problem: str) -> CorpusError:
        """An error about one row."""
        return CorpusError(
            f"{quote_text(self.place)}:{row.line}: row {row.number:,} {problem}"
        )


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


FORMATS: dict[str, TableFormat] = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl"}
ARCHIVE_SUFFIXES = {".gz", ".zip", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".7z"}


class Labelled(FileCorpus):
    """Labelled texts in a table: CSV, TSV, or JSON Lines."""

    kind: Literal["labelled"] = "labelled"
    holds = frozenset({Annotation.LABEL})
    format: TableFormat | None = None
    """How the file is written; where this is not given, its name's ending tells."""
    text: LineText = "text"
    """The column of texts."""
    label: LineText = "label"
    """The column of labels."""
    part: LineText | None = None
    """The column that says train, validation or test, if there is one."""
    labels: tuple[LineText, ...] = Field(default=(), max_length=100)
    """All labels in their natural order, such as from negative to positive."""
    quotes: bool = True
    """Whether cells of CSV and TSV may stand in double quotes."""
    encoding: Encoding = "utf-8"
    """How the file's bytes are read."""
    normalize: NormalForm | None = None
    """NFC makes one character of a letter and its combining accent."""
    drop_unlabelled: bool = False
    """Whether to drop rows without a label."""
    limit: int | None = Field(default=None, ge=1)
    """Keep this many texts of each side, the first ones."""
    leakage: Literal["warn", "forbid"] = "warn"
    """Whether a text on two sides is noted, or is an error."""

    @field_validator("labels")
    @classmethod
    def _require_several_labels(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if labels and (len(labels) == 1 or len(set(labels)) < len(labels)):
            raise ValueError("list two labels or more, each once")
        if problem := find_label_problem(labels):
            raise ValueError(f"{problem}; write each label as the file has it")
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
                f"{quote_text(self.path)} ends neither in .csv nor in .tsv or "
                f".jsonl; set "
                "format: to csv, tsv or jsonl"
            )
        columns = [self.text, self.label, *([self.part] if self.part else [])]
        if len(set(columns)) < len(columns):
            raise ValueError("text, label and part must be different columns")
        return self

    def registered_dataset(self) -> None:
        """No dataset: a file is named by `path`."""

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`."""
        raw = self.read_raw(folders)
        text, notes = decode_text(raw, self.encoding, self.normalize)
        columns = LabelledColumns(raw.place, self.text, self.label, self.part)
        every = list(read_rows(text, raw.place, self.find_format(), quotes=self.quotes))
        columns.check(every)
        columns.check_parts(every)
        kept = columns.keep_rows_with_label(
            columns.keep_rows_with_text(every), drop=self.drop_unlabelled
        )
        labels = columns.find_labels(kept, self.labels)
        found = [self.make_document(columns, row) for row in kept]
        documents, first = limit_documents(found, self.limit)
        checked = check_labels(documents, labels, raw.place)
        doubts = find_leaks(documents)
        if doubts and self.leakage == "forbid":
            raise CorpusError(
                f"{quote_text(raw.place)}: {doubts[0]}; expected no text twice where "
                "leakage is forbidden; remove the copies, or set leakage: warn"
            )
        return Corpus(
            documents=documents,
            key=self.compute_key(raw.sha256),
            notes=notes + columns.notes() + first + checked + doubts,
            source=self.describe_source(raw),
            labels=labels,
        )

    def find_format(self) -> TableFormat:
        """How the file is written."""
        ending = PurePosixPath(self.path or "").suffix.lower()
        return self.format or FORMATS[ending]

    def make_document(self, columns: LabelledColumns, row: DelimitedRow) -> Document:
        """One row as a document."""
        text, lone = re.subn("[\ud800-\udfff]", "\ufffd", columns.read_text(row))
        columns.counts["lone surrogates replaced by U+FFFD"] += lone
        if self.normalize:  # once more: JSON has escapes
            text = unicodedata.normalize(self.normalize, text)
        return Document(
            text, label=columns.read_label(row), part=columns.read_part(row)
        )
