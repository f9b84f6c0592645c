"""The search for cells: scores against peers, nulls, what is found and what not."""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.artifacts import Cell, CellSearch
from generator.corpora.base import Hypothesis
from generator.methods.cells import search as searching_cells
from generator.methods.cells.linear_probe import fit_probe
from generator.methods.cells.null_hypotheses import (
    fast_length,
    find_discoveries,
    order_cells,
    score_shifts,
    tail_p,
    top_cell_overlap,
    untrained_p,
)
from generator.methods.cells.rank_scores import (
    Doubles,
    estimate_auroc,
    estimate_spearman,
    prepare_labels,
    printed_score,
    signed_strengths,
)
from generator.methods.cells.search import CellSearchInput, SearchedText, search_cells
from tests.methods.untrained import activations, code

HYPOTHESES = (
    Hypothesis("in string", closes="a quote"),
    Hypothesis("in comment"),
    Hypothesis("depth", graded=True),
)
WIDTH = 16
GRADED = np.array([False, False, True])


def noisy(length: int = 400, width: int = 6) -> Doubles:
    """Cells with many ties."""
    return np.round(np.random.default_rng(1).normal(size=(length, width)), 1)


@cache
def network(seed: int, text: int = 1) -> Doubles:
    """Cells of an untrained network over a text."""
    return activations(code(3000, text)[0], WIDTH, seed)


def run_search(first: Doubles, second: Doubles) -> CellSearchInput:
    """A search against six untrained networks."""
    return CellSearchInput(
        HYPOTHESES,
        tuple(Cell(1, i + 1) for i in range(WIDTH)),
        SearchedText(first, code(3000, 1)[1]),
        SearchedText(second, code(3000, 2)[1]),
        tuple(network(seed) for seed in range(6)),
        q=0.05,
        epoch=4,
    )


def search(first: Doubles, second: Doubles) -> CellSearch:
    """What it found."""
    return search_cells(run_search(first, second), np.random.default_rng(0))


def test_scores_are_those_of_scikit_learn_and_scipy() -> None:
    """AUROC and Spearman agree with the peers, ties included."""
    from scipy.stats import spearmanr
    from sklearn.metrics import roc_auc_score

    cells, labels = noisy(), code(400, 3)[1]
    found = signed_strengths(cells, prepare_labels(labels, GRADED))
    for cell in range(cells.shape[1]):
        values = cells[:, cell]
        for row in (0, 1):
            real = roc_auc_score(labels[row] > 0, values)
            assert printed_score(found[row, cell], graded=False) == pytest.approx(real)
        real = spearmanr(labels[2], values).statistic
        assert printed_score(found[2, cell], graded=True) == pytest.approx(real)


def test_what_does_not_vary_has_no_score() -> None:
    """A constant hypothesis scores nothing, a constant cell as chance does."""
    cells = noisy()
    cells[:, 2] = 0.5
    labels = np.stack([np.zeros(400), np.arange(400) % 2, np.ones(400)])
    found = signed_strengths(cells, prepare_labels(labels, GRADED))
    assert np.isnan(found[[0, 2]]).all()
    assert found[1, 2] == 0
    moved = score_shifts(cells, prepare_labels(labels, GRADED))
    assert np.isnan(moved.p[0]).all()
    assert moved.p[1, 2] == 1


def test_a_cell_s_sign_changes_no_strength() -> None:
    """Shifts count by their size: a cell and its negative have one null."""
    cells, labels = noisy(240, 3), code(240, 3)[1]
    known = prepare_labels(labels, GRADED)
    moved, turned = score_shifts(cells, known), score_shifts(-cells, known)
    assert moved.p == pytest.approx(turned.p, nan_ok=True)
    assert moved.high == pytest.approx(turned.high, nan_ok=True)


def test_the_null_is_every_circular_shift() -> None:
    """Shares and quantiles are those of shifting the labels one by one."""
    cells, labels = noisy(240, 3), code(240, 3)[1]
    moved = score_shifts(cells, prepare_labels(labels, GRADED))
    for row in (0, 2):
        rolled = np.stack([np.roll(labels[row], -s) for s in range(240)])
        known = prepare_labels(rolled, np.full(240, GRADED[row]))
        strengths = np.abs(signed_strengths(cells, known))
        share = (strengths >= strengths[0] - 1e-5).mean(0)
        assert moved.p[row] == pytest.approx(share)
        high = np.sort(strengths, axis=0)[int(0.99 * 240)]
        assert moved.high[row] == pytest.approx(high, abs=1e-5)


def test_slow_series_are_not_found_by_their_slowness() -> None:
    """Two walks that know nothing of each other pass where shuffling would reject."""
    rng = np.random.default_rng(7)
    steps = rng.normal(size=(2000, 40))
    walks = sum(np.roll(steps, s, axis=0) for s in range(60))
    labels = (np.arange(2000) // 70 % 2)[None].astype(float)
    moved = score_shifts(walks, prepare_labels(labels, GRADED[:1]))
    assert (moved.p <= 0.05).mean() <= 0.15
    assert not find_discoveries(moved.p, 0.05).any()


@pytest.mark.parametrize("length", [1, 2, 6, 1009, 20_011])
def test_a_text_is_cut_by_little(length: int) -> None:
    """The transform's length has small factors and is at most 7 % shorter."""
    found = fast_length(length)
    assert 0.93 * length <= found <= length
    for prime in (2, 3, 5):
        while found % prime == 0:
            found //= prime
    assert found == 1


def test_findings_are_those_of_scipy() -> None:
    """Benjamini-Hochberg rejects what scipy's adjusted p-values reject."""
    from scipy.stats import false_discovery_control

    rng = np.random.default_rng(2)
    p = np.concatenate([rng.random(80), 1e-4 * rng.random(20)])
    assert (find_discoveries(p, 0.05) == (false_discovery_control(p) <= 0.05)).all()
    p[3] = np.nan
    assert not find_discoveries(p, 0.05)[3]
    assert not find_discoveries(np.full(4, np.nan), 0.05).any()


def test_a_tail_goes_on_falling() -> None:
    """Within the null p is a share, beyond it smaller and never rising."""
    null = np.random.default_rng(3).random(999)
    values = np.array([0.0, 0.5, float(null.max()), 1.5, 2.0])
    p = tail_p(values, null)
    assert p[0] == 1
    assert p[1] == pytest.approx((1 + (null >= 0.5).sum()) / 1000)
    assert p[2] == pytest.approx(2 / 1000)
    assert 0 < p[4] < p[3] < 1 / 1000
    assert np.isnan(untrained_p(np.array([[np.nan]]), null[None])).all()


def test_overlap_counts_the_top_of_two_texts() -> None:
    """Equal rows overlap wholly, rows turned round not at all; ties by number."""
    row = np.arange(20.0)
    assert top_cell_overlap(row, row) == 1
    assert top_cell_overlap(row, row[::-1]) == 0
    assert top_cell_overlap(row, np.roll(row, 1)) == pytest.approx(4 / 6)
    assert math.isnan(top_cell_overlap(row, np.full(20, np.nan)))
    assert order_cells(np.zeros(3)).tolist() == [0, 1, 2]


def test_a_probe_finds_what_no_single_cell_holds() -> None:
    """Labels that are the sum of two cells are told by the probe, not by one cell."""
    rng = np.random.default_rng(4)
    cells = rng.normal(size=(2000, 8))
    labels = (cells[:, 1] - cells[:, 5] > 0).astype(float)
    halves = [(cells[:1000], labels[:1000]), (cells[1000:], labels[1000:])]
    found = fit_probe(*halves, graded=False)
    single = signed_strengths(cells, prepare_labels(labels[None], GRADED[:1]))
    assert found.score > 0.99
    assert printed_score(np.abs(single).max(), graded=False) < 0.9
    assert found.cells < 8
    graded = fit_probe(
        *((c, c[:, 1] + c[:, 2]) for c, _ in halves), graded=True
    )  # fmt: skip
    assert graded.score > 0.99
    assert math.isnan(fit_probe(halves[0], (cells, np.ones(2000)), graded=False).score)


def test_intervals_hold_what_they_estimate() -> None:
    """The score inside is the peers'; blocks of one kind widen it."""
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(5)
    labels = rng.random(3000) < 0.3
    values = labels + rng.normal(size=3000)
    found = estimate_auroc(values, labels)
    assert found.value == pytest.approx(roc_auc_score(labels, values))
    assert found.low < found.value < found.high
    assert 0.02 < found.high - found.low < 0.06
    slow = np.repeat(rng.random(60) < 0.3, 50)
    wide = estimate_auroc(slow + np.repeat(rng.normal(size=60), 50), slow)
    assert wide.high - wide.low > 3 * (found.high - found.low)
    rho = estimate_spearman(values, labels + 0.1 * rng.normal(size=3000), rng)
    assert rho.low < rho.value < rho.high
    assert math.isnan(estimate_auroc(values, np.ones(3000, bool)).value)


def strings(starts: Doubles) -> NDArray[np.bool_]:
    """Where strings of thirty characters that begin there are, of 6000."""
    places = np.asarray(starts, dtype=int)[:, None] + np.arange(30)
    found = np.zeros(6000, dtype=bool)
    found[places.ravel()] = True
    return found


@pytest.mark.parametrize("gap", [0.5, 2.0, 5.0])
@pytest.mark.parametrize("count", [3, 8, 60])
def test_intervals_of_shares_stay_shares(gap: float, count: int) -> None:
    """No bound of an AUROC is below 0 or above 1, however few or well told strings."""
    for seed in range(20):
        rng = np.random.default_rng((seed, count))
        labels = strings(rng.integers(0, 5970, count))
        for sign in (1, -1):
            found = estimate_auroc(sign * gap * labels + rng.normal(size=6000), labels)
            assert 0 <= found.low <= found.value <= found.high <= 1


def test_an_interval_holds_the_true_value_about_as_often_as_it_says() -> None:
    """Also near 1, where an interval that is symmetric does not, and of few strings."""
    gap, smooth, held = 2.5, np.ones(20) / math.sqrt(20), 0
    true = NormalDist().cdf(gap / math.sqrt(2))
    for seed in range(200):
        rng = np.random.default_rng(seed)
        labels = strings(rng.choice(190, size=15, replace=False) * 31)
        noise = np.convolve(rng.normal(size=6019), smooth, "valid")
        found = estimate_auroc(gap * labels + noise, labels)
        held += found.low <= true <= found.high
    assert held >= 0.85 * 200


def test_what_is_seen_once_has_no_interval() -> None:
    """Strings in one block of the text say nothing of how strings vary."""
    values = np.random.default_rng(0).normal(size=6000)
    found = estimate_auroc(values, strings(np.array([40.0, 80.0])))
    assert math.isfinite(found.value)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_the_error_is_that_of_drawn_blocks() -> None:
    """Blocks drawn with replacement, and AUROC taken anew, spread as far."""
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(6)
    labels = np.repeat(rng.random(300) < 0.3, 20)
    values = labels + np.repeat(rng.normal(size=300), 20)
    blocks = np.arange(6000).reshape(50, 120)
    drawn = [blocks[rng.integers(0, 50, 50)].ravel() for _ in range(400)]
    spread = np.std([roc_auc_score(labels[one], values[one]) for one in drawn])
    found = estimate_auroc(values, labels)
    assert (found.high - found.low) / (2 * 2.01) == pytest.approx(spread, rel=0.15)


def test_a_planted_cell_is_first_with_a_score_of_one() -> None:
    """One unit overwritten with the true bit: rank 1, AUROC 1, found on both texts."""
    planted = [network(30, text).copy() for text in (1, 2)]
    for text, cells in enumerate(planted, 1):
        cells[:, 5] = 1 - 2 * code(3000, text)[1][0]
    found = search(*planted)
    fit = found.fits[0]
    assert (fit.cell, fit.score, fit.again, fit.sign) == (Cell(1, 6), 1.0, 1.0, -1)
    assert fit.found
    assert fit.p < 0.001
    assert order_cells(np.abs(found.strengths[0]))[0] == 5
    assert fit.probe == 1
    assert fit.low == fit.high == 1


@pytest.mark.slow(2)
def test_an_untrained_network_gives_next_to_no_findings() -> None:
    """At q = 0.05 at most 5 % of pairs are found, and of networks few have any.

    The shifts alone, which know nothing of what was learnt, would find more than 5 %.
    """
    seeds = range(40, 56)
    shares, alone = [], []
    known = prepare_labels(code(3000, 1)[1], GRADED)
    for seed in seeds:
        shares.append(
            searching_cells.apply_nulls(
                run_search(network(seed), network(seed))
            ).hits.mean()
        )
        alone.append(
            find_discoveries(score_shifts(network(seed), known).p, 0.05).mean()
        )
    assert np.mean(shares) <= 0.05
    assert np.mean(np.array(shares) > 0) <= 0.2
    assert np.mean(alone) > 0.05


def test_the_same_cells_are_found_on_two_texts() -> None:
    """Cells that follow a hypothesis each to a degree keep their order: Jaccard ≥ 0.6.

    Cells that are others on the second text do not.
    """
    rng = np.random.default_rng(8)

    def follow(text: int) -> Doubles:
        labels = code(3000, text)[1][0]
        return np.stack(
            [labels / (1 + i) + rng.normal(size=3000) for i in range(WIDTH)], axis=1
        )

    found = search(follow(1), follow(2))
    assert found.fits[0].overlap >= 0.6
    other = search(follow(1), follow(2)[:, ::-1])
    assert other.fits[0].overlap < 0.6


def test_rows_are_what_claims_rest_on() -> None:
    """A row for each hypothesis: its score on the second text and its interval."""
    found = search(network(70), network(70, 2))
    assert [row.name for row in found.rows] == [one.name for one in HYPOTHESES]
    for row, fit in zip(found.rows, found.fits, strict=True):
        assert (row.value, row.low, row.high) == (fit.again, fit.low, fit.high)
        assert row.n == 50
    assert found.characters == (3000, 3000)
    assert found.networks == 6


def test_the_best_cell_is_one_that_was_found() -> None:
    """A stronger one that fails a null is passed over; without any, the strongest."""
    signed = np.array([0.2, -0.9, 0.6, np.nan])
    found = np.array([True, False, True, False])
    assert searching_cells.find_strongest(signed, found) == 2
    assert searching_cells.find_strongest(signed, np.zeros(4, bool)) == 1
