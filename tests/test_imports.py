"""Who may import whom: seven floors, tensorflow in one folder, two halves apart."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import generator

ROOT = Path(__file__).resolve().parents[1]
FRAMEWORKS = {"tensorflow", "keras", "h5py", "textgenrnn", "tf_keras"}


def test_floors_hold() -> None:
    """The contracts of `pyproject.toml` are kept, imports for types alone included."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_map_is_true() -> None:
    """The docstring of the package lists its folders, each once, and nothing else."""
    folders = sorted(
        path.parent.name for path in (ROOT / "generator").glob("*/__init__.py")
    )
    listed = re.findall(r"^    (\w+)/ ", generator.__doc__ or "", re.MULTILINE)
    assert sorted(listed) == folders


def test_the_root_holds_folders_alone() -> None:
    """Beside its folders the package has its map, its entry and its mark for types."""
    files = {path.name for path in (ROOT / "generator").iterdir() if path.is_file()}
    assert files == {"__init__.py", "__main__.py", "py.typed"}


def test_the_command_line_imports_inside_its_commands() -> None:
    """What `--help` imports is light: the words of commands, and how it was called."""
    tree = ast.parse((ROOT / "generator/cli/main.py").read_text(encoding="utf-8"))
    early = {
        node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("generator")
    }
    assert early <= {"generator.core.invocation", "generator.cli.options"}


BLOCKED = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError(f"refused: {{name}}")

sys.meta_path.insert(0, Refuse())
import {modules}
"""
RENDERING = (
    "study.study",
    "artifacts.store",
    "study.schema",
    "study.new_study",
    "figures",
    "site.pages",
    "site.writeup",
    "site.build",
    "cli.check.check",
    "cli.publish.publish",
    "cli.doctor",
    "site.portable",
    "site.notebook.export",
)


def run_without(blocked: set[str], *modules: str) -> subprocess.CompletedProcess[str]:
    """Import `modules` where `blocked` packages cannot be imported."""
    names = ", ".join(f"generator.{module}" for module in modules)
    return subprocess.run(
        [sys.executable, "-c", BLOCKED.format(blocked=blocked, modules=names)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_half_of_it_works_without_tensorflow() -> None:
    """Studies are read and sites rendered where no framework can be imported."""
    done = run_without(FRAMEWORKS, *RENDERING)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", ["study.study"])
def test_the_refusal_refuses(module: str) -> None:
    """The hook of the test above does stop an import of what it names."""
    assert "refused: pydantic" in run_without({"pydantic"}, module).stderr


FIRST = """
import sys
from importlib import import_module

for name in sys.argv[1:]:
    for other in [one for one in sys.modules if one.startswith("generator")]:
        del sys.modules[other]
    import_module(name)
"""


@pytest.mark.slow(20)
@pytest.mark.parametrize("folder", ["site", "cli", "study", "figures"])
def test_every_module_can_be_the_first(folder: str) -> None:
    """No module needs another to be imported before it, packages' own ones included."""
    paths = sorted((ROOT / "generator" / folder).rglob("*.py"))
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in paths
    ]
    assert len(names) > 10
    done = subprocess.run(
        [sys.executable, "-c", FIRST, *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
