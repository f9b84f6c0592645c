"""Our Shapley values are those of the `shap` package."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.methods.attribution.shapley_values import (
    all_coalitions,
    coalitions_of_orders,
    exact_values,
    marginal_contributions,
    with_reversed,
)

pytestmark = pytest.mark.peer

Array = NDArray[Any]


@pytest.fixture(scope="module")
def shap() -> Any:
    """The package. It warns while it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap as found

        return found


class Game:
    """A function of points with interactions, and a point to explain against 0."""

    def __init__(self, tokens: int) -> None:
        draw = np.random.default_rng(tokens)
        self.layers = draw.normal(size=(tokens, 8)), draw.normal(size=8)
        self.point = draw.uniform(0.5, 2, tokens)

    def __call__(self, points: Array) -> Array:
        """Values of points (n, tokens)."""
        return np.tanh(points @ self.layers[0]) @ self.layers[1]

    def values(self, masks: Array) -> Array:
        """Values of coalitions: a token that is out has the value 0."""
        return self(np.where(masks, self.point, 0))

    def explained(self, explainer: Any, **more: Any) -> Array:
        """What the package makes of the point."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = explainer(self.point[None], **more)
        return np.asarray(found.values[0])


def background(shap: Any, tokens: int) -> Any:
    """Every token out is 0."""
    return shap.maskers.Independent(np.zeros((1, tokens)))


@pytest.mark.slow(5)
@pytest.mark.parametrize("tokens", [1, 2, 5, 8, 10])
def test_exact_values_are_the_same(shap: Any, tokens: int) -> None:
    """All coalitions of up to ten tokens, to 1e-8."""
    game = Game(tokens)
    theirs = game.explained(shap.explainers.Exact(game, background(shap, tokens)))
    assert exact_values(game.values(all_coalitions(tokens))) == pytest.approx(
        theirs, abs=1e-8
    )


@pytest.mark.slow(6)
@pytest.mark.parametrize("tokens", [3, 8, 15])
def test_the_same_orders_give_the_same_values(shap: Any, tokens: int) -> None:
    """With the package's own orders, drawn by its seed, the estimates are equal."""
    game, pairs = Game(tokens), 6
    explainer = shap.explainers.Permutation(game, background(shap, tokens), seed=5)
    theirs = game.explained(explainer, max_evals=pairs * (2 * tokens + 1))
    drawn = np.random.RandomState(5)
    order, orders = np.arange(tokens), []
    for _ in range(pairs):
        drawn.shuffle(order)
        orders.append(order.copy())
    ours = with_reversed(np.array(orders))
    found = marginal_contributions(game.values(coalitions_of_orders(ours)), ours).mean(
        axis=0
    )
    assert found == pytest.approx(theirs, abs=1e-8)
