"""Files of text, good and bad."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.edits import SettingEdit
from generator.core.errors import CorpusError
from generator.core.files import digest
from generator.corpora.base import Folders
from generator.corpora.files import text_files
from generator.corpora.files.text_files import (
    Encoding,
    RawFile,
    decode_text,
    find_corpus_file,
    read_raw_file,
    split_lines,
)

UNSAFE = [
    "",
    ".",
    "/etc/passwd",
    "../x",
    "a/../../x",
    "a//b",
    "~/x",
    "~root/x",
    "C:/x",
    "a\\b",
    "https://example.org/x",
    "file:///etc/passwd",
    "file:x",
    "https://user:secret@example.org/x",
    ".git/config",
    "a/.hidden",
    "a\0b",
    "a\nb",
    "a\ud800",
    "x" * 300,
    "dot.",
    "space ",
]

good_lines = st.lists(
    st.text(
        st.characters(codec="utf-8", exclude_characters="\n\r\0"), min_size=1
    ).filter(lambda line: bool(line.strip()) and not line.startswith("\ufeff")),
    min_size=1,
)


def raw(data: bytes) -> RawFile:
    """Bytes as if read from a file named x.txt."""
    return RawFile(data, "x.txt", digest(data))


def texts(data: bytes) -> list[str]:
    """The lines of a file with these bytes."""
    return split_lines(decode_text(raw(data))[0])[0]


@pytest.mark.parametrize("path", UNSAFE)
def test_unsafe_paths_are_refused(folders: Folders, path: str) -> None:
    """A path that leaves the two folders is refused before the disk is touched."""
    with pytest.raises(CorpusError, match="put the file into the study's folder"):
        find_corpus_file(path, folders)


def test_the_study_comes_before_the_data_folder(folders: Folders) -> None:
    """A file is taken from the study's own folder when both have one."""
    (folders.data / "x.txt").write_text("data")
    assert find_corpus_file("x.txt", folders) == folders.data.resolve() / "x.txt"
    (folders.study / "x.txt").write_text("study")
    assert find_corpus_file("x.txt", folders) == folders.study.resolve() / "x.txt"


def test_a_missing_file_names_a_near_one(folders: Folders) -> None:
    """A mistyped name is answered with the file that was perhaps meant."""
    (folders.data / "songs").mkdir()
    (folders.data / "songs" / "reviews.txt").write_text("x")
    with pytest.raises(CorpusError, match=r'did you mean "songs/reviews\.txt"'):
        find_corpus_file("songs/review.txt", folders)


def test_links_may_not_lead_out(folders: Folders, tmp_path: Path) -> None:
    """A link counts as its target: inside is fine, outside and nowhere are not."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (folders.data / "good.txt").write_text("good")
    (folders.study / "out.txt").symlink_to(outside / "secret.txt")
    (folders.study / "folder").symlink_to(outside)
    (folders.study / "gone.txt").symlink_to(tmp_path / "gone")
    (folders.study / "loop.txt").symlink_to(folders.study / "loop.txt")
    (folders.study / "in.txt").symlink_to(folders.data / "good.txt")
    for path in ("out.txt", "folder/secret.txt"):
        with pytest.raises(CorpusError, match="leads out"):
            find_corpus_file(path, folders)
    for path in ("gone.txt", "loop.txt"):
        with pytest.raises(CorpusError, match="leads nowhere"):
            find_corpus_file(path, folders)
    assert read_raw_file(find_corpus_file("in.txt", folders), "in.txt").data == b"good"


def test_a_link_put_in_place_afterwards_is_not_followed(tmp_path: Path) -> None:
    """What was a file when it was found is not opened as a link."""
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "x.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(CorpusError, match="cannot be read"):
        read_raw_file(tmp_path / "x.txt", "x.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_only_regular_files_are_read_and_none_hangs(tmp_path: Path) -> None:
    """A pipe nobody writes to, a folder and a device are refused at once."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    started = time.monotonic()
    for place in (tmp_path / "pipe", tmp_path / "folder", Path(os.devnull)):
        with pytest.raises(CorpusError, match="not a regular file"):
            read_raw_file(place, "x.txt")
    assert time.monotonic() - started < 10


def test_an_unreadable_file_is_an_input_error(tmp_path: Path) -> None:
    """A file without permission, or gone since, is one paragraph and no traceback."""
    with pytest.raises(CorpusError, match="cannot be read"):
        read_raw_file(tmp_path / "gone", "gone")


def test_the_size_limit_is_exact(tmp_path: Path) -> None:
    """A file of the limit is read, one byte more is refused with both numbers."""
    (tmp_path / "x.txt").write_bytes(b"a" * 100)
    assert read_raw_file(tmp_path / "x.txt", "x.txt", limit=100).data == b"a" * 100
    with pytest.raises(CorpusError, match="100 bytes; at most 99"):
        read_raw_file(tmp_path / "x.txt", "x.txt", limit=99)


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    """Five gigabytes are refused without being read."""
    with (tmp_path / "x.txt").open("wb") as file:
        file.truncate(5_000_000_000)
    started = time.monotonic()
    with pytest.raises(CorpusError, match="at most 1,000,000,000"):
        read_raw_file(tmp_path / "x.txt", "x.txt")
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("added", [b"more", b""])
def test_a_file_that_changes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, added: bytes
) -> None:
    """Bytes added, or only touched, while the file is read are noticed."""
    place = tmp_path / "x.txt"
    place.write_bytes(b"text")
    original = text_files.contents

    def slow(file: object, limit: int) -> bytes:
        data = original(file, limit)  # type: ignore[arg-type]  # handed through
        place.write_bytes(data + added)
        os.utime(place, ns=(1, 1))
        return data

    monkeypatch.setattr(text_files, "contents", slow)
    with pytest.raises(CorpusError, match="changed during reading"):
        read_raw_file(place, "x.txt")


@given(good_lines, st.booleans(), st.booleans(), st.booleans())
def test_lines_survive_the_file(
    written: list[str], crlf: bool, mark: bool, end: bool
) -> None:
    """Lines come back as written, whatever ends them and whatever mark is in front."""
    separator = "\r\n" if crlf else "\n"
    text = separator.join(written) + (separator if end else "")
    data = (b"\xef\xbb\xbf" if mark else b"") + text.encode()
    assert texts(data) == written


@given(st.binary())
def test_any_bytes_are_text_or_an_error(data: bytes) -> None:
    """No file raises anything but a `CorpusError`, and no text can break a page."""
    try:
        shown = "".join(texts(data))
    except CorpusError as error:
        shown = str(error)
        short = shown.isprintable() and len(shown) < 600
    else:
        short = True
    assert shown.encode()
    assert short


@given(st.text(min_size=1), st.integers(1, 50))
def test_split_lines_join_again(text: str, limit: int) -> None:
    """A long line is cut into pieces within the limit, without loss."""
    pieces = list(text_files.split_long_line(text, limit))
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= limit for piece in pieces)


def test_other_separators_do_not_end_a_line() -> None:
    """CR, form feed, U+0085, U+2028 and their like stay inside a line, and noted."""
    text = "a\rb\x0bc\x0cd\x1ce\x1df\x1eg\x85h\u2028i\u2029j"
    found, notes = decode_text(raw(f"{text}\nend".encode()))
    assert split_lines(found)[0] == [text, "end"]
    assert len(notes) == len(text_files.SEPARATORS)
    assert "1 × U+2028 kept as text: only LF and CRLF end a line" in notes


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n", b" \r\n\t\n"])
def test_empty_and_blank_files_are_refused(data: bytes) -> None:
    """A file without text is an error that names it."""
    with pytest.raises(CorpusError, match=r'"x\.txt": empty or blank'):
        decode_text(raw(data))


def test_bytes_of_another_encoding_say_where() -> None:
    """A latin-1 file is refused with its line, the bytes and the setting to try."""
    data = "one\ntwo\ncafé au lait\n".encode("latin-1")
    with pytest.raises(CorpusError, match=r'"x\.txt":3: not UTF-8') as caught:
        decode_text(raw(data))
    assert "bytes e9 20 61 75" in str(caught.value)
    assert "encoding: latin-1" in str(caught.value)
    assert decode_text(raw(data), "latin-1")[0].endswith("café au lait\n")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(encoding: str) -> None:
    """UTF-16 and UTF-32 with their mark are read, whatever is set, and noted."""
    text, notes = decode_text(raw("some words\nof text ж".encode(encoding)), "latin-1")
    assert text == "some words\nof text ж"
    assert notes == (f"read as {encoding.upper()}, as the byte order mark says",)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_text_without_a_mark_is_named(encoding: Encoding) -> None:
    """The hint for UTF-16 without a mark is the encoding that reads it."""
    data = raw("some words\nof text".encode(encoding))
    with pytest.raises(CorpusError, match=f"set encoding: {encoding}") as caught:
        decode_text(data)
    assert caught.value.edits == (SettingEdit("encoding", encoding),)
    assert decode_text(data, encoding) == ("some words\nof text", ())


@pytest.mark.parametrize(
    "data", [b"\0abc", b"\x7fELF\0\0\0\0\1", "ab\ncd".encode("utf-32-le")]
)
def test_binary_files_have_no_encoding(data: bytes) -> None:
    """Other bytes with NULs are refused, and no setting that would not help named."""
    with pytest.raises(CorpusError, match="save it as UTF-8") as caught:
        decode_text(raw(data))
    assert caught.value.edits == ()


WRITTEN: list[tuple[Encoding, str]] = [
    ("latin-1", "text,label\ncafé au lait,pos\nthé,neg\n"),
    ("cp1252", "it’s “cold soup”,no\nit’s “warm soup”,yes\n"),
    ("mac-roman", "café au lait,pos\rthé,neg\r"),
    ("cp1251", "Суп был холодный и невкусный,нет\nХороший тёплый суп,да\n" * 3),
    ("koi8-r", "Суп был холодный и невкусный,нет\nХороший тёплый суп,да\n" * 3),
    ("cp932", "スープは冷たかったです,いいえ\n温かいスープがおいしい,はい\n" * 3),
    ("euc-jp", "スープは冷たかったです,いいえ\n温かいスープがおいしい,はい\n" * 3),
    ("gb18030", "汤是冷的不好喝,不\n热汤很好喝,是\n" * 3),
    ("cp949", "수프가 차가웠다,아니\n따뜻한 수프가 맛있다,네\n" * 3),
    ("cp1253", "η σούπα ήταν κρύα,όχι\nη σούπα ήταν ζεστή,ναι\n" * 3),
    ("cp1256", "الحساء بارد جدا,لا\nالحساء دافئ ولذيذ,نعم\n" * 3),
]


@pytest.mark.parametrize(("encoding", "text"), WRITTEN)
def test_the_hint_names_the_encoding_that_reads_the_file(
    encoding: Encoding, text: str
) -> None:
    """For text of many languages the edit of the hint gives the text as written."""
    data = raw(text.encode(encoding))
    with pytest.raises(CorpusError, match=f"set encoding: {encoding}") as caught:
        decode_text(data)
    assert caught.value.edits == (SettingEdit("encoding", encoding),)
    assert decode_text(data, encoding)[0] == text.replace("\r", "\n")


def test_the_wrong_table_of_windows_is_told() -> None:
    """Bytes that are controls in latin-1 and marks in cp1252 are counted and named."""
    data = raw("it’s “cold”\nand “warm”\n".encode("cp1252"))
    (note,) = decode_text(data, "latin-1")[1]
    assert note.startswith(
        "5 × control characters kept as text (first: U+0092 in line 1)"
    )
    assert "set encoding: cp1252" in note
    assert decode_text(data, "cp1252")[1] == ()


words = st.text(st.characters(exclude_characters="\0"))


@given(words, st.text("\x01\x07\x0e\x1b\x7f\x80\x9b", min_size=1))
def test_control_characters_are_told(words: str, controls: str) -> None:
    """However many there are, a note says so; no other text has that note."""
    text = f"begin\n{words}{controls}"
    notes = decode_text(raw(text.encode("utf-8", "surrogatepass")))[1]
    assert any("control characters kept as text" in note for note in notes)
    clean = "".join(c for c in words if c == "\n" or unicodedata.category(c) != "Cc")
    notes = decode_text(raw(f"begin\n{clean}".encode("utf-8", "surrogatepass")))[1]
    assert not any("control characters" in note for note in notes)


def test_lines_may_end_in_cr() -> None:
    """A file whose lines end in CR is read and told, and has a key of its own."""
    data = raw(b"one\rtwo\r\rthree\r")
    text, notes = decode_text(data)
    assert text == "one\ntwo\n\nthree\n"
    assert notes == ("lines end in CR, as old Macs wrote them: read like LF",)
    assert data.fingerprint == f"{data.sha256}/cr"
    assert raw(b"one\r\ntwo").fingerprint == raw(b"one\r\ntwo").sha256


def test_nul_bytes_say_their_line() -> None:
    """A NUL is refused with the line it is on."""
    with pytest.raises(CorpusError, match="NUL at line 7"):
        decode_text(raw(b"x\n" * 6 + b"y\0"))


def test_lone_surrogates_are_replaced_and_counted() -> None:
    """What no file can hold again becomes U+FFFD."""
    text, notes = decode_text(raw("a\ud800b\udfff".encode("utf-8", "surrogatepass")))
    assert text == "a\ufffdb\ufffd"
    assert notes == ("2 lone surrogates replaced by U+FFFD",)


def test_normalisation_is_asked_for() -> None:
    """A letter and its combining accent stay two characters unless NFC is set."""
    data = "cafe\u0301".encode()
    assert decode_text(raw(data)) == ("cafe\u0301", ())
    assert decode_text(raw(data), normalize="NFC") == (
        "café",
        ("characters normalised to NFC",),
    )


def test_a_long_line_is_split_with_a_note() -> None:
    """A line over the limit is cut after a space, and the note counts it."""
    text = "short\n" + "word " * 20_000 + "\n\nend"
    found, notes = split_lines(text)
    assert [len(line) for line in found] == [5, 65_535, 34_465, 3]
    assert notes == (
        "1 blank lines dropped",
        "1 lines longer than 65,536 characters (first: line 2, 100,000) split into 2",
    )


def test_a_long_line_takes_linear_time() -> None:
    """Eight times the text takes no more than some twenty times as long."""

    def seconds(size: int) -> float:
        text = "a" * size
        times = []
        for _ in range(3):  # the shortest: other work on the machine is not ours
            started = time.process_time()
            split_lines(text)
            times.append(time.process_time() - started)
        return min(times)

    assert seconds(8_000_000) < 20 * max(seconds(1_000_000), 0.002)


def test_files_outside_are_never_opened(tmp_path: Path) -> None:
    """Under a watch on every open, no hostile path reaches a file outside."""
    program = f"""
import sys
from pathlib import Path
from generator.corpora.base import Folders
from generator.corpora.files.text_files import find_corpus_file
from generator.corpora.files.text_files import read_raw_file
from generator.core.errors import CorpusError
folders = Folders(Path({str(tmp_path / "s")!r}), Path({str(tmp_path / "d")!r}))
seen = []
sys.addaudithook(lambda event, args: seen.append(args[0]) if event == "open" else None)
for path in {UNSAFE!r} + ["link.txt"]:
    try:
        read_raw_file(find_corpus_file(path, folders), path)
    except CorpusError:
        continue
    raise SystemExit(f"accepted {{path!r}}")
raise SystemExit(f"opened {{seen}}" if seen else 0)
"""
    (tmp_path / "s").mkdir()
    (tmp_path / "d").mkdir()
    (tmp_path / "canary").write_text("canary")
    (tmp_path / "s" / "link.txt").symlink_to(tmp_path / "canary")
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
