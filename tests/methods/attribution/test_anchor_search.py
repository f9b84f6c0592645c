"""The search for anchors, against texts whose precisions are all known."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.methods.attribution.anchor_search import (
    TOGETHER,
    AnchorCandidates,
    AnchorSearchResult,
    SameLabel,
    SearchRules,
    anchor_precisions,
    extend_anchors,
    find_shortest,
    measure_precision,
    run_searches,
    search_anchor,
)
from generator.methods.attribution.shapley_values import all_coalitions
from generator.methods.common.classifier_texts import build_input_text
from generator.methods.common.explained_predictions import (
    find_maskable_tokens,
    predict_texts,
)
from generator.methods.common.perturbation import Masks
from tests.fakes.classifiers import LinearClassifier, known

T = TypeVar("T")
RULES = SearchRules(
    threshold=0.95,
    tolerance=0.05,
    margin=0.15,
    delta=0.05,
    beam=4,
    batch=200,
    longest=6,
)


def search_for(
    asking: Generator[Masks, SameLabel, T], same: Callable[[Masks], SameLabel]
) -> T:
    """What a search ends with, if `same` answers it."""
    try:
        masks = next(asking)
        while True:
            masks = asking.send(same(masks))
    except StopIteration as end:
        found: T = end.value
        return found


def draws(tokens: int, seed: int, most: int = 4000) -> Callable[[int], Masks]:
    """Draws of every size."""
    return lambda size: np.random.default_rng([seed, size]).random((most, tokens)) < 0.5


def find_anchor(
    same: Callable[[Masks], SameLabel], tokens: int, seed: int = 0, **r: Any
) -> AnchorSearchResult:
    """What is found where `same` answers."""
    rules = SearchRules(**{**vars(RULES), **r}) if r else RULES
    return search_for(search_anchor(draws(tokens, seed), tokens, rules), same)


def linear(tokens: int, seed: int) -> Callable[[Masks], SameLabel]:
    """Whether words that are kept still outweigh what speaks against them."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_t(2, tokens)
    bias = abs(weights.sum()) * 0.4
    return lambda masks: (masks @ weights + bias) * (weights.sum() + bias) > 0


def both(masks: Masks) -> NDArray[np.bool_]:
    """A rule of two words."""
    return masks[:, 2] & masks[:, 9]


def test_a_rule_of_two_words_is_found() -> None:
    """Where two words decide, they are the anchor, among thirty, at any seed."""
    for seed in range(8):
        got = find_anchor(both, 30, seed)
        assert sorted(got.anchor) == [2, 9]
        assert got.reached
        assert got.settled


def test_the_empty_anchor_is_tried_first() -> None:
    """Where 97 % of all texts agree, no word is needed, and few texts are asked."""
    asked: list[int] = []

    def same(masks: Masks) -> SameLabel:
        asked.append(len(masks))
        return masks[:, :5].any(axis=1)

    assert find_anchor(same, 20) == ((), True, True, 0)
    assert sum(asked) <= 2000


def test_a_word_that_never_matters_is_not_added() -> None:
    """Of a rule of one word the anchor is that word alone."""
    for seed in range(10):
        assert find_anchor(lambda masks: masks[:, 7], 25, seed).anchor == (7,)


def test_what_is_found_reaches_the_threshold() -> None:
    """The exact precision is never more than the tolerance below, in 60 searches."""
    for seed in range(60):
        same = linear(12, seed)
        exact = anchor_precisions(same(all_coalitions(12)), 0.5)
        got = find_anchor(same, 12, seed)
        row = sum(2**token for token in got.anchor)
        assert not got.settled or not got.reached or exact[row] > 0.95 - 0.05


@pytest.mark.slow(2)
def test_it_is_rarely_longer_than_needed() -> None:
    """It finds an anchor of the exact shortest length, or nearly, in 50 of 60."""
    lengths = []
    for seed in range(60):
        same = linear(12, seed)
        best = find_shortest(anchor_precisions(same(all_coalitions(12)), 0.5), 0.95, 6)
        lengths.append((len(find_anchor(same, 12, seed).anchor), len(best.anchor)))
    ours, least = np.array(lengths).T
    assert (ours == least).sum() >= 50
    assert np.abs(ours - least).max() <= 1


def test_a_length_that_does_not_suffice() -> None:
    """Then the best that was found is given, and that it does not reach it."""
    three = find_anchor(lambda masks: masks[:, :3].all(axis=1), 20, longest=2)
    assert not three.reached
    assert len(three.anchor) == 2
    assert set(three.anchor) < {0, 1, 2}


def test_draws_that_do_not_suffice_are_told() -> None:
    """An anchor at the very threshold stays open; sets that tie stay unclear."""
    rng = np.random.default_rng(1)

    def often(masks: Masks) -> SameLabel:
        return masks[:, 0] & (rng.random(len(masks)) < 0.97)

    few = search_for(search_anchor(draws(15, 1, 300), 15, RULES), often)
    assert few.anchor == (0,)
    assert few.reached
    assert not few.settled
    enough = find_anchor(often, 15)
    assert (enough.anchor, enough.settled) == ((0,), True)
    tied = search_for(search_anchor(draws(15, 1, 300), 15, RULES), linear(15, 2))
    assert tied.unclear >= 1


def test_a_draw_counts_for_every_set_that_it_holds() -> None:
    """Counts are those of the draws that hold a set, its parent's tokens put back."""
    rows = draws(6, 5, 400)(2)
    tried = AnchorCandidates([(1,), (4,)], rows, RULES)
    same = linear(6, 3)
    search_for(tried.draw(range(len(tried.anchors))), same)
    assert len(tried.anchors) == 5 + 4
    for one, (parent, token) in enumerate(tried.anchors):
        batch = rows[:200].copy()
        batch[:, parent] = True
        mine = batch[batch[:, token]]
        assert tried.means[one] == pytest.approx(same(mine).mean())
        assert tried.low[one] <= tried.means[one] <= tried.high[one]
        assert tried.low[one] < tried.high[one]


def test_each_set_of_tokens_is_one_candidate() -> None:
    """A pair grows from one of its words, from the better one."""
    grown = extend_anchors([(2,), (0,)], 4)
    assert grown == {(2, 0): 0, (2, 1): 0, (2, 3): 0, (0, 1): 1, (0, 3): 1}


def test_precision_is_measured_on_what_is_given() -> None:
    """The share among the draws, the anchor's tokens kept, with its interval."""
    fresh = draws(14, 8, 500)(0)
    same = linear(14, 4)
    value, low, high, texts = search_for(measure_precision((3,), fresh, 0.5), same)
    held = fresh.copy()
    held[:, 3] = True
    assert value == same(held).mean()
    assert low < value < high
    assert texts == 500


def test_few_texts_are_all_asked() -> None:
    """Where no more texts hold the anchor than would be drawn, precision is exact."""
    fresh = draws(12, 8, 600)(0)
    same = linear(12, 4)
    exact = anchor_precisions(same(all_coalitions(12)), 0.3)
    got = search_for(measure_precision((3, 5, 7), fresh, 0.3), same)
    assert got.value == got.low == got.high
    assert got.value == pytest.approx(exact[8 + 32 + 128])
    assert got.texts == 2**9


def games(*texts: str) -> Any:
    """Texts as games, and the model that counts what it is asked."""
    words = known(*(f"w{number}" for number in range(40)))
    said = np.zeros((len(words), 2))
    said[2:, 1] = np.random.default_rng(0).normal(0, 1, 40)
    model = LinearClassifier(words, said)
    cases = predict_texts(
        model, [build_input_text(model, text.split()) for text in texts]
    )
    return model, [find_maskable_tokens(case, "unknown") for case in cases]


def text(seed: int, tokens: int = 14) -> str:
    """Words in a random order, none twice."""
    order = np.random.default_rng(seed).permutation(40)[:tokens]
    return " ".join(f"w{number}" for number in order)


def test_nothing_is_asked_twice() -> None:
    """What one round asked is known in the next, and each text counts once."""
    model, (game,) = games(text(1))
    before = model.asked

    def asking() -> Generator[Masks, SameLabel, tuple[SameLabel, SameLabel]]:
        first = yield all_coalitions(14)[:100]
        again = yield all_coalitions(14)[[5, 5, 7, 200, 3]]
        return first, again

    (((first, again), asked),) = run_searches([game], [asking()])
    assert asked == 101
    assert model.asked - before == 101
    assert again[[0, 1, 2, 4]].tolist() == first[[5, 5, 7, 3]].tolist()


@pytest.mark.slow(2)
def test_searches_do_not_know_of_each_other() -> None:
    """What is found for a text does not depend on which others are asked about."""

    def searches(count: int) -> list[Any]:
        return [search_anchor(draws(14, seed, 800), 14, RULES) for seed in range(count)]

    count = TOGETHER + 3
    every_text = [text(seed) for seed in range(count)]
    _, together = games(*every_text)
    all_found = run_searches(together, searches(count))
    for at in (0, 4, count - 1):
        _, (alone,) = games(every_text[at])
        assert run_searches([alone], [searches(count)[at]]) == [all_found[at]]


def test_many_searches_make_few_calls() -> None:
    """A round of all of them is one call."""
    calls = []
    model, many = games(*(text(seed) for seed in range(10)))
    predict = model.predict
    model.predict = lambda texts: calls.append(len(texts)) or predict(texts)
    run_searches(many, [search_anchor(draws(14, s, 800), 14, RULES) for s in range(10)])
    assert len(calls) < 60
