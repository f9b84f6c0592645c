"""Arrays in an npz file: the same bytes every time, and read with suspicion.

The file is a zip of `.npy` members. Before a member is unpacked, its size and its
header are compared with what the file can really hold, so a file that claims more
costs nothing. Objects are never unpickled.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from generator.codec import Malformed

RATIO = 1100
"""No deflated byte stands for more bytes than this."""
HEADER = 1024
"""Bytes that a member's header may take at most."""
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    EOFError,
    OSError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    SyntaxError,
)
"""What zipfile and NumPy raise for files that are not what they seem."""


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """An npz file of `arrays`, in the order of their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            npy.write_array(content, arrays[name], (1, 0), allow_pickle=False)
            archive.writestr(member, content.getvalue())
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of an npz file. Raises `Malformed`.

    Only plain little-endian numbers in C order are read; each member unpacks to no
    more than deflation allows for the bytes that are really there.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {
                member.filename.removesuffix(".npy"): _member(archive, member)
                for member in _members(archive, len(data) * RATIO)
            }
    except Malformed:
        raise
    except UNREADABLE as error:
        raise Malformed(f"not an npz file: {type(error).__name__}") from error


def _members(archive: zipfile.ZipFile, room: int) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    if len({member.filename for member in members}) != len(members):
        raise Malformed("two arrays have one name")
    if sum(member.file_size for member in members) > room:
        raise Malformed("arrays larger than their file can hold")
    return members


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    with archive.open(member) as file:
        version = npy.read_magic(file)
        if version != (1, 0):
            raise Malformed("an array of a version that is never written")
        shape, fortran, dtype = npy.read_array_header_1_0(file, HEADER)
        if dtype.hasobject or dtype.kind not in "fiub" or dtype.byteorder == ">":
            raise Malformed("an array of something else than plain numbers")
        if fortran:
            raise Malformed("an array in another order than it was written")
        size = math.prod(shape) * dtype.itemsize
        if not 0 <= member.file_size - size <= HEADER:
            raise Malformed("an array of another size than its header says")
        content = file.read()
    if len(content) != size:
        raise Malformed("an array cut short")
    return np.frombuffer(content, dtype).reshape(shape).copy()
