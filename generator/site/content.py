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

from generator.core.cache import Kept, hash_of
from generator.core.files import digest


class Lost(Exception):  # noqa: N818 - it says what happened to the bytes
    """What was there when it was named is not there now, or is something else."""


class Content(Protocol):
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


Files = dict[str, Content]
"""Files of a site by their paths."""


@dataclass(frozen=True)
class Made:
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
class OnDisk:
    """A file of the project, as it is."""

    path: Path

    @property
    def digest(self) -> str:
        """Its hash, not taken twice while it stays as it is."""
        return hash_of(self.path)

    @property
    def size(self) -> int:
        """Its length."""
        return self.path.stat().st_size

    def read(self) -> bytes:
        """What is in it now."""
        return self.path.read_bytes()


@dataclass(frozen=True)
class InStore:
    """What was kept by its own hash."""

    kept: Kept
    digest: str
    size: int

    def read(self) -> bytes:
        """What was kept. Raises `Lost`."""
        found = self.kept.get(self.digest)
        if found is None:
            self.kept.drop(self.digest)
            raise Lost(self.digest)
        return found


def kept_as(kept: Kept, name: str) -> InStore | None:
    """What is kept under the hash `name` of its bytes, unread; None if nothing is."""
    size = kept.size(name)
    return None if size is None else InStore(kept, name, size)


def content_of(file: bytes | Path) -> Content:
    """Bytes as they are, or those of a file of the project."""
    return Made(file) if isinstance(file, bytes) else OnDisk(file)


def made(files: Mapping[str, bytes]) -> Files:
    """Files that were made just now."""
    return {path: Made(data) for path, data in files.items()}
