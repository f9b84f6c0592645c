"""Stories of which it is known which sentence answers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from generator.corpora.base import Document, Folders
from generator.corpora.synthetic.stories import (
    FORMS,
    PEOPLE,
    PLACES,
    THINGS,
    Stories,
    compose_story,
)
from generator.corpora.words import (
    divide_story,
    find_rationale_sentences,
    join_sentence,
    split_into_words,
)

NOWHERE = Folders(Path("nowhere"), Path("nowhere"))
COUNT = 1600
LENGTHS = range(4, 11)


@pytest.fixture(scope="module")
def stories() -> tuple[Document, ...]:
    """A corpus of a hundred stretches."""
    return Stories(documents=COUNT).load(NOWHERE).documents


def find_place(sentence: tuple[str, ...], asked: str) -> str | None:
    """Where a sentence says that `asked` is, worked out from its words alone."""
    place = [word for word in sentence if word.capitalize() in PLACES or word in PLACES]
    if not place or asked not in sentence:
        return None
    if asked in THINGS:
        put = {"left", "put", "dropped", "lies", "is"} & set(sentence)
        return place[0] if put else None
    first = next(word for word in sentence if word.capitalize() in PEOPLE)
    return place[0] if first == asked else None


def test_the_answer_is_the_last_that_is_said_of_it(
    stories: tuple[Document, ...],
) -> None:
    """Read by rules of its own, each story gives its label and its sentence."""
    for document in stories:
        found = divide_story(split_into_words(document.text))
        asked = found.question[-2]
        said = [find_place(sentence, asked) for sentence in found.sentences]
        last = max(i for i, where in enumerate(said) if where)
        assert said[last] == document.label
        assert find_rationale_sentences(found.spans, document.rationale) == (
            (last, last + 1),
        )
        assert document.rationale == (found.spans[last],)


def test_without_the_sentence_no_other_gives_the_answer(
    stories: tuple[Document, ...],
) -> None:
    """Nothing else in a story says of the one asked about that it is there."""
    for document in stories:
        found = divide_story(split_into_words(document.text))
        said = [find_place(one, found.question[-2]) for one in found.sentences]
        assert said.count(document.label) == 1


def test_answers_are_balanced_in_every_stretch(stories: tuple[Document, ...]) -> None:
    """Of 16 stories every place is the answer once for a person, once for a thing."""
    for start in range(0, COUNT, 16):
        cells = Counter(
            (
                document.label,
                "the" in divide_story(split_into_words(document.text)).question,
            )
            for document in stories[start : start + 16]
        )
        assert set(cells.values()) == {1}
        assert len(cells) == 16


def test_the_sentence_stands_anywhere(stories: tuple[Document, ...]) -> None:
    """It is the first, the last or any other about as often."""
    shares: list[float] = []
    for document in stories:
        found = divide_story(split_into_words(document.text))
        ((place, _),) = find_rationale_sentences(found.spans, document.rationale)
        shares.append((place + 0.5) / len(found.sentences))
    thirds = np.histogram(shares, [0, 1 / 3, 2 / 3, 1])[0] / COUNT
    assert np.abs(thirds - 1 / 3).max() < 0.06
    assert abs(np.mean(shares) - 0.5) < 0.03


def test_rules_of_thumb_fail(stories: tuple[Document, ...]) -> None:
    """Neither the last place named nor the last one beside the name is enough."""
    last = beside = 0
    for document in stories:
        found = divide_story(split_into_words(document.text))
        asked = found.question[-2]
        places = [w for one in found.sentences for w in one if w in PLACES]
        near = [w for one in found.sentences if asked in one for w in one]
        last += places[-1] == document.label
        beside += [w for w in near if w in PLACES][-1] == document.label
    assert last / COUNT < 0.45
    assert beside / COUNT < 0.75


def test_a_story_depends_on_its_number_alone() -> None:
    """More stories change none, and another seed gives others."""
    few = Stories(documents=20).load(NOWHERE).documents
    many = Stories(documents=40).load(NOWHERE).documents
    other = Stories(documents=20, seed=1).load(NOWHERE).documents
    assert many[:20] == few
    assert not set(few) & set(other)


def test_lengths_are_kept() -> None:
    """Stories have as many sentences as was asked for, each length among them."""
    given = Stories(documents=200, shortest=2, longest=4).load(NOWHERE)
    sizes = {
        len(divide_story(split_into_words(one.text)).sentences)
        for one in given.documents
    }
    assert sizes == {2, 3, 4}
    assert given.labels == PLACES


def test_nonsense_is_refused() -> None:
    """The longest story is no shorter than the shortest."""
    with pytest.raises(ValidationError, match="longest: 3 is below shortest, 5"):
        Stories(shortest=5, longest=3)


def test_nobody_stands_twice_in_a_sentence() -> None:
    """A person does not wait for, talk about or ask the same person."""
    names = {*PEOPLE, *THINGS}
    for index in range(300):
        for sentence in compose_story(0, index, LENGTHS)[0]:
            named = [word for word in sentence.words if word in names]
            assert len(set(named)) == len(named)


def test_forms_fit_the_reader() -> None:
    """With its lead no sentence is longer than a reader reads by default."""
    assert max(len(form.words.split()) for form in FORMS) + 2 + 1 <= 16


class TestDividing:
    def test_the_question_is_apart(self) -> None:
        """The last sentence is a question if it ends with its mark."""
        found = divide_story(
            split_into_words("Ann sat. Did she? She went! Where is Ann?")
        )
        assert [*map(join_sentence, found.sentences)] == [
            "ann sat.",
            "did she?",
            "she went!",
        ]
        assert found.spans == ((0, 3), (3, 6), (6, 9))
        assert join_sentence(found.question) == "where is ann?"

    def test_without_a_question(self) -> None:
        """A text that asks nothing is sentences alone, the last without its stop."""
        found = divide_story(split_into_words("Ann sat. She left"))
        assert found.sentences == (("ann", "sat", "."), ("she", "left"))
        assert found.question == ()
        assert divide_story(()).sentences == ()

    def test_joined_and_divided_again(self) -> None:
        """A sentence is the same words after it was joined."""
        words = split_into_words("Ann's ball isn't here, is it; Ben asked: why?")
        assert split_into_words(join_sentence(words)) == words

    def test_a_rationale_of_two_sentences(self) -> None:
        """Every sentence that a span touches counts, none beside it."""
        assert find_rationale_sentences(((0, 3), (3, 6), (6, 9)), ((2, 4),)) == (
            (0, 1),
            (1, 2),
        )
        assert find_rationale_sentences(((0, 3), (3, 6)), ((3, 6),)) == ((1, 2),)
