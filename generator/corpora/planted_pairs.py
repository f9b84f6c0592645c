"""Pairs of sentences made here, of which it is known which word gave which.

1. An English sentence is drawn: somebody does something to something, often somewhere.
2. Its translation follows by rule. An adjective changes places with its noun and an
   adverb with its verb (`swaps`); some words become two (`fertility`); articles are
   dropped (`drops`). All other words become one, in their order.
3. Each target word is linked to the one source word that it comes from.

With `task: copy` the target is the source, with `reverse` the source from its end; who
reads the alignment of these must see a diagonal, and an anti-diagonal.

The lexicon is one to one, so a model that attends to the word it translates attends to
the links. It need not: where the target so far tells what comes next, looking anywhere
does as well. Fertility `own` makes such places, `shared` avoids them.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from generator.corpora.base import Alignment, Annotation, Document, SyntheticCorpus
from generator.corpora.grammar import Draws
from generator.corpora.pair_lexicon import (
    ADJECTIVES,
    ADVERBS,
    ARTICLES,
    MARKS,
    NOUNS,
    OWN,
    POSSESSIVES,
    PREPOSITIONS,
    SHARED,
    SINGLE,
    VERBS,
)

DOUBLE = {"shared": SHARED, "own": OWN, "none": {}}
FRONT = {*ADJECTIVES, *ADVERBS}
"""Words that stand after the next one in the other language."""


class PlantedPairs(SyntheticCorpus):
    """Pairs of sentences made here, of which it is known which word gave which."""

    holds: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.TRANSLATION, Annotation.ALIGNMENT}
    )
    source: ClassVar[str] = (
        "a grammar of sentences and their translations, part of this program"
    )
    kind: Literal["planted_pairs"] = "planted_pairs"
    documents: int = Field(default=3000, ge=1, le=1_000_000)
    """How many pairs."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other sentences from the same words."""
    task: Literal["translate", "copy", "reverse"] = "translate"
    """What the target is: a translation, the source, or the source from its end."""
    swaps: bool = True
    """Whether adjectives and adverbs stand on the other side of their word."""
    fertility: Literal["shared", "own", "none"] = "shared"
    """Which words become two: with a first word that others have too, so that the
    second must be looked up; with a first of their own, which tells it; or none."""
    drops: bool = True
    """Whether articles become nothing."""

    def document(self, index: int) -> Document:
        """Pair number `index`; it depends on nothing but it and the settings."""
        words = sentence(Draws("pair", self.seed, index))
        written = [
            (target, source)
            for source in self.order(words)
            for target in self.become(words[source])
        ]
        return Document(
            text=" ".join(words),
            translation=" ".join(word for word, _ in written),
            alignment=Alignment(tuple((i, at) for i, (_, at) in enumerate(written))),
        )

    def order(self, words: list[str]) -> list[int]:
        """The places of the source's words in the order of the target."""
        places = list(range(len(words)))
        if self.task != "translate":
            return places[:: 1 if self.task == "copy" else -1]
        if self.swaps:
            for place in [p for p in places if words[p] in FRONT]:
                places[place], places[place + 1] = place + 1, place
        return places

    def become(self, word: str) -> tuple[str, ...]:
        """What a word becomes: itself, nothing, one word or two."""
        if self.task != "translate":
            return (word,)
        if self.drops and word in ARTICLES:
            return ()
        return DOUBLE[self.fertility].get(word, (SINGLE[word],))


def sentence(draws: Draws) -> list[str]:
    """An English sentence."""
    words = [*thing(draws), *deed(draws), *thing(draws)]
    if draws.number(3):
        words += [draws.pick(tuple(PREPOSITIONS)), *thing(draws)]
    return [*words, draws.pick(MARKS)]


def thing(draws: Draws) -> list[str]:
    """A noun with what stands before it."""
    first = draws.pick((*ARTICLES, draws.pick(tuple(POSSESSIVES))))
    adjective = [draws.pick(tuple(ADJECTIVES))] if draws.number(2) else []
    return [first, *adjective, draws.pick(tuple(NOUNS))]


def deed(draws: Draws) -> list[str]:
    """A verb, sometimes with an adverb before it."""
    adverb = [draws.pick(tuple(ADVERBS))] if draws.number(2) else []
    return [*adverb, draws.pick(tuple(VERBS))]
