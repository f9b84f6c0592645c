"""`trust` and `--trust`: what a project brings runs where a person said so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stub.project import environment, write_project

PROGRAM = """
import sys
from tests.stub.specs import install
install()
from generator.cli.main import main
sys.exit(main())
"""
SCRIPT = "globalThis.own = 'brought by the project';\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one study, with a script of its own."""
    folder = write_project(tmp_path / "project", 1)
    static = folder / "templates" / "static"
    static.mkdir(parents=True)
    (static / "page.js").write_text(SCRIPT)
    return folder


def act(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command with stub models, the real renderer, and settings of its own."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "-C", str(project), *words],
        env=environment(STUDY_CONFIG=str(project.parent / "settings")),
        cwd=project, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.slow(10)
def test_a_build_says_what_would_run_and_runs_it_once_trusted(project: Path) -> None:
    """The first build stops and names the script; `--trust` is said once and stays."""
    for words in (("build",), ("collect",), ("render",), ("serve", "-p", "0")):
        done = act(project, *words)
        assert done.returncode == 2
        assert "templates/static/page.js" in done.stderr
        assert "build.py trust" in done.stderr
        assert done.stdout == ""
    assert not (project / "site").exists()
    first = act(project, "build", "--trust")
    assert first.returncode == 0, first.stderr
    assert "trusted until it changes: 1 script, which runs in" in first.stdout
    scripts = "".join(p.read_text() for p in (project / "site/assets").glob("script*"))
    assert "brought by the project" in scripts
    again = act(project, "build")
    assert (again.returncode, "trusted" in again.stdout) == (0, False)
    (project / "templates" / "static" / "page.js").write_text("other();\n")
    changed = act(project, "build")
    assert changed.returncode == 2
    assert "changed since it was trusted" in changed.stderr


@pytest.mark.slow(3)
def test_trust_is_listed_and_forgotten(project: Path) -> None:
    """What was trusted is shown with its hash, and no more once it is forgotten."""
    assert "no code is trusted" in act(project, "trust", "--list").stdout
    given = act(project, "trust")
    assert given.returncode == 0
    assert "  templates/static/page.js" in given.stdout
    listed = act(project, "trust", "--list").stdout.splitlines()
    assert listed[0].endswith(str(project))
    assert listed[1] == given.stdout.splitlines()[1]
    assert "forgot" in act(project, "trust", "--forget").stdout
    assert "nothing was trusted" in act(project, "trust", "--forget").stdout
    assert act(project, "collect").returncode == 2


def test_a_project_without_code_needs_none(tmp_path: Path) -> None:
    """Then nothing is asked, and nothing written outside the project."""
    project = write_project(tmp_path / "project", 1)
    assert act(project, "collect", "--trust").returncode == 0
    assert "brings no code" in act(project, "trust").stdout
    assert not (tmp_path / "settings").exists()


@pytest.mark.slow(3)
def test_doctor_says_what_would_run(project: Path) -> None:
    """A line names code that is not trusted, with the command that trusts it."""

    def line() -> str:
        lines = act(project, "doctor").stdout.splitlines()
        return next(line for line in lines if line[6:].startswith("code"))

    assert line().startswith("warn")
    assert "templates/static/page.js" in line()
    assert "build.py trust" in line()
    act(project, "trust")
    assert line().startswith("ok")
    (project / "templates" / "static" / "page.js").unlink()
    assert "brings none" in line()
