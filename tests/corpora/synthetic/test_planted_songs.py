"""Song reviews in which one rare word decides a later one."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from generator.corpora.base import Document, Folders, Truth
from generator.corpora.synthetic.grammar import Draws, expand_phrase
from generator.corpora.synthetic.song_reviews import (
    CITIES,
    FORMS,
    HOMES,
    LAGS,
    RULES,
    PlantedSongs,
    make_skeleton,
    make_song_review,
)
from generator.corpora.tokenization import split_tokens

NOWHERE = Folders(Path("nowhere"), Path("nowhere"))
COUNT = 3000


@pytest.fixture(scope="module")
def reviews() -> tuple[Document, ...]:
    """The default corpus."""
    return PlantedSongs(documents=COUNT).load(NOWHERE).documents


def truth_of(document: Document) -> Truth:
    """The truth, which every review has."""
    assert document.truth is not None
    return document.truth


def parts(document: Document) -> tuple[str, str, list[str]]:
    """The artist, the city, and all other words of a review."""
    words, truth = document.text.split(), truth_of(document)
    rest = [w for i, w in enumerate(words) if i not in {truth.key[0], truth.answer}]
    return words[truth.key[0]], words[truth.answer], rest


def test_the_truth_points_at_an_artist_and_the_artists_city(
    reviews: tuple[Document, ...],
) -> None:
    """In every review the key is one artist, the answer that artist's city."""
    for document in reviews:
        artist, city, _ = parts(document)
        truth = truth_of(document)
        assert artist in HOMES[city]
        assert truth.key[1] - truth.key[0] == 1
        assert truth.choices == CITIES == tuple(sorted(CITIES))


def test_artists_and_cities_occur_once(reviews: tuple[Document, ...]) -> None:
    """A review names one artist and one city, once each."""
    names = {artist for city in HOMES.values() for artist in city} | set(HOMES)
    assert all(names.isdisjoint(parts(document)[2]) for document in reviews)


def test_the_answer_follows_within_a_window(reviews: tuple[Document, ...]) -> None:
    """The distance is four to nine words, each about as often."""
    lags = Counter(truth_of(d).answer - truth_of(d).key[0] for d in reviews)
    assert sorted(lags) == list(LAGS) == [4, 5, 6, 7, 8, 9]
    assert all(abs(n - COUNT / 6) < 4 * math.sqrt(COUNT / 6) for n in lags.values())


def test_artists_are_rare_and_cities_balanced(reviews: tuple[Document, ...]) -> None:
    """Each artist is in 1 of 36 reviews, each city in 1 of 6, to within one block."""
    artists = Counter(parts(document)[0] for document in reviews)
    cities = Counter(parts(document)[1] for document in reviews)
    assert len(artists) == 36
    assert max(artists.values()) - min(artists.values()) <= 1
    assert max(cities.values()) - min(cities.values()) <= 6


def information(rows: list[list[str]], answers: list[str]) -> float:
    """The most that the presence of any one word tells about the answer, in nats."""
    given: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, answer in zip(rows, answers, strict=True):
        for word in set(row):
            given[word][answer] += 1
    whole, n = Counter(answers), len(answers)

    def one(counts: Counter[str]) -> float:
        total = 0.0
        for cells in (counts, whole - counts):
            size = sum(cells.values())
            total += sum(
                c / n * math.log(c * n / (size * whole[answer]))
                for answer, c in cells.items()
            )
        return total

    return max(map(one, given.values()))


@pytest.mark.slow(3)
def test_no_other_word_knows_the_answer(reviews: tuple[Document, ...]) -> None:
    """No word beside the artist tells more about the city than chance gives.

    The most informative word of the reviews is compared with the most informative one
    after the cities were dealt out anew, 99 times.
    """
    rows = [parts(document)[2] for document in reviews]
    answers = [parts(document)[1] for document in reviews]
    found = information(rows, answers)
    dealer = random.Random(1)  # noqa: S311 - a seeded shuffle
    chance = [
        information(rows, dealer.sample(answers, len(answers))) for _ in range(99)
    ]
    assert sum(value >= found for value in chance) >= 5
    leaky = [[*row, city[:3]] for row, city in zip(rows, answers, strict=True)]
    assert information(leaky, answers) > 5 * max(chance)


def test_the_rest_of_a_review_is_drawn_before_its_artist() -> None:
    """The same rest is drawn whoever is put into it."""
    for index in range(50):
        words, key, answer = make_skeleton(Draws("review", 3, index))
        found = make_song_review(3, index)
        rest = [w for i, w in enumerate(words) if i not in {key, answer}]
        assert parts(found)[2] == rest
        assert truth_of(found).key[0] == key


def test_reviews_are_varied(reviews: tuple[Document, ...]) -> None:
    """A page of reviews does not read as two sentences over and over."""
    rests = Counter(" ".join(parts(document)[2]) for document in reviews)
    vocabulary = {word for document in reviews for word in document.text.split()}
    openings = Counter(tuple(document.text.split()[:3]) for document in reviews)
    assert 150 <= len(vocabulary) <= 400
    assert len(rests) > 0.85 * COUNT
    assert len(openings) > 300
    assert openings.most_common(1)[0][1] < 0.1 * COUNT
    assert len({document.text for document in reviews}) > 0.98 * COUNT


def test_reviews_need_no_tokenising(reviews: tuple[Document, ...]) -> None:
    """A review's tokens are what stands between its spaces: the truth counts either."""
    marks = set(".,:;()")
    for document in reviews:
        words = document.text.split(" ")
        assert all(w in marks or (w.isalpha() and w.islower()) for w in words)
        assert list(split_tokens(document.text, word_level=True)) == words


def test_articles_are_right(reviews: tuple[Document, ...]) -> None:
    """`a` never stands before a vowel, nor `an` before a consonant."""
    for document in reviews:
        words = document.text.split()
        for word, after in itertools.pairwise(words):
            assert word != "a" or after[0] not in "aeiou", document.text
            assert word != "an" or after[0] in "aeiou", document.text


def test_repeats_are_counted(reviews: tuple[Document, ...]) -> None:
    """The notes say how many reviews occur more than once."""
    notes = PlantedSongs(documents=COUNT).load(NOWHERE).notes
    extra = COUNT - len({document.text for document in reviews})
    assert f"{extra:,} of {COUNT:,} texts repeat an earlier one" in notes[1]


def test_a_review_depends_on_its_place_alone(reviews: tuple[Document, ...]) -> None:
    """More reviews change none of those before; another seed changes most."""
    few = PlantedSongs(documents=100).load(NOWHERE).documents
    assert few == reviews[:100]
    assert make_song_review(0, 77) == reviews[77]
    other = PlantedSongs(documents=100, seed=1).load(NOWHERE).documents
    assert sum(a == b for a, b in zip(few, other, strict=True)) < 5


def test_keys_follow_settings() -> None:
    """The key is known without making a review, and each setting changes it."""
    keys = {
        spec.key(NOWHERE)
        for spec in (
            PlantedSongs(),
            PlantedSongs(documents=10),
            PlantedSongs(seed=1),
        )
    }
    assert len(keys) == 3
    assert PlantedSongs().key(NOWHERE) == PlantedSongs().key(NOWHERE)
    assert PlantedSongs(documents=10).load(NOWHERE).key in keys
    assert "truth" in PlantedSongs.holds


def test_every_rule_is_used_and_known() -> None:
    """No rule is left over, and no phrase names a rule that is not there."""
    phrases = [part for form in FORMS for part in form]
    phrases += [phrase for options in RULES.values() for phrase in options]
    named = {w[1:] for phrase in phrases for w in phrase.split() if w[0] == "$"}
    assert named | {"other"} == set(RULES)
    for form in FORMS:
        for part in form:
            assert "$" not in " ".join(expand_phrase(part, RULES, Draws("test")))


def test_draws_are_even_and_repeat() -> None:
    """The draws of a place are the same each time, and spread evenly."""
    first, second = Draws("x", 1), Draws("x", 1)
    numbers = [first.number(6) for _ in range(6000)]
    assert numbers == [second.number(6) for _ in range(6000)]
    assert all(abs(n - 1000) < 120 for n in Counter(numbers).values())
