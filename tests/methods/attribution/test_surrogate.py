"""Linear models around a text: what is drawn, how it weighs, what is fitted."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.methods.attribution import lime_surrogate
from generator.methods.attribution.lime_surrogate import (
    draw_masks,
    fit_surrogate,
    proximity_weights,
)

Array = NDArray[Any]


def rng(*seed: int) -> np.random.Generator:
    """A generator."""
    return np.random.default_rng(seed)


def everything(tokens: int) -> Array:
    """All masks, the whole text first."""
    rows = itertools.product([True, False], repeat=tokens)
    return np.array(list(rows), np.bool_)


@given(st.integers(1, 30), st.integers(2, 60))
def test_the_first_text_is_whole_and_no_other(tokens: int, samples: int) -> None:
    """At least one token is hidden in every row after the first."""
    masks = draw_masks(tokens, samples, rng(tokens, samples))
    assert masks.shape == (samples, tokens)
    assert masks[0].all()
    assert not masks[1:].all(axis=1).any()


def test_how_many_are_hidden_is_even_and_so_is_which() -> None:
    """Each number of hidden tokens is as likely, and each token as likely hidden."""
    masks = draw_masks(6, 60_001, rng(1))[1:]
    sizes = np.bincount((~masks).sum(axis=1), minlength=7)
    assert sizes[0] == 0
    assert sizes[1:] / 60_000 == pytest.approx([1 / 6] * 6, abs=0.006)
    assert (~masks).mean(axis=0) == pytest.approx([7 / 12] * 6, abs=0.008)
    pairs = masks[(~masks).sum(axis=1) == 2]
    kinds = np.unique(pairs, axis=0, return_counts=True)[1] / len(pairs)
    assert kinds == pytest.approx([1 / 15] * 15, abs=0.01)


@given(st.integers(1, 12), st.floats(1, 100))
def test_weights_follow_the_cosine(tokens: int, width: float) -> None:
    """The weight is the kernel of a hundredfold cosine distance to the whole text."""
    masks = draw_masks(tokens, 20, rng(tokens))
    whole = np.ones(tokens)
    lengths = np.linalg.norm(masks, axis=1) * math.sqrt(tokens)
    cosines = np.divide(masks @ whole, lengths, out=np.zeros(20), where=lengths > 0)
    known = np.sqrt(np.exp(-((100 * (1 - cosines)) ** 2) / width**2))
    assert proximity_weights(masks, width) == pytest.approx(known, abs=1e-12)


@pytest.mark.parametrize("tokens", [2, 5, 12])
def test_ridge_is_the_augmented_least_squares(tokens: int) -> None:
    """The coefficients solve the problem with the penalty written as more rows."""
    masks = draw_masks(tokens, 200, rng(2, tokens))
    values, weights = rng(3).random(200), proximity_weights(masks, 25)
    found = fit_surrogate(masks, values, weights, tokens + 7)
    roots = np.sqrt(weights)[:, None]
    rows = np.hstack([masks * roots, roots])
    penalty = np.hstack([np.eye(tokens), np.zeros((tokens, 1))])
    told = np.concatenate([values * roots[:, 0], np.zeros(tokens)])
    known = np.linalg.lstsq(np.vstack([rows, penalty]), told)[0]
    assert found.coefficients == pytest.approx(known[:-1], abs=1e-12)
    assert found.intercept == pytest.approx(known[-1], abs=1e-12)
    assert found.local == pytest.approx(known.sum(), abs=1e-12)
    assert sorted(found.chosen) == list(range(tokens))


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=8), st.integers(0, 99))
def test_a_linear_value_is_found(told: list[float], seed: int) -> None:
    """Without a penalty exactly; with one within its shrinkage, in the same order."""
    true = np.array(told)
    masks = draw_masks(len(true), 3000, rng(seed))
    values, weights = 0.3 + masks @ true, proximity_weights(masks, 25)
    exact = fit_surrogate(masks, values, weights, 100, alpha=0)
    assert exact.coefficients == pytest.approx(true, abs=1e-8)
    assert exact.intercept == pytest.approx(0.3, abs=1e-8)
    assert exact.local == pytest.approx(0.3 + true.sum(), abs=1e-8)
    ridge = fit_surrogate(masks, values, weights, 100).coefficients
    sums = lime_surrogate.weighted_moments(masks.astype(float), values, weights)
    shrunk = 1 / (np.linalg.eigvalsh(sums.products)[0] + 1)
    assert np.abs(ridge - true).max() <= shrunk * np.linalg.norm(true) + 1e-12
    apart = np.abs(np.subtract.outer(np.abs(true), np.abs(true)))
    clear = apart > 2 * shrunk * np.linalg.norm(true) + 1e-9
    bigger = np.less.outer(np.abs(true), np.abs(true))
    assert (np.less.outer(np.abs(ridge), np.abs(ridge)) == bigger)[clear].all()


def test_r_squared_is_one_where_it_is_linear_and_less_elsewhere() -> None:
    """R² says how much is linear; its weights are those of the fit."""
    masks = everything(5)
    weights = proximity_weights(masks, 25)
    linear = fit_surrogate(masks, masks @ np.arange(5.0), weights, 10, alpha=0)
    assert linear.fidelity == pytest.approx(1)
    odd = fit_surrogate(masks, masks.sum(axis=1) % 2, np.ones(32), 10)
    assert odd.fidelity == pytest.approx(0, abs=1e-12)
    values = rng(4).random(32)
    found = fit_surrogate(masks, values, weights, 10)
    said = found.intercept + masks @ found.coefficients
    mean = np.average(values, weights=weights)
    parts = [np.average((values - one) ** 2, weights=weights) for one in (said, mean)]
    assert found.fidelity == pytest.approx(1 - parts[0] / parts[1])


def test_a_value_that_never_changes() -> None:
    """Every coefficient is 0 and there is no R²."""
    found = fit_surrogate(everything(3), np.full(8, 0.7), np.ones(8), 10)
    assert found.coefficients == pytest.approx([0, 0, 0], abs=1e-12)
    assert found.intercept == pytest.approx(0.7)
    assert math.isnan(found.fidelity)


@pytest.mark.parametrize("most", [1, 3, 6])
def test_forward_takes_what_adds_most(most: int) -> None:
    """Each chosen token raises R² most, among all that could be added."""
    masks = draw_masks(9, 400, rng(5))
    values, weights = rng(6).random(400) + masks[:, 2] * masks[:, 7], np.ones(400)
    taken: list[int] = []
    for _ in range(most):
        rest = [token for token in range(9) if token not in taken]
        gains = [explained(masks[:, [*taken, one]], values, weights) for one in rest]
        taken.append(rest[int(np.argmax(gains))])
    assert fit_surrogate(masks, values, weights, most).chosen.tolist() == taken


def explained(masks: Array, values: Array, weights: Array) -> float:
    """R² of least squares on all of these tokens."""
    return fit_surrogate(masks, values, weights, 100, alpha=0).fidelity


def test_above_six_the_largest_coefficients_are_taken() -> None:
    """Those of a ridge model of all tokens, the first token of equals."""
    masks = draw_masks(20, 4000, rng(7))
    true = np.where(np.arange(20) % 2, 1.0, 0.1) * np.arange(1, 21)
    found = fit_surrogate(masks, masks @ true, proximity_weights(masks, 25), 7)
    assert found.chosen.tolist() == [19, 17, 15, 13, 11, 9, 7]
    assert (found.coefficients != 0).tolist() == [
        place in found.chosen for place in range(20)
    ]
    same = fit_surrogate(everything(8), np.zeros(256), np.ones(256), 7)
    assert same.chosen.tolist() == list(range(7))


@pytest.mark.parametrize("most", [2, 10])
def test_tokens_that_cannot_be_told_apart(most: int) -> None:
    """Tokens hidden only together are said to be, and share what they add."""
    masks = everything(3)[:, [0, 0, 1]]
    found = fit_surrogate(masks, masks @ [1.0, 1.0, 0.5], np.ones(8), most)
    assert found.singular == (most == 10)
    assert np.isfinite(found.coefficients).all()
    assert (
        fit_surrogate(everything(3), np.arange(8.0), np.ones(8), 10).singular is False
    )
    only = fit_surrogate(np.ones((4, 2), np.bool_), np.ones(4), np.ones(4), 10)
    assert only.singular
    assert only.distinct == 1


@pytest.mark.parametrize("most", [1, 3, 4, 6])
def test_no_token_is_chosen_twice(most: int) -> None:
    """Tokens that are never hidden add nothing; still each is taken once."""
    masks = draw_masks(6, 50, rng(8))
    masks[:, 1:5] = True
    found = fit_surrogate(masks, rng(9).random(50), np.ones(50), most).chosen.tolist()
    assert len(found) == len(set(found)) == most
    assert set(found[:2]) <= {0, 5}


@given(st.integers(2, 20), st.integers(2, 40))
def test_distinct_texts_are_counted_whole(tokens: int, samples: int) -> None:
    """As many as there are different rows, however many bytes a row is packed into."""
    masks = draw_masks(tokens, samples, rng(tokens, samples))
    found = fit_surrogate(masks, masks.mean(axis=1), np.ones(samples), 2)
    assert found.distinct == len({tuple(row) for row in masks.tolist()})
