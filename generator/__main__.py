"""Run the command line as `python -m generator`, where `studies` is not on the path."""

from __future__ import annotations

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # Python looks in the current folder first, where a project may bring a `click.py`.
    # It stays on the path, at its end: this program may lie there.
    sys.path.append(sys.path.pop(0))

from generator.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
