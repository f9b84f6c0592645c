"""Text to tokens, ids and back, whatever the text."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.corpora.tokenization import (
    PUNCTUATION,
    build_vocabulary,
    encode_texts,
    join_tokens,
    split_prefix,
    split_tokens,
)

TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from(" .,'\n\t<s>"))


@given(TEXT)
def test_characters_lose_nothing(text: str) -> None:
    """At character level the tokens are the text."""
    assert (
        join_tokens(list(split_tokens(text, word_level=False)), word_level=False)
        == text
    )


@given(TEXT)
def test_words_lose_spaces_alone(text: str) -> None:
    """At word level, all but spaces and case is kept, and no token is empty."""
    tokens = list(split_tokens(text, word_level=True))
    assert all(tokens)
    apart = "".join(f" {c} " if c in PUNCTUATION else c for c in text)
    assert "".join(tokens) == apart.lower().replace(" ", "")


def test_punctuation_stands_alone() -> None:
    """Marks, newlines and tabs are tokens; other white space stays in its word."""
    tokens = list(split_tokens("It's ok,\n“No”…\u00a0X", word_level=True))
    assert tokens == ["it", "'", "s", "ok", ",", "\n", "“", "no", "”", "…", "\u00a0x"]


def test_prefix_rules_are_others() -> None:
    """In a prefix white space is lost and the ellipsis stays in its word."""
    assert split_prefix("So…\tis it?\n", word_level=True) == ["so…", "is", "it", "?"]
    assert split_prefix("a b", word_level=False) == ["a", " ", "b"]
    assert split_prefix("", word_level=True) == []


def test_joining_cleans_spaces() -> None:
    """Spaces go before closing marks, after opening ones, inside double quotes."""
    tokens = ["he", "said", ":", '"', "it", "'", "s", "(", "ok", ")", "!", '"']
    assert join_tokens(tokens, word_level=True) == 'he said: "it\'s (ok)!"'


def test_ids_by_count_then_appearance() -> None:
    """Frequent tokens come first, ties as they appeared, the mark last."""
    found = build_vocabulary([["b", "a", "c"], ["c", "a"]], True, 10)
    assert found.tokens == ("a", "c", "b", "<s>")
    letters = build_vocabulary(["bac", "ca"], word_level=False, max_words=2)
    assert letters.tokens == ("a", "c", "<s>")


@given(st.lists(st.text(max_size=20), max_size=6))
def test_characters_are_counted_like_words(texts: list[str]) -> None:
    """Counting code points by arrays gives what counting tokens gives."""
    fast = build_vocabulary(texts, word_level=False, max_words=100)
    slow = build_vocabulary([list(t) for t in texts], word_level=True, max_words=100)
    assert fast.tokens == slow.tokens


def test_the_mark_is_counted_once() -> None:
    """A token that reads `<s>` does not take a second id; a single text has none."""
    assert build_vocabulary([["<s>", "a"]], True, 10).tokens == ("a", "<s>")
    single = build_vocabulary(["aab"], False, 10, single_text=True)
    assert (single.tokens, single.mark) == (("a", "b"), None)


@pytest.mark.parametrize("word_level", [True, False])
def test_encoding(word_level: bool) -> None:
    """Ids are the vocabulary's, marks around each text, unknown tokens 0."""
    texts = ["a b, a", "", "zz a"]
    lists = [list(split_tokens(text, word_level)) for text in texts[:1]]
    vocabulary = build_vocabulary(lists, word_level, 10)
    ids, offsets = encode_texts(texts, vocabulary)
    assert ids.dtype == np.uint8
    for text, start, end in zip(texts, offsets, offsets[1:], strict=False):
        expected = vocabulary.encode(["<s>", *split_tokens(text, word_level), "<s>"])
        assert ids[start:end].tolist() == expected
    assert offsets[-1] == len(ids)
    assert 0 in ids


def test_encoding_takes_the_smallest_type() -> None:
    """255 ids fit a byte each, 256 do not; a single text gets no marks."""
    letters = [chr(0x4E00 + i) for i in range(256)]
    for count, kind in ((255, np.uint8), (256, np.uint16)):
        text = "".join(letters[:count])
        vocabulary = build_vocabulary([text], False, 1000, single_text=True)
        ids, offsets = encode_texts([text], vocabulary)
        assert ids.dtype == kind
        assert ids.tolist() == list(range(1, count + 1))
        assert offsets.tolist() == [0, count]


def test_lone_surrogates_and_nothing() -> None:
    """What a broken file may hold has ids too; no text at all gives no ids."""
    vocabulary = build_vocabulary(["\ud800a"], word_level=False, max_words=5)
    assert encode_texts(["a\ud800"], vocabulary)[0].tolist() == [3, 2, 1, 3]
    ids, offsets = encode_texts([], vocabulary)
    assert (ids.size, offsets.tolist()) == (0, [0])


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a text is cut for encoding changes neither vocabulary nor ids."""
    text = "the quick brown fox, ñandú 🎉 " * 5
    whole = build_vocabulary([text], word_level=False, max_words=99)
    ids = encode_texts([text], whole)[0]
    monkeypatch.setattr("generator.corpora.tokenization._CHUNK", 7)
    assert build_vocabulary([text], word_level=False, max_words=99) == whole
    assert np.array_equal(encode_texts([text], whole)[0], ids)


@pytest.mark.parametrize("size", [40, 400])
def test_tables_count_as_sorting_does(size: int) -> None:
    """Long and short texts give the vocabulary that counting one by one gives."""
    rng = np.random.default_rng(size)
    texts = ["".join(map(chr, rng.integers(60, 160, size))) for _ in range(3)]
    counted = Counter("".join(texts))
    ranked = sorted(counted, key=lambda token: -counted[token])
    assert build_vocabulary(texts, False, 99, single_text=True).tokens == tuple(
        ranked[:99]
    )
