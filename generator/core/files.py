"""Files that are written whole or not at all, and verified when they are read.

A file is written beside its place and moved into it, its bytes flushed first and the
folder after, so that a kill or a full disk leaves the old file or the new one. As it
takes the place of what was there, a file that has a second name elsewhere stays as it
is under that name. An error of the system becomes a `ResourceError` that says what was
being written and that nothing was lost.

What a project's folders hold may have come with it, by git or an archive. So a folder
of ours is opened part by part from the project on, no part being a link, and files in
it are opened, replaced and removed by its descriptor: a link that is put in the way
meanwhile leads nowhere. What is read is a regular file: a FIFO is never waited for, and
a device is never read.

A folder of several files has a manifest, written last, so that a folder with one is
complete. The manifest has the folder's own name, so that no folder passes for another,
and the SHA-256 of every file, so that a flipped bit is found before a file is parsed.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import math
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from generator.core.errors import (
    ConfigError,
    IntegrityError,
    ResourceError,
    quote_text,
)

TEMPORARY = ".tmp-"
"""Prefix of files under way; whoever finds an old one may remove it."""
KINDS = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
"""What a path can be beside a regular file, and the words for it."""
BY_DESCRIPTOR = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
"""Whether the system opens files in an open folder; Windows does not."""
MOUNTS = Path("/proc/self/mountinfo")
"""Where Linux lists what is mounted, folders that are bound to others included."""


_REFUSALS = {
    errno.ENOSPC: "no space left",
    errno.EDQUOT: "disk quota reached",
    errno.EFBIG: "file size limit reached",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
}
"""What the system means by some of its errors."""


def _combine_flags(*names: str) -> int:
    """Return the flags of `os.open` with these names, without those not known here."""
    flags = 0
    for name in names:
        flags |= getattr(os, name, 0)
    return flags


_NO_LINK = _combine_flags("O_NOFOLLOW")
_SAFE = _NO_LINK | _combine_flags("O_CLOEXEC", "O_NOCTTY", "O_BINARY")
_READING = _SAFE | _combine_flags("O_RDONLY", "O_NONBLOCK")
_WRITING = _SAFE | _combine_flags("O_WRONLY", "O_CREAT", "O_EXCL")
_FOLDER = _combine_flags("O_RDONLY", "O_DIRECTORY", "O_CLOEXEC")


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


DIGITS_LIMIT = 1000
"""Characters of the longest whole number that is read."""


def parse_strict_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of a JSON text, read as strictly as its standard allows.

    Args:
        text: The JSON text.

    Raises:
        ValueError: The text is no JSON or holds a whole number that is too long (then a
            `json.JSONDecodeError`, which says where), is nested too deeply, repeats a
            key, or holds a number that is not finite.
    """

    def parse_whole(digits: str) -> int:
        if len(digits) <= DIGITS_LIMIT:
            return int(digits)
        problem = f"a number of {len(digits):,} digits, which is too long to be meant"
        raise json.JSONDecodeError(problem, text, text.index(digits))

    try:
        return json.loads(
            text,
            object_pairs_hook=_refuse_repeated_keys,
            parse_constant=_refuse_constant,
            parse_float=_parse_finite,
            parse_int=parse_whole,
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


def find_kind(mode: int) -> str:
    """Return what a path is, by its mode, as in "a folder"; "a file" for a file.

    Args:
        mode: The field `st_mode` of the path's status.
    """
    return next((words for is_kind, words in KINDS if is_kind(mode)), "a file")


def _refuse_kind(place: object, mode: int) -> OSError:
    """Return the error for a path that is not what was expected."""
    words = find_kind(mode)
    if words == "a link":
        words += ", and links are not followed"
        return OSError(errno.ELOOP, f"{place} is {words}", str(place))
    return OSError(errno.EINVAL, f"{place} is {words}", str(place))


def open_regular_file(
    path: Path | str, folder: int | None = None, *, follow: bool = False
) -> BufferedReader:
    """Open a file for reading that is one: no link, no folder, FIFO, socket or device.

    Args:
        path: The file.
        folder: Descriptor of the folder that `path` is relative to, None for none.
        follow: Whether it may be a link to a file.

    Returns:
        The open file.

    Raises:
        OSError: The system refuses, or the path is something else; `strerror` says
            what it is.
    """
    try:
        mode = os.stat(path, dir_fd=folder, follow_symlinks=follow).st_mode
        if not stat.S_ISREG(mode):
            raise _refuse_kind(Path(path).name, mode)
        flags = _READING & ~_NO_LINK if follow else _READING
        handle = os.open(path, flags, dir_fd=folder)
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):  # it was exchanged meanwhile
        os.close(handle)
        raise _refuse_kind(Path(path).name, mode)
    return os.fdopen(handle, "rb")


def read_regular_file(path: Path | str) -> bytes:
    """Return the content of a file that is one; see `open_regular_file`.

    Args:
        path: The file.
    """
    with open_regular_file(path) as file:
        return file.read()


TEXT_LIMIT = 1_000_000
"""Bytes of the longest file that can be a study file or a write-up."""


def read_plain_text(path: Path | str) -> str:
    """Return the beginning of a regular file as UTF-8; see `open_regular_file`.

    Args:
        path: The file; bytes that are not UTF-8 become U+FFFD.

    Returns:
        The text; what is longer than `TEXT_LIMIT` is cut, as it is refused elsewhere.
    """
    with open_regular_file(path) as file:
        return file.read(TEXT_LIMIT).decode("utf-8", "replace")


@dataclass(frozen=True)
class OpenFolder:
    """A folder that was reached without following a link, and that stays the same.

    Attributes:
        path: The folder.
        handle: Its descriptor, None where the system has none of folders.
    """

    path: Path
    handle: int | None

    def find_place(self, name: str) -> str:
        """Return a file's path for functions of `os` that get `handle` too.

        Args:
            name: The file's name.
        """
        return name if self.handle is not None else str(self.path / name)

    def open_file(self, name: str) -> BufferedReader:
        """Open a regular file; see `open_regular_file`.

        Args:
            name: The file's name.
        """
        return open_regular_file(self.find_place(name), self.handle)

    def read_status(self, name: str) -> os.stat_result:
        """Return the status of what has a name, of a link itself.

        Args:
            name: The name.
        """
        place = self.find_place(name)
        return os.stat(place, dir_fd=self.handle, follow_symlinks=False)

    def list_entries(self) -> list[os.DirEntry[str]]:
        """Return what the folder holds, sorted by name."""
        with os.scandir(self.path if self.handle is None else self.handle) as scan:
            return sorted(scan, key=lambda entry: entry.name)

    def write_file(
        self, name: str, data: bytes, *, durable: bool = True, mode: int = 0o666
    ) -> None:
        """Write a file beside its place, under a name of its own, and move it there.

        A folder in the way is set aside, with all it holds. The temporary name follows
        from the final one, so that a killed run leaves nothing that the next does not
        overwrite; writers hold the project's lock.

        Args:
            name: The file's name.
            data: Its content.
            durable: Whether it must survive a power failure.
            mode: Who may read and write it, before the process's mask.
        """
        temporary = self.find_place(f"{TEMPORARY}{name}")
        try:
            handle = os.open(temporary, _WRITING, mode, dir_fd=self.handle)
        except FileExistsError:
            # Of a killed run; never written to, as it may be a link.
            if not self.set_folder_aside(f"{TEMPORARY}{name}"):
                os.unlink(temporary, dir_fd=self.handle)
            handle = os.open(temporary, _WRITING, mode, dir_fd=self.handle)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        self.set_folder_aside(name)
        self.move_file(f"{TEMPORARY}{name}", name)
        if durable and self.handle is not None:
            os.fsync(self.handle)

    def set_folder_aside(self, name: str) -> bool:
        """Rename what has a name if it is a folder, to a name that is free.

        Args:
            name: The name.

        Returns:
            Whether it was a folder.
        """
        try:
            if not stat.S_ISDIR(self.read_status(name).st_mode):
                return False
        except FileNotFoundError:
            return False
        taken = {entry.name for entry in self.list_entries()}
        numbers = itertools.count(1)
        aside = next(a for n in numbers if (a := f".aside-{n}-{name}") not in taken)
        os.rename(
            self.find_place(name),
            self.find_place(aside),
            src_dir_fd=self.handle,
            dst_dir_fd=self.handle,
        )
        return True

    def move_file(self, name: str, target: str) -> None:
        """Give what has a name another one, in the place of what has that.

        Args:
            name: The name.
            target: The new name.
        """
        os.replace(
            self.find_place(name),
            self.find_place(target),
            src_dir_fd=self.handle,
            dst_dir_fd=self.handle,
        )

    def remove_file(self, name: str) -> None:
        """Remove a file or a link, if there is one.

        Args:
            name: Its name.
        """
        try:
            os.unlink(self.find_place(name), dir_fd=self.handle)
        except FileNotFoundError:
            return


@contextmanager
def open_folder(
    folder: Path, within: Path | None = None, *, make: bool = False
) -> Iterator[OpenFolder]:
    """Open a folder, following no link on the way.

    Args:
        folder: The folder.
        within: The folder below which no part may be a link, such as the project's;
            None to trust the whole path.
        make: Whether missing folders are made.

    Yields:
        The open folder.

    Raises:
        OSError: The system refuses, or a part is a link or no folder.
    """
    top = folder if within is None else within
    parts = folder.relative_to(top).parts
    if ".." in parts:
        raise OSError(errno.EINVAL, f"{folder} leaves {top}")
    if make:
        top.mkdir(parents=True, exist_ok=True)
    if not BY_DESCRIPTOR:
        _check_parts(top, parts, make=make)
        yield OpenFolder(folder, None)
        return
    handle = os.open(top, _FOLDER)
    try:
        for number, part in enumerate(parts, 1):
            below = _open_part(handle, part, top.joinpath(*parts[:number]), make=make)
            os.close(handle)
            handle = below
        yield OpenFolder(folder, handle)
    finally:
        os.close(handle)


def _open_part(above: int, name: str, place: Path, *, make: bool) -> int:
    """Return the descriptor of a folder in an open one."""
    while True:
        try:
            return os.open(name, _FOLDER | _SAFE, dir_fd=above)
        except FileNotFoundError as error:
            if not make:
                error.filename = str(place)
                raise
            try:
                os.mkdir(name, dir_fd=above)
            except FileExistsError:  # another process made it meanwhile
                continue
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK):
                error.filename = str(place)
                raise
            mode = os.stat(name, dir_fd=above, follow_symlinks=False).st_mode
            raise _refuse_kind(place, mode) from error


def _check_parts(top: Path, parts: Iterable[str], *, make: bool) -> None:
    """Check that a folder is reached without a link, where nothing better is there."""
    for part in parts:
        top /= part
        if make and not os.path.lexists(top):
            top.mkdir(exist_ok=True)
        mode = top.lstat().st_mode
        if not stat.S_ISDIR(mode):
            raise _refuse_kind(top, mode)


def require_plain_folders(
    project: Path, paths: Iterable[str], files: Iterable[str] = ()
) -> None:
    """Check that paths of a project are what the program makes there, where they exist.

    Args:
        project: The project's folder.
        paths: Folders, relative to it.
        files: Files that are written in place, which may have no second name elsewhere.

    Raises:
        ConfigError: With each path that is something else.
    """
    problems = []
    for path, is_expected, words in (
        *((path, stat.S_ISDIR, "a folder") for path in paths),
        *((path, stat.S_ISREG, "a file") for path in files),
    ):
        try:
            status = (project / path).lstat()
        except OSError:
            continue
        if is_expected(status.st_mode):
            if words == "a folder" or status.st_nlink == 1:
                continue
            what = "has a second name elsewhere (a hard link)"
        else:
            what = f"is {find_kind(status.st_mode)}"
            what += ", and links are not followed" if what == "is a link" else ""
        problems.append(
            f"{path}: {what}; nothing was touched: remove it, or put {words} of this "
            "project alone in its place"
        )
    if problems:
        raise ConfigError(*problems)


MODEL_DEPTH = 3
"""Folders from a model's, `.cache/models/<key>`, up to its project's."""
ARTIFACT_DEPTH = 4
"""Folders from `studies/<study>/artifacts/<name>.json` up to the project's."""
STUDY_DEPTH = 3
"""Folders from a file in a study's own folder up to the project's."""


def find_project_of(path: Path, depth: int) -> Path:
    """Return the folder from which on a path of the program's own is opened.

    Args:
        path: The path.
        depth: How many folders above it the project is, fewer where there are fewer.
    """
    above = path.parents
    return above[min(depth, len(above)) - 1]


def write(
    path: Path,
    data: bytes,
    what: str = "file",
    within: Path | None = None,
    *,
    mode: int = 0o666,
) -> None:
    """Write a file atomically and durably, making its folder where there is none.

    Args:
        path: Where the file goes.
        data: Its content.
        what: What it is, for the message where writing fails.
        within: The folder below which no link is followed; None for the file's own.
        mode: Who may read and write it, before the process's mask.

    Raises:
        ResourceError: The system refuses, or a part of the path is a link.
    """
    try:
        with open_folder(path.parent, within, make=True) as folder:
            folder.write_file(path.name, data, mode=mode)
    except OSError as error:
        raise make_resource_error(error, path, f"writing {what}") from error


def remove(path: Path, within: Path | None = None) -> None:
    """Remove a file or a link, if there is one, following no link on the way.

    A folder in its place is set aside, with all it holds.

    Args:
        path: The file.
        within: The folder below which no link is followed; None for the file's own.

    Raises:
        ResourceError: The system refuses, or a part of the path is a link.
    """
    try:
        with open_folder(path.parent, within) as folder:
            if not folder.set_folder_aside(path.name):
                folder.remove_file(path.name)
    except FileNotFoundError:
        return
    except OSError as error:
        raise make_resource_error(error, path, "removing it") from error


def find_mounts(folder: Path) -> list[Path]:
    """Return the places at and below a folder where something else is mounted.

    Deleting there would delete what is elsewhere. Only Linux says so of all mounts; a
    folder bound to another of the same file system looks like any other.

    Args:
        folder: The folder.
    """
    try:
        lines = MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return [folder] if folder.is_mount() else []
    root = folder.parent.resolve() / folder.name
    places = (Path(_unescape_mount(line.split(" ")[4])) for line in lines)
    return sorted(place for place in places if place.is_relative_to(root))


def _unescape_mount(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def delete_folder(folder: Path, within: Path | None = None, *, last: str = "") -> None:
    """Delete a folder and all in it, following no link.

    Deletion goes by open descriptors, so that a link put in the way while it runs is
    removed itself.

    Args:
        folder: The folder.
        within: The folder below which no link is followed; None for the one above.
        last: Name of the file that goes last, so that a killed deletion can be taken
            up.

    Raises:
        OSError: The system refuses, the folder is a link, or something is mounted in
            it.
    """
    if mounts := find_mounts(folder):
        raise OSError(errno.EBUSY, f"{mounts[0]} is a mount point", str(folder))
    with open_folder(folder.parent, within) as above:
        _delete_in(above, folder.name, last)


def _delete_in(above: OpenFolder, name: str, last: str) -> None:
    with open_folder_in(above, name) as here:
        for entry in sorted(here.list_entries(), key=lambda one: one.name == last):
            if entry.is_dir(follow_symlinks=False):
                _delete_in(here, entry.name, last)
            else:
                here.remove_file(entry.name)
    os.rmdir(above.find_place(name), dir_fd=above.handle)


@contextmanager
def open_folder_in(above: OpenFolder, name: str) -> Iterator[OpenFolder]:
    """Open a folder in an open one.

    Args:
        above: The open folder.
        name: Name of the folder in it.

    Yields:
        The open folder.

    Raises:
        OSError: The system refuses, or there is a link or no folder.
    """
    path = above.path / name
    if above.handle is None:
        _check_parts(above.path, [name], make=False)
        yield OpenFolder(path, None)
        return
    handle = _open_part(above.handle, name, path, make=False)
    try:
        yield OpenFolder(path, handle)
    finally:
        os.close(handle)


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


def make_resource_error(error: OSError, path: Path, action: str) -> ResourceError:
    """Return the error that says why the system refused to change a file.

    Args:
        error: The system's own error.
        path: The file.
        action: What was being done, to follow "while".
    """
    reason = _REFUSALS.get(error.errno or 0, error.strerror or os.strerror(errno.EIO))
    return ResourceError(
        f"{path}: {reason} while {action}; nothing was lost: "
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
MANIFEST_VERSION = 2


def write_manifest(folder: Path, names: Iterable[str]) -> None:
    """Declare a folder complete.

    Args:
        folder: The folder; a model's is called by its key, which the manifest holds, so
            that a copy of it under another model's key is none.
        names: The files that it holds.

    Raises:
        IntegrityError: A file is missing, or is a link.
        ResourceError: The system refuses.
    """
    hashes = {name: digest(_read_member(folder, name)) for name in sorted(names)}
    manifest = {"version": MANIFEST_VERSION, "key": folder.name, "files": hashes}
    data = json.dumps(manifest, indent=1) + "\n"
    project = find_project_of(folder, MODEL_DEPTH)
    write(folder / MANIFEST_NAME, data.encode(), "a model's manifest", project)


def is_complete(folder: Path) -> bool:
    """Return whether a folder has its own manifest and every file matches it.

    Args:
        folder: The folder.
    """
    return not find_damage(folder)


def find_damage(folder: Path) -> str:
    """Return why a folder is not complete, "" where it is.

    Args:
        folder: The folder.
    """
    try:
        read_verified_files(folder)
    except IntegrityError as error:
        return error.problems[0]
    return ""


def read_verified_files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file that a folder's manifest names.

    Args:
        folder: The folder.

    Returns:
        Content by the file's name.

    Raises:
        IntegrityError: The manifest or a file is missing or damaged, or the manifest is
            that of another folder.
        ResourceError: The system refuses.
    """
    contents: dict[str, bytes] = {}
    for name, sha in _read_manifest(folder).items():
        contents[name] = _read_member(folder, name)
        if digest(contents[name]) != sha:
            raise _make_damage_error(
                folder / name, "its content is not what its SHA-256 says"
            )
    return contents


def _read_manifest(folder: Path) -> dict[str, str]:
    path = folder / MANIFEST_NAME
    try:
        manifest: Any = json.loads(_read_member(folder, MANIFEST_NAME))
        version, listed = manifest["version"], manifest["files"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _make_damage_error(path, "not a manifest") from error
    if version == 1:
        raise _make_damage_error(path, "of an earlier version, which kept no keys")
    if version != MANIFEST_VERSION or not isinstance(listed, dict) or not listed:
        raise _make_damage_error(
            path, f"format {version}; this version reads {MANIFEST_VERSION}"
        )
    if manifest.get("key") != folder.name:
        raise _make_damage_error(path, "it is another model's")
    return listed


def _read_member(folder: Path, name: str) -> bytes:
    """Return the content of a regular file in a folder or below, following no link."""
    path, inside = folder / name, PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts or "\0" in name:
        raise _make_damage_error(folder / MANIFEST_NAME, "it names a file elsewhere")
    try:
        with (
            open_folder(path.parent, folder.parent) as place,
            place.open_file(path.name) as file,
        ):
            return file.read()
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EIO):
            raise ResourceError(
                f"{path}: cannot be read: {error.strerror}; give yourself the right to"
            ) from error
        raise _make_damage_error(path, "missing, or not a plain file") from error


def _make_damage_error(path: Path, problem: str) -> IntegrityError:
    return IntegrityError(f"{path}: {problem}; remove the folder to train again")
