"""Claims about where attention rests, against models whose attention is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.artifacts import Estimate, Estimates
from generator.core.errors import CorpusError, UnsupportedError
from generator.corpora.base import Corpus
from generator.methods.attention.distribution import FIFTHS, AttentionDistribution
from generator.models.base import Texts
from tests.fakes.classifiers import WeighingClassifier, softmax
from tests.fakes.language_models import ask
from tests.methods.attending import (
    WORDS,
    attentive,
    corpus,
    learnt,
    opinions,
    reviewed,
    scores,
    stored,
)


class Ending(WeighingClassifier):
    """Attends to the last word of every text."""

    def weigh(self, text: Any) -> NDArray[Any]:
        places = np.arange(len(self.slots(text)))
        return softmax(np.where(places == len(text) - 1, 20.0, 0.0))

    def attend(self, texts: Texts) -> Any:
        return super().attend(texts)


def ending(epoch: int = 2, *, masked: bool = True) -> Any:
    """A model that attends to endings."""
    return Ending(WORDS, scores(), opinions(), epoch=epoch, masked=masked)


def collect(
    *states: Any, measure: str = "places", given: Corpus | None = None, **settings: Any
) -> Estimates:
    """One table."""
    given = reviewed() if given is None else given
    found = learnt(*states, documents=len(given.documents))
    method = AttentionDistribution(
        method="attention_shares", model="m", measure=measure, **settings
    )
    return method.collect(ask(found, corpus=given))


def rows(found: Estimates) -> dict[str, Estimate]:
    """Rows by name."""
    return {row.name: row for row in found.rows}


@pytest.mark.parametrize("masked", [True, False])
def test_attention_on_endings(masked: bool) -> None:
    """All attention is on the last fifth, which it was not before training."""
    found = collect(attentive(0, masked=masked), ending(masked=masked))
    named = rows(found)
    assert named["last fifth"].value == pytest.approx(1, abs=1e-6)
    assert named["first fifth"].value == pytest.approx(0, abs=1e-6)
    assert named["last fifth before training"].value == pytest.approx(0.2, abs=1e-6)
    assert found.reference == 0.2
    assert found.verdict == "supported"
    assert tuple(named)[:5] == FIFTHS[::-1]


def test_even_attention_favours_no_place() -> None:
    """Each fifth has its fifth, so endings are not favoured."""
    for words in (5, 7, 12):
        found = collect(attentive(), given=reviewed(words=words))
        assert [row.value for row in found.rows] == pytest.approx([0.2] * 5, abs=1e-6)
        assert found.verdict == "not supported"


def test_attention_away_from_endings() -> None:
    """A last fifth below its even share does not support the claim."""
    given = corpus(*[("bright the film was a", "positive", [])] * 9)
    found = collect(attentive(bright=3.0), given=given)
    assert rows(found)["first fifth"].value > 0.5
    assert found.verdict == "not supported"


def test_texts_without_fifths_are_counted() -> None:
    """Short texts, and texts that were cut before their end."""
    given = corpus(
        ("the film was bright and dull", "positive", []),
        ("the film", "positive", []),
        ("the " * 13, "positive", []),
    )
    assert collect(ending(), given=given).notes == (
        "1 test documents",
        "1 left out: fewer than five words",
        "1 left out: it is too long to be read to its end",
    )
    with pytest.raises(CorpusError, match="fewer than five words"):
        collect(ending(), given=corpus(("the film", "positive", [])))


def test_attention_that_starts_even() -> None:
    """1 before training, less after it, and the largest weight in words."""
    found = collect(attentive(0), ending(), measure="evenness")
    named = rows(found)
    assert tuple(named) == ("before training", "after training")
    assert named["before training"].value == pytest.approx(1)
    assert named["after training"].value < 0.01
    assert found.verdict == "supported"
    assert found.reference == 1
    assert found.notes[1:] == (
        "before training: the largest weight of a text is 1.00 times the even share",
        "after training: the largest weight of a text is 8.00 times the even share",
    )


def test_attention_that_does_not_start_even() -> None:
    """A tenth of the entropy missing at epoch 0 is not even."""
    found = collect(attentive(0, bright=3.0, dull=3.0), ending(), measure="evenness")
    assert rows(found)["before training"].value < 0.9
    assert found.verdict == "not supported"


def test_evenness_of_the_start_alone() -> None:
    """Asked at epoch 0, there is no row after training."""
    found = collect(attentive(0), ending(), measure="evenness", epoch=0)
    assert tuple(rows(found)) == ("before training",)
    assert found.verdict == "supported"


def test_evenness_needs_the_state_before_training() -> None:
    """It says so before training, and refuses where it was not kept."""
    named = {"method": "attention_shares", "model": "m"}
    method = AttentionDistribution(**named, measure="evenness")
    assert method.snapshots() == (0, "best")
    assert AttentionDistribution(**named, measure="places").snapshots() == ("best",)
    with pytest.raises(UnsupportedError, match="epoch 0"):
        collect(ending(), measure="evenness")


def test_single_slots_are_neither_even_nor_uneven() -> None:
    """They are left out where padding is masked, and stay where it is weighed."""
    given = corpus(("bright", "positive", []), ("the film", "positive", []))
    states = attentive(0), ending()
    found = collect(*states, measure="evenness", given=given)
    assert found.rows[0].n == 1
    assert "1 left out: one token: its weight is 1 by definition" in found.notes
    unmasked = attentive(0, masked=False), ending(masked=False)
    assert collect(*unmasked, measure="evenness", given=given).rows[0].n == 2


def test_padding_that_is_ignored() -> None:
    """Padding starts at its share of the slots and ends with nothing."""
    found = collect(attentive(0, masked=False), ending(masked=False), measure="padding")
    named = rows(found)
    assert named["before training"].value == pytest.approx(4 / 12, abs=1e-6)
    assert named["even attention"].value == pytest.approx(4 / 12)
    assert named["after training"].value < 1e-6
    assert found.verdict == "supported"
    assert "least the formula allows" not in named


def test_padding_that_cannot_be_ignored() -> None:
    """A bounded score leaves padding what the formula says, and no less."""
    model = attentive(masked=False, pad=-1.0, **dict.fromkeys(WORDS.words, 1.0))
    model.ratio = math.exp(2)
    found = collect(model, measure="padding")
    named = rows(found)
    known = 4 / (4 + 8 * math.exp(2))
    assert named["least the formula allows"].value == pytest.approx(known)
    assert named["least the formula allows"].role == "null"
    assert named["after training"].value == pytest.approx(known, rel=1e-5)
    assert found.verdict == "not supported"
    assert collect(model, measure="padding", threshold=0.1).verdict == "supported"


def test_little_padding_is_no_padding_ignored() -> None:
    """Where even attention is below the threshold already, it is the bar."""
    given = reviewed(words=11)
    model = attentive(masked=False)
    found = collect(model, measure="padding", given=given, threshold=0.5)
    assert found.reference == pytest.approx(1 / 12)
    assert found.verdict == "not supported"


def test_texts_without_padding_are_counted() -> None:
    """A text that fills all slots says nothing of padding."""
    given = corpus(("the " * 12, "positive", []), ("the film", "positive", []))
    found = collect(attentive(masked=False), measure="padding", given=given)
    assert found.rows[0].n == 1
    assert found.notes[1] == "1 left out: it fills all slots and has no padding"


def test_masked_padding_is_no_question() -> None:
    """Where padding is masked the answer is 0 by construction, and refused."""
    with pytest.raises(UnsupportedError, match="masks padding"):
        collect(attentive(), measure="padding")


@pytest.mark.parametrize("measure", ["places", "evenness", "padding"])
def test_every_measure(measure: str) -> None:
    """Names differ, intervals hold their values, checks passed, stored as it is."""
    states = attentive(0, masked=False), attentive(masked=False, bright=1.0, dull=2.0)
    found = collect(*states, measure=measure)
    assert len({row.name for row in found.rows}) == len(found.rows)
    assert all(row.low <= row.value <= row.high for row in found.rows)
    assert all(check.passed for check in found.checks)
    assert found == collect(*states, measure=measure)
    assert stored(found) == found
    assert found.claim.startswith("attention ")
