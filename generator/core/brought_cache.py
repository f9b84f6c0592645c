"""Results in `.cache` that git brings into a project: found, and set aside.

What is in `.cache` was made by this machine, and is believed for that reason: whoever
can write there can write the sources too. A repository that tracks files of it breaks
this: a clone then has results that somebody else made, or made up, and their hashes fit
as well as those of true ones. So whatever git tracks there is moved out of the way, and
is made again. It is not deleted, as it may be the author's own.

Files are judged by their names alone. Whether one was changed since it was checked out
is no proof of who made it, as attributes that a repository brings decide what git calls
a change.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from generator.core import files
from generator.core.tracked_files import list_tracked_files

CACHE, ASIDE = ".cache", "aside"
MEND = "git rm -r --cached .cache"
"""The command after which git tracks nothing there."""
DEPTH = 3
"""Parts of the path of what is set aside as one, such as `.cache/models/<key>`."""


def list_brought_files(project: Path) -> frozenset[str]:
    """Return the files of a project's cache that git tracks.

    Args:
        project: Folder of the project.

    Returns:
        Paths from the project's folder; what was set aside is left out.

    Raises:
        ConfigError: The project is in a git repository that git cannot read.
    """
    # A disk that does not tell capitals from small letters has one folder for both.
    tracked = list_tracked_files(project, f":(icase){CACHE}")
    aside = f"{CACHE}/{ASIDE}/"
    return frozenset(p for p in tracked if not p.lower().startswith(aside))


def set_aside(project: Path, brought: Iterable[str]) -> None:
    """Move what git brought into a folder that nothing is read from.

    A model goes as a whole, though git may track some of its files alone. What was set
    aside before under the same name is removed.

    Args:
        project: Folder of the project.
        brought: Paths from there, as of `list_brought_files`.

    Raises:
        ResourceError: The system refuses.
    """
    for unit in sorted(
        {unit for path in brought for unit in _find_units(project, path)}
    ):
        source = project / CACHE / unit
        target = project / CACHE / ASIDE / unit
        try:
            _move(project, source, target)
        except FileNotFoundError:
            continue
        except OSError as error:
            what = "what git brought into another folder"
            raise files.make_resource_error(error, source, what) from error


def _find_units(project: Path, path: str) -> list[PurePosixPath]:
    """Return what goes with a tracked path, as paths below the cache."""
    first, *rest = PurePosixPath(path).parts[:DEPTH]
    folder = project / CACHE
    try:
        if not (project / first).samefile(folder):
            return []  # another folder, on a disk that tells letters apart
    except OSError:
        return []
    if rest:
        return [PurePosixPath(*rest)]
    # All of it is another repository, as a part of this one.
    names = sorted(entry.name for entry in os.scandir(folder))
    return [PurePosixPath(n) for n in names if n != ASIDE and not n.startswith("lock")]


def _move(project: Path, source: Path, target: Path) -> None:
    with files.open_folder(source.parent, project) as here:
        here.read_status(source.name)
        with files.open_folder(target.parent, project, make=True) as there:
            try:
                there.read_status(target.name)
            except FileNotFoundError:
                pass
            else:
                _remove(project, target)
            os.rename(
                here.find_place(source.name),
                there.find_place(target.name),
                src_dir_fd=here.handle,
                dst_dir_fd=there.handle,
            )


def _remove(project: Path, path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        files.delete_folder(path, project)
    else:
        files.remove(path, project)


def describe_brought(brought: Iterable[str]) -> str:
    """Return how many files git tracks in the cache, in a few words.

    Args:
        brought: Their paths.
    """
    count = len(tuple(brought))
    return f"git tracks {count} {'file' if count == 1 else 'files'} of it"
