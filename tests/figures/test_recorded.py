"""What figures of the gallery show, and where it is drawn, as it was recorded.

Of each figure a line for its view and one for its picture: how many numbers there are,
their sum and a sum in which each counts by its place, and a digest of all words. A
number that is off by a tenth of a pixel, or a word that is another, changes a line.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.figures import FIGURES
from tests.figures.export.figures import EVERY, MADE, SETTINGS, kind_of, view_of
from tests.figures.export.ink import draw_example

LIST = Path(__file__).with_name("recorded.txt")
FIRST = """What figures of the gallery show, and where. Where a change is meant,
write the list anew: python -m tests.figures.test_recorded
"""
TOLERANCE = 0.04
"""Of sums, which are of numbers that are rounded to a tenth or finer."""
Line = tuple[int, float, float, str]


def find_parts(value: Any) -> Iterator[float | str]:
    """Yield the numbers and words of a value, in their order."""
    if isinstance(value, (bool, int, float, np.generic)) and np.isfinite(value):
        yield float(value)
    elif isinstance(value, Mapping):
        yield from find_parts(list(value.items()))
    elif is_dataclass(value):
        for one in fields(value):
            yield from find_parts(getattr(value, one.name))
    elif isinstance(value, np.ndarray):
        yield from find_parts(value.tolist())
    elif isinstance(value, (list, tuple)):
        yield f"{len(value)}:"
        for part in value:
            yield from find_parts(part)
    else:
        yield str(value)


def describe(*values: Any) -> Line:
    """Return the numbers of values in three, and the digest of their words."""
    parts = list(find_parts(values))
    numbers = [part for part in parts if isinstance(part, float)]
    words = "\0".join(part for part in parts if isinstance(part, str))
    placed = math.fsum(n * (1 + at % 7) for at, n in enumerate(numbers))
    digest = sha256(words.encode()).hexdigest()[:12]
    return len(numbers), round(math.fsum(numbers), 3), round(placed, 3), digest


def describe_figure(name: str) -> dict[str, Line]:
    """Return what there is to say of an example: its view and its picture."""
    figure = FIGURES[kind_of(name)](**SETTINGS[name])
    view, artifacts = view_of(name), [MADE[one]() for one in figure.artifact_names()]
    around = view.items(), view.controls(), figure.thumbnails(*artifacts)
    picture = draw_example(name)
    size = picture.width, picture.height, picture.title, picture.description
    return {
        f"{name} view": describe(view, *around),
        f"{name} picture": describe(*size, picture.shapes),
    }


def read_lines() -> dict[str, Line]:
    """Return what was recorded."""
    rows = LIST.read_text("utf-8").removeprefix(FIRST).splitlines()
    found: dict[str, Line] = {}
    for row in rows:
        name, what, count, total, placed, digest = row.rsplit(" ", 5)
        found[f"{name} {what}"] = int(count), float(total), float(placed), digest
    return found


@pytest.mark.parametrize("name", EVERY)
def test_a_figure_changes_on_purpose_alone(name: str) -> None:
    """Its numbers, words and places are as recorded, and none is without a record."""
    recorded = read_lines()
    for what, (count, total, placed, digest) in describe_figure(name).items():
        known = recorded[what]
        assert (count, digest) == (known[0], known[3]), FIRST
        assert (total, placed) == pytest.approx(known[1:3], abs=TOLERANCE), FIRST


def test_nothing_is_recorded_that_is_gone() -> None:
    """The control: every line is of a figure, and small changes change a line."""
    assert {line.rpartition(" ")[0] for line in read_lines()} == {*EVERY}
    before = describe(("a", 1.0), [0.5, "b"])
    for changed in (
        describe(("a", 1.1), [0.5, "b"]),
        describe(("a", 0.5), [1.0, "b"]),
        describe(("a", 1.0), [0.5, "c"]),
        describe(("a", 1.0, 0.5), ["b"]),
    ):
        assert changed != before


def write_lines() -> None:
    """Record every figure as it is."""
    rows = [
        f"{what} {' '.join(map(str, line))}"
        for name in EVERY
        for what, line in describe_figure(name).items()
    ]
    LIST.write_text(FIRST + "\n".join(rows) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(write_lines())
