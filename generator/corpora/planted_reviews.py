"""Film reviews made here, whose label follows from how they are built.

Every review is made by a grammar. Its label is worked out from its clauses, so it is
known which words decide it.

1. A word that evaluates stands some steps from the middle: `good` one up, `superb` two
   up, `bad` one down, `awful` two down, `average` none. There are 94 such words.
2. An intensifier moves its word one step out (`very good` is two up), a downtoner one
   step in (`almost superb` is one up, `faintly dull` is in the middle).
3. A negation then moves the clause two steps towards the other side. `Not good` is one
   down and `not bad` one up; `not superb`, `not dreadful` and `not utterly dull` are in
   the middle. The negation may stand well before its word: `I did not find the plot
   dull`.
4. Where one clause is set against another, one counts: what follows `but` or `yet`,
   and what `although` or `though` does not introduce.
5. What is not the reviewer's word on the film never counts: what others thought of it,
   what another work was like, what something in the story is like, the bad guys.
6. The label is the mean of the clauses that count, half a step rounded to the middle:
   -2 is very negative, 2 very positive. A review has one such clause or two, and two
   agree or cancel out.
7. With two classes only the side counts, and no review is in the middle.

The rationale are the words that decide: in every clause that counts the evaluating word
with its negation and its word of degree, and the word `but`, `yet`, `although` or
`though` that overrules the other clause. The overruled clause does not belong to it,
nor do the words that tell whose opinion is given: whose it is, the rules take as known.
With two classes words of degree do not belong to it either, since they never change the
side. Without the rationale a review has another label or none, and all other words can
go without changing it. Every review has a rationale, neutral ones too.

Nothing else is meant to tell the label. In every stretch of 180 reviews (144 with two
classes) each value comes as often with each build of the deciding sentence, and in each
place: first, last or between others. The other sentences are drawn without knowledge of
it, and what they say of other things is as often good as bad. Only the overruled clause
leans, to the side that loses. So counting words gives the label of five in about half
of the reviews, and of two in about three of five.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import ClassVar, Literal

from pydantic import Field

from generator.corpora.base import Annotation, Document, SyntheticCorpus
from generator.corpora.grammar import Draws, shuffled
from generator.corpora.review_clauses import clause, distractor, filler, verdicts
from generator.corpora.review_grammar import VERDICTS
from generator.corpora.review_labels import LABELS, Classes, label_of, rationale
from generator.corpora.review_parts import Part, Piece, assembled, natural

Build = Literal["alone", "pair", "but", "although", "though"]
Cell = tuple[int, int, Build]

VALUES = {classes: tuple(named) for classes, named in LABELS.items()}
FIRST, BETWEEN, LAST = PLACES = range(3)
"""Where the deciding sentence stands."""
BUILDS: tuple[Build, ...] = (
    *("alone", "alone", "alone", "alone", "alone", "alone"),
    *("pair", "pair", "but", "although", "though", "though"),
)
"""The deciding sentence; the overruled clause comes first as often as last."""
OTHERS = range(8, 25)
"""Words of all other sentences together."""
ASIDE = 3
"""Of ten other sentences, how many evaluate something else."""


class PlantedReviews(SyntheticCorpus):
    """Film reviews made here, whose label follows from how they are built."""

    holds: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.RATIONALE}
    )
    source: ClassVar[str] = "a grammar of film reviews, part of this program"
    kind: Literal["planted_reviews"] = "planted_reviews"
    classes: Classes = 5
    """Labels: five from very negative to very positive, or negative and positive."""
    documents: int = Field(default=3000, ge=1, le=1_000_000)
    """How many reviews."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other reviews from the same words."""

    def document(self, index: int) -> Document:
        """Review number `index` with its label and what decides it."""
        return review(self.seed, index, self.classes)

    def labels(self) -> tuple[str, ...]:
        """All labels, from negative to positive."""
        return tuple(dict.fromkeys(LABELS[self.classes].values()))


def review(seed: int, index: int, classes: Classes = 5) -> Document:
    """Review number `index`; it depends on nothing but its arguments."""
    words, parts = built(seed, index, classes)
    label = label_of(words, parts, classes)
    return Document(natural(words), label, rationale=rationale(words, parts, classes))


def built(
    seed: int, index: int, classes: Classes = 5
) -> tuple[list[str], tuple[Part, ...]]:
    """The words of review number `index`, and its clauses."""
    block, number = divmod(index, len(VALUES[classes]) * len(PLACES) * len(BUILDS))
    value, place, build = cells(seed, block, classes)[number]
    around = others(Draws("around", classes, seed, index), VALUES[classes])
    draws = Draws("verdict", classes, seed, index)
    middle = 1 + draws.number(len(around) - 1)
    before = {FIRST: 0, BETWEEN: middle, LAST: len(around)}[place]
    sentences = [[piece] for piece in around]
    sentences.insert(before, deciding(draws, value, build))
    return assembled(sentences)


@lru_cache(maxsize=1)
def cells(seed: int, block: int, classes: Classes) -> list[Cell]:
    """Values, places and builds of one stretch of reviews, each combination once."""
    every = tuple(product(VALUES[classes], PLACES, BUILDS))
    return shuffled(every, "cells", classes, seed, block)


def others(draws: Draws, values: Sequence[int]) -> list[Piece]:
    """Two or three sentences that decide nothing."""
    while True:
        found = [
            distractor(draws, values) if draws.number(10) < ASIDE else filler(draws)
            for _ in range(2 + draws.number(2))
        ]
        openings = {tuple(words[:3]) for _, words in found}
        length = sum(len(words) for _, words in found)
        if length in OTHERS and len(openings) == len(found):
            return found


def deciding(draws: Draws, value: int, build: Build) -> list[Piece]:
    """A sentence, or two, that make a review worth `value`."""
    end = Piece("mark", ["."])
    if build == "alone":
        return [Piece("verdict", clause(draws, value, VERDICTS)), end]
    if build == "pair":
        one, two = verdicts(draws, *draws.pick(pairs(value)))
        joint = draws.pick(([",", "and"], [";"], ["."]))
        return [
            Piece("verdict", one),
            Piece("mark", joint),
            Piece("verdict", two),
            end,
        ]
    counts, other = verdicts(draws, value, draws.pick(against(value)))
    return [*contrast(draws, build, Piece("verdict", counts), other), end]


def pairs(value: int) -> tuple[tuple[int, int], ...]:
    """Two clauses that agree on a value, or cancel out."""
    return ((value, value),) if value else ((-1, 1), (1, -1), (-2, 2), (2, -2))


def against(value: int) -> tuple[int, int]:
    """What the overruled clause is worth: the other side, or an end."""
    side = (value > 0) - (value < 0)
    return (-side, -2 * side) if side else (-2, 2)


def contrast(
    draws: Draws, build: Build, counts: Piece, other: list[str]
) -> list[Piece]:
    """A clause that counts and one that it overrules, without the full stop."""
    overruled, comma = Piece("overruled", other), Piece("mark", [","])
    if build == "but":
        word = Piece("connective", [draws.pick(("but", "yet"))])
        return [overruled, comma, word, counts]
    word = Piece("connective", [draws.pick(("although", "though"))])
    if build == "although":
        return [word, overruled, comma, counts]
    return [counts, comma, word, overruled]
