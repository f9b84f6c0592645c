"""The whole site as one zip that is read without a server: unpack it, open a file.

It lies beside the site, not in it, so that a published site does not carry itself
twice. It holds what the last build made, and nothing that is kept for pages of an
earlier one. Names are sorted and dates fixed, so that the same site gives the same
archive. Only an archive with this program's mark is ever replaced.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from slugify import slugify

from generator.core import files
from generator.core.errors import ConfigError, IntegrityError, quote_text
from generator.core.invocation import format_command
from generator.site import ownership

DATE = (1980, 1, 1, 0, 0, 0)
"""The first date that a zip can hold."""
MARK = b"interpretability-studies: every build --portable replaces this file"
LEFT_OUT = frozenset({".nojekyll", "CNAME", "404.html", "robots.txt"})
"""Files that only a host needs."""
README = """\
{title}
{line}

Unpack all of it, then open index.html in a browser. Nothing is installed and nothing is
fetched from the network. The numbers behind every figure are in the folders "data"
beside the pages, and study.ipynb in each study draws them again.
"""


def archive_path(site: Path) -> Path:
    """Return the path of a site's archive."""
    return site.with_name(f"{site.name}.zip")


def write_archive(site: Path, title: str, address: str = "") -> Path:
    """Write the archive of a finished site.

    Args:
        site: The site's folder.
        title: Title of the site.
        address: The site's address, "" where it is not known.

    Returns:
        Path of the archive.

    Raises:
        ConfigError: If something else has its place.
        IntegrityError: If a file of the site is not the one that was built.
        ResourceError: If the system refuses a file operation.
    """
    target = archive_path(site)
    if os.path.lexists(target) and not is_own_archive(target):
        raise ConfigError(
            f"{quote_text(target, 200)}: is not ours, and would be replaced by the "
            f"archive "
            "of the site; move it away"
        )
    temporary = target.with_name(f"{files.TEMPORARY}{target.name}")
    try:
        temporary.unlink(missing_ok=True)
        with temporary.open("xb") as file:
            _write(file, site, title, address)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        files.sync_folder(target.parent)
    except OSError as error:
        raise files.make_resource_error(
            error, target, "writing the archive of the site"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return target


def is_own_archive(path: Path) -> bool:
    """Return whether an archive was made by this program."""
    if path.is_symlink() or not path.is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return archive.comment == MARK


def _write(file: object, site: Path, title: str, address: str) -> None:
    folder = slugify(title)[:60] or "site"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload] # a file
        archive.comment = MARK
        for name, content in _members(site, title, address):
            member = zipfile.ZipInfo(f"{folder}/{name}", DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # Unix, wherever it is made
            member.external_attr = 0o100644 << 16
            archive.writestr(member, content, compresslevel=6)


def _members(site: Path, title: str, address: str) -> Iterator[tuple[str, bytes]]:
    text = README.format(title=title, line="=" * len(title))
    if address:
        text += f"\nPublished at {address}\n"
    yield "README.txt", text.encode()
    manifest = ownership.read_manifest(site)
    for path, name in sorted(manifest.own.items() if manifest else ()):
        if path not in LEFT_OUT and path != "README.txt":
            data = files.read_regular_file(site / path)
            if files.digest(data) != name:
                raise IntegrityError(
                    f"{quote_text(site / path, 200)}: was changed since it was built; "
                    f"run: {format_command('build --portable')}"
                )
            yield path, data
