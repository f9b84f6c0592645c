"""Paths of a project that are links, pipes and devices: refused by name, not followed.

Git carries links, archives carry all of these. Whatever stands in the place of a folder
or a file of a project, nothing outside it is read into the site, written or deleted,
and no command waits for it.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.cli.job import CACHE_FOLDERS
from generator.core.files import require_plain_folders
from tests.stub.project import run, treehash, write_project

pytestmark = pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="this system has no links, or no pipes with names"
)
STUDY = "studies/2024-01-01-first"
FOLDERS = [
    ".cache",
    *(f".cache/{name}" for name in CACHE_FOLDERS),
    "site",
    f"{STUDY}/artifacts",
]
FILES = [
    f"{STUDY}/study.yaml",
    f"{STUDY}/index.md",
    "studies/site.yaml",
    ".cache/lock",
    ".cache/lock.json",
    ".cache/rendered",
    f"{STUDY}/artifacts/small.json",
    f"{STUDY}/artifacts/large.npz",
]
FOREIGN = "words-of-another-project"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one study that was built."""
    project = write_project(tmp_path_factory.mktemp("built") / "p", 1)
    (project / "studies" / "site.yaml").write_text("title: Words\n")
    run(project, "build")
    return project


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(built, tmp_path / "p", symlinks=True))


@pytest.fixture
def outside(tmp_path: Path, built: Path) -> Path:
    """What is somebody else's: a tree like any of the project's folders."""
    folder = tmp_path / "outside"
    shutil.copytree(built / ".cache", folder, symlinks=True)
    for name in ("index.html", "small.json", "a" * 64, ".tmp-x"):
        (folder / name).write_text(FOREIGN)
    (folder / "kept" / ("b" * 64)).write_text(FOREIGN)
    return folder


def put_link(path: Path, outside: Path) -> None:
    """Put a link to a file of somebody else's."""
    path.symlink_to(outside / "index.html")


def put_hard_link(path: Path, outside: Path) -> None:
    """Put a second name of a file of somebody else's."""
    os.link(outside / "index.html", path)


def put_fifo(path: Path, outside: Path) -> None:
    """Put a pipe to which nobody writes."""
    del outside
    os.mkfifo(path)


def put_socket(path: Path, outside: Path) -> None:
    """Put a socket, by a short name, as its length is limited."""
    del outside
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def put_device(path: Path, outside: Path) -> None:
    """Put a link to a device that never ends."""
    del outside
    path.symlink_to("/dev/zero")


KINDS: list[Callable[[Path, Path], None]] = [
    put_link,
    put_hard_link,
    put_fifo,
    put_socket,
    put_device,
]


@pytest.mark.slow(1)
@pytest.mark.parametrize("command", ["build", "clean"])
@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_is_a_link_is_refused(
    project: Path, outside: Path, name: str, command: str
) -> None:
    """The message names it, and the tree behind the link is as it was."""
    place = project / name
    shutil.rmtree(place, ignore_errors=True)
    place.symlink_to(outside)
    before = treehash(outside)
    done = run(project, command, check=False)
    assert done.returncode == 2, done.stderr
    assert name in done.stderr
    assert "link" in done.stderr
    assert "Traceback" not in done.stderr
    assert treehash(outside) == before
    assert place.is_symlink()


@pytest.mark.slow(25)
@pytest.mark.parametrize("put", KINDS, ids=lambda put: put.__name__[4:])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_none_is_not_followed(
    project: Path, outside: Path, name: str, put: Callable[[Path, Path], None]
) -> None:
    """It is refused, or replaced; nothing waits, and nothing of it is published."""
    place = project / name
    place.unlink(missing_ok=True)
    put(place, outside)
    before = treehash(outside)
    done = run(project, "build", check=False)
    assert done.returncode in {0, 2, 3}, done.stderr
    if done.returncode:
        assert Path(name).name in done.stderr
    assert "Traceback" not in done.stderr
    assert treehash(outside) == before
    for path in (project / "site").rglob("*"):
        assert not path.is_symlink()
        assert not path.is_file() or FOREIGN not in path.read_text("utf-8", "replace")


@pytest.mark.parametrize("name", [".cache/kept", ".cache/log", ".cache/models"])
def test_without_the_check_no_link_is_followed_either(
    project: Path, outside: Path, name: str
) -> None:
    """Folders are opened from the project on: a link that comes later is seen too."""
    place = project / name
    shutil.rmtree(place, ignore_errors=True)
    place.symlink_to(outside / place.name)
    (project / STUDY / "index.md").write_text("Other words.\n")
    before = treehash(outside)
    run(project, "build", check=False, STUB_UNGUARDED="1")
    assert treehash(outside) == before


def test_a_plain_writer_follows_it(project: Path, outside: Path) -> None:
    """The control: neither checked nor opened safely, what is behind it changes."""
    place = project / ".cache" / "kept"
    shutil.rmtree(place)
    place.symlink_to(outside / "kept")
    (project / STUDY / "index.md").write_text("Other words.\n")
    before = treehash(outside)
    changes = {"STUB_UNGUARDED": "1", "STUB_FOLLOWING": "1"}
    run(project, "build", check=False, **changes)
    assert treehash(outside) != before


def test_names_of_hard_links_and_folders(tmp_path: Path) -> None:
    """The check tells a folder, a link, a second name and a pipe apart."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    require_plain_folders(tmp_path, ["folder", "absent"], ["file", "gone"])
    os.link(tmp_path / "file", tmp_path / "second")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("folder")
    with pytest.raises(Exception, match="hard link") as raised:
        require_plain_folders(tmp_path, ["link", "pipe"], ["file"])
    text = str(raised.value)
    assert "link: is a link, and links are not followed" in text
    assert "pipe: is a FIFO" in text
