"""Batches of texts of like lengths: every text once an epoch, found by arithmetic."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from generator.networks.training.batches import (
    BLOCK,
    LengthBuckets,
    Order,
    sort_by_length,
)
from generator.networks.training.examples import ExamplesWithLengths, LabelledTexts
from tests.networks import tiny

SHAPES = [(0, 4), (1, 4), (4, 4), (5, 4), (203, 4), (1000, 3), (700, 64), (37, 100)]


def draw_lengths(count: int, seed: int = 0) -> np.ndarray:
    """Lengths as skewed as those of real texts."""
    return np.random.default_rng((seed, count)).geometric(0.05, count)


def epoch_of(
    buckets: LengthBuckets, count: int, size: int, epoch: int
) -> list[np.ndarray]:
    """All batches of an epoch."""
    return [buckets.find_batch(epoch, place) for place in range(-(-count // size))]


@pytest.mark.parametrize(("count", "size"), SHAPES)
def test_each_epoch_holds_every_text_once(count: int, size: int) -> None:
    """Whatever the number of texts; only the last batch is shorter."""
    buckets = LengthBuckets(draw_lengths(count), size, 7)
    for epoch in range(3):
        batches = epoch_of(buckets, count, size, epoch)
        assert all(len(batch) == size for batch in batches[:-1])
        every = np.concatenate([np.zeros(0, int), *batches])
        assert sorted(every.tolist()) == list(range(count))


def test_a_batch_follows_from_its_place() -> None:
    """Asked in any order, by any process, the same place is the same batch."""
    lengths = draw_lengths(1000)
    there = epoch_of(LengthBuckets(lengths, 3, 7), 1000, 3, 2)
    for place in (333, 0, 200, BLOCK, BLOCK - 1):
        fresh = LengthBuckets(lengths, 3, 7)
        fresh.find_batch(1, 5)
        assert fresh.find_batch(2, place).tolist() == there[place].tolist()


def test_epochs_and_seeds_differ() -> None:
    """Both the texts of a batch and the order of batches are drawn anew."""
    lengths = draw_lengths(1000)
    found = [
        LengthBuckets(lengths, 8, seed).find_batch(epoch, 0).tolist()
        for seed, epoch in ((1, 0), (1, 1), (2, 0))
    ]
    assert len({tuple(batch) for batch in found}) == 3


def test_a_block_is_one_of_the_epochs_order() -> None:
    """Its texts are those of the plain order there, sorted, in batches that are not."""
    lengths = draw_lengths(4 * BLOCK * 2 + 3)
    buckets = LengthBuckets(lengths, 4, 7)
    batches = [buckets.find_batch(0, place) for place in range(2 * BLOCK)]
    order = Order(len(lengths), 7, 0)
    for block in range(2):
        part = batches[block * BLOCK : (block + 1) * BLOCK]
        size = BLOCK * 4
        expected = order(block * size, (block + 1) * size)
        assert sorted(np.concatenate(part)) == sorted(expected)
        spans = sorted((lengths[b].min(), lengths[b].max()) for b in part)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
        longest = [lengths[b].max() for b in part]
        assert longest != sorted(longest)
    assert buckets.find_batch(0, 2 * BLOCK).tolist() == order(8 * BLOCK, 999).tolist()


def test_padding_is_little() -> None:
    """Of skewed lengths, plain batches read three times as much as sorted ones."""
    lengths = draw_lengths(5000)
    order = Order(5000, 1, 0)
    plain = [order(start, start + 32) for start in range(0, 5000, 32)]

    def cost(batches: list[np.ndarray]) -> float:
        return sum(lengths[batch].max() * len(batch) for batch in batches)

    ours = cost(epoch_of(LengthBuckets(lengths, 32, 1), 5000, 32, 0))
    assert ours < 1.15 * lengths.sum()
    assert cost(plain) > 3 * ours


def test_equal_lengths_keep_their_order() -> None:
    """Sorting is stable, so ties depend on nothing but the epoch's order."""
    numbers = np.array([0, 4, 3, 2, 1])
    found = sort_by_length(numbers, np.array([1, 1, 0, 1, 0]))
    assert found.tolist() == [4, 2, 0, 3, 1]


class TestTexts:
    def test_a_batch_is_as_wide_as_its_longest_text(self) -> None:
        """Texts begin at the left, and 0 fills the rest."""
        texts = LabelledTexts([[3, 4, 5], [6], [7, 8]], [0, 1, 1], 9)
        ids, labels = texts.take(np.array([2, 1]))
        assert ids.tolist() == [[7, 8], [6, 0]]
        assert labels.tolist() == [1, 1]
        assert texts.lengths.tolist() == [3, 1, 2]
        assert isinstance(texts, ExamplesWithLengths)

    def test_a_width_may_be_fixed(self) -> None:
        """A network that reads padding gets as much of it as it always does."""
        texts = LabelledTexts([[3, 4, 5], [6]], [0, 1], 9, width=4)
        assert texts.take(np.array([1]))[0].tolist() == [[6, 0, 0, 0]]
        assert texts.lengths.tolist() == [4, 4]
        with pytest.raises(ValueError, match="longer than 2"):
            LabelledTexts([[3, 4, 5]], [0], 9, width=2)

    def test_empty_ones(self) -> None:
        """A text without a token is a row of padding, and no texts are no rows."""
        texts = LabelledTexts([[], []], [0, 1], 9)
        assert texts.take(np.array([0, 1]))[0].tolist() == [[0], [0]]
        assert LabelledTexts([], [], 9).take(np.arange(0))[0].shape == (0, 1)

    def test_the_key_tells_texts_apart(self) -> None:
        """Other ids, labels, boundaries or widths are other examples."""
        keys = {
            LabelledTexts(texts, labels, 9, width=width).key
            for texts, labels, width in (
                ([[3, 4], [5]], [0, 1], None),
                ([[3], [4, 5]], [0, 1], None),
                ([[3, 4], [5]], [1, 1], None),
                ([[3, 4], [6]], [0, 1], None),
                ([[3, 4], [5]], [0, 1], 2),
            )
        }
        assert len(keys) == 5

    def test_a_label_for_each(self) -> None:
        """Fewer labels than texts is a mistake of ours."""
        with pytest.raises(ValueError, match="2 texts with 1 labels"):
            LabelledTexts([[3], [4]], [0], 9)


def test_windows_have_no_lengths() -> None:
    """Examples of one length are trained on in the plain order."""
    assert not isinstance(tiny.windows(), ExamplesWithLengths)


def test_each_block_has_turns_of_its_own() -> None:
    """Of rising lengths, the places of a block's batches differ from the next one's."""
    size = 4 * BLOCK * 3
    buckets = LengthBuckets(np.arange(size), 4, 7)
    turns = []
    for block in range(3):
        places = range(block * BLOCK, (block + 1) * BLOCK)
        shortest = [buckets.find_batch(0, place).min() for place in places]
        turns.append(tuple(np.argsort(shortest)))
    assert len(set(turns)) == 3
