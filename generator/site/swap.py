"""A new site beside the old one, then in its place at once.

Pages are rendered into `<site>.next`, made durable, and exchanged with the site in one
call of the system, so that whoever opens the folder finds the old site or the new one,
whole. Where a system cannot exchange, two renames leave an instant without a site. The
old one stays as `<site>.previous` until the next build, for readers under way.

A page that a browser opened before the exchange may ask for its style sheet after it.
Code and styles carry their hash in their name, and those of one build before are kept.
Nothing else is: the search index, data and pictures hold words and numbers of studies,
which may have been taken back since, and a page that misses its index says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.core import files
from generator.core.errors import ConfigError, IntegrityError, quote_text
from generator.site.ownership import (
    SiteManifest,
    has_hash,
    hash_file,
    list_entries,
    mark_folder,
    read_manifest,
    remove_own_folder,
    require_own_folder,
    site_folder,
)

CODE = re.compile(
    r"assets/(?:(?:script|search)\.([0-9a-f]{12})\.js"
    r"|(?:style|lists|figure-[\w-]+)\.([0-9a-f]{12})\.css)"
)
"""Paths of scripts and style sheets, which follow from templates and no study."""
AT_CWD = {"linux": -100, "darwin": -2}
EXCHANGE = 2  # RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS alike
REFUSALS = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}


def is_code(path: str, digest: str) -> bool:
    """Return whether a file of a site is a script or a style sheet of all studies.

    Args:
        path: Path of the file within the site.
        digest: SHA-256 of its bytes, which the name has to agree with.
    """
    match = CODE.fullmatch(path)
    return match is not None and digest.startswith(match[1] or match[2])


class Staging:
    """A site being built: render into `folder`; `changed` tells the outcome."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.folder = site.with_name(f"{site.name}.next")
        self.previous = site.with_name(f"{site.name}.previous")
        self.changed = False
        self.hashes: dict[str, str] = {}
        """Of files in `folder`, as far as whoever rendered them knows."""
        self._made: tuple[int, int] | None = None
        """Device and inode of `folder`, by which one in its place is told from it."""

    def begin(self) -> None:
        """Make an empty folder to render into.

        Raises:
            ConfigError: If a folder in the way was not made by a build.
        """
        require_own_folder(self.site)
        if read_manifest(self.previous) and not self.site.exists():
            _recover(self)
        remove_own_folder(self.folder)
        self.folder.mkdir(parents=True)
        self._made = _identify_folder(self.folder)
        mark_folder(self.folder)

    def finish(self) -> None:
        """Put the rendered site in place, unless the current site equals it.

        Raises:
            IntegrityError: If something else has the folder's place, or is in it.
        """
        self._require_made(self.folder)
        own = {}
        for path, is_link in list_entries(self.folder):
            if is_link:
                raise _make_exchange_error(self.folder / path)
            own[path] = self.hashes.get(path) or hash_file(self.folder / path)
        manifest = SiteManifest(own, self._keep_assets(own))
        mark_folder(self.folder, manifest)
        if self._is_current(manifest):
            remove_own_folder(self.folder)
            return
        _make_durable(self.folder)
        self._require_made(self.folder)
        replace_folder(self.folder, self.site, self.previous)
        self._require_made(self.site)
        self.changed = True

    def _require_made(self, folder: Path) -> None:
        """Raise unless a folder is the one that was made for this site."""
        if _identify_folder(folder) != self._made:
            raise _make_exchange_error(folder)

    def _keep_assets(self, own: dict[str, str]) -> dict[str, str]:
        """Copy the code and styles of the old site that its pages may still ask for."""
        old = read_manifest(self.site)
        if old is None:
            return {}
        assets = {p: d for p, d in old.own.items() if is_code(p, d)}
        if assets.items() <= own.items():  # nothing went away since: as it was
            assets = {p: d for p, d in old.kept.items() if is_code(p, d)}
        kept = {}
        for path, name in assets.items():
            if path in own or not has_hash(self.site / path, name):
                continue
            data = files.read_regular_file(self.site / path)
            if files.digest(data) == name:
                files.write(self.folder / path, data, "the site", self.folder.parent)
                kept[path] = name
        return kept

    def _is_current(self, manifest: SiteManifest) -> bool:
        if read_manifest(self.site) != manifest:
            return False
        listed = manifest.own | manifest.kept
        return all(
            has_hash(self.site / path, digest) for path, digest in listed.items()
        )


@contextmanager
def stage_site(site: Path, project: Path) -> Iterator[Staging]:
    """Provide a folder to render into, and put the site in place afterwards.

    An error in the block leaves the old site untouched.

    Args:
        site: The site's folder, relative to the project or absolute.
        project: The project's folder.

    Yields:
        The site being built.

    Raises:
        ConfigError: If the site's folder was not made by a build.
        ResourceError: If the system refuses a file operation.
    """
    staging = Staging(site_folder(site, project))
    try:
        staging.begin()
        try:
            yield staging
            staging.finish()
        except Exception:
            with contextlib.suppress(ConfigError):  # something else has its place
                remove_own_folder(staging.folder)
            raise
    except OSError as error:
        raise files.make_resource_error(
            error, staging.site, "writing the site"
        ) from error


def _identify_folder(folder: Path) -> tuple[int, int] | None:
    """Return the device and the inode of a path, None where there is nothing."""
    try:
        status = folder.lstat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _make_exchange_error(path: Path) -> IntegrityError:
    return IntegrityError(
        f"{quote_text(path, 200)}: was exchanged while the site was being written; see "
        "what else changes this project, and run the same command again"
    )


def replace_folder(new: Path, place: Path, old: Path) -> None:
    """Put the folder `new` at `place` and move what was there to `old`.

    What was at `old` is deleted last, so that a reader under way loses its site only
    when two others have taken the place.

    Args:
        new: The folder to put in place.
        place: Where it goes.
        old: Where the folder at `place` goes.
    """
    if not place.exists():
        new.rename(place)
    elif exchanged(new, place):
        remove_own_folder(old)
        new.rename(old)
    else:
        remove_own_folder(old)
        place.rename(old)
        new.rename(place)
    files.sync_folder(place.parent)


def exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step.

    Args:
        one: One folder.
        other: The other folder.

    Returns:
        Whether the system could exchange them.

    Raises:
        OSError: If the exchange failed for another reason than lack of support.
    """
    here = AT_CWD.get(sys.platform)
    name = {"linux": "renameat2", "darwin": "renameatx_np"}.get(sys.platform, "")
    call = getattr(ctypes.CDLL(None, use_errno=True), name, None) if name else None
    if call is None:
        return False
    paths = os.fsencode(one), os.fsencode(other)
    if call(here, paths[0], here, paths[1], EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in REFUSALS:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _recover(staging: Staging) -> None:
    # Two renames were cut in half: what was rendered is whole, but what was there is
    # what this build must leave if it fails.
    if read_manifest(staging.folder):
        staging.previous.rename(staging.site)


def _make_durable(folder: Path) -> None:
    """Flush new files and all names; a file with a second name is in the old site."""
    with os.scandir(folder) as scan:
        entries = list(scan)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            _make_durable(Path(entry.path))
        elif entry.is_symlink():
            raise _make_exchange_error(Path(entry.path))
        elif entry.stat(follow_symlinks=False).st_nlink == 1:
            handle = os.open(entry.path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    files.sync_folder(folder)
