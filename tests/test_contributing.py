"""The tutorials of `CONTRIBUTING.md` run as they are written.

Every block with a file name becomes that file in a copy of the program, every block
that adds a line to a table becomes the table's last entry, and the studies are built.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.stub.project import REPOSITORY

TEXT = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
BLOCK = re.compile(
    r'^```\w+ (title|add)="([^"]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE
)
KINDS = ("A method", "A model", "A figure", "A corpus")
PROGRAM = ("generator", "templates", "starter", ".github")
"""Folders that a copy of the program needs."""


@dataclass(frozen=True)
class Tutorial:
    """One section: what its prose says, its new files, its lines for tables."""

    prose: str
    files: dict[str, str]
    lines: dict[str, str]

    @property
    def source_files(self) -> dict[str, str]:
        """The new files of the program, without those of the study."""
        return {p: t for p, t in self.files.items() if not p.startswith("studies/")}


def read_tutorial(kind: str) -> Tutorial:
    """The section whose heading begins with `kind`."""
    section = TEXT.split(f"\n## {kind}: ")[1].split("\n## ")[0]
    blocks = BLOCK.findall(section)
    return Tutorial(
        BLOCK.sub("", section),
        {path: body for how, path, body in blocks if how == "title"},
        {path: body for how, path, body in blocks if how == "add"},
    )


TUTORIALS = {kind: read_tutorial(kind) for kind in KINDS}


def imported_files(source: str) -> Iterator[str]:
    """The files of the program that a module imports from."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gen"):
            path = REPOSITORY / str(node.module).replace(".", "/")
            for name in [alias.name for alias in node.names]:
                inner = (path / name).with_suffix(".py")
                found = inner if inner.is_file() else path.with_suffix(".py")
                found = path / "__init__.py" if not found.is_file() else found
                yield found.relative_to(REPOSITORY).as_posix()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with everything that the tutorials add, and its studies."""
    root = tmp_path_factory.mktemp("program")
    skipped = shutil.ignore_patterns("__pycache__")
    for folder in PROGRAM:
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=skipped)
    for path in ("build.py", "pyproject.toml", "tests/test_tables.py"):
        (root / path).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / path, root / path)
    for path in REPOSITORY.glob("requirements*.txt"):
        shutil.copy(path, root)
    for tutorial in TUTORIALS.values():
        for name, body in tutorial.files.items():
            assert not (root / name).exists(), name
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(body, "utf-8")
        for name, line in tutorial.lines.items():
            table = (root / name).read_text("utf-8")
            assert table.count("\n    },\n)") == 1, name
            changed = table.replace("\n    },\n)", f"\n{line}    }},\n)")
            (root / name).write_text(changed, "utf-8")
    return root


def run(program: Path, *command: str) -> None:
    """Run a Python module or script of the copy."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=program,
        env={**os.environ, "PYTHONPATH": str(program), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def built(program: Path) -> Path:
    """The same with all studies of the tutorials built."""
    run(program, "build.py", "-q")
    return program


def content(built: Path, study: str, artifact: str) -> Any:
    """What an artifact of a study holds."""
    path = built / "studies" / study / "artifacts" / f"{artifact}.json"
    return json.loads(path.read_text("utf-8"))["content"]


def page(built: Path, study: str) -> str:
    """The page of a study."""
    (found,) = built.glob(f"site/studies/*/*/*/{study}/index.html")
    return found.read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_one_line_in_one_table(kind: str) -> None:
    """Each tutorial adds one line to one table that is there."""
    ((path, line),) = TUTORIALS[kind].lines.items()
    assert line.count("\n") == 1
    assert (REPOSITORY / path).is_file()


def test_the_method_needs_six_files_to_be_read() -> None:
    """It links six files at most, imports from no other, and is one new file."""
    tutorial = TUTORIALS["A method"]
    linked = set(re.findall(r"\]\((generator/[\w/]+\.py)\)", tutorial.prose))
    ((_, body),) = tutorial.source_files.items()
    assert len(linked) <= 6
    assert set(imported_files(body)) <= linked


def test_the_figure_touches_three_files() -> None:
    """Its module, its template and the table."""
    tutorial = TUTORIALS["A figure"]
    assert len(tutorial.source_files) + len(tutorial.lines) <= 3


@pytest.mark.slow(6)
def test_what_they_write_is_as_the_rest(program: Path) -> None:
    """The new modules pass the linter and the formatter, and the tables' own tests."""
    new = [
        path
        for tutorial in TUTORIALS.values()
        for path in tutorial.source_files
        if path.endswith(".py")
    ]
    run(program, "-m", "ruff", "check", "--no-cache", *new)
    run(program, "-m", "ruff", "format", "--no-cache", "--check", *new)
    run(program, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_tables.py")


@pytest.mark.slow(15)
def test_the_method_measures_variances(built: Path) -> None:
    """Its scores are at least 0, and some are not; the page shades them."""
    found = content(built, "2020-01-01-vargrad", "bends")
    assert found["quantity"] == "gradient variance"
    for text in found["texts"]:
        scores = np.array(text["scores"], float)
        assert scores.min() >= 0
        assert scores.max() > 0
    assert re.search(r'class="token s32', page(built, "vargrad"))


@pytest.mark.slow(15)
def test_the_model_can_be_asked(built: Path) -> None:
    """Its logits are the sums that it says, and its probabilities sum to 1."""
    parts = content(built, "2020-01-02-naive-bayes", "parts")
    assert {check["error"] <= check["tolerance"] for check in parts["checks"]} == {True}
    for text in parts["texts"]:
        assert sum(text["probabilities"]) == pytest.approx(1, abs=1e-6)
    assert page(built, "naive-bayes").count("<figure") >= 2


@pytest.mark.slow(15)
def test_the_figure_lists_five_words(built: Path) -> None:
    """The page has an item for each of five words, and the picture a line."""
    html = page(built, "ranking")
    assert re.findall(r'<li data-key="(\d)-"', html) == ["1", "2", "3", "4", "5"]
    (picture,) = built.glob("site/studies/*/*/*/ranking/figures/order.svg")
    assert [f"{i}. " in picture.read_text("utf-8") for i in (1, 5, 6)] == [1, 1, 0]


@pytest.mark.slow(15)
def test_the_corpus_needs_pairs(built: Path) -> None:
    """No single word decides a verdict: words alone are near chance, pairs are not."""

    def accuracy(artifact: str) -> float:
        found = content(built, "2020-01-04-negations", artifact)
        said = np.argmax(found["probabilities"], axis=1)
        return float(np.mean(said == np.array(found["truths"])))

    assert accuracy("words_said") < 0.75
    assert accuracy("pairs_said") > 0.9
