"""Attention against that of other models, and what cannot be compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import Distributions, ScoredText, TokenScores
from generator.core.errors import ConfigError, UnsupportedError
from generator.core.tokens import Token
from generator.methods.attention.hypothesis_tests.report import DIVERGENCE
from generator.methods.attention.hypothesis_tests.seeds import (
    even_divergences,
    mean_gap,
    read_attention,
    read_divergences,
    seed_divergences,
)
from generator.methods.common.classifier_texts import InputText
from generator.methods.common.divergence import LN2
from generator.methods.common.statistics import build_group


def tokens(text: str) -> tuple[Token, ...]:
    """Words as tokens."""
    return tuple(Token(word) for word in text.split())


def make_question(text: str, document: int | None = None) -> InputText:
    """A question about a text."""
    return InputText(tokens(text), tuple(range(len(text.split()))), document=document)


def make_attended(text: str, scores: Any, **more: Any) -> ScoredText:
    """A text with its attention."""
    row = np.asarray(scores, np.float32)
    return ScoredText(
        tokens=tokens(text), scores=row, probabilities=np.array([0.5, 0.5]), **more
    )


def attention(*texts: ScoredText, quantity: str = "attention weight") -> TokenScores:
    """An artifact of these texts."""
    return TokenScores(texts=texts, labels=("no", "yes"), quantity=quantity)


def test_the_same_texts_are_taken_in_their_order() -> None:
    """Padding behind a text does not make it another one."""
    padded = make_attended("a b", [0.5, 0.5], document=4)
    padded = ScoredText(
        tokens=(*padded.tokens, Token("", "pad")),
        scores=np.array([0.4, 0.4, 0.2], np.float32),
        probabilities=padded.probabilities,
        document=4,
    )
    assert read_attention(attention(padded), "s2", [make_question("a b", 4)]) == (
        padded,
    )


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ((make_attended("a b", [0.5, 0.5]),), "1 text, here 2"),
        (
            (make_attended("a b", [0.5, 0.5]), make_attended("a d", [0.5, 0.5])),
            "text 2 is another",
        ),
        (
            (
                make_attended("a b", [0.5, 0.5], document=3),
                make_attended("a c", [0.5, 0.5]),
            ),
            "text 1 is another",
        ),
    ],
)
def test_other_texts_are_refused(texts: tuple[ScoredText, ...], why: str) -> None:
    """The artifact is named, with the first difference and what to do."""
    with pytest.raises(ConfigError, match=f'against: "s2" is about other .*{why}'):
        read_attention(
            attention(*texts), "s2", [make_question("a b"), make_question("a c")]
        )


def test_what_is_no_attention_is_refused() -> None:
    """Other scores of tokens cannot be compared as shares."""
    lime = attention(make_attended("a b", [3, -1]), quantity="LIME coefficient")
    with pytest.raises(UnsupportedError, match='"s2" is not the attention'):
        read_attention(lime, "s2", [make_question("a b")])


def test_known_divergences() -> None:
    """The same is 0, nothing shared is ln 2, what is not defined is NaN."""
    ours = [np.array([0.3, 0.7]), np.array([1.0, 0.0]), np.array([0.5, 0.5])]
    theirs = [
        make_attended("a b", [0.3, 0.7]),
        make_attended("a b", [0, 1]),
        make_attended("a b", [0.5, 0.5], undefined="why not"),
    ]
    found = seed_divergences(ours, theirs)
    assert found[:2] == pytest.approx([0, LN2], abs=1e-12)
    assert np.isnan(found[2])


def test_another_number_of_slots_cannot_be_compared() -> None:
    """One model masks padding, the other weighs it."""
    with pytest.raises(UnsupportedError, match="3 weights, here 2"):
        seed_divergences(
            [np.array([0.5, 0.5])], [make_attended("a b c", [0.2, 0.3, 0.5])]
        )


def test_even_attention_is_no_way_from_itself() -> None:
    """All on one of two slots is as far from it as half of the weight is."""
    found = even_divergences([np.full(5, 0.2, np.float32), np.array([1.0, 0.0])])
    assert found[0] == pytest.approx(0, abs=1e-15)
    assert found[1] == pytest.approx(0.2157615543, abs=1e-9)


def test_the_adversary_is_read_from_its_own_test() -> None:
    """Another artifact, or another quantity, holds none."""
    rng = np.random.default_rng(0)
    held = build_group("adversary", np.array([0.25, 0.5]), rng)
    made = Distributions(quantity=DIVERGENCE, groups=(held,))
    assert read_divergences(made, "adv").tolist() == [0.25, 0.5]
    other = Distributions(quantity="change", groups=(held,))
    for wrong in (other, attention()):
        with pytest.raises(UnsupportedError, match='adversary: "adv" holds no'):
            read_divergences(wrong, "adv")


def test_the_gap_of_two_means() -> None:
    """Its interval holds the difference, and is not defined without values."""
    rng = np.random.default_rng(2)
    found = mean_gap(rng.normal(1, 0.1, 50), rng.normal(0.4, 0.1, 60), rng)
    assert found.low < 0.6 < found.high
    assert found.high - found.low < 0.15
    assert np.isnan(mean_gap(np.zeros(0), np.ones(3), rng).value)
