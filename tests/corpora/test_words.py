"""Words of a text, and the ids that a classifier reads."""

from __future__ import annotations

import pytest

from generator.core.tokens import Token
from generator.corpora.words import (
    FIRST_WORD_ID,
    WordVocabulary,
    count_words,
    split_into_words,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It doesn't work.", ("it", "does", "n't", "work", ".")),
        ("can’t", ("ca", "n’t")),
        ("the film's", ("the", "film", "'s")),
        ("by-the-numbers!", ("by-the-numbers", "!")),
        ("'good'", ("'", "good", "'")),
        ("<br />", ("<", "br", "/", ">")),
        ("snake_case", ("snake", "_", "case")),
        ("naïve 映画", ("naïve", "映画")),
        (" \t\n", ()),
    ],
)
def test_words_are_divided_by_rule(text: str, words: tuple[str, ...]) -> None:
    """Negation and endings stand alone, marks too, and everything is lower case."""
    assert split_into_words(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "It doesn't work; I'd say the film's n't -- by-the-numbers ' s it's.",
        "rock'n'roll ain't gonna n'ts 're've",
        "a_b__c 3.5% $1,000 … “quoted” ‘single’",
    ],
)
def test_divided_words_are_divided_the_same_again(text: str) -> None:
    """A text that is divided already stays as it is."""
    words = split_into_words(text)
    assert split_into_words(" ".join(words)) == words


def test_ids_leave_room_for_padding_and_the_unknown() -> None:
    """0 and 1 are taken; an unknown word keeps its name as a token."""
    known = WordVocabulary(("good", "bad"))
    assert known.encode(["good", "odd", "bad"]) == (FIRST_WORD_ID, 1, FIRST_WORD_ID + 1)
    assert len(known) == 4
    assert known.tokens(["bad", "odd"]) == (Token("bad"), Token("odd", "unknown"))
    assert [known.token(i).kind for i in range(4)] == ["pad", "unknown", "word", "word"]


def test_words_count_by_frequency_then_first_appearance() -> None:
    """The most frequent come first, ties as they came; rare ones are left out."""
    found = count_words([["b", "a", "c"], ["a", "b", "d"]], most=3)
    assert found.words == ("b", "a", "c")
    assert count_words([["b", "a"], ["a"]], most=9, least=2).words == ("a",)
