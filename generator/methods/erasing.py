"""Words taken away in an order, or kept in it, and what the model then answers.

An order is (tokens,): places of tokens, the most important first. Orders are erased
together: masks of all of them come one order after the other, its counts within.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.attributing import Case
from generator.methods.coalitions import Orders
from generator.methods.perturbing import Array, Masks, Operator
from generator.methods.players import Players, answered

Counts = NDArray[np.intp]
"""(counts,): how many tokens."""
SLACK = 1e-9
"""Rounding of a share of tokens: three tenths of ten are three."""


def ranked(scores: NDArray[np.floating[Any]]) -> NDArray[np.intp]:
    """Tokens by falling score, ties by their place; what has no score comes last."""
    return np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable")


def counts(tokens: int, shares: Sequence[float]) -> Counts:
    """So many tokens as each share comes to, rounded up."""
    return np.ceil(np.asarray(shares) * tokens - SLACK).astype(np.intp)


def first(orders: Orders, these: Counts) -> Masks:
    """The first tokens of each order, (orders × counts, tokens)."""
    ranks = np.argsort(orders, axis=1)
    found = ranks[:, None, :] < these[:, None]
    return np.asarray(found.reshape(-1, orders.shape[1]))


def chances(asked: Iterable[tuple[Case, Masks]], operator: Operator) -> Iterator[Array]:
    """The probability of each case's label under its masks, (masks,), case by case.

    All cases are of one model. As many as memory allows are asked about together.
    """
    labels: list[int] = []

    def games() -> Iterator[tuple[Players, Masks]]:
        for case, masks in asked:
            labels.append(case.label)
            yield Players(case, np.arange(case.size), operator), masks

    for place, (_, rows) in enumerate(answered(games())):
        yield rows[:, labels[place]]
