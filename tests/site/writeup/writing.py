"""A write-up from a string, for tests of its parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.core.errors import WriteUpError
from generator.site.html_safety import POLICY, find_problems
from generator.site.values import format_expression
from generator.site.writeup.figures_and_links import KnownNames
from generator.site.writeup.writeup import WriteUp, read_write_up
from tests.figures import examples

ARTIFACTS = {"greedy": examples.attention(), "tfidf": examples.estimates()}
HEAD = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    "<title>t</title></head><body>"
)


def read(folder: Path, text: str) -> WriteUp:
    """`text` as the write-up of a study with two figures and two artifacts."""
    path = folder / "study" / "index.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    known = KnownNames(
        {"hero", "second"}, ARTIFACTS, {}, "a/index.html",
        lambda expression: format_expression(ARTIFACTS, expression),
    )  # fmt: skip
    return read_write_up(path, "studies/study/index.md", known)


def html(folder: Path, text: str) -> str:
    """The HTML of a write-up, which the oracle has passed."""
    made = read(folder, text)
    out = "".join(str(getattr(piece, "caption", piece)) for piece in made.pieces)
    assert find_problems(f"{HEAD}{out}</body></html>") == []
    return out


def problems(folder: Path, text: str) -> tuple[str, ...]:
    """The messages of a write-up that cannot be read."""
    with pytest.raises(WriteUpError) as caught:
        read(folder, text)
    return caught.value.problems
