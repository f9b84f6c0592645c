"""Studies frozen by committing their artifacts, drawn by a newer program."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.collect.pipeline import CollectReport, Workspace, collect_studies
from tests.stub.project import write_project
from tests.stub.specs import StubMethod, load_stub_studies

ARTIFACTS = ("small", "large", "table")


def collect(project: Path, *, renew: bool = False) -> CollectReport:
    """Collect what is stale, in this process."""
    work = Workspace(project, project / "data", renew=renew)
    report = collect_studies(load_stub_studies(project), work)
    assert not report.failures
    return report


def git(project: Path, *words: str) -> None:
    """Run git in the project."""
    who = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    subprocess.run(["git", "-C", str(project), *who, *words], check=True)


@pytest.fixture
def frozen(project: Path) -> Path:
    """A project whose first study's artifacts are committed."""
    collect(project)
    git(project, "init", "-q")
    git(project, "add", "studies/2024-01-01-first")
    git(project, "commit", "-qm", "frozen")
    return project


def test_a_newer_version_leaves_a_frozen_study(
    frozen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is committed stays; what is not is collected again; on demand, both are."""
    monkeypatch.setattr(StubMethod, "version", 2)
    assert sorted(collect(frozen).collected) == ["second/small", "second/table"]
    assert collect(frozen).collected == []
    again = collect(frozen, renew=True).collected
    assert sorted(again) == ["first/small", "first/table"]


def test_a_changed_setting_is_no_older_version(
    frozen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen study with a changed setting is collected, older artifacts and all."""
    monkeypatch.setattr(StubMethod, "version", 2)
    path = frozen / "studies" / "2024-01-01-first" / "study.yaml"
    changed = path.read_text().replace(
        "method: stub-curve,", "method: stub-curve, points: 9,"
    )
    path.write_text(changed)
    collected = {one for one in collect(frozen).collected if one.startswith("first")}
    assert collected == {f"first/{name}" for name in ARTIFACTS}


def test_without_git_nothing_is_frozen(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Artifacts of no repository are collected again by a newer version."""
    write_project(project)
    collect(project)
    monkeypatch.setattr(StubMethod, "version", 2)
    assert len(collect(project).collected) == 4
