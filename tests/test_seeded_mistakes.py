"""Mistakes made by chance: each is told at once, before anything is trained.

The project is the starter study, some of the shipped ones without their artifacts, and
a small table, so that all of it is still to be trained.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.cli import commands
from generator.cli.main import main
from tests.author_mistakes import KINDS, Mistake, make_mistake
from tests.stub.project import REPOSITORY, tree
from tests.test_author_mistakes import _signals as _signals

SHIPPED = (
    "2026-09-11-which-word-gave-which",
    "2026-10-30-does-attention-find-the-words-that-decide",
    "2026-11-06-what-textgenrnn-attends-to",
)
TABLE = """\
title: A table
summary: It has ten rows.
category: notes
tags: [tables]
corpora:
  rows: {kind: labelled, path: rows.csv, text: text, label: label}
models:
  bag: {kind: sentiment, corpus: rows, epochs: 1}
artifacts:
  why: {method: lime, model: bag, label: happy, texts: [a good day], epoch: best}
figures:
  why: {figure: heatmap, artifact: why}
"""
CLASSES = re.compile(r"\b[A-Z][a-z]+[A-Z][a-z]\w*\b")
"""What names of classes look like."""
WORDS = {"JavaScript", "GitHub", "LaTeX", "BibTeX", "TensorFlow"}
REMEDY = re.compile(
    r"did you mean|known: |must |; |expected|close|use spaces|is required|rename|write "
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which nothing is trained and nothing is wrong."""
    root = tmp_path_factory.mktemp("seeded") / "blog"
    studies = root / "studies"
    starter = REPOSITORY / "starter" / "studies"
    (first,) = (path for path in starter.iterdir() if path.is_dir())
    shutil.copytree(first, studies / f"2024-01-05-{first.name}")
    for name in SHIPPED:
        for file in ("study.yaml", "index.md"):
            (studies / name).mkdir(exist_ok=True)
            shutil.copy(REPOSITORY / "studies" / name / file, studies / name / file)
    shutil.copy(REPOSITORY / "studies" / "references.bib", studies)
    (studies / "site.yaml").write_text("title: A blog\n")
    table = studies / "2024-02-02-a-table"
    table.mkdir()
    (table / "study.yaml").write_text(TABLE)
    (table / "index.md").write_text("![Why.](figure:why)\n")
    rows = [f"a {'good' if i % 2 else 'bad'} day {i}," for i in range(40)]
    labels = ["happy" if i % 2 else "sad" for i in range(40)]
    lines = "\n".join(map("".join, zip(rows, labels, strict=True)))
    (table / "rows.csv").write_text(f"text,label\n{lines}\n")
    return root


@contextmanager
def made(mistake: Mistake, project: Path) -> Iterator[None]:
    """Make a mistake in a project, and take it back."""
    before: dict[str, bytes | None] = dict.fromkeys(mistake.files)
    before |= {name: (project / name).read_bytes() for name in sources(project)}
    write_files(project, mistake.files)
    try:
        yield
    finally:
        write_files(project, before)
        for name, data in before.items():
            above = (project / name).parent
            if data is None and above.is_dir() and not any(above.iterdir()):
                above.rmdir()


def write_files(project: Path, files: dict[str, bytes | None]) -> None:
    """Write files, or remove those that are None."""
    for name, data in files.items():
        path = project / name
        if data is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)


def run(project: Path, *words: str) -> int:
    """Run a command on a day after all studies."""
    day = ["--now", "2030-01-01"] if words[0] != "check" else []
    return main(["-C", str(project), words[0], *day, *words[1:]])


def sources(project: Path) -> dict[str, tuple[int, str]]:
    """Return the project's files but its caches."""
    every = tree(project)
    return {name: one for name, one in every.items() if not name.startswith(".cache")}


def assert_told(
    mistake: Mistake,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    """A command ends with status 2, a message for each mistake, and nothing written."""
    before = sources(project)
    capsys.readouterr()
    status = run(project, command)
    said = capsys.readouterr().err
    assert status == 2, (mistake.kind, mistake.places, said)
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == len(mistake.places), (mistake.kind, said)
    for file, line in mistake.places:
        place = f"error: {file}:{line}:" if line else f"error: {file}"
        assert any(one.startswith(place) for one in errors), (mistake.kind, place, said)
    for one in errors:
        assert not {*CLASSES.findall(one)} - WORDS, one
        assert REMEDY.search(one), one
        assert len(one) <= 620
        assert str(project) not in one
    assert sources(project) == before


def assert_mended(
    mistake: Mistake, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `fix` changes leads to a project that is right; it says what it cannot."""
    status = run(project, "fix", "--yes")
    said = capsys.readouterr()
    assert status == 0 or not mistake.plain, (mistake.kind, said)
    assert run(project, "list") == (0 if status == 0 else 2)
    after = sources(project)
    assert run(project, "fix", "--yes") == status
    assert sources(project) == after
    for name, data in mistake.files.items():
        if data is not None and status == 0:
            mended = (project / name).read_bytes()
            assert (b"\r\n" in mended) == (b"\r\n" in data)


def check_seed(
    seed: int,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *names: str,
) -> None:
    """Check all that is promised of the mistake of a seed."""

    def refuse(*_: object) -> None:
        raise AssertionError("the work was begun")

    monkeypatch.setattr(commands.Collection, "run", refuse)
    mistake = make_mistake(seed, project)
    with made(mistake, project):
        for name in names:
            assert_told(mistake, project, capsys, name)
        assert_mended(mistake, project, capsys)


def test_nothing_is_said_of_a_project_without_mistakes(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The negative control: the project itself is right; nothing is to be mended."""
    before = sources(project)
    assert run(project, "list") == 0
    assert run(project, "check") == 0
    assert run(project, "fix", "--yes") == 0
    assert "nothing to mend" in capsys.readouterr().out
    assert sources(project) == before


@pytest.mark.parametrize("seed", range(0, len(KINDS), 10))
def test_a_mistake_by_chance_is_told_at_once(
    seed: int,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has its place, one message and a remedy; what `fix` does mends it."""
    check_seed(seed, project, capsys, monkeypatch, "list")


@pytest.mark.slow(10)
@pytest.mark.parametrize("tenth", range(10))
def test_mistakes_by_chance_are_told_at_once(
    tenth: int,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same of a hundred, by `list`, by `check` and by `build` before it trains."""
    for seed in range(10 * tenth, 10 * tenth + 10):
        check_seed(seed, project, capsys, monkeypatch, "list", "check", "build")
