"""Paths of a project that are links, pipes and devices: refused by name, not followed.

Git carries links, archives carry all of these. Whatever stands in the place of a folder
or a file of a project, nothing outside it is read into the site, written or deleted,
no command waits for it, and none calls it a bug of the program.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.artifacts import SCHEMA
from generator.cli import commands
from generator.cli.job import CACHE_FOLDERS, Job
from generator.cli.publish.derivation import find_released
from generator.core.errors import ConfigError, IntegrityError
from generator.core.files import require_plain_folders
from tests.artifacts.test_store import resealed
from tests.stub.conftest import Stub
from tests.stub.project import tree, treehash
from tests.stub.specs import install

pytestmark = pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="this system has no links, or no pipes with names"
)
STUDY = "studies/2024-01-01-first"
SMALL = f"{STUDY}/artifacts/small.json"
FOLDERS = [
    ".cache",
    *(f".cache/{name}" for name in CACHE_FOLDERS),
    "site",
    f"{STUDY}/artifacts",
]
FILES = [
    f"{STUDY}/study.yaml",
    f"{STUDY}/index.md",
    f"{STUDY}/notes.txt",
    f"{STUDY}/references.bib",
    "studies/site.yaml",
    "templates",
    "templates/study.html",
    ".cache/lock",
    ".cache/lock.json",
    ".cache/rendered",
    SMALL,
    f"{STUDY}/artifacts/large.npz",
]
MENDED = {".cache/lock.json", ".cache/rendered", f"{STUDY}/artifacts/large.npz", SMALL}
"""Files of which a build writes a new one, whatever stands in their place."""
FOREIGN = "words-of-another-project"
Maker = Callable[[Path, Path], object]


@pytest.fixture
def outside(tmp_path: Path, built: Path) -> Path:
    """What is somebody else's: a tree like any of the project's folders."""
    folder = tmp_path / "outside"
    shutil.copytree(built / ".cache", folder)
    for name in ("index.html", "small.json", "a" * 64, ".tmp-x.json", "manifest.json",
                 "study.yaml", "kept/" + "b" * 64):  # fmt: skip
        (folder / name).write_text(FOREIGN)
    for name in ("artifacts", "snapshots"):
        shutil.copytree(built / STUDY / "artifacts", folder / name)
    return folder


def put_link(path: Path, outside: Path) -> None:
    """Put a link to a file of somebody else's."""
    path.symlink_to(outside / "index.html")


def put_dangling_link(path: Path, outside: Path) -> None:
    """Put a link to what is not there, where it might be made."""
    path.symlink_to(outside / "made-through-a-link")


def put_hard_link(path: Path, outside: Path) -> None:
    """Put a second name of a file of somebody else's."""
    os.link(outside / "index.html", path)


def put_folder(path: Path, outside: Path) -> None:
    """Put a folder with somebody's work in it."""
    del outside
    path.mkdir()
    (path / "thesis.tex").write_text("years of work")


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


KINDS: list[Maker] = [
    put_link,
    put_dangling_link,
    put_hard_link,
    put_folder,
    put_fifo,
    put_socket,
    put_device,
]


def clear(place: Path) -> None:
    """Remove what is at a path, and make the folder above it."""
    place.parent.mkdir(exist_ok=True)
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)


def put_folder_link(path: Path, outside: Path) -> None:
    """Put a link to a folder of somebody else's."""
    path.symlink_to(outside)


@pytest.mark.parametrize("put", [put_folder_link, put_dangling_link, put_fifo])
@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_is_none_is_refused(
    stub: Stub, built: Path, outside: Path, name: str, put: Maker
) -> None:
    """The message names it before anything is trained, and nothing behind it changes.

    A link leads to a folder, to a place where one could be made, or there is a pipe.
    """
    place = built / name
    clear(place)
    put(place, outside)
    if (built / SMALL).exists():
        (built / SMALL).unlink()  # so that there is something to train
    before = treehash(outside)
    for command in ("build", "clean"):
        done = stub(built, command, status=2)
        assert name in done.stderr
        assert ("FIFO" if put is put_fifo else "link") in done.stderr
        assert "model lm" not in done.stderr
        assert treehash(outside) == before
        assert place.is_fifo() if put is put_fifo else place.is_symlink()


@pytest.mark.slow(20)
@pytest.mark.parametrize("put", KINDS, ids=lambda put: put.__name__[4:])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_none_is_not_followed(
    stub: Stub, built: Path, outside: Path, name: str, put: Maker
) -> None:
    """It is refused with what to do, or replaced; nothing of it is published.

    What a build writes anew takes its place, and a folder there is set aside.
    """
    place = built / name
    clear(place)
    put(place, outside)
    before = treehash(outside)
    done = stub(built, status=None)
    assert done.returncode in ({0} if name in MENDED else {0, 2, 3}), done.stderr
    if done.returncode:
        assert Path(name).name in done.stderr
        # A second name is a file like any other where it is only read.
        assert (
            put is put_hard_link or "remove it" in done.stderr or "put " in done.stderr
        )
    elif put is put_folder and name in MENDED:
        aside = place.with_name(f".aside-1-{place.name}")
        assert (aside / "thesis.tex").read_text() == "years of work"
    assert "Traceback" not in done.stderr
    assert treehash(outside) == before
    assert_site_is_own(built)


def assert_site_is_own(project: Path) -> None:
    """Nothing of the site is a link, or holds somebody else's words."""
    for path in (project / "site").rglob("*"):
        assert not path.is_symlink()
        assert not path.is_file() or FOREIGN not in path.read_text("utf-8", "replace")


@pytest.mark.parametrize("name", [".cache/kept", ".cache/log", ".cache/models"])
def test_without_the_check_no_link_is_followed_either(
    stub: Stub, built: Path, outside: Path, name: str
) -> None:
    """Folders are opened from the project on: a link that comes later is seen too."""
    place = built / name
    clear(place)
    place.symlink_to(outside / place.name)
    (built / STUDY / "index.md").write_text("Other words.\n")
    before = treehash(outside)
    stub(built, status=None, STUB_UNGUARDED="1")
    assert treehash(outside) == before


def test_a_plain_writer_follows_it(stub: Stub, built: Path, outside: Path) -> None:
    """The control: neither checked nor opened safely, what is behind it changes."""
    place = built / ".cache" / "kept"
    clear(place)
    place.symlink_to(outside / "kept")
    (built / STUDY / "index.md").write_text("Other words.\n")
    before = treehash(outside)
    stub(built, status=None, STUB_UNGUARDED="1", STUB_FOLLOWING="1")
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


@pytest.mark.parametrize("words", [("build",), ("render",), ("clean", "--yes")])
def test_a_study_that_is_a_link_is_left_alone(
    stub: Stub, built: Path, outside: Path, words: tuple[str, ...]
) -> None:
    """Nothing is read, collected or deleted behind it; what reads studies names it."""
    clear(built / STUDY)
    (built / STUDY).symlink_to(outside)
    before = tree(outside)
    done = stub(built, *words, status=None)
    assert tree(outside) == before
    assert "clean" in words or f"{STUDY}: is a link" in done.stderr


def test_a_model_behind_a_link_is_refused(
    stub: Stub, built: Path, outside: Path
) -> None:
    """Neither its folder nor the one of its snapshots is followed or deleted."""
    (model,) = (built / ".cache" / "models").iterdir()
    (built / SMALL).unlink()
    before = tree(outside)
    (model / "manifest.json").unlink()
    (model / "snapshots").symlink_to(outside)
    done = stub(built, status=2)
    assert f"{model.name}/snapshots: is a link" in done.stderr
    shutil.rmtree(model)
    model.symlink_to(outside)
    done = stub(built, status=2)
    assert f"{model.name}: is a link" in done.stderr
    assert tree(outside) == before


@pytest.mark.parametrize("kind", ["symbolic", "hard"])
@pytest.mark.parametrize(
    "place", [".cache/log/error.log", f"{STUDY}/artifacts/.tmp-small.json"]
)
def test_a_name_of_somebody_elses_file_is_replaced(
    stub: Stub, built: Path, outside: Path, place: str, kind: str
) -> None:
    """A log and a leftover are written under names of their own, and moved there."""
    path = built / place
    path.parent.mkdir(exist_ok=True)
    make = path.hardlink_to if kind == "hard" else path.symlink_to
    make(outside / "index.html")
    (built / SMALL).unlink()
    (built / STUDY / "index.md").write_text("BUG")
    before = tree(outside)
    stub(built, status=1)
    assert tree(outside) == before
    assert not path.is_symlink()
    if path.exists():
        assert "ZeroDivisionError" in path.read_text()
        path.unlink()
        make(outside / "index.html")
        path.write_text("written in place")  # a control: as it once was
        assert tree(outside) != before


def test_a_model_under_anothers_key_is_trained_again(stub: Stub, built: Path) -> None:
    """A folder copied over another's gives no numbers of the wrong model.

    Its artifacts are those of before, to the byte, and one warning says why.
    """
    before = tree(built / "studies")
    (model,) = (built / ".cache" / "models").iterdir()
    study = built / STUDY / "study.yaml"
    text = study.read_text()
    study.write_text(text.replace("seed: 5", "seed: 6"))
    stub(built)
    (other,) = set((built / ".cache" / "models").iterdir()) - {model}
    shutil.rmtree(model)
    shutil.copytree(other, model)
    study.write_text(text)
    done = stub(built)
    assert "it is another model's" in done.stderr
    assert done.stderr.count("warning") == 1
    assert tree(built / "studies") == before


def test_a_folder_of_corpora_that_is_not_used_is_not_judged(
    stub: Stub, built: Path, outside: Path, tmp_path: Path
) -> None:
    """With `--data` the project's own may be a link; without it the link is refused."""
    clear(built / ".cache" / "data")
    (built / ".cache" / "data").symlink_to(outside)
    (tmp_path / "data").mkdir()
    before = treehash(outside)
    stub(built, "build", "--data", str(tmp_path / "data"))
    assert ".cache/data: is a link" in stub(built, "build", status=2).stderr
    assert treehash(outside) == before


def test_a_download_goes_behind_no_link(
    built: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of a dataset that came as a link is refused before anything is asked.

    The controls: without the link, and with `--data`, it is asked for.
    """
    asked: list[Path] = []
    monkeypatch.setattr(
        commands, "fetch_dataset", lambda _n, data, _b: asked.append(data) or ()
    )
    clear(built / ".cache" / "data")
    (built / ".cache" / "data").mkdir()
    (built / ".cache" / "data" / "sst").symlink_to(outside)
    with pytest.raises(ConfigError, match=r"\.cache/data/sst: is a link"):
        commands.fetch(Job(project=str(built)), ["sst"])
    assert asked == []
    commands.fetch(Job(project=str(built), data=str(outside)), ["sst"])
    (built / ".cache" / "data" / "sst").unlink()
    commands.fetch(Job(project=str(built)), ["sst"])
    assert asked == [outside, built / ".cache" / "data"]


def change_head(**fields: Any) -> Maker:
    """Change fields of an artifact's head, and seal it again."""
    return lambda project, _: resealed(project / SMALL, lambda c: c.update(fields))


def put(name: str, kind: Maker) -> Maker:
    """Put something in the place of a file or folder of the project."""

    def make(project: Path, outside: Path) -> None:
        clear(project / name)
        kind(project / name, outside)

    return make


def write(name: str, text: str) -> Maker:
    """Write another text into a file of the project."""
    return lambda project, _: (project / name).write_text(text)


DIGITS = "9" * 9000
STATES: dict[str, Maker] = {
    **{f"schema {schema!r}": change_head(schema=schema)
       for schema in (0, -1, "1", True, None, [], SCHEMA + 1, 10**900)},
    "a kind that never was": change_head(kind="spells"),
    "digits in an artifact": lambda project, _: resealed(
        project / SMALL, (project / SMALL).read_text().partition("\n")[2].replace(
            f'"schema": {SCHEMA}', f'"schema": {DIGITS}')),
    "digits in a study": write(f"{STUDY}/study.yaml", f"title: x\nseed: {DIGITS}\n"),
    "digits in quotes": write(f"{STUDY}/study.yaml", f'title: x\nseed: "{DIGITS}"\n'),
    "digits in settings": write("studies/site.yaml", f"title: {DIGITS}\n"),
    "digits in prose": write(f"{STUDY}/index.md", f"{{{{ small.scores.{DIGITS} }}}}\n"),
    "digits in a lock": write(".cache/lock.json", f'{{"pid": {DIGITS}}}'),
    "digits in a note": write(".cache/rendered", f"{DIGITS}\n" * 6),
    "artifacts that dangle": put(f"{STUDY}/artifacts", put_dangling_link),
    "artifacts that are a file": put(f"{STUDY}/artifacts", put_hard_link),
    "templates that are a pipe": put("templates", put_fifo),
    "a study file that is a pipe": put(f"{STUDY}/study.yaml", put_fifo),
    "a write-up that is a folder": put(f"{STUDY}/index.md", put_folder),
    "a note that is a folder": put(".cache/rendered", put_folder),
    "a lock that is a folder": put(".cache/lock", put_folder),
    "a holder that is a folder": put(".cache/lock.json", put_folder),
    "data that are a link": put(".cache/data", put_link),
    "a log that is a pipe": put(".cache/log", put_fifo),
    "a cache that is a socket": put(".cache", put_socket),
    "a site that is a link": put("site", put_link),
    "studies that are a link": put("studies", put_link),
}  # fmt: skip
COMMANDS = (
    ("build",), ("render",), ("collect",), ("collect", "first"), ("verify", "first"),
    ("list",), ("list", "--json"), ("check",), ("publish", "--dry-run"), ("doctor",),
    ("schema",), ("new", "third"), ("trust", "--list"), ("fetch", "nothing"),
    ("export", "model", "first", "lm"), ("clean", "--artifacts", "--yes"),
)  # fmt: skip


@pytest.mark.slow(5)
@pytest.mark.parametrize("state", STATES)
def test_no_command_calls_it_a_bug(
    stub: Stub, built: Path, outside: Path, state: str
) -> None:
    """Each command ends with a documented status and a message, and nobody waits."""
    STATES[state](built, outside)
    kept = shutil.copytree(built, built.with_name("kept"), symlinks=True,
                           copy_function=copy_special)  # fmt: skip
    before = treehash(outside)
    for words in COMMANDS:
        done = stub(built, *words, status=None)
        assert done.returncode in {0, 2, 3, 4, 5}, (words, done)
        assert done.returncode == 0 or done.stdout + done.stderr, words
        assert "Traceback" not in done.stderr
        assert "set_int_max_str_digits" not in done.stdout + done.stderr, words
        assert treehash(outside) == before, words
        assert_site_is_own(built)
        if tree_of_names(built) != tree_of_names(kept):
            shutil.rmtree(built)
            shutil.copytree(kept, built, symlinks=True, copy_function=copy_special)


def copy_special(source: str, target: str) -> None:
    """Copy a file; make a pipe or a socket anew."""
    path = Path(source)
    if path.is_fifo():
        os.mkfifo(target)
    elif path.is_socket():
        put_socket(Path(target), path)
    else:
        shutil.copy2(source, target, follow_symlinks=False)


def tree_of_names(folder: Path) -> set[tuple[str, int, int]]:
    """Every path below a folder, with its kind and size."""
    return {
        (str(path.relative_to(folder)), path.lstat().st_mode, path.lstat().st_size)
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("schema 0", (3, "its schema is 0, which no version writes; run: ")),
        ("schema '1'", (3, 'its schema is "1", which no version writes; run: ')),
        (f"schema {SCHEMA + 1}", (0, "small was collected by a newer version")),
        ("artifacts that dangle", (2, "artifacts: is a link, and links are not")),
        ("templates that are a pipe", (2, "templates: is a FIFO; put a folder there")),
        ("a study file that is a pipe", (2, "is a FIFO; remove it, or put a file")),
        ("digits in a study", (2, "study.yaml:2:7: seed is a number too long")),
        ("digits in an artifact", (3, "a number of 9,000 digits, which is too long")),
    ],
)
def test_the_message_says_what_to_do(
    stub: Stub, built: Path, outside: Path, state: str, said: tuple[int, str]
) -> None:
    """Of a damaged artifact once; with exit status 3 where its bytes are not right."""
    STATES[state](built, outside)
    status, words = said
    done = stub(built, "render", status=status, STUB_PAGES="1")
    assert words in done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert all(line.count("run: ") <= 1 for line in errors)
    if status == 3:
        assert stub(built, "publish", status=None).returncode in {2, 3}


@pytest.mark.slow(2)
def test_a_newer_artifact_is_listed_and_not_replaced(stub: Stub, built: Path) -> None:
    """`list` says what to do, and `build` leaves the file.

    What reads it is as it was; the rest of the site is rendered.
    """
    resealed(built / SMALL, lambda c: c.update(schema=SCHEMA + 1))
    before = (built / SMALL).read_bytes()
    listed = json.loads(stub(built, "list", "--json").stdout)[0]
    assert listed["state"] == "newer"
    assert "upgrade the program" in listed["artifacts"]["small"]["reason"]
    assert listed["artifacts"]["large"]["state"] == "fresh"
    done = stub(built, STUB_PAGES="1")
    assert "built 2 studies" in done.stdout
    assert (built / SMALL).read_bytes() == before


@pytest.mark.parametrize(
    ("schema", "words"),
    [(SCHEMA + 1, "newer: .*upgrade the program"), (0, "damaged: .*run: .*publish")],
)
def test_publishing_names_what_cannot_be_read(
    built: Path, monkeypatch: pytest.MonkeyPatch, schema: int, words: str
) -> None:
    """Before the site is compared, whose difference would be a wrong cause."""
    install(monkeypatch.setitem)
    job = Job(project=str(built))
    assert len(find_released(job)) == 2
    resealed(built / SMALL, lambda c: c.update(schema=schema))
    with pytest.raises(IntegrityError, match=f"^first: small: {words}"):
        find_released(job)
