"""Methods about rows of numbers, asked of a model whose gradients are known."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.artifacts import Artifact, Estimates, FeatureScores, Plane, Predictions
from generator.core.errors import CorpusError, UnsupportedError
from generator.corpora.base import Folders
from generator.corpora.numeric.base import LEVEL, NumericCorpus, require_numeric
from generator.corpora.numeric.points import Points
from generator.corpora.numeric.tabular import Tables
from generator.corpora.numeric.toy_colours import ToyColours
from generator.methods.base import Context
from generator.methods.common.feature_rows import find_used
from generator.methods.evaluation.predictions import ClassifierPredictions
from generator.methods.inputs.boundary import BoundaryMap, BoundaryTests
from generator.methods.inputs.feature_gradients import FeatureGradients
from generator.methods.inputs.feature_usage import FeatureUsage
from generator.models.base import Quantity, TrainingLog
from generator.models.capabilities import RowClassifier, RowGradients

NOWHERE = Folders(Path("nowhere"), Path("nowhere"))


@dataclass
class Known:
    """A model of two labels whose logit difference is `score(rows)`, slopes known."""

    labels: tuple[str, ...]
    features: tuple[str, ...]
    score: Any
    slope: Any
    epoch: int = 1

    def predict(self, rows: Any) -> Any:
        """Probabilities (rows, 2)."""
        p = 1 / (1 + np.exp(-self.score(rows.astype(float))))
        return np.stack([1 - p, p], -1).astype(np.float32)

    def compute_gradients(
        self, rows: Any, quantity: Quantity = "probability", label: Any = None,
        *, summed: bool = False,
    ) -> RowGradients:  # fmt: skip
        """By the chain rule, on paper."""
        assert not summed
        p = 1 / (1 + np.exp(-self.score(rows.astype(float))))
        both = np.stack([1 - p, p], -1)
        chosen = both.argmax(1) if label is None else np.full(len(rows), label)
        sign, of = np.where(chosen == 1, 1.0, -1.0), both[np.arange(len(rows)), chosen]
        by_score = sign * p * (1 - p) / (of if quantity == "log probability" else 1)
        return RowGradients(
            of, by_score[:, None] * self.slope(rows.astype(float)), both
        )


@dataclass
class Trained:
    """A model with its log."""

    model: Known
    log: TrainingLog

    def at(self, epoch: Any) -> Known:
        """The one state."""
        del epoch
        return self.model


def make_context(corpus: NumericCorpus, model: Known, *read: Artifact) -> Context:
    """Everything but the first tenth is tested."""
    count = len(corpus.documents)
    log = TrainingLog(
        epochs=(0, 1), losses=(math.nan, 1.0), validation_losses=(math.nan, math.nan),
        best=1, windows=1, held_out=(), tested=tuple(range(count // 10, count)),
        seconds=None, fingerprint=(),
    )  # fmt: skip
    return Context(Trained(model, log), corpus, read, (1, 2))


def perfect(corpus: NumericCorpus) -> Known:
    """A model of points that knows the boundary and gets surer away from it."""
    boundary = corpus.boundary
    assert boundary is not None

    def slope(rows: np.ndarray) -> np.ndarray:
        """The gradient of 20 (r - 1)."""
        normals = boundary.compute_normals(rows)
        if boundary.shape == "line":
            return 20 * normals
        ratio = np.maximum(boundary.compute_ratio(rows), 1e-9)[:, None]
        return 20 * normals / LEVEL / ratio**3

    return Known(
        corpus.labels,
        corpus.features,
        lambda x: 20 * (boundary.compute_ratio(x) - 1),
        slope,
    )


@pytest.fixture(scope="module")
def points() -> NumericCorpus:
    """Points around the super-ellipse."""
    return require_numeric(Points(documents=3000).load(NOWHERE))


def by_name(table: Estimates) -> dict[str, Any]:
    """The rows of a table."""
    return {row.name: row for row in table.rows}


def test_the_known_model_is_a_row_classifier(points: NumericCorpus) -> None:
    """What tests ask is what methods ask for."""
    assert isinstance(perfect(points), RowClassifier)


@pytest.mark.parametrize("quantity", ["probability", "log probability"])
def test_a_perfect_models_gradients_are_normal(
    points: NumericCorpus, quantity: Quantity
) -> None:
    """Every cosine is 1, whichever side the model says; shuffled ones are not."""
    method = BoundaryTests(method="boundary_tests", model="m", quantity=quantity)
    table = method.collect(make_context(points, perfect(points)))
    found = by_name(table)
    assert found["median cosine"].value == pytest.approx(1, abs=1e-6)
    assert found["tenth percentile"].value == pytest.approx(1, abs=1e-6)
    rows = found["median cosine"].n
    assert table.notes[1] == f"the cosine is above 0.99 for {rows} of {rows} rows"
    assert abs(found["median of shuffled gradients"].value) < 0.5


def test_a_wrong_model_is_not_called_normal(points: NumericCorpus) -> None:
    """Gradients turned by a right angle have a cosine of 0."""
    model = perfect(points)
    straight = model.slope
    model = replace(
        model, slope=lambda rows: straight(rows)[:, ::-1] * np.array([1.0, -1.0])
    )
    table = BoundaryTests(method="boundary_tests", model="m").collect(
        make_context(points, model)
    )
    assert by_name(table)["median cosine"].value == pytest.approx(0, abs=0.2)


def test_sizes_are_ratios_of_medians(points: NumericCorpus) -> None:
    """Max p and log max p differ by a factor of 2 at most; a fixed label's may not."""
    model = perfect(points)
    method = BoundaryTests(method="boundary_tests", model="m", test="size")
    found = by_name(method.collect(make_context(points, model)))
    p, log = (found[f"{w} of the predicted label"].value for w in ("p", "log p"))
    assert abs(p - log) < math.log10(2) + 0.01
    assert p > 2
    assert found["log p of outside"].value < 1, "far away is mostly inside"


def test_too_few_rows_near_the_boundary_are_refused(points: NumericCorpus) -> None:
    """The message says what to give more of."""
    few = replace(points, documents=points.documents[:20], inputs=points.inputs[:20])
    method = BoundaryTests(method="boundary_tests", model="m")
    with pytest.raises(CorpusError, match="near the boundary"):
        method.collect(make_context(few, perfect(points)))


def test_the_field_names_what_it_differentiates(points: NumericCorpus) -> None:
    """Values and gradients are the model's at each point; p and log p are named."""
    model = perfect(points)
    for quantity, label in (("probability", None), ("log probability", "outside")):
        method = BoundaryMap(
            method="boundary", model="m", quantity=quantity, label=label, points=5
        )
        found = method.collect(make_context(points, model))
        assert isinstance(found, Plane)
        at = np.array([[found.x[3], found.y[1]]])
        exact = model.compute_gradients(at, quantity, None if label is None else 1)
        assert found.gradients[1, 3] == pytest.approx(exact.gradients[0], rel=1e-5)
        assert found.values[1, 3] == pytest.approx(exact.values[0], rel=1e-5)
        assert quantity in found.function
        assert (label or "predicted") in found.function
        assert found.outline.shape[1] == 2
    with pytest.raises(CorpusError, match="no inner"):
        BoundaryMap(method="boundary", model="m", label="inner").collect(
            make_context(points, model)
        )


def linear(corpus: NumericCorpus, weights: np.ndarray) -> Known:
    """A linear model with these weights."""
    centre = corpus.inputs.mean(0)
    return Known(
        corpus.labels,
        corpus.features,
        lambda rows: (rows - centre) @ weights * 1e-3,
        lambda rows: np.tile(weights * 1e-3, (len(rows), 1)),
    )


def colours(masked: str) -> tuple[NumericCorpus, Known]:
    """Toy colours, and a model that uses one mask's pixels and nothing else."""
    corpus = require_numeric(ToyColours(documents=300).load(NOWHERE))
    return corpus, linear(corpus, corpus.mask(masked, [0])[0].astype(float))


def test_usage_of_a_mask_is_all_or_nothing_where_it_is() -> None:
    """A model of the corners uses corners alone, and an even one what is even."""
    corpus, model = colours("corners")
    for mask, share in (("corners", 1.0), ("top middle", 0.0), ("both", 1.0)):
        method = FeatureUsage(method="feature_usage", model="m", mask=mask)
        found = method.collect(make_context(corpus, model))
        assert found.rows[0].value == pytest.approx(share)
    assert found.reference == pytest.approx(7 / 25)
    even = linear(corpus, np.ones(75))
    found = method.collect(make_context(corpus, even))
    assert found.rows[0].value == pytest.approx(7 / 25)


def test_the_top_ten_counts_features() -> None:
    """Of a table whose masked features have the largest weights all four are there."""
    corpus = require_numeric(Tables(table="iris_cancer").load(NOWHERE))
    weights = np.r_[np.full(4, 3.0), np.linspace(1, 2, 30)]
    method = FeatureUsage(method="feature_usage", model="m", mask="iris", measure="top")
    found = method.collect(make_context(corpus, linear(corpus, weights)))
    assert found.rows[0].value == 4
    assert found.reference == pytest.approx(10 * 4 / 34)
    other = method.collect(make_context(corpus, linear(corpus, 4 - weights)))
    assert other.rows[0].value == 0


def test_other_models_stand_beside_it() -> None:
    """Their first rows are added under their names; other tables are refused."""
    corpus, model = colours("corners")
    first = FeatureUsage(method="feature_usage", model="m", mask="corners").collect(
        make_context(corpus, model)
    )
    method = FeatureUsage(
        method="feature_usage", model="n", mask="corners", against=("first",),
        names=("right reasons", "plain"),
    )  # fmt: skip
    _, other = colours("top middle")
    found = method.collect(make_context(corpus, other, first))
    assert [(r.name, r.value) for r in found.rows] == [
        ("right reasons", 0.0),
        ("plain", 1.0),
    ]
    with pytest.raises(UnsupportedError, match="no table of this quantity"):
        method.collect(make_context(corpus, other, replace(first, quantity="other")))


def test_scores_of_pictures_are_of_pixels() -> None:
    """Channels are joined, names are places, and the masked pixels are marked."""
    corpus, model = colours("corners")
    method = FeatureGradients(method="feature_gradients", model="m", mask="corners")
    found = method.collect(make_context(corpus, model))
    assert isinstance(found, FeatureScores)
    assert found.shape == (5, 5)
    assert found.features[4] == "row 1, column 5"
    (panel,) = found.panels
    assert panel.marked.tolist() == [0, 4, 20, 24]
    assert np.flatnonzero(panel.scores).tolist() == [0, 4, 20, 24]
    assert panel.scores.max() == 1


def test_a_share_has_no_unit_and_a_gradient_has() -> None:
    """How often a feature was used is a share; slopes are of what, per what."""
    corpus, model = colours("corners")
    units = {
        kind: FeatureGradients(method="feature_gradients", model="m", kind=kind)
        .collect(make_context(corpus, model))
        .unit
        for kind in ("used", "size", "gradient")
    }
    assert units["used"] == ""
    assert units["size"] == units["gradient"]
    assert units["size"].endswith("per unit of a feature")


def test_per_deviation_multiplies_by_the_training_rows() -> None:
    """A gradient per standard deviation is that per unit, times the deviation."""
    corpus = require_numeric(Tables(table="iris_cancer").load(NOWHERE))
    model = linear(corpus, np.ones(34))
    made = [
        FeatureGradients(
            method="feature_gradients", model="m", kind="gradient", per=per, shown=2
        ).collect(make_context(corpus, model))
        for per in ("unit", "deviation")
    ]
    deviations = corpus.inputs[:10].std(0)
    for one, other in zip(made[0].panels, made[1].panels, strict=True):
        assert other.scores == pytest.approx(one.scores * deviations, rel=1e-4)
        assert one.row == other.row
    assert made[0].signed


def test_nothing_was_used_where_all_gradients_are_zero() -> None:
    """No feature is larger than 0.67 times nothing."""
    found = find_used(np.array([[0.0, 0.0], [0.5, 1.0], [0.68, 1.0]]))
    assert found.tolist() == [[False, False], [False, True], [True, True]]


def test_masked_features_are_zero_when_asked_without_them() -> None:
    """Answers are those to rows with 0 in the mask's places, in their own units."""
    corpus = require_numeric(Tables(table="iris_cancer").load(NOWHERE))
    model = linear(corpus, np.r_[np.full(4, 200.0), np.zeros(30)])
    whole = ClassifierPredictions(method="predictions", model="m")
    without = ClassifierPredictions(method="predictions", model="m", without="iris")
    assert "without" not in whole.model_dump()
    found = without.collect(make_context(corpus, model))
    assert isinstance(found, Predictions)
    assert np.ptp(found.probabilities, 0) == pytest.approx([0, 0])
    assert (
        np.ptp(whole.collect(make_context(corpus, model)).probabilities, 0).min() > 0.1
    )
    rows = corpus.inputs[found.documents].copy()
    rows[:, :4] = 0
    assert found.probabilities == pytest.approx(model.predict(rows))
