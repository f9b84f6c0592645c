"""Which tests execute a line: recorded once by coverage.py, with a context a test.

    python -m tests.mutation.execution TABLE.json.gz tests/core ...

A table is that of one run: the commit, the tests that passed with the seconds that each
took of the processor, and for each line of `generator/` the tests that ran it. It stays
useful when the code moves on: lines are followed through the changes since its commit,
and test files that are new or changed are recorded in a table of their own.
"""

from __future__ import annotations

import ast
import gzip
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property, partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

ELSEWHERE = {"benchmarks", "browser", "built_site", "mutation", "package", "peers"}
"""Folders of tests that need more than Python, or see no part of the product."""
NEAR, AROUND, FILES = 30.0, 60.0, 6
"""Seconds of the tests that execute a line, and of those in so many of their files."""
PLACES = {"collect": "stub"}
"""Where a folder's tests are that bear another name."""
OF_ALL = frozenset({"tests/study/test_promised_settings.py"})
"""Tests of what every class of a table holds, none of which they name."""
FEW = 40
"""Tests at most of a line that none is known to execute."""
MOST = 200
"""Tests of a line at most: the quickest, of each function one before a second."""
FAST = "not (slow or nightly or package or site or peer or browser)"
Lines = dict[int, list[str]]
"""Of a line's number, the tests that execute it."""


class Recorder:
    """A plugin of pytest that gives each test a context, and times those that pass."""

    def __init__(self, coverage: Any) -> None:
        self._coverage = coverage
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Run a test in a context of its name."""
        self._coverage.switch_context(item.nodeid)
        begun = processor_seconds()
        self.seconds[item.nodeid] = 0.0
        result = yield
        if item.nodeid in self.seconds:
            self.seconds[item.nodeid] = round(processor_seconds() - begun, 3)
        self._coverage.switch_context("")
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Forget what fails or is skipped: it cannot tell a mutant from its source."""
        if not report.passed:
            self.seconds.pop(report.nodeid, None)


def record(table: Path, files: Sequence[str]) -> None:
    """Run the fast tests of some files and write which lines each executes."""
    import tensorflow as tf
    from coverage import Coverage

    root = Path.cwd()
    # what is compiled would run a translation of its source, which no line is seen of
    tf.function = partial(tf.function, autograph=False)
    coverage = Coverage(
        data_file=None, include=["generator/*"], config_file=False, messages=False
    )
    recorder = Recorder(coverage)
    coverage.start()
    options = ["-q", "-p", "no:cacheprovider", "-m", FAST]
    pytest.main([*options, *files], plugins=[recorder])
    coverage.stop()
    data = coverage.get_data()
    number = {test: at for at, test in enumerate(recorder.seconds)}
    lines = {}
    for path in sorted(data.measured_files()):
        executed = {
            line: [number[test] for test in ranked(tests, recorder.seconds)]
            for line, tests in sorted(data.contexts_by_lineno(path).items())
        }
        lines[str(Path(path).relative_to(root))] = executed
    content = {
        "commit": git(root, "rev-parse", "HEAD").strip(),
        "files": {file: digest(root / file) for file in files},
        "tests": recorder.seconds,
        "lines": lines,
    }
    table.write_bytes(gzip.compress(json.dumps(content).encode(), mtime=0))


def ranked(tests: Iterable[str], seconds: dict[str, float]) -> list[str]:
    """Return tests, the quickest of each function before a second of any."""
    turns: Counter[str] = Counter()
    ranks = []
    for test in sorted({*tests} & seconds.keys(), key=lambda t: (seconds[t], t)):
        function = test.partition("[")[0]
        ranks.append((turns[function], seconds[test], test))
        turns[function] += 1
    return [test for *_, test in sorted(ranks)[:MOST]]


@dataclass
class Execution:
    """What all tables of a folder say of the sources in `root`."""

    root: Path
    seconds: dict[str, float] = field(default_factory=dict)
    _tables: list[tuple[str, set[str], dict[str, Lines]]] = field(default_factory=list)
    _lines: dict[str, Lines] = field(default_factory=dict)
    _sources: dict[str, Source] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path, folder: Path) -> Execution:
        """Read the tables of a folder; record the test files that they lack."""
        folder.mkdir(parents=True, exist_ok=True)
        execution, missing = cls(root), dict(test_files(root))
        for table in sorted(folder.glob("*.json.gz")):
            execution._add(table, missing)
        groups: dict[str, list[str]] = defaultdict(list)
        for file in sorted(missing):
            groups[Path(file).parts[1].removesuffix(".py")].append(file)
        for name, files in groups.items():
            mark = sha256("".join(missing[file] for file in files).encode()).hexdigest()
            table = folder.resolve() / f"{name}-{mark[:8]}.json.gz"
            command = [sys.executable, "-m", "tests.mutation.execution", str(table)]
            subprocess.run([*command, *files], cwd=root, check=True, stdout=sys.stderr)
            execution._add(table, missing)
        return execution

    def _add(self, table: Path, missing: dict[str, str]) -> None:
        """Add what a table says of the test files that are still as it read them."""
        content = json.loads(gzip.decompress(table.read_bytes()))
        for file, mark in content["files"].items():
            if missing.get(file) == mark:
                del missing[file]
        names = list(content["tests"])
        files = {f for f, mark in content["files"].items() if self._is_same(f, mark)}
        lines = {
            path: {int(line): [names[at] for at in tests] for line, tests in of.items()}
            for path, of in content["lines"].items()
        }
        self.seconds |= {
            t: s for t, s in content["tests"].items() if file_of(t) in files
        }
        self._tables.append((content["commit"], files, lines))

    def _is_same(self, file: str, mark: str) -> bool:
        return (self.root / file).is_file() and digest(self.root / file) == mark

    def tests_of(self, path: str, line: int) -> list[str]:
        """Return the tests that execute a line, the quickest first.

        What runs at import is seen by those of its function or class, by those that
        execute a line that names what it defines, and by test files that name it.
        """
        source = self._source(path)
        found = next(filter(None, (self._ran(path, s) for s in source.spans(line))), [])
        if source.is_inside(line):
            return found
        found = [*(t for t in self.seconds if file_of(t) in OF_ALL), *found]
        word = re.compile(rf"\b{re.escape(source.name_at(line))}\b")
        for module in sorted(self._modules):
            rows = self._source(module).text.splitlines()
            named = [at for at, row in enumerate(rows, 1) if word.search(row)]
            found += self._ran(module, named)
        files = {f for f in self._files if word.search(self._source(f).text)}
        found += ranked((t for t in self.seconds if file_of(t) in files), self.seconds)
        return list(dict.fromkeys(found))

    def _source(self, path: str) -> Source:
        """Return a file's source, read once."""
        if path not in self._sources:
            self._sources[path] = Source((self.root / path).read_text("utf-8"))
        return self._sources[path]

    def _ran(self, path: str, lines: Collection[int]) -> list[str]:
        """Return the tests that execute any of a module's lines."""
        if path not in self._lines:
            self._lines[path] = self._lines_of(path, self._source(path).text)
        of = self._lines[path]
        tests = {test for line in lines for test in of.get(line, ())}
        return ranked(tests, self.seconds)

    @cached_property
    def _files(self) -> set[str]:
        """The files of the tests that were recorded."""
        return {file_of(test) for test in self.seconds}

    @cached_property
    def _modules(self) -> set[str]:
        """The modules that are there, and that any test imports."""
        every = {path for _, _, tables in self._tables for path in tables}
        return {path for path in every if (self.root / path).is_file()}

    def stages(self, path: str, line: int) -> list[list[str]]:
        """Return the tests of a line in turns.

        First those that execute it and are of its own folder, then others, then what
        else their files test: a value that tests of a file share is made by the first
        of them alone. Where none does, the first turn is empty, and the tests of the
        folder follow, which may run the line in another process.
        """
        tests = self.tests_of(path, line)
        own = Path(path).parts[1]
        if not tests:
            return [[], within(self._beside(Path(path).parent), self.seconds, AROUND)]
        near = within([t for t in tests if Path(t).parts[1] == own], self.seconds, NEAR)
        far = within([t for t in tests if t not in near], self.seconds, NEAR)
        files = list(dict.fromkeys(map(file_of, [*near, *far])))
        rest = [
            test
            for file in files[:FILES]
            for test in self.seconds
            if file_of(test) == file and test not in {*near, *far}
        ]
        return [near or far, far if near else [], within(rest, self.seconds, AROUND)]

    def _beside(self, folder: Path) -> list[str]:
        """Return the tests of the folder that mirrors one of `generator/`."""
        names = "/".join(folder.parts[1:])
        place = f"tests/{PLACES.get(names, names)}/"
        return [test for test in self.seconds if test.startswith(place)][:FEW]

    def _lines_of(self, path: str, text: str) -> Lines:
        """Return the tests of a file's lines, as they are numbered today."""
        found: dict[int, list[str]] = defaultdict(list)
        numbers: dict[str, list[tuple[int, int]]] = {}
        for commit, files, tables in self._tables:
            if path not in tables:
                continue
            if commit not in numbers:
                old = git(self.root, "show", f"{commit}:{path}")
                numbers[commit] = list(moved(old, text))
            for before, now in numbers[commit]:
                tests = tables[path].get(before, ())
                found[now] += [t for t in tests if file_of(t) in files]
        return dict(found)


class Source:
    """A module's text, with the spans of its statements, functions and classes."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _nodes(self) -> list[ast.stmt]:
        nodes = (n for n in ast.walk(ast.parse(self.text)) if isinstance(n, ast.stmt))
        return sorted(nodes, key=lambda node: (node.lineno, -(node.end_lineno or 0)))

    def _around(self, line: int, kind: type[ast.stmt] = ast.stmt) -> list[ast.stmt]:
        nodes = (node for node in self._nodes if isinstance(node, kind))
        return [node for node in nodes if line in lines_of(node)]

    def is_inside(self, line: int) -> bool:
        """Whether a line is of a function's body, and runs when that is called."""
        functions = self._around(line, ast.FunctionDef)
        return bool(functions) and line >= functions[-1].body[0].lineno

    def name_at(self, line: int) -> str:
        """Return the name that the outermost statement of a line defines."""
        match self._around(line):
            case [ast.ClassDef(name=name) | ast.FunctionDef(name=name), *_]:
                return name
            case [ast.Assign(targets=[ast.Name(id=name)]), *_]:
                return name
            case [ast.AnnAssign(target=ast.Name(id=name)), *_]:
                return name
        return "nothing is called so"

    def spans(self, line: int) -> Iterator[Collection[int]]:
        """Yield the lines whose tests see a line: the fewest, and then more."""
        around, functions = self._around(line), self._around(line, ast.FunctionDef)
        classes = self._around(line, ast.ClassDef)
        if self.is_inside(line):
            yield [line]
            inner = [n.lineno for n in ast.walk(around[-1]) if isinstance(n, ast.stmt)]
            end = min((at for at in inner if at > line), default=None)
            yield range(around[-1].lineno, end or lines_of(around[-1]).stop)
            return
        for node in [*reversed(functions), *reversed(classes)]:
            yield [
                at
                for function in self._nodes
                if isinstance(function, ast.FunctionDef)
                and function.lineno in lines_of(node)
                for at in range(function.body[0].lineno, lines_of(function).stop)
            ]


def file_of(test: str) -> str:
    """Return the file of a test."""
    return test.partition("::")[0]


def lines_of(node: ast.stmt) -> range:
    """Return the lines of a statement, with its decorators."""
    decorators = getattr(node, "decorator_list", ())
    start = min([node.lineno, *(one.lineno for one in decorators)])
    return range(start, (node.end_lineno or node.lineno) + 1)


def moved(old: str, new: str) -> Iterator[tuple[int, int]]:
    """Yield the numbers of the lines that two texts share: in the one, in the other."""
    pair = old.splitlines(), new.splitlines()
    if old == new:
        yield from ((at, at) for at in range(1, len(pair[0]) + 1))
        return
    for before, now, count in SequenceMatcher(None, *pair, False).get_matching_blocks():
        yield from ((before + at, now + at) for at in range(1, count + 1))


def test_files(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the files of tests that need Python alone, with their digests."""
    for file in sorted((root / "tests").rglob("test_*.py")):
        path = file.relative_to(root)
        if not ELSEWHERE & set(path.parts):
            yield str(path), digest(file)


def within(tests: Iterable[str], seconds: dict[str, float], most: float) -> list[str]:
    """Return the first of some tests, as many as take `most` seconds together."""
    total, chosen = 0.0, []
    for test in islice(tests, MOST):
        total += seconds.get(test, 0.0)
        if total > most and chosen:
            break
        chosen.append(test)
    return chosen


def processor_seconds() -> float:
    """Return the seconds of the processor that this process and its children took."""
    return sum(os.times()[:4])


def digest(file: Path) -> str:
    """Return a short digest of a file."""
    return sha256(file.read_bytes()).hexdigest()[:16]


def git(root: Path, *words: str) -> str:
    """Return what git prints, "" where it fails."""
    done = subprocess.run(
        ["git", *words], cwd=root, capture_output=True, check=False, text=True
    )
    return done.stdout


if __name__ == "__main__":
    record(Path(sys.argv[1]), sys.argv[2:])
