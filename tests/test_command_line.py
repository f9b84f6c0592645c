"""The command line answers at once and imports only what it needs."""

from __future__ import annotations

import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from generator import __version__
from generator.cli import run
from generator.cli.main import cli
from generator.cli.terminal import LineProgress, escape_line
from generator.core.errors import (
    ConfigError,
    IntegrityError,
    LockError,
    NetworkError,
    ResourceError,
    StudyError,
)
from tests.stub.project import REPOSITORY, environment, write_project

HEAVY = {"tensorflow", "keras", "matplotlib", "pydantic", "numpy", "rich", "markdown"}


def answered(
    *words: str, folder: Path = REPOSITORY
) -> subprocess.CompletedProcess[str]:
    """What the real command line answers."""
    return subprocess.run(
        [sys.executable, str(REPOSITORY / "build.py"), *words],
        env=environment(),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_is_quick() -> None:
    """Help takes at most half a second, or six times what Python's start and click do.

    The best of five tries counts, and the second limit is for a busy machine.
    """
    helps, starts = [], []
    for _ in range(5):
        begun = time.monotonic()
        subprocess.run([sys.executable, "-c", "import click"], check=True)
        starts.append(time.monotonic() - begun)
        begun = time.monotonic()
        assert answered("--help").returncode == 0
        helps.append(time.monotonic() - begun)
    assert min(helps) < max(0.5, 6 * min(starts))


@pytest.mark.parametrize("words", [["--help"], ["build", "-h"], ["fetch", "--help"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    """Help imports no library but the one that parses words."""
    script = (
        f"import sys; sys.argv = ['build.py', *{words!r}]\n"
        "from generator.cli.main import main; main()\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip() == "[]"
    assert "Usage: python build.py" in done.stdout


def test_every_command_has_help() -> None:
    """Each command is listed with a sentence, and has options that say what they do."""
    shown = answered("--help").stdout
    for name, command in cli.commands.items():
        assert name in shown
        assert command.help
        for option in command.params:
            assert getattr(option, "help", "argument"), f"{name} {option.name}"


def test_the_version_is_the_package_s() -> None:
    """`--version` says what the package says; pyproject.toml takes it from there."""
    declared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    assert declared["project"]["dynamic"] == ["version"]
    assert declared["tool"]["hatch"]["version"]["path"] == "generator/__init__.py"
    done = answered("-V")
    assert done.stdout == f"interpretability-studies {__version__}\n"
    assert done.returncode == 0


def test_a_mistyped_command_is_met_with_the_right_one() -> None:
    """An unknown command ends with status 2 and no traceback, with help or without."""
    for words in (["biuld"], ["biuld", "--help"]):
        done = answered(*words)
        assert done.returncode == 2
        assert "No such command" in done.stderr
        assert "Traceback" not in done.stderr


def test_no_project(tmp_path: Path) -> None:
    """Outside a project one paragraph says so, with status 2."""
    done = answered("list", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no project here or above")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    """A current folder that was deleted is an error of the input, not a traceback."""
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {gone}; rmdir {gone}; {sys.executable} {REPOSITORY / 'build.py'} list"
    done = subprocess.run(
        ["sh", "-c", script], env=environment(), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_a_line_break_in_the_path(tmp_path: Path) -> None:
    """A project whose path cannot be printed on one line is refused, escaped."""
    folder = tmp_path / "two\nlines"
    folder.mkdir()
    write_project(folder)
    done = answered("-C", str(folder), "list")
    assert done.returncode == 2
    assert r"two\nlines" in done.stderr


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StudyError("x"), 2),
        (ConfigError("x", "y"), 2),
        (IntegrityError("x"), 3),
        (NetworkError("x"), 4),
        (ResourceError("x"), 5),
        (LockError("x"), 5),
        (MemoryError(), 5),
        (PermissionError(13, "Permission denied", "file"), 5),
        (ZeroDivisionError("x"), 1),
    ],
)
def test_statuses(
    error: Exception, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each kind of error has its exit status, and one paragraph for each problem."""
    assert run.explain_errors([error], lambda: tmp_path / "log" / "error.log") == status
    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == len(getattr(error, "problems", [1]))
    assert all(line.startswith("error: ") for line in shown)


def test_hostile_text_does_not_drive_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Control characters, and characters that reorder text, are shown escaped."""
    hostile = "\x1b[2J\x1b]0;owned\x07 \u202e\r\n\x9b31m" + "x" * 1000
    run.say_error(hostile)
    LineProgress(sys.stderr).warn(hostile)
    shown = capsys.readouterr().err
    assert not set("\x1b\x07\r\x9b\u202e") & set(shown)
    assert len(shown.splitlines()[0]) < 620
    assert escape_line("é 😀 <s>") == "é 😀 <s>"


def test_errors_are_annotations_on_github(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under GitHub Actions an error is an annotation too."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    run.say_error("100 % wrong")
    assert capsys.readouterr().err.splitlines()[0] == "::error::100 %25 wrong"
    run.say_error("studies/a b/study.yaml:3:7: wrong, 5 %")
    first = "::error file=studies/a b/study.yaml,line=3,col=7::"
    assert capsys.readouterr().err.startswith(f"{first}studies/a b/study.yaml:3:7: ")


def test_the_source_line_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Below a message stands the line it is about, escaped, with a caret."""
    path = tmp_path / "studies" / "x" / "index.md"
    path.parent.mkdir(parents=True)
    path.write_text("first\n\x1b[2J and https://me:secret@host \n")
    run.say_error("studies/x/index.md:2:7: wrong", tmp_path)
    message, line, caret = capsys.readouterr().err.splitlines()
    assert message == "error: studies/x/index.md:2:7: wrong"
    assert line == "  2 | �[2J and https://·········@host "
    assert caret.index("^") - line.index("�") == 6
    run.say_error('studies/x/index.md:2: what is "host"?', tmp_path)
    assert capsys.readouterr().err.splitlines()[1] == line
    run.say_error("studies/../../etc/passwd.md:1: wrong", tmp_path)
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("changes", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, False),
    ],
)
def test_colours_are_asked_for(
    changes: dict[str, str], coloured: bool, tmp_path: Path
) -> None:
    """No colour where nobody sees it, or against NO_COLOR; some with FORCE_COLOR."""
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "build.py"), "list"],
        env=environment(TERM="xterm") | {"NO_COLOR": "", "FORCE_COLOR": ""} | changes,
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ("\x1b[" in done.stderr) == coloured
    assert "no project here" in done.stderr


def test_a_terminal_of_another_encoding(tmp_path: Path) -> None:
    """What a terminal cannot encode is escaped, and stops nothing."""
    write_project(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.stub.build", "-C", str(tmp_path)],
        env=environment(LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0"),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_bar_on_a_terminal(tmp_path: Path) -> None:
    """On a terminal a build shows a bar, and ends with the cursor shown again."""
    pytest.importorskip("pty", reason="no terminals to be had here")
    write_project(tmp_path)
    script = (
        "import os, subprocess, sys, pty\n"
        "status = pty.spawn([sys.executable, '-m', 'tests.stub.build', '-C', "
        f"{str(tmp_path)!r}])\n"
        "sys.exit(os.waitstatus_to_exitcode(status))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(TERM="xterm"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert b"\x1b[?25l" in done.stdout, "the bar hides the cursor"
    assert done.stdout.rindex(b"\x1b[?25h") > done.stdout.rindex(b"\x1b[?25l")
    assert b"built 2 studies" in done.stdout


def test_a_python_without_packages_is_told() -> None:
    """Without click there is no traceback, and the remedy is named."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "build.py"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install -r requirements.txt" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_that_is_not_installed_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A library that is missing is no bug of ours; a module of ours that is, is one."""

    def lacking(name: str) -> list[Exception]:
        return [ModuleNotFoundError(f"No module named {name!r}", name=name)]

    assert (
        run.explain_errors(lacking("tensorflow.keras"), lambda: tmp_path / "log") == 2
    )
    assert '"tensorflow" is not installed; run: pip install' in capsys.readouterr().err
    assert run.explain_errors(lacking("generator.x"), lambda: tmp_path / "log") == 1
