"""Planted pairs: every target word is linked to the one source word it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.corpora import CORPORA
from generator.corpora.base import Document, Folders
from generator.corpora.synthetic.parallel import (
    ARTICLES,
    FRONT,
    OWN,
    SHARED,
    SINGLE,
    PlantedPairs,
)
from generator.corpora.words import split_into_words

NOWHERE = Folders(Path(), Path())


def pairs(count: int = 200, **settings: Any) -> tuple[Document, ...]:
    """So many pairs."""
    return PlantedPairs(documents=count, **settings).load(NOWHERE).documents


def sides(document: Document) -> tuple[list[str], list[str], dict[int, int]]:
    """Words of both sides, and the source of each target word."""
    assert document.translation is not None
    assert document.alignment is not None
    links = document.alignment.sure
    assert len(dict(links)) == len(links)
    return document.text.split(), document.translation.split(), dict(links)


def test_in_the_table() -> None:
    """The corpus is found by its kind and promises translations and links."""
    assert CORPORA["planted_pairs"] is PlantedPairs
    assert PlantedPairs.holds == {"translation", "alignment"}


@pytest.mark.parametrize("fertility", ["shared", "own", "none"])
def test_links_are_the_lexicon(fertility: Any) -> None:
    """A source word's linked target words are its entry in the lexicon, in order."""
    double = {"shared": SHARED, "own": OWN, "none": {}}[fertility]
    for document in pairs(fertility=fertility):
        source, target, links = sides(document)
        assert sorted(links) == list(range(len(target)))
        for place, word in enumerate(source):
            found = tuple(target[i] for i in sorted(links) if links[i] == place)
            wanted = () if word in ARTICLES else double.get(word, (SINGLE[word],))
            assert found == wanted


def test_only_front_words_move() -> None:
    """Links cross where an adjective or adverb changed places, and nowhere else."""
    for document in pairs():
        source, _, links = sides(document)
        for earlier in links:
            for later in links:
                if earlier < later and links[earlier] > links[later]:
                    assert links[earlier] == links[later] + 1
                    assert source[links[later]] in FRONT


def test_without_swaps_and_drops_nothing_moves() -> None:
    """The links are then in order and every source word has one."""
    for document in pairs(swaps=False, drops=False, fertility="none"):
        source, _, links = sides(document)
        assert [links[i] for i in range(len(source))] == list(range(len(source)))


def test_copy_and_reverse() -> None:
    """The links of a copy are a diagonal, of a reversal an anti-diagonal."""
    for document in pairs(task="copy"):
        source, target, links = sides(document)
        assert source == target
        assert all(i == j for i, j in links.items())
    for document in pairs(task="reverse"):
        source, target, links = sides(document)
        assert source == target[::-1]
        assert all(i + j == len(source) - 1 for i, j in links.items())


def test_words_are_tokens() -> None:
    """Words between spaces are what a model reads, so that links mean its tokens."""
    for document in pairs():
        assert list(split_into_words(document.text)) == document.text.split()
        assert document.translation is not None
        assert (
            list(split_into_words(document.translation)) == document.translation.split()
        )


def test_a_pair_depends_on_its_place_alone() -> None:
    """More pairs change none; another seed gives others; the key tells them apart."""
    assert pairs(50) == pairs(200)[:50]
    assert pairs(50) != pairs(50, seed=1)
    keys = {
        PlantedPairs(**given).key(NOWHERE)
        for given in ({}, {"seed": 1}, {"swaps": False}, {"fertility": "own"})
    }
    assert len(keys) == 4


def test_a_first_of_its_own_tells_the_second() -> None:
    """With `own` no two words share their first; with `shared` every one does."""
    firsts = [first for first, _ in OWN.values()]
    assert len(set(firsts)) == len(firsts)
    shared = [first for first, _ in SHARED.values()]
    assert all(shared.count(first) > 1 for first in shared)
    singles = {SINGLE[word] for word in SINGLE}
    assert not singles & {
        word for pair in (*SHARED.values(), *OWN.values()) for word in pair
    }
