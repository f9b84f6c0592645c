"""Writing the files of a site, without reading those that did not change.

All content is read before anything is written, so that a file lost meanwhile leaves the
folder empty.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from posixpath import basename, dirname, split

from generator.core.errors import StudyError
from generator.core.files import OpenFolder, digest, open_folder, open_regular_file
from generator.site.content import CacheMissError, FileSource, SiteFiles
from generator.site.ownership import hash_open_file, read_manifest
from generator.site.pages.post import Post
from generator.site.pages.sitemap import DOMAIN

LARGEST = 50_000_000
"""Bytes of a file above which a host may refuse it."""


def add_post_files(posts: Iterable[Post], files: SiteFiles) -> SiteFiles:
    """Collect the posts' own files.

    Args:
        posts: Posts, newest first.
        files: The files of the site so far, whose paths are taken.

    Returns:
        The files of all posts by path.

    Raises:
        StudyError: If two files have one path.
    """
    post_files: SiteFiles = {}
    for post in posts:
        for path, content in post.files.items():
            if path in files or path in post_files:
                raise StudyError(f"{path}: two files have this address; rename one")
            post_files[path] = content
    return post_files


def check_collisions(files: SiteFiles) -> None:
    """Check that no two paths are one to some file systems or hosts.

    Args:
        files: The site's files by path.

    Raises:
        StudyError: For a path with capitals, two paths that differ in case alone, and a
            path below a file.
    """
    paths: dict[str, str] = {}
    parents: set[str] = set()
    for path in files:
        folded = path.casefold()
        if path not in {folded, DOMAIN}:
            raise StudyError(
                f"{path}: addresses are lower case; rename what it is from"
            )
        if paths.setdefault(folded, path) != path:
            raise StudyError(f"{path} and {paths[folded]} are one address; rename one")
        part = dirname(path)
        while part and part not in parents:
            if part in files:
                raise StudyError(
                    f"{path}: lies below {part}, which is a file; rename one"
                )
            parents.add(part)
            part = dirname(part)


def size_warnings(files: SiteFiles) -> list[str]:
    """Return a warning for each file that a host may refuse for its size.

    Args:
        files: The site's files by path.
    """
    return [
        f"{path}: {content.size / 1e6:.0f} MB, more than hosts take"
        for path, content in files.items()
        if content.size > LARGEST
    ]


def write_files(
    files: SiteFiles, into: Path, before: Path | None = None
) -> dict[str, str]:
    """Write every file of a site into a folder, following no link below the one above.

    A file that the previous site holds with the same bytes is linked and not written,
    so that it need not be made durable again, nor read from anywhere else.

    Args:
        files: The site's files by path.
        into: The folder to write into, which readers do not see yet.
        before: Folder of the previous site, None without one.

    Returns:
        SHA-256 of every file by path.

    Raises:
        CacheMissError: If a file is not there any more; nothing was written.
        OSError: If the system refuses, or a part of a path became a link.
    """
    old = read_manifest(before) if before else None
    known = old.own if old else {}
    hashes: dict[str, str] = {}
    fresh: dict[str, bytes] = {}
    same: dict[str, FileIdentity] = {}
    for path in sorted(files):
        hashes[path] = files[path].digest
        listed = known.get(path) == hashes[path]
        found = identify_file(f"{before}/{path}", hashes[path]) if listed else None
        if found:
            same[path] = found
        else:
            fresh[path] = read_verified(files[path], hashes[path])
    for folder, paths in groupby(sorted(files, key=split), key=dirname):
        with open_folder(into / folder, into.parent, make=True) as place:
            for path in paths:
                name, known_file = basename(path), same.get(path)
                if known_file and link_file(
                    f"{before}/{path}", place, name, known_file
                ):
                    continue
                data = fresh.get(path)
                if data is None:
                    data = read_verified(files[path], hashes[path])
                place.write_file(name, data, durable=False)
    return hashes


def read_verified(content: FileSource, name: str) -> bytes:
    """Read a file's bytes and check their hash.

    Args:
        content: The source of the bytes.
        name: The expected SHA-256, in hexadecimal.

    Returns:
        The bytes.

    Raises:
        CacheMissError: If the bytes changed since they were hashed.
    """
    data = content.read()
    if digest(data) != name:
        raise CacheMissError(name)
    return data


FileIdentity = tuple[int, int, int, int]
"""Device, inode, size and time of a file: where all are the same, so are its bytes."""


def identify_file(path: str, name: str) -> FileIdentity | None:
    """Return the identity of a file with this hash, None where there is no such file.

    Args:
        path: Path of the file.
        name: The expected SHA-256, in hexadecimal.
    """
    try:
        with open_regular_file(path) as file:
            return (
                _identify(os.fstat(file.fileno()))
                if hash_open_file(file) == name
                else None
            )
    except OSError:
        return None


def link_file(old: str, place: OpenFolder, name: str, expected: FileIdentity) -> bool:
    """Make a hard link to a file in an open folder, where the system allows it.

    Args:
        old: The existing file.
        place: The folder.
        name: Name of the link.
        expected: The identity of the existing file; if another one has its path by now,
            no link is left to it.

    Returns:
        Whether the link was made.
    """
    target, follow = place.find_place(name), os.link not in os.supports_follow_symlinks
    try:
        os.link(old, target, dst_dir_fd=place.handle, follow_symlinks=follow)
        if _identify(place.read_status(name)) == expected:
            return True
        place.remove_file(name)
    except OSError:
        return False
    return False


def _identify(status: os.stat_result) -> FileIdentity:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
