"""The tests of a module: those that are called like it, import it, or name its kind.

Where fewer than two do, those follow that reach it by the fewest imports. Imports count
inside functions and in a test's own helpers; a word of a table of kinds stands for an
import of its module. A folder whose tests share their examples and take seconds in all
is asked whole, since any of them may be the one that draws what a module makes.
"""

from __future__ import annotations

import ast
from pathlib import Path

ENOUGH, MOST, FAR = 2, 4, 50
"""Test files of a mutant, if there are so many, and at most; many imports away."""
WHOLE = {"figures"}
"""Folders of `generator/` whose own tests are all run, the nearest first."""
SLOW = {"stub", "preview", "publish"}
"""Folders of tests that run whole builds: for their own modules, and where all fail."""
ELSEWHERE = {"benchmarks", "browser", "built_site", "mutation", "package", "peers"}
"""Folders of tests that need more than Python, or hold no test."""


class Selection:
    """Which tests import which modules, read from the sources of a copy."""

    def __init__(self, root: Path) -> None:
        files = [*root.glob("generator/**/*.py"), *root.glob("tests/**/*.py")]
        self._files = {module_of(file.relative_to(root)): file for file in files}
        self._root = root
        self._words: dict[str, dict[str, str]] = {}
        """Of a package: its kinds' words, and the module of each."""
        self._strings: dict[str, set[str]] = {}
        self._imports = {name: self._read(name) for name in self._files}
        self._distances = {
            name: self._reached(name)
            for name, file in self._files.items()
            if file.stem.startswith("test_") and not ELSEWHERE & set(name.split("."))
        }

    def tests_of(self, path: str) -> list[str]:
        """Return the files that test the module at `path`, the nearest first."""
        module = module_of(Path(path))
        *folder, stem = module.split(".")
        ranked = []
        for test, distances in self._distances.items():
            *place, called = test.split(".")
            beside = place[1:2] == folder[1:2]
            mirrors = beside and called in {f"test_{name}" for name in (stem, *folder)}
            away = 0 if mirrors else distances.get(module, FAR if beside else None)
            if away is not None:
                slow = bool(SLOW & set(place)) and not beside
                named = mirrors or module in self._imports[test]
                elsewhere = place[1:] != folder[1:]
                rank = (slow, min(away, 2), not named, elsewhere, not beside, away)
                ranked.append((*rank, test))
        ranked.sort()
        near = sum(away <= 1 for _, away, *_ in ranked)
        most = min(MOST, max(near, ENOUGH))
        chosen = [test for *_, test in ranked[:most]]
        if folder[1:2] and folder[1] in WHOLE:
            own = [test for *_, test in ranked if test.split(".")[1] == folder[1]]
            chosen = list(dict.fromkeys([*chosen, *own]))
        files = (self._files[test] for test in chosen)
        return [str(file.relative_to(self._root)) for file in files]

    def _reached(self, test: str) -> dict[str, int]:
        """Return how many imports away each module is; helpers' are the test's own."""
        helpers = [test]
        for name in helpers:
            named = {n for n in self._imports[name] if n.startswith("tests.")}
            helpers += sorted(named - {*helpers})
        words = set().union(*(self._strings[name] for name in helpers))
        edge = set().union(*(self._imports[name] for name in helpers)) - {*helpers}
        for package in edge & self._words.keys():
            kinds = self._words[package]
            edge |= {kinds[word] for word in words & kinds.keys()}
        found, far = dict.fromkeys(helpers, 0), 0
        while edge:
            far += 1
            found |= dict.fromkeys(edge, far)
            edge = set().union(*(self._imports[name] for name in edge)) - found.keys()
        return found

    def _read(self, module: str) -> set[str]:
        """Return the modules that a module imports; note its words and strings."""
        found: set[str] = set()
        strings = self._strings.setdefault(module, set())
        for node in ast.walk(ast.parse(self._files[module].read_text("utf-8"))):
            match node:
                case ast.Import(names=names):
                    found |= {alias.name for alias in names}
                case ast.ImportFrom(module=str() as base, names=names):
                    found |= {base, *(f"{base}.{alias.name}" for alias in names)}
                case ast.Constant(value=str() as text):
                    strings.add(text)
                case ast.Dict(keys=keys, values=values):
                    for key, value in zip(keys, values, strict=True):
                        self._note(module, key, value)
        return found & self._files.keys()

    def _note(self, package: str, key: ast.expr | None, value: ast.expr) -> None:
        match key, value:
            case ast.Constant(value=str() as word), ast.Constant(value=str() as place):
                name = f"{package}.{place.rpartition('.')[0]}"
                if name in self._files:
                    self._words.setdefault(package, {})[word] = name


def module_of(path: Path) -> str:
    """Return the dotted name of a file of Python."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
