"""Packed archives, good and hostile, made by these tests."""

from __future__ import annotations

import gzip
import tarfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.errors import CorpusError
from generator.corpora.files import imdb
from generator.corpora.files.imdb import read_archive_files
from tests.corpora.tars import member, packed, raw, tar


def read(data: bytes) -> dict[str, bytes]:
    """Every file of an archive."""
    return dict(read_archive_files(raw(data), lambda name: name))


@given(
    st.dictionaries(
        st.text("abc/_.", min_size=1, max_size=120).filter(lambda n: n[-1] != "/"),
        st.binary(max_size=2000),
        max_size=5,
    )
)
def test_files_come_as_they_were_packed(files: dict[str, bytes]) -> None:
    """Names, long ones too, and bytes come back in the archive's order."""
    data = packed(*(member(name, body) for name, body in files.items()))
    assert list(read_archive_files(raw(data), lambda name: name)) == list(files.items())


def test_what_is_not_wanted_is_not_read() -> None:
    """Only files that the caller asks for come, as what the caller made of the name."""
    data = packed(member("a", b"1"), member("b", b"2"), member("c", b"3"))
    found = list(read_archive_files(raw(data), lambda name: 7 if name == "b" else None))
    assert found == [(7, b"2")]


def test_links_devices_and_folders_are_passed_over(tmp_path: Path) -> None:
    """Whatever is not a regular file is never asked about, let alone followed."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    data = packed(
        member("soft", type=tarfile.SYMTYPE, linkname=str(secret)),
        member("hard", type=tarfile.LNKTYPE, linkname="good"),
        member("device", type=tarfile.CHRTYPE),
        member("block", type=tarfile.BLKTYPE),
        member("pipe", type=tarfile.FIFOTYPE),
        member("folder", type=tarfile.DIRTYPE),
        member("good", b"good"),
    )
    assert read(data) == {"good": b"good"}


def test_sparse_files_are_passed_over() -> None:
    """A file that says it is larger than its bytes is not read."""
    sparse = {"GNU.sparse.map": "0,1", "GNU.sparse.size": "900000"}
    data = packed(member("sparse", b"x", pax_headers=sparse), member("good", b"good"))
    assert read(data).get("good") == b"good"
    assert len(read(data).get("sparse", b"")) < 2


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that lead out are names; no file appears anywhere."""
    monkeypatch.chdir(tmp_path)
    data = packed(member("../up", b"1"), member("/abs", b"2"), member("in", b"3"))
    assert len(read(data)) == 3
    assert not list(tmp_path.rglob("*"))
    assert not (tmp_path.parent / "up").exists()


def test_an_archive_that_expands_a_hundredfold_is_refused() -> None:
    """A bomb is refused where the bound is passed, though nothing of it is wanted."""
    data = packed(member("bomb", b"\0" * 50_000_000))
    assert len(data) < 100_000
    tracemalloc.start()
    with pytest.raises(CorpusError, match="expands to more than") as caught:
        list(read_archive_files(raw(data), lambda _: None))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "at most 100 times its size" in str(caught.value)
    assert peak < 30_000_000


def test_what_follows_the_end_is_bounded_too() -> None:
    """Bytes after the archive's end count as expanded ones."""
    data = gzip.compress(tar([member("a", b"1")]) + b"\0" * 50_000_000, mtime=0)
    with pytest.raises(CorpusError, match="expands to more than"):
        read(data)


def test_a_small_archive_may_expand_to_a_megabyte() -> None:
    """Tar pads, so that the ratio says nothing of a few bytes."""
    data = packed(member("a", b"\0" * 900_000))
    assert len(data) < 3000
    assert len(read(data)["a"]) == 900_000


def test_there_is_a_bound_for_large_archives(monkeypatch: pytest.MonkeyPatch) -> None:
    """However large an archive is, what it expands to is bounded."""
    monkeypatch.setattr(imdb, "EXPANDED_LIMIT", 20_000)
    with pytest.raises(CorpusError, match="more than 20,000 bytes"):
        read(packed(member("a", bytes(range(256)) * 100)))


def test_a_large_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wanted file over the limit is refused by name; an unwanted one is passed."""
    monkeypatch.setattr(imdb, "FILE_LIMIT", 100)
    data = packed(member("big", b"x" * 101), member("good", b"x" * 100))
    with pytest.raises(CorpusError, match='"big" has 101 bytes; expected at most 100'):
        read(data)
    wanted = read_archive_files(
        raw(data), lambda name: name if name == "good" else None
    )
    assert [name for name, _ in wanted] == ["good"]


def with_header(data: bytes, at: int, new: bytes) -> bytes:
    """A tar archive with some bytes of its first header changed, the sum made right."""
    block = bytearray(data[:512])
    block[at : at + len(new)] = new
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    return bytes(block) + data[512:]


SIZE, TYPE = 124, 156
GOOD = tar([member("a", b"text"), member("b", b"more")])
BAD = {
    "empty": b"",
    "no gzip": b"text of no archive",
    "a tar alone": GOOD,
    "gzip of no tar": gzip.compress(b"text" * 1000),
    "gzip of nothing": gzip.compress(b""),
    "cut short": gzip.compress(GOOD)[:-40],
    "cut inside a file": gzip.compress(GOOD[:700]),
    "a wrong sum": gzip.compress(b"x" + GOOD[1:]),
    "a second header damaged": gzip.compress(GOOD[:1024] + b"\xff" * 512 + GOOD[1536:]),
    "a wrong checksum of gzip": gzip.compress(GOOD)[:-8] + b"\0" * 8,
    "a negative size": gzip.compress(with_header(GOOD, SIZE, b"\xff" * 12)),
    "an impossible size": gzip.compress(
        with_header(GOOD, SIZE, b"\x80" + b"\x7f" * 11)
    ),
    "a huge extended header": gzip.compress(
        with_header(with_header(GOOD, TYPE, b"x"), SIZE, b"77777777777\0")
    ),
    "a huge long name": gzip.compress(
        with_header(with_header(GOOD, TYPE, b"L"), SIZE, b"77777777777\0")
    ),
    "headers of headers": gzip.compress(
        with_header(with_header(GOOD, TYPE, b"x"), SIZE, b"00000000000\0")[:512] * 5000,
        compresslevel=1,
    ),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_damaged_archive_is_an_error(name: str) -> None:
    """Whatever is wrong, it is one paragraph, and never a shorter archive."""
    with pytest.raises(CorpusError, match=r'^"x\.tar\.gz": ') as caught:
        read(BAD[name])
    assert len(str(caught.value)) < 400


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(at: int, byte: int) -> None:
    """No byte of an archive makes anything but files or a `CorpusError`."""
    changed = bytearray(GOOD)
    changed[at] = byte
    try:
        found = read(gzip.compress(bytes(changed)))
    except CorpusError:
        return
    assert len(found) <= 2
