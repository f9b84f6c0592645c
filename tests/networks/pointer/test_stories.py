"""Stories as examples, and the numbers of their sentences."""

from __future__ import annotations

import numpy as np
import pytest

from generator.corpora.words import WordVocabulary
from generator.networks.pointer.sentences import (
    FIRST,
    UNKNOWN,
    SentenceNumbers,
    StoryExample,
    StoryExamples,
    encode_sentences,
)

WORDS = WordVocabulary(("ann", "ben", "sat", "where", "?"))
ANN, BEN, BOTH = ("ann", "sat"), ("ben", "sat"), ("ann", "ben", "sat")
WHERE = ("where", "ann", "?")


def test_rows_are_cut_and_padded() -> None:
    """A sentence has one width, unknown words are 1, padding is 0."""
    found = encode_sentences([ANN, ("zed", *BOTH)], WORDS, 3)
    assert found.tolist() == [[2, 4, 0], [1, 2, 3]]


def test_a_batch_is_as_long_as_its_longest_story() -> None:
    """Shorter stories are padded behind, and each keeps its question and answer."""
    made = StoryExamples(
        [StoryExample([ANN], WHERE, 1), StoryExample([BEN, BOTH, ANN], WHERE, 0)],
        WORDS,
        4,
    )
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
    given = [StoryExample([ANN], WHERE, 1), StoryExample([BEN, ANN], WHERE, 0)]
    same = StoryExamples(given, WORDS, 4).key
    assert StoryExamples([*given], WORDS, 4).key == same
    others = (
        StoryExamples(given[::-1], WORDS, 4),
        StoryExamples(given, WORDS, 5),
        StoryExamples([given[0], StoryExample([BEN, ANN], WHERE, 1)], WORDS, 4),
        StoryExamples([given[0], StoryExample([BEN, ANN], ANN, 0)], WORDS, 4),
        StoryExamples([given[0], StoryExample([ANN, BEN], WHERE, 0)], WORDS, 4),
    )
    assert len({same, *(one.key for one in others)}) == 6


def test_numbers_stay() -> None:
    """A sentence has one number for each question, given once."""
    numbering = SentenceNumbers(WORDS, 4)
    first = numbering.number_sentences([ANN, BEN, ANN], WHERE)
    assert first == (FIRST, FIRST + 1, FIRST)
    assert numbering.number_sentences([BEN], WHERE) == (FIRST + 1,)
    assert numbering.number_sentences([BEN], ANN) == (FIRST + 2,)
    assert numbering.number_sentences([("zed", "quux")], WHERE) == (UNKNOWN,)
    sentences, questions = numbering.look_up_rows(np.array([[2, 3, 1, 0]], np.int32))
    assert sentences[0].tolist() == [[2, 4, 0, 0], [3, 4, 0, 0], [1, 0, 0, 0], [0] * 4]
    assert questions.tolist() == [[5, 2, 6, 0]]


def test_one_question_a_story() -> None:
    """Sentences read for different questions are no story."""
    numbering = SentenceNumbers(WORDS, 4)
    mixed = [
        *numbering.number_sentences([ANN], WHERE),
        *numbering.number_sentences([BEN], ANN),
    ]
    with pytest.raises(ValueError, match="one question"):
        numbering.look_up_rows(np.array([mixed], np.int32))


def test_nothing_asked() -> None:
    """Padding alone has no words and no question."""
    sentences, questions = SentenceNumbers(WORDS, 4).look_up_rows(
        np.zeros((1, 2), np.int32)
    )
    assert not sentences.any()
    assert not questions.any()
