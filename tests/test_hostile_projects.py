"""A hostile project that was cloned and is built runs nothing of its own, and ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile_projects import EXIT, SECONDS
from tests.stub.project import REPOSITORY, environment


def build_all(folder: Path, *words: str) -> dict[str, Any]:
    """Build every hostile project in one process, and return what each build did."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile_projects", str(folder), *words],
        env=environment(STUDY_CONFIG=str(folder / "settings")),
        cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.slow(20)
def test_hostile_projects_run_nothing_and_end(tmp_path: Path) -> None:
    """No process, no network, no file outside; the end within 10 s of the limit.

    What a project means to run is in no file of its site, its mistake is told with
    exit status 2 or 3 and in one line that no terminal obeys, and nobody was trusted.
    """
    found = build_all(tmp_path)
    assert {name: one["status"] for name, one in found.items()} == {
        name: status for name, (_make, status) in EXIT.items()
    }, {name: one["said"] for name, one in found.items()}
    for name, one in found.items():
        assert one["did"] == [], name
        assert one["seconds"] < SECONDS + 10, name
        assert one["outside"] == ["secret.txt"], name
        assert one["kept"] == [], name
        assert "\x1b]" not in one["said"], name
        assert "\n::error::" not in one["said"], name
    assert "templates/study.html:1: takes longer than" in found["loops"]["said"]
    assert (
        "templates/static/page.js: this project brings code"
        in found["a script"]["said"]
    )
    assert not (tmp_path / "settings").exists()


@pytest.mark.slow(20)
@pytest.mark.parametrize(
    ("wall", "name", "sign"),
    [("trust", "a script", "kept"), ("oracle", "a script in a page", "kept")],
)
def test_without_a_wall_an_attack_succeeds(
    tmp_path: Path, wall: str, name: str, sign: str
) -> None:
    """Control: each wall, taken out, lets what it keeps out reach the site."""
    assert build_all(tmp_path, wall, name)[name][sign]


@pytest.mark.slow(20)
def test_without_the_sandbox_a_command_runs(tmp_path: Path) -> None:
    """Control: Jinja's usual environment runs the command, and the watch sees it."""
    found = build_all(tmp_path, "sandbox", "a command")["a command"]
    assert "ran" in found["outside"]
    assert any(line.startswith("os.system") for line in found["did"])
