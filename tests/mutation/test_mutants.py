"""The sample of mutants: small changes of code alone, and which tests see them."""

from __future__ import annotations

import ast
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.mutation.__main__ import equivalent
from tests.mutation.execution import Execution
from tests.mutation.operators import mutants_of

ROOT = Path(__file__).parents[2]
AUTHOR = "-c user.name=A -c user.email=a@example.org"
SOURCE = '''"""A docstring with 1 < 2 in it."""
from typing import Literal
version: int = 3
Kind = Literal["a", "b"]
def scaled(values: "list[1]", by: float = 0.5, *, loud=False) -> "list[2]":
    """Return 1 or 2."""
    if not values or by <= 0:
        raise ValueError(f"{by + 1} is below {0}")
    assert by > 0, "é above 0"
    total = "é" + "x"
    total += str(max(values)) if loud else "-" * 12
    return sorted([abs(v) * by for v in values if v], key=len), total
'''


def test_mutants_are_small_changes_of_what_runs() -> None:
    """Each parses, differs in one place, and leaves messages and types alone."""
    mutants = mutants_of(SOURCE)
    found = {(mutant.before, mutant.text) for mutant in mutants}
    assert found == {
        ("0.5", "1.0"),
        ("False", "True"),
        ("not values or by <= 0", "(not values and by <= 0)"),
        ("not values", "(values)"),
        ("by <= 0", "(by < 0)"),
        ("0", "1"),
        ('total += str(max(values)) if loud else "-" * 12',
         "total -= str(max(values)) if loud else '-' * 12"),
        ("loud", "(not loud)"),
        ("max(values)", "(min(values))"),
        ("sorted([abs(v) * by for v in values if v], key=len)",
         "([abs(v) * by for v in values if v])"),
        ("sorted([abs(v) * by for v in values if v], key=len)",
         "(sorted([abs(v) * by for v in values if v]))"),
        ("abs(v) * by", "(abs(v) / by)"),
        ("abs(v)", "(v)"),
        ("v", "(not v)"),
        ("12", "24"),
    }  # fmt: skip
    for mutant in mutants:
        changed = mutant.apply(SOURCE)
        ast.parse(changed)
        assert changed != SOURCE
        assert changed.startswith('"""A docstring with 1 < 2 in it."""')
        rest = SOURCE.encode()[mutant.end :].decode()
        assert changed.endswith(mutant.text + rest)


@pytest.mark.parametrize(
    ("source", "mutants"),
    [
        ("zip(a, b, strict=True)", 0),
        ("zip(a, b, strict=False)", 1),
        ("draws.random(9) < share", 1),
        ("draws.normal(9) < share", 2),
        ("if TYPE_CHECKING:\n    import os", 0),
        ("if CHECKING:\n    import os", 1),
    ],
)
def test_what_changes_no_value_is_no_mutant(source: str, mutants: int) -> None:
    """Equal lengths are asserted, draws equal no limit, and types are not run."""
    assert len(mutants_of(source)) == mutants


def test_what_was_judged_is_still_there() -> None:
    """Every mutant that the file of equivalent ones names is one of its source."""
    for path, before, text in equivalent():
        mutants = mutants_of((ROOT / path).read_text("utf-8"))
        assert any((m.before, m.text) == (before, text) for m in mutants), path


MODULE = """import sys
LIMIT = 3
class Scale:
    low: int = 0
    def by(self, value, times=2):
        if value > LIMIT:
            return max(value,
                       times)
        return -1
def unused(a):
    return a + 1
"""
TESTS = """import pytest
from generator.scale import Scale
@pytest.fixture(scope="module")
def scaled(): return Scale().by(9)
def test_slow(scaled): assert [scaled == 9 for _ in range(10**6)]
def test_shared(scaled): assert scaled
@pytest.mark.parametrize("value", [1, 2])
def test_small(value): assert Scale().by(value) == -1
def test_wrong(): assert Scale().by(9) == 1
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Execution:
    """What a run of three tests executes of one module, in a repository of its own."""
    root = tmp_path_factory.mktemp("recorded")
    (root / "generator").mkdir()
    (root / "generator/scale.py").write_text(MODULE)
    (root / "tests/generator").mkdir(parents=True)
    (root / "tests/generator/test_scale.py").write_text(TESTS)
    shutil.copytree(Path(__file__).parent, root / "tests/mutation")
    (root / "pytest.ini").write_text("[pytest]\nmarkers = slow")
    run_git(root, "init -q", "add .", f"{AUTHOR} commit -qm first")
    return Execution.read(root, root / "tables")


def run_git(root: Path, *commands: str) -> None:
    """Run git some times."""
    for words in commands:
        subprocess.run(["git", *words.split()], cwd=root, check=True)


def names(execution: Execution, line: int) -> list[str]:
    """Return the tests of a line of the module."""
    tests = execution.tests_of("generator/scale.py", line)
    return [test.partition("::test_")[2] for test in tests]


@pytest.mark.slow(5)
def test_a_line_s_tests_are_those_that_execute_it(recorded: Execution) -> None:
    """Those that pass, the quickest of each function first; none where none does.

    What runs at import is seen by those of its function or class, by those of lines
    that name it, and by files that do.
    """
    assert names(recorded, 7) == names(recorded, 8) == ["slow"]
    assert sorted(names(recorded, 9)) == ["small[1]", "small[2]"]
    every = names(recorded, 6)
    assert {*every[:2]} < {"slow", "small[1]", "small[2]"}
    assert "slow" in every[:2]
    assert names(recorded, 2) == every
    for line in (4, 5):
        assert names(recorded, line)[: len(every)] == every
        assert {*names(recorded, line)} == {*every, "shared"}
    assert names(recorded, 11) == []
    assert not recorded.stages("generator/scale.py", 11)[0]


@pytest.mark.slow(5)
def test_what_tests_share_is_seen_by_all_of_their_file(recorded: Execution) -> None:
    """The first of them makes it; the others follow in the last turn."""
    *_, rest = recorded.stages("generator/scale.py", 7)
    assert {test.partition("::test_")[2] for test in rest} == {
        "shared", "small[1]", "small[2]",
    }  # fmt: skip


@pytest.mark.slow(5)
def test_tables_follow_lines_and_record_what_is_new(recorded: Execution) -> None:
    """A moved line keeps its tests; a test file that changed is recorded again."""
    root, before = recorded.root, len([*(recorded.root / "tables").iterdir()])
    (root / "generator/scale.py").write_text("\n\n" + MODULE)
    again = Execution.read(root, root / "tables")
    assert len([*(root / "tables").iterdir()]) == before
    assert names(again, 9) == ["slow"]
    new = TESTS.replace("test_slow", "test_new")
    (root / "tests/generator/test_scale.py").write_text(new)
    run_git(root, f"{AUTHOR} commit -qam second")
    again = Execution.read(root, root / "tables")
    assert len([*(root / "tables").iterdir()]) == before + 1
    assert names(again, 9) == ["new"]
    assert not any("slow" in test for test in again.seconds)
