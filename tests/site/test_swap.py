"""A new site takes the old one's place at once, and only where we may put one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.core.errors import ConfigError
from generator.core.files import digest
from generator.site import ownership, swap
from tests.stub.project import tree

READER = """
import os, sys
site, stop = sys.argv[1:]
seen = missing = mixed = 0


def generation(text):
    return int(text.split()[1])


def newest():
    try:
        return generation(open(site + "/page-0.html").read())
    except FileNotFoundError:
        return 0


while not os.path.exists(stop):
    try:
        here = os.open(site, os.O_RDONLY)
    except FileNotFoundError:
        missing += 1
        continue
    try:
        texts = []
        for number in range(5):
            file = os.open(f"page-{number}.html", os.O_RDONLY, dir_fd=here)
            texts.append(os.read(file, 100))
            os.close(file)
        mixed += len(set(texts)) != 1
    except FileNotFoundError:
        # A site that two others have followed may be gone.
        missing += bool(texts) and newest() < generation(texts[0]) + 2
    os.close(here)
    seen += 1
print(seen, missing, mixed)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project, with a canary beside it."""
    (tmp_path / "canary").mkdir()
    (tmp_path / "canary" / "page.html").write_text("alive")
    folder = tmp_path / "project"
    (folder / "studies").mkdir(parents=True)
    (folder / "studies" / "site.yaml").write_text("title: x\n")
    return folder


def put(project: Path, files: dict[str, str], site: str = "site") -> bool:
    """Put a site of `files` in place; whether it was new."""
    with swap.stage_site(Path(site), project) as staging:
        for name, text in files.items():
            path = staging.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return staging.changed


def pages(generation: int) -> dict[str, str]:
    """Five pages that say which generation they are of."""
    return {f"page-{number}.html": f"generation {generation}" for number in range(5)}


def read_while(project: Path, work: Callable[[], object]) -> list[int]:
    """What a reader saw during `work`: readings, absences, mixtures."""
    stop = project / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(project / "site"), str(stop)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        work()
    finally:
        stop.touch()
        out, _ = reader.communicate(timeout=60)
    return [int(word) for word in out.split()]


def swaps(project: Path, count: int) -> None:
    """Exchange the site `count` times."""
    for number in range(count):
        put(project, pages(number))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot exchange folders")
@pytest.mark.parametrize(
    "count", [300, pytest.param(3000, marks=pytest.mark.slow)], ids=str
)
def test_readers_see_one_site(
    project: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens the site during exchanges reads one generation, whole.

    The generation before the present one stays readable through an open descriptor.
    """
    monkeypatch.setattr(os, "fsync", lambda _file: None)
    put(project, pages(-1))
    seen, missing, mixed = read_while(project, lambda: swaps(project, count))
    assert seen > 20
    assert (missing, mixed) == (0, 0)


def test_two_renames_are_seen(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the exchange a reader finds no site at times: the test above can fail."""
    monkeypatch.setattr(os, "fsync", lambda _file: None)
    monkeypatch.setattr(swap, "exchanged", lambda _one, _other: False)
    put(project, pages(-1))
    missing = 0
    for _ in range(10):
        missing += read_while(project, lambda: swaps(project, 200))[1]
        if missing:
            break
        (project / "stop").unlink()
    assert missing


def test_a_failure_leaves_the_old_site(project: Path) -> None:
    """An error while rendering changes nothing and leaves nothing beside the site."""
    put(project, pages(1))
    before = tree(project)
    with pytest.raises(TypeError):
        put(project, {"page-0.html": "half", "page-1.html": None})  # type: ignore[dict-item] - the fault
    assert tree(project) == before


def test_the_same_site_is_left_alone(project: Path) -> None:
    """A rendering equal to what is there changes nothing, not even the folder."""
    put(project, pages(1))
    inode = (project / "site").stat().st_ino
    assert not put(project, pages(1))
    assert (project / "site").stat().st_ino == inode
    assert not (project / "site.next").exists()


def test_an_edited_page_is_restored(project: Path) -> None:
    """A page of ours that somebody changed is what it should be after a build."""
    put(project, pages(1))
    (project / "site" / "page-1.html").write_text("edited")
    assert put(project, pages(1))
    assert (project / "site" / "page-1.html").read_text() == "generation 1"


def named(key: str, text: str, ending: str) -> dict[str, str]:
    """An asset as builds name it, by the hash of its text."""
    return {f"assets/{key}.{digest(text.encode())[:12]}.{ending}": text}


def test_code_and_styles_of_one_build_before_are_kept(project: Path) -> None:
    """An open page still finds its style sheet after one exchange, not after two."""
    old, new, last = (named("style", text, "css") for text in ("a", "b", "c"))
    put(project, {"index.html": "1", **old})
    put(project, {"index.html": "2", **new})
    assert (project / "site" / next(iter(old))).read_text() == "a"
    put(project, {"index.html": "3", **new})
    assert (project / "site" / next(iter(old))).exists(), "the style did not change"
    put(project, {"index.html": "4", **last})
    assert not (project / "site" / next(iter(old))).exists()
    assert (project / "site" / next(iter(new))).exists()


WORDS = {
    **named("index", "the search index", "js"),
    **named("icon", "an icon", "svg"),
    **named("figure-x", "a picture", "png"),
    "assets/style.000000000000.css": "a name that does not follow from the bytes",
    "studies/2024/01/01/first/assets/style.0123456789ab.css": "not among the assets",
    "studies/2024/01/01/first/images/shot-20240101.png": "an old picture",
    "studies/2024/01/01/first/data/scores-20240101.json": "old data",
    "static/app.0123456789abcdef.js": "another folder",
}


def kept_after_two_builds(project: Path) -> set[str]:
    """What stays of `WORDS` when the next build has none of them."""
    put(project, {"index.html": "1", **named("script", "one", "js"), **WORDS})
    put(project, {"index.html": "2", **named("script", "two", "js")})
    return set(WORDS) & set(tree(project / "site"))


def test_nothing_but_code_and_styles_is_kept(project: Path) -> None:
    """Index, data and pictures of one build are in no site of the next."""
    assert kept_after_two_builds(project) == set()
    manifest = ownership.read_manifest(project / "site")
    assert manifest
    assert set(manifest.kept) == set(named("script", "one", "js"))


def test_what_another_version_kept_goes(project: Path) -> None:
    """A site whose marker keeps an index loses it, though nothing else changed."""
    script, index = named("script", "one", "js"), named("index", "old", "js")
    put(project, {"index.html": "1", **script, **index})
    site = project / "site"
    own = {p: ownership.hash_file(site / p) for p in ownership.list_paths(site)}
    kept = {path: own.pop(path) for path in index}
    ownership.mark_folder(site, ownership.SiteManifest(own, kept))
    assert put(project, {"index.html": "1", **script})
    assert not set(index) & set(tree(site))


def test_the_rule_for_kept_files_is_needed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it everything of the build before stays: the test above can fail."""
    monkeypatch.setattr(swap, "is_code", lambda _path, _digest: True)
    assert kept_after_two_builds(project) == set(WORDS)


def test_markers_tell_nothing_of_a_machine(project: Path, tmp_path: Path) -> None:
    """Equal sites in different folders have equal markers."""
    other = shutil.copytree(project, tmp_path / "an öther place")
    put(project, pages(1))
    put(other, pages(1))
    assert tree(project / "site") == tree(other / "site")


def test_two_renames_cut_in_half(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be exchanged, a kill between the renames loses no site."""
    put(project, pages(1))
    site = project / "site"
    shutil.copytree(site, project / "site.next")
    site.rename(project / "site.previous")
    with (
        pytest.raises(ZeroDivisionError),
        swap.stage_site(Path("site"), project),
    ):
        raise ZeroDivisionError
    assert (site / "page-1.html").read_text() == "generation 1"
    monkeypatch.setattr(swap, "exchanged", lambda _one, _other: False)
    assert put(project, pages(2))
    assert (site / "page-1.html").read_text() == "generation 2"


@pytest.mark.parametrize(
    ("site", "rule"),
    [
        (".", "must be inside the project"),
        ("..", "must be inside the project"),
        ("../canary", "must be inside the project"),
        ("/", "must be inside the project"),
        ("site/../..", "must be inside the project"),
        ("~/x/../../..", "must be inside the project"),
        ("linked/x", "must be inside the project"),
        ("studies", "among the project's sources"),
        ("Studies/x", "among the project's sources"),
        (".git", "among the project's sources"),
        (".cache/x", "among the project's sources"),
        ("linked", "is not ours"),
        ("full", "is not ours"),
        ("file", "is not ours"),
        ("repository", "is not ours"),
    ],
)
def test_places_that_are_not_ours(project: Path, site: str, rule: str) -> None:
    """A site is refused where it would destroy what no build made; nothing changes."""
    (project / "linked").symlink_to(project.parent / "canary")
    (project / "full").mkdir()
    (project / "full" / "thesis.tex").write_text("years of work")
    (project / "file").write_text("a file")
    (project / "repository" / ".git").mkdir(parents=True)
    before = tree(project / "full"), tree(project.parent / "canary")
    with pytest.raises(ConfigError, match=rule) as caught:
        put(project, pages(1), site)
    assert "--site-dir" in str(caught.value)
    assert (tree(project / "full"), tree(project.parent / "canary")) == before
    assert not (project.parent / "canary.next").exists()


@pytest.mark.parametrize("stranger", ["CNAME", "css/link", "deep/note.txt"])
def test_a_stranger_in_the_site_is_not_deleted(project: Path, stranger: str) -> None:
    """A file or link that somebody put into the site stops a build, by name."""
    put(project, pages(1))
    path = project / "site" / stranger
    path.parent.mkdir(exist_ok=True)
    if path.name == "link":
        path.symlink_to(project.parent / "canary")
    else:
        path.write_text("mine")
    with pytest.raises(ConfigError, match=f"{stranger}.* was not made by a build"):
        put(project, pages(2))
    assert os.path.lexists(path)
    assert tree(project.parent / "canary")


def test_what_a_desktop_drops_is_no_stranger(project: Path) -> None:
    """A file that a file manager left in the site does not stop a build."""
    put(project, pages(1))
    (project / "site" / ".DS_Store").write_text("")
    assert put(project, pages(2))


def test_strangers_beside_the_site_are_not_deleted(project: Path) -> None:
    """A folder of somebody's that has the name of ours is refused."""
    (project / "site.next").mkdir()
    (project / "site.next" / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigError, match=r"site\.next.*is not ours"):
        put(project, pages(1))
    assert (project / "site.next" / "thesis.tex").exists()


@pytest.mark.parametrize("left", [[], [".tmp-.generated-by"]], ids=["empty", "marker"])
def test_a_folder_hardly_begun_is_ours(project: Path, left: list[str]) -> None:
    """A folder left by a kill before its marker was whole stops no build."""
    (project / "site.next").mkdir()
    for name in left:
        (project / "site.next" / name).write_text("inter")
    assert put(project, pages(1))


def test_a_link_swapped_in_during_deletion(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder replaced by a link while it is deleted is not followed, 100 times."""
    canary = project.parent / "canary"
    listed = os.scandir
    for number in range(100):
        folder = project / f"site-{number}"
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "page.html").write_text("x")
        ownership.mark_folder(folder)

        def swapped(place: int, folder: Path = folder) -> object:
            found = listed(place)
            inner = folder / "inner"
            if inner.is_dir() and not inner.is_symlink():
                inner.rename(folder.with_name(f"{folder.name}-away"))
                inner.symlink_to(canary)
            return found

        monkeypatch.setattr(os, "scandir", swapped)
        try:
            ownership.delete_folder(folder)
        except OSError as error:
            assert error.errno in {20, 40}  # noqa: PT017 - it may also go well
        monkeypatch.setattr(os, "scandir", listed)
        assert (canary / "page.html").read_text() == "alive"


def test_deleting_needs_the_marker(project: Path) -> None:
    """A folder without a marker is never deleted, unless it is empty."""
    folder = project / "folder"
    folder.mkdir()
    (folder / "x").write_text("x")
    with pytest.raises(ConfigError, match="no marker"):
        ownership.remove_own_folder(folder)
    (folder / "x").unlink()
    ownership.remove_own_folder(folder)
    assert not folder.exists()
