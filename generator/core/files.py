"""Files that are written whole or not at all, and verified when they are read.

A file is written beside its place and moved into it, its bytes flushed first and the
folder after, so that a kill or a full disk leaves the old file or the new one. Links
are never followed. An error of the system becomes a `ResourceError` that says what was
being written and that nothing was lost.

A folder of several files has a manifest, written last, so that a folder with one is
complete. The manifest has the SHA-256 of every file, so that a flipped bit is found
before a file is parsed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from generator.core.errors import IntegrityError, ResourceError, quote_text

TEMPORARY = ".tmp-"
"""Prefix of files under way; whoever finds an old one may remove it."""


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits.

    Args:
        data: The bytes.
    """
    return hashlib.sha256(data).hexdigest()


def hash_parts(*parts: Any) -> str:  # noqa: ANN401 - anything that is plain JSON
    """Return the SHA-256 of the canonical JSON of some values.

    Args:
        parts: Plain JSON values; no number may be infinite or NaN.

    Returns:
        64 hexadecimal digits.
    """
    text = json.dumps(
        parts, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def parse_strict_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of a JSON text, read as strictly as its standard allows.

    Args:
        text: The JSON text.

    Raises:
        ValueError: The text is no JSON (then a `json.JSONDecodeError`, which says
            where), is nested too deeply, repeats a key, or holds a number that is not
            finite.
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=_refuse_repeated_keys,
            parse_constant=_refuse_constant,
            parse_float=_parse_finite,
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {quote_text(twice)} twice in one object")
    return values


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _parse_finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large a number")
    return number


def write(path: Path, data: bytes, what: str = "file", *, mode: int = 0o666) -> None:
    """Write a file atomically and durably, making its folder where there is none.

    The temporary name follows from the final one, so that a killed run leaves nothing
    that the next does not overwrite; writers hold the project's lock.

    Args:
        path: Where the file goes.
        data: Its content.
        what: What it is, for the message where writing fails.
        mode: Who may read and write it, before the process's mask.

    Raises:
        ResourceError: The system refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{TEMPORARY}{path.name}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(temporary, flags, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise make_resource_error(error, path, what) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can.

    Args:
        folder: The folder.
    """
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_resource_error(error: OSError, path: Path, what: str) -> ResourceError:
    """Return the error that says why the system refused to write a file.

    Args:
        error: The system's own error.
        path: The file.
        what: What the file is.
    """
    reasons = {
        errno.ENOSPC: "no space left",
        errno.EDQUOT: "disk quota reached",
        errno.EFBIG: "file size limit reached",
        errno.EROFS: "the file system is read-only",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
    }
    reason = reasons.get(error.errno or 0, os.strerror(error.errno or errno.EIO))
    return ResourceError(
        f"{path}: {reason} while writing {what}; nothing was lost: "
        "mend this and run the same command again"
    )


def walk_files(folder: Path | str, start: str = "") -> Iterator[tuple[str, bool]]:
    """Yield every file in a folder and below, sorted by name.

    Args:
        folder: The folder; nothing is yielded where there is none.
        start: Path to put before every name, with its final `/`.

    Yields:
        The path from `folder`, and whether it is a link, which is not followed.
    """
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    folders = []
    for entry in ordered:
        if entry.is_dir(follow_symlinks=False):
            folders.append(entry)
        else:
            yield start + entry.name, entry.is_symlink()
    for entry in folders:
        yield from walk_files(entry.path, f"{start}{entry.name}/")


MANIFEST_NAME = "manifest.json"
MANIFEST_VERSION = 1


def write_manifest(folder: Path, names: Iterable[str]) -> None:
    """Declare a folder complete.

    Args:
        folder: The folder.
        names: The files that it holds.

    Raises:
        IntegrityError: A file is missing, or is a link.
        ResourceError: The system refuses.
    """
    hashes = {name: digest(_read_plain_file(folder / name)) for name in sorted(names)}
    data = json.dumps({"version": MANIFEST_VERSION, "files": hashes}, indent=1) + "\n"
    write(folder / MANIFEST_NAME, data.encode(), "a model's manifest")


def is_complete(folder: Path) -> bool:
    """Return whether a folder has a manifest and every file matches it.

    Args:
        folder: The folder.
    """
    try:
        return bool(read_verified_files(folder))
    except IntegrityError:
        return False


def read_verified_files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file that a folder's manifest names.

    Args:
        folder: The folder.

    Returns:
        Content by the file's name.

    Raises:
        IntegrityError: The manifest or a file is missing or damaged.
        ResourceError: The system refuses.
    """
    contents: dict[str, bytes] = {}
    for name, sha in _read_manifest(folder / MANIFEST_NAME).items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise _make_damage_error(
                folder / MANIFEST_NAME, "it names a file elsewhere"
            )
        contents[name] = _read_plain_file(path)
        if digest(contents[name]) != sha:
            raise _make_damage_error(path, "its content is not what its SHA-256 says")
    return contents


def _read_manifest(path: Path) -> dict[str, str]:
    try:
        manifest: Any = json.loads(_read_plain_file(path))
        version, listed = manifest["version"], manifest["files"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _make_damage_error(path, "not a manifest") from error
    if version != MANIFEST_VERSION or not isinstance(listed, dict) or not listed:
        raise _make_damage_error(
            path, f"format {version}; this version reads {MANIFEST_VERSION}"
        )
    return listed


def _read_plain_file(path: Path) -> bytes:
    """Return the content of a file that is not a link."""
    if path.is_symlink() or not path.is_file():
        raise _make_damage_error(path, "missing, or not a plain file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ResourceError(
            f"{path}: cannot be read: {error.strerror}; give yourself the right to"
        ) from error


def _make_damage_error(path: Path, problem: str) -> IntegrityError:
    return IntegrityError(f"{path}: {problem}; remove the folder to train again")
