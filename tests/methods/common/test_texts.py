"""Windows, documents and checks that methods share."""

from __future__ import annotations

import math
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.artifacts import Check
from generator.core.errors import IntegrityError
from generator.core.tokens import Token
from generator.corpora.tokenization import MARK, Vocabulary
from generator.methods.common import checks, language_model_texts
from generator.methods.common.language_model_texts import (
    choose_places,
    format_tokens,
    read_text,
)
from tests.fakes.language_models import HandWriter, UniformWriter, ask, trained, words

IDS = st.lists(st.integers(0, 9), min_size=1, max_size=20)


@given(IDS, st.integers(1, 6), st.data())
def test_a_history_is_what_stands_before(
    ids: list[int], window: int, data: st.DataObject
) -> None:
    """Slot by slot: the token so many places back, or 0 before the text."""
    place = data.draw(st.integers(0, len(ids)))
    (row,) = language_model_texts.histories(ids, [place], window)
    for slot in range(window):
        back = place - window + slot
        assert row[slot] == (ids[back] if back >= 0 else 0)


@given(st.lists(IDS, min_size=1, max_size=6), st.integers(1, 4))
def test_asking_once_or_each_is_the_same(texts: list[list[int]], batch: int) -> None:
    """De-duplicated, batched answers are those of each history alone."""

    def answer(seen: Any) -> Any:
        found = (seen @ [1, 11, 111])[:, None] * np.arange(1, 12) % 7 + 1.0
        return found / found.sum(1, keepdims=True)

    model = HandWriter(words(9), 3, answer=answer)
    rows = np.concatenate(
        [language_model_texts.histories(ids, [len(ids)], 3) for ids in texts]
    )
    targets = rows[:, -1]
    with mock.patch.object(language_model_texts, "BATCH", batch):
        found = language_model_texts.target_probability(model, rows, targets)
        asked = language_model_texts.predict_histories(model, rows)
    alone = [model.predict(row[None]).probabilities[0] for row in rows]
    assert found.tolist() == [
        one[target] for one, target in zip(alone, targets, strict=True)
    ]
    np.testing.assert_array_equal(asked.probabilities, np.array(alone))


def test_padding_is_what_comes_before() -> None:
    """Zeros after a token are unknown words."""
    found = language_model_texts.is_padding(np.array([[0, 0, 3], [3, 0, 0], [0, 0, 0]]))
    assert found.tolist() == [[True, True, False], [False] * 3, [True] * 3]


def test_logarithms_are_finite() -> None:
    """Probability 0 counts as the floor."""
    assert language_model_texts.floored_log(np.array([0.0, 1.0])).tolist() == [
        math.log(language_model_texts.FLOOR),
        0.0,
    ]


def test_words_that_look_like_marks() -> None:
    """A word that reads as the mark is no mark, in a vocabulary that could know it."""
    vocabulary = Vocabulary(("a", MARK), word_level=False)
    text = read_text(vocabulary, "a<s>", closed=True)
    kinds = [token.kind for token in text.tokens]
    assert kinds == ["mark", "word", "unknown", "unknown", "unknown", "mark"]
    assert format_tokens(vocabulary, text.tokens) == "a<s>"
    assert text.ids == (2, 1, 0, 0, 0, 2)


def test_labels_and_rows_are_cut_alike() -> None:
    """A row's id and its label are the same token."""
    vocabulary = words(4)
    text = read_text(vocabulary, "w1 zzz w3 w4")
    places = range(1, 5)
    for row, labels in zip(
        text.histories(places, 3), text.history_tokens(places, 3), strict=True
    ):
        for index, token in zip(row, labels, strict=True):
            known = token.kind in {"word", "mark"}
            assert vocabulary.ids.get(token.text, 0) == index if known else index == 0


@given(st.sets(st.integers(0, 500), max_size=60), st.integers(1, 20))
def test_one_place_more_displaces_at_most_one(places: set[int], limit: int) -> None:
    """What is chosen depends on each place alone."""
    before = set(choose_places(sorted(places), limit, (1, 2)))
    after = set(choose_places(sorted(places | {999}), limit, (1, 2)))
    assert len(before) == min(limit, len(places))
    assert before - after <= before
    assert len(before - after) <= 1
    assert after - before <= {999}


def test_the_seed_chooses() -> None:
    """Another seed chooses others."""
    assert choose_places(range(500), 20, (1, 2)) != choose_places(
        range(500), 20, (1, 3)
    )


@pytest.mark.parametrize("error", [0.2, math.nan, math.inf])
def test_a_failed_check_is_named(error: float) -> None:
    """Too large an error, or none that is a number, is refused; others pass."""
    good = Check("right", 0.0, 0.0)
    assert checks.verify_checks(good) == (good,)
    with pytest.raises(IntegrityError, match=r"wrong: off by .*at most 0\.1"):
        checks.verify_checks(good, Check("wrong", error, 0.1))


def test_draws_are_of_their_position() -> None:
    """A generator depends on seed and position, not on what was drawn before."""
    asked = ask(trained(UniformWriter(words(2), 3)))
    first = asked.generator(1, 2).random()
    asked.generator(1, 1).random(100)
    assert asked.generator(1, 2).random() == first
    assert asked.generator(2, 1).random() != first


def test_kinds_of_tokens() -> None:
    """Known words, unknown ones by name, the mark."""
    text = read_text(words(2), "W1 Who")
    assert text.tokens == (Token(MARK, "mark"), Token("w1"), Token("who", "unknown"))
