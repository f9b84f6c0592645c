"""What this program is: one hash of its source and of the libraries it draws with."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from generator.files import combined, digest

FOLDER = Path(__file__).resolve().parent
TEMPLATES = FOLDER.parent / "templates"
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
        hashes(sorted(FOLDER.rglob("*.py")), FOLDER),
    )


def templates_key(project: Path) -> str:
    """The hash of the templates and static files that a project is drawn with."""
    places = (project / "templates", TEMPLATES)
    return combined([hashes(files_in(place), place) for place in places])


def shared(project: Path) -> dict[str, str]:
    """Hashes of the files beside the studies: the site's settings and references."""
    studies = project / "studies"
    return hashes(sorted(p for p in studies.glob("*.*") if p.is_file()), studies)


def files_in(folder: Path) -> list[Path]:
    """Every file in a folder and below, sorted; none if there is no folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def hash_of(path: Path) -> str:
    """SHA-256 of a source file, read once while it stays as it is."""
    status = path.stat()
    return _hash_of(path, status.st_ino, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=16384)
def _hash_of(path: Path, *_state: int) -> str:
    return digest(path.read_bytes())


def hashes(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """SHA-256 of each file by its path from `root`."""
    return {path.relative_to(root).as_posix(): hash_of(path) for path in paths}
