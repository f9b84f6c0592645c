"""What this program is: one hash of its source and of the libraries it draws with."""

from __future__ import annotations

import os
import platform
from functools import cache, lru_cache
from importlib.metadata import version
from os.path import isfile
from pathlib import Path

from generator.files import below, combined, digest
from generator.shipped import PACKAGE, shipped

TEMPLATES = shipped("templates")
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
def program_key() -> str:
    """The hash, the same for the life of the process."""
    return combined(
        platform.python_version(),
        {name: version(name) for name in LIBRARIES},
        hashes(PACKAGE),
    )


def templates_key(project: Path) -> str:
    """The hash of the templates and static files that a project is drawn with."""
    places = (project / "templates", TEMPLATES)
    return combined(command_of(project), [hashes(place) for place in places])


def command_of(project: Path) -> str:
    """The command that a project's pages name, however the program was called."""
    return "python build.py" if (project / "build.py").is_file() else "studies"


def shared(project: Path) -> dict[str, str]:
    """Hashes of the files beside the studies: the site's settings and references."""
    beside = (project / "studies").glob("*.*")
    return {path.name: hash_of(path) for path in sorted(beside) if path.is_file()}


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file in a folder and below by its path from there.

    Byte code is left out. Paths are texts here, as there are thousands of them.
    """
    paths = ((path, f"{folder}/{path}") for path, _is_link in below(folder))
    return {
        path: hash_of(file)
        for path, file in paths
        if not path.endswith(".pyc") and isfile(file)  # noqa: PTH113 - see above
    }


def hash_of(path: Path | str) -> str:
    """SHA-256 of a source file, read once while it stays as it is."""
    status = os.stat(path)  # noqa: PTH116 - see `hashes`
    return _hash_of(str(path), status.st_ino, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=16384)
def _hash_of(path: str, *_state: int) -> str:
    return digest(Path(path).read_bytes())
