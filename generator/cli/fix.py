"""`fix`: apply what messages say to do, where that is one definite change.

The project's files are read as `check` reads them. Each change is a piece of a file and
what stands there instead, so that comments, line ends and all else stay; changes that
overlap, and those of what was changed meanwhile, are not made. After a change the files
are read again, since one mistake can hide others.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from generator.cli.job import Job
from generator.cli.lock import WAIT, hold_lock
from generator.cli.sources import (
    find_input_errors,
    list_shown,
    require_sound_sources,
)
from generator.cli.terminal import escape_line
from generator.core import files
from generator.core.edits import Edit, TextEdit
from generator.core.errors import StudyError, join_errors
from generator.core.files import read_regular_file

MOST_ROUNDS = 20
"""How often the files are read again; each round mends something."""
BREAK = re.compile("\r\n|[\n\r\u2028\u2029]")
"""What ends a line in the places of edits; where it differs, the piece is not there."""


def fix_sources(job: Job, *, yes: bool) -> int:
    """Show the changes that messages name, and make them.

    Args:
        job: The run with its options.
        yes: Whether to make them without a question.

    Returns:
        The exit status: 2 where mistakes are left.

    Raises:
        StudyError: The mistakes that are left, if any are.
    """
    root = job.root
    for _ in range(MOST_ROUNDS):
        error = find_mistakes(job)
        changes = apply_edits(root, error.edits) if error else {}
        if error is None:
            job.say("nothing to mend")
            return 0
        if not changes:
            raise error
        for name, (before, after) in changes.items():
            click.echo(format_diff(name, before, after))
        if not yes and not click.confirm("make these changes?", err=True):
            job.say("nothing was changed")
            return 2
        with hold_lock(job.cache_folder, wait=0.0 if job.no_wait else WAIT):
            write_changes(root, changes)
        for name in changes:
            job.say(f"mended {name}")
        job = refresh_job(job)
    return 2


def refresh_job(job: Job) -> Job:
    """Return a run with the same options that has read nothing yet."""
    return replace(job)


def find_mistakes(job: Job) -> StudyError | None:
    """Return all mistakes of a project's files, None if there are none.

    Args:
        job: The run with its options.
    """
    try:
        _ = job.settings
        require_sound_sources(job, list_shown(job))
    except StudyError as error:
        return error
    drafts = [study for study in job.studies if not job.is_shown(study)]
    errors = find_input_errors(job, drafts)
    return join_errors(errors) if errors else None


def apply_edits(root: Path, edits: Iterable[Edit]) -> dict[str, tuple[str, str]]:
    """Return the text of each file that edits change, as it is and as it will be.

    Args:
        root: The project's folder.
        edits: Edits of errors; only pieces of files can be applied.

    Returns:
        Texts before and after by the file's path from the project's folder.
    """
    by_file: dict[str, list[TextEdit]] = {}
    for edit in edits:
        if isinstance(edit, TextEdit):
            by_file.setdefault(edit.file, []).append(edit)
    changes = {}
    for name, wanted in sorted(by_file.items()):
        path = root / name
        if not path.resolve().is_relative_to(root.resolve()):
            continue
        try:
            before = read_regular_file(path).decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        after = replace_pieces(before, wanted)
        if after != before:
            changes[name] = before, after
    return changes


def replace_pieces(text: str, edits: Sequence[TextEdit]) -> str:
    """Return a text with pieces replaced.

    Args:
        text: A file, with its line ends and its byte order mark.
        edits: The pieces. One that is not where it should be, or that touches the one
            before it, is left as it is.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    starts = [0, *(match.end() for match in BREAK.finditer(body))]
    parts, end = [mark], 0
    for edit in join_insertions(edits):
        if edit.line > len(starts):
            continue
        start = starts[edit.line - 1] + edit.column - 1
        stop = start + len(edit.old)
        if start < end or body[start:stop] != edit.old:
            continue
        parts.append(body[end:start] + edit.new)
        end = stop
        whole = edit.column == 1 and not edit.new
        if whole and (found := BREAK.match(body, stop)):  # the line goes with its end
            end = found.end()
    return "".join((*parts, body[end:]))


def join_insertions(edits: Sequence[TextEdit]) -> list[TextEdit]:
    """Return edits in the order of their places; what is written before a word is one.

    Args:
        edits: Edits of one file.
    """
    joined: list[TextEdit] = []
    for edit in sorted(edits, key=lambda one: (one.line, one.column)):
        last = joined[-1] if joined else None
        if (
            last
            and (last.line, last.column, last.old) == (edit.line, edit.column, edit.old)
            and last.new.endswith(edit.old)
            and edit.new.endswith(edit.old)
        ):
            new = last.new.removesuffix(edit.old) + edit.new
            joined[-1] = replace(edit, new=new)
        else:
            joined.append(edit)
    return joined


def write_changes(root: Path, changes: dict[str, tuple[str, str]]) -> None:
    """Write files, each whole.

    Args:
        root: The project's folder.
        changes: Texts before and after by the file's path.

    Raises:
        ResourceError: A file cannot be written.
    """
    for name, (_, after) in changes.items():
        path = root / name
        mode = path.stat().st_mode & 0o777
        files.write(path, after.encode("utf-8"), name, root, mode=mode)


def format_diff(name: str, before: str, after: str) -> str:
    """Format a change as a unified diff, without what drives a terminal.

    Args:
        name: The file.
        before: Its text.
        after: Its text with the change.
    """
    old, new = (BREAK.split(text) for text in (before, after))
    lines = difflib.unified_diff(old, new, name, name, n=1, lineterm="")
    return "\n".join(map(escape_line, lines))
