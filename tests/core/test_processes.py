"""No process of this program imports a module that a project brings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stub.project import environment

PROCESS = """
import sys
from generator.core.processes import open_process_context
if len(sys.argv) > 1:
    import multiprocessing
    from contextlib import nullcontext
    open_process_context = lambda: nullcontext(multiprocessing.get_context("spawn"))
if __name__ == "__main__":
    with open_process_context() as spawn:
        process = spawn.Process(target=print, args=("run",))
        process.start()
    process.join()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose modules, if they are imported, leave a file."""
    (tmp_path / "program.py").write_text(PROCESS)
    clone = tmp_path / "clone"
    (clone / "studies").mkdir(parents=True)
    for name in ("multiprocessing", "click", "jinja2", "json"):
        (clone / f"{name}.py").write_text(f"open({str(clone / 'ran')!r}, 'w')\n")
    return clone


@pytest.mark.parametrize("control", [(), ("control",)], ids=["", "control"])
def test_a_new_process_looks_elsewhere(folder: Path, control: tuple[str, ...]) -> None:
    """It imports nothing from the current folder; Python's own way, a control, does."""
    program = str(folder.parent / "program.py")
    done = subprocess.run(
        [sys.executable, program, *control], cwd=folder, env=environment(),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (folder / "ran").exists() == bool(control)
    assert ("run" in done.stdout) != bool(control)


def test_the_module_looks_elsewhere_first(folder: Path) -> None:
    """`python -m generator` in a clone imports its packages from where they are."""
    done = subprocess.run(
        [sys.executable, "-m", "generator", "doctor"], cwd=folder, env=environment(),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "project" in done.stdout, done.stderr
    assert not (folder / "ran").exists()
