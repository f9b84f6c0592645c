"""Labels and rationales of planted film reviews follow from their clauses."""

from __future__ import annotations

import random
import re

import pytest

from generator.corpora.synthetic.film_review_labels import (
    Classes,
    compute_label,
    is_counted,
    merge_places,
)
from generator.corpora.synthetic.film_review_language import (
    BY_WORTH,
    NOT,
    OPERATORS,
    WORTH,
    ReviewPart,
    compute_clause_value,
)
from generator.corpora.synthetic.film_reviews import build_review
from generator.corpora.words import split_into_words
from tests.corpora.reviews import BOTH, CONNECTIVES, decided, named, reviews_of


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("the plot is good", 1),
        ("the plot is superb", 2),
        ("the plot is very good", 2),
        ("the plot is almost superb", 1),
        ("the plot is faintly dull", 0),
        ("the plot is not good", -1),
        ("the plot is n't bad", 1),
        ("the plot is never superb", 0),
        ("we did not find the plot dreadful", 0),
        ("i would hardly call the plot utterly dull", 0),
        ("the plot is average", 0),
        ("the plot is dreadful", -2),
        ("there is a goat in it", None),
        ("the plot is not", None),
    ],
)
def test_a_clause_is_worth_what_the_rules_say(words: str, value: int | None) -> None:
    """Intensifiers go out, downtoners in, negations two steps to the other side."""
    assert compute_clause_value(words.split()) == value


@pytest.mark.parametrize(
    ("values", "label"),
    [
        ((2,), "very positive"),
        ((2, 2), "very positive"),
        ((1, -1), "neutral"),
        ((2, -1), "neutral"),
        ((-2, 1), "neutral"),
        ((-2, -1), "negative"),
        ((), None),
    ],
)
def test_the_label_is_the_mean_rounded_to_the_middle(
    values: tuple[int, ...], label: str | None
) -> None:
    """Clauses that count are averaged; none give no label."""
    words = [BY_WORTH[value][0] for value in values]
    parts = [
        ReviewPart("verdict", (at, at + 1), value) for at, value in enumerate(values)
    ]
    assert compute_label(words, parts) == label
    coarse = None if label in {None, "neutral"} else str(label).split()[-1]
    assert compute_label(words, parts, 2) == coarse


def test_an_overruled_clause_counts_without_its_connective() -> None:
    """`Good but bad` is bad; without `but` it is both."""
    words = ["good", "but", "bad"]
    parts = [
        ReviewPart("overruled", (0, 1), 1, connective=1),
        ReviewPart("verdict", (2, 3), -1),
    ]
    assert compute_label(words, parts) == "negative"
    assert compute_label(words, parts, without={1}) == "neutral"
    assert compute_label(words, parts, without={1, 2}) == "positive"


@pytest.mark.parametrize("classes", BOTH)
def test_the_text_alone_gives_the_label(classes: Classes) -> None:
    """A reader who knows the rules and sees only text finds every label."""
    reviews = reviews_of(classes)
    for document in reviews:
        assert read(document.text, classes) == document.label, document.text


def read(text: str, classes: Classes) -> str | None:
    """The label of a text, by its sentences' openings and its connectives."""
    ours = tuple({"we ", "i ", "this ", *(f"{it} " for it in named("one", "many"))})
    values = []
    for sentence in re.findall(r"[^.;]+", text.lower()):
        clauses = (" ".join(split_into_words(clause)) for clause in standing(sentence))
        found = [compute_clause_value(c.split()) for c in clauses if c.startswith(ours)]
        values += [value for value in found if value is not None]
    words = [BY_WORTH[value][0] for value in values]
    return compute_label(
        words, [ReviewPart("verdict", (i, i + 1)) for i in range(len(words))], classes
    )


def standing(sentence: str) -> list[str]:
    """The clauses of a sentence that no connective overrules."""
    words = sentence.split()
    if words[0] in CONNECTIVES:
        return sentence.split(", ")[1:]
    parts = re.split(r", (but|yet|although|though) ", sentence)
    if len(parts) > 1:
        return [parts[2] if parts[1] in CONNECTIVES[:2] else parts[0]]
    return sentence.split(", and ")


@pytest.mark.parametrize("classes", BOTH)
def test_taking_out_the_rationale_takes_the_label(classes: Classes) -> None:
    """Without its rationale a review has another label, or none."""
    reviews = reviews_of(classes)
    for index, document in enumerate(reviews):
        words, parts = build_review(0, index, classes)
        without = decided(document)
        assert compute_label(words, parts, classes) == document.label
        assert compute_label(words, parts, classes, without) != document.label


@pytest.mark.parametrize("classes", BOTH)
def test_taking_out_anything_else_leaves_the_label(classes: Classes) -> None:
    """Any words outside the rationale can go: all of them, or half."""
    reviews = reviews_of(classes)
    dealer = random.Random(1)  # noqa: S311 - a seeded choice
    for index, document in enumerate(reviews):
        words, parts = build_review(0, index, classes)
        rest = sorted(set(range(len(words))) - decided(document))
        for gone in (rest, *(dealer.sample(rest, len(rest) // 2) for _ in range(3))):
            assert compute_label(words, parts, classes, set(gone)) == document.label


@pytest.mark.parametrize("classes", BOTH)
def test_every_word_of_a_rationale_is_needed(classes: Classes) -> None:
    """Where one clause counts, no word of the rationale can go."""
    reviews = reviews_of(classes)
    seen = 0
    for index, document in enumerate(reviews):
        words, parts = build_review(0, index, classes)
        if sum(is_counted(part) for part in parts) == 1:
            seen += 1
            for at in decided(document):
                assert compute_label(words, parts, classes, {at}) != document.label
    assert seen > 0.8 * len(reviews)


@pytest.mark.parametrize("classes", BOTH)
def test_spans_are_what_the_grammar_placed(classes: Classes) -> None:
    """Spans count words of the text, are sorted and apart, and hold what decides."""
    reviews = reviews_of(classes)
    for index, document in enumerate(reviews):
        words, parts = build_review(0, index, classes)
        assert split_into_words(document.text) == tuple(words)
        assert document.rationale
        edges = [at for span in document.rationale for at in span]
        assert edges == sorted(set(edges))
        assert edges[0] >= 0
        assert edges[-1] <= len(words)
        held = [words[at] for at in sorted(decided(document))]
        wanted = [
            words[at]
            for part in parts
            if part.kind == "verdict"
            for at in range(*part.span)
            if words[at] in WORTH or words[at] in (OPERATORS if classes == 5 else NOT)
        ]
        assert [word for word in held if word not in CONNECTIVES] == wanted
        overruled = [part for part in parts if part.kind == "overruled"]
        assert sum(word in CONNECTIVES for word in held) == len(overruled) <= 1
        assert all(words[part.connective or 0] in CONNECTIVES for part in overruled)


def test_spans_of_neighbours_are_one() -> None:
    """Places become half-open spans."""
    assert merge_places([]) == ()
    assert merge_places([5, 1, 2, 7]) == ((1, 3), (5, 6), (7, 8))
