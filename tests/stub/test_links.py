"""What comes in the place of studies, models, logs and files of a study: not followed.

Folders of `.cache` and files that builds keep there are in `test_foreign_paths`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.stub.conftest import Stub
from tests.stub.project import tree

STUDY = "studies/2024-01-01-first"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """Somebody's work beside the project, with names that are like ours."""
    folder = tmp_path / "canary"
    folder.mkdir()
    for name in ("a" * 64, "thesis.tex", "manifest.json", "study.yaml", ".tmp-x.json"):
        (folder / name).write_text(f"years of work: {name}")
    shutil.copytree(folder, folder / "artifacts")
    shutil.copytree(folder, folder / "snapshots")
    return folder


@pytest.mark.parametrize("words", [("build",), ("render",), ("clean", "--yes")])
def test_a_study_that_is_a_link_is_left_alone(
    stub: Stub, built: Path, canary: Path, words: tuple[str, ...]
) -> None:
    """Nothing is read, collected or deleted behind it; what reads studies names it."""
    shutil.rmtree(built / STUDY)
    (built / STUDY).symlink_to(canary)
    before = tree(canary)
    done = stub(built, *words, status=None)
    assert tree(canary) == before
    assert "clean" in words or f"{STUDY}: is a link" in done.stderr


def test_a_model_behind_a_link_is_refused(
    stub: Stub, built: Path, canary: Path
) -> None:
    """Neither its folder nor the one of its snapshots is followed or deleted."""
    (model,) = (built / ".cache" / "models").iterdir()
    (built / STUDY / "artifacts" / "small.json").unlink()
    before = tree(canary)
    (model / "manifest.json").unlink()
    (model / "snapshots").symlink_to(canary)
    done = stub(built, status=2)
    assert f"{model.name}/snapshots: is a link" in done.stderr
    shutil.rmtree(model)
    model.symlink_to(canary)
    done = stub(built, status=2)
    assert f"{model.name}: is a link" in done.stderr
    assert tree(canary) == before


@pytest.mark.parametrize("kind", ["symbolic", "hard"])
@pytest.mark.parametrize(
    "place", [".cache/log/error.log", f"{STUDY}/artifacts/.tmp-small.json"]
)
def test_a_name_of_somebody_elses_file_is_replaced(
    stub: Stub, built: Path, canary: Path, place: str, kind: str
) -> None:
    """A log and a leftover are written under names of their own, and moved there."""
    path = built / place
    path.parent.mkdir(exist_ok=True)
    make = path.hardlink_to if kind == "hard" else path.symlink_to
    make(canary / "thesis.tex")
    (built / STUDY / "artifacts" / "small.json").unlink()
    (built / STUDY / "index.md").write_text("BUG")
    before = tree(canary)
    stub(built, status=1)
    assert tree(canary) == before
    assert not path.is_symlink()
    if path.exists():
        assert "ZeroDivisionError" in path.read_text()
        path.unlink()
        make(canary / "thesis.tex")
        path.write_text("written in place")  # a control: as it once was
        assert tree(canary) != before


@pytest.mark.parametrize("name", ["notes.txt", "index.md", "references.bib"])
def test_a_fifo_among_a_studys_files_is_named(
    stub: Stub, built: Path, name: str
) -> None:
    """Whether the build knows the file or not, nothing waits for it."""
    (built / STUDY / name).unlink(missing_ok=True)
    os.mkfifo(built / STUDY / name)
    assert f"{name}: is a FIFO" in stub(built, status=2).stderr


def test_a_model_under_anothers_key_is_trained_again(stub: Stub, built: Path) -> None:
    """A folder copied over another's gives no numbers of the wrong model.

    Its artifacts are those of before, to the byte, and one warning says why.
    """
    before = tree(built / "studies")
    (model,) = (built / ".cache" / "models").iterdir()
    study = built / STUDY / "study.yaml"
    text = study.read_text()
    study.write_text(text.replace("seed: 5", "seed: 6"))
    stub(built)
    (other,) = set((built / ".cache" / "models").iterdir()) - {model}
    shutil.rmtree(model)
    shutil.copytree(other, model)
    study.write_text(text)
    done = stub(built)
    assert "it is another model's" in done.stderr
    assert done.stderr.count("warning") == 1
    assert tree(built / "studies") == before
