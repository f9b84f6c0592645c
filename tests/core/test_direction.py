"""The direction of texts, tokens and languages."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.direction import (
    MAYBE_TURNED,
    find_direction,
    has_turned_letters,
    isolate_text,
    language_direction,
    paragraph_direction,
    text_direction,
    tokens_direction,
)
from generator.core.tokens import Token

ARABIC, HEBREW = "الطعام هنا", "שלום עולם"


def test_every_letter_from_right_to_left_is_in_the_blocks_looked_at() -> None:
    """The blocks by which most texts are passed over miss no character."""
    turned = {
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.bidirectional(chr(code)) in {"R", "AL"}
    }
    assert len(turned) > 1000
    assert all(map(MAYBE_TURNED.search, turned))


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        (ARABIC, "rtl"), (HEBREW, "rtl"), ("LIME هي", "ltr"), ("هي LIME", "rtl"),
        ("12, “شرح”", "rtl"), ("", "ltr"), ("−0.5", "ltr"), ("naïve שלום", "ltr"),
        (f"{isolate_text(HEBREW)} means peace", "ltr"), ("ދިވެހި", "rtl"),
    ],
)  # fmt: skip
def test_the_first_letter_decides(text: str, direction: str) -> None:
    """A text has the direction of its first letter, what it isolates left out."""
    assert text_direction(text) == direction


def test_padding_and_marks_say_nothing_of_a_row() -> None:
    """A row of tokens has the direction of its text, not that of `<pad>`."""
    row = [Token("<pad>", "pad"), Token("<s>", "mark"), *map(Token, ARABIC.split())]
    assert tokens_direction(row) == "rtl"
    assert tokens_direction([Token("12"), Token("good")]) == "ltr"


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("LIME هي طريقة لشرح نموذج", "rtl"), ("שלום is a greeting", "ltr"),
        ("شرح abc", "ltr"), ("12", "ltr"), (ARABIC, "rtl"),
    ],
)  # fmt: skip
def test_most_letters_decide_for_a_paragraph(text: str, direction: str) -> None:
    """A foreign name at the beginning of a sentence does not turn it round."""
    assert paragraph_direction(text) == direction


@pytest.mark.parametrize(
    ("tag", "direction"),
    [
        ("ar", "rtl"), ("he-IL", "rtl"), ("fa", "rtl"), ("en", "ltr"), ("az", "ltr"),
        ("az-Arab", "rtl"), ("ks-Deva", "ltr"), ("UR-pk", "rtl"), ("ar-Latn", "ltr"),
        ("zh-Hant-TW", "ltr"), ("pa-aran-PK", "rtl"),
    ],
)  # fmt: skip
def test_a_script_counts_more_than_its_language(tag: str, direction: str) -> None:
    """Languages have the direction of the script they are written in."""
    assert language_direction(tag) == direction


@given(st.text())
def test_only_what_could_move_something_is_isolated(text: str) -> None:
    """Isolating leaves texts from left to right as they are, and hides others."""
    assert (isolate_text(text) == text) == (not has_turned_letters(text))
    if has_turned_letters(text) and not set(text) & set("\u2066\u2067\u2068\u2069"):
        assert find_direction(isolate_text(text)) is None
