"""Other processes of this program, which import nothing from the current folder."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import SpawnContext
from typing import Any

SAFE_PATH = "PYTHONSAFEPATH"


@contextmanager
def open_process_context() -> Iterator[SpawnContext]:
    """Open what starts processes of this program.

    A new Python looks for modules in the current folder first, which may be a cloned
    project with a `multiprocessing.py` of its own. A variable tells it not to.

    Yields:
        The context; processes are to be started before it is closed.
    """
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield multiprocessing.get_context("spawn")
    finally:
        if before is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = before


class WorkerProcess:
    """A process that exchanges messages with this one, and ends with it.

    Args:
        target: What it runs: a function of a module, whose first argument is its end of
            the pipe.
        args: Further arguments.
    """

    def __init__(self, target: Callable[..., None], *args: Any) -> None:  # noqa: ANN401 - those of the target
        with open_process_context() as spawn:
            self._pipe, theirs = spawn.Pipe()
            self._process = spawn.Process(
                target=target, args=(theirs, *args), daemon=True
            )
            self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid or 0

    def send(self, message: bytes) -> None:
        """Send a message.

        Args:
            message: Its bytes.

        Raises:
            OSError: If the process has ended.
        """
        self._pipe.send_bytes(message)

    def receive(self, seconds: float) -> bytes:
        """Return the next message.

        Args:
            seconds: How long to wait for it.

        Raises:
            TimeoutError: If it takes longer.
            EOFError: If the process ends without one.
            OSError: If it was ended while it wrote.
        """
        if not self._pipe.poll(max(0.0, seconds)):
            raise TimeoutError
        return self._pipe.recv_bytes()

    def end(self) -> None:
        """End the process, at whatever it is."""
        self._pipe.close()
        self._process.kill()
        self._process.join()


def limit_memory(limit: int) -> None:
    """Let this process take no more memory, where the system can see to that.

    Args:
        limit: Bytes.
    """
    try:
        import resource  # noqa: PLC0415 - Windows has no such module
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
