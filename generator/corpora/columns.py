"""The columns of a table of labelled texts: what stands in them, and what may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

from generator.corpora.base import Part
from generator.corpora.labels import listed
from generator.corpora.parts import PARTS
from generator.corpora.tabular import Row
from generator.errors import CorpusError, quoted

LABEL_LENGTH = 60
"""Characters of the longest label."""


class Columns:
    """Which columns of a table hold text, label and side, and what was left out."""

    def __init__(self, place: str, text: str, label: str, part: str | None) -> None:
        self.place = place
        self.names = {"text": text, "label": label, **({"part": part} if part else {})}
        self.sided = part is not None
        self.counts: Counter[str] = Counter()

    def check(self, rows: Sequence[Row]) -> None:
        """Raise `CorpusError` for a table without rows or without a column."""
        if not rows:
            raise CorpusError(
                f"{quoted(self.place)}: no row; expected labelled texts; write "
                "some into it"
            )
        for setting, name in self.names.items():
            if not any(name in row.cells for row in rows):
                known = list(rows[0].cells)
                raise CorpusError(
                    f"{quoted(self.place)}: no column {quoted(name)}; the columns are "
                    f"{listed(known)}; say with {setting}: which of them it is"
                )

    def with_text(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that hold text."""
        kept = [row for row in rows if self.text(row).strip()]
        self.counts["rows without text dropped"] += len(rows) - len(kept)
        return kept

    def with_label(self, rows: Sequence[Row], *, drop: bool) -> list[Row]:
        """The rows with a label. Raises `CorpusError` if others may not be dropped."""
        kept = [row for row in rows if self.label(row) is not None]
        missing = len(rows) - len(kept)
        if missing and not (drop and kept):
            first = next(row for row in rows if self.label(row) is None)
            raise CorpusError(
                f"{quoted(self.place)}: {missing:,} of {len(rows):,} rows have no "
                f"label (first: row {first.number:,}); expected one under "
                f"{quoted(self.names['label'])} in every row; write them, or set "
                "drop_unlabelled: true to leave those rows out"
            )
        self.counts["rows without a label dropped"] += missing
        return kept

    def labels(self, rows: Sequence[Row], declared: tuple[str, ...]) -> tuple[str, ...]:
        """All labels: as the study lists them, else sorted. Raises `CorpusError`."""
        found = sorted({str(self.label(row)) for row in rows})
        known = set(declared or found)
        strange = next((row for row in rows if self.label(row) not in known), None)
        if strange:
            raise self.error(
                strange,
                f"has the label {quoted(self.label(strange))}; expected one of "
                f"{listed(declared)}; the file has {listed(found)}: mend it, or list "
                "them all",
            )
        if problem := unfit(found):
            raise CorpusError(
                f"{quoted(self.place)}: {problem}; expected labels that differ in more "
                f"than capitals and spaces; the file has {listed(found)}: mend it"
            )
        return declared or tuple(found)

    def text(self, row: Row) -> str:
        """The text of a row. Raises `CorpusError` for anything else."""
        text = row.cells.get(self.names["text"])
        if not isinstance(text, str) or "\0" in text:
            found = "a NUL in its text" if isinstance(text, str) else "no text"
            raise self.error(
                row,
                f"has {found}; expected a string under {quoted(self.names['text'])}; "
                "mend it",
            )
        return text

    def label(self, row: Row) -> str | None:
        """The label of a row, None where there is none."""
        label = row.cells.get(self.names["label"])
        if label is None or (isinstance(label, str) and not label.strip()):
            return None
        if isinstance(label, bool) or not isinstance(label, str | int):
            raise self.error(
                row,
                f"has a JSON {type(label).__name__} under "
                f"{quoted(self.names['label'])}; expected a string or a whole number; "
                "mend it",
            )
        return str(label)

    def part(self, row: Row) -> Part | None:
        """The side of a row, None where the study decides."""
        return cast("Part", row.cells[self.names["part"]]) if self.sided else None

    def check_parts(self, rows: Sequence[Row]) -> None:
        """Raise `CorpusError` for a row on a side that is none."""
        if not self.sided:
            return
        strange = [r for r in rows if r.cells.get(self.names["part"]) not in PARTS]
        if strange:
            words = sorted({str(r.cells.get(self.names["part"], "")) for r in strange})
            raise CorpusError(
                f"{quoted(self.place)}: {len(strange):,} of {len(rows):,} rows are on "
                f"no side (first: row {strange[0].number:,}); found {listed(words)} "
                f"under {quoted(self.names['part'])}; expected {', '.join(PARTS)}; "
                "mend them"
            )

    def notes(self) -> tuple[str, ...]:
        """What was left out or changed, with counts."""
        return tuple(
            f"{count:,} {what}" for what, count in self.counts.items() if count
        )

    def error(self, row: Row, problem: str) -> CorpusError:
        """An error about one row."""
        return CorpusError(
            f"{quoted(self.place)}:{row.line}: row {row.number:,} {problem}"
        )


def unfit(labels: Sequence[str]) -> str | None:
    """What is wrong with labels that nothing is listed for, or None."""
    for label in labels:
        if len(label) > LABEL_LENGTH or not label.isprintable():
            return (
                f"the label {quoted(label)} is longer than {LABEL_LENGTH} characters "
                "or has control characters"
            )
        if label != label.strip():
            return f"the label {quoted(label)} begins or ends with a space"
    folded = Counter(label.casefold() for label in labels)
    same = [label for label in labels if folded[label.casefold()] > 1]
    return f"the labels {listed(same)} differ in capitals alone" if same else None
