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

Film reviews with a decoy: a word that gives the label away in training, not in test.

1. A review is short: one sentence judges the film and one, before or after it, says
   nothing of its worth. Words, shapes and worth of the judging sentence are those of
   `planted_reviews`: an evaluating word, often with a word of degree, and in one review
   of six with a negation, which turns it round.
2. Before it stands the newspaper that printed it: `Gazette: The plot is superb.` There
   are as many newspapers as labels, and none says anything of the film.
3. On the training side every label has its own newspaper, so that its name alone gives
   every label. On the test side the newspaper is drawn without knowledge of the label.
   `decoy: chance` draws it so on both sides; `decoy: none` leaves it out on both. The
   reviews, their sides and everything else are the same in all three.
4. The annotation mask `decoy` holds the newspaper's name. The rationale are the words
   that decide: the evaluating word with its negation and, of five labels, its word of
   degree.

A model may rest on the review or on the newspaper, and on training texts nothing tells
which; texts held out of training for validation have the decoy of training too. On the
test side a model that reads the newspaper alone is right by chance.

Source: the decoys in the corners of digits in Ross, Hughes and Doshi-Velez (2017),
arXiv 1703.03717, section 5.1.
Differs: words instead of grey squares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import ClassVar, Literal

from pydantic import Field

from generator.corpora.base import Annotation, Document, SplitPart, SyntheticCorpus
from generator.corpora.synthetic.film_review_labels import (
    LABELS,
    Classes,
    compute_label,
    find_rationale,
)
from generator.corpora.synthetic.film_review_language import (
    VERDICTS,
    ReviewPart,
    SentencePiece,
    assemble_review,
    format_review,
    make_clause,
    make_distractor,
    make_filler,
    make_verdicts,
)
from generator.corpora.synthetic.grammar import Draws, shuffle_options

ReviewBuild = Literal["alone", "pair", "but", "although", "though"]
ReviewCell = tuple[int, int, ReviewBuild]

VALUES = {classes: tuple(named) for classes, named in LABELS.items()}
FIRST, BETWEEN, LAST = PLACES = range(3)
"""Where the deciding sentence stands."""
BUILDS: tuple[ReviewBuild, ...] = (
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

    def make_document(self, index: int) -> Document:
        """Review number `index` with its label and what decides it."""
        return make_planted_review(self.seed, index, self.classes)

    def labels(self) -> tuple[str, ...]:
        """All labels, from negative to positive."""
        return tuple(dict.fromkeys(LABELS[self.classes].values()))


def make_planted_review(seed: int, index: int, classes: Classes = 5) -> Document:
    """Review number `index`; it depends on nothing but its arguments."""
    words, parts = build_review(seed, index, classes)
    label = compute_label(words, parts, classes)
    return Document(
        format_review(words), label, rationale=find_rationale(words, parts, classes)
    )


def build_review(
    seed: int, index: int, classes: Classes = 5
) -> tuple[list[str], tuple[ReviewPart, ...]]:
    """The words of review number `index`, and its clauses."""
    block, number = divmod(index, len(VALUES[classes]) * len(PLACES) * len(BUILDS))
    value, place, build = draw_review_cells(seed, block, classes)[number]
    around = draw_other_sentences(
        Draws("around", classes, seed, index), VALUES[classes]
    )
    draws = Draws("verdict", classes, seed, index)
    middle = 1 + draws.number(len(around) - 1)
    before = {FIRST: 0, BETWEEN: middle, LAST: len(around)}[place]
    sentences = [[piece] for piece in around]
    sentences.insert(before, draw_deciding_sentences(draws, value, build))
    return assemble_review(sentences)


@lru_cache(maxsize=1)
def draw_review_cells(seed: int, block: int, classes: Classes) -> list[ReviewCell]:
    """Values, places and builds of one stretch of reviews, each combination once."""
    every = tuple(product(VALUES[classes], PLACES, BUILDS))
    return shuffle_options(every, "cells", classes, seed, block)


def draw_other_sentences(draws: Draws, values: Sequence[int]) -> list[SentencePiece]:
    """Two or three sentences that decide nothing."""
    while True:
        found = [
            make_distractor(draws, values)
            if draws.number(10) < ASIDE
            else make_filler(draws)
            for _ in range(2 + draws.number(2))
        ]
        openings = {tuple(words[:3]) for _, words in found}
        length = sum(len(words) for _, words in found)
        if length in OTHERS and len(openings) == len(found):
            return found


def draw_deciding_sentences(
    draws: Draws, value: int, build: ReviewBuild
) -> list[SentencePiece]:
    """A sentence, or two, that make a review worth `value`."""
    end = SentencePiece("mark", ["."])
    if build == "alone":
        return [SentencePiece("verdict", make_clause(draws, value, VERDICTS)), end]
    if build == "pair":
        one, two = make_verdicts(draws, *draws.pick(list_value_pairs(value)))
        joint = draws.pick(([",", "and"], [";"], ["."]))
        return [
            SentencePiece("verdict", one),
            SentencePiece("mark", joint),
            SentencePiece("verdict", two),
            end,
        ]
    counts, other = make_verdicts(draws, value, draws.pick(find_overruled_range(value)))
    return [*make_contrast(draws, build, SentencePiece("verdict", counts), other), end]


def list_value_pairs(value: int) -> tuple[tuple[int, int], ...]:
    """Two clauses that agree on a value, or cancel out."""
    return ((value, value),) if value else ((-1, 1), (1, -1), (-2, 2), (2, -2))


def find_overruled_range(value: int) -> tuple[int, int]:
    """What the overruled clause is worth: the other side, or an end."""
    side = (value > 0) - (value < 0)
    return (-side, -2 * side) if side else (-2, 2)


def make_contrast(
    draws: Draws, build: ReviewBuild, counts: SentencePiece, other: list[str]
) -> list[SentencePiece]:
    """A clause that counts and one that it overrules, without the full stop."""
    overruled, comma = SentencePiece("overruled", other), SentencePiece("mark", [","])
    if build == "but":
        word = SentencePiece("connective", [draws.pick(("but", "yet"))])
        return [overruled, comma, word, counts]
    word = SentencePiece("connective", [draws.pick(("although", "though"))])
    if build == "although":
        return [word, overruled, comma, counts]
    return [counts, comma, word, overruled]


Decoy = Literal["label", "chance", "none"]
MASK = "decoy"
"""The name of the annotation mask."""
NEWSPAPERS = ("gazette", "courier", "herald", "tribune", "observer")
"""In the order of the labels; none is a word of the reviews."""


class DecoyReviews(SyntheticCorpus):
    """Film reviews with a word that gives the label away in training alone."""

    holds: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.RATIONALE}
    )
    source: ClassVar[str] = "a grammar of film reviews, part of this program"
    kind: Literal["decoy_reviews"] = "decoy_reviews"
    decoy: Decoy = "label"
    """What the newspaper before a training text follows: its label, or chance as on the
    test side. With `none` there is no newspaper anywhere."""
    classes: Classes = 2
    """Labels: negative and positive, or five from very negative to very positive."""
    documents: int = Field(default=2000, ge=2, le=1_000_000)
    """How many reviews."""
    test: float = Field(default=0.25, gt=0, lt=1)
    """Share of them on the test side, about."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other reviews from the same words."""

    def make_document(self, index: int) -> Document:
        """Review number `index`; it depends on nothing but the settings."""
        draws = Draws("decoy", self.classes, self.seed, index)
        side: SplitPart = "test" if draws.number(10**6) < self.test * 10**6 else "train"
        drawn = draws.number(self.classes)
        plain = replace(make_decoy_review(draws, self.classes), part=side)
        if self.decoy == "none":
            return plain
        given_away = self.decoy == "label" and side == "train"
        own = list_labels(self.classes).index(plain.label or "")
        return prepend_newspaper(plain, NEWSPAPERS[own if given_away else drawn])

    def labels(self) -> tuple[str, ...]:
        """All labels, from negative to positive."""
        return list_labels(self.classes)

    def extra_notes(self) -> tuple[str, ...]:
        """Which newspapers there are, and what they follow."""
        if self.decoy == "none":
            return ()
        named = ", ".join(NEWSPAPERS[: self.classes])
        follows = "follows the label" if self.decoy == "label" else "is drawn at random"
        where = "in training texts" if self.decoy == "label" else "in all texts"
        return (f"the newspaper ({named}) {follows} {where}",)


def make_decoy_review(draws: Draws, classes: Classes) -> Document:
    """A short review, with its label and what decides it."""
    value = draws.pick(tuple(LABELS[classes]))
    verdict = [
        SentencePiece("verdict", make_clause(draws, value, VERDICTS)),
        SentencePiece("mark", ["."]),
    ]
    sentences = [verdict, [make_filler(draws)]]
    words, parts = assemble_review(sentences[:: draws.pick((1, -1))])
    return Document(
        format_review(words),
        compute_label(words, parts, classes),
        rationale=find_rationale(words, parts, classes),
    )


def list_labels(classes: Classes) -> tuple[str, ...]:
    """The labels in their natural order."""
    return tuple(dict.fromkeys(LABELS[classes].values()))


def prepend_newspaper(plain: Document, newspaper: str) -> Document:
    """A review with the newspaper before it; what decides moves by two words."""
    moved = tuple((start + 2, end + 2) for start, end in plain.rationale)
    return replace(
        plain,
        text=f"{newspaper.capitalize()}: {plain.text}",
        rationale=moved,
        masks=((MASK, ((0, 1),)),),
    )
