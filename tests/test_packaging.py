"""What the package declares is what it imports, and what its pins were tested with."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.stub.project import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
NEEDED = [Requirement(text) for text in PROJECT["dependencies"]]
DECLARED = {canonicalize_name(one.name): one for one in NEEDED}
WITH_OTHERS = {"markupsafe", "pydantic_core", "keras"}
"""Packages that come with jinja2, pydantic and tensorflow, and are part of them."""
EXTRAS = {"dask", "distributed", "pyarrow"}


def pins() -> dict[str, str]:
    """The version of each package that an install for training pins."""
    names = ("requirements.txt", "requirements-render.txt")
    text = "\n".join((REPOSITORY / name).read_text("utf-8") for name in names)
    found = re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def imported() -> Iterator[tuple[str, str]]:
    """Each package of others that a module imports, and the module."""
    for path in sorted((REPOSITORY / "generator").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top != "generator":
                    yield top, path.name


def test_what_is_imported_is_declared() -> None:
    """An install of the wheel alone brings every package that a module names."""
    there = packages_distributions()
    wrong = [
        f"{module}: {top}"
        for top, module in imported()
        if top not in WITH_OTHERS | EXTRAS
        and DECLARED.keys().isdisjoint(map(canonicalize_name, there.get(top, [top])))
    ]
    assert not wrong


def test_pins_are_within_what_is_declared() -> None:
    """Every dependency is pinned, to a version that its range allows."""
    pinned = pins()
    for name, one in DECLARED.items():
        assert name in pinned, name
        assert one.specifier.contains(pinned[name]), name


def test_supported_pythons_are_named() -> None:
    """The classifiers, the lower bound and the README say the same."""
    prefix = "Programming Language :: Python :: "
    words = PROJECT["classifiers"]
    named = [one.removeprefix(prefix) for one in words if one.startswith(prefix)]
    assert named == ["3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == f">={named[0]}"
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    assert "Python 3.11, 3.12 or 3.13 on Linux" in readme
