"""A folder that is complete or not, and says what it must hold.

The manifest is written last, so that a folder with one is complete; it names every
file with its SHA-256, so that a flipped bit is found before a file is parsed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from generator import files
from generator.errors import IntegrityError, ResourceError

NAME = "manifest.json"
VERSION = 1


def complete(folder: Path, names: Iterable[str]) -> None:
    """Declare `folder` complete with the files `names`. Raises `ResourceError`."""
    found = {name: files.digest(_bytes(folder / name)) for name in sorted(names)}
    data = json.dumps({"version": VERSION, "files": found}, indent=1) + "\n"
    files.write(folder / NAME, data.encode(), "a model's manifest")


def is_complete(folder: Path) -> bool:
    """Whether the manifest is there and every file is what it says."""
    try:
        return bool(verified(folder))
    except IntegrityError:
        return False


def verified(folder: Path) -> dict[str, bytes]:
    """Content of every file, by name. Raises `IntegrityError` if any is damaged."""
    found: dict[str, bytes] = {}
    for name, sha in _manifest(folder / NAME).items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise _damaged(folder / NAME, "it names a file elsewhere")
        found[name] = _bytes(path)
        if files.digest(found[name]) != sha:
            raise _damaged(path, "its content is not what its SHA-256 says")
    return found


def _manifest(path: Path) -> dict[str, str]:
    try:
        found: Any = json.loads(_bytes(path))
        version, listed = found["version"], found["files"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(path, "not a manifest") from error
    if version != VERSION or not isinstance(listed, dict) or not listed:
        raise _damaged(path, f"format {version}; this version reads {VERSION}")
    return listed


def _bytes(path: Path) -> bytes:
    """Bytes of a plain file; a link is not followed."""
    if path.is_symlink() or not path.is_file():
        raise _damaged(path, "missing, or not a plain file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ResourceError(
            f"{path}: cannot be read: {error.strerror}; give yourself the right to"
        ) from error


def _damaged(path: Path, problem: str) -> IntegrityError:
    return IntegrityError(f"{path}: {problem}; remove the folder to train again")
