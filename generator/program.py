"""What this program is: one hash of its source and of the libraries it draws with."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from functools import cache
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


def files_in(folder: Path) -> list[Path]:
    """Every file in a folder and below, sorted; none if there is no folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def hashes(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """SHA-256 of each file by its path from `root`."""
    return {
        path.relative_to(root).as_posix(): digest(path.read_bytes()) for path in paths
    }
