"""No link is followed below a folder, and only regular files are read."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.core import cache, files
from generator.core.errors import ConfigError, ResourceError
from tests.stub.project import tree


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project, with somebody's work beside it."""
    (tmp_path / "canary").mkdir()
    (tmp_path / "canary" / "thesis.tex").write_text("years of work")
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def make_socket(path: Path) -> None:
    """Make a socket with a name."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def make_device(path: Path) -> None:
    """Make a device that is always full, where the system lets this user."""
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(1, 7))
    except OSError:
        pytest.skip("only root makes devices")


OTHERS: dict[str, Callable[[Path], object]] = {
    "a link": lambda path: path.symlink_to("nowhere"),
    "a folder": Path.mkdir,
    "a FIFO": os.mkfifo,
    "a socket": make_socket,
    "a device": make_device,
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_file_is_named_and_not_read(project: Path, kind: str) -> None:
    """It is neither opened nor waited for, and the error says what it is."""
    OTHERS[kind](project / "x")
    with pytest.raises(OSError, match=f"x is {kind}"):
        files.read_regular_file(project / "x")


@pytest.mark.parametrize("kind", sorted(set(OTHERS) - {"a folder"}))
def test_what_is_in_the_way_is_replaced(project: Path, kind: str) -> None:
    """A file is written in place of it, under a name of its own first."""
    for name in ("x", ".tmp-x"):
        OTHERS[kind](project / name)
    files.write(project / "x", b"new")
    assert (project / "x").read_bytes() == b"new"


def test_a_folder_in_the_way_is_set_aside(project: Path) -> None:
    """Where a file is written or removed, a folder goes to a name that is free."""
    for number in (1, 2):
        place = project / "a" / "note"
        place.mkdir(parents=True, exist_ok=True)
        (place / "thesis.tex").write_text(f"year {number}")
        if number == 1:
            files.write(place, b"new", within=project)
            assert place.read_bytes() == b"new"
            place.unlink()
        else:
            files.remove(place, project)
            assert not place.exists()
        aside = place.with_name(f".aside-{number}-note")
        assert (aside / "thesis.tex").read_text() == f"year {number}"


def test_a_refusal_says_what_was_being_done(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing and removing each have their verb, and the reason and the place."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    place = project / "note"
    place.write_text("x")
    monkeypatch.setattr(os, "unlink", refuse)
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ResourceError, match="note: no space left while removing it"):
        files.remove(place, project)
    with pytest.raises(ResourceError, match="no space left while writing the note"):
        files.write(place, b"new", "the note", project)


@pytest.mark.parametrize("digits", [1000, 1001, 9000])
def test_a_number_of_too_many_digits_has_a_place(digits: int) -> None:
    """In our own words, whatever Python's limit is; one that fits exactly is read."""
    text = '{"a": 1,\n "b": [' + "9" * digits + "]}"
    if digits <= files.DIGITS_LIMIT:
        assert files.parse_strict_json(text)["b"] == [10**digits - 1]
        return
    with pytest.raises(json.JSONDecodeError) as raised:
        files.parse_strict_json(text)
    assert raised.value.msg == (
        f"a number of {digits:,} digits, which is too long to be meant"
    )
    assert (raised.value.lineno, raised.value.colno) == (2, 8)


def test_no_part_of_a_path_is_a_link(project: Path) -> None:
    """Nothing is written, read or removed behind a link, which the error names."""
    (project / "a").symlink_to(project.parent / "canary")
    before = tree(project.parent / "canary")
    for path in (project / "a" / "thesis.tex", project / "a" / "new" / "x"):
        with pytest.raises(ResourceError, match="a is a link"):
            files.write(path, b"x", within=project)
        with pytest.raises(ResourceError, match="a is a link"):
            files.remove(path, project)
    with pytest.raises(OSError, match="a is a link"):
        files.delete_folder(project / "a", project)
    assert tree(project.parent / "canary") == before
    files.remove(project / "a" / "thesis.tex")  # where the path is trusted it is not
    assert tree(project.parent / "canary") != before


def test_a_path_that_leaves_its_folder_is_refused(project: Path) -> None:
    """Two dots are no way out."""
    with pytest.raises(ResourceError, match="leaves"):
        files.write(project / ".." / "canary" / "x", b"x", within=project)


def test_a_file_with_a_second_name_is_not_written_to(project: Path) -> None:
    """A hard link to somebody's work, in place or on the way, leaves the work alone."""
    work = project.parent / "canary" / "thesis.tex"
    for name in ("x", ".tmp-x"):
        (project / name).hardlink_to(work)
    files.write(project / "x", b"new")
    assert work.read_text() == "years of work"
    (project / "y").hardlink_to(work)
    (project / "y").write_bytes(b"written in place")  # which `write` does not
    assert work.read_text() != "years of work"


def test_a_link_put_in_the_way_meanwhile_leads_nowhere(project: Path) -> None:
    """An open folder stays the same folder, whatever takes its name."""
    (project / "a").mkdir()
    with files.open_folder(project / "a", project) as folder:
        (project / "a").rename(project / "b")
        (project / "a").symlink_to(project.parent / "canary")
        folder.write_file("x", b"x")
        folder.remove_file("thesis.tex")
    assert (project / "b" / "x").exists()
    assert (project.parent / "canary" / "thesis.tex").exists()


def test_links_in_a_folder_are_removed_and_not_followed(project: Path) -> None:
    """What is deleted is what is in the folder; the file named last goes last."""
    inner = project / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "link").symlink_to(project.parent / "canary")
    (inner / "file").hardlink_to(project.parent / "canary" / "thesis.tex")
    os.mkfifo(inner / "fifo")
    before = tree(project.parent / "canary")
    files.delete_folder(project / "a", project)
    assert tree(project.parent / "canary") == before
    assert not list(project.iterdir())


def test_every_folder_that_is_none_is_named(project: Path) -> None:
    """All of them at once, each with what it is; absent ones and folders are fine."""
    (project / "a").symlink_to(project.parent / "canary")
    os.mkfifo(project / "b")
    (project / "c").mkdir()
    with pytest.raises(ConfigError) as caught:
        files.require_plain_folders(project, ["a", "b", "c", "d"])
    assert [text.split(";")[0] for text in caught.value.problems] == [
        "a: is a link, and links are not followed",
        "b: is a FIFO",
    ]


BOUND = """
import sys
from pathlib import Path
from generator.core import cache, files
if sys.argv[2:]:
    files.find_mounts = lambda _folder: []
try:
    files.delete_folder(Path(sys.argv[1]))
except OSError as error:
    print(error.strerror)
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs Linux's name spaces")
@pytest.mark.parametrize("careless", [False, True])
def test_what_is_mounted_is_not_deleted(project: Path, careless: bool) -> None:
    """A folder bound to another looks like any other, but its files are elsewhere.

    Where mounts are not asked for, they are lost.
    """
    (project / "a" / "b c").mkdir(parents=True)
    (project / "a" / "x").write_text("ours")
    script = 'mount --bind "$1" "$2" && shift && shift && exec "$@"'
    words = [project.parent / "canary", project / "a" / "b c"]
    done = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", script, "sh", *map(str, words),
         os.sys.executable, "-c", BOUND, str(project / "a"), *["x"] * careless],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "not permitted" in done.stderr:
        pytest.skip("this user may not mount")
    work = project.parent / "canary" / "thesis.tex"
    assert work.exists() != careless, done
    assert careless or (project / "a" / "x").exists()
    assert careless or "b c is a mount point" in done.stdout


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_hash_waits_for_no_pipe(tmp_path: Path) -> None:
    """Nor for one that took a file's place after its status was read.

    The control: the hash of a file is had, by a link to it too.
    """
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="pipe is a FIFO"):
        cache._hash_unchanged_file(str(tmp_path / "pipe"), 0)
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    for name in ("file", "link"):
        assert cache.hash_source_file(tmp_path / name) == files.digest(b"x")


def test_a_folder_in_the_way_gets_a_name_that_is_free(tmp_path: Path) -> None:
    """With all that is in it; files, links and what is not there stay as they are."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    with files.open_folder(tmp_path, tmp_path) as place:
        for name in ("file", "link", "none"):
            assert place.set_folder_aside(name) is False
        for number in (1, 2):
            (tmp_path / "folder" / "deep").mkdir(parents=True)
            assert place.set_folder_aside("folder") is True
            assert (tmp_path / f".aside-{number}-folder" / "deep").is_dir()
            assert not (tmp_path / "folder").exists()
