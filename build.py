#!/usr/bin/env python3
"""`python build.py` is in a checkout what `studies` is from an installed wheel.

It collects what is stale and renders the site; `--help` lists the commands.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - for an older Python that reads this
    sys.stderr.write(f"error: {sys.executable} is too old; use Python 3.11 or newer\n")
    sys.exit(2)
try:
    import click  # noqa: F401 - stands for all packages
except ImportError:
    sys.stderr.write(
        f"error: {sys.executable} lacks the packages this needs; run build.py with the "
        "Python of .venv, or: pip install -r requirements.txt\n"
    )
    sys.exit(2)

from generator.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
