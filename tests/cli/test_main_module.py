"""`python -m generator`: whose modules it imports, and what it ends with."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

import generator
from generator.cli import main as command_line

FILE = Path(generator.__file__).with_name("__main__.py")


class Flags:
    """Python's flags, one of which a test sets."""

    def __init__(self, *, safe_path: bool) -> None:
        self.safe_path = safe_path
        self._flags = sys.flags

    def __getattr__(self, name: str) -> Any:
        return getattr(self._flags, name)


@pytest.mark.parametrize(
    ("name", "safe", "moves"),
    [
        ("__main__", False, True),
        ("__main__", True, False),
        ("other", False, False),
        ("other", True, False),
    ],
)
def test_the_current_folder_is_looked_in_last(
    name: str, safe: bool, moves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Python put it first, and this is the program; else nothing is moved."""
    before = ["first", "second", *sys.path]
    monkeypatch.setattr(sys, "path", [*before])
    monkeypatch.setattr(sys, "flags", Flags(safe_path=safe))
    monkeypatch.setattr(command_line, "main", lambda: 7)
    if name == "__main__":
        with pytest.raises(SystemExit) as caught:
            runpy.run_path(str(FILE), run_name=name)
        assert caught.value.code == 7
    else:
        runpy.run_path(str(FILE), run_name=name)
    assert sys.path == ([*before[1:], "first"] if moves else before)
