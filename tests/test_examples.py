"""Models made elsewhere, each asked by a file of ten lines, give whole pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.core.package_data import CHECKOUT
from tests.stub.project import environment

EXAMPLES = CHECKOUT / "examples"
MADE_BY = {
    "scikit-learn": "",
    "shell": "",
    "onnx": "make_model.py",
    "keras": "train_network.py",
    "transformer": "train_network.py",
}
"""Each example, and the script that makes its model."""
ASPECTS = ("faithfulness", "agreement", "stability")


def test_all_examples_are_here() -> None:
    """None is left out of these tests, nor of the README."""
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert folders == MADE_BY.keys()
    listed = re.findall(
        r"^\| `([a-z-]+)`", (EXAMPLES / "README.md").read_text(), re.MULTILINE
    )
    assert set(listed) == folders


@pytest.mark.parametrize("name", MADE_BY)
def test_ten_lines_are_enough(name: str) -> None:
    """The author's file has at most ten lines of code, none wider than 88 columns."""
    (path,) = (EXAMPLES / name).glob("studies/*/model.py")
    lines = path.read_text().splitlines()
    assert sum(bool(line.strip()) for line in lines) <= 10
    assert max(map(len, lines)) <= 88


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("scikit-learn", marks=pytest.mark.slow(15)),
        pytest.param("shell", marks=pytest.mark.slow(12)),
        pytest.param("onnx", marks=pytest.mark.slow(14)),
        pytest.param("keras", marks=[pytest.mark.slow(60), pytest.mark.nightly]),
        pytest.param("transformer", marks=[pytest.mark.slow(40), pytest.mark.nightly]),
    ],
)
def test_an_example_gives_its_page(name: str, tmp_path: Path) -> None:
    """It builds with trust, passes `check`, and its scores are on the page."""
    if name == "onnx":
        pytest.importorskip("onnxruntime")
        pytest.importorskip("onnx")
    made = shutil.ignore_patterns("site", ".cache", "artifacts", "*.keras", "*.onnx")
    project = shutil.copytree(EXAMPLES / name, tmp_path / "project", ignore=made)
    (study,) = project.glob("studies/2*")
    if MADE_BY[name]:
        run(study, MADE_BY[name])
    tool = str(CHECKOUT / "build.py")
    built = run(project, tool, "build", "--trust", "--strict", home=tmp_path)
    assert "skipped" not in built
    checked = run(project, tool, "check", home=tmp_path)
    assert "0 errors, 0 warnings" in checked
    (page,) = project.glob("site/examples/2026/01/15/*/index.html")
    text = page.read_text()
    assert "not run" not in re.sub(r"<[^>]*>", " ", text)
    for aspect in ASPECTS:
        assert aspect in text
    assert len(list(study.glob("artifacts/*.json"))) >= 7


def run(folder: Path, *words: str, home: Path | None = None) -> str:
    """Run a Python program in a folder, and return all that it says."""
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True,
        env=environment(STUDY_CONFIG=str((home or folder) / "settings")),
        check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
