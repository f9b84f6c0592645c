"""Planted film reviews are varied, ordinary text, and know their parts."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import numpy as np
import pytest

from generator.corpora.synthetic.film_review_labels import Classes
from generator.corpora.synthetic.film_review_language import (
    ASIDES,
    BY_WORTH,
    MORE,
    NOT,
    OPERATORS,
    RULES,
    SHAPES,
    VERDICTS,
    WORTH,
    compute_clause_value,
)
from generator.corpora.synthetic.film_reviews import build_review
from generator.corpora.words import split_into_words
from tests.corpora.reviews import BOTH, named, reviews_of


@pytest.mark.parametrize("classes", BOTH)
def test_parts_know_their_words(classes: Classes) -> None:
    """Parts are sorted and apart; their value is that of their words."""
    for index in range(300):
        words, parts = build_review(0, index, classes)
        assert parts == build_review(0, index, classes)[1]
        ends = [at for part in parts for at in part.span]
        assert ends == sorted(ends)
        for part in parts:
            said = words[slice(*part.span)]
            assert part.value == compute_clause_value(said)
            assert (part.value is None) == (part.kind == "filler")
            assert sum(word in WORTH for word in said) == (part.kind != "filler")
            if part.kind != "filler":
                assert part.denied == any(word in NOT for word in said)


def test_words_stand_in_clauses_of_every_value() -> None:
    """No evaluating word and no operator settles the side of its clause."""
    for worth in (-2, -1, 1, 2):
        reached = {
            value
            for value, ways in SHAPES.items()
            for way in ways
            if way.worth == worth
        }
        assert len(reached) >= 3
    operators = {
        value: np.mean([abs(way.degree) + way.denied for way in ways])
        for value, ways in SHAPES.items()
    }
    assert np.ptp(list(operators.values())) < 1e-12


def test_there_are_many_words_and_sentences() -> None:
    """Each side has as many words; no word has two meanings."""
    assert all(len(set(words)) == len(words) for words in BY_WORTH.values())
    assert len(WORTH) == sum(map(len, BY_WORTH.values())) == 94
    assert len(BY_WORTH[1]) == len(BY_WORTH[-1]) >= 25
    assert len(BY_WORTH[2]) == len(BY_WORTH[-2])
    assert len(BY_WORTH[0]) >= 12
    assert OPERATORS.isdisjoint(WORTH)
    assert len(RULES["filler"]) == len(set(RULES["filler"])) >= 40


def test_every_rule_is_used_and_known() -> None:
    """No rule is left over, and no phrase names a rule that is not there."""
    phrases = [part for form in (*VERDICTS, *ASIDES) for part in form[:2] + form[3:]]
    phrases += [phrase for options in RULES.values() for phrase in options]
    used = {w[1:] for phrase in phrases for w in str(phrase).split() if w[0] == "$"}
    assert used | {"filler", "guys"} == set(RULES)


def test_only_evaluations_evaluate() -> None:
    """No other phrase holds an evaluating word; nothing judged holds an operator."""
    for rule, phrases in RULES.items():
        for phrase in phrases:
            assert rule == "guy" or WORTH.keys().isdisjoint(phrase.split()), phrase
            if rule not in {"filler", "guys"}:
                assert OPERATORS.isdisjoint(phrase.split()), phrase
    assert any(word in " ".join(RULES["filler"]).split() for word in NOT)
    assert any(word in " ".join(RULES["filler"]).split() for word in MORE)


@pytest.mark.parametrize("classes", BOTH)
def test_reviews_are_varied(classes: Classes) -> None:
    """A page of reviews does not read as two sentences over and over."""
    reviews = reviews_of(classes)
    vocabulary = {word for d in reviews for word in split_into_words(d.text)}
    openings = Counter(tuple(split_into_words(d.text)[:3]) for d in reviews)
    assert 350 <= len(vocabulary) <= 600
    assert len({document.text for document in reviews}) > 0.99 * len(reviews)
    assert openings.most_common(1)[0][1] < 0.05 * len(reviews)


@pytest.mark.parametrize("classes", BOTH)
def test_articles_and_verbs_agree(classes: Classes) -> None:
    """`an` before vowels and nowhere else; one thing is, many are."""
    reviews = reviews_of(classes)
    one = "|".join(named("one", "another", "inside"))
    many = "|".join(named("many", "others"))
    wrong = re.compile(
        rf"\b(?:(?:{one}) (?:are|were|seem|do)|(?:{many}) (?:is|was|feels|does))\b"
    )
    for document in reviews:
        words = split_into_words(document.text)
        assert not wrong.search(" ".join(words)), document.text
        for word, after in itertools.pairwise(words):
            assert word != "a" or after[0] not in "aeiou", document.text
            assert word != "an" or after[0] in "aeiou", document.text


@pytest.mark.parametrize("classes", BOTH)
def test_reviews_are_ordinary_text(classes: Classes) -> None:
    """Sentences begin with a capital letter and end with a full stop."""
    reviews = reviews_of(classes)
    for document in reviews:
        assert document.text.endswith(".")
        assert not re.search(r" [.,;']| n't|\.\S|(?:^|\. )[a-z]|\bi\b", document.text)


def test_nothing_is_neutral_with_two_labels() -> None:
    """With two labels no clause that counts is in the middle."""
    for index in range(len(reviews_of(2))):
        for part in build_review(0, index, 2)[1]:
            assert part.value != 0 or part.kind == "filler"
