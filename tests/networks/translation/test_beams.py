"""Beam search against greedy search and against trying every target."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.networks.translation.inference import search_beams

END = 0
Array = NDArray[Any]


class Table:
    """Log probabilities of the next token, by all tokens before it and the text."""

    def __init__(self, seed: int, texts: int, tokens: int, width: int) -> None:
        self.seed, self.tokens, self.width = seed, tokens, width
        self.targets: list[tuple[int, ...]] = [()] * (texts * width)
        self.first = True

    def logs(self, text: int, target: tuple[int, ...]) -> Array:
        """Of one text after one target."""
        rng = np.random.default_rng([self.seed, text, len(target), *target])
        values = rng.normal(size=self.tokens) * 2
        return np.asarray(values - np.log(np.exp(values).sum()))

    def step(self, origins: Array, before: Array) -> Array:
        """As `search` asks; the rows remember what was written."""
        last = [() if self.first else (int(token),) for token in before]
        self.first = False
        self.targets = [
            (*self.targets[int(origin)], *token)
            for origin, token in zip(origins, last, strict=True)
        ]
        return np.array([
            self.logs(row // self.width, target)
            for row, target in enumerate(self.targets)
        ])  # fmt: skip


def best_of_all(table: Table, text: int, longest: int) -> tuple[float, tuple[int, ...]]:
    """The most probable closed target among all of at most `longest` tokens."""
    found = []
    for length in range(longest):
        for words in itertools.product(range(1, table.tokens), repeat=length):
            target = (*words, END)
            total = sum(table.logs(text, target[:i])[t] for i, t in enumerate(target))
            found.append((float(total), target))
    return max(found)


def greedy(table: Table, text: int, longest: int) -> tuple[int, ...]:
    """The likeliest token at every step."""
    target: tuple[int, ...] = ()
    while len(target) < longest and target[-1:] != (END,):
        target = (*target, int(table.logs(text, target).argmax()))
    return target


@pytest.mark.parametrize("seed", range(12))
def test_a_width_of_one_is_greedy(seed: int) -> None:
    """Token for token, for several texts that end at different steps."""
    table = Table(seed, texts=4, tokens=5, width=1)
    found = search_beams(table.step, 4, 1, 6, END)
    for text, (_, target) in enumerate(found):
        assert target == greedy(table, text, 6)


@pytest.mark.parametrize("seed", range(12))
def test_a_width_of_everything_is_exhaustive(seed: int) -> None:
    """The answer and its sum are those of trying every target."""
    table = Table(seed, texts=3, tokens=4, width=4**4)
    found = search_beams(table.step, 3, 4**4, 4, END)
    for text, (total, target) in enumerate(found):
        expected = best_of_all(table, text, 4)
        assert target == expected[1]
        assert total == pytest.approx(expected[0])


def test_wider_is_no_worse_here() -> None:
    """Over many tables the mean sum rises with the width, as it should."""
    means = []
    for width in (1, 4, 64):
        sums = []
        for seed in range(20):
            table = Table(seed, 2, 4, width)
            sums += [total for total, _ in search_beams(table.step, 2, width, 5, END)]
        means.append(np.mean(sums))
    assert means[0] < means[1] <= means[2] + 1e-12


def step_of(row: list[float]) -> Callable[[Array, Array], Array]:
    """The same log probabilities whatever came before."""
    return lambda _origins, before: np.tile(row, (len(before), 1))


def test_an_open_target_is_the_answer_where_none_is_closed() -> None:
    """A text that never closes gives what it has after `longest` tokens."""
    ((total, target),) = search_beams(step_of([-50.0, -0.1, -3.0]), 1, 2, 3, END)
    assert target == (1, 1, 1)
    assert total == pytest.approx(-0.3)


def test_a_closed_target_wins_over_an_open_one() -> None:
    """Though the open one is more probable when the length is reached."""
    ((_, target),) = search_beams(step_of([-1.0, -0.1, -9.0]), 1, 3, 2, END)
    assert target[-1] == END


def test_ties_go_to_the_lower_id() -> None:
    """Equal continuations are taken in the order of their ids."""
    ((_, target),) = search_beams(step_of([-9.0, -1.0, -1.0]), 1, 1, 2, END)
    assert target == (1, 1)


@pytest.mark.parametrize("width", [1, 3, 7])
def test_of_many_ties_the_lowest_ids_stay(width: int) -> None:
    """However many tokens there are, the first ones are gone on with."""
    ((total, target),) = search_beams(step_of([-9.0, *[-1.0] * 40]), 1, width, 3, END)
    assert target == (1, 1, 1)
    assert total == pytest.approx(-3)
