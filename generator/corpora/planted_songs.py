"""Song reviews made here, in which one rare word decides a later one.

1. An artist comes from one city, and every review of the artist names it: among 36
   artists and six cities, the artist's name decides the city and nothing else in the
   review does. Name and city come equally often, in every stretch of 36 reviews once
   for each artist.
2. The city follows its artist by four to nine words, each distance as often, so that
   the name is still inside a window of ten when the city is written.
3. The rest of a review is drawn without knowledge of either (see `song_grammar`).
4. Each review carries its truth: where the name is, where the city is, and the cities
   that could have stood there.

A model that writes the right city has used the name. Whether a way of looking at the
model shows that can then be checked against the truth.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

from pydantic import Field

from generator.corpora.base import Annotation, Document, SyntheticCorpus, Truth
from generator.corpora.grammar import Draws, expand, shuffled
from generator.corpora.song_grammar import FORMS, HOMES, RULES

LAGS = range(4, 10)
"""Words from an artist to the city."""
ARTISTS = tuple((artist, city) for city in HOMES for artist in HOMES[city])
CITIES = tuple(sorted(HOMES))


class PlantedSongs(SyntheticCorpus):
    """Song reviews made here, in which one rare word decides a later one."""

    holds: ClassVar[frozenset[Annotation]] = frozenset({Annotation.TRUTH})
    source: ClassVar[str] = "a grammar of song reviews, part of this program"
    kind: Literal["planted_songs"] = "planted_songs"
    documents: int = Field(default=3000, ge=1, le=1_000_000)
    """How many reviews."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other reviews from the same words."""

    def document(self, index: int) -> Document:
        """Review number `index` with its truth."""
        return review(self.seed, index)

    def facts(self) -> tuple[str, ...]:
        """How many names there are."""
        return (f"{len(ARTISTS)} artists, {len(CITIES)} cities",)


def review(seed: int, index: int) -> Document:
    """Review number `index`; it depends on nothing but its arguments."""
    block, place = divmod(index, len(ARTISTS))
    artist, city = artists(seed, block)[place]
    words, key, answer = skeleton(Draws("review", seed, index))
    words[key], words[answer] = artist, city
    truth = Truth(key=(key, key + 1), answer=answer, choices=CITIES)
    return Document(text=" ".join(words), truth=truth)


@lru_cache(maxsize=1)
def artists(seed: int, block: int) -> list[tuple[str, str]]:
    """The artists of one stretch of reviews, each once, with their cities."""
    return shuffled(ARTISTS, "artists", seed, block)


def skeleton(draws: Draws) -> tuple[list[str], int, int]:
    """A review without its artist and its city, and where the two belong."""
    before = expand(draws.pick(("", "", "$other")), RULES, draws)
    start, middle, end = sentence(draws, draws.pick(LAGS))
    after = expand(draws.pick(("", "$other", "$other")), RULES, draws)
    head = before + start
    words = [*head, "", *middle, "", *end, *after]
    return words, len(head), len(head) + len(middle) + 1


def sentence(draws: Draws, lag: int) -> tuple[list[str], list[str], list[str]]:
    """Words before the artist, up to the city, and after, `lag` words between them."""
    while True:
        start, middle, end = draws.pick(FORMS)
        words = expand(middle, RULES, draws)
        if len(words) == lag - 1:
            return expand(start, RULES, draws), words, expand(end, RULES, draws)
