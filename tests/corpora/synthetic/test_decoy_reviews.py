"""Reviews with a decoy: what gives the label away, where, and what marks it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.corpora.base import Corpus, Document, Folders
from generator.corpora.synthetic.film_review_language import NOT, WORTH
from generator.corpora.synthetic.film_reviews import (
    MASK,
    NEWSPAPERS,
    DecoyReviews,
    PlantedReviews,
)
from generator.corpora.words import split_into_words

HERE = Folders(Path(), Path())


def corpus(**settings: Any) -> Corpus:
    """A corpus with a decoy."""
    return DecoyReviews(**{"documents": 600, **settings}).load(HERE)


def side(found: Corpus, part: str) -> list[Document]:
    """The documents of one side."""
    return [one for one in found.documents if one.part == part]


def share(documents: list[Document], labels: tuple[str, ...]) -> float:
    """How often a document's newspaper is the one of its label."""
    own = dict(zip(labels, NEWSPAPERS, strict=False))
    agrees = [
        split_into_words(one.text)[0] == own[one.label or ""] for one in documents
    ]
    return float(np.mean(agrees))


@pytest.mark.parametrize("classes", [2, 5])
def test_the_decoy_gives_the_label_in_training_alone(classes: int) -> None:
    """In training it agrees with every label, in test as often as chance would."""
    found = corpus(classes=classes)
    assert share(side(found, "train"), found.labels) == 1
    tested = side(found, "test")
    expected = 1 / classes
    spread = (expected * (1 - expected) / len(tested)) ** 0.5
    assert abs(share(tested, found.labels) - expected) < 4 * spread
    assert len({one.label for one in tested}) == classes


def test_by_chance_it_says_nothing_in_training_either() -> None:
    """`decoy: chance` draws the newspapers of both sides without the label."""
    found = corpus(decoy="chance")
    assert abs(share(side(found, "train"), found.labels) - 0.5) < 0.1
    label = side(corpus(), "test")
    assert [one.text for one in side(found, "test")] == [one.text for one in label]


def test_the_mask_is_the_newspaper_and_nothing_else() -> None:
    """Its one word is a newspaper's name, and no other word of a review is one."""
    for document in corpus().documents:
        words = split_into_words(document.text)
        ((name, spans),) = document.masks
        assert name == MASK
        masked = {at for start, end in spans for at in range(*(start, end))}
        names = {at for at, word in enumerate(words) if word in NEWSPAPERS}
        assert masked == names == {0}


def test_the_reviews_are_the_same_with_and_without() -> None:
    """Newspapers stand before reviews that are else the same; rationales move along."""
    plain = corpus(decoy="none")
    for with_it, without in zip(corpus().documents, plain.documents, strict=True):
        assert (with_it.part, with_it.label) == (without.part, without.label)
        assert not without.masks
        words, own = split_into_words(with_it.text), split_into_words(without.text)
        assert words[2:] == own
        for (start, end), (one, two) in zip(
            with_it.rationale, without.rationale, strict=True
        ):
            assert words[start:end] == own[one:two]


@pytest.mark.parametrize("classes", [2, 5])
def test_the_label_follows_from_the_words_that_decide(classes: int) -> None:
    """One evaluating word decides, turned round where the rationale denies it."""
    for document in corpus(classes=classes, decoy="none").documents:
        words = split_into_words(document.text)
        own = [
            words[at] for start, end in document.rationale for at in range(start, end)
        ]
        (worth,) = [WORTH[word] for word in own if word in WORTH]
        if classes == 2:
            turned = any(word in NOT for word in own)
            assert document.label == (
                "positive" if (worth > 0) != turned else "negative"
            )
        assert len([word for word in words if word in WORTH]) == 1


def test_sides_and_texts_depend_on_seed_and_number_alone() -> None:
    """More documents change none; another seed gives others; shares are as asked."""
    few, many = corpus(documents=100), corpus()
    assert few.documents == many.documents[:100]
    assert corpus(seed=1).documents != many.documents
    counts = Counter(one.part for one in corpus(documents=2000, test=0.4).documents)
    assert abs(counts["test"] / 2000 - 0.4) < 0.05


def test_keys_differ_where_documents_do() -> None:
    """Every setting enters the key; the planted reviews keep theirs."""
    keys = {
        DecoyReviews(**one).key(HERE)
        for one in (
            {},
            {"decoy": "none"},
            {"decoy": "chance"},
            {"seed": 1},
            {"test": 0.5},
        )
    }
    assert len(keys) == 5
    told = PlantedReviews().model_dump(mode="json")
    assert sorted(told) == ["classes", "documents", "kind", "seed"]
