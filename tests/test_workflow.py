"""The workflow that publishes runs commands that exist, and trains only if it must."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from generator.artifacts.base import ArtifactHead
from generator.artifacts.store import artifact_path, find_artifact_kind
from generator.cli.main import cli
from generator.core.cache import LIBRARIES
from generator.corpora.base import Folders
from generator.study.keys import compute_expected_keys
from generator.study.study import load_study
from tests.artifacts.saving import save_artifact
from tests.figures import examples, gallery
from tests.stub.project import REPOSITORY

PATH = REPOSITORY / ".github" / "workflows" / "pages.yml"
WORKFLOW: dict[str, Any] = YAML(typ="safe").load(PATH.read_text("utf-8"))
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["build"]["steps"]
SCRIPTS = {step["name"]: step["run"] for step in STEPS if "run" in step}
ADDRESS = "https://example.org/words"
HEAVY = (
    "tensorflow",
    "keras",
    "h5py",
    "scipy",
    "sklearn",
    "textgenrnn",
    "threadpoolctl",
)
BLOCK = f"""
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HEAVY!r}:
            raise ModuleNotFoundError(f"refused: {{name}}", name=name)

sys.meta_path.insert(0, Refuse())
"""
STUDY = """\
title: Drawn from what is committed
summary: Nothing is trained.
corpora:
  songs: {kind: planted_songs, documents: 300}
models:
  lm: {kind: textgenrnn, corpus: songs, word_level: true, max_length: 10, epochs: 1}
artifacts:
  greedy: {method: writing, model: lm, length: 15}
figures:
  weights: {figure: matrix, artifact: greedy, title: Where it looked}
"""


def filled(script: str) -> str:
    """A script with the workflow's values put in."""
    return re.sub(r"\$\{\{ steps\.pages\.outputs\.base_url \}\}", ADDRESS, script)


def commands() -> list[list[str]]:
    """The words of every call of `build.py`."""
    found = re.findall(r"\$STUDIES ([^|\n]*)", filled("\n".join(SCRIPTS.values())))
    return [shlex.split(words) for words in found]


def pins(name: str) -> set[str]:
    """The packages that a file of requirements pins itself."""
    lines = (REPOSITORY / name).read_text("utf-8").splitlines()
    return {line.partition("==")[0].lower() for line in lines if "==" in line}


def test_every_command_and_option_exists() -> None:
    """Each call of the command line parses: the command, its options, their values."""
    assert [words[0] for words in commands()] == ["list", "build", "check"]
    for name, *words in commands():
        command = cli.commands[name]
        command.make_context(name, list(words), resilient_parsing=False)


def test_a_mistyped_option_would_be_seen() -> None:
    """The test above does refuse an option that is not there."""
    import click

    with pytest.raises(click.NoSuchOption):
        cli.commands["check"].make_context("check", ["--formt", "github"])


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_shell(name: str) -> None:
    """Each script is one that a shell can read."""
    subprocess.run(["bash", "-n", "-c", filled(SCRIPTS[name])], check=True)


def test_it_deploys_as_pages_want_it() -> None:
    """Rights, one deployment at a time, a daily run, the site as a pages artifact."""
    triggers = WORKFLOW[True] if True in WORKFLOW else WORKFLOW["on"]
    assert triggers["schedule"] == [{"cron": "23 6 * * *"}]
    assert "workflow_dispatch" in triggers
    assert WORKFLOW["permissions"] == {
        "contents": "read", "pages": "write", "id-token": "write"
    }  # fmt: skip
    assert WORKFLOW["concurrency"] == {"group": "pages", "cancel-in-progress": False}
    used = [step["uses"].partition("@")[0] for step in STEPS if "uses" in step]
    assert used[-1] == "actions/upload-pages-artifact"
    assert "actions/configure-pages" in used
    assert WORKFLOW["jobs"]["deploy"]["needs"] == "build"
    order = list(SCRIPTS)
    assert order.index("Check") == len(order) - 1


def test_what_draws_is_apart_from_what_trains() -> None:
    """The two files pin different packages; drawing needs none of the frameworks."""
    draws, trains = pins("requirements-render.txt"), pins("requirements.txt")
    assert not draws & trains
    assert not draws & {"tensorflow", "keras", "h5py", "scipy", "scikit-learn"}
    assert {name.lower() for name in LIBRARIES} <= draws
    assert "-r requirements-render.txt" in (REPOSITORY / "requirements.txt").read_text()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one study whose artifact is committed, and no framework."""
    folder = tmp_path / "checkout"
    study = folder / "studies" / "2024-01-05-frozen"
    study.mkdir(parents=True)
    (study / "study.yaml").write_text(STUDY)
    (study / "index.md").write_text(
        "## Weights\n\n![Rows are steps.](figure:weights)\n"
    )
    (folder / "build.py").symlink_to(REPOSITORY / "build.py")
    block = tmp_path / "block"
    block.mkdir()
    (block / "sitecustomize.py").write_text(BLOCK)
    freeze(study, folder)
    return folder


def freeze(study: Path, folder: Path) -> None:
    """Put the study's artifact there, with the key that it must have."""
    loaded = load_study(study)
    keys = compute_expected_keys(loaded, Folders(study, folder / ".cache" / "data"))
    artifact = examples.attention()
    made = gallery.head(artifact, "greedy").made
    key = keys.artifacts["greedy"]
    assert key
    head = ArtifactHead(kind=find_artifact_kind(artifact), schema=1, key=key, made=made)
    save_artifact(artifact_path(loaded, "greedy"), artifact, head)


def run(folder: Path, name: str) -> str:
    """Run a script of the workflow in a checkout; what it printed."""
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", filled(SCRIPTS[name])],
        cwd=folder, capture_output=True, text=True, check=False,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(folder.parent / "block"),
            "GITHUB_OUTPUT": str(folder.parent / "output"),
            **WORKFLOW["jobs"]["build"]["env"],
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow(5)
def test_committed_artifacts_are_drawn_without_a_framework(checkout: Path) -> None:
    """With nothing stale, the job asks, builds and checks without a framework."""
    run(checkout, "Ask whether anything has to be trained")
    assert (checkout.parent / "output").read_text() == "train=false\n"
    run(checkout, "Build")
    assert "example.org/words" in (checkout / "site" / "index.html").read_text()
    assert run(checkout, "Check") == ""


def test_a_study_that_changed_has_to_be_trained(checkout: Path) -> None:
    """A setting that enters a key makes the job install what trains."""
    path = checkout / "studies" / "2024-01-05-frozen" / "study.yaml"
    path.write_text(path.read_text().replace("epochs: 1", "epochs: 2"))
    run(checkout, "Ask whether anything has to be trained")
    assert (checkout.parent / "output").read_text() == "train=true\n"


def test_the_block_blocks(checkout: Path) -> None:
    """Where the job runs in these tests, no framework can be imported."""
    done = subprocess.run(
        [sys.executable, "-c", "import scipy"], capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": str(checkout.parent / "block")},
    )  # fmt: skip
    assert "refused: scipy" in done.stderr
