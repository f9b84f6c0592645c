"""Film reviews whose label is worked out from their clauses."""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from generator.corpora.base import Document, Folders
from generator.corpora.grammar import Draws
from generator.corpora.planted_reviews import (
    BUILDS,
    PLACES,
    VALUES,
    PlantedReviews,
    built,
    others,
    parts_of,
    review,
)
from generator.corpora.review_clauses import SHAPES
from generator.corpora.review_grammar import ASIDES, RULES, VERDICTS
from generator.corpora.review_labels import Classes, counts, label_of, spans
from generator.corpora.review_lexicon import (
    BY_WORTH,
    MORE,
    NOT,
    OPERATORS,
    WORTH,
    value_of,
)
from generator.corpora.review_parts import Part
from generator.corpora.words import words_of

NOWHERE = Folders(Path("nowhere"), Path("nowhere"))
BLOCKS = 20
CONNECTIVES = ("but", "yet", "although", "though")
BOTH: tuple[Classes, ...] = (5, 2)


def block(classes: Classes) -> int:
    """Reviews in which every combination comes once."""
    return len(VALUES[classes]) * len(PLACES) * len(BUILDS)


@pytest.fixture(scope="module")
def corpora() -> dict[Classes, tuple[Document, ...]]:
    """Twenty stretches of reviews with five labels, and with two."""
    return {
        classes: PlantedReviews(classes=classes, documents=BLOCKS * block(classes))
        .load(NOWHERE)
        .documents
        for classes in BOTH
    }


@pytest.fixture(scope="module", params=BOTH)
def classes(request: pytest.FixtureRequest) -> Classes:
    """Five labels, and two."""
    found: Classes = request.param
    return found


@pytest.fixture(scope="module")
def reviews(
    corpora: dict[Classes, tuple[Document, ...]], classes: Classes
) -> tuple[Document, ...]:
    """The reviews with these labels."""
    return corpora[classes]


def decided(document: Document) -> set[int]:
    """Places of the words of the rationale."""
    return {at for span in document.rationale for at in range(*span)}


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
    assert value_of(words.split()) == value


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
    parts = [Part("verdict", (at, at + 1), value) for at, value in enumerate(values)]
    assert label_of(words, parts) == label
    coarse = None if label in {None, "neutral"} else str(label).split()[-1]
    assert label_of(words, parts, 2) == coarse


def test_an_overruled_clause_counts_without_its_connective() -> None:
    """`Good but bad` is bad; without `but` it is both."""
    words = ["good", "but", "bad"]
    parts = [
        Part("overruled", (0, 1), 1, connective=1),
        Part("verdict", (2, 3), -1),
    ]
    assert label_of(words, parts) == "negative"
    assert label_of(words, parts, without={1}) == "neutral"
    assert label_of(words, parts, without={1, 2}) == "positive"


def test_the_text_alone_gives_the_label(
    reviews: tuple[Document, ...], classes: Classes
) -> None:
    """A reader who knows the rules and sees only text finds every label."""
    for document in reviews:
        assert read(document.text, classes) == document.label, document.text


def read(text: str, classes: Classes) -> str | None:
    """The label of a text, by its sentences' openings and its connectives."""
    ours = tuple({"we ", "i ", "this ", *(f"{it} " for it in named("one", "many"))})
    values = []
    for sentence in re.findall(r"[^.;]+", text.lower()):
        clauses = (" ".join(words_of(clause)) for clause in standing(sentence))
        found = [value_of(c.split()) for c in clauses if c.startswith(ours)]
        values += [value for value in found if value is not None]
    words = [BY_WORTH[value][0] for value in values]
    return label_of(
        words, [Part("verdict", (i, i + 1)) for i in range(len(words))], classes
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


def named(*rules: str) -> list[str]:
    """The phrases of some rules."""
    return [phrase for rule in rules for phrase in RULES[rule]]


def test_taking_out_the_rationale_takes_the_label(
    reviews: tuple[Document, ...], classes: Classes
) -> None:
    """Without its rationale a review has another label, or none."""
    for index, document in enumerate(reviews):
        words, parts = built(0, index, classes)
        without = decided(document)
        assert label_of(words, parts, classes) == document.label
        assert label_of(words, parts, classes, without) != document.label


def test_taking_out_anything_else_leaves_the_label(
    reviews: tuple[Document, ...], classes: Classes
) -> None:
    """Any words outside the rationale can go: all of them, or half."""
    dealer = random.Random(1)  # noqa: S311 - a seeded choice
    for index, document in enumerate(reviews):
        words, parts = built(0, index, classes)
        rest = sorted(set(range(len(words))) - decided(document))
        for gone in (rest, *(dealer.sample(rest, len(rest) // 2) for _ in range(3))):
            assert label_of(words, parts, classes, set(gone)) == document.label


def test_every_word_of_a_rationale_is_needed(
    reviews: tuple[Document, ...], classes: Classes
) -> None:
    """Where one clause counts, no word of the rationale can go."""
    seen = 0
    for index, document in enumerate(reviews):
        words, parts = built(0, index, classes)
        if sum(counts(part) for part in parts) == 1:
            seen += 1
            for at in decided(document):
                assert label_of(words, parts, classes, {at}) != document.label
    assert seen > 0.8 * len(reviews)


def test_spans_are_what_the_grammar_placed(
    reviews: tuple[Document, ...], classes: Classes
) -> None:
    """Spans count words of the text, are sorted and apart, and hold what decides."""
    for index, document in enumerate(reviews):
        words, parts = built(0, index, classes)
        assert words_of(document.text) == tuple(words)
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
    assert spans([]) == ()
    assert spans([5, 1, 2, 7]) == ((1, 3), (5, 6), (7, 8))


def test_parts_know_their_words(classes: Classes) -> None:
    """Parts are sorted and apart; their value is that of their words."""
    for index in range(300):
        words, parts = built(0, index, classes)
        assert parts == parts_of(0, index, classes)
        ends = [at for part in parts for at in part.span]
        assert ends == sorted(ends)
        for part in parts:
            said = words[slice(*part.span)]
            assert part.value == value_of(said)
            assert (part.value is None) == (part.kind == "filler")
            assert sum(word in WORTH for word in said) == (part.kind != "filler")
            if part.kind != "filler":
                assert part.denied == any(word in NOT for word in said)


def test_labels_are_balanced_in_every_block(
    reviews: tuple[Document, ...], classes: Classes
) -> None:
    """In each stretch every label comes as often, first, between and last."""
    size = block(classes)
    for start in range(0, len(reviews), size):
        cells = Counter(
            (reviews[index].label, place(parts_of(0, index, classes)))
            for index in range(start, start + size)
        )
        assert len(set(cells.values())) == 1
        assert len(cells) == classes * len(PLACES)


def place(parts: tuple[Part, ...]) -> str:
    """Where the deciding sentence stands among the others."""
    deciding = [part.kind in {"verdict", "overruled"} for part in parts]
    return "first" if deciding[0] else "last" if deciding[-1] else "between"


def test_what_decides_stands_anywhere(reviews: tuple[Document, ...]) -> None:
    """The middle of the rationale is in each third of the text about as often."""
    centres = []
    for document in reviews:
        places = decided(document)
        centres.append((np.mean(list(places)) + 0.5) / len(words_of(document.text)))
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


def test_length_tells_nothing(reviews: tuple[Document, ...]) -> None:
    """Reviews have 12 to 45 words, about as many whatever the label."""
    lengths = [len(words_of(document.text)) for document in reviews]
    assert 12 <= min(lengths) < 20
    assert 38 < max(lengths) <= 45
    for group in by_label(reviews, lengths).values():
        assert abs(np.mean(group) - np.mean(lengths)) < 0.6
        assert abs(np.std(group) - np.std(lengths)) < 0.5
    sizes = [len(decided(document)) for document in reviews]
    for group in by_label(reviews, sizes).values():
        assert abs(np.mean(group) - np.mean(sizes)) < 0.15


def test_other_sentences_are_drawn_without_the_label(classes: Classes) -> None:
    """The same other sentences are drawn, whatever the review is to be worth."""
    for index in range(200):
        words, parts = built(0, index, classes)
        around = [words[slice(*part.span)] for part in parts if is_other(part)]
        drawn = others(Draws("around", classes, 0, index), VALUES[classes])
        assert [plain(said) for said in around] == [plain(said) for _, said in drawn]


def is_other(part: Part) -> bool:
    """Whether a part is no evaluation of the film."""
    return part.kind in {"distractor", "filler"}


def plain(words: list[str]) -> list[str]:
    """Words with all articles alike."""
    return ["a" if word == "an" else word for word in words]


def test_distractors_are_as_often_good_as_bad(
    reviews: tuple[Document, ...], classes: Classes
) -> None:
    """What is said of other things leans to no side, whatever the label."""
    found: defaultdict[str | None, list[int]] = defaultdict(list)
    for index, document in enumerate(reviews):
        for part in parts_of(0, index, classes):
            if part.kind == "distractor":
                found[document.label].append(int(np.sign(part.value or 0)))
    everything = np.concatenate(list(found.values()))
    assert abs(np.mean(everything)) < 0.06
    for signs in found.values():
        assert abs(np.mean(signs)) < 3.5 * np.std(everything) / np.sqrt(len(signs))
        per_review = len(signs) / (len(reviews) / len(found))
        assert 0.5 < per_review < 1


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


@pytest.mark.parametrize(("count", "low", "high"), [(5, 0.45, 0.65), (2, 0.57, 0.75)])
def test_a_bag_of_words_sees_some_of_it(
    corpora: dict[Classes, tuple[Document, ...]],
    count: Classes,
    low: float,
    high: float,
) -> None:
    """Counting words beats guessing and falls well short of the rules."""
    text = pytest.importorskip("sklearn.feature_extraction.text")
    linear = pytest.importorskip("sklearn.linear_model")
    documents = corpora[count][:2500]
    counted = text.CountVectorizer(analyzer=words_of)
    counted = counted.fit_transform([document.text for document in documents])
    labels = [document.label for document in documents]
    model = linear.LogisticRegression(max_iter=2000)
    model.fit(counted[:2000], labels[:2000])
    assert low < model.score(counted[2000:], labels[2000:]) < high


def test_labels_are_in_their_order(classes: Classes) -> None:
    """From negative to positive; the corpus says what it holds."""
    corpus = PlantedReviews(classes=classes, documents=200).load(NOWHERE)
    fine = ("very negative", "negative", "neutral", "positive", "very positive")
    assert corpus.labels == (fine if classes == 5 else ("negative", "positive"))
    assert {document.label for document in corpus.documents} == set(corpus.labels)
    assert PlantedReviews.holds == {"label", "rationale"}
    assert PlantedReviews().classes == 5


def test_a_review_depends_on_its_place_alone(
    reviews: tuple[Document, ...], classes: Classes
) -> None:
    """More reviews change none of those before; another seed changes most."""
    few = PlantedReviews(classes=classes, documents=100).load(NOWHERE).documents
    assert few == reviews[:100]
    assert review(0, 777, classes) == reviews[777]
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


@pytest.mark.parametrize(
    "fields",
    [{"documents": 0}, {"seed": -1}, {"classes": 3}, {"classes": "5"}, {"words": 3}],
)
def test_bad_settings_are_refused(fields: dict[str, object]) -> None:
    """Settings out of range and unknown ones are errors of the study file."""
    with pytest.raises(ValidationError):
        PlantedReviews.model_validate(fields)


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


def test_reviews_are_varied(reviews: tuple[Document, ...]) -> None:
    """A page of reviews does not read as two sentences over and over."""
    vocabulary = {word for d in reviews for word in words_of(d.text)}
    openings = Counter(tuple(words_of(d.text)[:3]) for d in reviews)
    assert 350 <= len(vocabulary) <= 600
    assert len({document.text for document in reviews}) > 0.99 * len(reviews)
    assert openings.most_common(1)[0][1] < 0.05 * len(reviews)


def test_articles_and_verbs_agree(reviews: tuple[Document, ...]) -> None:
    """`an` before vowels and nowhere else; one thing is, many are."""
    one = "|".join(named("one", "another", "inside"))
    many = "|".join(named("many", "others"))
    wrong = re.compile(
        rf"\b(?:(?:{one}) (?:are|were|seem|do)|(?:{many}) (?:is|was|feels|does))\b"
    )
    for document in reviews:
        words = words_of(document.text)
        assert not wrong.search(" ".join(words)), document.text
        for word, after in itertools.pairwise(words):
            assert word != "a" or after[0] not in "aeiou", document.text
            assert word != "an" or after[0] in "aeiou", document.text


def test_reviews_are_ordinary_text(reviews: tuple[Document, ...]) -> None:
    """Sentences begin with a capital letter and end with a full stop."""
    for document in reviews:
        assert document.text.endswith(".")
        assert not re.search(r" [.,;']| n't|\.\S|(?:^|\. )[a-z]|\bi\b", document.text)


def test_nothing_is_neutral_with_two_labels(
    corpora: dict[Classes, tuple[Document, ...]],
) -> None:
    """With two labels no clause that counts is in the middle."""
    for index in range(len(corpora[2])):
        for part in parts_of(0, index, 2):
            assert part.value != 0 or part.kind == "filler"
