"""Data sets that come with scikit-learn, read from its folder without importing it.

They are small public tables. Their bytes are part of a corpus's key, so that another
version of the package with other data makes what was collected stale.
"""

from __future__ import annotations

import csv
import gzip
import io
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generator.corpora.reading import Raw, read
from generator.errors import CorpusError
from generator.invocation import install

PLACE = ("datasets", "data")
Array = NDArray[np.float64]


def packaged(name: str) -> Raw:
    """A file of scikit-learn's data. Raises `CorpusError`."""
    found = find_spec("sklearn")
    if found is None or found.origin is None:
        raise CorpusError(
            f"scikit-learn's {name}: the package is not installed; expected it, as the "
            f"data come with it: {install()}"
        )
    path = Path(found.origin).parent.joinpath(*PLACE, name)
    if not path.is_file():
        raise CorpusError(
            f"scikit-learn's {name}: not where its data are; expected a version that "
            f"ships it: {install()}"
        )
    return read(path, f"scikit-learn's {name}")


@lru_cache(maxsize=4)
def hash_of(name: str) -> str:
    """SHA-256 of the file. Raises `CorpusError`."""
    return packaged(name).sha256


def table(name: str, *, header: bool) -> tuple[Array, NDArray[np.int64]]:
    """Rows (n, features) and the class (n,) of each, which is the last column.

    Raises `CorpusError` where a line is not made of numbers.
    """
    raw = packaged(name)
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
