"""One file from the network: exactly the bytes that were pinned, or nothing.

An address is https, on every hop, and at most five redirects are followed. Size and
SHA-256 are known before the first byte; what is longer is cut off, what differs is
removed. A download goes to `NAME.part` and is moved into place when its hash is right,
so a killed one is taken up where it stopped, or begun again where the server cannot.
Network errors and answers 5xx are tried three times; anything else is final. No cookie
and no authorisation is sent. Proxies are those of the system.

A host that resolves to a private, loopback or link-local address is refused. The check
is on the address of the open connection, before a byte is sent, so a name that resolves
differently the second time gains nothing. Behind a proxy the proxy resolves names, and
the check is the proxy's.

Written on the standard library: a library for downloads would give the hash check and
leave redirects, resuming, the size limit and the address check to be written anyway.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

from generator.corpora.network import Network, Response
from generator.errors import IntegrityError, NetworkError, StudyError, quoted
from generator.files import refused, sync_folder

CHUNK = 65_536
SLOWEST = 20_000
"""Bytes a second, on average, below which a download is given up after a minute."""

Progress = Callable[[str, int, int], None]
"""Called with the file's path in the data folder, bytes there, and bytes in all."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a dataset: its place in the data folder, and its pinned bytes."""

    path: str
    url: str
    size: int
    sha256: str


class InterruptedTryError(Exception):
    """A try that failed for a reason that may pass. Its text is the reason."""


class RangeRefusedError(InterruptedTryError):
    """The server cannot go on where the last try stopped."""


def download(
    file: RemoteFile, data: Path, progress: Progress, network: Network
) -> Path:
    """Put `file` into the folder `data`, unless it is there and right.

    Raises `NetworkError`, `IntegrityError`, or `ResourceError` for the disk.
    """
    place = data / file.path
    try:
        if sha256_of(place) == file.sha256:
            return place
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(place.name + ".part")
        persist(file, part, progress, network)
        part.replace(place)
        sync_folder(place.parent)
    except OSError as error:
        raise refused(error, place, "a download") from error
    return place


def sha256_of(place: Path) -> str | None:
    """SHA-256 of a regular file, None where there is none."""
    if not place.is_file():
        return None
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def persist(file: RemoteFile, part: Path, progress: Progress, network: Network) -> None:
    """Fill `part` with the right bytes in at most `network.tries` tries."""
    reason = ""
    for number in range(network.tries):
        if number:
            network.sleep(2.0 ** (number - 1))
        try:
            if attempt(file, part, progress, network):
                return
            reason = "what an earlier run had left was damaged"
        except InterruptedTryError as error:
            reason = str(error)
    host = urlsplit(file.url).hostname
    raise NetworkError(
        f"{file.path}: {host} could not be reached or broke off {network.tries} times "
        f"({reason}); what came is kept: run the same command again when online, or "
        f"get {file.url} ({file.size:,} bytes) otherwise and put it at "
        f"{part.with_suffix('')}"
    )


def attempt(file: RemoteFile, part: Path, progress: Progress, network: Network) -> bool:
    """One try. False if bytes kept from an earlier one were wrong; they are removed.

    Raises `InterruptedTryError` for what may pass, `IntegrityError` for wrong bytes.
    """
    kept = part.stat().st_size if part.is_file() and not part.is_symlink() else 0
    if kept >= file.size or part.is_symlink():
        whole = kept == file.size and sha256_of(part) == file.sha256
        if not whole:
            part.unlink()
        return whole
    try:
        resumed, head = stream(file, part, kept, progress, network)
    except (IntegrityError, RangeRefusedError):
        part.unlink(missing_ok=True)
        raise
    found = sha256_of(part)
    if found == file.sha256:
        return True
    part.unlink()
    if resumed:
        return False
    raise wrong(file, f"sha256 {found}", head)


def stream(
    file: RemoteFile, part: Path, kept: int, progress: Progress, network: Network
) -> tuple[bool, bytes]:
    """Append to `part` what is missing: whether it was resumed, and the first bytes."""
    with opened(file, kept, network) as response:
        resumed = kept > 0 and response.status == http.HTTPStatus.PARTIAL_CONTENT
        begin = response.headers.get("Content-Range", "")
        if resumed and not begin.startswith(f"bytes {kept}-"):
            raise RangeRefusedError(f"asked from byte {kept}, the server sent {begin}")
        kept = kept if resumed else 0
        with part.open("ab" if resumed else "wb") as out:
            head = receive(file, response, out.write, kept, progress)
            out.flush()
            os.fsync(out.fileno())
    return resumed, head


def opened(file: RemoteFile, kept: int, network: Network) -> Response:
    """The answer to a request for the bytes from `kept` on."""
    wanted = {"Range": f"bytes={kept}-"} if kept else {}
    try:
        return network.open(file.url, wanted)
    except HTTPError as error:
        error.close()
        raise answered(file, error.code) from error
    except (OSError, http.client.HTTPException) as error:
        raise InterruptedTryError(reason_of(error)) from error


def answered(file: RemoteFile, code: int) -> Exception:
    """The error for an answer that is no file: one that may pass, or a final one."""
    if code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return RangeRefusedError(f"the server answered {code}")
    if code >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        return InterruptedTryError(f"the server answered {code}")
    host = urlsplit(file.url).hostname
    return NetworkError(
        f"{file.path}: {host} answered {code}; expected the file; its address was "
        f"{file.url}: see whether it has moved"
    )


def reason_of(error: Exception) -> str:
    """A network error in a few words."""
    inner = getattr(error, "reason", error)
    return quoted(inner if str(inner) else type(inner).__name__, 120)


def receive(
    file: RemoteFile,
    response: Response,
    write: Callable[[bytes], object],
    done: int,
    progress: Progress,
) -> bytes:
    """Pass on the body, `done` bytes being there: its first bytes come back.

    Raises `InterruptedTryError` if it is cut short, `IntegrityError` if it is too long.
    """
    deadline = time.monotonic() + 60 + (file.size - done) / SLOWEST
    declared = response.headers.get("Content-Length", "")
    expected = done + int(declared) if declared.isdecimal() else None
    head = b""
    progress(file.path, done, file.size)
    while chunk := chunk_of(response):
        head = head or chunk[:512]
        done += len(chunk)
        if done > file.size:
            raise wrong(file, f"more than {file.size:,} bytes", head)
        write(chunk)
        progress(file.path, done, file.size)
        if time.monotonic() > deadline:
            raise InterruptedTryError(f"slower than {SLOWEST:,} bytes a second")
    if expected is not None and done < min(expected, file.size):
        raise InterruptedTryError(
            f"the body ended after {done:,} of {expected:,} bytes"
        )
    return head


def chunk_of(response: Response) -> bytes:
    """What has arrived, at most `CHUNK` bytes; nothing at the end."""
    try:
        return response.read1(CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise InterruptedTryError(reason_of(error)) from error


def wrong(file: RemoteFile, found: str, head: bytes) -> StudyError:
    """The error for bytes that are not the pinned ones."""
    page = head.lstrip().lower().startswith((b"<!doctype", b"<html"))
    hint = "it looks like HTML, perhaps a login page; " if page else ""
    return IntegrityError(
        f"{file.path}: found {found}; expected {file.size:,} bytes with sha256 "
        f"{file.sha256}; {hint}what came was removed: see what is at {file.url}"
    )
