"""Where a file that a study names may be.

A path is relative and stays inside: it is looked for in the study's own folder, then
in the data folder, and a link counts as the place it leads to.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from generator.corpora.base import Folders
from generator.errors import CorpusError, nearest, quoted

NAME_LIMIT = 255
"""Bytes of the longest name in a path; file systems take no longer one."""


def unsafe(path: str) -> str | None:
    """What is wrong with a path written in a study file, or None.

    A good one is relative, with `/` between its parts, and names nothing hidden.
    """
    parts = path.split("/")
    if "://" in path or path.startswith("file:"):
        return "an address; a corpus is a file here: fetch it and name the file"
    if path.startswith(("/", "~")) or "\\" in path or ":" in path:
        return "not a relative path with / between its parts"
    if any(not part.isprintable() or len(part.encode()) > NAME_LIMIT for part in parts):
        return "a part of the path is too long or has control characters"
    if any(part in {"", ".", ".."} or part.startswith(".") for part in parts):
        return "a part of the path is empty, hidden or leads upwards"
    if any(part.endswith((".", " ")) for part in parts):
        return "a part of the path ends in a dot or a space"
    return None


def find(path: str, folders: Folders) -> Path:
    """Where `path` is: in the study's folder, else in the data folder.

    Raises `CorpusError` for an unsafe path, a missing file and a link that leads out.
    """
    if problem := unsafe(path):
        raise CorpusError(
            f"{quoted(path)}: {problem}; put the file into the study's folder or the "
            "data folder and write its path from there"
        )
    for folder in (folders.study, folders.data):
        if os.path.lexists(folder / path):
            return resolved(folder / path, path, folders)
    raise CorpusError(
        f"{quoted(path)}: no such file in the study's folder nor in the data folder; "
        f"{nearest(path, neighbours(path, folders))}"
    )


def neighbours(path: str, folders: Folders) -> list[str]:
    """Some files beside the place where `path` was looked for, written like it."""
    parent = str(PurePosixPath(path).parent)
    places = [(f / parent) for f in (folders.study, folders.data)]
    names = {e.name for p in places if p.is_dir() for e in p.iterdir() if e.is_file()}
    seen = sorted(name for name in names if not name.startswith("."))[:20]
    return [str(PurePosixPath(parent) / name) for name in seen]


def resolved(place: Path, path: str, folders: Folders) -> Path:
    """The file that `place` is, links followed. Raises `CorpusError` if outside."""
    try:
        target = place.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise CorpusError(
            f"{quoted(path)}: a link that leads nowhere; put the file itself there"
        ) from error
    roots = (folders.study.resolve(), folders.data.resolve())
    if not any(target.is_relative_to(root) for root in roots):
        raise CorpusError(
            f"{quoted(path)}: a link that leads out of the study's folder and the data "
            "folder; put the file itself there"
        )
    return target
