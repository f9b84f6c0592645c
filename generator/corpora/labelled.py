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
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from generator.corpora.base import Annotation, Corpus, Document, Folders
from generator.corpora.columns import Columns, unfit
from generator.corpora.labels import check_labels
from generator.corpora.parts import cut, leaks
from generator.corpora.reading import Encoding, Normal, decode
from generator.corpora.source import FileCorpus
from generator.corpora.tabular import Format, Row, rows
from generator.errors import CorpusError, quoted
from generator.spec import Line

FORMATS: dict[str, Format] = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl"}
PACKED = {".gz", ".zip", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".7z"}


class Labelled(FileCorpus):
    """Labelled texts in a table: CSV, TSV, or JSON Lines."""

    kind: Literal["labelled"] = "labelled"
    holds = frozenset({Annotation.LABEL})
    format: Format | None = None
    """How the file is written; where this is not given, its name's ending tells."""
    text: Line = "text"
    """The column of texts."""
    label: Line = "label"
    """The column of labels."""
    part: Line | None = None
    """The column that says train, validation or test, if there is one."""
    labels: tuple[Line, ...] = Field(default=(), max_length=100)
    """All labels in their natural order, such as from negative to positive."""
    quotes: bool = True
    """Whether cells of CSV and TSV may stand in double quotes."""
    encoding: Encoding = "utf-8"
    """How the file's bytes are read."""
    normalize: Normal | None = None
    """NFC makes one character of a letter and its combining accent."""
    drop_unlabelled: bool = False
    """Whether to drop rows without a label."""
    limit: int | None = Field(default=None, ge=1)
    """Keep this many texts of each side, the first ones."""
    leakage: Literal["warn", "forbid"] = "warn"
    """Whether a text on two sides is noted, or is an error."""

    @field_validator("labels")
    @classmethod
    def _several(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if labels and (len(labels) == 1 or len(set(labels)) < len(labels)):
            raise ValueError("list two labels or more, each once")
        if problem := unfit(labels):
            raise ValueError(f"{problem}; write each label as the file has it")
        return labels

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.path is None:
            raise ValueError("a corpus of labelled texts needs a path")
        ending = PurePosixPath(self.path).suffix.lower()
        if ending in PACKED:
            raise ValueError(
                f"{quoted(self.path)} is packed; unpack it and name what was inside"
            )
        if self.format is None and ending not in FORMATS:
            raise ValueError(
                f"{quoted(self.path)} ends neither in .csv nor in .tsv or .jsonl; set "
                "format: to csv, tsv or jsonl"
            )
        columns = [self.text, self.label, *([self.part] if self.part else [])]
        if len(set(columns)) < len(columns):
            raise ValueError("text, label and part must be different columns")
        return self

    def registered(self) -> None:
        """No dataset: a file is named by `path`."""

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`."""
        raw = self.raw(folders)
        text, notes = decode(raw, self.encoding, self.normalize)
        columns = Columns(raw.place, self.text, self.label, self.part)
        every = list(rows(text, raw.place, self.written(), quotes=self.quotes))
        columns.check(every)
        columns.check_parts(every)
        kept = columns.with_label(columns.with_text(every), drop=self.drop_unlabelled)
        labels = columns.labels(kept, self.labels)
        found = [self.document(columns, row) for row in kept]
        documents, first = cut(found, self.limit)
        checked = check_labels(documents, labels, raw.place)
        doubts = leaks(documents)
        if doubts and self.leakage == "forbid":
            raise CorpusError(
                f"{quoted(raw.place)}: {doubts[0]}; expected no text twice where "
                "leakage is forbidden; remove the copies, or set leakage: warn"
            )
        return Corpus(
            documents=documents,
            key=self.key_with(raw.sha256),
            notes=notes + columns.notes() + first + checked + doubts,
            source=self.source(raw),
            labels=labels,
        )

    def written(self) -> Format:
        """How the file is written."""
        ending = PurePosixPath(self.path or "").suffix.lower()
        return self.format or FORMATS[ending]

    def document(self, columns: Columns, row: Row) -> Document:
        """One row as a document."""
        text, lone = re.subn("[\ud800-\udfff]", "\ufffd", columns.text(row))
        columns.counts["lone surrogates replaced by U+FFFD"] += lone
        if self.normalize:  # once more: JSON has escapes
            text = unicodedata.normalize(self.normalize, text)
        return Document(text, label=columns.label(row), part=columns.part(row))
