"""A reader of stories whose answers are known: it attends to what a test writes down.

A story is sentences of one word each and a question: `red. blue. where?`. A logit is a
weighted mean of what the words say, as in `SlopingClassifier`, the question behind them
saying nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from generator.core.tokens import Token
from generator.corpora.base import Corpus, Document
from generator.corpora.words import divide_story, join_sentence, split_into_words
from generator.models.base import Floats, Texts
from generator.models.capabilities import EncodedStory
from tests.fakes.classifiers import SlopingClassifier, known

WORDS = known("red", "blue", "grey", "green")
LABELS = ("attic", "garden")
SAYS = {"red": [6.0, 0.0], "blue": [0.0, 6.0]}


class KnownReader(SlopingClassifier):
    """A `Reader` whose sentences have the id of their first word."""

    def story(self, words: Sequence[str]) -> EncodedStory:
        found = divide_story(words)
        texts = tuple(join_sentence(one) for one in found.sentences[: self.max_tokens])
        ids = self.number_sentences(texts, "")
        kinds = ("unknown" if number == 1 else "sentence" for number in ids)
        tokens = tuple(map(Token, texts, kinds))
        return EncodedStory(tokens, ids, found.spans, join_sentence(found.question))

    def number_sentences(
        self, sentences: Sequence[str], question: str
    ) -> tuple[int, ...]:
        del question
        return self.words.encode(split_into_words(one)[0] for one in sentences)

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        rows = super().embed(texts)
        return tuple(np.vstack([row, np.zeros_like(row[:1])]) for row in rows)

    def _slope(self, point: Any, label: int, quantity: Any, *, frozen: bool) -> Any:
        value, slope, found = super()._slope(point[:-1], label, quantity, frozen=frozen)
        return value, np.vstack([slope, np.zeros_like(slope[:1])]), found


def reader(epoch: int = 2, **scores: float) -> KnownReader:
    """One that scores words as told; red says attic and blue garden, others nothing."""
    told = np.array([0.0, 0.0, *(scores.get(word, 0.0) for word in WORDS.words)])
    says = np.array(
        [[0, 0], [0, 0], *(SAYS.get(word, [0.0, 0.0]) for word in WORDS.words)]
    )
    return KnownReader(WORDS, told, says, labels=LABELS, epoch=epoch)


def stories(count: int = 24, size: int = 4) -> Corpus:
    """Stories one of whose sentences decides, at every place in turn."""
    made = []
    for number in range(count):
        place, word = number % size, ("red", "blue")[number % 2]
        sentences = [("grey", "green")[i % 2] for i in range(size)]
        sentences[place] = word
        text = " ".join(f"{one}." for one in sentences) + " where?"
        span = (2 * place, 2 * place + 2)
        made.append(Document(text, label=LABELS[number % 2], rationale=(span,)))
    return Corpus(tuple(made), key="fake", labels=LABELS)
