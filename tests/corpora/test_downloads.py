"""Downloads, from a server that fails in every way we know."""

from __future__ import annotations

import hashlib
import itertools
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator.core.errors import (
    ConfigError,
    IntegrityError,
    NetworkError,
    ResourceError,
    StudyError,
)
from generator.corpora import download as datasets
from generator.corpora import download as downloads
from generator.corpora.download import (
    DATASETS,
    Dataset,
    RemoteFile,
    download_file,
    fetch_dataset,
)
from generator.corpora.files.text_files import find_path_problem
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
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A server that has no answers yet, and that is trusted."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with serving(certificate) as script:
        yield script


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which are not really waited for."""
    pauses: list[float] = []
    monkeypatch.setattr("pooch.core.time.sleep", pauses.append)
    return pauses


@pytest.fixture
def file(server: Script) -> RemoteFile:
    """The file at the server, pinned."""
    return RemoteFile(
        path="songs/posts.txt",
        url=f"{server.base}/posts.txt",
        size=len(DATA),
        sha256=hashlib.sha256(DATA).hexdigest(),
    )


def get(file: RemoteFile, data: Path) -> Path:
    """Download quietly."""
    return download_file(file, data, datasets.ignore_progress)


def left(data: Path) -> list[str]:
    """The files in a folder."""
    return sorted(p.name for p in data.rglob("*") if p.is_file())


def test_a_file_is_fetched_once(
    server: Script, file: RemoteFile, tmp_path: Path
) -> None:
    """The bytes come whole, progress ends at the size, a second call asks nobody."""
    server.answers = [body(DATA)]
    seen: list[tuple[str, int, int]] = []
    place = download_file(file, tmp_path, lambda *step: seen.append(step))
    assert place == tmp_path / "songs" / "posts.txt"
    assert place.read_bytes() == DATA
    assert left(tmp_path) == ["posts.txt"]
    assert seen[0] == (file.path, 0, len(DATA))
    assert seen[-1] == (file.path, len(DATA), len(DATA))
    get(file, tmp_path)
    assert len(server.asked) == 1
    assert not {"Cookie", "Authorization"} & set(server.asked[0])


def test_a_wrong_file_there_is_replaced(
    server: Script, file: RemoteFile, tmp_path: Path
) -> None:
    """A file of that name with other bytes gives way, once the right ones are there."""
    place = tmp_path / file.path
    place.parent.mkdir()
    place.write_bytes(b"damaged")
    server.answers = [status(404)]
    with pytest.raises(NetworkError):
        get(file, tmp_path)
    assert place.read_bytes() == b"damaged"
    server.answers = [body(DATA)]
    assert get(file, tmp_path).read_bytes() == DATA


@pytest.mark.parametrize(
    "case",
    [
        (body(DATA[:-1] + b"x"), "found sha256"),
        (body(DATA[:-1]), "found sha256"),
        (body(b""), "found sha256"),
        (body(DATA + b"x"), "found more than 198,000 bytes"),
        (body(DATA * 50), "found more than 198,000 bytes"),
        (body(DATA * 2, declared=len(DATA) * 2 + 1), "found more than"),
        (body(HTML), "it looks like HTML"),
    ],
)
def test_other_bytes_are_never_kept(
    server: Script,
    file: RemoteFile,
    tmp_path: Path,
    case: tuple[Answer, str],
) -> None:
    """Bytes that differ, miss or exceed are refused at once, and nothing is left."""
    answer, message = case
    server.answers = [answer]
    with pytest.raises(IntegrityError, match=message) as caught:
        get(file, tmp_path)
    assert file.sha256 in str(caught.value)
    assert left(tmp_path) == []
    assert len(server.asked) == 1


def test_a_body_cut_short_is_asked_for_again(
    server: Script, file: RemoteFile, tmp_path: Path, slept: list[float]
) -> None:
    """The next try begins anew; after three the error says what to do, none is left."""
    short = body(DATA[:70_000], declared=len(DATA))
    server.answers = [short, body(DATA)]
    assert get(file, tmp_path / "a").read_bytes() == DATA
    server.answers = [short]
    slept.clear()
    with pytest.raises(NetworkError, match="broke off 3 times") as caught:
        get(file, tmp_path / "b")
    assert len(slept) == 2
    assert left(tmp_path / "b") == []
    assert f"put it at {tmp_path / 'b' / file.path}" in str(caught.value)


def test_a_link_in_the_way_is_replaced_not_followed(
    server: Script, file: RemoteFile, tmp_path: Path
) -> None:
    """A link where the file belongs is no way to write elsewhere."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    data = tmp_path / "data"
    (data / "songs").mkdir(parents=True)
    (data / "songs" / "posts.txt").symlink_to(victim)
    server.answers = [body(DATA)]
    assert get(file, data).read_bytes() == DATA
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("code", [302, 304, 400, 401, 403, 404, 410, 429])
def test_refusals_are_final(
    server: Script, file: RemoteFile, tmp_path: Path, code: int
) -> None:
    """An answer 4xx, or a redirect to nowhere, is not asked for again."""
    server.answers = [status(code)]
    with pytest.raises(NetworkError, match=f"answered {code}"):
        get(file, tmp_path)
    assert len(server.asked) == 1
    assert left(tmp_path) == []


@pytest.mark.parametrize("fault", [status(500), status(503, Retry_After="9"), nothing])
def test_passing_faults_are_tried_again(
    server: Script, file: RemoteFile, tmp_path: Path, fault: Answer
) -> None:
    """After an answer 5xx or a broken connection the second try succeeds."""
    server.answers = [fault, body(DATA)]
    assert get(file, tmp_path).read_bytes() == DATA


@pytest.mark.parametrize("fault", [status(500), nothing])
def test_lasting_faults_end_after_three_tries(
    server: Script, file: RemoteFile, tmp_path: Path, fault: Answer
) -> None:
    """A server that stays broken is asked three times."""
    server.answers = [fault]
    with pytest.raises(NetworkError, match="3 times"):
        get(file, tmp_path)
    assert len(server.asked) == 3


def test_nobody_there_says_what_to_do(file: RemoteFile, tmp_path: Path) -> None:
    """Offline, the message names file, address, size and the place to put it."""
    away = replace(file, url="https://127.0.0.1:1/posts.txt")
    with pytest.raises(NetworkError) as caught:
        get(away, tmp_path)
    message = str(caught.value)
    for part in (file.path, away.url, "198,000 bytes", str(tmp_path / file.path)):
        assert part in message
    assert "run the same command again" in message


def test_a_silent_server_is_given_up(
    server: Script, file: RemoteFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that sends nothing is left after the read timeout."""
    done = threading.Event()

    def silent(request: object) -> None:
        del request
        done.wait(2)

    monkeypatch.setattr(downloads, "TIMEOUTS", (1.0, 0.1))
    server.answers = [silent]
    with pytest.raises(NetworkError, match="timed out"):
        get(file, tmp_path)
    done.set()


def test_a_trickle_is_given_up(
    server: Script,
    file: RemoteFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A download slower than the least speed ends, however long it might go on."""
    clock = itertools.count(0, 100)
    monkeypatch.setattr(downloads.time, "monotonic", lambda: next(clock))
    server.answers = [body(DATA)]
    with pytest.raises(NetworkError, match="slower than 20,000 bytes a second"):
        get(file, tmp_path)


def test_redirects_are_followed_five_times(
    server: Script, file: RemoteFile, tmp_path: Path
) -> None:
    """Five hops reach the file, a sixth is refused, and so is a circle."""
    hops = [redirect(f"/{n}") for n in range(5)]
    server.answers = [*hops, body(DATA)]
    assert get(file, tmp_path / "a").read_bytes() == DATA
    server.answers = [*hops, redirect("/5"), body(DATA)]
    with pytest.raises(NetworkError, match="more than 5 redirects"):
        get(file, tmp_path / "b")
    server.answers = [redirect("/posts.txt")]
    with pytest.raises(NetworkError, match="redirects"):
        get(file, tmp_path / "c")


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/posts.txt",
        "HTTP://127.0.0.1:1/posts.txt",
        "ftp://user:secret@127.0.0.1/posts.txt",
        "file:///etc/hostname",
        "data:text/plain,x",
    ],
)
def test_redirects_lead_to_https_alone(
    server: Script, file: RemoteFile, tmp_path: Path, target: str
) -> None:
    """A redirect to any other scheme ends the download."""
    server.answers = [redirect(target)]
    with pytest.raises(NetworkError, match="refused") as caught:
        get(file, tmp_path)
    assert "secret" not in str(caught.value)
    assert len(server.asked) == 1
    assert left(tmp_path) == []


def test_a_proxy_of_the_system_is_used(
    server: Script, file: RemoteFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's proxy is used and sees an encrypted tunnel alone."""
    server.answers = [body(DATA)]
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with proxying() as (address, tunnels):
        monkeypatch.setenv("HTTPS_PROXY", address)
        assert get(file, tmp_path).read_bytes() == DATA
    assert tunnels == [file.url.split("/")[2]]


def test_an_untrusted_certificate_is_refused(
    server: Script, file: RemoteFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the system's own certificates the server is not believed."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    server.answers = [body(DATA)]
    with pytest.raises(NetworkError, match="certificate"):
        get(file, tmp_path)
    assert server.asked == []


def test_a_disk_that_refuses_is_a_resource_error(
    file: RemoteFile, tmp_path: Path
) -> None:
    """Where the folder cannot be made, the error is about the disk."""
    (tmp_path / "songs").write_text("a file")
    with pytest.raises(ResourceError, match="while writing a download"):
        get(file, tmp_path)


def test_a_dataset_comes_with_all_its_files(
    server: Script,
    file: RemoteFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every file is fetched in order; after an interruption only those missing."""
    other = replace(file, path="songs/more.txt", url=file.url.replace("posts", "more"))
    pair = Dataset(name="pair", title="Two", rights="ours", files=(file, other))
    monkeypatch.setitem(DATASETS, "pair", pair)
    server.answers = [body(DATA), status(404)]
    with pytest.raises(NetworkError):
        fetch_dataset("pair", tmp_path)
    assert datasets.is_absent("pair", tmp_path)
    server.answers = [body(DATA)]
    found = fetch_dataset("pair", tmp_path)
    assert [place.name for place in found] == ["posts.txt", "more.txt"]
    assert [ask["path"] for ask in server.asked] == [
        "/posts.txt",
        "/more.txt",
        "/more.txt",
    ]
    assert not datasets.is_absent("pair", tmp_path)
    assert [raw.data for raw in datasets.read_dataset("pair", tmp_path)] == [DATA] * 2


def test_an_unknown_dataset_names_a_near_one(tmp_path: Path) -> None:
    """A mistyped name is answered with the one that was perhaps meant."""
    with pytest.raises(ConfigError, match='did you mean "imdb"'):
        fetch_dataset("imbd", tmp_path)


def test_the_registry_is_sound() -> None:
    """Names, places, addresses and hashes have the form that fetching relies on."""
    paths = [file.path for dataset in DATASETS.values() for file in dataset.files]
    assert len(set(paths)) == len(paths)
    for name, dataset in DATASETS.items():
        assert name == dataset.name
        assert dataset.size == sum(file.size for file in dataset.files) > 0
        for file in dataset.files:
            assert file.url.startswith(f"https://{file.host}/")
            assert find_path_problem(file.path) is None
            assert len(bytes.fromhex(file.sha256)) == 32


def test_messages_are_short(tmp_path: Path) -> None:
    """Every error of a dataset's file stays a paragraph, however long its address."""
    for dataset in DATASETS.values():
        for file in dataset.files:
            errors: list[Exception] = [
                downloads.make_content_error(file, "sha256 " + "0" * 64, b"<html>"),
                downloads.make_status_error(file, 404),
            ]
            with pytest.raises(StudyError) as caught:
                datasets.read_pinned_file(dataset.name, file, tmp_path)
            errors.append(caught.value)
            assert all(len(str(error)) < 600 for error in errors)


@pytest.mark.parametrize("name", sorted(set(DATASETS) - {"imdb"}))
def test_real_files_are_the_pinned_ones(real: object, name: str) -> None:
    """The files in the data folder have the sizes and hashes of the registry."""
    data = real.data  # type: ignore[attr-defined]  # Folders, see conftest
    if datasets.is_absent(name, data):
        pytest.skip(f"the data folder lacks {name}")
    for raw, file in zip(
        datasets.read_dataset(name, data), DATASETS[name].files, strict=True
    ):
        assert (len(raw.data), raw.sha256) == (file.size, file.sha256)
