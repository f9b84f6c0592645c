"""Each Python that is supported builds a blog, where this machine has it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.package.conftest import Installed, begin, clean_environment, run

pytestmark = [pytest.mark.slow, pytest.mark.nightly, pytest.mark.package]


def python(version: str) -> str:
    """Another Python of this machine, "" if it has none of that version.

    A name on the path may be one that starts nothing, where a manager of versions has
    chosen another; so each is asked.
    """
    words = ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    there = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for found in filter(None, [shutil.which(f"python{version}"), *map(str, there)]):
        done = subprocess.run(
            [found, *words], capture_output=True, text=True, check=False
        )
        if done.stdout.strip() == version:
            return found
    return ""


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_other_pythons(version: str, wheel: Path, tools: Path, tmp_path: Path) -> None:
    """A blog is begun, built and checked by each other Python that is supported."""
    found = python(version)
    if not found:
        pytest.skip(f"no Python {version} on this machine")
    folder, environment = tmp_path / "environment", clean_environment()
    run([tools / "uv", "venv", "-q", "--python", found, folder], tmp_path, environment)
    words = [tools / "uv", "pip", "install", "-q", "--python", folder, wheel]
    run(words, tmp_path, environment)
    assert "built 1 study" in begin(Installed(folder), tmp_path / "blog").said
