"""`build.py` with the stub in the tables: `python -m tests.stub.build …`.

The environment asks for faults:

    STUB_SWAP=…      put a link in the place of a folder while it runs (`faults`)
    STUB_PAGES=1     render the program's own pages (in builds of `server`)
    STUB_KILL=N      SIGKILL at the N-th event that changes the file system
    STUB_COUNT=PATH  write the number of such events to PATH
    STUB_PLAIN=1     write files in place, unprotected: a control that must fail
    STUB_BLIND=1     believe every artifact: a control that must fail
    STUB_UNGUARDED=1 do not check a project's folders: a control
    STUB_FOLLOWING=1 open folders through links: a control that must fail
    STUB_LENIENT=1   leave out what cannot be drawn any more: a control that must fail
    STUB_REAL=1      leave the tables and the renderer as they are
"""

from __future__ import annotations

import os
import sys

from tests.stub import faults
from tests.stub.specs import install


def main() -> int:
    """Run the command line with the stub and the faults asked for."""
    if "STUB_REAL" not in os.environ:
        from tests.stub import site

        install()
        sys.modules["generator.site.build"] = site
    faults.install()
    from generator.cli.main import main as run

    counter = faults.watch(int(os.environ.get("STUB_KILL", "0")))
    status = run()
    if path := os.environ.get("STUB_COUNT"):
        with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - counted last
            file.write(str(counter()))
    return status


if __name__ == "__main__":
    sys.exit(main())
