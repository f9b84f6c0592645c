"""Corpora that are read from a file: one named by its path, or a dataset's.

A file enters the key of a corpus by its bytes, a dataset by its pinned hash, so that
whether a study is stale can be told before anything is fetched.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import replace
from typing import ClassVar, Self

from pydantic import field_validator, model_validator

from generator.core.errors import quote_text, suggest_nearest
from generator.corpora.base import (
    Annotation,
    CorpusSpec,
    Folders,
    compute_corpus_key,
)
from generator.corpora.download import DATASETS, is_absent, read_dataset
from generator.corpora.files.text_files import (
    Encoding,
    NormalForm,
    NormalSetting,
    RawFile,
    find_corpus_file,
    find_path_problem,
    read_raw_file,
)
from generator.corpora.words import has_combining_characters

_SPLIT_INTO_WORDS = frozenset({Annotation.LABEL, Annotation.TRANSLATION})
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")  # of JSON
_CLUSTERS, _COMPOSED = "clusters", "nfc"


class FileCorpus(CorpusSpec):
    """A corpus in one file."""

    path: str | None = None
    """A file in the study's folder or in the data folder."""

    @field_validator("path")
    @classmethod
    def _check_inside(cls, path: str | None) -> str | None:
        if path is not None and (problem := find_path_problem(path)):
            raise ValueError(f"{quote_text(path)}: {problem}")
        return path

    def registered_dataset(self) -> str | None:
        """The dataset that is read, None when it is a file named by `path`."""
        raise NotImplementedError

    def read_raw(self, folders: Folders) -> RawFile:
        """The file. Raises `CorpusError`, or `IntegrityError` for a damaged dataset."""
        name = self.registered_dataset()
        if name is not None:
            return read_dataset(name, folders.data)[0]
        path = self.path or ""
        raw = read_raw_file(find_corpus_file(path, folders), path)
        text = _read_beyond_ascii(raw.data, getattr(self, "encoding", "utf-8"))
        marks = []
        if self.holds & _SPLIT_INTO_WORDS and has_combining_characters(text):
            marks.append(_CLUSTERS)
        if (
            getattr(self, "normalize", "none") is None
            and self.find_normal_form()
            and not unicodedata.is_normalized("NFC", text)
        ):
            marks.append(_COMPOSED)
        return replace(raw, splitting="/".join(marks)) if marks else raw

    def find_normal_form(self) -> NormalForm | None:
        """The normal form that its texts are brought to, None for none.

        Without a setting that is NFC; datasets of the registry stay as published.
        """
        setting: NormalSetting = getattr(self, "normalize", "none")
        if setting is None:
            return None if self.registered_dataset() else "NFC"
        return None if setting == "none" else setting

    def compute_key(self, fingerprint: str) -> str:
        """The key of this corpus over bytes with that fingerprint."""
        return compute_corpus_key(self, fingerprint)

    def key(self, folders: Folders) -> str:
        """Hash of the settings and the bytes; the bytes of a dataset are known."""
        name = self.registered_dataset()
        known = DATASETS[name].sha256 if name is not None else None
        return self.compute_key(known or self.read_raw(folders).fingerprint)

    def missing_dataset(self, folders: Folders) -> str | None:
        """The dataset, if it must be fetched first."""
        name = self.registered_dataset()
        return name if name is not None and is_absent(name, folders.data) else None

    def describe_source(self, raw: RawFile, *details: str) -> str:
        """Where the texts come from, and how a file was read, for the page."""
        name = self.registered_dataset()
        if name is None:
            return f"{raw.place} ({'; '.join([f'sha256 {raw.sha256}', *details])})"
        return f"{DATASETS[name].title} ({name}; {DATASETS[name].rights})"


class LocalOrFetchedCorpus(FileCorpus):
    """A corpus in a file of the author's or in a dataset of one file of text."""

    called: ClassVar[str]
    """What it is called where it has no source, or two."""
    things: ClassVar[str]
    """What its datasets are of."""
    dataset: str | None = None
    """A dataset of the registry, instead of a path."""
    encoding: Encoding = "utf-8"
    """How the file's bytes are read."""
    normalize: NormalSetting = None
    """Whether a letter and its combining accent become one character: NFC, or `none` to
    leave texts as they are; where it is not given, NFC for files and none for
    datasets of the registry."""

    @classmethod
    def datasets(cls) -> tuple[str, ...]:
        """The datasets that it can read: those of plain text."""
        return tuple(dataset.name for dataset in DATASETS.values() if dataset.plain)

    @field_validator("dataset")
    @classmethod
    def _check_dataset(cls, name: str | None) -> str | None:
        known = cls.datasets()
        if name is not None and name not in known:
            raise ValueError(
                f"no dataset {quote_text(name)} of {cls.things}; "
                f"{suggest_nearest(name, known)}"
            )
        return name

    @model_validator(mode="after")
    def _require_one_source(self) -> Self:
        if (self.path is None) == (self.dataset is None):
            raise ValueError(f"{self.called} needs a path or a dataset, and not both")
        return self

    def registered_dataset(self) -> str | None:
        """The dataset that is read, None when it is a file named by `path`."""
        return self.dataset


def _read_beyond_ascii(data: bytes, encoding: str) -> str:
    """The text of a file, escapes of JSON read; "" where all of it is ASCII.

    Files whose texts are read otherwise than they once were have another key since.
    Compressed tables, which came later, count as such: a letter and an accent.
    """
    if data.startswith(b"PAR1"):
        return "e\N{COMBINING ACUTE ACCENT}"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif data.isascii() and b"\\u" not in data:
        return ""
    return _ESCAPE.sub(_unescape, data.decode(encoding, "replace"))


def _unescape(escaped: re.Match[str]) -> str:
    """The characters that escapes of JSON stand for."""
    units = bytes.fromhex(escaped.group().replace("\\u", ""))
    return units.decode("utf-16-be", "replace")
