"""Attention against rationales that are known."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from generator.artifacts import Estimate, Estimates
from generator.core.errors import ConfigError, CorpusError, UnsupportedError
from generator.corpora.base import Corpus
from generator.methods import METHODS
from generator.methods.attention.attention_on_rationale import AttentionRationale
from generator.models.base import ModelSpec
from generator.models.capabilities import Attentive, Classifier
from generator.study.class_tables import ClassTables
from generator.study.study import load_study
from tests.fakes.language_models import ask
from tests.kinds import Texts
from tests.methods.attending import attentive, corpus, learnt, reviewed, stored

MEASURES = ("share", "first", "auprc")


def collect(
    *states: Any, measure: str = "share", given: Corpus | None = None, **settings: Any
) -> Estimates:
    """One table."""
    given = reviewed() if given is None else given
    found = learnt(*states, documents=len(given.documents))
    method = AttentionRationale(
        method="attention_rationale", model="m", measure=measure, **settings
    )
    return method.collect(ask(found, corpus=given))


def rows(found: Estimates) -> dict[str, Estimate]:
    """Rows by name."""
    return {row.name: row for row in found.rows}


def looks(epoch: int = 2, score: float = 20.0, **more: Any) -> Any:
    """Attends to the words that decide."""
    return attentive(epoch, **{"bright": score, "dull": score, **more})


def test_attention_on_the_rationale() -> None:
    """All of it is there; even attention and other spans have an eighth or less."""
    found = collect(attentive(0), looks())
    named = rows(found)
    assert named["rationale"].value == pytest.approx(1, abs=1e-6)
    assert named["rationale"].n == 30
    assert named["even attention"].value == pytest.approx(1 / 8)
    assert named["other spans as long"].value == pytest.approx(0, abs=1e-6)
    assert named["before training"].value == pytest.approx(1 / 8)
    assert found.reference == pytest.approx(1 / 8)
    assert found.verdict == "supported"
    assert found.epoch == 2
    assert found.notes == ("30 test documents",)


def test_attention_beside_the_rationale() -> None:
    """Attention that avoids the words that decide does not rest on them."""
    found = collect(looks(score=-5.0))
    assert rows(found)["rationale"].value < 0.01
    assert rows(found)["other spans as long"].value == pytest.approx(1 / 7, rel=0.01)
    assert found.verdict == "not supported"
    assert "before training" not in rows(found)


def test_even_attention_is_not_supported() -> None:
    """What even attention gives is not more than even attention gives."""
    found = collect(attentive(), given=reviewed(words=8))
    assert rows(found)["rationale"].value == pytest.approx(1 / 8)
    assert found.verdict == "not supported"


def test_a_model_that_looked_there_before_training() -> None:
    """What training did not bring is the bar too."""
    found = collect(looks(0), looks(2))
    assert rows(found)["before training"].role == "negative control"
    assert found.verdict == "not supported"


def test_padding_takes_its_part_of_even_attention() -> None:
    """Where padding is weighed, the even share is one slot of all."""
    named = rows(collect(attentive(masked=False)))
    assert named["rationale"].value == pytest.approx(1 / 12)
    assert named["even attention"].value == pytest.approx(1 / 12)


def test_a_rationale_of_several_spans() -> None:
    """Spans are summed, and other spans are as long."""
    given = corpus(
        ("bright the film was bright a plot and", "positive", [(0, 1), (4, 5)]),
        ("the the dull dull film film was a", "negative", [(2, 4)]),
    )
    named = rows(collect(attentive(), given=given))
    for name in ("rationale", "even attention", "other spans as long"):
        assert named[name].value == pytest.approx(2 / 8)


def test_no_room_for_another_span() -> None:
    """A rationale of most of the text has no other place, and no value there."""
    given = corpus(("the bright bright film", "positive", [(0, 3)]))
    named = rows(collect(attentive(), given=given))
    assert named["other spans as long"].n == 0
    assert math.isnan(named["other spans as long"].value)
    assert named["rationale"].value == pytest.approx(3 / 4)


def test_first() -> None:
    """The largest weight is always there, never, or tied, which is lost."""
    found = collect(attentive(0), looks(), measure="first")
    named = rows(found)
    assert named["rationale"].value == 1
    assert named["rationale"].low == pytest.approx(0.8865, abs=1e-3)
    assert named["a slot at random"].value == pytest.approx(1 / 8)
    assert named["before training"].value == 0
    assert found.verdict == "supported"
    never = collect(looks(score=-1.0), measure="first")
    assert rows(never)["rationale"].value == 0
    assert never.verdict == "not supported"


def test_padding_can_be_first() -> None:
    """Where padding has the largest weight, no word ranks first."""
    found = collect(looks(score=1.0, masked=False, pad=2.0), measure="first")
    assert rows(found)["rationale"].value == 0


def test_average_precision() -> None:
    """1 where the words that decide are on top; the share of them where all tie."""
    found = collect(attentive(0), looks(), measure="auprc")
    named = rows(found)
    assert named["rationale"].value == 1
    harmonic = sum(1 / rank for rank in range(1, 9))
    assert named["a random order"].value == pytest.approx(harmonic / 8)
    assert named["before training"].value == pytest.approx(1 / 8)
    assert found.reference == pytest.approx(harmonic / 8)
    assert found.verdict == "supported"


def test_average_precision_leaves_padding_out() -> None:
    """However much attention padding takes, only words are ranked."""
    found = collect(looks(score=1.0, masked=False, pad=5.0), measure="auprc")
    assert rows(found)["rationale"].value == 1


@pytest.mark.parametrize("measure", MEASURES)
def test_documents_that_cannot_tell_are_counted(measure: str) -> None:
    """No rationale, one that was cut away, one that is everything."""
    given = corpus(
        ("the film was bright", "positive", [(3, 4)]),
        ("the film was bright and dull", "positive", []),
        ("the " * 12 + "bright", "positive", [(12, 13)]),
        ("bright bright", "positive", [(0, 2)]),
        ("", "positive", []),
    )
    found = collect(looks(), given=given, measure=measure)
    assert found.rows[0].n == 1
    assert found.notes == (
        "1 test documents",
        "1 left out: every word is in its rationale",
        "1 left out: no word",
        "2 left out: no word of its rationale was read",
    )


def test_a_rationale_cut_in_two() -> None:
    """What was read of it counts, over the slots that were read."""
    given = corpus(("the " * 11 + "bright bright", "positive", [(11, 13)]))
    named = rows(collect(attentive(), given=given))
    assert named["rationale"].value == pytest.approx(1 / 12)
    assert named["even attention"].value == pytest.approx(1 / 12)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure(measure: str) -> None:
    """Names differ, intervals hold their values, and it is the same each time."""
    found = collect(attentive(0), looks(score=1.0), measure=measure)
    assert len({row.name for row in found.rows}) == len(found.rows)
    assert all(row.low <= row.value <= row.high for row in found.rows)
    assert found == collect(attentive(0), looks(score=1.0), measure=measure)
    assert found.claim
    assert found.reference_name == found.rows[1].name
    assert stored(found) == found


def test_at_most_so_many_documents() -> None:
    """The limit is kept."""
    assert collect(looks(), documents=7).rows[0].n == 7


def test_what_is_missing() -> None:
    """No document with a rationale, no such epoch, no such measure."""
    given = corpus(("the film", "positive", []))
    with pytest.raises(CorpusError, match="no word of its rationale was read"):
        collect(looks(), given=given)
    with pytest.raises(UnsupportedError, match="epoch 9"):
        collect(looks(), epoch=9)
    with pytest.raises(ValueError, match="measure"):
        collect(looks(), measure="most")


class Sentiment(ModelSpec):
    """A recipe whose models attend, or do not."""

    offers: ClassVar[tuple[type, ...]] = (Classifier, Attentive)
    kind: Literal["sentiment"] = "sentiment"
    epochs: int = 3
    attends: bool = True

    def capabilities(self) -> tuple[type, ...]:
        """Attention is a setting."""
        return self.offers if self.attends else (Classifier,)


STUDY = """title: T
corpora:
  reviews: {kind: texts}
models:
  rnn: {kind: sentiment, corpus: reviews, attends: %s}
artifacts:
  share: {method: %s, model: rnn}
"""


@pytest.mark.parametrize(
    ("method", "attends", "told"),
    [
        ("attention_rationale", "true", "needs documents with their rationales"),
        (
            "attention, documents: 2",
            "false",
            "that weighs its tokens by attention; model",
        ),
        ("attention_history, documents: 2, epochs: [9]", "true", "epochs from 0 to 3"),
        ("attention_shares", "true", "measure"),
        (
            "attention_shares, measure: places, threshold: 0.1",
            "true",
            "threshold is for the measure padding alone",
        ),
    ],
)
def test_a_study_file_is_told_before_training(
    tmp_path: Path, method: str, attends: str, told: str
) -> None:
    """A corpus without rationales, a model without attention, an epoch not kept."""
    folder = tmp_path / "studies" / "2024-02-29-songs"
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(STUDY % (attends, method))
    tables = ClassTables({"texts": Texts}, {"sentiment": Sentiment}, METHODS, {})
    with pytest.raises(ConfigError, match=told):
        load_study(folder, tables)
