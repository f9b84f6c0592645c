"""Files that a project brings beside its studies, such as templates: named, not read.

A cloned project may hold anything under these names. So nothing is followed and nothing
waits: a link, a pipe or a device is refused by its name, and so is a file or a folder
that is too large to be meant.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from generator.core.errors import ConfigError, quote_text
from generator.core.files import find_kind, open_folder
from generator.core.package_data import find_package_path

TEMPLATES = "templates"
"""Folder of a project's own templates, style sheets and scripts."""
FILE_LIMIT = 1_000_000
"""Bytes of a file."""
COUNT_LIMIT = 1_000
"""Files and folders in a folder and below."""


def list_own_templates(project: Path) -> tuple[str, ...]:
    """Return the files of a project's own templates.

    Args:
        project: Folder of the project.

    Returns:
        Their paths below `templates/`, sorted. There are none where that folder is the
        one that came with the program.

    Raises:
        ConfigError: If one is a link, no plain file or too large.
    """
    folder = project / TEMPLATES
    return () if folder == find_package_path(TEMPLATES) else list_own_files(folder)


def read_own_template(project: Path, name: str) -> bytes:
    """Return the content of one of a project's own templates, following no link.

    Args:
        project: Folder of the project.
        name: Its path below `templates/`.

    Raises:
        ConfigError: It is no file any more, or a part of its path is a link.
    """
    path = project / TEMPLATES / name
    try:
        with (
            open_folder(path.parent, project) as folder,
            folder.open_file(path.name) as file,
        ):
            return file.read()
    except OSError as error:
        raise _refuse(f"{TEMPLATES}/{name}", str(error.strerror)) from error


def list_own_files(folder: Path) -> tuple[str, ...]:
    """Return the files in a folder of a project and below.

    Args:
        folder: A folder at the top of the project; it need not be there.

    Returns:
        Their paths below it, sorted. Hidden files and folders are left out.

    Raises:
        ConfigError: If one is a link, no plain file or too large.
    """
    files: list[str] = []
    waiting = [""]
    try:
        mode = folder.lstat().st_mode
    except OSError:
        return ()
    if not stat.S_ISDIR(mode):
        raise ConfigError(
            f"{folder.name}: {_describe_kind(mode)}; put a folder there, or remove it"
        )
    count = 0
    while waiting:
        start = waiting.pop()
        try:
            with os.scandir(folder / start) as entries:
                for entry in entries:
                    count += 1
                    if count > COUNT_LIMIT:
                        raise ConfigError(
                            f"{folder.name}: holds more than {COUNT_LIMIT:,} files and "
                            "folders; keep there only what pages are made of"
                        )
                    if entry.name.startswith("."):
                        continue
                    path = f"{start}{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(f"{path}/")
                    else:
                        _check_file(entry, f"{folder.name}/{path}")
                        files.append(path)
        except OSError as error:
            raise _refuse(f"{folder.name}/{start}", str(error.strerror)) from error
    return tuple(sorted(files))


def _check_file(entry: os.DirEntry[str], shown: str) -> None:
    """Raise `ConfigError` unless an entry of a folder is a small plain file."""
    status = entry.stat(follow_symlinks=False)
    if not shown.isprintable():
        raise _refuse(shown, "has a control character in its name")
    if not stat.S_ISREG(status.st_mode):
        raise _refuse(shown, _describe_kind(status.st_mode))
    if status.st_size > FILE_LIMIT:
        raise _refuse(shown, f"is larger than {FILE_LIMIT:,} bytes")


def _describe_kind(mode: int) -> str:
    followed = ", which is not followed" if stat.S_ISLNK(mode) else ""
    return f"is {find_kind(mode)}{followed}"


def _refuse(shown: str, problem: str) -> ConfigError:
    name = quote_text(shown, 200)[1:-1]
    return ConfigError(f"{name}: {problem}; put a plain file there, or remove it")
