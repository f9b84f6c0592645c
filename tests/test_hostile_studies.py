"""No study file is run, reads what is not its own, or costs more than its limits."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

FORBIDDEN = {"pickle", "cPickle", "dill", "shelve", "marshal", "jsonpickle", "joblib"}
"""Modules that run what they read."""

CALLS = {"eval", "exec", "compile", "__import__", "load_model", "system", "popen"}
"""Functions that run text or a file; methods of these names are looked at too."""

HARMLESS = {"re.compile", "regex.compile", "model.compile", "platform.system"}

WATCH = """
import json, resource, sys, tempfile
from pathlib import Path
from generator.core.errors import ConfigError
from generator.corpora import CORPORA
from generator.figures import FIGURES
from generator.methods import METHODS
from generator.models import MODELS
from generator.study.study import load_study
from tests.bad_studies import BAD
from tests.kinds import GOOD, TABLES

for table in (CORPORA, FIGURES, METHODS, MODELS):
    list(table.values())  # our own modules, which a study only chooses among
root = Path(sys.argv[1]).resolve() / "studies"
seen, watching = [], False
RUNS = ("exec", "compile", "subprocess.", "os.system", "os.exec", "os.spawn",
        "pickle.", "ctypes.", "socket.", "urllib.")

def hook(event, args):
    if not watching:
        return
    if event.startswith(RUNS):
        seen.append([event, repr(args)[:200]])
    path = args[0] if event == "open" else None
    if isinstance(path, str) and not path.startswith(str(root)):
        seen.append([event, args[0]])

sys.addaudithook(hook)
folder = root / "2024-02-29-songs"
folder.mkdir(parents=True)
file = folder / "study.yaml"
cases = {"good": GOOD, **{name: case[0] for name, case in BAD.items()}}
for text in ("title: warm\\nseed: x\\n", GOOD):
    file.write_text(text)
    try:
        load_study(folder, TABLES)
    except ConfigError:
        pass
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sizes = 0
for name, text in cases.items():
    data = text if isinstance(text, bytes) else text.encode()
    sizes = max(sizes, len(data))
    if len(data) > 10_000_000:
        with file.open("wb") as out:
            out.truncate(len(data))
    else:
        file.write_bytes(data)
    watching = True
    try:
        load_study(folder, TABLES)
    except ConfigError:
        pass
    watching = False
if len(sys.argv) > 2:
    watching = True
    eval(compile("1", "x", "eval"))
    open("/dev/null").close()
    watching = False
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({"seen": seen, "grown": grown, "cases": len(cases)}))
"""


def watched(folder: Path, *more: str) -> dict[str, object]:
    """What loading every bad study did besides reading its own file."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(folder), *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


@pytest.mark.slow(4)
def test_a_study_file_runs_nothing_and_opens_nothing_else(tmp_path: Path) -> None:
    """Loading hostile files makes no code, no process and no other file open.

    All of them together take less than 200 MB more than a good one.
    """
    found = watched(tmp_path)
    assert found["seen"] == []
    assert isinstance(found["grown"], int)
    assert found["grown"] < 200_000
    assert isinstance(found["cases"], int)
    assert found["cases"] > 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["studies"]


@pytest.mark.slow(3)
def test_the_watch_sees_what_it_watches_for(tmp_path: Path) -> None:
    """Running text and opening a file elsewhere are both seen."""
    found = watched(tmp_path, "control")
    assert isinstance(found["seen"], list)
    assert {"compile", "exec", "open"} <= {event for event, _ in found["seen"]}


def test_no_module_can_run_what_it_reads() -> None:
    """No pickle, eval, load_model or shell anywhere in the product."""
    sources = [*sorted((ROOT / "generator").rglob("*.py")), ROOT / "build.py"]
    found = {
        path.relative_to(ROOT).as_posix(): dangers(path.read_text(encoding="utf-8"))
        for path in sources
    }
    assert {name: one for name, one in found.items() if one} == {}


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from pickle import loads",
        "eval('1')",
        "keras.saving.load_model('x')",
        "subprocess.run('ls', shell=True)",
        "np.load('x', allow_pickle=True)",
        "yaml.load(text)",
        "os.system('ls')",
        "Template(text)",
        "environment.from_string(text)",
    ],
)
def test_the_look_at_the_source_finds_dangers(text: str) -> None:
    """Each thing that is forbidden is found where it is."""
    assert dangers(text)


def dangers(text: str) -> list[str]:
    """What in a module could run what it reads."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in FORBIDDEN]
        if isinstance(node, ast.ImportFrom):
            found += [str(node.module)] * (node.module in FORBIDDEN)
        if isinstance(node, ast.Call):
            found += _call(node)
    return found


def _call(node: ast.Call) -> list[str]:
    """The name of a call that is forbidden, or its forbidden words."""
    name = ast.unparse(node.func)
    last = name.rpartition(".")[2]
    found = [name] if last in CALLS and name not in HARMLESS else []
    if name in {"yaml.load", "Template", "jinja2.Template"} or last == "from_string":
        found.append(name)
    words = (w for w in node.keywords if w.arg in {"shell", "allow_pickle"})
    return found + [str(w.arg) for w in words if ast.unparse(w.value) != "False"]
