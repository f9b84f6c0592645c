"""Archives made by tests, good and hostile, and their members."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterable

from generator.core.files import digest
from generator.corpora.files.text_files import RawFile


def member(name: str, data: bytes = b"", **fields: object) -> tuple[str, bytes, object]:
    """A member: its name, its bytes, and what its header says besides."""
    return name, data, fields


def tar(members: Iterable[tuple[str, bytes, object]]) -> bytes:
    """A tar archive of members, as their headers have it."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, data, fields in members:
            header = tarfile.TarInfo(name)
            header.size = len(data)
            for field, value in dict(fields).items():  # type: ignore[call-overload]  # from `member`
                setattr(header, field, value)
            archive.addfile(header, io.BytesIO(data))
    return written.getvalue()


def packed(*members: tuple[str, bytes, object]) -> bytes:
    """A `.tar.gz` of members, the same bytes each time."""
    return gzip.compress(tar(members), mtime=0)


def raw(data: bytes) -> RawFile:
    """Bytes as if read from a file named x.tar.gz."""
    return RawFile(data, "x.tar.gz", digest(data))
