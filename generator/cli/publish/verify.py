"""Whether a site may be published: whole, as it was built, and of a size hosts take.

Each file is read once. What was read is compared with the hash that the build noted,
searched for secrets, and its identity as a git object is computed from the same bytes,
so that nothing can be exchanged between the check and the commit.

Secrets are recognised by forms that no text has by chance: private keys in PEM, and the
tokens of services, which carry a prefix for this very purpose. No secret is ever
repeated in a message.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generator.core.errors import IntegrityError, StudyError, quote_text
from generator.core.files import digest, read_regular_file
from generator.core.invocation import format_command
from generator.site.ownership import list_paths, read_manifest
from generator.site.swap import is_code

SECRET_PATTERNS: dict[str, bytes] = {
    "a private key": rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "a GitHub token": rb"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{60}",
    "a GitLab token": rb"\bglpat-[A-Za-z0-9_-]{20}",
    "an AWS key": rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a Google key": rb"\bAIza[A-Za-z0-9_-]{35}\b",
    "a Slack token": rb"\bxox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{20,}",
    "an API key": rb"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{40,}",
    "a Hugging Face token": rb"\bhf_[A-Za-z]{34}\b",
    "a PyPI token": rb"\bpypi-AgE[A-Za-z0-9_-]{50,}",
}
SECRET_PATTERN = re.compile(
    b"|".join(
        b"(?P<f%d>%s)" % (at, form) for at, form in enumerate(SECRET_PATTERNS.values())
    )
)
SECRET_NAMES = re.compile(
    r"id_(rsa|dsa|ecdsa|ed25519)|.*\.(pem|pfx|p12|keystore|kdbx)"
    r"|credentials(\.json)?|secrets?\.(ya?ml|json|toml)"
)


def has_secret(content: bytes) -> bool:
    """Return whether a password or key is in some bytes."""
    return SECRET_PATTERN.search(content) is not None


def find_secret(path: str, content: bytes) -> str:
    """Find a password or key in a file.

    Args:
        path: Path of the file.
        content: Its bytes.

    Returns:
        What the file holds, "" for no secret.
    """
    if SECRET_NAMES.fullmatch(PurePosixPath(path).name):
        return "a name that keys and passwords are kept under"
    match = SECRET_PATTERN.search(content)
    if match is None:
        return ""
    line = content.count(b"\n", 0, match.start()) + 1
    kind = list(SECRET_PATTERNS)[int((match.lastgroup or "f0")[1:])]
    return f"line {line} looks like {kind}"


LARGEST = 50_000_000
"""Bytes of one file at most."""
LARGEST_SITE = 900_000_000
"""Bytes of a site at most; GitHub Pages takes 1 GB."""
HIDDEN = frozenset({".nojekyll"})
"""Hidden files that a site needs."""


@dataclass(frozen=True)
class SiteFile:
    """A file of a site: its size, its hash, and its git names by hash function."""

    size: int
    digest: str  # SHA-256 of the content
    names: tuple[str, str]  # SHA-1, SHA-256

    def find_name(self, length: int) -> str:
        """Return the git name of the content where names have `length` digits."""
        return next(name for name in self.names if len(name) == length)


def files_of(site: Path) -> dict[str, SiteFile]:
    """Read and verify every file of a site.

    Args:
        site: The site's folder.

    Returns:
        The files to publish by path, sorted. A script or style sheet of the build
        before is left out if it holds a secret, which the present one has not.

    Raises:
        IntegrityError: If the site is not what the build left.
        StudyError: If there is no site, or with all that must not be published.
    """
    manifest = read_manifest(site)
    if manifest is None or not manifest.own:
        raise StudyError(
            f"{quote_text(site, 200)}: no site; run: {format_command('build')}"
        )
    listed = manifest.own | manifest.kept
    require_as_built(site, listed)
    verified: dict[str, SiteFile] = {}
    problems = [*find_wrong_names(listed), *find_wrong_leftovers(manifest.kept)]
    for path in sorted(listed):
        content = read_regular_file(site / path)
        if digest(content) != listed[path]:
            raise make_changed_error(
                site / path, "its content is not what the build wrote"
            )
        what = find_secret(path, content)
        if what and path in manifest.kept:
            continue
        if what:
            problems.append(
                f"{path}: {what}, which must not be published; take it out of what the "
                "page is made from and build again"
            )
        verified[path] = SiteFile(len(content), listed[path], _hash_content(content))
    problems += find_wrong_sizes(verified)
    if problems:
        raise StudyError(*problems)
    return verified


def require_as_built(site: Path, listed: Iterable[str]) -> None:
    """Check that a site has the listed files alone, all of them regular.

    Args:
        site: The site's folder.
        listed: Paths in the manifest.

    Raises:
        IntegrityError: For the first difference.
    """
    there = set(list_paths(site))
    for path in sorted(there | set(listed)):
        if path not in there:
            raise make_changed_error(site / path, "it is missing")
        if not stat.S_ISREG(os.lstat(site / path).st_mode):
            raise make_changed_error(site / path, "it is a link or no plain file")
        if path not in listed:
            raise make_changed_error(site / path, "no build made it")


def make_changed_error(path: Path, what: str) -> IntegrityError:
    """Return the error for a site that is not what was built."""
    return IntegrityError(
        f"{quote_text(path, 200)}: {what}; the site was changed after it was built, "
        f"and "
        "only what was built is published: change the sources and run: "
        f"{format_command('build')}"
    )


def find_wrong_names(paths: Iterable[str]) -> Iterator[str]:
    """Yield a line for each path that hosts would hide, refuse or mix up."""
    seen: dict[str, str] = {}
    for path in sorted(paths):
        if not path.isprintable() or set(path) & set('\\"'):
            yield (
                f"{quote_text(path)}: hosts refuse such a name; rename what it is from"
            )
        parts = PurePosixPath(path).parts
        if any(part.startswith(".") for part in parts) and path not in HIDDEN:
            yield f"{path}: is a hidden file, and those are not published; rename it"
        same = unicodedata.normalize("NFC", path).casefold()
        if same in seen:
            yield (
                f"{path}: is the same name as {seen[same]} on some disks; rename one"
            )
        seen[same] = path


def find_wrong_leftovers(kept: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each file of the build before that is no script and no style.

    Args:
        kept: Hashes by path.
    """
    for path, name in sorted(kept.items()):
        if not is_code(path, name):
            yield (
                f"{path}: is left from another build, of which only code and styles "
                f"are published; run: {format_command('build')}, then publish"
            )


def find_wrong_sizes(found: dict[str, SiteFile]) -> Iterator[str]:
    """Yield a line for each file that is too large, and one for the whole."""
    for path, file in found.items():
        if file.size > LARGEST:
            yield (
                f"{path}: {file.size / 1e6:.0f} MB; hosts take {LARGEST / 1e6:.0f} MB "
                "a file: keep less of the artifact, or publish it elsewhere"
            )
    total = sum(file.size for file in found.values())
    if total > LARGEST_SITE:
        yield (
            f"the site has {total / 1e6:.0f} MB; GitHub Pages takes "
            f"{LARGEST_SITE / 1e6:.0f}: publish fewer or smaller files"
        )


def _hash_content(content: bytes) -> tuple[str, str]:
    head = f"blob {len(content)}\0".encode()
    hashes = (hashlib.sha1(usedforsecurity=False), hashlib.sha256())
    for one in hashes:
        one.update(head)
        one.update(content)
    return hashes[0].hexdigest(), hashes[1].hexdigest()
