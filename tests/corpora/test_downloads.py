"""Downloads, from a server that fails in every way we know."""

from __future__ import annotations

import hashlib
import itertools
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator.corpora import datasets, downloads
from generator.corpora.datasets import DATASETS, Dataset, fetch
from generator.corpora.downloads import RemoteFile, download
from generator.corpora.network import Network, refuse_private, require_https
from generator.corpora.paths import unsafe
from generator.errors import (
    ConfigError,
    IntegrityError,
    NetworkError,
    ResourceError,
    StudyError,
)
from tests.corpora.server import (
    Answer,
    Script,
    body,
    nothing,
    proxying,
    redirect,
    serving,
    status,
)

DATA = b"A line about the sea.\n" * 9000
HTML = b"<!DOCTYPE html><title>Please log in</title>".ljust(len(DATA))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine and its key, in one file."""
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes the server's certificate, is not installed")
    place = tmp_path_factory.mktemp("tls") / "both.pem"
    made = subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", "-", "-out", "-"),
        ],
        check=True,
        capture_output=True,
    )
    place.write_bytes(made.stdout)
    return place


@pytest.fixture
def server(certificate: Path) -> Iterator[Script]:
    """A server that has no answers yet."""
    with serving(certificate) as script:
        yield script


@pytest.fixture
def slept() -> list[float]:
    """The pauses between tries."""
    return []


@pytest.fixture
def network(certificate: Path, slept: list[float]) -> Network:
    """A network that trusts the server, allows it, and never really waits."""
    return Network(
        allow_private=True,
        context=ssl.create_default_context(cafile=certificate),
        proxies={},
        read_timeout=5,
        sleep=slept.append,
    )


@pytest.fixture
def file(server: Script) -> RemoteFile:
    """The file at the server, pinned."""
    return RemoteFile(
        path="songs/posts.txt",
        url=f"{server.base}/posts.txt",
        size=len(DATA),
        sha256=hashlib.sha256(DATA).hexdigest(),
    )


def get(file: RemoteFile, data: Path, network: Network) -> Path:
    """Download quietly."""
    return download(file, data, datasets.quiet, network)


def left(data: Path) -> list[str]:
    """The files in a folder."""
    return sorted(p.name for p in data.rglob("*") if p.is_file())


def test_a_file_is_fetched_once(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """The bytes come whole, progress ends at the size, a second call asks nobody."""
    server.answers = [body(DATA)]
    seen: list[tuple[str, int, int]] = []
    place = download(file, tmp_path, lambda *step: seen.append(step), network)
    assert place == tmp_path / "songs" / "posts.txt"
    assert place.read_bytes() == DATA
    assert left(tmp_path) == ["posts.txt"]
    assert seen[0] == (file.path, 0, len(DATA))
    assert seen[-1] == (file.path, len(DATA), len(DATA))
    get(file, tmp_path, network)
    assert len(server.asked) == 1
    assert not {"Cookie", "Authorization"} & set(server.asked[0])


def test_a_wrong_file_there_is_replaced(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """A file of that name with other bytes gives way, once the right ones are there."""
    place = tmp_path / file.path
    place.parent.mkdir()
    place.write_bytes(b"damaged")
    server.answers = [status(404)]
    with pytest.raises(NetworkError):
        get(file, tmp_path, network)
    assert place.read_bytes() == b"damaged"
    server.answers = [body(DATA)]
    assert get(file, tmp_path, network).read_bytes() == DATA


@pytest.mark.parametrize(
    "case",
    [
        (body(DATA[:-1] + b"x"), "found sha256"),
        (body(DATA[:-1]), "found sha256"),
        (body(b""), "found sha256"),
        (body(DATA + b"x"), "found more than 198,000 bytes"),
        (body(DATA * 50), "found more than 198,000 bytes"),
        (body(DATA + b"x", declared=len(DATA) + 2), "found more than"),
        (body(HTML), "it looks like HTML"),
    ],
)
def test_other_bytes_are_never_kept(
    server: Script,
    file: RemoteFile,
    tmp_path: Path,
    network: Network,
    case: tuple[Answer, str],
) -> None:
    """Bytes that differ, miss or exceed are refused at once, and nothing is left."""
    answer, message = case
    server.answers = [answer]
    with pytest.raises(IntegrityError, match=message) as caught:
        get(file, tmp_path, network)
    assert file.sha256 in str(caught.value)
    assert left(tmp_path) == []
    assert len(server.asked) == 1


def test_a_body_cut_short_is_taken_up(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """The next try asks for the missing bytes alone."""
    server.answers = [body(DATA[:70_000], declared=len(DATA)), body(DATA)]
    assert get(file, tmp_path, network).read_bytes() == DATA
    assert [ask.get("Range") for ask in server.asked] == [None, "bytes=70000-"]


def test_what_came_is_kept_for_the_next_run(
    server: Script,
    file: RemoteFile,
    tmp_path: Path,
    network: Network,
    slept: list[float],
) -> None:
    """After three tries the error says so; another run needs only the rest."""
    server.answers = [
        body(DATA[:70_000], declared=len(DATA)),
        body(DATA[:90_000], declared=len(DATA)),
        body(DATA[:95_000], declared=len(DATA)),
        body(DATA),
    ]
    with pytest.raises(NetworkError, match="broke off 3 times") as caught:
        get(file, tmp_path, network)
    assert left(tmp_path) == ["posts.txt.part"]
    assert slept == [1.0, 2.0]
    assert f"put it at {tmp_path / file.path}" in str(caught.value)
    assert get(file, tmp_path, network).read_bytes() == DATA
    assert server.asked[-1]["Range"] == "bytes=95000-"


def test_a_server_without_ranges_sends_all_again(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """Where the server ignores what was asked, its whole answer is taken."""
    server.answers = [
        body(DATA[:70_000], declared=len(DATA)),
        body(DATA, ranges=False),
    ]
    assert get(file, tmp_path, network).read_bytes() == DATA


@pytest.mark.parametrize(
    "first", [status(416), status(206, Content_Range="bytes 5-9/10")]
)
def test_a_refused_range_begins_again(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network, first: Answer
) -> None:
    """A range that is refused, or another than asked, is never appended."""
    part = tmp_path / "songs" / "posts.txt.part"
    part.parent.mkdir()
    part.write_bytes(DATA[:100])
    server.answers = [first, body(DATA)]
    assert get(file, tmp_path, network).read_bytes() == DATA
    assert [ask.get("Range") for ask in server.asked] == ["bytes=100-", None]


@pytest.mark.parametrize("kept", [b"x" * 100, DATA[:-1] + b"x", DATA + b"x"])
def test_damaged_remains_begin_again(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network, kept: bytes
) -> None:
    """Remains of an earlier run that turn out wrong cost one try, not the download."""
    part = tmp_path / "songs" / "posts.txt.part"
    part.parent.mkdir()
    part.write_bytes(kept)
    server.answers = [body(DATA)]
    assert get(file, tmp_path, network).read_bytes() == DATA
    assert left(tmp_path) == ["posts.txt"]


def test_whole_remains_need_no_network(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """A run killed just before the end finishes without asking anybody."""
    part = tmp_path / "songs" / "posts.txt.part"
    part.parent.mkdir()
    part.write_bytes(DATA)
    assert get(file, tmp_path, network).read_bytes() == DATA
    assert server.asked == []


def test_a_link_in_the_way_is_removed_not_followed(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """A link where the remains belong is no way to write elsewhere."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    data = tmp_path / "data"
    (data / "songs").mkdir(parents=True)
    (data / "songs" / "posts.txt.part").symlink_to(victim)
    server.answers = [body(DATA)]
    assert get(file, data, network).read_bytes() == DATA
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("code", [302, 304, 400, 401, 403, 404, 410, 429])
def test_refusals_are_final(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network, code: int
) -> None:
    """An answer 4xx, or a redirect to nowhere, is not asked for again."""
    server.answers = [status(code)]
    with pytest.raises(NetworkError, match=f"answered {code}"):
        get(file, tmp_path, network)
    assert len(server.asked) == 1
    assert left(tmp_path) == []


@pytest.mark.parametrize("fault", [status(500), status(503, Retry_After="9"), nothing])
def test_passing_faults_are_tried_again(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network, fault: Answer
) -> None:
    """After an answer 5xx or a broken connection the second try succeeds."""
    server.answers = [fault, body(DATA)]
    assert get(file, tmp_path, network).read_bytes() == DATA


@pytest.mark.parametrize("fault", [status(500), nothing])
def test_lasting_faults_end_after_three_tries(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network, fault: Answer
) -> None:
    """A server that stays broken is asked three times."""
    server.answers = [fault]
    with pytest.raises(NetworkError, match="3 times"):
        get(file, tmp_path, network)
    assert len(server.asked) == 3


def test_nobody_there_says_what_to_do(
    file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """Offline, the message names file, address, size and the place to put it."""
    away = replace(file, url="https://127.0.0.1:1/posts.txt")
    with pytest.raises(NetworkError) as caught:
        get(away, tmp_path, network)
    message = str(caught.value)
    for part in (file.path, away.url, "198,000 bytes", str(tmp_path / file.path)):
        assert part in message
    assert "run the same command again" in message


def test_a_silent_server_is_given_up(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """A server that sends nothing is left after the read timeout."""
    done = threading.Event()

    def silent(request: object) -> None:
        del request
        done.wait(2)

    server.answers = [silent]
    with pytest.raises(NetworkError, match="timed out"):
        get(file, tmp_path, replace(network, read_timeout=0.1, tries=1))
    done.set()


def test_a_trickle_is_given_up(
    server: Script,
    file: RemoteFile,
    tmp_path: Path,
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A download slower than the least speed ends, however long it might go on."""
    clock = itertools.count(0, 100)
    monkeypatch.setattr(downloads.time, "monotonic", lambda: next(clock))
    server.answers = [body(DATA)]
    with pytest.raises(NetworkError, match="slower than 20,000 bytes a second"):
        get(file, tmp_path, replace(network, tries=1))


def test_redirects_are_followed_five_times(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """Five hops reach the file, a sixth is refused, and so is a circle."""
    hops = [redirect(f"/{n}") for n in range(5)]
    server.answers = [*hops, body(DATA)]
    assert get(file, tmp_path / "a", network).read_bytes() == DATA
    server.answers = [*hops, redirect("/5"), body(DATA)]
    with pytest.raises(NetworkError, match="more than 5 redirects"):
        get(file, tmp_path / "b", network)
    server.answers = [redirect("/posts.txt")]
    with pytest.raises(NetworkError, match="redirects"):
        get(file, tmp_path / "c", network)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/posts.txt",
        "HTTP://127.0.0.1:1/posts.txt",
        "ftp://127.0.0.1/posts.txt",
        "file:///etc/hostname",
        "data:text/plain,x",
        "https://user:secret@127.0.0.1/posts.txt",
    ],
)
def test_redirects_lead_to_https_alone(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network, target: str
) -> None:
    """A redirect to any other scheme, or with a password, ends the download."""
    server.answers = [redirect(target)]
    with pytest.raises(NetworkError, match="refused") as caught:
        get(file, tmp_path, network)
    assert "secret" not in str(caught.value)
    assert len(server.asked) == 1
    assert left(tmp_path) == []


def test_private_addresses_are_refused(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """Unless allowed, a connection to this machine is closed before a word is said."""
    server.answers = [body(DATA)]
    for url in (file.url, file.url.replace("127.0.0.1", "localhost")):
        with pytest.raises(NetworkError, match="private address 127"):
            get(replace(file, url=url), tmp_path, replace(network, allow_private=False))
    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse, not to bind
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
    ],
)
def test_what_is_private(address: str) -> None:
    """Loopback, private, link-local, shared, multicast: none is the internet."""
    with pytest.raises(NetworkError, match="private address"):
        refuse_private(address, "example.org")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_what_is_public(address: str) -> None:
    """Addresses of the internet pass."""
    refuse_private(address, "example.org")


def test_a_proxy_may_be_private(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """The system's proxy is used wherever it is, and sees an encrypted tunnel alone."""
    server.answers = [body(DATA)]
    with proxying() as (address, tunnels):
        proxied = replace(network, proxies={"https": address}, allow_private=False)
        assert get(file, tmp_path, proxied).read_bytes() == DATA
    assert tunnels == [file.url.split("/")[2]]


def test_an_untrusted_certificate_is_refused(
    server: Script, file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """With the system's own certificates the server is not believed."""
    server.answers = [body(DATA)]
    strict = replace(network, context=ssl.create_default_context())
    with pytest.raises(NetworkError, match="certificate"):
        get(file, tmp_path, strict)
    assert server.asked == []


@pytest.mark.parametrize(
    "url", ["http://x.org/a", "file:///a", "x.org/a", "https:///a"]
)
def test_addresses_must_be_https(url: str) -> None:
    """No other scheme is opened, from the registry neither."""
    with pytest.raises(NetworkError, match="expected https"):
        require_https(url, "address")


def test_a_disk_that_refuses_is_a_resource_error(
    file: RemoteFile, tmp_path: Path, network: Network
) -> None:
    """Where the folder cannot be made, the error is about the disk."""
    (tmp_path / "songs").write_text("a file")
    with pytest.raises(ResourceError, match="while writing a download"):
        get(file, tmp_path, network)


def test_a_dataset_comes_with_all_its_files(
    server: Script,
    file: RemoteFile,
    tmp_path: Path,
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every file is fetched in order; after an interruption only those missing."""
    other = replace(file, path="songs/more.txt", url=file.url.replace("posts", "more"))
    pair = Dataset(name="pair", title="Two", rights="ours", files=(file, other))
    monkeypatch.setitem(DATASETS, "pair", pair)
    server.answers = [body(DATA), status(404)]
    with pytest.raises(NetworkError):
        fetch("pair", tmp_path, network=network)
    assert datasets.absent("pair", tmp_path)
    server.answers = [body(DATA)]
    found = fetch("pair", tmp_path, network=network)
    assert [place.name for place in found] == ["posts.txt", "more.txt"]
    assert [ask["path"] for ask in server.asked] == [
        "/posts.txt",
        "/more.txt",
        "/more.txt",
    ]
    assert not datasets.absent("pair", tmp_path)
    assert [raw.data for raw in datasets.read_dataset("pair", tmp_path)] == [DATA] * 2


def test_an_unknown_dataset_names_a_near_one(tmp_path: Path) -> None:
    """A mistyped name is answered with the one that was perhaps meant."""
    with pytest.raises(ConfigError, match='did you mean "imdb"'):
        fetch("imbd", tmp_path)


def test_the_registry_is_sound() -> None:
    """Names, places, addresses and hashes have the form that fetching relies on."""
    paths = [file.path for dataset in DATASETS.values() for file in dataset.files]
    assert len(set(paths)) == len(paths)
    for name, dataset in DATASETS.items():
        assert name == dataset.name
        assert dataset.size == sum(file.size for file in dataset.files) > 0
        for file in dataset.files:
            require_https(file.url, "address")
            assert unsafe(file.path) is None
            assert len(bytes.fromhex(file.sha256)) == 32


def test_messages_are_short(tmp_path: Path) -> None:
    """Every error of a dataset's file stays a paragraph, however long its address."""
    for dataset in DATASETS.values():
        for file in dataset.files:
            errors: list[Exception] = [
                downloads.wrong(file, "sha256 " + "0" * 64, b"<html>"),
                downloads.answered(file, 404),
            ]
            with pytest.raises(StudyError) as caught:
                datasets.pinned(dataset.name, file, tmp_path)
            errors.append(caught.value)
            assert all(len(str(error)) < 600 for error in errors)


@pytest.mark.parametrize("name", sorted(set(DATASETS) - {"imdb"}))
def test_real_files_are_the_pinned_ones(real: object, name: str) -> None:
    """The files in the data folder have the sizes and hashes of the registry."""
    data = real.data  # type: ignore[attr-defined]  # Folders, see conftest
    if datasets.absent(name, data):
        pytest.skip(f"the data folder lacks {name}")
    for raw, file in zip(
        datasets.read_dataset(name, data), DATASETS[name].files, strict=True
    ):
        assert (len(raw.data), raw.sha256) == (file.size, file.sha256)
