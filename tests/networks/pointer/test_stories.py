"""Stories as examples, and the numbers of their sentences."""

from __future__ import annotations

import numpy as np
import pytest

from generator.corpora.words import Words
from generator.networks.pointer.sentences import (
    FIRST,
    UNKNOWN,
    Numbering,
    Read,
    Stories,
    rows,
)

WORDS = Words(("ann", "ben", "sat", "where", "?"))
ANN, BEN, BOTH = ("ann", "sat"), ("ben", "sat"), ("ann", "ben", "sat")
WHERE = ("where", "ann", "?")


def test_rows_are_cut_and_padded() -> None:
    """A sentence has one width, unknown words are 1, padding is 0."""
    found = rows([ANN, ("zed", *BOTH)], WORDS, 3)
    assert found.tolist() == [[2, 4, 0], [1, 2, 3]]


def test_a_batch_is_as_long_as_its_longest_story() -> None:
    """Shorter stories are padded behind, and each keeps its question and answer."""
    made = Stories([Read([ANN], WHERE, 1), Read([BEN, BOTH, ANN], WHERE, 0)], WORDS, 4)
    (sentences, questions), answers = made.take(np.array([1, 0]))
    assert sentences.shape == (2, 3, 4)
    assert sentences[0, 1].tolist() == [2, 3, 4, 0]
    assert sentences[1].tolist() == [[2, 4, 0, 0], [0] * 4, [0] * 4]
    assert questions.tolist() == [[5, 2, 6, 0]] * 2
    assert answers.tolist() == [0, 1]
    assert made.lengths.tolist() == [1, 3]
    (alone, _), _ = made.take(np.array([0]))
    assert alone.shape == (1, 1, 4)


def test_the_key_is_that_of_the_stories() -> None:
    """Another answer, question, order or width is another key; nothing else is."""
    given = [Read([ANN], WHERE, 1), Read([BEN, ANN], WHERE, 0)]
    same = Stories(given, WORDS, 4).key
    assert Stories([*given], WORDS, 4).key == same
    others = (
        Stories(given[::-1], WORDS, 4),
        Stories(given, WORDS, 5),
        Stories([given[0], Read([BEN, ANN], WHERE, 1)], WORDS, 4),
        Stories([given[0], Read([BEN, ANN], ANN, 0)], WORDS, 4),
        Stories([given[0], Read([ANN, BEN], WHERE, 0)], WORDS, 4),
    )
    assert len({same, *(one.key for one in others)}) == 6


def test_numbers_stay() -> None:
    """A sentence has one number for each question, given once."""
    numbering = Numbering(WORDS, 4)
    first = numbering.number([ANN, BEN, ANN], WHERE)
    assert first == (FIRST, FIRST + 1, FIRST)
    assert numbering.number([BEN], WHERE) == (FIRST + 1,)
    assert numbering.number([BEN], ANN) == (FIRST + 2,)
    assert numbering.number([("zed", "quux")], WHERE) == (UNKNOWN,)
    sentences, questions = numbering.rows(np.array([[2, 3, 1, 0]], np.int32))
    assert sentences[0].tolist() == [[2, 4, 0, 0], [3, 4, 0, 0], [1, 0, 0, 0], [0] * 4]
    assert questions.tolist() == [[5, 2, 6, 0]]


def test_one_question_a_story() -> None:
    """Sentences read for different questions are no story."""
    numbering = Numbering(WORDS, 4)
    mixed = [*numbering.number([ANN], WHERE), *numbering.number([BEN], ANN)]
    with pytest.raises(ValueError, match="one question"):
        numbering.rows(np.array([mixed], np.int32))


def test_nothing_asked() -> None:
    """Padding alone has no words and no question."""
    sentences, questions = Numbering(WORDS, 4).rows(np.zeros((1, 2), np.int32))
    assert not sentences.any()
    assert not questions.any()
