"""Artifacts that git ignores are named where a workflow builds from a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli.check.check import set_levels
from generator.cli.check.ignored_artifacts import check_ignored_artifacts
from generator.cli.job import Job
from generator.core.package_data import WORKFLOW, find_package_path
from generator.study.site_settings import SiteSettings, Validation
from tests.cli.publish.conftest import git
from tests.stub.project import NOW, write_project

FOLDER = "studies/2024-01-01-first/artifacts"
FILES = ("small.json", "large.json", "large.npz", "table.json")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study with its artifacts in a repository, and a workflow for Pages."""
    from tests.stub.specs import install

    install(monkeypatch.setitem)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))
    folder = write_project(tmp_path / "project", 1)
    git(folder, "init", "-q")
    (folder / WORKFLOW).parent.mkdir(parents=True)
    (folder / WORKFLOW).write_text(find_package_path(WORKFLOW).read_text("utf-8"))
    (folder / FOLDER).mkdir()
    for name in FILES:
        (folder / FOLDER / name).write_text("x")
    return folder


def list_findings(project: Path) -> list[str]:
    """Where each finding is, of which kind, and what it says."""
    found = check_ignored_artifacts(Job(project=str(project), now=NOW))
    return [f"{one.file}:{one.line} {one.kind} {one.level} {one.text}" for one in found]


def test_what_is_not_ignored_is_fine(project: Path) -> None:
    """Neither committed artifacts nor ones that still can be."""
    assert list_findings(project) == []


def test_the_line_is_named(project: Path) -> None:
    """File, line and pattern by which git ignores a study, once for the study."""
    (project / ".gitignore").write_text("# mine\nartifacts/\n")
    (one,) = list_findings(project)
    assert one.startswith(".gitignore:2 ignored warn ")
    assert f"{FOLDER}/small.json and 3 more" in one
    assert '"artifacts/" of .gitignore' in one


def test_a_study_that_is_frozen_in_part(project: Path) -> None:
    """Half of a study is of no use to anybody, so that is not to be ignored."""
    (project / ".gitignore").write_text("*.npz\n!small.npz\n")
    (one,) = list_findings(project)
    assert one.startswith(".gitignore:1 artifacts warn ")
    assert f"{FOLDER}/large.npz, by" in one


def test_what_is_committed_is_not_ignored(project: Path) -> None:
    """`git add -f` freezes a study, whatever .gitignore says."""
    (project / ".gitignore").write_text("artifacts/\n")
    git(project, "add", "-f", FOLDER)
    assert list_findings(project) == []


def test_a_rule_from_elsewhere(project: Path) -> None:
    """A rule outside the project is named in the text; the finding is at the file."""
    (project / ".git" / "info" / "exclude").write_text("*.npz\n")
    (one,) = list_findings(project)
    assert one.startswith(f"{FOLDER}/large.npz:0 ") or ".git/info/exclude" in one


def test_without_a_workflow_nothing_needs_them(project: Path) -> None:
    """A site that is published by hand is built here, where the artifacts are."""
    (project / ".gitignore").write_text("artifacts/\n")
    (project / WORKFLOW).unlink()
    assert list_findings(project) == []


def test_a_repository_may_want_it(project: Path) -> None:
    """`validation: {ignored: ignore}` says so, as this repository does."""
    (project / ".gitignore").write_text("artifacts/\n")
    found = list(check_ignored_artifacts(Job(project=str(project), now=NOW)))
    assert set_levels(found, SiteSettings())
    settings = SiteSettings(validation=Validation(ignored="ignore"))
    assert set_levels(found, settings) == []
