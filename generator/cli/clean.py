"""Deleting what builds made, and nothing else.

A site goes if it carries a build's marker, a model's folder if its name is a key.
Artifacts go only if they are artifacts and git does not track them: a committed one is
a frozen study, which no machine may be able to make again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.artifacts.store import FIRST_LINE
from generator.core import files
from generator.core.cache import Cache
from generator.core.files import TEMPORARY
from generator.core.tracked_files import list_tracked_files
from generator.site import ownership, portable

KEY = re.compile(r"[0-9a-f]{64}")


def clean_site(site: Path, project: Path) -> Iterator[Path]:
    """Delete the site and what a build left beside it.

    Args:
        site: The site's folder.
        project: The project's folder.

    Yields:
        Each path as it goes.

    Raises:
        ConfigError: For a folder that was not made by a build.
    """
    place = ownership.site_folder(site, project)
    ownership.require_own_folder(place)
    for ending in ("", ".next", ".previous"):
        folder = place.with_name(place.name + ending)
        if ownership.read_manifest(folder) is not None:
            ownership.delete_folder(folder)
            yield folder
    if portable.is_own_archive(archive := portable.archive_path(place)):
        archive.unlink()
        yield archive


def clean_models(project: Path) -> Iterator[Path]:
    """Delete trained models and checkpoints.

    Args:
        project: The project's folder.

    Yields:
        Each path as it goes.

    Raises:
        ConfigError: If the folder of models is a link.
    """
    files.require_plain_folders(project, (".cache", ".cache/models"))
    for folder in sorted((project / ".cache" / "models").glob("*")):
        if KEY.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            files.delete_folder(folder, project, last=files.MANIFEST_NAME)
            yield folder


def clean_cache(project: Path) -> Iterator[Path]:
    """Delete drawn pictures and other cached results.

    Entries are named by a key; files of other names stay.

    Args:
        project: The project's folder.

    Yields:
        Each path as it goes.
    """
    for name in ("kept", "pictures"):
        entries = Cache(project / ".cache" / name, project)
        if entries.prune():
            yield entries.folder


def find_artifact_files(project: Path) -> tuple[list[Path], list[Path]]:
    """Find the artifact files of a project.

    Args:
        project: The project's folder.

    Returns:
        Files that may be deleted, and those that git tracks.

    Raises:
        ConfigError: If the project is a git repository that git cannot read.
    """
    tracked = {project / name for name in list_tracked_files(project, "studies")}
    paths = [path for path in _iterate_candidates(project) if path.is_file()]
    return (
        [path for path in paths if path not in tracked],
        [path for path in paths if path in tracked],
    )


def _iterate_candidates(project: Path) -> Iterator[Path]:
    for folder in sorted((project / "studies").glob("*/artifacts")):
        if folder.is_symlink() or folder.parent.is_symlink():
            continue
        for path in sorted(folder.glob(f"{TEMPORARY}*")):
            yield path
        for path in sorted(folder.glob("*.json")):
            if path.is_file() and not path.is_symlink() and _is_artifact(path):
                yield path
                yield path.with_suffix(".npz")


def _is_artifact(path: Path) -> bool:
    with files.open_regular_file(path) as file:
        return FIRST_LINE.match(file.readline(100)) is not None
