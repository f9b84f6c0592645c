"""Film reviews whose label is worked out from their clauses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import pytest

from generator.corpora.base import Document
from generator.corpora.synthetic.film_review_labels import Classes
from generator.corpora.synthetic.film_review_language import ReviewPart
from generator.corpora.synthetic.film_reviews import (
    PLACES,
    VALUES,
    PlantedReviews,
    build_review,
    draw_other_sentences,
    make_planted_review,
)
from generator.corpora.synthetic.grammar import Draws
from generator.corpora.words import split_into_words
from tests.corpora.reviews import BOTH, NOWHERE, block, decided, reviews_of


@pytest.mark.slow(2)
@pytest.mark.parametrize("classes", BOTH)
def test_labels_are_balanced_in_every_block(classes: Classes) -> None:
    """In each stretch every label comes as often, first, between and last."""
    reviews = reviews_of(classes)
    size = block(classes)
    for start in range(0, len(reviews), size):
        cells = Counter(
            (reviews[index].label, place(build_review(0, index, classes)[1]))
            for index in range(start, start + size)
        )
        assert len(set(cells.values())) == 1
        assert len(cells) == classes * len(PLACES)


def place(parts: tuple[ReviewPart, ...]) -> str:
    """Where the deciding sentence stands among the others."""
    deciding = [part.kind in {"verdict", "overruled"} for part in parts]
    return "first" if deciding[0] else "last" if deciding[-1] else "between"


@pytest.mark.parametrize("classes", BOTH)
def test_what_decides_stands_anywhere(classes: Classes) -> None:
    """The middle of the rationale is in each third of the text about as often."""
    reviews = reviews_of(classes)
    centres = []
    for document in reviews:
        places = decided(document)
        centres.append(
            (np.mean(list(places)) + 0.5) / len(split_into_words(document.text))
        )
    shares = np.histogram(centres, [0, 1 / 3, 2 / 3, 1])[0] / len(centres)
    assert np.abs(shares - 1 / 3).max() < 0.05
    assert abs(np.mean(centres) - 0.5) < 0.05


def by_label(
    reviews: Iterable[Document], numbers: Iterable[float]
) -> dict[str | None, list[float]]:
    """Numbers of reviews, by their label."""
    found: defaultdict[str | None, list[float]] = defaultdict(list)
    for document, number in zip(reviews, numbers, strict=True):
        found[document.label].append(number)
    return dict(found)


@pytest.mark.parametrize("classes", BOTH)
def test_length_tells_nothing(classes: Classes) -> None:
    """Reviews have 12 to 45 words, about as many whatever the label."""
    reviews = reviews_of(classes)
    lengths = [len(split_into_words(document.text)) for document in reviews]
    assert 12 <= min(lengths) < 20
    assert 38 < max(lengths) <= 45
    for group in by_label(reviews, lengths).values():
        assert abs(np.mean(group) - np.mean(lengths)) < 0.6
        assert abs(np.std(group) - np.std(lengths)) < 0.5
    sizes = [len(decided(document)) for document in reviews]
    for group in by_label(reviews, sizes).values():
        assert abs(np.mean(group) - np.mean(sizes)) < 0.15


@pytest.mark.parametrize("classes", BOTH)
def test_other_sentences_are_drawn_without_the_label(classes: Classes) -> None:
    """The same other sentences are drawn, whatever the review is to be worth."""
    for index in range(200):
        words, parts = build_review(0, index, classes)
        around = [words[slice(*part.span)] for part in parts if is_other(part)]
        drawn = draw_other_sentences(
            Draws("around", classes, 0, index), VALUES[classes]
        )
        assert [plain(said) for said in around] == [plain(said) for _, said in drawn]


def is_other(part: ReviewPart) -> bool:
    """Whether a part is no evaluation of the film."""
    return part.kind in {"distractor", "filler"}


def plain(words: list[str]) -> list[str]:
    """Words with all articles alike."""
    return ["a" if word == "an" else word for word in words]


@pytest.mark.parametrize("classes", BOTH)
def test_distractors_are_as_often_good_as_bad(classes: Classes) -> None:
    """What is said of other things leans to no side, whatever the label."""
    reviews = reviews_of(classes)
    found: defaultdict[str | None, list[int]] = defaultdict(list)
    for index, document in enumerate(reviews):
        for part in build_review(0, index, classes)[1]:
            if part.kind == "distractor":
                found[document.label].append(int(np.sign(part.value or 0)))
    everything = np.concatenate(list(found.values()))
    assert abs(np.mean(everything)) < 0.06
    for signs in found.values():
        assert abs(np.mean(signs)) < 3.5 * np.std(everything) / np.sqrt(len(signs))
        per_review = len(signs) / (len(reviews) / len(found))
        assert 0.5 < per_review < 1


@pytest.mark.slow(2)
@pytest.mark.parametrize(("count", "low", "high"), [(5, 0.45, 0.65), (2, 0.57, 0.75)])
def test_a_bag_of_words_sees_some_of_it(
    count: Classes,
    low: float,
    high: float,
) -> None:
    """Counting words beats guessing and falls well short of the rules."""
    text = pytest.importorskip("sklearn.feature_extraction.text")
    linear = pytest.importorskip("sklearn.linear_model")
    documents = reviews_of(count)[:2500]
    counted = text.CountVectorizer(analyzer=split_into_words)
    counted = counted.fit_transform([document.text for document in documents])
    labels = [document.label for document in documents]
    model = linear.LogisticRegression(max_iter=2000)
    model.fit(counted[:2000], labels[:2000])
    assert low < model.score(counted[2000:], labels[2000:]) < high


@pytest.mark.parametrize("classes", BOTH)
def test_labels_are_in_their_order(classes: Classes) -> None:
    """From negative to positive; the corpus says what it holds."""
    corpus = PlantedReviews(classes=classes, documents=200).load(NOWHERE)
    fine = ("very negative", "negative", "neutral", "positive", "very positive")
    assert corpus.labels == (fine if classes == 5 else ("negative", "positive"))
    assert {document.label for document in corpus.documents} == set(corpus.labels)
    assert PlantedReviews.holds == {"label", "rationale"}
    assert PlantedReviews().classes == 5


@pytest.mark.parametrize("classes", BOTH)
def test_a_review_depends_on_its_place_alone(classes: Classes) -> None:
    """More reviews change none of those before; another seed changes most."""
    reviews = reviews_of(classes)
    few = PlantedReviews(classes=classes, documents=100).load(NOWHERE).documents
    assert few == reviews[:100]
    assert make_planted_review(0, 777, classes) == reviews[777]
    other = PlantedReviews(classes=classes, documents=100, seed=1).load(NOWHERE)
    assert sum(a == b for a, b in zip(few, other.documents, strict=True)) < 5


def test_keys_follow_settings() -> None:
    """The key is known without making a review, and each setting changes it."""
    specs = (
        PlantedReviews(),
        PlantedReviews(documents=10),
        PlantedReviews(seed=1),
        PlantedReviews(classes=2),
    )
    keys = {spec.key(NOWHERE) for spec in specs}
    assert len(keys) == 4
    assert PlantedReviews().key(NOWHERE) == PlantedReviews().key(NOWHERE)
    assert PlantedReviews(documents=10).load(NOWHERE).key in keys
