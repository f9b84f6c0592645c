"""Files inside a packed archive (`.tar.gz`), read one by one and never put on disk.

The archive is one stream: unpacked as it is read, from its first byte to its last, so
that its checksum is verified. Links, devices and folders are passed over, names lead
nowhere. A stream that grows beyond a hundred times the archive, or beyond a gigabyte,
is refused when it does; a megabyte is always free. A header that is damaged ends in an
error, not in a shorter archive.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import Self, TypeVar

from generator.corpora.reading import Raw
from generator.errors import CorpusError, quoted

RATIO_LIMIT = 100
"""How many times its size an archive may expand to."""
FREE = 1_000_000
"""Bytes that every archive may expand to: tar pads, and padding packs well."""
EXPANDED_LIMIT = 1_000_000_000
"""Bytes that an archive may expand to."""
FILE_LIMIT = 1_000_000
"""Bytes of the largest file that is read."""
CHUNK = 65_536
DAMAGE = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, RecursionError)
"""What a damaged archive makes the standard library raise."""

Wanted = TypeVar("Wanted")


class Expanding(io.RawIOBase):
    """The expanded bytes of an archive. Reading too many raises `CorpusError`."""

    def __init__(self, raw: Raw) -> None:
        super().__init__()
        self.place = raw.place
        self.limit = min(max(RATIO_LIMIT * len(raw.data), FREE), EXPANDED_LIMIT)
        self.left = self.limit
        self.packed = gzip.GzipFile(fileobj=io.BytesIO(raw.data), mode="rb")

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""
        data = self.packed.read(CHUNK if size < 0 else size)
        self.left -= len(data)
        if self.left < 0:
            raise CorpusError(
                f"{quoted(self.place)}: expands to more than {self.limit:,} bytes; "
                f"expected at most {RATIO_LIMIT} times its size and at most "
                f"{EXPANDED_LIMIT:,} bytes; use another archive"
            )
        return data


class Header(tarfile.TarInfo):
    """A member's header; a damaged one is an error, not the archive's end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """The header in a block. Raises `ReadError` unless it is good, or an end."""
        if not buf.strip(b"\0"):
            return super().frombuf(buf, encoding, errors)  # raises: an end
        try:
            found = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"a damaged header: {error}") from error
        plain = found.isreg()
        if found.size < 0 or (not plain and found.size > FILE_LIMIT):
            raise tarfile.ReadError("a header of impossible size")
        return found


def read_files(
    raw: Raw, wanted: Callable[[str], Wanted | None]
) -> Iterator[tuple[Wanted, bytes]]:
    """The wanted files, in the archive's order: what `wanted` made of it, its bytes.

    `wanted` is asked about the name of every regular file. Raises `CorpusError` for a
    damaged or expanding archive and for a wanted file that is too large.
    """
    stream = Expanding(raw)
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=Header) as archive:
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # kept by it
                if not member.isreg() or member.issparse():
                    continue
                if (found := wanted(member.name)) is not None:
                    yield found, contents(archive, member, raw.place)
        while stream.read(CHUNK):
            pass
    except DAMAGE as error:
        raise CorpusError(
            f"{quoted(raw.place)}: cannot be unpacked ({quoted(error)}); expected a "
            "whole .tar.gz archive; get it again"
        ) from error


def contents(archive: tarfile.TarFile, member: tarfile.TarInfo, place: str) -> bytes:
    """The bytes of a regular file. Raises `CorpusError` for a large one."""
    if member.size > FILE_LIMIT:
        raise CorpusError(
            f"{quoted(place)}: {quoted(member.name)} has {member.size:,} bytes; "
            f"expected at most {FILE_LIMIT:,}; leave it out of the archive"
        )
    file = archive.extractfile(member)
    return file.read() if file else b""
