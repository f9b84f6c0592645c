"""Stories as a reader is trained on them, and the numbers of their sentences.

A sentence is a row of word ids, `width` wide: longer ones are cut, shorter ones padded
with 0 behind. A story is its sentences and a question; a batch is as long as its
longest story.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.corpora.words import SENTENCE_ENDS, WordVocabulary, divide_words
from generator.networks.training.examples import cut_padded_texts, digest

Numbers = NDArray[np.int64]
Ids = NDArray[np.int32]
WordRow = tuple[str, ...]
PADDING, UNKNOWN, FIRST = 0, 1, 2
"""Numbers of padding, of a sentence without a known word, of the first of the others"""


class StoryExample(NamedTuple):
    """A story to learn from: the words of sentences and question, and the answer."""

    sentences: Sequence[WordRow]
    question: WordRow
    answer: int


def encode_sentences(
    sentences: Sequence[Sequence[str]], words: WordVocabulary, width: int
) -> Ids:
    """Encode sentences as ids.

    Args:
        sentences: The words of each sentence.
        words: The vocabulary.
        width: Words of a row, or characters where those are the vocabulary's unit:
            longer sentences are cut, shorter ones padded with 0.

    Returns:
        Ids (sentences, width).
    """
    rows = np.zeros((len(sentences), width), np.int32)
    for row, sentence in zip(rows, sentences, strict=True):
        ids = words.encode(divide_words(sentence, words.unit)[:width])
        row[: len(ids)] = ids
    return rows


class StoryExamples:
    """Stories with answers: examples whose lengths are their numbers of sentences."""

    def __init__(
        self, stories: Sequence[StoryExample], words: WordVocabulary, width: int
    ) -> None:
        """Encode the stories.

        Args:
            stories: The stories.
            words: The vocabulary.
            width: Words of a sentence's row.
        """
        every = [sentence for one in stories for sentence in one.sentences]
        self._sentences = encode_sentences(every, words, width)
        self._questions = encode_sentences(
            [one.question for one in stories], words, width
        )
        self._answers = np.array([one.answer for one in stories], np.int32)
        self.lengths: Numbers = np.array([len(one.sentences) for one in stories], int)
        self._offsets = np.concatenate([[0], np.cumsum(self.lengths)])
        arrays = self._offsets, self._answers, self._questions, self._sentences
        self.key = digest(f"stories/1/{width}".encode(), *arrays)

    def __len__(self) -> int:
        """How many stories there are."""
        return len(self._answers)

    def take(self, numbers: Numbers) -> tuple[tuple[Ids, Ids], Ids]:
        """Return stories and answers.

        Args:
            numbers: Which stories, (n,).

        Returns:
            Inputs: sentences (n, T, width) and questions (n, width). Targets: answers
            (n,).
        """
        sentences = cut_padded_texts(self._sentences, self._offsets, numbers)
        inputs = (sentences.astype(np.int32), self._questions[numbers])
        return inputs, self._answers[numbers]


class SentenceNumbers:
    """Numbers of sentences, each together with the question it is read for.

    A network is asked about ids, and a story's are those of its sentences. Numbers are
    given as sentences come; they are the same in all states of one trained model and
    go into no file.
    """

    def __init__(self, words: WordVocabulary, width: int) -> None:
        self.words, self.width = words, width
        self._numbers: dict[tuple[WordRow, WordRow], int] = {}
        self._rows = [_make_row(width), _make_row(width, UNKNOWN)]
        self._asked = [_make_row(width)] * FIRST
        self._table = (np.stack(self._rows), np.stack(self._asked))

    def __len__(self) -> int:
        """Return the next number to give."""
        return len(self._rows)

    def number_sentences(
        self, sentences: Sequence[WordRow], question: WordRow
    ) -> tuple[int, ...]:
        """Return the number of each sentence; 1 for one without a known word.

        Args:
            sentences: The words of each sentence.
            question: The words of the question they are read for.
        """
        return tuple(self._number_sentence(one, question) for one in sentences)

    def look_up_rows(self, ids: NDArray[np.int32]) -> tuple[Ids, Ids]:
        """Look up the words of numbered stories.

        Args:
            ids: Numbers of sentences, (n, T), 0 where padded.

        Returns:
            Words of sentences (n, T, width) and of each story's question (n, width).

        Raises:
            ValueError: A story has sentences that are read for different questions.
        """
        if len(self._table[0]) < len(self):
            self._table = (np.stack(self._rows), np.stack(self._asked))
        questions = self._table[1][ids]
        question = questions.max(1, initial=0)
        if ((questions != question[:, None]) & (ids >= FIRST)[..., None]).any():
            raise ValueError("the sentences of one story are read for one question")
        return self._table[0][ids], question

    def _number_sentence(self, sentence: WordRow, question: WordRow) -> int:
        read = divide_words(sentence, self.words.unit)[: self.width]
        distinct = set(read) - SENTENCE_ENDS
        if not any(word in self.words.ids for word in distinct):
            return UNKNOWN
        key = (sentence, question)
        if key not in self._numbers:
            self._numbers[key] = len(self)
            self._rows.append(encode_sentences([sentence], self.words, self.width)[0])
            self._asked.append(encode_sentences([question], self.words, self.width)[0])
        return self._numbers[key]


def _make_row(width: int, word: int = 0) -> Ids:
    """Return a sentence of one word, or of none, (width,)."""
    row = np.zeros(width, np.int32)
    row[0] = word
    return row
