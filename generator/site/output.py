"""Putting the files of a site into their places, what did not change without reading.

All content is found before anything is written, so that what was lost meanwhile leaves
the folder empty.
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
    """The posts' own files. Raises `StudyError` for one whose address is taken."""
    found: SiteFiles = {}
    for post in posts:
        for path, content in post.files.items():
            if path in files or path in found:
                raise StudyError(f"{path}: two files have this address; rename one")
            found[path] = content
    return found


def check_collisions(files: SiteFiles) -> None:
    """Raises `StudyError` where two paths are one to some file systems or hosts."""
    seen: dict[str, str] = {}
    parents: set[str] = set()
    for path in files:
        folded = path.casefold()
        if path not in {folded, DOMAIN}:
            raise StudyError(
                f"{path}: addresses are lower case; rename what it is from"
            )
        if seen.setdefault(folded, path) != path:
            raise StudyError(f"{path} and {seen[folded]} are one address; rename one")
        part = dirname(path)
        while part and part not in parents:
            if part in files:
                raise StudyError(
                    f"{path}: lies below {part}, which is a file; rename one"
                )
            parents.add(part)
            part = dirname(part)


def size_warnings(files: SiteFiles) -> list[str]:
    """Warnings about files that a host may refuse."""
    return [
        f"{path}: {content.size / 1e6:.0f} MB, more than hosts take"
        for path, content in files.items()
        if content.size > LARGEST
    ]


def write_files(
    files: SiteFiles, into: Path, before: Path | None = None
) -> dict[str, str]:
    """Put every file into its place; the hashes of the files.

    `into` is not seen by readers yet. A file that the site `before` holds with the same
    bytes is linked and not written, so that what did not change need not be made
    durable again, and is not read from anywhere else. Raises `Lost`, nothing written.
    """
    old = read_manifest(before) if before else None
    known = old.own if old else {}
    found: dict[str, str] = {}
    fresh: dict[str, bytes] = {}
    for path in sorted(files):
        found[path] = files[path].digest
        same = known.get(path) == found[path]
        if not same or not has_hash(f"{before}/{path}", found[path]):
            fresh[path] = read_verified(files[path], found[path])
    for folder in sorted({dirname(path) for path in files}):
        (into / folder).mkdir(parents=True, exist_ok=True)
    for path, name in found.items():
        if path in fresh:
            (into / path).write_bytes(fresh[path])
        elif not try_hard_link(f"{before}/{path}", f"{into}/{path}"):
            (into / path).write_bytes(read_verified(files[path], name))
    return found


def read_verified(content: FileSource, name: str) -> bytes:
    """The bytes with this hash. Raises `Lost` if they became others."""
    data = content.read()
    if digest(data) != name:
        raise CacheMissError(name)
    return data


def try_hard_link(old: str, target: str) -> bool:
    """Whether `target` was made a second name of `old`."""
    try:
        os.link(old, target)
    except OSError:
        return False
    return True
