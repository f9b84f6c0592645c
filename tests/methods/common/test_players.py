"""Which tokens can be hidden, and what many texts are asked together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.artifacts import Check
from generator.methods.attribution.shapley_values import all_coalitions
from generator.methods.common import explained_predictions as module
from generator.methods.common.checks import worst_checks
from generator.methods.common.classifier_texts import build_input_text
from generator.methods.common.explained_predictions import (
    answer_masks,
    find_maskable_tokens,
    predict_texts,
    unmoved_reason,
)
from generator.methods.common.perturbation import distinct_masks, perturbed_answers
from tests.methods.explaining import Telling, spoken

OPERATORS = ["remove", "unknown", "pad"]


def cases(model: Any, *texts: str) -> Any:
    """The cases of texts."""
    return predict_texts(
        model, [build_input_text(model, text.split()) for text in texts]
    )


@pytest.mark.parametrize("operator", OPERATORS)
def test_what_hiding_does_not_change_is_no_player(operator: Any) -> None:
    """An unknown word is none where the unknown word would replace it."""
    (case,) = cases(spoken(), "a qua b")
    game = find_maskable_tokens(case, operator)
    places = [0, 2] if operator == "unknown" else [0, 1, 2]
    assert game.places.tolist() == places
    masks = all_coalitions(len(places))
    whole = game.full_masks(masks)
    assert (whole[:, places] == masks).all()
    assert whole.all(axis=1).sum() == 1
    found = game.scores_of_all(np.ones(len(places)))
    assert np.isfinite(found).tolist() == [place in places for place in range(3)]


def test_why_there_are_too_few() -> None:
    """Too short, all unknown, or too few that hiding changes."""
    short, none, few, empty = cases(spoken(), "a", "qua sed", "qua sed a", "")
    assert find_maskable_tokens(short, "remove").undefined_reason(1) == ""
    assert (
        find_maskable_tokens(short, "remove")
        .undefined_reason(2)
        .endswith("at least 2 are needed")
    )
    assert "outside the vocabulary" in find_maskable_tokens(
        none, "remove"
    ).undefined_reason(1)
    assert (
        find_maskable_tokens(few, "unknown")
        .undefined_reason(2)
        .startswith("1 of 3 tokens can be hidden")
    )
    assert find_maskable_tokens(few, "unknown").undefined_reason(1) == ""
    assert find_maskable_tokens(few, "remove").undefined_reason(2) == ""
    assert (
        find_maskable_tokens(empty, "remove").undefined_reason(1) == "the text is empty"
    )


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("cells", [1, 200, 10**6])
def test_many_texts_are_answered_as_one_by_one(
    operator: Any, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many fit into a call, each text gets its own answers, in order."""
    monkeypatch.setattr(module, "CELLS", cells)
    model = spoken()
    games = [
        find_maskable_tokens(case, operator)
        for case in cases(model, "a b c", "d", "e qua f g")
    ]
    asked = [(game, all_coalitions(len(game.places))) for game in games]
    found = list(answer_masks(iter(asked)))
    assert len(found) == 3
    for (game, masks), (back, rows) in zip(asked, found, strict=True):
        assert back is masks
        ids = game.case.question.ids
        (known,) = perturbed_answers(model, [ids], [game.full_masks(masks)], operator)
        np.testing.assert_array_equal(rows, known)


def test_calls_are_as_few_as_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are put together up to the bound; a large one is asked alone."""
    model = Telling(lambda words: 0.1 * len(words))
    games = [
        find_maskable_tokens(case, "remove")
        for case in cases(model, "a b", "c d", "a b c d e")
    ]
    asked = [(game, all_coalitions(len(game.places))) for game in games]
    for cells, calls in ((10**6, [4 + 4 + 32]), (100, [4 + 4, 32]), (1, [4, 4, 32])):
        monkeypatch.setattr(module, "CELLS", cells)
        model.calls.clear()
        list(answer_masks(asked))
        assert model.calls == calls
    assert list(answer_masks([])) == []


def test_rounding_is_no_change() -> None:
    """Answers that differ by float32 rounding are the same answer."""
    assert unmoved_reason(np.array([0.7, 0.7 + 6e-8]))
    assert unmoved_reason(np.array([1e-5, 1e-5]))
    assert not unmoved_reason(np.array([0.7, 0.7001]))
    assert not unmoved_reason(np.array([1e-9, 2e-9]))


@given(st.integers(0, 20), st.integers(0, 30), st.integers(0, 99))
def test_different_masks_are_found(tokens: int, rows: int, seed: int) -> None:
    """Each mask is the different one it is said to be, and none stands twice."""
    masks = np.random.default_rng(seed).random((rows, tokens)) < 0.5
    different, back = distinct_masks(masks)
    np.testing.assert_array_equal(different[back], masks)
    assert len(set(map(tuple, different.tolist()))) == len(different)


def test_the_worst_of_checks_by_name() -> None:
    """The largest error of each name is kept, an undefined one above all."""
    found = worst_checks(
        [Check("a", 1.0, 2), Check("b", 0.0, 1), Check("a", 3.0, 2), Check("b", 0.5, 1)]
    )
    assert found == (Check("a", 3.0, 2), Check("b", 0.5, 1))
    (undefined,) = worst_checks([Check("a", float("nan"), 2), Check("a", 1.0, 2)])
    assert not undefined.passed
