"""A cache of results by content hash, and the hash of the program that makes them.

A cache is one folder of small files, each named by a key and headed by the SHA-256 of
what follows. A key is a hash of everything that decides the content, so an entry is
never wrong, only unused: nothing is invalidated, and deleting the folder costs time and
nothing else. Where the system refuses to store an entry, work goes on without; an entry
that does not match its hash is ignored. `Cache.prune` drops what this run did not use,
so that the folder stays as large as one site and is the same after the same build.

The program's own part of a key is one hash of its source and of the libraries that have
a say in the bytes of a page.
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
from generator.core.own_files import list_own_templates
from generator.core.package_data import PACKAGE, find_package_path

HEADER_BYTES = 65
"""Bytes before the content: its hash and the end of that line."""


class Cache:
    """A folder of entries, each under a key of 64 hexadecimal digits.

    Args:
        folder: Where the entries are; made with the first one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._used: set[str] = set()

    def get(self, key: str) -> bytes | None:
        """Return the entry under a key.

        Args:
            key: 64 hexadecimal digits.

        Returns:
            Its content, or None where there is no entry or a damaged one.
        """
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
        """Return the size of an entry without reading, and so without verifying, it.

        Args:
            key: 64 hexadecimal digits.

        Returns:
            Bytes of its content, or None where there is no entry.
        """
        try:
            size = (self.folder / key).lstat().st_size
        except OSError:
            return None
        self._used.add(key)
        return size - HEADER_BYTES

    def put(self, key: str, body: bytes) -> None:
        """Store an entry, if the system allows; it need not survive a power failure.

        An entry that this run has stored or read already is the same and stays.

        Args:
            key: 64 hexadecimal digits.
            body: Content of the entry.
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
        """Remove a damaged entry.

        Args:
            key: 64 hexadecimal digits.
        """
        with contextlib.suppress(OSError):
            (self.folder / key).unlink()
        self._used.discard(key)

    def sibling(self, name: str) -> Cache:
        """Return the cache in a folder beside this one.

        Args:
            name: Name of that folder.
        """
        return Cache(self.folder.parent / name)

    def prune(self) -> None:
        """Remove every entry that was neither read nor stored through this object."""
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
"""Packages that have a say in the bytes of a page."""


@cache
def compute_program_key() -> str:
    """Return the hash of the program, its Python and its libraries.

    It is computed once in the life of a process.

    Returns:
        64 hexadecimal digits.
    """
    return hash_parts(
        platform.python_version(),
        {name: version(name) for name in LIBRARIES},
        hash_files(PACKAGE),
    )


def compute_templates_key(project: Path) -> str:
    """Return the hash of the templates and static files that a project's pages use.

    Args:
        project: Folder of the project; its own `templates/` counts too.

    Returns:
        64 hexadecimal digits.

    Raises:
        ConfigError: If one of its own is a link, no plain file or too large.
    """
    own = {
        name: hash_source_file(project / "templates" / name)
        for name in list_own_templates(project)
    }
    return hash_parts(find_displayed_command(project), own, hash_files(TEMPLATES))


def find_displayed_command(project: Path) -> str:
    """Return the command that a project's pages name, however the program was called.

    Args:
        project: Folder of the project.

    Returns:
        `python build.py` where the project has that file, else `studies`.
    """
    return "python build.py" if (project / "build.py").is_file() else "studies"


def hash_shared_files(project: Path) -> dict[str, str]:
    """Return the hashes of the files beside the studies: settings and references.

    Args:
        project: Folder of the project.

    Returns:
        SHA-256 by the file's name.
    """
    beside = (project / "studies").glob("*.*")
    return {
        path.name: hash_source_file(path) for path in sorted(beside) if path.is_file()
    }


def hash_files(folder: Path) -> dict[str, str]:
    """Return the hash of each file in a folder and below, byte code left out.

    Args:
        folder: The folder; links to files are followed.

    Returns:
        SHA-256 by the file's path from `folder`.
    """
    paths = ((path, f"{folder}/{path}") for path, _is_link in walk_files(folder))
    return {
        path: hash_source_file(file)
        for path, file in paths
        if not path.endswith(".pyc") and isfile(file)  # noqa: PTH113 - thousands of them; a `Path` each is slow
    }


def hash_source_file(path: Path | str) -> str:
    """Return the SHA-256 of a file, which is read again only once it has changed.

    Args:
        path: The file.
    """
    status = os.stat(path)  # noqa: PTH116 - thousands of them; a `Path` each is slow
    return _hash_unchanged_file(
        str(path), status.st_ino, status.st_size, status.st_mtime_ns
    )


@lru_cache(maxsize=16384)
def _hash_unchanged_file(path: str, *_state: int) -> str:
    """Return the SHA-256 of a file; its inode, size and time show any change."""
    return digest(Path(path).read_bytes())
