"""Labelled trees in brackets. The sentences here are written for these tests."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.errors import CorpusError
from generator.corpora.files.sst import (
    ESCAPES,
    WORD_LIMIT,
    PhraseTree,
    parse_tree,
    unescape_word,
)

Branch = tuple[int, object]

words = st.text(
    st.characters(codec="utf-8", exclude_characters="() \t\n\\`'-"), min_size=1
)
branches = st.recursive(
    st.tuples(st.integers(0, 4), words),
    lambda inner: st.tuples(st.integers(0, 4), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=12,
)


def written(branch: Branch) -> str:
    """A tree as a line."""
    label, held = branch
    inner = held if isinstance(held, str) else " ".join(map(written, held))  # type: ignore[call-overload]  # a list of branches
    return f"({label} {inner})"


def leaves(branch: Branch) -> list[str]:
    """The words of a tree."""
    held = branch[1]
    if isinstance(held, str):
        return [held]
    return [word for inner in held for word in leaves(inner)]  # type: ignore[attr-defined]  # a list of branches


def read(line: str) -> PhraseTree:
    """The tree of line 7 of a file."""
    return parse_tree(line, "x.txt", 7)


def test_a_tree_has_words_and_a_label_for_each_phrase() -> None:
    """Spans are half-open, the sentence is the widest, phrases come as they begin."""
    tree = read("(4 (2 it) (4 (1 (2 rarely) (0 bores)) (2 .)))")
    assert tree.words == ("it", "rarely", "bores", ".")
    assert tree.label == 4
    assert list(tree.phrases()) == [
        ("it rarely bores .", 4),
        ("it", 2),
        ("rarely bores .", 4),
        ("rarely bores", 1),
        ("rarely", 2),
        ("bores", 0),
        (".", 2),
    ]


@given(branches)
def test_any_tree_is_read_back(branch: Branch) -> None:
    """What is written in brackets comes back: its words, its label, no more phrases."""
    tree = read(written(branch))
    assert list(tree.words) == leaves(branch)
    assert tree.label == branch[0] or len(tree.words) == 1
    assert len(tree.labels) <= written(branch).count("(")


@given(st.text("()0123 ab\t\u00a0"))
def test_any_line_is_a_tree_or_an_error(line: str) -> None:
    """No line raises anything but a `CorpusError`; a tree has words and a label."""
    try:
        tree = read(line)
    except CorpusError as error:
        good = str(error).startswith('"x.txt":7:')
    else:
        good = bool(tree.words) and 0 <= tree.label <= 4
    assert good


def test_the_outermost_of_brackets_around_the_same_words_counts() -> None:
    """One phrase has one label."""
    assert read("(3 (1 (0 dull)))").labels == {(0, 1): 3}


def test_spaces_beyond_ascii_stand_inside_a_word() -> None:
    """A space that does not break is part of its word, as the treebank has it."""
    assert read("(2 (2 8\u00a01\\/2) (2 stars))").words == ("8\u00a01/2", "stars")


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [*ESCAPES.items(), ("and\\/or", "and/or"), ("f\\*\\*k", "f**k"), ("it's", "it's")],
)
def test_words_are_unescaped(escaped: str, plain: str) -> None:
    """Brackets, quotation marks, slashes and stars are as they were printed."""
    assert unescape_word(escaped) == plain


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("(3 good", 8, "1 brackets are not closed"),
        ("(3 (2 a) (4 b)", 15, "1 brackets are not closed"),
        ("(3 good))", 9, "a closing bracket too many"),
        ("  ", 3, "no tree"),
        ("good", 1, "text outside of the tree"),
        ("(3 good) (2 film)", 10, "text outside of the tree"),
        ("(3 good) film", 10, "text outside of the tree"),
        ("(3 )", 4, "an empty bracket"),
        ("(3 good film)", 9, "a word beside a word"),
        ("(3 (2 a) film)", 10, "a word beside brackets"),
        ("(3 a (2 film))", 6, "brackets beside a word"),
        ("(5 good)", 1, "without a label from 0 to 4"),
        ("(-1 good)", 1, "without a label from 0 to 4"),
        ("(good)", 1, "without a label from 0 to 4"),
        ("(3(2 a))", 1, "without a label from 0 to 4"),
        ("()", 1, "without a label from 0 to 4"),
        ("  (3 good", 10, "1 brackets are not closed"),
    ],
)
def test_bad_brackets_say_where(line: str, place: int, message: str) -> None:
    """A line that is no tree is refused with its number and column."""
    with pytest.raises(CorpusError) as caught:
        read(line)
    assert str(caught.value).startswith(f'"x.txt":7:{place}: ')
    assert message in str(caught.value)
    assert "mend the line" in str(caught.value)


def test_no_tree_is_too_deep() -> None:
    """A hundred thousand brackets around a word take no recursion, and little time."""
    started = time.monotonic()
    assert read("(2 " * 100_000 + "deep" + ")" * 100_000).words == ("deep",)
    assert time.monotonic() - started < 20


def test_a_sentence_has_a_longest_length() -> None:
    """Phrases of phrases grow as the square of the words, so there is a bound."""
    line = "(2 " + "(2 a)" * WORD_LIMIT + ")"
    assert len(read(line).words) == WORD_LIMIT
    with pytest.raises(CorpusError, match="more than 1,000 words"):
        read("(2 " + "(2 a)" * (WORD_LIMIT + 1) + ")")
