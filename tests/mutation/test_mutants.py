"""The sample of mutants: small changes of code alone, and which tests see them."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.mutation.__main__ import equivalent
from tests.mutation.operators import mutants_of
from tests.mutation.selection import Selection

ROOT = Path(__file__).parents[2]
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


def test_what_was_judged_is_still_there() -> None:
    """Every mutant that the file of equivalent ones names is one of its source."""
    for path, before, text in equivalent():
        mutants = mutants_of((ROOT / path).read_text("utf-8"))
        assert any((m.before, m.text) == (before, text) for m in mutants), path


FILES = {
    "generator/figures/__init__.py": 'KINDS = {"bars": "bars.Bars"}',
    "generator/figures/bars.py": "from generator.figures import scales",
    "generator/figures/scales.py": "",
    "generator/methods/common.py": "",
    "generator/cli.py": "import generator.figures",
    "tests/samples.py": "from generator.figures import KINDS\nKIND = 'bars'",
    "tests/figures/test_bars.py": "",
    "tests/figures/test_scale.py": "def test(): import generator.figures.scales",
    "tests/figures/test_shown.py": "from tests.samples import KIND",
    "tests/methods/test_common.py": "",
    "tests/test_other.py": "import generator.cli",
    "tests/browser/test_pages.py": "import generator.figures.scales",
}
"""A small tree: tests that mirror, import, name, reach a module, or need a browser."""


def test_a_module_s_own_tests_come_first(tmp_path: Path) -> None:
    """What mirrors it, then what imports it or names its kind, then what reaches it.

    Figures' tests are all run, in that order; other folders' only as far as is enough.
    """
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    selection = Selection(tmp_path)
    found = {path: selection.tests_of(path) for path in FILES if "generator" in path}
    assert found["generator/figures/bars.py"] == [
        "tests/figures/test_bars.py",
        "tests/figures/test_shown.py",
        "tests/figures/test_scale.py",
    ]
    assert found["generator/figures/scales.py"] == [
        "tests/figures/test_scale.py",
        "tests/figures/test_shown.py",
        "tests/figures/test_bars.py",
    ]
    assert found["generator/methods/common.py"] == ["tests/methods/test_common.py"]
    assert found["generator/cli.py"] == ["tests/test_other.py"]
