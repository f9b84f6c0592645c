"""Tables of measurements: iris, breast cancer, and the two combined.

`iris`            150 flowers of three species, four measurements each
`breast_cancer`   569 tumours, malignant or benign, thirty measurements each
`iris_cancer`     100 rows that join a flower to a tumour: 50 of versicolor with a
                  malignant one, 50 of virginica with a benign one. Either half decides
                  the class. The annotation masks `iris` and `cancer` name the halves.

Features are in their own units, as the tables have them.

Source: Fisher (1936) for iris; Street, Wolberg and Mangasarian (1993) for breast
cancer; both as scikit-learn ships them. The combination is that of Ross, Hughes and
Doshi-Velez (2017), in `rrr/iris_cancer.py`, row for row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.corpora.base import (
    Annotation,
    Corpus,
    CorpusSpec,
    Folders,
    compute_corpus_key,
)
from generator.corpora.numeric.base import (
    hash_packaged_file,
    make_numeric_corpus,
    read_packaged_rows,
)

IRIS = ("sepal length", "sepal width", "petal length", "petal width")
SPECIES = ("setosa", "versicolor", "virginica")
TUMOURS = ("malignant", "benign")
MEASURES = (
    *("radius", "texture", "perimeter", "area", "smoothness", "compactness"),
    *("concavity", "concave points", "symmetry", "fractal dimension"),
)
CANCER = tuple(
    f"{kind} {one}" for kind in ("mean", "error", "worst") for one in MEASURES
)
ROWS_PER_CLASS = 50
"""Rows of each class in the combination."""
FILES = {"iris": "iris.csv", "breast_cancer": "breast_cancer.csv"}


@dataclass(frozen=True)
class PackagedTable:
    """A table as it is shipped."""

    rows: NDArray[np.float64]
    classes: NDArray[np.int64]

    def first_rows(self, place: int) -> NDArray[np.float64]:
        """The first rows of a class."""
        return np.asarray(self.rows[self.classes == place][:ROWS_PER_CLASS])


class Tables(CorpusSpec):
    """Rows of a table, each with its class."""

    document_noun: ClassVar[str] = "row"
    holds: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.NUMBERS}
    )
    kind: Literal["tables"] = "tables"
    table: Literal["iris", "breast_cancer", "iris_cancer"]
    """Which table."""

    def key(self, folders: Folders) -> str:
        """Hash of the settings and of the files."""
        del folders
        return compute_corpus_key(
            self, "/".join(hash_packaged_file(name) for name in self._files())
        )

    def load(self, folders: Folders) -> Corpus:
        """The rows. Raises `CorpusError`."""
        more: dict[str, Any] = {
            "key": self.key(folders),
            "source": f"{', '.join(self._files())} of scikit-learn (public data)",
        }
        if self.table == "iris_cancer":
            return combine_tables(more)
        whole = read_packaged_table(self.table)
        names = SPECIES if self.table == "iris" else TUMOURS
        labels = [names[place] for place in whole.classes]
        features = IRIS if self.table == "iris" else CANCER
        return make_numeric_corpus(whole.rows, labels, names, features=features, **more)

    def _files(self) -> tuple[str, ...]:
        one = FILES.get(self.table)
        return (one,) if one else tuple(FILES.values())


def read_packaged_table(name: str) -> PackagedTable:
    """A table of scikit-learn's."""
    return PackagedTable(*read_packaged_rows(FILES[name], header=True))


def combine_tables(more: dict[str, Any]) -> Corpus:
    """Iris and breast cancer, row beside row."""
    iris, cancer = read_packaged_table("iris"), read_packaged_table("breast_cancer")
    halves = [
        np.hstack([iris.first_rows(1 + place), cancer.first_rows(place)])
        for place in range(2)
    ]
    names = tuple(f"{SPECIES[1 + k]} with {TUMOURS[k]}" for k in range(2))
    is_iris = np.arange(len(IRIS) + len(CANCER)) < len(IRIS)
    return make_numeric_corpus(
        np.vstack(halves),
        [name for name, half in zip(names, halves, strict=True) for _ in half],
        names,
        features=(
            *(f"iris {one}" for one in IRIS),
            *(f"cancer {one}" for one in CANCER),
        ),
        masks=(("iris", is_iris), ("cancer", ~is_iris)),
        **more,
    )
