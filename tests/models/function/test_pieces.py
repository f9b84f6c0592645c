"""Pieces of a text: nothing is lost, and what is hidden goes with its space."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.corpora.words import split_into_units, split_into_words
from generator.models.function.pieces import (
    PieceVocabulary,
    split_at_tokens,
    split_into_pieces,
)

SPELLINGS = "It's GOOD, isn't it?  DON'T ask\tİstanbul — ß, खाना, 🇩🇪!"


@given(st.text(max_size=40))
def test_pieces_are_the_text(text: str) -> None:
    """Joined they are the text, letter by letter, wherever it has a word at all."""
    for unit in ("word", "character"):
        pieces = split_into_pieces(text, unit)
        assert "".join(pieces) == (text if pieces else "")
        assert len(pieces) == len(split_into_units(text, unit))


def test_a_piece_is_a_word_with_what_follows() -> None:
    """Case, marks and spaces are as the author wrote them."""
    assert split_into_pieces(" It's  GOOD,\n") == (" It", "'s  ", "GOOD", ",\n")
    assert [piece.strip().lower() for piece in split_into_pieces(SPELLINGS)] == list(
        split_into_words(SPELLINGS)
    )


def test_brought_tokens_are_found_in_order() -> None:
    """A token is looked for behind the one before, which has what lies between."""
    assert split_at_tokens("ab (ab) c", ["ab", "ab", "c"]) == ("ab (", "ab) ", "c")
    assert split_at_tokens("a b", []) == ()
    for tokens in (["b", "a"], ["ab"], ["a", ""], ["a", " "]):
        with pytest.raises(ValueError, match="does not follow in the text"):
            split_at_tokens("a b", tokens)


@given(st.lists(st.text(max_size=10), max_size=6))
def test_numbers_stand_for_pieces(texts: list[str]) -> None:
    """Encoded and joined a text is itself; with some pieces out it is the others."""
    words = PieceVocabulary(("known ",))
    for text in texts:
        pieces = words.split(text)
        ids = words.encode(pieces)
        assert words.join(ids) == "".join(pieces)
        assert len(words.split(words.join(ids[::2]))) <= len(ids[::2])
        assert [words.token(number) for number in ids] == list(words.tokens(pieces))
        assert max(ids, default=0) < len(words)


def test_a_mask_takes_the_place_of_a_piece() -> None:
    """It is written as a word; without one, a hidden piece leaves nothing."""
    plain, masked = PieceVocabulary(()), PieceVocabulary((), mask="[MASK]")
    for words, left in ((plain, "b"), (masked, "[MASK] b")):
        first, second = words.encode(("a ", "b"))
        assert words.join([1, second]) == left
        assert words.join([0, second]) == "b"
        assert words.join([first, second]) == "a b"


def test_printed_tokens_lead_back_to_their_text() -> None:
    """Of several texts that one is meant which begins with the tokens."""
    words = PieceVocabulary(())
    tokens = [token.text for token in words.tokens(words.split(SPELLINGS))]
    ids = words.encode_tokens(tokens, ["It's a pity", SPELLINGS])
    assert words.join(ids) == SPELLINGS
    assert words.join(words.encode_tokens(tokens[:3], [SPELLINGS])) == "It's GOOD"
    assert words.join(words.encode_tokens(["a", "b"], [])) == "a b "


def test_spans_of_words_are_spans_of_pieces() -> None:
    """With our tokens they are the same; with others, those that hold the words."""
    words = PieceVocabulary(())
    assert words.map_spans(SPELLINGS, ((0, 2), (2, 3))) == ((0, 2), (2, 3))
    letters = PieceVocabulary((), "character")
    assert letters.map_spans("ab cd e", ((1, 2),)) == ((2, 4),)
    assert words.map_spans("a b", ((0, 9),)) == ()


def test_words_never_become_one() -> None:
    """Without the mark between them two words keep a space; other marks need none."""
    words = PieceVocabulary(())
    ids = words.encode(words.split("Good,bad, and it's"))
    assert words.join([ids[0], *ids[2:]]) == "Good bad, and it's"
    assert words.join([ids[0], ids[3]]) == "Good, "
    assert words.join(ids[5:]) == "it's"
    letters = PieceVocabulary((), "character")
    ids = letters.encode(letters.split("日本語"))
    assert letters.join(ids[::2]) == "日語"
