"""Film reviews with a decoy: a word that gives the label away in training, not in test.

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

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from generator.corpora.base import Annotation, Document, Part, SyntheticCorpus
from generator.corpora.grammar import Draws
from generator.corpora.review_clauses import clause, filler
from generator.corpora.review_grammar import VERDICTS
from generator.corpora.review_labels import LABELS, Classes, label_of, rationale
from generator.corpora.review_parts import Piece, assembled, natural

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

    def document(self, index: int) -> Document:
        """Review number `index`; it depends on nothing but the settings."""
        draws = Draws("decoy", self.classes, self.seed, index)
        side: Part = "test" if draws.number(10**6) < self.test * 10**6 else "train"
        drawn = draws.number(self.classes)
        plain = replace(review(draws, self.classes), part=side)
        if self.decoy == "none":
            return plain
        given_away = self.decoy == "label" and side == "train"
        own = labels_of(self.classes).index(plain.label or "")
        return printed(plain, NEWSPAPERS[own if given_away else drawn])

    def labels(self) -> tuple[str, ...]:
        """All labels, from negative to positive."""
        return labels_of(self.classes)

    def facts(self) -> tuple[str, ...]:
        """Which newspapers there are, and what they follow."""
        if self.decoy == "none":
            return ()
        named = ", ".join(NEWSPAPERS[: self.classes])
        on = "training texts: by label" if self.decoy == "label" else "all texts: drawn"
        return (f"newspapers {named}; {on}",)


def review(draws: Draws, classes: Classes) -> Document:
    """A short review, with its label and what decides it."""
    value = draws.pick(tuple(LABELS[classes]))
    verdict = [Piece("verdict", clause(draws, value, VERDICTS)), Piece("mark", ["."])]
    sentences = [verdict, [filler(draws)]]
    words, parts = assembled(sentences[:: draws.pick((1, -1))])
    return Document(
        natural(words),
        label_of(words, parts, classes),
        rationale=rationale(words, parts, classes),
    )


def labels_of(classes: Classes) -> tuple[str, ...]:
    """The labels in their natural order."""
    return tuple(dict.fromkeys(LABELS[classes].values()))


def printed(plain: Document, newspaper: str) -> Document:
    """A review with the newspaper before it; what decides moves by two words."""
    moved = tuple((start + 2, end + 2) for start, end in plain.rationale)
    return replace(
        plain,
        text=f"{newspaper.capitalize()}: {plain.text}",
        rationale=moved,
        masks=((MASK, ((0, 1),)),),
    )
