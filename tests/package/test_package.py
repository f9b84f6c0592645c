"""One install does everything; a blog that it begins builds, and is frozen by git."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from generator import __version__
from tests.package.conftest import Blog, Installed, clean_environment, run
from tests.stub.project import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.package]

WITHIN = 180.0
"""Seconds from an install to a checked site."""


def test_what_is_in_the_wheel(wheel: Path) -> None:
    """All that `core.package_data` looks for, types, one version, and no tests."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "starter"):
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_file():
                assert f"generator/{path.relative_to(REPOSITORY).as_posix()}" in names
    assert {"generator/py.typed", "generator/requirements-render.txt"} <= names
    assert "generator/.github/workflows/pages.yml" in names
    assert wheel.name.split("-")[1] == __version__
    assert {name.split("/")[0].partition("-")[0] for name in names} == {
        "generator", "interpretability_studies"
    }  # fmt: skip


def test_one_install_does_everything(installed: Installed, blog: Blog) -> None:
    """TensorFlow comes with it; begun, built and checked within three minutes."""
    assert installed.has("tensorflow")
    assert blog.seconds < WITHIN
    assert "next: cd blog && studies build" in blog.said
    assert "trained 1 model" in blog.said
    page = (blog.folder / "site" / "index.html").read_text("utf-8")
    assert "Does attention find the word that decides?" in page
    assert "python build.py" not in page


def test_what_git_sees(committed: Path) -> None:
    """Artifacts and sources are committed, no cache and no site; then all is clean."""
    environment = clean_environment()
    tracked = run(["git", "ls-files"], committed, environment).stdout.split()
    assert any(re.fullmatch(r"studies/\S+/artifacts/\S+\.json", n) for n in tracked)
    tops = {name.split("/")[0] for name in tracked}
    assert tops == {
        ".github", ".gitignore", "README.md", "requirements-render.txt",
        "requirements.txt", "studies", "tool",
    }  # fmt: skip
    assert not [name for name in tracked if "schema/" in name]
    assert not run(["git", "status", "--porcelain"], committed, environment).stdout


def test_committed_artifacts_freeze_a_study(
    committed: Path, installed: Installed, tmp_path: Path
) -> None:
    """In a clone without a cache nothing is stale, and a build trains nothing."""
    clone = tmp_path / "clone"
    run(["git", "clone", "-q", committed, clone], tmp_path, clean_environment())
    assert not (clone / ".cache").exists()
    assert "fresh" in installed.studies(clone, "list").stdout
    said = installed.studies(clone, "build").stdout
    assert "trained" not in said
    assert "collected" not in said


def test_the_workflow_of_a_blog_needs_no_tensorflow(
    committed: Path, wheel: Path, tmp_path: Path
) -> None:
    """What it installs without training lists, builds, checks and publishes.

    Its own lines are run: the light pins beside the wheel that the blog carries.
    """
    light = Installed(tmp_path / "light")
    run([sys.executable, "-m", "venv", light.folder], tmp_path, clean_environment())
    clone, bare = tmp_path / "clone", tmp_path / "bare.git"
    run(["git", "init", "-q", "--bare", bare], tmp_path, clean_environment())
    run(["git", "clone", "-q", committed, clone], tmp_path, clean_environment())
    run(["git", "remote", "set-url", "origin", bare], clone, clean_environment())
    text = (clone / ".github" / "workflows" / "pages.yml").read_text("utf-8")
    job = YAML(typ="safe").load(text)["jobs"]["build"]
    assert job["env"] == {"STUDIES": "studies", "TOOL": f"./tool/{wheel.name}"}
    environment = light.environment | job["env"] | {"GITHUB_OUTPUT": "../output"}
    for step in job["steps"]:
        if "run" in step and "if" not in step:
            address = "https://example.org/blog"
            script = re.sub(r"\$\{\{[^}]*base_url \}\}", address, step["run"])
            run(["bash", "-eo", "pipefail", "-c", script], clone, environment)
    assert (tmp_path / "output").read_text() == "train=false\n"
    assert "example.org/blog" in (clone / "site" / "index.html").read_text("utf-8")
    assert not light.has("tensorflow")
    light.studies(clone, "render")
    light.studies(clone, "check")
    light.studies(clone, "publish")
    files = run(["git", "ls-tree", "-r", "--name-only", "gh-pages"], bare, environment)
    assert "index.html" in files.stdout.split()


def test_hints_name_the_command_as_it_was_called(
    installed: Installed, tmp_path: Path
) -> None:
    """The console command, and `python -m generator`; help and hints alike."""
    installed.studies(tmp_path, "init", "blog")
    said = installed.studies(tmp_path, "-C", "blog", "check").stdout
    assert "never collected; run: studies collect -C blog" in said
    words = [installed.folder / "bin" / "python", "-m", "generator"]
    said = run([*words, "-C", "blog", "check"], tmp_path, installed.environment).stdout
    assert "never collected; run: python -m generator collect -C blog" in said
    usage = run([*words, "-h"], tmp_path, installed.environment).stdout
    assert usage.startswith("Usage: python -m generator ")


def test_uvx(tools: Path, wheel: Path, tmp_path: Path) -> None:
    """`uvx` runs it without an install, TensorFlow and all, and hints say so."""
    words = [tools / "uvx", "--python", sys.executable, "--from", wheel, "studies"]
    run([*words, "init", "blog"], tmp_path, clean_environment())
    said = run([*words, "-C", "blog", "check"], tmp_path, clean_environment()).stdout
    assert f"never collected; run: uvx --from {wheel} studies collect -C blog" in said
    listed = run([*words, "-C", "blog", "list"], tmp_path, clean_environment())
    assert "never collected" in listed.stdout


def test_pipx(tools: Path, wheel: Path, tmp_path: Path) -> None:
    """`pipx install` gives the command, which finds its own files.

    It installs by uv, whose cache `uvx` has filled: all of it, and no second download.
    """
    places = {"PIPX_HOME": tmp_path / "home", "PIPX_BIN_DIR": tmp_path / "bin"}
    environment = clean_environment(tmp_path / "bin", tools) | {
        name: str(place) for name, place in places.items()
    }
    words = [tools / "pipx", "install", "--backend", "uv", "--python", sys.executable]
    run([*words, wheel], tmp_path, environment)
    said = run(["studies", "init", "blog"], tmp_path, environment).stdout
    assert "next: cd blog && studies build" in said
    said = run(["studies", "-C", "blog", "check"], tmp_path, environment).stdout
    assert "never collected; run: studies collect -C blog" in said
