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
from generator.core.files import digest, read_regular_file


class CacheMissError(Exception):
    """A cached or project file that is gone, or changed, since it was found."""


class ChangedStudyError(CacheMissError):
    """A study whose files were written while its post was made from them."""


class FileSource(Protocol):
    """The source of a file's bytes."""

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        ...

    @property
    def size(self) -> int:
        """Number of bytes."""
        ...

    def read(self) -> bytes:
        """Return the bytes.

        Raises:
            CacheMissError: If they are not there any more.
        """
        ...


SiteFiles = dict[str, FileSource]
"""Files of a site by their paths."""


@dataclass(frozen=True)
class BytesContent:
    """Bytes in memory."""

    data: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return digest(self.data)

    @property
    def size(self) -> int:
        """Number of bytes."""
        return len(self.data)

    def read(self) -> bytes:
        """Return the bytes."""
        return self.data


@dataclass(frozen=True)
class FileContent:
    """A file of the project, as it is."""

    path: Path

    @property
    def digest(self) -> str:
        """SHA-256 of the file, not computed twice while the file stays as it is."""
        return hash_source_file(self.path)

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self.path.stat().st_size

    def read(self) -> bytes:
        """Return what the file holds now."""
        return read_regular_file(self.path)


@dataclass(frozen=True)
class CachedContent:
    """An entry of a cache whose key is the hash of its bytes."""

    cache: Cache
    digest: str
    size: int

    def read(self) -> bytes:
        """Return the cached bytes.

        Raises:
            CacheMissError: If the entry is gone.
        """
        data = self.cache.get(self.digest)
        if data is None or digest(data) != self.digest:
            self.cache.refuse(self.digest)
            raise CacheMissError(self.digest)
        return data


def find_cached(cache: Cache, name: str) -> CachedContent | None:
    """Find a cached file by its hash, without reading it.

    Args:
        cache: The cache to look in.
        name: SHA-256 of the bytes, in hexadecimal.

    Returns:
        The content, None if the cache lacks it.
    """
    size = cache.size(name)
    return None if size is None else CachedContent(cache, name, size)


def content_of(file: bytes | Path) -> FileSource:
    """Wrap bytes, or a file of the project, as a source.

    Args:
        file: The bytes themselves, or the path of a file.

    Returns:
        The source of the bytes.
    """
    return BytesContent(file) if isinstance(file, bytes) else FileContent(file)


def as_contents(files: Mapping[str, bytes]) -> SiteFiles:
    """Wrap files in memory as sources.

    Args:
        files: Bytes by their path within the site.

    Returns:
        Sources by the same paths.
    """
    return {path: BytesContent(data) for path, data in files.items()}
