"""Attention by epoch, against models whose attention is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from generator.artifacts import Curves
from generator.core.errors import CorpusError, IntegrityError, UnsupportedError
from generator.corpora.base import Corpus
from generator.methods.attention.over_training import AttentionCurve
from tests.fakes.language_models import ask
from tests.methods.attending import (
    WORDS,
    attentive,
    corpus,
    learnt,
    reviewed,
    scores,
    wrong,
)

ALWAYS = [
    "accuracy",
    "entropy / log n",
    "largest weight",
    "attention on the last fifth",
    "even share of a fifth",
]


def curve(
    *states: Any, given: Corpus | None = None, best: int | None = None, **settings: Any
) -> Curves:
    """The curves of some states over some documents."""
    given = reviewed() if given is None else given
    found = learnt(*states, best=best, documents=len(given.documents))
    method = AttentionCurve(method="attention_curve", model="m", **settings)
    return method.collect(ask(found, corpus=given))


def lines(found: Curves) -> dict[str, list[float]]:
    """Lines by name."""
    return dict(zip(found.names, found.y.tolist(), strict=True))


def learning(*, masked: bool = True) -> tuple[Any, Any]:
    """Even before training, and on the words that decide after it."""
    told = {"bright": 9.0, "dull": 9.0}
    blind = attentive(0, masked=masked)
    blind.values = np.zeros((len(WORDS), 2))
    return blind, attentive(2, masked=masked, **told)


def test_a_model_that_learns_to_look() -> None:
    """Accuracy and attention on the rationale rise together from chance."""
    found = curve(*learning(), best=2)
    told = lines(found)
    assert found.x.tolist() == [0, 2]
    assert found.marked_x == 2
    assert told["accuracy"] == [0.5, 1]
    assert told["attention on the rationale"] == pytest.approx([1 / 8, 1], abs=1e-3)
    assert told["even share of the rationale"] == pytest.approx([1 / 8, 1 / 8])
    assert told["entropy / log n"][0] == pytest.approx(1)
    assert told["entropy / log n"][1] < 0.01
    assert told["largest weight"] == pytest.approx([1 / 8, 1], abs=1e-3)


def test_lines_are_those_that_mean_something() -> None:
    """Padding where it is weighed, rationales where there are some."""
    both = ["attention on the rationale", "even share of the rationale"]
    pads = ["attention on padding", "even share of padding"]
    assert list(curve(*learning()).names) == ALWAYS + both
    unmasked = learning(masked=False)
    assert list(curve(*unmasked).names) == ALWAYS + pads + both
    plain = corpus(("the film was bright and a", "positive", []))
    assert list(curve(*unmasked, given=plain).names) == ALWAYS + pads


def test_padding_starts_at_its_share_of_the_slots() -> None:
    """Even attention puts n_pad / T on padding, exactly, at epoch 0."""
    texts = [(" ".join(["the"] * size), "positive", []) for size in (5, 8, 12)]
    told = lines(curve(*learning(masked=False), given=corpus(*texts)))
    known = np.mean([7 / 12, 4 / 12, 0])
    assert told["attention on padding"][0] == pytest.approx(known, abs=1e-6)
    assert told["even share of padding"] == pytest.approx([known] * 2)


def test_endings_are_a_share_of_the_attention_on_words() -> None:
    """Even attention gives the last fifth 0.2, with padding and without."""
    for masked in (True, False):
        told = lines(curve(*learning(masked=masked)))
        assert told["attention on the last fifth"][0] == pytest.approx(0.2, abs=1e-6)
        assert told["even share of a fifth"] == pytest.approx([0.2, 0.2])


def test_texts_without_an_ending_are_left_out_of_that_line() -> None:
    """Too short to have fifths, or cut before the end: no value if all are."""
    short = ("the film", "positive", [])
    long = ("the " * 13, "positive", [])
    told = lines(curve(*learning(), given=corpus(short, long)))
    assert math.isnan(told["attention on the last fifth"][0])
    ending = (" ".join(["the"] * 9 + ["bright"]), "positive", [])
    told = lines(curve(*learning(), given=corpus(short, long, ending)))
    assert told["attention on the last fifth"][1] == pytest.approx(1, abs=2e-3)


def test_single_tokens_have_no_entropy() -> None:
    """A text of one token has a weight and no evenness."""
    told = lines(curve(*learning(), given=corpus(("bright", "positive", []))))
    assert math.isnan(told["entropy / log n"][0])
    assert told["largest weight"] == [1, 1]
    assert told["accuracy"][1] == 1


def test_a_rationale_that_was_cut_away_does_not_count() -> None:
    """What was not read is neither attended to nor in the even share."""
    cut = ("the " * 11 + "bright bright", "positive", [(11, 13)])
    told = lines(curve(*learning(), given=corpus(cut)))
    assert told["even share of the rationale"] == pytest.approx([1 / 12] * 2)
    gone = ("the " * 12 + "bright", "positive", [(12, 13)])
    told = lines(curve(*learning(), given=corpus(cut, gone)))
    assert told["even share of the rationale"] == pytest.approx([1 / 12] * 2)
    assert list(curve(*learning(), given=corpus(gone)).names) == ALWAYS


def test_epochs_and_documents() -> None:
    """Those asked for; at most so many documents, the same each time."""
    assert curve(*learning(), epochs=(2,)).x.tolist() == [2]
    with pytest.raises(UnsupportedError, match="epoch 1"):
        curve(*learning(), epochs=(1,))
    few = curve(*learning(), documents=3)
    assert few.y.tolist() == curve(*learning(), documents=3).y.tolist()
    assert few.y[0, 0] * 3 == pytest.approx(round(few.y[0, 0] * 3))
    method = AttentionCurve(method="attention_curve", model="m", epochs=(0, "best"))
    assert method.snapshots() == (0, "best")


def test_what_cannot_be_asked() -> None:
    """No documents on that side, none with a word, no attention."""
    with pytest.raises(CorpusError, match="validation side"):
        curve(*learning(), given=corpus())
    with pytest.raises(CorpusError, match="1 left out: no word"):
        curve(*learning(), given=corpus(("", "positive", [])))
    with pytest.raises(IntegrityError, match="sum to 1"):
        curve(wrong((0.5, 0.6)), given=corpus(("dull film", "negative", [])))


def test_the_mark_is_left_out_with_its_epoch() -> None:
    """Where the best epoch is not among those asked, nothing is marked."""
    assert curve(*learning(), best=2, epochs=(0,)).marked_x is None
    assert scores().any() == 0
