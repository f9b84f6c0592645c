"""Confusion matrices: counts are the artifact's, colours are shares of rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from generator.artifacts import Predictions
from generator.core.errors import FigureError
from generator.figures.formatting import phrase_text
from generator.figures.statistics.confusion import Confusion, ConfusionView
from tests.figures import scored


def view(made: Predictions) -> ConfusionView:
    """What a confusion matrix shows."""
    return Confusion(figure="confusion", artifact="a").view(made)


@pytest.mark.parametrize("labels", [scored.LABELS, scored.FIVE])
def test_cells_count_documents(labels: tuple[str, ...]) -> None:
    """Row i, column j holds the documents of label i whose most probable label is j."""
    made = scored.predictions(labels, 300)
    drawn = view(made)
    said = made.probabilities.argmax(1)
    assert drawn.labels == labels
    for i, row in enumerate(drawn.rows):
        total = int((made.truths == i).sum())
        assert row.total == str(total)
        for j, cell in enumerate(row.cells):
            n = int(((made.truths == i) & (said == j)).sum())
            assert cell.count == str(n)
            assert drawn.scale
            assert cell.css == drawn.scale.shade(n / total)
            assert cell.right == (i == j)


def test_the_scale_is_fixed() -> None:
    """Shares are drawn from 0 to 1 whatever the data, and the legend says so."""
    scale = view(scored.predictions()).scale
    assert scale
    assert (scale.bound, scale.origin) == (1.0, "fixed")
    assert "fixed" in scale.note


def test_recall_precision_and_right_are_shares_of_counts() -> None:
    """Sums of the matrix stand at its edges."""
    made = Predictions(
        labels=("a", "b"),
        documents=np.arange(4, dtype=np.int32),
        truths=np.array([0, 0, 0, 1], np.int32),
        probabilities=np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32),
        part="test",
    )
    drawn = view(made)
    assert [row.recall for row in drawn.rows] == ["0.67", "1.00"]
    assert drawn.precisions == ("1.00", "0.50")
    assert [stat.value for stat in drawn.stats] == ["0.75", "0.75"]
    assert phrase_text(drawn.summary) == (
        "Of 4 test examples, 3 are predicted right (0.75); the most frequent mistake "
        "is b for a, 1 of 3."
    )


def test_a_label_without_documents_has_no_colour() -> None:
    """A share of nothing is a dash, not a zero."""
    made = scored.predictions()
    drawn = view(replace(made, truths=np.zeros_like(made.truths)))
    assert {cell.css for cell in drawn.rows[1].cells} == {""}
    assert drawn.rows[1].recall == "–"


def test_what_is_there_is_never_nothing_per_cent() -> None:
    """One document of a thousand is less than 1 %, not 0 %."""
    truths = np.zeros(1000, np.int32)
    chances = np.tile(np.array([[0.9, 0.1]], np.float32), (1000, 1))
    chances[0] = (0.1, 0.9)
    made = Predictions(
        labels=("a", "b"), documents=np.arange(1000, dtype=np.int32), truths=truths,
        probabilities=chances, part="validation",
    )  # fmt: skip
    assert [cell.share for cell in view(made).rows[0].cells] == ["100%", "<1%"]


def test_what_cannot_be_counted_is_told() -> None:
    """No document, a missing column, a label that is none: errors with a reason."""
    made = scored.predictions()
    with pytest.raises(FigureError, match="no example"):
        view(
            replace(
                made,
                truths=made.truths[:0],
                documents=made.documents[:0],
                probabilities=made.probabilities[:0],
            )
        )
    with pytest.raises(FigureError, match="400 by 1; expected 400 by 2"):
        view(replace(made, probabilities=made.probabilities[:, :1]))
    with pytest.raises(FigureError, match="a true label is none of 2 labels"):
        view(replace(made, truths=made.truths + 1))
