"""The site as one zip: the same bytes each time, and it replaces nobody's file."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from generator.cli import clean
from generator.core.errors import ConfigError, IntegrityError
from generator.site.ownership import SiteManifest, hash_file, list_paths, mark_folder
from generator.site.portable import is_own_archive, write_archive
from tests.stub.project import REPOSITORY, environment


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site, as builds leave it."""
    folder = tmp_path / "project" / "site"
    for path in ("index.html", "a/index.html", "404.html", ".nojekyll", "CNAME"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    mark_folder(
        folder,
        SiteManifest(
            {path: hash_file(folder / path) for path in list_paths(folder)}, {}
        ),
    )
    return folder


def test_it_holds_the_site_and_how_to_open_it(site: Path) -> None:
    """Every page is in one folder named after the site, with a README."""
    path = write_archive(site, "Ten Words, Back", "https://example.org/words/")
    assert path == site.with_name("site.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "ten-words-back/README.txt",
            "ten-words-back/a/index.html",
            "ten-words-back/index.html",
        ]
        text = archive.read("ten-words-back/README.txt").decode()
        modes = {member.external_attr >> 16 for member in archive.infolist()}
    assert "open index.html" in text
    assert "https://example.org/words/" in text
    assert modes == {0o100644}


def test_what_is_kept_of_another_build_stays_out(site: Path) -> None:
    """The archive holds the files of its own build alone."""
    (site / "assets").mkdir()
    (site / "assets" / "script.js").write_text("of the build before")
    kept = {"assets/script.js": hash_file(site / "assets" / "script.js")}
    own = {p: hash_file(site / p) for p in list_paths(site) if p not in kept}
    mark_folder(site, SiteManifest(own, kept))
    with zipfile.ZipFile(write_archive(site, "x")) as archive:
        assert archive.namelist() == [
            "x/README.txt",
            "x/a/index.html",
            "x/index.html",
        ]
    mark_folder(site, SiteManifest(own | kept, {}))  # as if it were of this build
    with zipfile.ZipFile(write_archive(site, "x")) as archive:
        assert "x/assets/script.js" in archive.namelist()


def test_the_same_site_gives_the_same_bytes(site: Path) -> None:
    """Times of files, and their order on disk, have no say."""
    first = write_archive(site, "x").read_bytes()
    for path in list_paths(site):
        os.utime(site / path, (1, 1))
    assert write_archive(site, "x").read_bytes() == first
    (site / "index.html").write_text("other")
    own = {path: hash_file(site / path) for path in list_paths(site)}
    mark_folder(site, SiteManifest(own, {}))
    assert write_archive(site, "x").read_bytes() != first


@pytest.mark.parametrize("what", ["text", "zip", "link", "folder"])
def test_somebody_s_file_stays(site: Path, what: str) -> None:
    """A file of the same name that was not made here is refused and kept."""
    place = site.with_name("site.zip")
    if what == "text":
        place.write_text("mine")
    elif what == "zip":
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("mine", "mine")
    elif what == "link":
        place.symlink_to(site / "index.html")
    else:
        place.mkdir()
    before = os.lstat(place)
    with pytest.raises(ConfigError, match="is not ours"):
        write_archive(site, "x")
    assert os.lstat(place) == before


def test_clean_takes_it_along(site: Path) -> None:
    """`clean` removes the archive that was made here, and no other."""
    project = site.parent
    (project / "studies").mkdir()
    write_archive(site, "x")
    assert site.with_name("site.zip") in list(clean.clean_site(Path("site"), project))
    assert not site.with_name("site.zip").exists()
    site.with_name("site.zip").write_text("mine")
    list(clean.clean_site(Path("site"), project))
    assert site.with_name("site.zip").read_text() == "mine"


@pytest.mark.slow(4)
def test_the_command_writes_it(tmp_path: Path) -> None:
    """`build --portable` ends with an archive of what it built."""
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "site.yaml").write_text("title: Tiny\n")
    words = ["build.py", "-C", str(tmp_path), "build", "--portable"]
    done = subprocess.run(
        [sys.executable, *words], cwd=REPOSITORY, env=environment(),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "packed" in done.stdout
    assert is_own_archive(tmp_path / "site.zip")
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        page = archive.read("tiny/index.html")
    assert page == (tmp_path / "site" / "index.html").read_bytes()
    assert not list(tmp_path.glob(".tmp-*"))


def test_a_page_that_was_exchanged_is_not_packed(site: Path) -> None:
    """What is no page of the build any more is an error, and no archive is left."""
    (site / "a" / "index.html").write_text("somebody else's")
    with pytest.raises(IntegrityError, match=r"a/index\.html.*changed since.*build"):
        write_archive(site, "x")
    assert [path.name for path in site.parent.iterdir()] == ["site"]
