"""Shapley values of a game over the tokens of a text, exact or by random orders.

A game gives every coalition, the tokens that stay, a value.

- Exact (`all_coalitions`, `exact_values`): a token's value is what it adds to a
coalition
  of the others, weighed by `|S|! (n − |S| − 1)! / n!` over all coalitions S.
- By orders (`coalitions_of_orders`, `marginal_contributions`): tokens join in a random
  order, and each is credited with what it adds when it joins. The mean over all orders
  is
  the same number. Each order is taken together with its reverse: what a token adds
  early
  and what it adds late are averaged, so that a game of single tokens and pairs is exact
  after one such pair.

In either the values of a text sum to that of all tokens less that of none, to rounding.

Source: Shapley (1953), A value for n-person games; Lundberg and Lee (2017), arXiv
1705.07874; orders with their reverses: Mitchell, Cooper, Frank and Holmes (2022),
arXiv 2104.12199.
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from generator.methods.common.perturbation import Array, Masks

Orders = NDArray[np.intp]
"""(orders, tokens): the tokens as they join."""


def all_coalitions(tokens: int) -> Masks:
    """Return all coalitions, (2^tokens, tokens); row r has the tokens of r's set bits."""
    rows = np.arange(2**tokens)[:, None]
    return np.asarray((rows >> np.arange(tokens)) & 1, dtype=np.bool_)


def exact_values(values: Array) -> Array:
    """Compute exact Shapley values.

    Args:
        values: Values of all coalitions, (2^tokens,), in the order of `all_coalitions`.

    Returns:
        (tokens,).
    """
    tokens = len(values).bit_length() - 1
    rows = np.arange(len(values))
    sizes = all_coalitions(tokens).sum(axis=1)
    shapley = np.empty(tokens)
    for token in range(tokens):
        without = rows[(rows >> token) & 1 == 0]
        adds = values[without | (1 << token)] - values[without]
        shapley[token] = adds @ coalition_weights(tokens)[sizes[without]]
    return shapley


def coalition_weights(tokens: int) -> Array:
    """Return the Shapley weight of a coalition of the others by its size, (tokens,)."""
    return np.array([1 / (tokens * comb(tokens - 1, k)) for k in range(tokens)])


def draw_orders(tokens: int, pairs: int, rng: np.random.Generator) -> Orders:
    """Draw random orders of tokens.

    Args:
        tokens: How many tokens.
        pairs: How many orders; each is later paired with its reverse.
        rng: The source of randomness.

    Returns:
        (pairs, tokens).
    """
    return rng.permuted(np.tile(np.arange(tokens), (pairs, 1)), axis=1)


def with_reversed(orders: Orders) -> Orders:
    """Append to orders the reverse of each, (2 × pairs, tokens)."""
    return np.concatenate([orders, orders[:, ::-1]])


def coalitions_of_orders(orders: Orders) -> Masks:
    """Return the coalitions met as tokens join: none, one, … all of them.

    Args:
        orders: (orders, tokens).

    Returns:
        (orders × (tokens + 1), tokens).
    """
    tokens = orders.shape[1]
    ranks = np.argsort(orders, axis=1)
    steps = np.arange(tokens + 1)[:, None]
    return np.asarray((ranks[:, None, :] < steps).reshape(-1, tokens))


def marginal_contributions(values: Array, orders: Orders) -> Array:
    """Compute what each token adds, averaged over an order and its reverse.

    Args:
        values: Values of `coalitions_of_orders(orders)`.
        orders: The result of `with_reversed`, (2 × pairs, tokens).

    Returns:
        (pairs, tokens).
    """
    count, tokens = orders.shape
    adds = np.diff(values.reshape(count, tokens + 1), axis=1)
    contributions = np.empty_like(adds)
    np.put_along_axis(contributions, orders, adds, axis=1)
    return np.asarray((contributions[: count // 2] + contributions[count // 2 :]) / 2)


def standard_errors(pairs: Array) -> Array:
    """Compute standard errors of the mean over pairs of orders, which are independent.

    Args:
        pairs: (pairs, tokens).

    Returns:
        (tokens,), NaN where there is but one pair.
    """
    if len(pairs) < 2:  # noqa: PLR2004 - a standard deviation needs two values
        return np.full(pairs.shape[1], np.nan)
    return np.asarray(pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs)))
