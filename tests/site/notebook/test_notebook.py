"""A study's notebook runs with nothing but the files beside it, for every artifact."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from generator.artifacts import ARTIFACTS, Artifact
from generator.artifacts.store import artifact_path, find_artifact_kind
from generator.site.notebook.export import (
    NotebookFigure,
    all_functions,
    build_notebook,
    iterate_cells,
    show_function,
)
from tests.artifacts.saving import save_artifact
from tests.figures import examples, gallery, ruled, scored
from tests.figures.export.figures import MADE

RUN = """
import json, sys, warnings, matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
warnings.filterwarnings("ignore", "Glyph .* missing from font")
shown = []

def show():
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
        shown.append(number)
    plt.close("all")

plt.show = show
space = {}
with open(sys.argv[1]) as file:
    cells = json.load(file)["cells"]
for cell in cells:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), space)
assert shown
assert not {"generator", "tensorflow"} & set(sys.modules)
"""


def exported(folder: Path, made: dict[str, Artifact]) -> Path:
    """A notebook of these artifacts, with their files beside it."""
    kinds = {name: find_artifact_kind(artifact) for name, artifact in made.items()}
    for name, artifact in made.items():
        path = folder / "data" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        save_artifact(path, artifact, gallery.head(artifact, name))
    figures = [
        NotebookFigure(n, f"The <{name}>", (name,)) for n, name in enumerate(made, 1)
    ]
    path = folder / "study.ipynb"
    path.write_bytes(build_notebook("A <study>", "Short.", figures[:-1], kinds))
    return path


def run(path: Path) -> subprocess.CompletedProcess[str]:
    """Run a notebook's code in its folder, with nothing of ours on the path."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, path.name],
        cwd=path.parent, capture_output=True, text=True, check=False,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
    )  # fmt: skip


@pytest.mark.slow(7)
def test_it_runs_for_every_artifact(tmp_path: Path) -> None:
    """Each artifact of the gallery, hostile ones too, is loaded, checked and drawn."""
    made = {name: make() for name, make in MADE.items()}
    assert {find_artifact_kind(one) for one in made.values()} == set(ARTIFACTS)
    done = run(exported(tmp_path, made))
    assert done.returncode == 0, done.stderr[-2000:]
    assert "\x1b" not in done.stdout


def test_it_sees_a_changed_file(tmp_path: Path) -> None:
    """A file with another number in it is not drawn."""
    path = exported(tmp_path, {"greedy": examples.attention(), "x": ruled.anchors()})
    data = tmp_path / "data" / "greedy.json"
    data.write_text(data.read_text().replace('"epoch": 8', '"epoch": 9'))
    done = run(path)
    assert done.returncode
    assert "the file was changed" in done.stderr


def test_its_numbers_are_the_artifact_s(tmp_path: Path) -> None:
    """What the notebook loads is the artifact, the side file's arrays included."""
    import numpy as np

    for artifact in (
        examples.large(),
        scored.attention(),
        scored.predictions(scored.FIVE, 1200),
    ):
        folder = tmp_path / str(id(artifact))
        folder.mkdir()
        exported(folder, {"one": artifact, "other": examples.estimates()})
        space: dict[str, Any] = {}
        old = Path.cwd()
        os.chdir(folder)
        try:
            code = (
                "import hashlib, json\nfrom pathlib import Path\nimport numpy as np\n"
            )
            code += all_functions()["load"] + "\n" + all_functions()["numbers"]
            exec(code, space)  # noqa: S102 - a reader's own notebook
            content = space["load"]("one")["content"]
        finally:
            os.chdir(old)
        for name in ("scores", "probabilities"):
            if hasattr(artifact, name):
                found = space["numbers"](content[name])
                assert np.array_equal(
                    found.astype(np.float32), getattr(artifact, name), equal_nan=True
                )


def test_its_form_is_nbformat_s(tmp_path: Path) -> None:
    """Format 4.5: unique ids, code cells without outputs, sources that join to text."""
    path = exported(tmp_path, {"greedy": examples.attention(), "x": ruled.anchors()})
    data = json.loads(path.read_text())
    assert (data["nbformat"], data["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in data["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in data["cells"]:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        assert isinstance(cell["source"], list)
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
            compile("".join(cell["source"]), "cell", "exec")
        else:
            assert "<" not in "".join(cell["source"])


def test_the_library_takes_it(tmp_path: Path) -> None:
    """The schema of the format itself finds nothing."""
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    path = exported(tmp_path, {"greedy": examples.attention(), "x": ruled.anchors()})
    nbformat.validate(nbformat.read(path, as_version=4))


def test_only_what_is_needed_is_in_it() -> None:
    """A notebook of curves holds no function for texts; what it calls, it defines."""
    figures = [NotebookFigure(1, "Losses", ("losses",))]
    found = "\n".join(
        text for _, text in iterate_cells("x", "", figures, {"losses": "curves"})
    )
    assert "def show_curves" in found
    assert "def show_token_scores" not in found
    frames = "\n".join(text for _, text in iterate_cells("x", "", (), {"f": "frames"}))
    assert "def show_slot_scores" in frames


def test_an_artifact_is_drawn_once() -> None:
    """A second figure of the same artifact refers to the first."""
    figures = [
        NotebookFigure(1, "Losses", ("losses",)),
        NotebookFigure(2, "Again", ("losses", "x")),
    ]
    found = list(iterate_cells("x", "", figures, {"losses": "curves", "x": "samples"}))
    calls = [text for kind, text in found if kind == "code" and "load('" in text]
    assert len(calls) == 2
    assert any("Drawn above: `losses` in figure 1." in text for _, text in found)


def test_every_kind_can_be_shown() -> None:
    """A kind has its own function, or that of its base or frames; none the last."""
    assert {show_function(kind) for kind in ARTIFACTS} <= set(all_functions())
    assert show_function("part-scores") == show_function("frames") == "show_slot_scores"
    assert (
        show_function("cell-search")
        == show_function("cell-effects")
        == "show_estimates"
    )
    assert "show_artifact" not in {show_function(kind) for kind in ARTIFACTS}


def test_a_kind_without_a_function_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of numbers is drawn, all else is printed by name."""
    from generator.site.notebook import notebook_cells as showing

    drawn: list[tuple[object, ...]] = []
    monkeypatch.setattr(showing, "heatmap", lambda *given: drawn.append(given))
    showing.show_artifact({"table": [[1.0, -2.0]], "names": ["a"], "n": 3})
    assert [one[3:] for one in drawn] == [("table", True)]
    assert capsys.readouterr().out == "names: ['a']\nn: 3\n"


def test_the_same_study_gives_the_same_bytes_at_once() -> None:
    """Two notebooks are equal, and one takes some milliseconds, not seconds."""
    figures = [NotebookFigure(1, "Losses", ("losses",))]
    kinds = dict.fromkeys("abcdefgh", "curves") | {"losses": "curves"}
    first = build_notebook("x", "y", figures, kinds)
    begun = time.perf_counter()
    for _ in range(20):
        assert build_notebook("x", "y", figures, kinds) == first
    assert (time.perf_counter() - begun) / 20 < 0.1


@pytest.mark.slow(2)
def test_the_page_links_it(tmp_path: Path) -> None:
    """A rendered study has its notebook beside it, in the list of its files."""
    project = tmp_path / "project"
    for study in gallery.small(project):
        assert artifact_path(study, "greedy").is_file()
    site = tmp_path / "site"
    site.mkdir()
    gallery.render_site(project, gallery.small(project), gallery.SETTINGS, site)
    page = next(site.glob("studies/**/slots/index.html"))
    assert 'href="study.ipynb" download' in page.read_text()
    done = run(page.with_name("study.ipynb"))
    assert done.returncode == 0, done.stderr[-2000:]
