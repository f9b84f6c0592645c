"""One file from the network: exactly the bytes that were pinned, or nothing.

Size and SHA-256 are known before the first byte. pooch writes to a temporary file,
tries three times, checks the hash and only then moves the file into place; what is
longer is cut off, what differs is removed. Network errors and answers 5xx are tried
again, any other answer is final. Every address is a constant of `datasets`, and no
redirect leads away from https. No cookie and no authorisation is sent. Proxies are
those of the system.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from generator.errors import IntegrityError, NetworkError, quoted
from generator.files import refused

if TYPE_CHECKING:  # slow to import
    from requests import Response, Session

AGENT = "interpretability-studies"
CHUNK = 65_536
REDIRECTS = 5
TRIES = 3
TIMEOUTS = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next bytes."""
SLOWEST = 20_000
"""Bytes a second, on average, below which a try is given up after a minute."""

Progress = Callable[[str, int, int], None]
"""Called with the file's path in the data folder, bytes there, and bytes in all."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a dataset: its place in the data folder, and its pinned bytes."""

    path: str
    url: str
    size: int
    sha256: str

    @property
    def host(self) -> str:
        """The server that has the file."""
        return urlsplit(self.url).hostname or ""


def download(file: RemoteFile, data: Path, progress: Progress) -> Path:
    """Put `file` into the folder `data`, unless it is there and right.

    Args:
        file: What to fetch, with its pinned size and hash.
        data: The data folder; it is made where there is none.
        progress: Told how many bytes have come, for each try from 0.

    Returns:
        The place of the file in `data`.

    Raises:
        NetworkError: The server cannot be reached or has no such file.
        IntegrityError: What came is not what was pinned.
        ResourceError: The disk refuses.
    """
    # Slow to import, and needed for nothing but this command.
    import pooch  # noqa: PLC0415
    from requests.exceptions import RequestException  # noqa: PLC0415

    pooch.get_logger().setLevel("WARNING")
    place = data / file.path
    store = pooch.create(
        path=data,
        base_url="",
        registry={file.path: f"sha256:{file.sha256}"},
        urls={file.path: file.url},
        retry_if_failed=TRIES - 1,
    )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        store.fetch(file.path, downloader=partial(receive, file, progress))
    except RequestException as error:  # which is an OSError
        raise unreachable(file, place, error) from error
    except OSError as error:
        raise refused(error, place, "a download") from error
    return place


def receive(
    file: RemoteFile, progress: Progress, url: str, part: str, _pooch: object
) -> None:
    """Write what the server sends to the file `part`, unless it is not the pinned one.

    Raises `RequestException` for what may pass, a `StudyError` for what will not.
    """
    from pooch import file_hash  # noqa: PLC0415
    from requests import Session  # noqa: PLC0415
    from requests.exceptions import ReadTimeout  # noqa: PLC0415

    deadline = time.monotonic() + 60 + file.size / SLOWEST
    done, head = 0, b""
    with (
        Session() as session,
        opened(session, file, url) as response,
        Path(part).open("wb") as out,
    ):
        progress(file.path, done, file.size)
        for chunk in response.iter_content(CHUNK):
            head, done = head or chunk[:512], done + len(chunk)
            if done > file.size:
                raise wrong(file, f"more than {file.size:,} bytes", head)
            out.write(chunk)
            progress(file.path, done, file.size)
            if time.monotonic() > deadline:
                raise ReadTimeout(f"slower than {SLOWEST:,} bytes a second")
    if (found := file_hash(part)) != file.sha256:
        raise wrong(file, f"sha256 {found}", head)


def opened(session: Session, file: RemoteFile, url: str) -> Response:
    """The answer with the file. Raises as `receive` does."""
    from requests.exceptions import (  # noqa: PLC0415
        HTTPError,
        InvalidSchema,
        TooManyRedirects,
    )

    session.max_redirects = REDIRECTS
    session.adapters.pop("http://")
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Or else requests would look for passwords in ~/.netrc, for redirects too.
    session.auth = _unchanged
    session.rebuild_auth = _unchanged  # type: ignore[method-assign, assignment]
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    try:
        response = session.get(url, headers=headers, stream=True, timeout=TIMEOUTS)
    except (InvalidSchema, TooManyRedirects) as error:
        raise NetworkError(
            f"{file.path}: {file.host}: more than {REDIRECTS} redirects, or one away "
            "from https: refused; get the file by hand and put it into the data folder"
        ) from error
    if response.status_code != HTTPStatus.OK:
        response.close()
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise HTTPError(f"the server answered {response.status_code}")
        raise answered(file, response.status_code)
    return response


def _unchanged(request: Any, *_: object) -> Any:  # noqa: ANN401 - a request of any kind
    return request


def unreachable(file: RemoteFile, place: Path, error: Exception) -> NetworkError:
    """The error for a server that failed in every try, and what to do about it."""
    cause = getattr(error.args[0] if error.args else error, "reason", error)
    return NetworkError(
        f"{file.path}: {file.host} could not be reached or broke off {TRIES} times "
        f"({quoted(cause, 120)}); run the same command again when online, or get "
        f"{file.url} ({file.size:,} bytes) otherwise and put it at {place}"
    )


def answered(file: RemoteFile, code: int) -> NetworkError:
    """The error for an answer that is no file."""
    return NetworkError(
        f"{file.path}: {file.host} answered {code}; expected the file; its address was "
        f"{file.url}: see whether it has moved"
    )


def wrong(file: RemoteFile, found: str, head: bytes) -> IntegrityError:
    """The error for bytes that are not the pinned ones."""
    page = head.lstrip().lower().startswith((b"<!doctype", b"<html"))
    hint = "it looks like HTML, perhaps a login page; " if page else ""
    return IntegrityError(
        f"{file.path}: found {found}; expected {file.size:,} bytes with sha256 "
        f"{file.sha256}; {hint}what came was removed: see what is at {file.url}"
    )
