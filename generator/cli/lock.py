"""One build of a project at a time.

The lock is the kernel's, on `.cache/lock`: it ends with its process, however that ends,
so nothing has to be cleaned up after a kill. Who holds it is written beside it, for the
message alone. The descriptor is not inherited, so a worker that outlives a killed build
does not keep the lock.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from generator.core import files
from generator.core.errors import LockError, quote_text

WAIT = 3600.0
"""Seconds that a build waits for another one."""
POLL = 0.05
"""Seconds between two tries."""


@contextmanager
def hold_lock(
    cache: Path, *, wait: float = WAIT, say: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the lock of the project.

    Args:
        cache: The project's cache folder.
        wait: Seconds to wait for another holder; 0 fails at once.
        say: Prints the line that this is waiting, None for no line.

    Raises:
        LockError: Naming the holder, if the lock is not free in time.
        ResourceError: If the lock cannot be made.
    """
    lock = _make_lock(cache)
    try:
        _acquire(lock, cache, wait, say)
        try:
            _write_holder(cache)
            yield
        finally:
            files.remove(find_holder_file(cache), cache.parent)
    finally:
        lock.release()


def find_holder_file(cache: Path) -> Path:
    """Return the path of the file that names the lock's holder.

    Args:
        cache: The project's cache folder.
    """
    return cache / "lock.json"


def _make_lock(cache: Path) -> FileLock:
    try:
        with files.open_folder(cache, cache.parent, make=True):
            pass
    except OSError as error:
        raise files.make_resource_error(error, cache, "making the lock") from error
    return FileLock(cache / "lock", thread_local=False)


def _acquire(
    lock: FileLock, cache: Path, wait: float, say: Callable[[str], None] | None
) -> None:
    try:
        with warnings.catch_warnings():
            # Where the file system has no locks, filelock warns and marks by a file.
            warnings.simplefilter("ignore")
            if _try_lock(lock):
                return
            if wait <= 0:
                raise LockError(
                    f"{_read_holder(cache)}; run this again when it has ended"
                )
            if say is not None:
                say(f"{_read_holder(cache)}; waiting for it to end")
            lock.acquire(timeout=wait, poll_interval=POLL)
    except Timeout as error:
        raise LockError(
            f"{_read_holder(cache)}; waited {wait:.0f} s for it; run this again when "
            f"it "
            "has ended"
        ) from error
    except OSError as error:
        raise files.make_resource_error(
            error, cache / "lock", "taking the lock"
        ) from error


def _try_lock(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def _write_holder(cache: Path) -> None:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": " ".join(sys.argv),
        "started": now.isoformat(),
    }
    text = json.dumps(holder, ensure_ascii=True) + "\n"
    files.write(find_holder_file(cache), text.encode(), "the lock", cache.parent)


def _read_holder(cache: Path) -> str:
    project = cache.parent
    try:
        holder = json.loads(files.read_regular_file(find_holder_file(cache)))
        who = (
            f"process {int(holder['pid'])} on {quote_text(holder['host'])}, "
            f"{quote_text(holder['command'])}, since {quote_text(holder['started'])}"
        )
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process"
    return f"{project}: {who}, is building this project"
