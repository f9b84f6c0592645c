"""Tokens are shown literally, and what cannot be seen is shown by a sign."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.tokens import Token
from generator.figures.formatting import (
    LONGEST,
    cut_middle,
    display_token,
    make_visible,
    phrase_text,
    running_text,
)
from tests.figures.examples import HOSTILE


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<s>", "<s>"),
        ("</script>", "</script>"),
        ("&lt;b&gt;", "&lt;b&gt;"),
        ("{{ 7*7 }}", "{{␣7*7␣}}"),
        (" ", "␣"),
        ("\n", "↵"),
        ("\t", "⇥"),
        ("\x00", "␀"),
        ("\x1b[31m", "␛[31m"),
        ("\x7f", "␡"),
        ("\x85", "‹U+0085›"),
        ("\u00a0", "⍽"),
        ("\u3000", "‹U+3000›"),
        ("\u202eab", "‹U+202E›ab"),
        ("a\u200db", "a‹U+200D›b"),
        ("\u2028", "‹U+2028›"),
        ("\ud800", "\ufffd"),
        ("\ufffe", "\ufffd"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("1️⃣", "1️⃣"),
        ("\u0301", "◌\u0301"),
        ("", "∅"),
        ("שלום", "שלום"),
    ],
)
def test_a_token_is_shown_as_itself_or_by_signs(text: str, shown: str) -> None:
    """Markup stays as it is, blanks and controls get their signs, emoji stay whole."""
    assert display_token(Token(text)).text == shown


@given(st.text(max_size=30))
def test_nothing_invisible_is_left(text: str) -> None:
    """No control, format character or blank survives, but what joins an emoji."""
    for char in make_visible(text):
        kept = char in "\u200d\ufe0e\ufe0f"
        kind = unicodedata.category(char)
        assert kept or kind not in {"Cc", "Cf", "Cs", "Cn", "Co", "Zs", "Zl", "Zp"}


def test_tokens_that_look_alike_are_told_apart() -> None:
    """Hostile tokens that differ in what is invisible are shown differently."""
    seen = {display_token(Token(text)).text for text in HOSTILE}
    replaced = {"\ud800", "\ufffe"}
    assert len(seen) >= len(set(HOSTILE) - replaced)


def test_the_word_pad_is_not_padding() -> None:
    """A word that happens to read <pad> keeps its kind."""
    assert display_token(Token("<pad>")).kind == "word"
    assert display_token(Token("<pad>", "pad")).kind == "pad"


def test_long_tokens_are_cut_in_pictures_alone() -> None:
    """The short form has both ends; the text is whole."""
    shown = display_token(Token("a" * 5000 + "z"))
    assert len(shown.short) == LONGEST
    assert shown.short.endswith("z")
    assert len(shown.text) == 5001
    assert cut_middle("short") == "short"


def test_stacked_marks_are_limited() -> None:
    """Two hundred accents on one letter cannot cover the lines around it."""
    shown = make_visible("z" + "\u0301" * 200)
    assert shown.count("\u0301") <= 12
    assert "‹…›" in shown


def test_running_text_keeps_its_spaces_and_shows_its_lines() -> None:
    """A sample reads as text: spaces stay, line ends are shown and kept."""
    assert running_text("a b\r\nc\td") == "a b↵\nc⇥d"


def test_a_phrase_flattens_with_its_tokens_quoted() -> None:
    """Where no element can stand, tokens are quoted."""
    assert phrase_text(("on ", display_token(Token("<s>")), ".")) == "on ‘<s>’."


FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize("emoji", [FAMILY, "\u2764\ufe0f", "1\ufe0f\u20e3", "👍🏽"])
def test_an_emoji_is_left_whole(emoji: str) -> None:
    """What joins or selects its parts is of it, between letters too."""
    assert make_visible(emoji) == emoji
    assert make_visible(f"a{emoji}b") == f"a{emoji}b"


@pytest.mark.parametrize("before", ["a", "a\u0301", "\u3042"])
@pytest.mark.parametrize("sign", ["\u200d", "\ufe0f"])
def test_a_joiner_without_an_emoji_is_printed(before: str, sign: str) -> None:
    """After a letter, at the start, and where nothing follows that could be joined."""
    assert f"‹U+{ord(sign):04X}›" in make_visible(f"{before}{sign}b")
    assert make_visible("\u200db").startswith("‹U+200D›")
    assert "‹U+200D›" in make_visible("\U0001f469\u200d")
    assert "‹U+200D›" in make_visible("\U0001f469\u200db")
