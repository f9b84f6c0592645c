"""Faults for the stub: a kill at any event, and protections switched off."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SWAP = "STUB_SWAP"
"""Names the variable with an event's number, a folder, and what takes its place."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
EVENTS = frozenset(
    {
        "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink",
        "os.truncate",
    }
)  # fmt: skip
READING = frozenset({"open", "os.listdir", "os.scandir"})


def watch(kill_at: int) -> Callable[[], int]:
    """Count events that change the file system; SIGKILL at number `kill_at`."""
    count = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event in EVENTS or (event == "open" and _writes(arguments)):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return lambda: count


def watch_reading() -> Callable[[], int]:
    """Count events that read or change files; put a link in place of a folder at one.

    `STUB_SWAP` is the number of that event, the folder and the target of the link,
    with line breaks between. Files of the program and its libraries are no events.
    """
    number, place, target = os.environ[SWAP].split("\n")
    count, foreign = 0, (str(Path(__file__).parents[2]), sys.prefix, "/usr", "/proc")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event not in READING | EVENTS or str(arguments[0]).startswith(foreign):
            return
        count += 1
        if count == int(number):
            with contextlib.suppress(FileNotFoundError):
                os.rename(place, f"{place}-aside")  # noqa: PTH104 - within a hook
            os.symlink(target, place)  # noqa: PTH211 - same

    sys.addaudithook(hook)
    return lambda: count


def _writes(arguments: tuple[Any, ...]) -> bool:
    path, _mode, flags = arguments
    return isinstance(flags, int) and bool(flags & WRITING) and path != os.devnull


def write_plainly() -> None:
    """Let `files.write` write in place, in two halves, as a careless program does."""
    from generator.core import files

    def write(
        path: Path,
        data: bytes,
        what: str = "file",
        within: Path | None = None,
        *,
        mode: int = 0o666,
    ) -> None:
        del what, within, mode
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        with path.open("ab") as file:
            file.write(data[len(data) // 2 :])

    files.write = write


def believe_everything() -> None:
    """Let no hash be compared."""
    from generator.core import files

    class Always(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return isinstance(other, str)

        def __ne__(self, other: object) -> bool:
            return not self == other

        __hash__ = str.__hash__

    real = files.digest
    files.digest = lambda data: Always(real(data))


def check_no_folders() -> None:
    """Let any path stand in the place of a project's folder."""
    from generator.cli import commands, job

    commands.require_own_paths = job.require_own_paths = lambda *_, **__: None


def leave_out_lost() -> None:
    """Leave out of the site what cannot be read any more, without a word."""
    from generator.site import post_cache

    post_cache.raise_problems = lambda _: None


def follow_links() -> None:
    """Let folders be opened through links."""
    from generator.core import files

    files._SAFE &= ~os.O_NOFOLLOW


def know_past_schema() -> None:
    """Let there be a schema before the first, which nothing migrates."""
    from generator.artifacts import SCHEMA, store

    store.FIRST_SCHEMA = SCHEMA - 1


FAULTS = {
    "STUB_PAST": know_past_schema,
    "STUB_PLAIN": write_plainly,
    "STUB_BLIND": believe_everything,
    "STUB_UNGUARDED": check_no_folders,
    "STUB_FOLLOWING": follow_links,
    "STUB_LENIENT": leave_out_lost,
}
"""What each variable of the environment changes in the program."""


def install() -> None:
    """Change the program as the environment says."""
    for name, fault in FAULTS.items():
        if name in os.environ:
            fault()
