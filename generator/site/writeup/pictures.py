"""Pictures of a study's folder: whether they can be published, and their bytes."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from slugify import slugify

from generator.core.files import read_regular_file
from generator.site.writeup.picture_metadata import PictureError, strip_metadata

PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"}
LARGEST = 5_000_000
"""Bytes of a picture."""


@dataclass(frozen=True)
class AuthorPicture:
    """A picture of the study's folder, and the bytes of it that are published.

    `stripped` is None where these are the file's own, as it holds no metadata.
    """

    path: Path
    stripped: bytes | None

    @property
    def content(self) -> bytes | Path:
        """What is published: bytes, or the file they are copied from."""
        return self.path if self.stripped is None else self.stripped


def suggest_file_name(path: Path) -> str:
    """Return a name like that of a picture which may stand in an address.

    Args:
        path: Path of the picture.
    """
    return f"{slugify(path.stem) or 'picture'}{path.suffix.lower()}"


def read_picture(path: Path) -> AuthorPicture:
    """Read a picture of the study's folder, without its metadata.

    Args:
        path: Path of the picture.

    Raises:
        PictureError: If it is none, or its metadata cannot be taken out.
    """
    try:
        data = read_regular_file(path)
    except OSError as error:
        raise PictureError(f"cannot be read: {error.strerror}") from error
    stripped = strip_metadata(data)
    return AuthorPicture(path, None if stripped == data else stripped)


def find_picture_problem(folder: Path, path: Path, address: str) -> str | None:
    """Return the reason why a picture cannot be used.

    Args:
        folder: The study's folder.
        path: Path of the picture.
        address: The address as written.

    Returns:
        The reason, None if the picture is fine.
    """
    if "://" in address or address.startswith(("/", "//", "data:")):
        return "is not in the study's folder; copy it there"
    if path.suffix.lower() not in PICTURES:
        return f"is no picture; known: {', '.join(sorted(PICTURES))}"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", path.name):
        return (
            "has a name that is more than letters, digits, . _ and -; rename it, for "
            f"example to {suggest_file_name(path)}"
        )
    try:
        inside = path.resolve(strict=True).is_relative_to(folder.resolve())
        status = path.lstat()
    except OSError:
        return "does not exist; put it beside index.md, or correct its name"
    if not inside or not stat.S_ISREG(status.st_mode):
        return "lies outside the study's folder, or is a link"
    return None if status.st_size <= LARGEST else f"is larger than {LARGEST:,} bytes"
