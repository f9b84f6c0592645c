"""What rules say of every character of a text.

Each is one walk over the text: it takes time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

States = NDArray[np.int16]
DEEPEST = int(np.iinfo(np.int16).max)
"""Where counting stops."""


def matched(text: str, pattern: re.Pattern[str]) -> States:
    """1 where the pattern fits, else 0."""
    found = np.zeros(len(text), dtype=np.int16)
    for match in pattern.finditer(text):
        found[match.start() : match.end()] = 1
    return found


def between(
    text: str, edges: tuple[str, str], *, nested: bool, within_line: bool
) -> States:
    """1 from each opening to its closing, both included; how many of them if nested.

    A closing without an opening is text. What is not closed stays open to the end of
    the text, or, `within_line`, to the end of its line.
    """
    found = np.zeros(len(text), dtype=np.int16)
    depth, before = 0, 0
    for start, end, what in _edges(text, edges, within_line=within_line):
        opens = what == edges[0] and (nested or depth == 0)
        closes = what == edges[1] and depth > 0 and not opens
        if what == "\n" and within_line:
            found[before:start] = min(depth, DEEPEST)
            depth, before = 0, start
        elif opens or closes:
            edge = start if opens else end
            found[before:edge] = min(depth, DEEPEST)
            depth, before = depth + (1 if opens else -1), edge
    found[before:] = min(depth, DEEPEST)
    return found


def _edges(
    text: str, edges: tuple[str, str], *, within_line: bool
) -> Iterator[tuple[int, int, str]]:
    """Where each edge stands, the longer one first where both could."""
    known = {*edges, *("\n" if within_line else "")}
    longest = sorted(known, key=lambda edge: (-len(edge), edge))
    for match in re.finditer("|".join(map(re.escape, longest)), text):
        yield match.start(), match.end(), match[0]
