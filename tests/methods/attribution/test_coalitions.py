"""Shapley values: the axioms, and other ways to the same numbers."""

from __future__ import annotations

import itertools
from math import comb, factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import sem

from generator.methods.attribution.shapley_values import (
    all_coalitions,
    coalitions_of_orders,
    draw_orders,
    exact_values,
    marginal_contributions,
    standard_errors,
    with_reversed,
)

Array = NDArray[Any]
SIZES = st.integers(1, 8)
SEEDS = st.integers(0, 1000)


def game(tokens: int, seed: int) -> Array:
    """Values of all coalitions, drawn."""
    return np.random.default_rng(seed).normal(size=2**tokens)


def number(masks: Array) -> Array:
    """Which row of `every` each mask is."""
    return masks @ (1 << np.arange(masks.shape[1]))


def sampled(values: Array, orders: Array) -> Array:
    """What tokens added by pair, from the values of all coalitions."""
    return marginal_contributions(values[number(coalitions_of_orders(orders))], orders)


def brute(values: Array, tokens: int) -> Array:
    """The sum over all subsets, as the formula is written."""
    found = np.zeros(tokens)
    for token in range(tokens):
        others = [one for one in range(tokens) if one != token]
        for size in range(tokens):
            share = factorial(size) * factorial(tokens - size - 1) / factorial(tokens)
            for subset in itertools.combinations(others, size):
                before = sum(1 << one for one in subset)
                found[token] += share * (values[before | 1 << token] - values[before])
    return found


def kernel(values: Array, tokens: int) -> Array:
    """KernelSHAP over all coalitions: least squares that must sum to the whole."""
    masks = all_coalitions(tokens)[1:-1].astype(float)
    size = masks.sum(axis=1)
    weights = np.array(
        [(tokens - 1) / (comb(tokens, int(k)) * k * (tokens - k)) for k in size]
    )
    total = values[-1] - values[0]
    told = values[1:-1] - values[0] - masks[:, -1] * total
    rows = masks[:, :-1] - masks[:, -1:]
    roots = np.sqrt(weights)
    part = np.linalg.lstsq(rows * roots[:, None], told * roots)[0]
    return np.append(part, total - part.sum())


@pytest.mark.parametrize("tokens", range(1, 11))
def test_exact_is_the_formula(tokens: int) -> None:
    """The sum over subsets, to 1e-8 and better."""
    values = game(tokens, tokens)
    assert exact_values(values) == pytest.approx(brute(values, tokens), abs=1e-12)


@pytest.mark.parametrize("tokens", range(2, 11))
def test_exact_is_kernel_shap_with_all_coalitions(tokens: int) -> None:
    """Weighted least squares with Shapley's weights has the same solution."""
    values = game(tokens, tokens)
    assert exact_values(values) == pytest.approx(kernel(values, tokens), abs=1e-8)


@given(SIZES, SEEDS)
def test_efficiency(tokens: int, seed: int) -> None:
    """Exact or drawn, the values sum to that of all tokens less that of none."""
    values = game(tokens, seed)
    total = values[-1] - values[0]
    assert exact_values(values).sum() == pytest.approx(total, abs=1e-9)
    orders = with_reversed(draw_orders(tokens, 3, np.random.default_rng(seed)))
    assert sampled(values, orders).sum(axis=1) == pytest.approx([total] * 3, abs=1e-9)


@given(SIZES, SEEDS)
def test_a_dummy_has_exactly_nothing(tokens: int, seed: int) -> None:
    """A token that never changes the value scores 0, not almost 0."""
    values = np.tile(game(tokens, seed), 2)  # the last token is the highest bit
    assert exact_values(values)[-1] == 0
    orders = with_reversed(draw_orders(tokens + 1, 2, np.random.default_rng(seed)))
    assert (sampled(values, orders)[:, -1] == 0).all()


@given(st.integers(2, 8), SEEDS)
def test_symmetry(tokens: int, seed: int) -> None:
    """Two tokens that act alike score alike."""
    masks = all_coalitions(tokens)
    alike = np.column_stack([masks[:, 0] + masks[:, 1], masks[:, 2:]])
    table = {row: place for place, row in enumerate(sorted(set(map(tuple, alike))))}
    told = game(tokens, seed)
    found = exact_values(np.array([told[table[tuple(row)]] for row in alike]))
    assert found[0] == pytest.approx(found[1], abs=1e-12)


@given(SIZES, SEEDS, st.floats(-3, 3), st.floats(-3, 3))
def test_linearity(tokens: int, seed: int, left: float, right: float) -> None:
    """The scores of a mixture of games are the mixture of their scores."""
    one, two = game(tokens, seed), game(tokens, seed + 1)
    mixed = exact_values(left * one + right * two)
    assert mixed == pytest.approx(
        left * exact_values(one) + right * exact_values(two), abs=1e-9
    )


def test_a_linear_model_with_known_means() -> None:
    """With weights 1, 2, 0 each scores its weight times what it is above its mean."""
    weights, point, means = (
        np.array([1, 2, 0]),
        np.array([3, -1, 5]),
        np.array([1, 1, 2]),
    )
    values = np.where(all_coalitions(3), point, means) @ weights
    assert exact_values(values) == pytest.approx(weights * (point - means), abs=1e-12)
    orders = with_reversed(draw_orders(3, 1, np.random.default_rng(0)))
    assert sampled(values, orders)[0] == pytest.approx([2, -4, 0], abs=1e-12)


@given(st.integers(2, 7), SEEDS)
def test_one_pair_of_orders_is_exact_for_pairs_of_tokens(
    tokens: int, seed: int
) -> None:
    """Effects of one or two tokens are divided exactly by an order and its reverse."""
    draw = np.random.default_rng(seed)
    single, double = draw.normal(size=tokens), draw.normal(size=(tokens, tokens))
    masks = all_coalitions(tokens).astype(float)
    values = masks @ single + np.einsum("ni,ij,nj->n", masks, double, masks)
    orders = with_reversed(draw_orders(tokens, 1, draw))
    assert sampled(values, orders)[0] == pytest.approx(exact_values(values), abs=1e-9)


@given(SIZES, st.integers(1, 9), SEEDS)
def test_walks_go_from_nothing_to_everything(
    tokens: int, pairs: int, seed: int
) -> None:
    """Each step of an order adds its token and takes none away."""
    orders = with_reversed(draw_orders(tokens, pairs, np.random.default_rng(seed)))
    steps = coalitions_of_orders(orders).reshape(2 * pairs, tokens + 1, tokens)
    assert not steps[:, 0].any()
    assert steps[:, -1].all()
    came = steps[:, 1:] & ~steps[:, :-1]
    assert (came.sum(axis=2) == 1).all()
    assert (came.argmax(axis=2) == orders).all()
    assert (orders[pairs:] == orders[:pairs, ::-1]).all()


def test_all_orders_give_the_exact_values() -> None:
    """The mean over all orders is the value itself."""
    values = game(5, 1)
    orders = np.array(list(itertools.permutations(range(5))))
    found = sampled(values, with_reversed(orders)).mean(axis=0)
    assert found == pytest.approx(exact_values(values), abs=1e-12)


def test_standard_errors_say_how_far_the_mean_is() -> None:
    """Over many draws the error, in standard errors, has the spread 1."""
    values, known = game(6, 2), exact_values(game(6, 2))
    draw = np.random.default_rng(3)
    off = []
    for _ in range(300):
        pairs = sampled(values, with_reversed(draw_orders(6, 30, draw)))
        off.append((pairs.mean(axis=0) - known) / standard_errors(pairs))
    assert np.std(off) == pytest.approx(1, abs=0.1)
    assert np.mean(off) == pytest.approx(0, abs=0.1)
    assert np.isnan(standard_errors(np.ones((1, 4)))).all()


def test_orders_are_drawn_evenly() -> None:
    """Each order of three tokens is as likely."""
    orders = draw_orders(3, 30_000, np.random.default_rng(4))
    counts = np.unique(orders, axis=0, return_counts=True)[1]
    assert counts / 30_000 == pytest.approx([1 / 6] * 6, abs=0.01)


@given(st.integers(2, 5), SIZES, SEEDS)
def test_standard_errors_are_those_of_scipy(pairs: int, tokens: int, seed: int) -> None:
    """Of few pairs too, where a divisor one too large shows most."""
    adds = np.random.default_rng(seed).normal(size=(pairs, tokens))
    assert standard_errors(adds) == pytest.approx(sem(adds, axis=0), rel=1e-12)
    assert np.isnan(standard_errors(adds[:1])).all()
