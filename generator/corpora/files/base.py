"""Corpora that are read from a file: one named by its path, or a dataset's.

A file enters the key of a corpus by its bytes, a dataset by its pinned hash, so that
whether a study is stale can be told before anything is fetched.
"""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import field_validator, model_validator

from generator.core.errors import nearest, quoted
from generator.corpora.base import CorpusSpec, Folders, key_of
from generator.corpora.download import DATASETS, absent, read_dataset
from generator.corpora.files.text_files import Encoding, Normal, Raw, find, read, unsafe


class FileCorpus(CorpusSpec):
    """A corpus in one file."""

    path: str | None = None
    """A file in the study's folder or in the data folder."""

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str | None) -> str | None:
        if path is not None and (problem := unsafe(path)):
            raise ValueError(f"{quoted(path)}: {problem}")
        return path

    def registered(self) -> str | None:
        """The dataset that is read, None when it is a file named by `path`."""
        raise NotImplementedError

    def raw(self, folders: Folders) -> Raw:
        """The file. Raises `CorpusError`, or `IntegrityError` for a damaged dataset."""
        name = self.registered()
        if name is not None:
            return read_dataset(name, folders.data)[0]
        path = self.path or ""
        return read(find(path, folders), path)

    def key_with(self, sha256: str) -> str:
        """The key of this corpus over bytes with that hash."""
        return key_of(self, sha256)

    def key(self, folders: Folders) -> str:
        """Hash of the settings and the bytes; the bytes of a dataset are known."""
        name = self.registered()
        known = DATASETS[name].sha256 if name is not None else None
        return self.key_with(known or self.raw(folders).sha256)

    def missing(self, folders: Folders) -> str | None:
        """The dataset, if it must be fetched first."""
        name = self.registered()
        return name if name is not None and absent(name, folders.data) else None

    def source(self, raw: Raw) -> str:
        """Where the texts come from, for the page."""
        name = self.registered()
        if name is None:
            return f"{raw.place} (sha256 {raw.sha256})"
        return f"{DATASETS[name].title} ({name}; {DATASETS[name].rights})"


class OwnOrFetched(FileCorpus):
    """A corpus in a file of the author's or in a dataset of one file of text."""

    called: ClassVar[str]
    """What it is called where it has no source, or two."""
    things: ClassVar[str]
    """What its datasets are of."""
    dataset: str | None = None
    """A dataset of the registry, instead of a path."""
    encoding: Encoding = "utf-8"
    """How the file's bytes are read."""
    normalize: Normal | None = None
    """NFC makes one character of a letter and its combining accent."""

    @classmethod
    def datasets(cls) -> tuple[str, ...]:
        """The datasets that it can read: those of plain text."""
        return tuple(dataset.name for dataset in DATASETS.values() if dataset.plain)

    @field_validator("dataset")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        known = cls.datasets()
        if name is not None and name not in known:
            raise ValueError(
                f"no dataset {quoted(name)} of {cls.things}; {nearest(name, known)}"
            )
        return name

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.path is None) == (self.dataset is None):
            raise ValueError(f"{self.called} needs a path or a dataset, and not both")
        return self

    def registered(self) -> str | None:
        """The dataset that is read, None when it is a file named by `path`."""
        return self.dataset
