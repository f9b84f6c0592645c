"""What can be made again, kept by the hash of what it was made from.

One folder of small files, each named by a key and headed by the SHA-256 of what
follows. A key is a hash of everything that decides the content, so that an entry is
never wrong, only unused: nothing is invalidated, and deleting the folder costs time and
nothing else. What a system refuses to keep is not kept, and what does not match its
hash is not handed out. `prune` drops what this run did not ask for, so that the folder
is as large as one site and equal after equal builds.

What this program is: one hash of its source and of the libraries it draws with.
"""

from __future__ import annotations

import contextlib
import os
import platform
from functools import cache, lru_cache
from importlib.metadata import version
from os.path import isfile
from pathlib import Path

from generator.core.files import TEMPORARY, digest, hash_parts, walk_files
from generator.core.package_data import PACKAGE, find_package_path

HEADER_BYTES = 65
"""Bytes before the content: its hash and the end of that line."""


class Cache:
    """A folder of entries by key (64 hexadecimal digits)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._used: set[str] = set()

    def get(self, key: str) -> bytes | None:
        """What was kept under `key`; None if nothing sound was."""
        path = self.folder / key
        try:
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(path, flags), "rb") as file:
                head, body = file.readline(HEADER_BYTES), file.read()
        except OSError:
            return None
        if head != f"{digest(body)}\n".encode():
            return None
        self._used.add(key)
        return body

    def size(self, key: str) -> int | None:
        """Bytes kept under `key`, which are not read and so not verified; or None."""
        try:
            size = (self.folder / key).lstat().st_size
        except OSError:
            return None
        self._used.add(key)
        return size - HEADER_BYTES

    def put(self, key: str, body: bytes) -> None:
        """Keep `body` under `key`, if the system lets us. Not made durable.

        What was kept or got already in this run is the same and stays.
        """
        if key in self._used:
            return
        self._used.add(key)
        path = self.folder / key
        temporary = path.with_name(f"{TEMPORARY}{key}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            temporary.write_bytes(f"{digest(body)}\n".encode() + body)
            temporary.replace(path)
        except OSError:
            return

    def drop(self, key: str) -> None:
        """Forget what is under `key`, as it is damaged."""
        with contextlib.suppress(OSError):
            (self.folder / key).unlink()
        self._used.discard(key)

    def sibling(self, name: str) -> Cache:
        """A folder of entries next to this one, kept in the same way."""
        return Cache(self.folder.parent / name)

    def prune(self) -> None:
        """Drop every entry that was neither asked for nor put since this was made."""
        try:
            for path in self.folder.iterdir():
                if path.name not in self._used:
                    path.unlink()
        except OSError:
            return


TEMPLATES = find_package_path("templates")
"""The templates that come with the program."""
LIBRARIES = (
    "bibtexparser",
    "feedgenerator",
    "jinja2",
    "latex2mathml",
    "markdown",
    "matplotlib",
    "nh3",
    "numpy",
    "pillow",
    "pydantic",
    "pygments",
    "pylatexenc",
    "pymdown-extensions",
    "python-slugify",
    "ruamel.yaml",
    "selectolax",
)
"""Whatever has a say in the bytes of a page."""


@cache
def compute_program_key() -> str:
    """The hash, the same for the life of the process."""
    return hash_parts(
        platform.python_version(),
        {name: version(name) for name in LIBRARIES},
        hash_files(PACKAGE),
    )


def compute_templates_key(project: Path) -> str:
    """The hash of the templates and static files that a project is drawn with."""
    places = (project / "templates", TEMPLATES)
    return hash_parts(
        find_displayed_command(project), [hash_files(place) for place in places]
    )


def find_displayed_command(project: Path) -> str:
    """The command that a project's pages name, however the program was called."""
    return "python build.py" if (project / "build.py").is_file() else "studies"


def hash_shared_files(project: Path) -> dict[str, str]:
    """Hashes of the files beside the studies: the site's settings and references."""
    beside = (project / "studies").glob("*.*")
    return {
        path.name: hash_source_file(path) for path in sorted(beside) if path.is_file()
    }


def hash_files(folder: Path) -> dict[str, str]:
    """SHA-256 of each file in a folder and below by its path from there.

    Byte code is left out. Paths are texts here, as there are thousands of them.
    """
    paths = ((path, f"{folder}/{path}") for path, _is_link in walk_files(folder))
    return {
        path: hash_source_file(file)
        for path, file in paths
        if not path.endswith(".pyc") and isfile(file)  # noqa: PTH113 - see above
    }


def hash_source_file(path: Path | str) -> str:
    """SHA-256 of a source file, read once while it stays as it is."""
    status = os.stat(path)  # noqa: PTH116 - see `hashes`
    return _hash_unchanged_file(
        str(path), status.st_ino, status.st_size, status.st_mtime_ns
    )


@lru_cache(maxsize=16384)
def _hash_unchanged_file(path: str, *_state: int) -> str:
    return digest(Path(path).read_bytes())
