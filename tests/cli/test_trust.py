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


STUDY = """
title: A function that counts
summary: It counts good words.
corpora:
  reviews: {kind: planted_reviews, documents: 40, classes: 2}
models:
  mine: {kind: function, corpus: reviews, file: model.py}
artifacts:
  lime: {method: lime, model: mine, texts: ["A good, GOOD film"], samples: 50}
  left: {method: leave_one_out, model: mine, documents: 4}
  graded: {method: faithfulness, model: mine, of: [lime, left]}
figures:
  lime: {figure: heatmap, artifact: lime}
"""
MODEL = """
open({ran!r}, "a").write("x")


def predict(texts):
    shares = [text.lower().count("good") / (1 + len(text)) for text in texts]
    return [[1 - share, share] for share in shares]
"""


@pytest.mark.slow(20)
def test_a_function_runs_where_it_is_asked_and_only_once_trusted(
    tmp_path: Path,
) -> None:
    """Listing and checking run nothing; an untrusted build stops at exit status 2.

    What was collected is drawn without trust, as by a build of pages elsewhere; a file
    that has changed needs trust once more, and the site before stays.
    """
    project, ran = tmp_path / "project", tmp_path / "ran"
    study = project / "studies" / "2026-01-01-counts"
    study.mkdir(parents=True)
    (study / "study.yaml").write_text(STUDY)
    (study / "index.md").write_text("It counts.\n\n![Words.](figure:lime)\n")
    (study / "model.py").write_text(MODEL.format(ran=str(ran)))
    for words, status in ((("list",), 0), (("build", "--dry-run"), 0), (("build",), 2)):
        done = act(project, *words)
        assert done.returncode == status, done.stderr
        assert not ran.exists()
    assert "studies/2026-01-01-counts/model.py: this project" in done.stderr
    assert "1 file of a function, which runs in a process of its own" in done.stderr
    built = act(project, "build", "--trust")
    assert built.returncode == 0, built.stderr
    assert ran.exists()
    page = (project / "site/studies/2026/01/01/counts/index.html").read_text()
    assert ">GOOD<" in page, "words stand as the author wrote them"
    assert act(project, "doctor").stdout.count("trusted: 1 file of a function") == 1
    ran.unlink()
    act(project, "trust", "--forget")
    assert act(project, "render").returncode == 0
    assert act(project, "build").returncode == 0
    (study / "model.py").write_text(MODEL.format(ran=str(ran)) + "\n")
    before = (project / "site" / "index.html").read_bytes()
    changed = act(project, "build")
    assert (changed.returncode, ran.exists()) == (2, False)
    assert (project / "site" / "index.html").read_bytes() == before
