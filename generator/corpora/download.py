"""The registry of datasets that can be fetched, and their download.

Nothing is fetched by surprise: a study whose corpus is absent is skipped with a line
that names the command. Each file has a fixed place in the data folder; one put there by
hand counts as fetched. Its hash is checked whenever it is read.

A download gives exactly the bytes that were pinned, or nothing: size and SHA-256 are
known before the first byte. pooch writes to a temporary file, tries three times, checks
the hash and only then moves the file into place; what is longer is cut off, what
differs is removed. Network errors and answers 5xx are tried again, any other answer is
final. Every address is a constant of `DATASETS`, and no redirect leads away from https.
No cookie and no authorisation is sent. Proxies are those of the system.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from generator.core.errors import (
    ConfigError,
    CorpusError,
    IntegrityError,
    NetworkError,
    quote_text,
    suggest_nearest,
)
from generator.core.files import make_resource_error
from generator.core.invocation import format_command
from generator.corpora.files.text_files import RawFile, read_raw_file

if TYPE_CHECKING:
    from requests import Response, Session

AGENT = "interpretability-studies"
CHUNK = 65_536
REDIRECTS = 5
TRIES = 3
TIMEOUTS = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next bytes."""
LEAST_RATE = 20_000
"""Bytes a second, on average, below which a try is given up after a minute."""

DownloadListener = Callable[[str, int, int], None]
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
        """Name of the server that has the file."""
        return urlsplit(self.url).hostname or ""


def download_file(file: RemoteFile, data: Path, progress: DownloadListener) -> Path:
    """Download a file into the data folder, unless it is there and right.

    Args:
        file: What to fetch, with its pinned size and hash.
        data: The data folder, created if necessary.
        progress: Receives the number of bytes so far, for each try from 0.

    Returns:
        The path of the file in `data`.

    Raises:
        NetworkError: The server cannot be reached or has no such file.
        IntegrityError: The bytes are not the pinned ones.
        ResourceError: The file cannot be written.
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
        store.fetch(file.path, downloader=partial(receive_file, file, progress))
    except RequestException as error:  # which is an OSError
        raise make_unreachable_error(file, place, error) from error
    except OSError as error:
        raise make_resource_error(error, place, "writing a download") from error
    return place


def receive_file(
    file: RemoteFile, progress: DownloadListener, url: str, part: str, _pooch: object
) -> None:
    """Receive a file into `part`, as pooch's downloader, checking what comes.

    Args:
        file: The pinned file.
        progress: Receives the number of bytes so far.
        url: Address of the file.
        part: Path of the temporary file.
        _pooch: The caller, not used.

    Raises:
        RequestException: The network failed or was too slow; pooch tries again.
        NetworkError: The server has no such file.
        IntegrityError: The bytes are not the pinned ones.
    """
    from pooch import file_hash  # noqa: PLC0415
    from requests import Session  # noqa: PLC0415
    from requests.exceptions import ReadTimeout  # noqa: PLC0415

    deadline = time.monotonic() + 60 + file.size / LEAST_RATE
    done, head = 0, b""
    with (
        Session() as session,
        open_download(session, file, url) as response,
        Path(part).open("wb") as out,
    ):
        progress(file.path, done, file.size)
        for chunk in response.iter_content(CHUNK):
            head, done = head or chunk[:512], done + len(chunk)
            if done > file.size:
                raise make_content_error(file, f"more than {file.size:,} bytes", head)
            out.write(chunk)
            progress(file.path, done, file.size)
            if time.monotonic() > deadline:
                raise ReadTimeout(f"slower than {LEAST_RATE:,} bytes a second")
    if (found := file_hash(part)) != file.sha256:
        raise make_content_error(file, f"sha256 {found}", head)


def open_download(session: Session, file: RemoteFile, url: str) -> Response:
    """Open the response with the file.

    Args:
        session: A session; this restricts it to https and refuses cookies.
        file: The pinned file.
        url: Address of the file.

    Returns:
        A streaming response with status 200.

    Raises:
        HTTPError: The server failed; a further try may succeed.
        NetworkError: The server refused, or redirected away from https.
    """
    from requests.exceptions import (  # noqa: PLC0415
        HTTPError,
        InvalidSchema,
        TooManyRedirects,
    )

    session.max_redirects = REDIRECTS
    session.adapters.pop("http://")
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Or else requests would look for passwords in ~/.netrc, for redirects too.
    session.auth = _pass_request
    session.rebuild_auth = _pass_request  # type: ignore[method-assign, assignment]
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
        raise make_status_error(file, response.status_code)
    return response


def _pass_request(request: Any, *_: object) -> Any:  # noqa: ANN401 - a request of any kind
    return request


def make_unreachable_error(
    file: RemoteFile, place: Path, error: Exception
) -> NetworkError:
    """Make the error for a server that failed in every try."""
    cause = getattr(error.args[0] if error.args else error, "reason", error)
    return NetworkError(
        f"{file.path}: {file.host} could not be reached or broke off {TRIES} times "
        f"({quote_text(cause, 120)}); run the same command again when online, or get "
        f"{file.url} ({file.size:,} bytes) otherwise and put it at {place}"
    )


def make_status_error(file: RemoteFile, code: int) -> NetworkError:
    """Make the error for a response that is not the file."""
    return NetworkError(
        f"{file.path}: {file.host} answered {code}; expected the file; its address was "
        f"{file.url}: see whether it has moved"
    )


def make_content_error(file: RemoteFile, found: str, head: bytes) -> IntegrityError:
    """Make the error for bytes that are not the pinned ones."""
    page = head.lstrip().lower().startswith((b"<!doctype", b"<html"))
    hint = "it looks like HTML, perhaps a login page; " if page else ""
    return IntegrityError(
        f"{file.path}: found {found}; expected {file.size:,} bytes with sha256 "
        f"{file.sha256}; {hint}what came was removed: see what is at {file.url}"
    )


GITHUB = "https://raw.githubusercontent.com"


@dataclass(frozen=True, slots=True)
class Dataset:
    """Files that belong together. `plain`: one file, one text a line."""

    name: str
    title: str
    rights: str
    files: tuple[RemoteFile, ...]
    plain: bool = False

    @property
    def sha256(self) -> str:
        """Pinned hashes of all files, in order."""
        return "+".join(file.sha256 for file in self.files)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def index_datasets(datasets: Iterable[Dataset]) -> dict[str, Dataset]:
    """Index datasets by name."""
    return {dataset.name: dataset for dataset in datasets}


SST = (
    f"{GITHUB}/successar/AttentionExplanation/"
    "425a89a49a8b3bffc3f5e8338287e2ecd0cf1fa2/preprocess/SST"
)

DATASETS: dict[str, Dataset] = index_datasets(
    (
        Dataset(
            name="songs",
            title="Song reviews: 1,584 posts of music blogs, 2018",
            rights="posts scraped from blogs; rights stay with their authors",
            files=(
                RemoteFile(
                    path="songs/blog_content_en_sample.json",
                    url=f"{GITHUB}/iconix/openai/10eaee7732df952446df9808da31a17a8db0ae55"
                    "/datasets/blog_content_en_sample.json",
                    size=2_517_092,
                    sha256="e0ec3714db1263cfe90ac9a1c8b36ac2"
                    "b0ae26384d5c331bc13c4d6778814544",
                ),
            ),
        ),
        Dataset(
            name="hacker_news",
            title="2,000 titles of Hacker News; the first line is a header",
            rights="distributed with textgenrnn (MIT); titles by their posters",
            plain=True,
            files=(
                RemoteFile(
                    path="textgenrnn/hacker_news_2000.txt",
                    url=f"{GITHUB}/minimaxir/textgenrnn/"
                    "ee8b9e806d109c25566581f358a4a72b6f03929a"
                    "/datasets/hacker_news_2000.txt",
                    size=86_064,
                    sha256="a2b0612f4e30c8cd44f94b76abc0d461"
                    "7c5b890d6250310bb3400bae2d88432a",
                ),
            ),
        ),
        Dataset(
            name="tinyshakespeare",
            title="Lines from Shakespeare's plays, 1,115,394 characters",
            rights="public domain",
            plain=True,
            files=(
                RemoteFile(
                    path="tinyshakespeare/input.txt",
                    url=f"{GITHUB}/karpathy/char-rnn/"
                    "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e"
                    "/data/tinyshakespeare/input.txt",
                    size=1_115_394,
                    sha256="86c4e6aa9db7c042ec79f339dcb96d42"
                    "b0075e16b8fc2e86bf0ca57e2dc565ed",
                ),
            ),
        ),
        Dataset(
            name="sst",
            title="Stanford Sentiment Treebank: 11,855 sentences as labelled trees",
            rights="Socher et al. 2013; cite the paper",
            files=(
                RemoteFile(
                    path="sst/train.txt",
                    url=f"{SST}/train.txt",
                    size=2_160_058,
                    sha256="e2f3f41b0b1e6d4dddc0effe3bfc2d27"
                    "ed8928079aa9a03d652311614fc5feb7",
                ),
                RemoteFile(
                    path="sst/dev.txt",
                    url=f"{SST}/dev.txt",
                    size=280_825,
                    sha256="0e9336aed6e4730e19f58d00a77b3f02"
                    "97efdb755f7b5e598c98a05e3f97ea40",
                ),
                RemoteFile(
                    path="sst/test.txt",
                    url=f"{SST}/test.txt",
                    size=559_614,
                    sha256="6e54806dee95cf80cd918e7dfb3f6770"
                    "f6df24bf826f289a4d1f709e1c8f6761",
                ),
            ),
        ),
        Dataset(
            name="imdb",
            title="Large Movie Review Dataset: 50,000 labelled film reviews",
            rights="Maas et al. 2011; cite the paper",
            files=(
                RemoteFile(
                    path="aclImdb_v1.tar.gz",
                    url="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
                    size=84_125_825,
                    sha256="c40f74a18d3b61f90feba1e17730e0d3"
                    "8e8b97c05fde7008942e91923d1658fe",
                ),
            ),
        ),
        Dataset(
            name="english_french",
            title="5,000 English sentences with their French translations",
            rights="Tatoeba, CC BY 2.0 FR; the third column attributes each pair",
            files=(
                RemoteFile(
                    path="translation/eng-fra.txt",
                    url=f"{GITHUB}/NJUxlj/seq2seq-attention-translation/"
                    "b20755b1c81f2d82526ab967dbc8ec6465f22f14/data/eng-fra.txt",
                    size=562_864,
                    sha256="d952b56a181da5270b7bb4ded3f3bbe6"
                    "1e67a9b1de0e0fbc1d46438c71fb55a7",
                ),
            ),
        ),
    )
)
"""Every dataset that a study file, or `fetch`, can name."""


def is_absent(name: str, data: Path) -> bool:
    """Return whether a file of the dataset is missing from the data folder."""
    return not all((data / file.path).is_file() for file in DATASETS[name].files)


def read_dataset(name: str, data: Path) -> tuple[RawFile, ...]:
    """Read the files of a dataset.

    Args:
        name: Name of the dataset.
        data: The data folder.

    Returns:
        The files in order, each with the pinned bytes.

    Raises:
        CorpusError: A file is absent.
        IntegrityError: A file has other bytes.
    """
    return tuple(read_pinned_file(name, file, data) for file in DATASETS[name].files)


def read_pinned_file(name: str, file: RemoteFile, data: Path) -> RawFile:
    """Read one file of a dataset and check its hash.

    Args:
        name: Name of the dataset, for messages.
        file: The pinned file.
        data: The data folder.

    Returns:
        The file.

    Raises:
        CorpusError: The file is absent.
        IntegrityError: The file has other bytes.
    """
    place = data / file.path
    if not place.is_file():
        raise CorpusError(
            f"{file.path}: not in the data folder; expected the dataset {name}; "
            f"{format_command(f'fetch {name}')}"
        )
    raw = read_raw_file(place.resolve(), file.path)
    if raw.sha256 != file.sha256:
        raise IntegrityError(
            f"{file.path}: found sha256 {raw.sha256}; expected {file.sha256} of the "
            f"dataset {name}; {format_command(f'fetch {name}')} replaces it"
        )
    return raw


def fetch_dataset(
    name: str, data: Path, progress: DownloadListener | None = None
) -> tuple[Path, ...]:
    """Fetch the files of a dataset into the data folder.

    Files that are there and right stay as they are.

    Args:
        name: Name of the dataset.
        data: The data folder.
        progress: Receives path, bytes so far and bytes in all.

    Returns:
        Paths of the files.

    Raises:
        ConfigError: There is no such dataset.
        NetworkError: A server cannot be reached or has no such file.
        IntegrityError: The bytes are not the pinned ones.
        ResourceError: A file cannot be written.
    """
    if name not in DATASETS:
        raise ConfigError(
            f"{quote_text(name)}: no such dataset; {suggest_nearest(name, DATASETS)}"
        )
    listener = progress or ignore_progress
    return tuple(download_file(file, data, listener) for file in DATASETS[name].files)


def ignore_progress(path: str, done: int, size: int) -> None:
    """Ignore the progress of a download."""
