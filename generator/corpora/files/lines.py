"""A text file, each line of it a text; or the whole file as one.

`path` names a file in the study's folder or in the data folder, `dataset` one of the
registry; a study gives one of them. Lines are kept as they are, spaces at their ends
included; blank ones are dropped. With `single_text` the file is one document, its blank
lines with it.

Words that look like marks are text. A line that holds `<s>` is read by textgenrnn word
by word as `<`, `s`, `>`, and by characters as three characters, so that no line can end
a text early; `<pad>` and `<unknown>` are names for id 0 on pages and no tokens at all.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from generator.core.edits import SettingEdit
from generator.core.errors import CorpusError, quote_text
from generator.corpora.base import Corpus, Document, Folders, note_repeats
from generator.corpora.files.base import LocalOrFetchedCorpus
from generator.corpora.files.text_files import decode_text, split_lines


class Lines(LocalOrFetchedCorpus):
    """A text file, each line of it a text."""

    called: ClassVar[str] = "a corpus of lines"
    things: ClassVar[str] = "lines"
    kind: Literal["lines"] = "lines"
    dataset: str | None = None
    """A dataset of the registry that has one text a line."""
    header: bool = False
    """Whether the first line is a heading and no text."""
    lowercase: bool = False
    """Whether to put the text in lower case."""
    single_text: bool = False
    """Whether the whole file is one text."""
    limit: int | None = Field(default=None, ge=1)
    """Keep this many texts, the first ones."""

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`; `IntegrityError` for a damaged dataset."""
        raw = self.read_raw(folders)
        text, notes = decode_text(raw, self.encoding, self.find_normal_form())
        if self.header:
            text, dropped = text.partition("\n")[2], text.partition("\n")[0]
            notes += (f"header dropped: {quote_text(dropped)}",)
        texts, more = ([text], ()) if self.single_text else split_lines(text)
        if not "".join(texts).strip():
            raise CorpusError(
                f"{quote_text(raw.place)}: a header and no text; expected text below "
                "it; set header: false if the first line is a text",
                edits=[SettingEdit("header", value=False)],
            )
        if self.limit is not None and len(texts) > self.limit:
            more += (f"the first {self.limit:,} of {len(texts):,} texts kept",)
            texts = texts[: self.limit]
        if self.lowercase:
            texts = [text.lower() for text in texts]
        return Corpus(
            documents=tuple(Document(text) for text in texts),
            key=self.compute_key(raw.fingerprint),
            notes=notes + more + note_repeats(texts),
            source=self.describe_source(raw),
        )
