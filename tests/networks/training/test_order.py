"""The order of training, which is computed and never stored."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.networks.training.batches import Order


@given(size=st.integers(1, 5000), seed=st.integers(0, 2**70), epoch=st.integers(0, 99))
def test_every_example_comes_once(size: int, seed: int, epoch: int) -> None:
    """An order is a permutation, whatever the size, the seed and the epoch."""
    assert np.array_equal(np.sort(Order(size, seed, epoch)(0, size)), np.arange(size))


@given(
    size=st.integers(1, 3000), start=st.integers(0, 3000), length=st.integers(0, 300)
)
def test_a_piece_is_a_piece_of_the_whole(size: int, start: int, length: int) -> None:
    """A batch asked alone is what the whole order holds there, cut at its end."""
    order = Order(size, 7, 2)
    whole = order(0, size)
    assert np.array_equal(order(start, start + length), whole[start : start + length])


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    """No two of many seeds and epochs share an order, and none is the natural one."""
    orders = {
        Order(200, seed, e)(0, 200).tobytes() for seed in range(9) for e in range(9)
    }
    assert len(orders) == 81
    assert np.arange(200).tobytes() not in orders


def test_the_order_never_changes() -> None:
    """The order for a seed is part of what makes a published model reproducible."""
    assert Order(10, 1, 0)(0, 10).tolist() == [1, 8, 2, 9, 3, 5, 7, 6, 4, 0]
    assert Order(10**8, 1, 3)(5, 8).tolist() == [13792158, 51784009, 88831144]


@pytest.mark.parametrize("size", [5, 16, 37, 100])
def test_places_are_even(size: int) -> None:
    """Over many epochs each example stands about equally often at each place.

    Chi-squared over a table of size × size has a mean of (size - 1)² and, over the
    square root of twice that, a spread of 1; a shuffle stays within 5 of it.
    """
    epochs = 400
    table = np.zeros((size, size))
    for epoch in range(epochs):
        table[np.arange(size), Order(size, 3, epoch)(0, size)] += 1
    expected = epochs / size
    chi = ((table - expected) ** 2 / expected).sum()
    freedom = (size - 1) ** 2
    assert abs(chi - freedom) / np.sqrt(2 * freedom) < 5


def test_neighbours_are_unrelated() -> None:
    """Examples that follow each other in training do not in the text."""
    order = Order(100_000, 5, 1)(0, 100_000).astype(float)
    assert abs(np.corrcoef(order[:-1], order[1:])[0, 1]) < 0.015
    assert abs(np.corrcoef(order, np.arange(100_000))[0, 1]) < 0.015


def test_a_batch_costs_the_memory_of_a_batch() -> None:
    """A batch from 100 million examples takes kilobytes."""
    tracemalloc.start()
    try:
        Order(10**8, 1, 1)(73_000_000, 73_000_128)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
