"""Runs stub builds in forks of one process that has imported everything.

A build then takes a twentieth of a second instead of one, which makes exhaustive
sweeps affordable. `python -m tests.stub.server` reads one request a line and answers
with one line, both JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.stub import faults, site
from tests.stub.specs import install

SECONDS = 100
"""Time after which a build is ended, as one that waits for a FIFO would not end."""


def main() -> None:
    """Answer requests until there are none."""
    install()
    os.fsync = lambda _file: None  # a killed process loses nothing that it wrote
    import generator.cli.commands
    import generator.cli.run  # noqa: F401 - imported once, for all forks

    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Fork, build, and say how it ended."""
    choose_pages(own="STUB_PAGES" in request["environment"])
    with tempfile.TemporaryDirectory() as folder:
        out, err, count = (Path(folder, name) for name in ("out", "err", "count"))
        child = os.fork()
        if child == 0:
            run(request, out, err, count)
        _, status = os.waitpid(child, 0)
        return {
            "returncode": os.waitstatus_to_exitcode(status),
            "stdout": out.read_text(),
            "stderr": err.read_text(),
            "events": int(count.read_text()) if count.exists() else None,
        }


def choose_pages(*, own: bool) -> None:
    """Let builds render the program's own pages, or the plain ones of the stub."""
    sys.modules.pop("generator.site.build", None)
    if own:
        import generator.site.build  # noqa: F401 - what it imports is there for all forks
    else:
        sys.modules["generator.site.build"] = site  # type: ignore[assignment] - as good


def run(request: dict[str, Any], out: Path, err: Path, count: Path) -> None:
    """Be one build, and never come back."""
    from generator.cli.main import main

    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    signal.alarm(SECONDS)
    faults.install()
    swaps = faults.SWAP in os.environ
    events = faults.watch_reading() if swaps else faults.watch(request["kill"])
    status = 1
    try:
        status = main(request["words"])
        number = events()
        count.write_text(str(number))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
