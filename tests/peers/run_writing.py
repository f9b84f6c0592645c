"""textgenrnn's own loop, timed on demand: one `predict` for every character.

For each line on stdin, a number of characters, it writes one greedy text of that length
with the package's model and prints the characters written and the seconds taken.
"""

from __future__ import annotations

import io
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import shim

shim.supply()

from textgenrnn import textgenrnn  # needs what was supplied


def main() -> None:
    """Write a text for each line; `predict` must not show its progress among them."""
    model = textgenrnn()
    for line in sys.stdin:
        start = time.perf_counter()
        with redirect_stdout(io.StringIO()):
            (text,) = model.generate(
                return_as_list=True,
                temperature=0.0,
                progress=False,
                max_gen_length=int(line) + 1,
            )
        seconds = time.perf_counter() - start
        sys.stdout.write(f"{len(text)} {seconds}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
