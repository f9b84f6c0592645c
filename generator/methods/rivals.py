"""What an optimised text has to beat: random texts, and stretches of training texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Found
from generator.corpora.words import Words, words_of
from generator.methods.base import Asked
from generator.methods.logodds import LogOdds
from generator.methods.texts import chosen, trained_on

Ids = NDArray[np.intp]
Rows = list[tuple[int, ...]]


def random_texts(
    known: Ids, length: int, count: int, rng: np.random.Generator, *, repeats: bool
) -> Rows:
    """`count` texts of words drawn evenly, none twice in a text without `repeats`."""
    if repeats:
        drawn = rng.choice(known, (count, length))
    else:
        drawn = np.array([rng.permutation(known)[:length] for _ in range(count)])
    return [tuple(row) for row in drawn.tolist()]


def stretches(asked: Asked, words: Words, length: int, limit: int) -> Rows:
    """At most `limit` different stretches of `length` words of the training texts."""
    found: dict[tuple[int, ...], None] = {}
    for document in trained_on(asked):
        ids = words.encode(words_of(document.text))
        for start in range(len(ids) - length + 1):
            found[ids[start : start + length]] = None
    every = list(found)
    return [every[at] for at in chosen(range(len(every)), limit, asked.seed[:1])]


def best(aim: LogOdds, words: Words, texts: Sequence[tuple[int, ...]]) -> Found:
    """The text of the largest score, the first of a tie."""
    scores = aim.of(texts)
    place = int(scores.argmax())
    tokens = tuple(words.token(index) for index in texts[place])
    return Found(tokens=tokens, score=float(scores[place]))
