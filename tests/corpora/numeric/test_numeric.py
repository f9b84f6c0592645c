"""Corpora of numbers: what they promise of their rows, labels and masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.core.errors import CorpusError
from generator.corpora.base import Folders, split_corpus
from generator.corpora.numeric.base import (
    Boundary,
    BoundaryShape,
    NumericCorpus,
    require_numeric,
)
from generator.corpora.numeric.digits import DIGITS, Digits, compute_decoy_grey
from generator.corpora.numeric.points import Points
from generator.corpora.numeric.tabular import Tables
from generator.corpora.numeric.toy_colours import (
    CORNERS,
    TOP_MIDDLE,
    ToyColours,
    are_different,
    are_same,
)
from generator.corpora.synthetic.song_reviews import PlantedSongs

NOWHERE = Folders(Path("nowhere"), Path("nowhere"))
SHAPES: tuple[BoundaryShape, ...] = ("super_ellipse", "circle", "line", "wave")


def loaded(spec: Points | ToyColours | Tables | Digits) -> NumericCorpus:
    """The corpus of a spec, twice the same."""
    found, again = (require_numeric(spec.load(NOWHERE)) for _ in range(2))
    assert np.array_equal(found.inputs, again.inputs)
    assert found.key == spec.key(NOWHERE)
    assert len(found.documents) == len(found.inputs)
    assert found.inputs.shape[1] == len(found.features) == len(set(found.features))
    return found


def labels(corpus: NumericCorpus) -> np.ndarray:
    """The place of each row's label."""
    return np.array([corpus.labels.index(d.label or "") for d in corpus.documents])


@pytest.mark.parametrize("shape", SHAPES)
def test_normals_point_where_the_ratio_grows(shape: BoundaryShape) -> None:
    """A step along the normal raises r as much as finite differences say."""
    boundary, step = Boundary(shape), 1e-4
    points = np.random.default_rng(0).uniform(-45, 45, (50, 2))
    slopes = np.stack(
        [
            boundary.compute_ratio(points + step * axis)
            - boundary.compute_ratio(points - step * axis)
            for axis in np.eye(2)
        ],
        -1,
    )
    normals = boundary.compute_normals(points)
    sizes = np.linalg.norm(slopes, axis=1) * np.linalg.norm(normals, axis=1)
    assert (slopes * normals).sum(1) / sizes == pytest.approx(np.ones(50), abs=1e-6)
    assert boundary.compute_ratio(boundary.compute_outline()) == pytest.approx(
        np.ones(96), abs=1e-9
    )


def test_points_lie_on_the_side_that_their_label_says() -> None:
    """A point is inside where r is below 1, and both sides have many."""
    corpus = loaded(Points(documents=2000))
    assert corpus.boundary is not None
    outside = corpus.boundary.compute_ratio(corpus.inputs.astype(float)) > 1
    assert np.array_equal(labels(corpus), outside)
    assert 0.4 < outside.mean() < 0.6


def test_both_rules_decide_every_toy_picture() -> None:
    """Either rule alone gives the label of every picture, and all colours occur."""
    corpus = loaded(ToyColours(documents=3000))
    _, codes = np.unique(corpus.inputs.reshape(-1, 3), axis=0, return_inverse=True)
    pixels = codes.reshape(-1, 25)
    assert codes.max() == 3
    broken = labels(corpus).astype(bool)
    assert np.array_equal(are_same(pixels[:, CORNERS]), ~broken)
    assert np.array_equal(are_different(pixels[:, TOP_MIDDLE]), ~broken)
    assert corpus.mask("both", [0]).sum() == 3 * (len(CORNERS) + len(TOP_MIDDLE))


def test_iris_and_cancer_are_joined_row_by_row() -> None:
    """The halves are the rows of the two tables, 50 of each of two classes."""
    corpus = loaded(Tables(table="iris_cancer"))
    iris = loaded(Tables(table="iris"))
    cancer = loaded(Tables(table="breast_cancer"))
    assert corpus.inputs.shape == (100, 34)
    assert np.array_equal(corpus.inputs[:, :4], iris.inputs[50:])
    first = cancer.inputs[labels(cancer) == 0][:50]
    assert np.array_equal(corpus.inputs[:50, 4:], first)
    halves = corpus.mask("iris", [0]), corpus.mask("cancer", [0])
    assert np.array_equal(halves[0], ~halves[1])
    assert halves[0].sum() == 4


def test_the_decoy_says_the_digit_in_training_and_nothing_in_test() -> None:
    """Its grey value is the label's on one side and independent of it on the other."""
    corpus = loaded(Digits())
    every = list(range(len(corpus.documents)))
    mask, digits = corpus.mask("decoy", every), labels(corpus)
    assert (mask.sum(1) == 9).all()
    patch = np.where(mask, corpus.inputs, -1).max(1)
    said = np.abs(patch[:, None] - compute_decoy_grey(np.arange(DIGITS))).argmin(1)
    tested = np.array([d.part == "test" for d in corpus.documents])
    assert (said[~tested] == digits[~tested]).all()
    assert 0.05 < (said[tested] == digits[tested]).mean() < 0.15
    plain = loaded(Digits(decoy=False))
    assert np.array_equal(plain.inputs[~mask], corpus.inputs[~mask])
    assert split_corpus(plain, 0.1, 0.2, 1) == split_corpus(corpus, 0.1, 0.2, 1)


def test_an_unknown_mask_names_the_nearest() -> None:
    """The message says which masks there are."""
    corpus = loaded(ToyColours(documents=20))
    with pytest.raises(CorpusError, match=r"no annotation mask .*corners"):
        corpus.mask("corner", [0])


def test_texts_are_no_numbers() -> None:
    """What needs rows says so of a corpus of texts."""
    with pytest.raises(CorpusError, match="holds texts"):
        require_numeric(PlantedSongs(documents=3).load(NOWHERE))
