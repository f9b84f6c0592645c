"""What is explained of a prediction: probabilities, their logarithms, their odds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.methods.common.perturbation import (
    apply_masks,
    explained_value,
    leave_out_masks,
)


@given(st.floats(1e-12, 1e-3), st.integers(2, 4), st.integers(0, 1))
def test_log_odds_keep_their_digits_near_one(
    rest: float, labels: int, own: int
) -> None:
    """Of float32 answers they are the logarithm of a ratio, taken in long double.

    One less a probability near 1 would have no digits left.
    """
    row = np.full(labels, rest, np.float32)
    row[own] = 1
    others = np.delete(row.astype(np.longdouble), own).sum()
    known = np.log(np.longdouble(row[own]) / others)
    assert explained_value(row[None], own, "log odds") == pytest.approx(
        float(known), rel=1e-12
    )
    for other in set(range(labels)) - {own}:
        ratio = row[other] / np.delete(row.astype(np.longdouble), other).sum()
        found = explained_value(row[None], other, "log odds")
        assert found == pytest.approx(float(np.log(ratio)), rel=1e-6)


def test_each_scale_is_of_the_label_alone() -> None:
    """A probability is itself; its logarithm has a floor, so that it stays finite."""
    rows = np.array([[0.2, 0.3, 0.5], [0.0, 0.4, 0.6]])
    assert explained_value(rows, 0, "probability").tolist() == [0.2, 0.0]
    assert explained_value(rows, 1, "log probability") == pytest.approx(
        np.log([0.3, 0.4])
    )
    assert np.isfinite(explained_value(rows, 0, "log odds")).all()


def test_tokens_are_taken_out_or_replaced() -> None:
    """Removed, the others move together; filled, they keep their places."""
    masks = leave_out_masks(3)
    assert masks.sum(axis=1).tolist() == [3, 2, 2, 2]
    filled = {"unknown": 1, "pad": 0}
    assert apply_masks([7, 8, 9], masks, "remove")[1:] == [(8, 9), (7, 9), (7, 8)]
    assert apply_masks([7, 8, 9], masks, "unknown", filled)[2] == (7, 1, 9)  # type: ignore[arg-type]
    assert apply_masks([7, 8, 9], masks, "pad", filled)[3] == (7, 8, 0)  # type: ignore[arg-type]
