"""Texts of scripts without spaces: read by their characters, or said to be unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document
from generator.corpora.words import (
    WordVocabulary,
    note_mostly_unknown,
    split_into_clusters,
    split_into_words,
)
from generator.models.bag_of_words import BagOfWordsRecipe
from generator.models.bag_of_words.saved_model import SavedModel

SOUPS = Corpus(
    documents=tuple(
        Document(f"このスープは{taste}と客{number}が言った。", label)
        for number in range(40)
        for taste, label in [(("冷たい", "悪"), ("温かい", "良"))[number % 2]]
    ),
    key="soups",
    labels=("悪", "良"),
)


def train(folder: Path, **settings: str) -> SavedModel:
    """Train a bag of words on the soups."""
    recipe = BagOfWordsRecipe(kind="bag_of_words", corpus="soups", **settings)
    recipe.train(SOUPS, 3, folder, QuietProgress())
    return recipe.load(folder)


def test_characters_are_learnt_where_words_are_not(tmp_path: Path) -> None:
    """By characters an unseen sentence is told; by words it is said to be unknown."""
    by_word, by_character = (
        train(tmp_path / "w"),
        train(tmp_path / "c", unit="character"),
    )
    model = by_character.at("best")
    for text, label in (("この温かい。", "良"), ("冷たいね", "悪")):
        ids = model.words.encode(model.words.split(text))
        assert SOUPS.labels[int(model.predict([ids])[0].argmax())] == label
    assert not [n for n in by_character.log.notes if n.startswith("mostly unknown")]
    (note,) = [n for n in by_word.log.notes if n.startswith("mostly unknown")]
    assert "100.0% of the words" in note
    assert "unit: character" in note


def test_the_unit_enters_the_key_where_it_is_not_words() -> None:
    """A recipe that reads words, as all did, has the settings that it had."""
    before, same, other = (
        BagOfWordsRecipe(kind="bag_of_words", corpus="c", **more).key_settings()
        for more in ({}, {"unit": "word"}, {"unit": "character"})
    )
    assert before == same
    assert "unit" not in before
    assert other == before | {"unit": "character"}


@pytest.mark.parametrize("text", ["क्षमा n't नि, 👍🏽!", "このスープ。", "don't stop"])
def test_characters_are_those_of_the_words(text: str) -> None:
    """Characters are clusters without white space; spans of words map to theirs."""
    known, words = WordVocabulary((), "character"), split_into_words(text)
    found = known.split(text)
    assert found == tuple(c for word in words for c in split_into_clusters(word))
    for start in range(len(words)):
        ((first, last),) = known.map_spans(text, [(start, start + 1)])
        assert "".join(found[first:last]) == words[start]
    assert WordVocabulary(()).map_spans(text, [(0, 1)]) == ((0, 1),)


def test_most_is_half_and_marks_do_not_count() -> None:
    """The note comes from one half on; marks, known everywhere, hide nothing."""

    def note(*texts: str) -> tuple[str, ...]:
        return note_mostly_unknown("a.", texts, "test texts", "character")

    (said,) = note("ab.")
    assert said.startswith("mostly unknown: 50.0% of the characters of the test texts")
    assert "unit: character" not in said
    assert not note("aab")
    assert note("b...")
    assert not note()
