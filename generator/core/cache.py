"""A cache of results by content hash, and the hash of the program that makes them.

A cache is one folder of small files, each named by a key and headed by the SHA-256 of
that key and what follows. A key is a hash of everything that decides the content, so an
entry is never wrong, only unused: nothing is invalidated, and deleting the folder costs
time and nothing else. Where the system refuses to store an entry, work goes on without;
an entry that does not match its hash, as it is damaged or another's, is not used.
`Cache.prune` drops what this run did not use, so that the folder stays as large as one
site and is the same after the same build. It drops files with names of ours, in a
folder with a marker of ours, and nothing else.

The program's own part of a key is one hash of its source and of the libraries that have
a say in the bytes of a page.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import stat
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.metadata import version
from os.path import isfile
from pathlib import Path
from typing import TypeVar

from generator.core.errors import ConfigError, format_some_names
from generator.core.files import (
    TEMPORARY,
    OpenFolder,
    digest,
    find_kind,
    hash_parts,
    open_folder,
    open_regular_file,
    walk_files,
)
from generator.core.own_files import list_own_templates
from generator.core.package_data import PACKAGE, find_package_path

HEADER_BYTES = 65
"""Bytes before the content: the seal and the end of that line."""
MARKER = "CACHEDIR.TAG"
"""The file that marks a folder as a cache of ours; backup programs know it too."""
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55\n"
"""How such a file begins, whatever program wrote it."""
MARK = SIGNATURE + (
    b"# Results of interpretability-studies, all of which can be made again.\n"
)
OWN_NAME = re.compile(rf"({re.escape(TEMPORARY)})?([0-9a-f]{{64}}|{MARKER})")
"""Names that this program gives to files of a cache."""
MALFORMED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What decoding bytes of another meaning can raise."""

T = TypeVar("T")


def seal_entry(key: str, body: bytes) -> bytes:
    """Return the first line of an entry: a hash of its key and its content.

    Args:
        key: The entry's key.
        body: Its content.
    """
    return f"{digest(f'{key} '.encode() + body)}\n".encode()


class Cache:
    """A folder of entries, each under a key of 64 hexadecimal digits.

    Args:
        folder: Where the entries are; made with the first one.
        within: The folder below which no link is followed, such as the project's; None
            for the one above `folder`.
    """

    def __init__(self, folder: Path, within: Path | None = None) -> None:
        self.folder = folder
        self.within = within or folder.parent
        self.refused: dict[str, None] = {}
        """Entries that were there and could not be used, as messages name them."""
        self._used: set[str] = set()
        self._ignored: set[str] = set()
        self.distrusted = False
        """Whether entries of earlier runs are not used."""
        self._owned: bool | None = None

    def get(self, key: str) -> bytes | None:
        """Return the entry under a key.

        Args:
            key: 64 hexadecimal digits.

        Returns:
            Its content, or None where there is no entry, a damaged one, or one that was
            stored under another key.
        """
        if self._is_ignored(key):
            return None
        try:
            with (
                open_folder(self.folder, self.within) as folder,
                folder.open_file(key) as file,
            ):
                head, body = file.readline(HEADER_BYTES), file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            self.refuse(key)
            return None
        if head != seal_entry(key, body):
            self.refuse(key)
            return None
        self._used.add(key)
        return body

    def recall(self, key: str, decode: Callable[[bytes], T]) -> T | None:
        """Return what an entry stands for.

        Args:
            key: 64 hexadecimal digits.
            decode: Gives the value of an entry's content, or raises one of `MALFORMED`.

        Returns:
            The value, or None where there is no entry that can be decoded.
        """
        body = self.get(key)
        if body is None:
            return None
        try:
            return decode(body)
        except MALFORMED:
            self.refuse(key)
            return None

    def size(self, key: str) -> int | None:
        """Return the size of an entry without reading, and so without verifying, it.

        Args:
            key: 64 hexadecimal digits.

        Returns:
            Bytes of its content, or None where there is no entry.
        """
        if self._is_ignored(key):
            return None
        try:
            with open_folder(self.folder, self.within) as folder:
                status = folder.read_status(key)
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):
            self.refuse(key)
            return None
        self._used.add(key)
        return status.st_size - HEADER_BYTES

    def put(self, key: str, body: bytes) -> None:
        """Store an entry, if the system allows; it need not survive a power failure.

        An entry that this run has stored or read already is the same and stays.

        Args:
            key: 64 hexadecimal digits.
            body: Content of the entry.
        """
        if key in self._used:
            return
        try:
            with open_folder(self.folder, self.within, make=True) as folder:
                if self._owns(folder):
                    data = seal_entry(key, body) + body
                    folder.write_file(key, data, durable=False)
        except OSError:
            return
        self._used.add(key)
        self._ignored.discard(key)

    def refuse(self, key: str) -> None:
        """Use an entry no more, as it is not what it should be.

        It is put anew, or pruned.

        Args:
            key: 64 hexadecimal digits.
        """
        self.refused[f"{self.folder.name}/{key[:12]}…"] = None
        self._ignored.add(key)
        self._used.discard(key)

    def distrust(self) -> None:
        """Use no entry that is there, so that all are made and put anew."""
        self.distrusted = True
        self._used = set()

    def describe_refused(self) -> str:
        """Return one sentence on all entries that could not be used, "" for none."""
        if self.distrusted:
            return (
                f"{self.folder.parent.name}: the cache gave a page that could harm, or "
                "lost a part of one; nothing of it was used, and all was made again"
            )
        names = tuple(self.refused)
        if not names:
            return ""
        count = "1 entry" if len(names) == 1 else f"{len(names)} entries"
        return (
            f"{self.folder.parent.name}: {count} of the cache damaged, or put there "
            f"under another name ({format_some_names(names, 2)}); not used, and made "
            "again"
        )

    def sibling(self, name: str) -> Cache:
        """Return the cache in a folder beside this one.

        Args:
            name: Name of that folder.
        """
        beside = Cache(self.folder.parent / name, self.within)
        beside.refused = self.refused
        return beside

    def count_entries(self) -> int:
        """Return how many entries the folder holds."""
        try:
            with open_folder(self.folder, self.within) as folder:
                return sum(entry.name != MARKER for entry in folder.list_entries())
        except OSError:
            return 0

    def prune(self) -> int:
        """Remove every entry that was neither read nor stored through this object.

        Files of other names stay, and so does all in a folder that is not marked.

        Returns:
            How many entries were removed.
        """
        removed = 0
        with (
            contextlib.suppress(OSError),
            open_folder(self.folder, self.within) as folder,
        ):
            if not self._owns(folder):
                return 0
            for entry in folder.list_entries():
                if entry.is_dir(follow_symlinks=False) or entry.name == MARKER:
                    continue
                if OWN_NAME.fullmatch(entry.name) and entry.name not in self._used:
                    folder.remove_file(entry.name)
                    removed += 1
        return removed

    def _is_ignored(self, key: str) -> bool:
        return key in self._ignored or (self.distrusted and key not in self._used)

    def _owns(self, folder: OpenFolder) -> bool:
        """Return whether an open folder is a cache of ours, marking it if it is new."""
        if self._owned is None:
            names = {entry.name for entry in folder.list_entries()}
            mark = _read_mark(folder) if MARKER in names else b""
            self._owned = mark == MARK
            # A damaged mark is none; that of another program is.
            if not mark.startswith(SIGNATURE) and all(map(OWN_NAME.fullmatch, names)):
                folder.write_file(MARKER, MARK, durable=False)
                self._owned = True
        return self._owned


def _read_mark(folder: OpenFolder) -> bytes:
    """Return the beginning of a marker, nothing of what is no file."""
    try:
        with folder.open_file(MARKER) as file:
            return file.read(len(MARK) + 1)
    except OSError:
        return b""


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


def hash_files(folder: Path, but: str = "") -> dict[str, str]:
    """Return the hash of each file in a folder and below, byte code left out.

    Args:
        folder: The folder; links to files are followed.
        but: A folder in it whose files are left out, "" for none.

    Returns:
        SHA-256 by the file's path from `folder`.

    Raises:
        ConfigError: Something is a FIFO, a socket or a device, which whoever reads it
            would wait for.
    """
    hashes = {}
    for path, is_link in walk_files(folder):
        file = f"{folder}/{path}"
        if path.endswith(".pyc") or (but and path.startswith(f"{but}/")):
            continue
        if isfile(file):  # noqa: PTH113 - thousands of them; a `Path` each is slow
            hashes[path] = hash_source_file(file)
        elif not is_link and os.path.exists(file):  # noqa: PTH110 - see above
            words = find_kind(os.stat(file).st_mode)  # noqa: PTH116 - see above
            raise ConfigError(
                f"{folder.name}/{path}: is {words}, which is never read; remove it, or "
                "put a file in its place"
            )
    return hashes


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
    with open_regular_file(path, follow=True) as file:  # nothing that it would wait for
        return hashlib.file_digest(file, "sha256").hexdigest()
