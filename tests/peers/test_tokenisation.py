"""Our tokens are those of textgenrnn's own code."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generator.corpora.tokenization import (
    build_vocabulary,
    join_tokens,
    split_prefix,
    split_tokens,
)
from tests.peers.upstream import ask, upstream_task

TRICKY = [
    "Hello, world!",
    "it's a “quoted” ‘thing’ – or… not—so",
    "tabs\tand\nnew  lines\r\nand nbsp\u00a0here",
    "ΑΣ. ΟΔΟΣ' ΣΑΣ",
    "İstanbul ẞ ǅ",
    "back\\slash [brackets] {braces} ^caret_ `tick` ~ $5 50% a/b x<s>y a@b.c #x",
    "emoji 👩‍👩‍👧 e\u0301 \u200b zero",
    "\x00\x07 control",
    "word",
    'say " hi " twice " x "',
]
ALPHABET = st.one_of(
    st.sampled_from("abA B.,!?'\"()[]…—\n\t\\$%_-"),
    st.characters(codec="utf-8"),
)


def draw_texts(count: int) -> list[str]:
    """Texts drawn by hypothesis, the same ones every time."""
    texts: list[str] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.text(ALPHABET, max_size=40))
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    return texts


def every_character() -> list[str]:
    """Every character of the first plane between two letters, 500 in a text."""
    known = [chr(i) for i in range(0x10000) if unicodedata.category(chr(i)) != "Cs"]
    lines = (known[i : i + 500] for i in range(0, len(known), 500))
    return [" ".join(f"a{c}B" for c in line) for line in lines]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Tricky, drawn and exhaustive texts, none of them without a token."""
    return [t for t in [*TRICKY, *draw_texts(300), *every_character()] if t.strip(" ")]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> Any:
    """What upstream says of all of them, in one process."""
    folder: Path = tmp_path_factory.mktemp("upstream")
    lists = [list(split_tokens(text, word_level=True)) for text in texts]
    spaced = [" ".join(tokens) for tokens in lists]
    words = ask(
        folder,
        upstream_task("learn", texts=texts, word_level=True, max_words=10**6),
        upstream_task("learn", texts=texts, word_level=False, max_words=10**6),
        upstream_task("learn", texts=texts, word_level=False, max_words=50),
        upstream_task("learn", texts=["".join(texts)], single_text=True, max_length=40),
        upstream_task("learn", texts=spaced, word_level=True, max_words=100),
        upstream_task("prefix", texts=texts, word_level=True),
        upstream_task("prefix", texts=texts, word_level=False),
        upstream_task("join", lists=lists, word_level=True),
    )
    names = "words letters few single spaced prefix_words prefix_letters joined"
    return dict(zip(names.split(), words, strict=True))


@pytest.mark.peer
@pytest.mark.slow
class TestTokens:
    def test_words(self, texts: list[str], answers: Any) -> None:
        """Word tokens of every text are upstream's."""
        ours = [list(split_tokens(text, word_level=True)) for text in texts]
        assert ours == answers["words"]["tokens"]

    def test_characters(self, texts: list[str], answers: Any) -> None:
        """So are character tokens."""
        ours = [list(split_tokens(text, word_level=False)) for text in texts]
        assert ours == answers["letters"]["tokens"]

    @pytest.mark.parametrize("level", ["words", "letters"])
    def test_prefixes(self, texts: list[str], answers: Any, level: str) -> None:
        """A prefix becomes the tokens that upstream makes of it, after its mark."""
        ours = [["<s>", *split_prefix(t, level == "words")] for t in texts]
        assert ours == answers[f"prefix_{level}"]

    def test_joined(self, texts: list[str], answers: Any) -> None:
        """Tokens are joined to the text that upstream would print."""
        lists = [list(split_tokens(text, word_level=True)) for text in texts]
        assert [join_tokens(tokens, word_level=True) for tokens in lists] == answers[
            "joined"
        ]


@pytest.mark.peer
@pytest.mark.slow
class TestVocabularies:
    @pytest.mark.parametrize(("name", "most"), [("letters", 10**6), ("few", 50)])
    def test_characters(
        self, texts: list[str], answers: Any, name: str, most: int
    ) -> None:
        """Characters have upstream's ids, the mark last, whatever is cut off."""
        ours = build_vocabulary(texts, word_level=False, max_words=most)
        assert ours.ids == answers[name]["vocabulary"]

    def test_a_single_text(self, texts: list[str], answers: Any) -> None:
        """A single text's vocabulary has no mark."""
        ours = build_vocabulary(
            ["".join(texts)], word_level=False, max_words=10**4, single_text=True
        )
        assert ours.ids == answers["single"]["vocabulary"]
        assert ours.mark is None

    def test_words_counted_as_they_are_read(
        self, texts: list[str], answers: Any
    ) -> None:
        """On texts whose tokens stand apart already, word ids are upstream's."""
        lists = [split_tokens(text, word_level=True) for text in texts]
        ours = build_vocabulary(lists, word_level=True, max_words=100)
        assert ours.ids == answers["spaced"]["vocabulary"]

    def test_words_counted_as_upstream_counts(
        self, texts: list[str], answers: Any
    ) -> None:
        """Upstream counts before it spaces punctuation: that order gives its ids."""
        lists = [[w for w in text.lower().split(" ") if w] for text in texts]
        theirs = build_vocabulary(lists, word_level=True, max_words=10**6)
        assert theirs.ids == answers["words"]["vocabulary"]
        assert "world!" in theirs.ids
        lists = [list(split_tokens(text, word_level=True)) for text in texts]
        ours = build_vocabulary(lists, word_level=True, max_words=10**6)
        assert "world!" not in ours.ids
        assert "world" in ours.ids
