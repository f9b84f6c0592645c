"""How a command ends: its exit status, and the one paragraph that explains it.

    0 fine · 1 a bug of ours · 2 usage or input · 3 integrity · 4 network
    5 resource or lock · 130 Ctrl-C · 143 SIGTERM · 141 nobody reads the output

Ctrl-C and SIGTERM end within seconds, at whatever they are pressed: the first one
interrupts, later ones are ignored, and if the work does not let go in `PATIENCE`
seconds the process is ended. All that was finished is on disk by then.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import click

from generator.cli.error_location import LocatedMessage, locate_message
from generator.cli.terminal import escape_line
from generator.core import files
from generator.core.edits import TextEdit
from generator.core.errors import ResourceError, StudyError, quote_text
from generator.core.invocation import find_install_command, format_command

PATIENCE = 3.0
"""Seconds that work under way has to let go."""
WIDTH = 600
"""Characters of a message at most."""


class StopSignal(KeyboardInterrupt):
    """An interrupt by Ctrl-C or SIGTERM; `status` is the process's exit status."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = 128 + number


def run_command(
    action: Callable[[], object],
    kept: Callable[[], str],
    log: Callable[[], Path],
    project: Callable[[], Path | None] = lambda: None,
) -> int:
    """Run a command, and explain any error on standard error.

    Args:
        action: The command.
        kept: Formats what an interrupt left behind.
        log: Returns the path of the file that tracebacks are written to.
        project: Returns the project's folder, whose files messages quote.

    Returns:
        The exit status.
    """
    _tolerate_terminal()
    _catch_signals(kept)
    try:
        return _run_action(action)
    except (KeyboardInterrupt, click.Abort) as stop:
        say_stopped(kept())
        return getattr(stop, "status", 130)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        return _end_unread()
    except Exception as error:  # noqa: BLE001 - every error ends in a message
        return explain_errors([error], log, project)


def _run_action(action: Callable[[], object]) -> int:
    answer = action()
    sys.stdout.flush()
    return answer if isinstance(answer, int) else 0


def explain_errors(
    errors: list[Exception],
    log: Callable[[], Path],
    project: Callable[[], Path | None] = lambda: None,
) -> int:
    """Print what went wrong, a paragraph each.

    Args:
        errors: The errors.
        log: Returns the path of the file that tracebacks are written to.
        project: Returns the project's folder, whose files messages quote.

    Returns:
        The exit status of the first error.
    """
    statuses = []
    root, plain = project(), 0
    for error in map(_translate_error, errors):
        if isinstance(error, StudyError):
            for problem in error.problems:
                say_error(problem, root)
            statuses.append(error.status)
            plain += sum(isinstance(edit, TextEdit) for edit in error.edits)
        else:
            say_error(_record_bug(error, log))
            statuses.append(1)
    if plain:
        what = "1 plain change" if plain == 1 else f"{plain} plain changes"
        click.echo(f"to make {what}, run: {format_command('fix')}", err=True)
    return statuses[0]


def _explain_missing_package(module: str) -> StudyError | None:
    """Return the error for a package that is not installed, None for our own."""
    package = module.partition(".")[0]
    if package in ("generator", "tests"):
        return None
    return StudyError(
        f"{quote_text(package)} is not installed; run: {find_install_command()} "
        "(what was collected can be rendered without tensorflow)"
    )


def say_error(problem: str, project: Path | None = None) -> None:
    """Print one paragraph on standard error, and the source line below it.

    Args:
        problem: The message.
        project: The project's folder, None without one.
    """
    located = locate_message(problem, project)
    parts = problem.split("\n")[: 1 if located.lines else None]
    if located.line:
        parts[0] = f"{located.place}: {located.text}"
    text = escape_line(" ".join(parts))
    if len(text) > WIDTH:
        text = text[: WIDTH - 1] + "…"
    if os.environ.get("GITHUB_ACTIONS") == "true":
        click.echo(format_github_annotation(located, text), err=True)
    click.echo(f"{click.style('error:', fg='red', bold=True)} {text}", err=True,
               color=choose_colour())  # fmt: skip
    for line in format_excerpt(located):
        click.echo(line, err=True)


def format_github_annotation(found: LocatedMessage, text: str) -> str:
    """Format the line by which GitHub Actions shows a message beside its file.

    Args:
        found: The message with its place.
        text: Text of the message.

    Returns:
        A workflow command.
    """

    def escaped(word: str, more: str = "") -> str:
        marks = {"%": "%25", "\r": "%0D", "\n": "%0A"}
        marks |= {c: f"%{ord(c):02X}" for c in more}
        return "".join(marks.get(c, c) for c in word)

    facts = {"file": found.file, "line": found.line, "col": found.column}
    place = ",".join(f"{k}={escaped(str(v), ',:')}" for k, v in facts.items() if v)
    return f"::error{' ' if place else ''}{place}::{escaped(text)}"


def format_excerpt(found: LocatedMessage) -> Iterator[str]:
    """Yield the source lines of a message, with a caret under the mistake.

    Args:
        found: The message with its place.
    """
    for number, words in found.lines:
        yield f"  {number} | {escape_line(words)}"
        if found.column and found.column <= WIDTH:
            yield f"  {' ' * len(str(number))} | {' ' * (found.column - 1)}^"
    if found.fix:
        yield f"  fix: {escape_line(found.fix)}"


def choose_colour() -> bool | None:
    """Choose whether to write colours: by NO_COLOR, FORCE_COLOR or the terminal.

    Returns:
        True or False, None to decide by the stream.
    """
    context = click.get_current_context(silent=True)
    if context is not None and context.color is not None:
        return context.color
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def say_stopped(kept: str) -> None:
    """Print one line after an interrupt.

    Args:
        kept: What the interrupt left behind.
    """
    # While Python shuts down it would let a second signal kill the process.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    click.echo(f"stopped; {kept}; run the same command again to go on", err=True)


def _translate_error(error: Exception) -> Exception:
    if isinstance(error, MemoryError):
        return ResourceError("out of memory; close other programs and run this again")
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _explain_missing_package(error.name) or error
    if isinstance(error, OSError) and error.filename is not None:
        return ResourceError(
            f"{error.filename}: {error.strerror}; nothing was lost: mend this and run "
            "the same command again"
        )
    return error


def _record_bug(error: Exception, log: Callable[[], Path]) -> str:
    text = "".join(traceback.format_exception(error))
    try:
        path = log()
        write_log(path, text)
    except (OSError, StudyError):
        sys.stderr.write(text)
        path = Path("above")
    return (
        f"this is a bug of ours: {type(error).__name__}: {str(error)[:200]}; the "
        f"traceback is in {path}: please report it; what was finished is kept, and "
        "the same command goes on from there"
    )


def write_log(path: Path, text: str) -> None:
    """Write a traceback into a project's log, in place of the one before.

    Args:
        path: The file, in `.cache/log`.
        text: The traceback.

    Raises:
        ResourceError: If the system refuses, or a folder of the path is a link.
    """
    data = text.encode("utf-8", "backslashreplace")
    files.write(path, data, "the log", path.parents[2])


def _catch_signals(kept: Callable[[], str]) -> None:
    stopped = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        if stopped.is_set():
            return
        stopped.set()
        watch = threading.Timer(PATIENCE, _end_process, (128 + number, kept))
        watch.daemon = True
        watch.start()
        raise StopSignal(number)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _end_process(status: int, kept: Callable[[], str]) -> None:
    for child in multiprocessing.active_children():
        child.kill()
    if sys.stderr.isatty():
        sys.stderr.write("\x1b[?25h\n")  # the bar had hidden the cursor
    say_stopped(kept())
    os._exit(status)


def _tolerate_terminal() -> None:
    """Let no encoding of a terminal stop a build."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _end_unread() -> int:
    # Python flushes standard output once more at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 141
