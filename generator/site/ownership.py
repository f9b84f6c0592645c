"""What in a project is ours to replace and delete: folders that carry our marker.

`.generated-by` in a rendered site lists every file of it with its hash, in the format
of `sha256sum`. It holds no clock and no path of a machine, so equal sites have equal
markers. A folder without it, or with files that it does not list, is somebody's work
and is refused. The marker is deleted last, so that a killed deletion can be taken up.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from generator.core import files
from generator.core.errors import ConfigError, quote_text

MARKER = ".generated-by"
FIRST = "interpretability-studies: every build replaces this folder"
KEPT = "kept for pages of the previous build:"
JUNK = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""Files that a desktop drops anywhere; nobody misses them."""
SOURCES = frozenset({"studies", "templates", ".git", ".cache", ".venv"})
SMALL = 1 << 20
"""Bytes of a file that is read at once: by parts, its buffer costs more than it."""
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


@dataclass(frozen=True)
class SiteManifest:
    """Hashes of a site's files by path: its own, and those kept of the one before."""

    own: dict[str, str]
    kept: dict[str, str]

    def text(self) -> str:
        """Format the manifest as it stands in the marker."""
        own = [f"{digest}  {path}" for path, digest in sorted(self.own.items())]
        kept = [f"{digest}  {path}" for path, digest in sorted(self.kept.items())]
        return "\n".join([FIRST, *own, *([KEPT, *kept] if kept else [])]) + "\n"


def mark_folder(folder: Path, manifest: SiteManifest | None = None) -> None:
    """Mark a folder as made by a build.

    Args:
        folder: The folder.
        manifest: What the folder holds, None while it is being built.
    """
    manifest = manifest or SiteManifest({}, {})
    data = manifest.text().encode()
    files.write(folder / MARKER, data, "the site", folder.parent)


def read_manifest(folder: Path) -> SiteManifest | None:
    """Read the manifest in a folder's marker.

    Args:
        folder: The folder.

    Returns:
        The manifest, None without a marker.
    """
    try:
        with (
            files.open_folder(folder, folder.parent) as here,
            here.open_file(MARKER) as file,
        ):
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return None
    first, *lines = text.split("\n")
    if first != FIRST:
        return None
    own: dict[str, str] = {}
    kept: dict[str, str] = {}
    listed = own
    for line in lines:
        if line == KEPT:
            listed = kept
        elif match := LINE.fullmatch(line):
            listed[match[2]] = match[1]
    return SiteManifest(own, kept)


def list_paths(folder: Path) -> Iterator[str]:
    """List all files and links below a folder, but not the marker.

    Args:
        folder: The folder.

    Returns:
        Relative paths, sorted.
    """
    return (path for path, _is_link in list_entries(folder))


def list_entries(folder: Path | str) -> Iterator[tuple[str, bool]]:
    """List all files and links below a folder, and which of them are links.

    Args:
        folder: The folder.

    Returns:
        Relative paths, sorted, each with whether it is a link; none without a folder.
    """
    return (
        (path, is_link)
        for path, is_link in files.walk_files(folder)
        if path != MARKER and path.rpartition("/")[2] not in JUNK
    )


def hash_file(path: Path | str) -> str:
    """Compute the SHA-256 of a file, from its present bytes.

    Args:
        path: Path of the file.

    Raises:
        OSError: If it cannot be read, or is a link or no file.
    """
    with files.open_regular_file(path) as file:
        return hash_open_file(file)


def hash_open_file(file: BufferedReader) -> str:
    """Compute the SHA-256 of an open file.

    Args:
        file: The file, at its beginning.
    """
    if os.fstat(file.fileno()).st_size <= SMALL:
        return hashlib.sha256(file.read()).hexdigest()
    return hashlib.file_digest(file, "sha256").hexdigest()


def has_hash(path: Path | str, digest: str) -> bool:
    """Return whether a path is a regular file, no link, with this hash.

    Args:
        path: Path of the file.
        digest: The expected SHA-256, in hexadecimal.

    Returns:
        False if the file cannot be read.
    """
    try:
        return hash_file(path) == digest
    except OSError:
        return False


def site_folder(site: Path, project: Path) -> Path:
    """Resolve the site's folder.

    Args:
        site: The folder, relative to the project or absolute.
        project: The project's folder.

    Returns:
        An absolute path.

    Raises:
        ConfigError: If it is not strictly inside the project, or is among its sources.
    """
    root = project.resolve()
    place = Path(os.path.abspath(root / site))  # noqa: PTH100 - resolves `..` and follows no link
    shown = quote_text(place, 200)
    place = place.parent.resolve() / place.name
    if place == root or not place.is_relative_to(root):
        raise ConfigError(
            f"{shown}: the site's folder must be inside the project "
            f"{quote_text(root, 200)}; choose another with --site-dir"
        )
    if place.relative_to(root).parts[0].casefold() in SOURCES:
        raise ConfigError(
            f"{shown}: the site's folder must not be among the project's sources; "
            "choose another with --site-dir"
        )
    return place


def require_own_folder(folder: Path) -> None:
    """Check that a folder is absent, empty, or wholly made by a build.

    Args:
        folder: The folder.

    Raises:
        ConfigError: For any other folder.
    """
    if not os.path.lexists(folder):
        return
    kind = files.find_kind(folder.lstat().st_mode)
    if kind != "a folder":
        raise _not_own_error(folder, f"it is {kind}")
    if mounts := files.find_mounts(folder):
        raise _not_own_error(folder, f"{quote_text(mounts[0], 200)} is a mount point")
    manifest = read_manifest(folder)
    if manifest is None:
        if any(folder.iterdir()):
            raise _not_own_error(folder, "no marker")
        return
    listed = manifest.own.keys() | manifest.kept.keys()
    there = tuple(list_entries(folder))
    foreign = [path for path, _ in there if path not in listed]
    links = [path for path, is_link in there if is_link]
    if strangers := [*foreign, *links]:
        raise _not_own_error(
            folder, f"{quote_text(strangers[0])} was not made by a build"
        )


def _not_own_error(folder: Path, reason: str) -> ConfigError:
    return ConfigError(
        f"{quote_text(folder, 200)}: is not ours ({reason}); move it away, or choose "
        "another folder with --site-dir"
    )


def remove_own_folder(folder: Path) -> None:
    """Delete a folder that was made by a build, or is empty.

    Args:
        folder: The folder.

    Raises:
        ConfigError: For any other folder.
    """
    if not os.path.lexists(folder):
        return
    if read_manifest(folder) is None and not _is_bare(folder):
        raise _not_own_error(folder, "no marker")
    delete_folder(folder)


def _is_bare(folder: Path) -> bool:
    """Return whether a folder holds nothing, or the beginning of a marker alone."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    return {path.name for path in folder.iterdir()} <= {files.TEMPORARY + MARKER}


def delete_folder(folder: Path) -> None:
    """Delete a folder and all in it, following no link; the marker goes last.

    Args:
        folder: The folder.
    """
    files.delete_folder(folder, last=MARKER)
