"""Writes stub projects, runs builds of them, and hashes what comes out."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]

STUDY = """\
title: "{title}"
seed: 5
corpora:
  texts: {{kind: stub, count: 3{corpus}}}
models:
  lm: {{kind: stub, corpus: texts, epochs: {epochs}{model}}}
artifacts:
  small: {{method: stub, model: lm{artifact}}}
  large: {{method: stub-curve, model: lm}}
  table: {{method: stub-table, model: lm, of: small}}
figures:
  numbers: {{figure: stub, artifact: small}}
"""


NOW = "2030-01-01"
"""A day after all stub studies, whatever the clock says."""


def write_study(project: Path, slug: str = "first", **changes: Any) -> Path:
    """A study with a small artifact, one with a side file, and one that reads."""
    folder = project / "studies" / f"2024-01-0{changes.pop('day', 1)}-{slug}"
    folder.mkdir(parents=True, exist_ok=True)
    parts = {"title": slug, "epochs": 2, "corpus": "", "model": "", "artifact": ""}
    extra = changes.pop("extra", "")
    (folder / "study.yaml").write_text(STUDY.format(**parts | changes) + extra)
    (folder / "index.md").write_text("What the stub saw.\n")
    return folder


def write_project(project: Path, studies: int = 2) -> Path:
    """A project of a few studies."""
    for number, slug in enumerate(["first", "second", "third"][:studies], 1):
        write_study(project, slug, day=number)
    return project


def environment(**changes: str) -> dict[str, str]:
    """The environment of a build whose bytes can be compared."""
    base = {k: v for k, v in os.environ.items() if not k.startswith(("STU", "GITHUB"))}
    path = str(REPOSITORY)
    return (
        base
        | {"PYTHONPATH": path, "SOURCE_DATE_EPOCH": "0", "STUDY_NOW": NOW}
        | changes
    )


def command(project: Path, *words: str) -> list[str]:
    """The words that build a project with the stub, in one process unless they say."""
    start = [sys.executable, "-m", "tests.stub.build", "-C", str(project)]
    return [*start, "--jobs", "1", *words]


def run(
    project: Path, *words: str, check: bool = True, **changes: str
) -> subprocess.CompletedProcess[str]:
    """Build a project with the stub; must succeed, with `check`."""
    done = subprocess.run(
        command(project, *words),
        env=environment(**changes),
        cwd=project if project.is_dir() else REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if check and done.returncode:
        raise AssertionError(f"exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


def treehash(folder: Path) -> str:
    """One hash of names, executable bits and bytes; a link is an error."""
    return hashlib.sha256(repr(sorted(tree(folder).items())).encode()).hexdigest()


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """What `treehash` hashes, by relative path."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_symlink():
            raise AssertionError(f"{path} is a link")
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            name = path.relative_to(folder).as_posix()
            found[name] = path.stat().st_mode & 0o111, digest
    return found


def everything(project: Path) -> dict[str, tuple[int, str]]:
    """Site, models and artifacts of a project: what builds must agree on."""
    kept = ("site/", ".cache/models/", "studies/")
    return {k: v for k, v in tree(project).items() if k.startswith(kept)}


def record_as_collected(project: Path, study: Any, name: str) -> None:
    """Record an artifact that is on disk as one that a build collected."""
    from generator.artifacts.store import PackedArtifact, artifact_path
    from generator.study.origins import record_collected

    path = artifact_path(study, name)
    side = path.with_suffix(".npz")
    npz = side.read_bytes() if side.is_file() else None
    record_collected(project, study, name, PackedArtifact(path.read_bytes(), npz))
