"""Cleaning deletes what builds made and nothing else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from generator.artifacts import SCHEMA, Samples
from generator.artifacts.base import ArtifactHead, Provenance
from generator.cli import clean
from generator.core.cache import Cache
from generator.core.errors import ConfigError
from generator.site import swap
from tests.artifacts.saving import save_artifact
from tests.stub.project import tree


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that was built, with a canary beside it."""
    (tmp_path / "canary").mkdir()
    (tmp_path / "canary" / "thesis.tex").write_text("years of work")
    folder = tmp_path / "project"
    artifacts = folder / "studies" / "2024-01-01-a" / "artifacts"
    artifacts.mkdir(parents=True)
    made = Provenance(method="m", settings={}, seed=())
    head = ArtifactHead(kind="samples", schema=SCHEMA, key="k", made=made)
    for name in ("one", "two"):
        save_artifact(artifacts / f"{name}.json", Samples(samples=()), head)
    (artifacts / "notes.json").write_text("{}")
    (folder / ".cache" / "models" / ("a" * 64)).mkdir(parents=True)
    (folder / ".cache" / "models" / "mine").mkdir()
    (folder / ".cache" / "data").mkdir()
    for _ in range(2):
        with swap.stage_site(Path("site"), folder) as staging:
            page = staging.folder / "index.html"
            page.write_text(str(staging.site.exists()))
    return folder


def test_the_site_goes_with_what_is_beside_it(project: Path) -> None:
    """The site and the one before go; nothing else in the project does."""
    removed = [path.name for path in clean.clean_site(Path("site"), project)]
    assert removed == ["site", "site.previous"]
    assert sorted(p.name for p in project.iterdir()) == [".cache", "studies"]


def test_a_site_of_somebody_is_refused(project: Path) -> None:
    """A folder without our marker, or with a stranger in it, is not deleted."""
    (project / "site" / "CNAME").write_text("mine")
    with pytest.raises(ConfigError, match="CNAME"):
        list(clean.clean_site(Path("site"), project))
    with pytest.raises(ConfigError, match="inside the project"):
        list(clean.clean_site(Path("../canary"), project))
    (project / "linked").symlink_to(project.parent / "canary")
    with pytest.raises(ConfigError, match="not ours"):
        list(clean.clean_site(Path("linked"), project))
    assert tree(project.parent / "canary")


def test_drawn_pictures_go_and_nothing_else_of_their_folder(project: Path) -> None:
    """Entries named by a key go; a stranger's file and what is linked to stay."""
    folder = project / ".cache" / "pictures"
    Cache(folder).put("b" * 64, b"drawn")
    (folder / "mine.txt").write_text("mine")
    (folder / ("c" * 64)).symlink_to(project.parent / "canary" / "thesis.tex")
    (folder / ("d" * 64)).mkdir()
    assert [path.name for path in clean.clean_cache(project)] == ["pictures"]
    left = ["CACHEDIR.TAG", "d" * 64, "mine.txt"]
    assert sorted(path.name for path in folder.iterdir()) == left
    assert list(clean.clean_cache(project)) == []
    assert (project.parent / "canary" / "thesis.tex").read_text() == "years of work"


def test_models_go_and_fetched_data_stays(project: Path) -> None:
    """Folders named by a key go; others, and corpora, stay."""
    link = project / ".cache" / "models" / ("b" * 64)
    link.symlink_to(project.parent / "canary")
    assert [p.name for p in clean.clean_models(project)] == ["a" * 64]
    assert (project / ".cache" / "models" / "mine").is_dir()
    assert (project / ".cache" / "data").is_dir()
    assert tree(project.parent / "canary")


def test_a_cache_that_is_a_link_is_refused(project: Path) -> None:
    """Models are not deleted through a link."""
    away = project.parent / "away"
    (project / ".cache").rename(away)
    (project / ".cache").symlink_to(away)
    with pytest.raises(ConfigError, match="links are not followed"):
        list(clean.clean_models(project))
    assert (away / "models" / ("a" * 64)).is_dir()


def names(paths: list[Path]) -> list[str]:
    """Names of files."""
    return [path.name for path in paths]


def test_committed_artifacts_stay(project: Path) -> None:
    """Only artifacts that git does not track are offered for deletion."""
    loose, frozen = clean.find_artifact_files(project)
    assert (names(loose), names(frozen)) == (["one.json", "two.json"], [])
    for words in (
        ["init", "-q"],
        ["add", "-f", "studies/2024-01-01-a/artifacts/one.json"],
    ):
        subprocess.run(["git", "-C", project, *words], check=True)
    loose, frozen = clean.find_artifact_files(project)
    assert (names(loose), names(frozen)) == (["two.json"], ["one.json"])


def test_without_git_nothing_of_a_repository_goes(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git cannot be asked, no artifact of a repository is deleted."""
    (project / ".git").mkdir()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigError, match="git cannot say"):
        clean.find_artifact_files(project)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_what_is_no_file_is_no_artifact(project: Path) -> None:
    """A pipe is not waited for, and a folder or a link by an artifact's name stays."""
    before = clean.find_artifact_files(project)
    folder = project / "studies" / "2024-01-01-a" / "artifacts"
    os.mkfifo(folder / "pipe.json")
    (folder / "folder.json").mkdir()
    (folder / "link.json").symlink_to(folder / "one.json")
    os.mkfifo(folder / "one.npz")
    assert clean.find_artifact_files(project) == before
