"""A file of a site before it is written: its hash, and its bytes when they are wanted.

Most files of a rendering are those of the rendering before. Their hash says so, and
nobody reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from generator.core.cache import Cache, hash_source_file
from generator.core.files import digest


class CacheMissError(Exception):
    """What was there when it was named is not there now, or is something else."""


class FileSource(Protocol):
    """The bytes of a file."""

    @property
    def digest(self) -> str:
        """Their SHA-256, in hexadecimal."""
        ...

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def read(self) -> bytes:
        """The bytes. Raises `Lost` if they are not there any more."""
        ...


SiteFiles = dict[str, FileSource]
"""Files of a site by their paths."""


@dataclass(frozen=True)
class BytesContent:
    """Bytes that were made just now."""

    data: bytes

    @cached_property
    def digest(self) -> str:
        """Their hash."""
        return digest(self.data)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.data)

    def read(self) -> bytes:
        """The bytes."""
        return self.data


@dataclass(frozen=True)
class FileContent:
    """A file of the project, as it is."""

    path: Path

    @property
    def digest(self) -> str:
        """Its hash, not taken twice while it stays as it is."""
        return hash_source_file(self.path)

    @property
    def size(self) -> int:
        """Its length."""
        return self.path.stat().st_size

    def read(self) -> bytes:
        """What is in it now."""
        return self.path.read_bytes()


@dataclass(frozen=True)
class CachedContent:
    """What was kept by its own hash."""

    cache: Cache
    digest: str
    size: int

    def read(self) -> bytes:
        """What was kept. Raises `Lost`."""
        found = self.cache.get(self.digest)
        if found is None:
            self.cache.drop(self.digest)
            raise CacheMissError(self.digest)
        return found


def find_cached(cache: Cache, name: str) -> CachedContent | None:
    """What is kept under the hash `name` of its bytes, unread; None if nothing is."""
    size = cache.size(name)
    return None if size is None else CachedContent(cache, name, size)


def content_of(file: bytes | Path) -> FileSource:
    """Bytes as they are, or those of a file of the project."""
    return BytesContent(file) if isinstance(file, bytes) else FileContent(file)


def as_contents(files: Mapping[str, bytes]) -> SiteFiles:
    """Files that were made just now."""
    return {path: BytesContent(data) for path, data in files.items()}
