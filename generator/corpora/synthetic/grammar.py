"""Sentences from rules, drawn by position.

A rule is a list of phrases. A phrase is words with spaces between them; a word `$name`
stands for a phrase of the rule `name`, drawn anew. Every draw hashes the place of its
document and its own number in it, so a document depends on the seed and its position
alone: making more documents changes none, and no library can change the draws.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
Rules = Mapping[str, Sequence[str]]


class Draws:
    """The draws of one document, in order."""

    def __init__(self, *place: str | int) -> None:
        self.place = "/".join(map(str, place))
        self.count = 0
        self.hashed = b""

    def number(self, below: int) -> int:
        """A number from 0 up to and without `below`."""
        block, place = divmod(self.count, 4)
        if not place:
            self.hashed = hashlib.sha256(f"{self.place}/{block}".encode()).digest()
        self.count += 1
        return int.from_bytes(self.hashed[8 * place : 8 * place + 8]) % below

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`, each as likely."""
        return options[self.number(len(options))]


def shuffle_options(options: Sequence[T], *place: str | int) -> list[T]:
    """`options` in an order that depends on `place` alone."""
    ranks = {
        index: hashlib.sha256("/".join(map(str, (*place, index))).encode()).digest()
        for index in range(len(options))
    }
    return [options[index] for index in sorted(ranks, key=ranks.__getitem__)]


def expand_phrase(phrase: str, rules: Rules, draws: Draws) -> list[str]:
    """The words of a phrase, its `$names` replaced."""
    words: list[str] = []
    for word in phrase.split():
        if word.startswith("$"):
            words += expand_phrase(draws.pick(rules[word[1:]]), rules, draws)
        else:
            words.append(word)
    return words
