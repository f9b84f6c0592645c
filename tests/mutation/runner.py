"""Run tests against one mutant, in a process forked from one that is already warm.

The parent imports what takes seconds to import; each child forgets our own modules and
reads those of the copy. A child has so many seconds of processor time; a time
that the same tests need without the mutant is no sign of it.
"""

from __future__ import annotations

import gc
import importlib
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Sequence
from compileall import compile_dir
from functools import cache
from pathlib import Path
from py_compile import PycInvalidationMode
from types import ModuleType

import pytest

from tests.mutation.execution import FAST
from tests.mutation.operators import Mutant

SECONDS, LONGEST = 120, 900
"""Of the processor for one process, and by the clock."""
CHECKED = PycInvalidationMode.CHECKED_HASH
"""A compiled module is that of its source, not one of the same second and size."""
WARM = (
    "hypothesis", "numpy", "scipy.stats", "pydantic", "PIL.Image", "PIL.ImageFont",
    "jinja2", "selectolax.lexbor", "ruamel.yaml", "markdown", "pygments", "rich",
    "click", "lxml.etree", "matplotlib.figure", "sklearn.linear_model",
    "generator.networks",  # which imports TensorFlow, with threads as it wants them
)  # fmt: skip
Stages = Sequence[Sequence[str]]
"""Tests to be run in turns until one fails; first those that execute the line."""
PASSED, FAILED, EMPTY, LATE = 0, 1, 5, -1


class Runner:
    """Mutants written into a copy, one at a time, and taken out again."""

    def __init__(self, copy: Path) -> None:
        self._copy = copy
        self.passes = cache(self._passes)
        compile_dir(copy / "generator", quiet=1, invalidation_mode=CHECKED)
        for name in WARM:
            importlib.import_module(name)
        gc.freeze()

    def state(self, path: str, mutant: Mutant, stages: Stages) -> tuple[str, str]:
        """Return "killed", "survived" or why neither is known, and by which test."""
        file = self._copy / path
        source = file.read_text("utf-8")
        for tests in filter(None, stages):
            file.write_text(mutant.apply(source), "utf-8")
            try:
                code, by = self._run(*tests)
            finally:
                file.write_text(source, "utf-8")
            if code not in {PASSED, EMPTY}:
                sound = self.passes(by or tuple(tests))
                return ("killed" if sound else "broken"), by
        return ("survived" if stages[0] else "not executed"), ""

    def _passes(self, tests: str | tuple[str, ...]) -> bool:
        """Whether tests pass without a mutant."""
        return self._run(*([tests] if isinstance(tests, str) else tests))[0] == PASSED

    def _run(self, *tests: str) -> tuple[int, str]:
        """Return pytest's status and the test that failed first, "" where none says."""
        log = self._copy / ".mutant.log"
        child = os.fork()
        if not child:
            self._become(log, tests)
        code = waited(child)
        found = re.search(
            r"^(?:FAILED|ERROR) (.*?)(?: - |$)", log.read_text("utf-8"), re.MULTILINE
        )
        return code, found[1] if found else ""

    def _become(self, log: Path, tests: tuple[str, ...]) -> None:
        """Be a fresh pytest in the copy, whatever happens."""
        code = FAILED
        try:
            os.setpgid(0, 0)
            out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(out, 1)
            os.dup2(out, 2)
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            os.chdir(self._copy)
            sys.path[0] = str(self._copy)
            # what spawns a process imports the main module there, which is ours
            sys.modules["__main__"] = ModuleType("__main__")
            for name in list(sys.modules):
                if name.partition(".")[0] in {"generator", "tests"}:
                    del sys.modules[name]
            options = ["-x", "-q", "-p", "no:cacheprovider", "-m", FAST]
            options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
            code = int(pytest.main([*options, *tests]))
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


def waited(child: int) -> int:
    """Return a child's status, or `LATE` where it had to be stopped."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            late = os.WIFSIGNALED(status)
            return LATE if late else os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return LATE
