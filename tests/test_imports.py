"""Who may import whom: one way, tensorflow in one folder, two halves apart."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

LEAVES = {
    "errors", "spec", "artifacts", "progress", "files", "manifest", "kept", "program",
    "table", "shipped", "invocation",
}  # fmt: skip
BASES = {"corpora.base", "models.base", "methods.base", "figures.base"}
TEXT = {
    "corpora.base", "corpora.vocabulary", "corpora.tokenisation", "corpora.words",
    "corpora.sentences",
}  # fmt: skip
MODELS = {
    "models.attentive", "models.base", "models.cells", "models.classifiers",
    "models.differentiable", "models.language_models", "models.logs", "models.rows",
    "models.translators",
}  # fmt: skip
STORED = {"codec", "arrays", "decoding", "provenance"}

TOGETHER = {"figures": {"pictures"}}
"""Units that know each other: a figure lays its picture out of the other's shapes."""

MAY: dict[str, set[str]] = {
    # Leaves
    "errors": set(),
    "table": set(),
    "shipped": set(),
    "invocation": {"shipped"},
    "spec": set(),
    "artifacts": set(),
    "progress": set(),
    "provenance": set(),
    "markup": set(),
    "mathml": set(),
    "oracle": {"mathml"},
    "files": {"errors"},
    "kept": {"files"},
    "program": {"files", "shipped"},
    "manifest": {"errors", "files"},
    "content": {"files", "kept", "program"},
    "machine": set(),
    "codec": {"artifacts"},
    "arrays": {"codec"},
    "decoding": {"artifacts", "codec", "markup"},
    # What a study file names
    "corpora": LEAVES,
    "models": LEAVES
    | TEXT
    | {
        "arrays",
        "codec",
        "corpora.truths",
        "machine",
        "corpora.paths",
        "corpora.reading",
    },
    "networks": LEAVES | STORED | TEXT | MODELS | {"corpora", "machine"},
    "methods": LEAVES | TEXT | MODELS | {"corpora.boundaries", "corpora.numeric"},
    "figures": LEAVES | TOGETHER["figures"],
    # The study file
    "schedule": {"errors"},
    "claims": {"artifacts", "spec"},
    "project": {"errors", "invocation", "spec"},
    "reading": {"artifacts", "claims", "errors", "files", "kept", "program", "spec"}
    | BASES,
    "study": {"errors", "kept", "spec", "project", "reading", "corpora", "models"}
    | {"claims", "methods", "figures"},
    "settings": {"errors", "kept", "spec", "project", "reading", "schedule"},
    "schema": {"files", "methods.base", "spec", "project", "reading", "settings"}
    | {"study"},
    "copying": {"errors", "project", "reading", "study"},
    "new": {"copying", "errors", "files", "project", "schema", "study"},
    # Artifacts and their keys
    "sealed": {"errors", "files", "invocation"},
    "store": LEAVES | STORED | {"sealed"},
    "keys": LEAVES | BASES | {"study"},
    "freshness": LEAVES | BASES | {"keys", "store", "study"},
    # Collecting
    "report": LEAVES,
    "executors": LEAVES,
    "ours": LEAVES,
    "lock": LEAVES,
    "swap": LEAVES | {"ours"},
    "rendered": LEAVES | {"keys", "ours", "study"},
    "portable": LEAVES | {"ours"},
    "clean": LEAVES | {"ours", "portable", "sealed"},
    "tasks": LEAVES | BASES | {"ours", "provenance", "store"},
    "pipeline": LEAVES
    | BASES
    | {"executors", "freshness", "keys", "report", "store", "study", "tasks"},
    # Rendering
    "values": LEAVES | {"figures"},
    "prose": LEAVES | {"mathml"},
    "writeup": LEAVES | {"markup", "prose"},
    "templating": LEAVES | {"markup"},
    "pages": LEAVES
    | {
        "claims",
        "content",
        "figures",
        "methods.base",
        "provenance",
        "settings",
        "writeup",
    },
    "judging": LEAVES
    | {"claims", "figures", "pages.records", "project", "reading", "study", "values"},
    "pictures": LEAVES | {"figures"},
    "figurefiles": LEAVES | {"figures", "pictures"},
    "noted": LEAVES | {"figures", "writeup"},
    "drawer": LEAVES
    | {"figurefiles", "figures", "markup", "noted", "pages", "pictures", "store"}
    | {"study", "templating", "writeup"},
    "notebooks": {"artifacts"},
    "composed": LEAVES
    | {"drawer", "judging", "noted", "pages", "store", "study", "values", "writeup"},
    "postfiles": LEAVES
    | {"composed", "drawer", "figurefiles", "figures", "notebooks", "pages"}
    | {"pictures", "store", "writeup"},
    "postparts": LEAVES
    | {"composed", "drawer", "figures", "pages", "study", "writeup"},
    "posts": LEAVES
    | {"composed", "content", "drawer", "figurefiles", "noted", "pages", "postfiles"}
    | {"postparts", "store", "study"},
    "postfile": LEAVES | {"codec", "content", "decoding", "pages"},
    "gathering": LEAVES
    | {"drawer", "figurefiles", "noted", "pages", "postfile", "posts", "settings"}
    | {"study"},
    "bundling": LEAVES | {"templating"},
    "pagefiles": LEAVES | {"content", "oracle", "pages", "templating"},
    "placing": LEAVES | {"content", "ours", "pages"},
    "site": LEAVES
    | {"bundling", "content", "figurefiles", "gathering", "pagefiles", "pictures"}
    | {"methods", "pages", "placing", "postfile", "settings", "study", "templating"},
    # The command line
    "options": set(),
    "terminal": LEAVES,
    "display": {"terminal"},
    "located": {"reading"},
    "running": LEAVES | {"located", "terminal"},
    "job": LEAVES
    | BASES
    | {"freshness", "lock", "ours", "project", "report", "schedule"}
    | {"settings", "study", "terminal"},
    "checking": LEAVES
    | {"figures", "job", "oracle", "ours", "project", "prose", "rendered", "settings"}
    | {"study", "terminal"},
    "publishing": LEAVES
    | {"checking", "job", "ours", "pages.records", "rendered", "settings", "terminal"},
    "week": LEAVES | {"copying", "job", "new", "project", "schedule", "settings"},
    "preview": LEAVES
    | {"freshness", "job", "located", "oracle", "pages", "prose", "running"}
    | {"settings", "study"},
    "doctor": LEAVES
    | {"corpora.datasets", "job", "lock", "program", "publishing", "settings"},
    "rendering": LEAVES | {"freshness", "job", "rendered", "study", "swap", "terminal"},
    "commands": LEAVES
    | {"clean", "corpora.datasets", "executors", "freshness", "job", "pipeline"}
    | {"project", "rendering", "running", "study", "terminal"},
    "init": LEAVES
    | {"job", "new", "ours", "project", "publishing", "schedule", "schema"},
    "commandline": {"invocation", "options"},
    "__main__": {"commandline"},
}
"""What each unit may import from `generator` at module level; rows only look up."""

INSIDE: dict[str, set[str]] = {
    "models": {"networks"},
    "methods": {"networks"},
    "job": {"display"},
    "preview": {"bundling", "site"},
    "rendering": {"portable", "site"},
    "commandline": {
        "__version__",
        "checking",
        "commands",
        "doctor",
        "init",
        "job",
        "preview",
    }
    | {"publishing", "rendering", "running", "schema", "week"},
}
"""What a unit may import besides, inside a function alone."""

OUTSIDE: dict[str, set[str]] = {
    "networks": {"tensorflow", "keras", "h5py", "numpy", "threadpoolctl"},
    "figures": {"numpy", "pydantic", "matplotlib"},
    "corpora": {"numpy", "pydantic"},
    "methods": {"numpy", "pydantic"},
    "models": {"numpy", "pydantic"},
    "artifacts": {"numpy"},
    "codec": {"numpy"},
    "arrays": {"numpy"},
    "decoding": {"numpy"},
    "values": {"numpy"},
    "spec": {"pydantic", "slugify"},
    "claims": {"pydantic"},
    "judging": {"numpy"},
    "reading": {"pydantic", "pydantic_core", "ruamel"},
    "study": {"pydantic"},
    "notebooks": {"matplotlib", "numpy"},
    "pictures": {"PIL"},
    "settings": {"pydantic"},
    "schema": {"pydantic"},
    "new": {"pydantic", "slugify"},
    "init": {"slugify"},
    "lock": {"filelock"},
    "markup": {"markupsafe"},
    "prose": {"markdown", "nh3", "slugify"},
    "writeup": {"markdown", "markupsafe", "pymdownx"},
    "templating": {"jinja2", "markupsafe"},
    "pages": {"feedgenerator", "markupsafe", "pydantic", "slugify"},
    "bundling": {"rcssmin", "rjsmin"},
    "noted": {"markupsafe"},
    "drawer": {"jinja2", "markupsafe"},
    "composed": {"jinja2", "markupsafe"},
    "posts": {"jinja2"},
    "gathering": {"jinja2"},
    "pagefiles": {"jinja2"},
    "site": {"jinja2"},
    "oracle": {"selectolax"},
    "display": {"rich"},
    "running": {"click"},
    "preview": {"markupsafe", "watchfiles"},
    "options": {"click"},
    "job": {"click"},
    "checking": {"click"},
    "doctor": {"click"},
    "portable": {"slugify"},
    "commands": {"click"},
    "commandline": {"click"},
    "invocation": {"click"},
    "build": {"click"},
}
"""What each unit may import of other projects at module level; nothing if not here."""

FRAMEWORKS = {"tensorflow", "keras", "h5py"}
COLLECTING = {"pipeline", "tasks", "executors", "networks"}


@dataclass(frozen=True)
class Import:
    """One import of one module."""

    unit: str
    name: str
    inside: bool
    where: str


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the product with its unit: a top-level module or a folder."""
    for path in sorted((ROOT / "generator").rglob("*.py")):
        parts = path.relative_to(ROOT / "generator").with_suffix("").parts
        if parts != ("__init__",):
            yield parts[0], path
    if (ROOT / "build.py").exists():
        yield "build", ROOT / "build.py"


def imports() -> Iterator[Import]:
    """Every import of the product that can happen while it runs."""
    for unit, path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from _imports(tree, unit, path.relative_to(ROOT).as_posix(), inside=False)


def _imports(tree: ast.AST, unit: str, where: str, *, inside: bool) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _names(node):
                yield Import(unit, name, inside, f"{where}:{node.lineno}")
        deeper = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from _imports(node, unit, where, inside=deeper)


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert not node.level, "imports are absolute"
    if (node.module or "").startswith("generator"):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [node.module or ""]


def ours(one: Import) -> tuple[str, str] | None:
    """Unit and module inside it of an import of ours, None for another project's."""
    parts = one.name.split(".")
    if parts[0] != "generator":
        return None
    return parts[1], ".".join(parts[1:3])


def is_allowed(one: Import, allowed: set[str]) -> bool:
    """Whether an import of ours is in `allowed`; a unit stands for all its parts."""
    named = ours(one)
    return named is None or bool({one.unit, *allowed} & set(named))


def test_every_module_has_its_row() -> None:
    """A new module says here whom it may import, in the row of its unit."""
    missing = {unit for unit, _ in modules()} - MAY.keys() - {"build"}
    assert not missing, f"add a row to MAY for: {', '.join(sorted(missing))}"


def test_every_row_has_its_module() -> None:
    """A row without a module would be believed and hold nothing."""
    units = {unit for unit, _ in modules()} | {"build"}
    assert not (MAY.keys() | INSIDE.keys() | OUTSIDE.keys()) - units


def test_rows_only_look_up() -> None:
    """A unit may import from rows above its own alone, so that there is no circle."""
    above: set[str] = set()
    for unit, allowed in MAY.items():
        known = above | TOGETHER.get(unit, set())
        assert {name.partition(".")[0] for name in allowed} <= known, unit
        above.add(unit)


def test_imports_keep_to_the_table() -> None:
    """At module level a unit imports from its row; in functions from `INSIDE` too."""
    wrong = [
        f"{one.where}: {one.unit} may not import {one.name}"
        for one in imports()
        if one.unit != "build"
        and not is_allowed(
            one,
            MAY.get(one.unit, set())
            | (INSIDE.get(one.unit, set()) if one.inside else set()),
        )
    ]
    assert not wrong, "\n".join(wrong)


def test_the_command_line_imports_inside_its_commands() -> None:
    """What `--help` imports is light: the words of commands, and how it was called."""
    early = {
        named[0]
        for one in imports()
        if one.unit in ("build", "commandline")
        and not one.inside
        and (named := ours(one))
    }
    assert early <= {"commandline", "invocation", "options"}


def test_other_projects_are_imported_where_they_are_needed() -> None:
    """At module level each unit knows its own few libraries."""
    wrong = [
        f"{one.where}: {one.unit} may not import {one.name} at module level"
        for one in imports()
        if not one.inside
        and ours(one) is None
        and (top := one.name.partition(".")[0]) not in sys.stdlib_module_names
        and top not in OUTSIDE.get(one.unit, set())
    ]
    assert not wrong, "\n".join(wrong)


def test_frameworks_stay_in_networks() -> None:
    """No other folder imports tensorflow, keras or h5py, not even in a function."""
    wrong = [
        one.where
        for one in imports()
        if one.name.partition(".")[0] in FRAMEWORKS and one.unit != "networks"
    ]
    assert not wrong


def test_textgenrnn_is_imported_nowhere() -> None:
    """Its package is read as files; its code does not run on a current tensorflow."""
    assert not [one for one in imports() if one.name.partition(".")[0] == "textgenrnn"]


def test_rendering_reaches_nothing_that_collects() -> None:
    """From `site` no chain of imports at module level leads to training."""
    reached, waiting = set(), ["site"]
    edges: dict[str, set[str]] = {}
    for one in imports():
        if not one.inside and (named := ours(one)):
            edges.setdefault(one.unit, set()).add(named[0])
    while waiting:
        unit = waiting.pop()
        if unit not in reached:
            reached.add(unit)
            waiting += sorted(edges.get(unit, set()))
    assert not reached & COLLECTING


BLOCKED = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError(f"refused: {{name}}")

sys.meta_path.insert(0, Refuse())
import {module}
"""


@pytest.mark.parametrize(
    "module",
    [
        "study",
        "store",
        "schema",
        "new",
        "figures",
        "pages",
        "writeup",
        "site",
        "checking.check",
        "publishing.publish",
        "doctor",
        "portable",
        "notebooks.export",
    ],
)
def test_half_of_it_works_without_tensorflow(module: str) -> None:
    """Studies are read and sites rendered where no framework can be imported."""
    blocked = {*FRAMEWORKS, "textgenrnn", "tf_keras"}
    code = BLOCKED.format(blocked=blocked, module=f"generator.{module}")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_refusal_refuses() -> None:
    """The hook of the test above does stop an import of what it names."""
    code = BLOCKED.format(blocked={"pydantic"}, module="generator.study.study")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "refused: pydantic" in done.stderr
