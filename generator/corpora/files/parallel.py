"""Sentences and their translations in a file, a pair a line, between tabs.

The first column is the source, the second its translation; further ones, such as whose
sentence it is, are not read. `path` names a file in the study's folder or in the data
folder, `dataset` one of the registry. With another `delimiter` than the tab the file is
read as CSV is, and cells may stand in double quotes.

1. A line with fewer than two columns is an error. Pairs with a blank side are dropped,
   and so is the first line if it is a `header`.
2. With `backwards` the two languages change places.
3. Pairs whose longer side has more than `most_words` words are dropped.
4. Of several pairs with the same source, capitals apart, the first is kept (`once`), so
   that no source stands on both sides of a split, and none has two right translations.
5. The first pairs are kept, if there is a limit.

Nobody has said which word gave which: such pairs have no gold alignment.
"""

from __future__ import annotations

from collections import Counter
from typing import ClassVar, Literal

from pydantic import Field

from generator.core.edits import LineEdit, SettingEdit, format_edit
from generator.core.errors import CorpusError, quote_text
from generator.corpora.base import Annotation, Corpus, Document, Folders, note_repeats
from generator.corpora.files.base import LocalOrFetchedCorpus
from generator.corpora.files.delimited import (
    Delimiter,
    Dialect,
    find_dialect,
    read_rows,
)
from generator.corpora.files.text_files import (
    NormalForm,
    NormalSetting,
    RawFile,
    decode_text,
)
from generator.corpora.words import split_into_words

PAIR_DATASETS = ("english_french",)
"""Datasets of the registry that hold pairs."""

MOST_WORDS = 1000
"""Words of the longest sentence that can be read."""


class Pairs(LocalOrFetchedCorpus):
    """Sentences and their translations, a pair a line."""

    called: ClassVar[str] = "a corpus of pairs"
    things: ClassVar[str] = "pairs"
    document_noun: ClassVar[str] = "pair"
    holds: ClassVar[frozenset[Annotation]] = frozenset({Annotation.TRANSLATION})
    later: ClassVar[frozenset[str]] = frozenset({"delimiter", "header"})
    kind: Literal["pairs"] = "pairs"
    dataset: str | None = None
    """A dataset of the registry that holds pairs."""
    normalize: NormalSetting = "NFC"
    """Whether a letter and its combining accent become one character: NFC, or `none` to
    leave texts as they are."""
    delimiter: Delimiter = "tab"
    """What divides the columns."""
    header: bool = False
    """Whether the first line is a heading and no pair."""
    backwards: bool = False
    """Whether the second column is the source, and the first its translation."""
    most_words: int = Field(default=50, ge=1, le=MOST_WORDS)
    """Drop pairs whose longer side has more words; marks are counted."""
    once: bool = True
    """Whether to keep the first pair alone of those with the same source."""
    limit: int | None = Field(default=None, ge=1)
    """Keep this many pairs, the first ones."""

    def find_normal_form(self) -> NormalForm | None:
        """The normal form, of datasets too."""
        return "NFC" if self.normalize == "NFC" else None

    @classmethod
    def datasets(cls) -> tuple[str, ...]:
        """Those that hold pairs."""
        return PAIR_DATASETS

    def load(self, folders: Folders) -> Corpus:
        """The pairs. Raises `CorpusError`; `IntegrityError` for a damaged dataset."""
        raw = self.read_raw(folders)
        text, notes = decode_text(raw, self.encoding, self.find_normal_form())
        counts: Counter[str] = Counter()
        columns = self.read_columns(text, raw)
        if self.header:
            heading = " | ".join(columns.pop(0))
            notes += (f"header dropped: {quote_text(heading)}",)
        pairs = self.select_pairs(columns, counts)
        if not pairs:
            raise self.make_empty_error(columns, raw.place)
        if self.limit is not None and len(pairs) > self.limit:
            notes += (f"the first {self.limit:,} of {len(pairs):,} pairs kept",)
            pairs = pairs[: self.limit]
        told = tuple(f"{count:,} {what}" for what, count in counts.items() if count)
        return Corpus(
            documents=tuple(Document(one, translation=other) for one, other in pairs),
            key=self.compute_key(raw.fingerprint),
            notes=notes + told + note_repeats([one for one, _ in pairs]),
            source=self.describe_source(raw),
        )

    def read_columns(self, text: str, raw: RawFile) -> list[tuple[str, str]]:
        """The first two columns of every row. Raises `CorpusError`."""
        if self.delimiter == "tab":
            return read_two_columns(text, raw)
        given = Dialect(self.delimiter, header=False)
        dialect = find_dialect(text, "csv", (), given)
        found = []
        for row in read_rows(text, raw.place, dialect):
            cells = [str(cell).strip() for cell in row.cells.values()]
            if len(cells) < 2:  # noqa: PLR2004 - a pair
                raise CorpusError(
                    f"{row.locate(raw.place)} has one column; expected a sentence, a "
                    f"{dialect.separator} and its translation; say with delimiter: "
                    "what divides them"
                )
            found.append((cells[0], cells[1]))
        return found

    def make_empty_error(
        self, columns: list[tuple[str, str]], place: str
    ) -> CorpusError:
        """The error for a file of which no pair is left."""
        lengths = [
            max(map(len, words))
            for pair in columns
            if all(words := list(map(split_into_words, pair)))
        ]
        said = (
            f"{quote_text(place)}: no pair is left; expected sentences of at most "
            f"{self.most_words:,} words on both sides"
        )
        if not lengths or max(lengths) > MOST_WORDS:
            return CorpusError(f"{said}; write some into it")
        edit = SettingEdit("most_words", max(lengths))
        return CorpusError(f"{said}; set {format_edit(edit)}", edits=[edit])

    def select_pairs(
        self, pairs: list[tuple[str, str]], counts: Counter[str]
    ) -> list[tuple[str, str]]:
        """The pairs that are read, in their order; what went is added to `counts`."""
        found: list[tuple[str, str]] = []
        seen: set[tuple[str, ...]] = set()
        for pair in pairs:
            one, other = pair[:: -1 if self.backwards else 1]
            words = split_into_words(one), split_into_words(other)
            if not all(words):
                counts["pairs with a blank side dropped"] += 1
            elif max(map(len, words)) > self.most_words:
                counts[f"pairs dropped with more than {self.most_words:,} words"] += 1
            elif self.once and words[0] in seen:
                counts["pairs dropped whose source had a translation before"] += 1
            else:
                seen.add(words[0])
                found.append((one, other))
        return found


def read_two_columns(text: str, raw: RawFile) -> list[tuple[str, str]]:
    """The first two columns of every line that is not blank. Raises `CorpusError`."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) < 2:  # noqa: PLR2004 - a pair
            if "\t" not in text:
                raise make_delimiter_error(text, raw.place, number)
            raise CorpusError(
                f"{quote_text(raw.place)}:{number}: one column; expected a sentence, "
                "a tab and its translation; mend or remove the line",
                edits=[LineEdit(raw.place, number, None)],
            )
        found.append((cells[0].strip(), cells[1].strip()))
    return found


def make_delimiter_error(text: str, place: str, number: int) -> CorpusError:
    """The error for a file without any tab."""
    said = (
        f"{quote_text(place)}:{number}: one column; expected a sentence, a tab and its "
        "translation, and there is no tab in the file"
    )
    found = find_dialect(text, "tsv", (), Dialect("", header=False))
    if found.delimiter == "\t":
        return CorpusError(f"{said}; say with delimiter: what divides the columns")
    edit = SettingEdit("delimiter", found.delimiter)
    return CorpusError(f"{said}; set {format_edit(edit)}", edits=[edit])
