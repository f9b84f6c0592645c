"""A table gives the class that its entry names, and imports no other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from generator.core.spec import ClassTable, Spec


def test_an_entry_is_the_class_it_names() -> None:
    """Asked for once or twice, by key or among all."""
    table = ClassTable[Spec]("generator", {"claim": "study.claims.Claim"})
    assert table["claim"] is table["claim"]
    assert [kind.__name__ for kind in table.values()] == ["Claim"]
    assert {**table}.keys() == {"claim"}


def test_names_are_known_without_an_import() -> None:
    """A wrong module is noticed by whoever asks for it and by nobody else."""
    table = ClassTable[Spec]("generator", {"x": "no_such_module.X"})
    assert "x" in table
    assert "y" not in table
    assert list(table) == ["x"]
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        table["x"]
    with pytest.raises(KeyError):
        table["y"]


def test_entries_can_be_put_and_taken() -> None:
    """As tests do with kinds of their own."""
    table = ClassTable[Spec]("generator", {})
    table["own"] = Spec
    assert table["own"] is Spec
    del table["own"]
    assert len(table) == 0


def test_the_tables_import_no_kind() -> None:
    """A study file is read without what it does not name."""
    code = (
        "import sys, generator.study.study\n"
        "print(*(m for m in sys.modules if m.startswith('generator.methods.')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["generator.methods.base"]
