"""Other processes of this program, which import nothing from the current folder."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import SpawnContext

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
