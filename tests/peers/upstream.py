"""Asking textgenrnn's own code, in a subprocess, from a test."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RUNNER = Path(__file__).with_name("run_upstream.py")


def ask(folder: Path, *tasks: tuple[str, dict[str, Any]]) -> list[Any]:
    """Answers of `run_upstream` to tasks, whose files are in `folder`."""
    if importlib.util.find_spec("tf_keras") is None:
        pytest.skip("tf-keras is not installed: pip install tf-keras")
    (folder / "ask.json").write_text(json.dumps(tasks), "utf-8")
    run(RUNNER, folder)
    answers: list[Any] = json.loads((folder / "answer.json").read_text("utf-8"))
    return answers


def run(script: Path, folder: Path, *more: str) -> None:
    """Run a script of this folder; a failure shows what it said."""
    done = subprocess.run(
        [sys.executable, str(script), str(folder), *more],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def upstream_task(task: str, /, **arguments: Any) -> tuple[str, dict[str, Any]]:
    """One task, as `ask` takes it."""
    return task, arguments
