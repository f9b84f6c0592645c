"""Corpora that are read from a file: one named by its path, or a dataset's.

A file enters the key of a corpus by its bytes, a dataset by its pinned hash, so that
whether a study is stale can be told before anything is fetched.
"""

from __future__ import annotations

from pydantic import field_validator

from generator.corpora.base import CorpusSpec, Folders
from generator.corpora.datasets import DATASETS, absent, read_dataset
from generator.corpora.keys import key_of
from generator.corpora.paths import find, unsafe
from generator.corpora.reading import Raw, read
from generator.errors import quoted


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
