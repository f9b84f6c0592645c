"""Hints name the command as it was called."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from generator.cli.job import Job
from generator.core import invocation
from generator.core.invocation import (
    find_install_command,
    find_program_words,
    format_command,
)
from tests.stub.project import REPOSITORY


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """How this process was called is read anew, and read again afterwards."""
    find_program_words.cache_clear()
    yield
    find_program_words.cache_clear()


def script(folder: Path) -> Path:
    """A console command of an installed wheel."""
    path = folder / "bin" / "studies"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`python build.py` in its folder, with its path elsewhere."""
    monkeypatch.setattr(sys, "argv", [str(REPOSITORY / "build.py")])
    monkeypatch.chdir(REPOSITORY)
    assert format_command("collect a") == "python build.py collect a"
    find_program_words.cache_clear()
    monkeypatch.chdir(tmp_path)
    assert format_command() == f"python {REPOSITORY / 'build.py'}"


def test_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m generator`."""
    monkeypatch.setattr(sys, "argv", ["/somewhere/generator/__main__.py"])
    assert format_command("list") == "python -m generator list"


def test_a_script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its name where the path finds it, as it was written where it does not."""
    path = script(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(path)])
    assert format_command("list") == f"{path} list"
    find_program_words.cache_clear()
    monkeypatch.setenv("PATH", str(path.parent))
    assert format_command("list") == "studies list"


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        (".cache/uv/archive-v0/x1", "uvx --from '/my wheels/a.whl' studies"),
        (".local/share/pipx/.cache/a1", "pipx run --spec '/my wheels/a.whl' studies"),
    ],
)
def test_without_an_install(
    prefix: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What `uvx` and `pipx run` need to be told is part of the command."""
    path = script(tmp_path / prefix)
    monkeypatch.setattr(sys, "argv", [str(path)])
    monkeypatch.setattr(sys, "prefix", str(tmp_path / prefix))
    monkeypatch.setattr(invocation, "origin", lambda: "/my wheels/a.whl")
    assert format_command("build") == f"{words} build"


def test_a_project_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A hint works where the command was called: it names the project as `-C` did."""
    project = tmp_path / "a blog"
    project.mkdir()
    monkeypatch.setattr(sys, "argv", ["/somewhere/generator/__main__.py"])
    with click.Context(click.Command("list"), obj=Job(project=str(project))):
        assert format_command("list") == f"python -m generator list -C '{project}'"
        monkeypatch.chdir(project)
        assert format_command("list") == "python -m generator list"


def test_how_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The pins that come with the program, from wherever one is."""
    monkeypatch.chdir(REPOSITORY)
    assert find_install_command() == "pip install -r requirements.txt"
    monkeypatch.chdir(tmp_path)
    assert find_install_command() == f"pip install -r {REPOSITORY / 'requirements.txt'}"


def test_no_hint_is_written_by_hand() -> None:
    """No module but `invocation` spells a way to call the program in a message."""
    spelled = re.compile(r"python build\.py|`?studies (build|collect|fetch)\b")
    wrong = [
        f"{path.relative_to(REPOSITORY)}: {line.strip()}"
        for path in sorted((REPOSITORY / "generator").rglob("*.py"))
        for line in path.read_text("utf-8").splitlines()
        if spelled.search(line) and path.name not in ("invocation.py", "cache.py")
    ]
    assert not [one for one in wrong if "init.py" not in one], wrong
