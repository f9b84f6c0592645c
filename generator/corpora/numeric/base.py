"""Corpora of numbers: rows of features instead of texts, with all else a corpus has.

A row stands where a text would: `documents[i]` carries the label and the side of row
`inputs[i]` and an empty text. So dividing, counting labels, keys and notes are those
of every corpus. An annotation mask says of features that they must not matter, for all
rows alike or row by row; which masks there are is the corpus's to say.

Random numbers of a corpus of numbers, decided by what they are for and a seed.

Data sets that come with scikit-learn, read from its folder without importing it.

They are small public tables. Their bytes are part of a corpus's key, so that another
version of the package with other data makes what was collected stale.

Boundaries in the plane whose course is known: where they are, and what is normal.

Every boundary is a level line `r(x, y) = 1` of a smooth function: below 1 a point is
inside, above it outside. The gradient of r is normal to every level line.

`super_ellipse`   r = ((x⁴ + y⁴) / 0.66 m)^(1/4), m the mean of x⁴ + y⁴ over the square
`circle`          r = √(x² + y²) / 35
`line`            r = 1 + (x + 2 y) / 100
`wave`            r = 1 + (y - 15 sin(x / 10)) / 50

The square is [-50, 50]² for all of them.

Source: the first is that of Ross, Hughes and Doshi-Velez (2017), notebook 2D Intuition;
there m is the mean of the sample, here that of the square.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import CorpusError, quote_text, suggest_nearest
from generator.core.invocation import find_install_command
from generator.corpora.base import Corpus, Document, SplitPart
from generator.corpora.files.text_files import RawFile, read_raw_file


def make_generator(purpose: str, *seed: int) -> np.random.Generator:
    """A generator of its own for each purpose and seed."""
    told = hashlib.sha256(purpose.encode()).digest()
    sequence = np.random.SeedSequence((int.from_bytes(told[:8], "big"), *seed))
    return np.random.Generator(np.random.PCG64(sequence))


PACKAGE_FOLDERS = ("datasets", "data")


def read_packaged_file(name: str) -> RawFile:
    """A file of scikit-learn's data. Raises `CorpusError`."""
    found = find_spec("sklearn")
    if found is None or found.origin is None:
        raise CorpusError(
            f"scikit-learn's {name}: the package is not installed; expected it, as the "
            f"data come with it: {find_install_command()}"
        )
    path = Path(found.origin).parent.joinpath(*PACKAGE_FOLDERS, name)
    if not path.is_file():
        raise CorpusError(
            f"scikit-learn's {name}: not where its data are; expected a version that "
            f"ships it: {find_install_command()}"
        )
    return read_raw_file(path, f"scikit-learn's {name}")


@lru_cache(maxsize=4)
def hash_packaged_file(name: str) -> str:
    """SHA-256 of the file. Raises `CorpusError`."""
    return read_packaged_file(name).sha256


def read_packaged_rows(name: str, *, header: bool) -> tuple[Array, NDArray[np.int64]]:
    """Rows (n, features) and the class (n,) of each, which is the last column.

    Raises `CorpusError` where a line is not made of numbers.
    """
    raw = read_packaged_file(name)
    data = gzip.decompress(raw.data) if name.endswith(".gz") else raw.data
    lines = list(csv.reader(io.StringIO(data.decode("utf-8"))))[1 if header else 0 :]
    try:
        found = np.array([[float(cell) for cell in line] for line in lines])
    except ValueError as error:
        raise CorpusError(
            f"{raw.place}: a line is not made of as many numbers as the others; "
            "install the package again"
        ) from error
    return found[:, :-1], found[:, -1].astype(np.int64)


Array = NDArray[np.float64]
BoundaryShape = Literal["super_ellipse", "circle", "line", "wave"]

EXTENT = 50.0
"""Half the side of the square."""
POWER = 4
LEVEL = 0.66 * 2 * EXTENT**POWER / (POWER + 1)
"""Of x⁴ + y⁴ on the super-ellipse; its mean over the square is 2 · 50⁴ / 5."""
RADIUS = 35.0
SLANT = np.array([1.0, 2.0]) / (2 * EXTENT)
HEIGHT, LENGTH = 15.0, 10.0


@dataclass(frozen=True, slots=True)
class Boundary:
    """A line in the plane between an inside and an outside."""

    shape: BoundaryShape

    def compute_ratio(self, points: Array) -> Array:
        """R at points (n, 2): 1 on the boundary, smaller inside, larger outside."""
        x, y = np.asarray(points, np.float64).T
        if self.shape == "super_ellipse":
            return np.asarray(((x**POWER + y**POWER) / LEVEL) ** (1 / POWER))
        if self.shape == "circle":
            return np.asarray(np.hypot(x, y) / RADIUS)
        if self.shape == "line":
            return np.asarray(1 + np.stack([x, y], -1) @ SLANT)
        return np.asarray(1 + (y - HEIGHT * np.sin(x / LENGTH)) / EXTENT)

    def compute_normals(self, points: Array) -> Array:
        """Directions (n, 2) in which r grows, not scaled to any length."""
        x, y = np.asarray(points, np.float64).T
        if self.shape == "super_ellipse":
            return np.stack([x ** (POWER - 1), y ** (POWER - 1)], -1)
        if self.shape == "circle":
            return np.stack([x, y], -1)
        if self.shape == "line":
            return np.broadcast_to(SLANT, (len(x), 2)).copy()
        slope = -HEIGHT / LENGTH * np.cos(x / LENGTH)
        return np.stack([slope, np.ones_like(slope)], -1)

    def compute_outline(self, count: int = 96) -> Array:
        """Points (count, 2) along the boundary, closed where the boundary is."""
        turn = np.linspace(0, 2 * np.pi, count)
        if self.shape in {"super_ellipse", "circle"}:
            rays = np.stack([np.cos(turn), np.sin(turn)], -1)
            return rays / self.compute_ratio(rays)[:, None]
        x = np.linspace(-EXTENT, EXTENT, count)
        y = -x / 2 if self.shape == "line" else HEIGHT * np.sin(x / LENGTH)
        return np.stack([x, y], -1)


Inputs = NDArray[np.float32]
Mask = NDArray[np.bool_]


def make_empty_inputs() -> Inputs:
    """No row."""
    return np.zeros((0, 0), np.float32)


@dataclass(frozen=True, eq=False)
class NumericCorpus(Corpus):
    """Rows of numbers in a fixed order.

    `masks` are annotation masks by name, each (features,) or (rows, features). `shape`
    is (rows, columns) or (rows, columns, channels) of a picture whose values the
    features are, in that order; empty where they are none. `ends` are the least and
    the largest value a feature of a picture can have.
    """

    inputs: Inputs = field(default_factory=make_empty_inputs)  # (rows, features)
    features: tuple[str, ...] = ()
    masks: tuple[tuple[str, Mask], ...] = ()
    shape: tuple[int, ...] = ()
    ends: tuple[float, float] | None = None
    boundary: Boundary | None = None

    def mask(self, name: str, rows: Sequence[int]) -> Mask:
        """The mask of these rows, (rows, features). Raises `CorpusError`."""
        known = dict(self.masks)
        if name not in known:
            raise CorpusError(
                f"mask: the corpus has no annotation mask {quote_text(name)}; "
                f"{suggest_nearest(name, known)}"
            )
        found = known[name]
        whole = (len(rows), len(self.features))
        return np.broadcast_to(found, whole) if found.ndim == 1 else found[list(rows)]


def make_numeric_corpus(
    inputs: NDArray[Any],
    labels: Sequence[str],
    names: Sequence[str],
    parts: Sequence[SplitPart | None] = (),
    **more: Any,  # noqa: ANN401 - fields of `NumericCorpus`
) -> NumericCorpus:
    """A corpus of these rows, `names` being the labels in their order."""
    sides = parts or (None,) * len(labels)
    documents = (
        Document("", label, part=part)
        for label, part in zip(labels, sides, strict=True)
    )
    return NumericCorpus(
        documents=tuple(documents),
        inputs=inputs.astype(np.float32),
        labels=tuple(names),
        **more,
    )


def require_numeric(corpus: Corpus | None) -> NumericCorpus:
    """`corpus`, which must hold numbers. Raises `CorpusError`."""
    if not isinstance(corpus, NumericCorpus):
        raise CorpusError("the corpus holds texts; expected rows of numbers")
    return corpus
