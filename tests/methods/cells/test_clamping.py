"""Holding cells: where it is asked, what counts, and a model whose cell is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.artifacts import Cell
from generator.methods.cells.ablation import (
    ClaimedCell,
    ClampedProbabilities,
    clamping_effect,
    class_means,
    effect_estimates,
    find_closing_places,
    spread_evenly,
)

CLAIMED = ClaimedCell(Cell(1, 3), "in string", "a quote")


def rng() -> np.random.Generator:
    """A generator."""
    return np.random.default_rng(1)


def flat_probabilities(off: float, on: float) -> ClampedProbabilities:
    """Probabilities that hardly vary."""
    noise = 0.001 * rng().normal(size=40)
    return ClampedProbabilities(off + noise, on + noise)


def others(count: int = 100, size: float = 0.02) -> list[ClampedProbabilities]:
    """Random cells that change a little, either way."""
    changes = size * rng().normal(size=(count, 2))
    return [flat_probabilities(0.6 - off, 0.1 + on) for off, on in changes]


@pytest.mark.parametrize("inclusive", [True, False])
def test_closing_places_come_before_the_closing_token(inclusive: bool) -> None:
    """They are the same whether the closing quote counts as inside or not."""
    text = 'a = "it" + "b"\nc\n'
    truth = np.zeros(len(text), bool)
    for start, end in ((4, 7), (11, 13)):
        truth[start : end + inclusive] = True
    places = find_closing_places(text, truth, {'"'}, 50)
    assert [text[t + 1] for t in places.closing] == ['"', '"']
    assert places.closing.tolist() == [6, 12]
    assert not truth[places.outside].any()
    assert not truth[places.outside + 1].any()


def test_many_places_are_spread_evenly() -> None:
    """First and last stay, and no more than asked for are kept."""
    kept = spread_evenly(np.arange(1000), 11)
    assert (kept[0], kept[-1], len(kept)) == (0, 999, 11)
    assert set(np.diff(kept).tolist()) <= {99, 100, 101}
    assert spread_evenly(np.arange(5), 11).tolist() == [0, 1, 2, 3, 4]


def test_means_are_of_the_two_sides() -> None:
    """Each cell's own mean where the hypothesis is false, and where it is true."""
    truth = np.array([True, False, True, False])
    cells = np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 1.0], [4.0, 5.0]])
    off, on = class_means(cells, truth)
    assert off.tolist() == [3.0, 2.5]
    assert on.tolist() == [2.0, 0.5]


def test_a_cell_that_the_model_uses_exceeds_random_cells() -> None:
    """Both changes are larger than those of 99 % of random cells."""
    found = clamping_effect(
        CLAIMED,
        flat_probabilities(0.6, 0.1),
        flat_probabilities(0.2, 0.4),
        others(),
        rng(),
    )
    assert found.use == "used"
    assert found.off == pytest.approx(0.4, abs=1e-6)
    assert found.on == pytest.approx(0.3, abs=1e-6)
    assert found.off_low <= found.off <= found.off_high
    assert found.off_p == found.on_p == pytest.approx(1 / 101)
    assert found.before == pytest.approx(0.6, abs=0.001)
    assert (found.off_places, found.random) == (40, 100)


def test_a_cell_that_changes_nothing_correlates_only() -> None:
    """So does one that changes the probability the other way."""
    for off, on in ((0.6, 0.1), (0.9, 0.01)):
        found = clamping_effect(
            CLAIMED,
            flat_probabilities(0.6, 0.1),
            flat_probabilities(off, on),
            others(),
            rng(),
        )
        assert found.use == "correlates only"
    half = clamping_effect(
        CLAIMED,
        flat_probabilities(0.6, 0.1),
        flat_probabilities(0.2, 0.1),
        others(),
        rng(),
    )
    assert half.use == "one direction only"


def test_the_bar_is_what_99_of_100_cells_do_not_exceed() -> None:
    """With a hundred random cells the largest may exceed it, the others do not."""
    null = others()
    found = clamping_effect(
        CLAIMED, flat_probabilities(0.6, 0.1), flat_probabilities(0.2, 0.4), null, rng()
    )
    changes = sorted(
        float((flat_probabilities(0.6, 0.1).off - one.off).mean()) for one in null
    )
    assert found.off_random == pytest.approx(changes[-1])
    more = others(300)
    found = clamping_effect(
        CLAIMED, flat_probabilities(0.6, 0.1), flat_probabilities(0.2, 0.4), more, rng()
    )
    changes = sorted(
        float((flat_probabilities(0.6, 0.1).off - one.off).mean()) for one in more
    )
    assert changes[-4] < found.off_random < changes[-1]


def test_without_places_nothing_is_tested() -> None:
    """A hypothesis that never ends in the text has no effect, and no verdict."""
    empty = ClampedProbabilities(np.zeros(0), np.zeros(0))
    found = clamping_effect(CLAIMED, empty, empty, [], rng())
    assert found.use == "not tested"
    assert math.isnan(found.off)
    assert math.isnan(found.before)


def test_rows_are_the_changes_and_their_nulls() -> None:
    """Two directions, each with what random cells reach."""
    found = clamping_effect(
        CLAIMED,
        flat_probabilities(0.6, 0.1),
        flat_probabilities(0.2, 0.4),
        others(),
        rng(),
    )
    rows = effect_estimates(found)
    assert [row.role for row in rows] == ["observed", "null"] * 2
    assert [row.value for row in rows] == [
        found.off, found.off_random, found.on, found.on_random,
    ]  # fmt: skip
