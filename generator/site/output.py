"""Writing the files of a site, without reading those that did not change.

All content is read before anything is written, so that a file lost meanwhile leaves the
folder empty.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from posixpath import dirname

from generator.core.errors import StudyError
from generator.core.files import digest
from generator.site.content import CacheMissError, FileSource, SiteFiles
from generator.site.ownership import has_hash, read_manifest
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
    """Write every file of a site into a folder.

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
    """
    old = read_manifest(before) if before else None
    known = old.own if old else {}
    hashes: dict[str, str] = {}
    fresh: dict[str, bytes] = {}
    for path in sorted(files):
        hashes[path] = files[path].digest
        same = known.get(path) == hashes[path]
        if not same or not has_hash(f"{before}/{path}", hashes[path]):
            fresh[path] = read_verified(files[path], hashes[path])
    for folder in sorted({dirname(path) for path in files}):
        (into / folder).mkdir(parents=True, exist_ok=True)
    for path, name in hashes.items():
        if path in fresh:
            (into / path).write_bytes(fresh[path])
        elif not try_hard_link(f"{before}/{path}", f"{into}/{path}"):
            (into / path).write_bytes(read_verified(files[path], name))
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


def try_hard_link(old: str, target: str) -> bool:
    """Make `target` a hard link to `old`, where the system allows it.

    Args:
        old: The existing file.
        target: The path to create.

    Returns:
        Whether the link was made.
    """
    try:
        os.link(old, target)
    except OSError:
        return False
    return True
