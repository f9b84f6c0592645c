"""The check of pages, in a process of its own where a project brings templates.

The parser is in C and follows the standard, by which a page of 60 kB can have ten
million elements, or take a minute to read. Pages of the shipped templates are none of
these. One of a project's own may be: it is read by a process that has a limit of time
and of memory, and ends where a page goes beyond.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from selectolax.lexbor import SelectolaxError

from generator.core.errors import IntegrityError
from generator.core.processes import WorkerProcess, limit_memory
from generator.site.html_safety import find_problems

PageCheck = Callable[[str], list[str]]
SECONDS = 10.0
"""Time that reading a page may take."""
MEMORY_LIMIT = 2_000_000_000
"""Bytes that reading a page may take."""


@contextmanager
def open_page_check(*, apart: bool) -> Iterator[PageCheck]:
    """Open the check of pages.

    Args:
        apart: Whether to check in a process of its own.

    Yields:
        A function from a page's HTML to what the page may not hold.
    """
    if not apart:
        yield find_problems
        return
    checker = CheckerProcess()
    try:
        yield checker.find_problems
    finally:
        checker.end()


class UnreadablePageError(IntegrityError):
    """A page takes more time or memory to read than a page may."""


class CheckerProcess:
    """A process that checks pages, begun with the first one."""

    def __init__(self) -> None:
        self._worker: WorkerProcess | None = None

    def find_problems(self, html: str) -> list[str]:
        """Find everything that a page may not hold.

        Args:
            html: The page's HTML.

        Returns:
            The problems in the order of the page.

        Raises:
            UnreadablePageError: If that takes too much time or memory.
        """
        worker = self._worker = self._worker or WorkerProcess(check_pages, MEMORY_LIMIT)
        try:
            worker.send(html.encode())
            return [str(one) for one in json.loads(worker.receive(SECONDS))]
        except TimeoutError:
            problem = f"takes longer than {SECONDS:g} s to read"
        except (EOFError, OSError):
            problem = f"takes more than {MEMORY_LIMIT / 1e9:g} GB to read"
        self.end()
        raise UnreadablePageError(
            f"{problem}, as its elements are nested too deeply; the page was not "
            "written: correct the template that makes it"
        )

    def end(self) -> None:
        """End the process, at whatever it is."""
        if self._worker:
            self._worker.end()
        self._worker = None


def check_pages(pipe: Connection, memory: int) -> None:
    """Answer each page with its problems, until the pipe is closed.

    Args:
        pipe: Where pages come from, and problems go.
        memory: Bytes that reading a page may take.
    """
    limit_memory(memory)
    while True:
        try:
            html = pipe.recv_bytes().decode()
            problems = find_problems(html)
        except (EOFError, MemoryError, SelectolaxError):
            return  # the other end is told by that
        pipe.send_bytes(json.dumps(problems).encode())
