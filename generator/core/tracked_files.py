"""Which files of a project belong to its git repository.

Git is asked without a shell, without locks and without running anything that the
repository's configuration names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from generator.core.errors import ConfigError, quote_text


def list_tracked_files(project: Path, *places: str) -> frozenset[str]:
    """Return the files of a project that git tracks, none outside a repository.

    Args:
        project: Folder of the project.
        places: Paths from there; what is at them or below is listed.

    Returns:
        Paths from the project's folder.

    Raises:
        ConfigError: The project is in a git repository that git cannot read.
    """
    return frozenset(path for path, own in _list_files(project, places) if own)


def list_committable_files(project: Path, *places: str) -> frozenset[str]:
    """Return the files of a project that git tracks, or would if they were added.

    Args:
        project: Folder of the project.
        places: Paths from there; what is at them or below is listed.

    Returns:
        Paths from the project's folder; no ignored file, and none outside a repository.

    Raises:
        ConfigError: The project is in a git repository that git cannot read.
    """
    words = ("--others", "--exclude-standard")
    return frozenset(path for path, _ in _list_files(project, places, words))


def _list_files(
    project: Path, places: tuple[str, ...], words: tuple[str, ...] = ()
) -> list[tuple[str, bool]]:
    """Return files and whether git tracks them."""
    root = project.resolve()
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return []
    begin = ["-C", str(root), "-c", "core.fsmonitor=false", "ls-files", "-z", "-t"]
    try:
        answer = subprocess.run(  # noqa: S603 - no shell, and the words are this program's
            [str(shutil.which("git")), *begin, "--cached", *words, "--", *places],
            capture_output=True,
            check=True,
            env=os.environ | {"GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ConfigError(
            f"{quote_text(project)}: git cannot say which artifacts are committed; "
            "mend this, or delete artifacts by hand"
        ) from error
    lines = answer.stdout.decode("utf-8", "surrogateescape").split("\0")
    return [(line[2:], line[0] != "?") for line in lines if line]
