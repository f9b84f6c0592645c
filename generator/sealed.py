"""An artifact's bytes: sealed by a hash on their first line, and read with distrust.

What does not match its hash is never handed out, links are never followed, JSON is
read strictly.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from generator import files
from generator.errors import IntegrityError, MissingArtifactError, ResourceError
from generator.invocation import command_line

FIRST_LINE = re.compile(rb'\{"sha256": "([0-9a-f]{64})",\n')
LIMIT = 1 << 29
"""Bytes of one artifact file at most (512 MB)."""


def sealed(top: Mapping[str, Any], content: Mapping[str, Any]) -> bytes:
    """A file: its hash, then fields of `top`, then those of `content`, one a line."""
    lines = [f'"{name}": {_line(value)},' for name, value in top.items()]
    body = ",\n".join(f'"{name}": {_line(value)}' for name, value in content.items())
    rest = "\n".join([*lines, '"content": {', body, "}}"]) + "\n"
    data = rest.encode()
    return f'{{"sha256": "{files.digest(data)}",\n'.encode() + data


def _line(value: object) -> str:
    # Lone surrogates have no UTF-8; escaped, they still read back as they were.
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return re.sub("[\ud800-\udfff\x7f-\x9f\u2028\u2029]", _escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def verified(path: Path) -> bytes:
    """The file's bytes, which match the hash on their first line.

    Raises `MissingArtifactError`, `IntegrityError` for a damaged file, `ResourceError`
    if the system refuses.
    """
    data = _bytes(path)
    first = FIRST_LINE.match(data)
    if first is None:
        damaged(path, "its first line is not a hash")
    if files.digest(data[first.end() :]) != first[1].decode():
        damaged(path, "its hash does not match")
    return data


def parsed(path: Path, data: bytes) -> dict[str, Any]:
    """What such bytes say, as strict JSON whose numbers are finite.

    Raises `IntegrityError` for anything else.
    """
    try:
        found = files.strict_json(data.decode("utf-8"))
    except ValueError as error:
        damaged(path, str(error))
    if not isinstance(found, dict):
        damaged(path, "it is not a map")
    return found


def side(path: Path, expected: object) -> bytes:
    """The bytes of an artifact's side file, which match their hash.

    Raises `IntegrityError`, `ResourceError` if the system refuses.
    """
    beside = path.with_suffix(".npz")
    try:
        data = _bytes(beside)
    except MissingArtifactError:
        damaged(path, f"{beside.name} is missing")
    if files.digest(data) != expected:
        damaged(beside, "its hash does not match")
    return data


def _bytes(path: Path) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > LIMIT:
                damaged(path, "it is not a file of ours")
            return file.read()
    except FileNotFoundError as error:
        raise MissingArtifactError(
            f"{path}: artifact {path.stem} was never collected; "
            f"run: {command_line('collect')}"
        ) from error
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.EMLINK):
            damaged(path, "it is a link or a folder")
        raise ResourceError(f"{path}: cannot be read: {error.strerror}") from error


def damaged(path: Path, reason: str) -> NoReturn:
    """Raise `IntegrityError`, saying what to do."""
    raise IntegrityError(
        f"{path}: artifact {path.stem} is damaged: {reason}; "
        f"run: {command_line('collect')}"
    )
