"""Grades against the words that decide, of explanations whose grade is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from generator.artifacts import Artifact, Curves, ScoredText, Scores
from generator.core.errors import CorpusError, UnsupportedError
from generator.methods.common.spans import random_precision
from generator.methods.evaluation.rationale import GATE, MEASURES, RationaleAgreement
from tests.methods.attending import stored
from tests.methods.explained import (
    anchored,
    anchors,
    by_name,
    explained,
    make_context,
    shuffled,
    text,
)

COUNT, SIZE = 60, 12
SPAN = (4, 6)


def grade(
    *read: Artifact, names: Sequence[str] = ("a", "b"), **settings: Any
) -> Scores:
    """Grades of artifacts."""
    method = RationaleAgreement(
        method="rationale", model="m", of=tuple(names[: len(read)]), **settings
    )
    return method.collect(make_context(*read))


def documents(rows: Sequence[Sequence[float]], **more: Any) -> list[ScoredText]:
    """A document for each row of scores, the same words deciding in all."""
    return [text(row, SPAN, document=at, **more) for at, row in enumerate(rows)]


def knowing(against: float = 1.0) -> list[list[float]]:
    """Scores that are largest on the two words that decide, the first with a sign."""
    rows = (np.array(shuffled(COUNT, SIZE)) * 0.1).tolist()
    for row in rows:
        row[4], row[5] = against * 5.0, 4.0
    return rows


def test_an_explanation_that_knows() -> None:
    """Every measure is 1, beside the exact baseline, and better than random."""
    found = grade(explained(*documents(knowing())))
    rows = by_name(found, "a")
    assert list(rows) == [*MEASURES, "texts answered"]
    for name in MEASURES:
        assert rows[name].value == pytest.approx(1)
        assert rows[name].said == "better than random"
        assert rows[name].n == COUNT
        assert rows[name].baseline_name == "random order"
    assert rows["AUPRC"].baseline == pytest.approx(random_precision(2, SIZE))
    assert rows["token F1"].baseline == pytest.approx(2 / SIZE)
    assert rows["top word"].baseline == pytest.approx(2 / SIZE)
    assert 0 < rows["span F1"].baseline < 0.3
    assert found.aspect == "rationale"


@pytest.mark.slow(2)
def test_random_scores_are_not_better_than_random() -> None:
    """Over 16 explanations that know nothing, at most the tail is called better."""
    said = []
    for seed in range(16):
        rows = shuffled(COUNT, SIZE, seed)
        found = by_name(grade(explained(*documents(rows))), "a")
        assert abs(found["AUPRC"].value - found["AUPRC"].baseline) < 0.15
        said += [found[name].said == "better than random" for name in MEASURES]
    assert np.mean(said) < 0.1


def test_equal_scores_are_exactly_random() -> None:
    """Their difference from a random order is nothing, by every measure."""
    rows = by_name(grade(explained(*documents([[0.5] * SIZE] * COUNT))), "a")
    for name in MEASURES:
        assert rows[name].value == pytest.approx(rows[name].baseline)
        assert rows[name].said == "not better than random"


def test_the_sign_does_not_matter_unless_asked() -> None:
    """A negation that counts against its label is found by size, lost when signed."""
    made = explained(*documents(knowing(against=-1.0)))
    assert by_name(grade(made), "a")["AUPRC"].value == pytest.approx(1)
    signed = grade(made, rank="signed")
    assert by_name(signed, "a")["AUPRC"].value == pytest.approx((1 + 2 / 12) / 2)
    assert "speak against" in signed.notes[0]


def test_texts_without_an_answer_cost_coverage() -> None:
    """They are left out, and counted in a row and in the notes."""
    made = documents(knowing())
    none = [
        replace(t, undefined="all words are unknown", scores=t.scores * np.nan)
        for t in made[:15]
    ]
    found = grade(explained(*none, *made[15:]))
    rows = by_name(found, "a")
    assert rows["AUPRC"].value == pytest.approx(1)
    assert rows["AUPRC"].n == 45
    assert rows["texts answered"].value == pytest.approx(0.75)
    assert rows["texts answered"].n == 60
    assert rows["texts answered"].low < 0.75 < rows["texts answered"].high
    assert any("45 of 60 texts answered" in note for note in found.notes)


def test_nothing_answered_is_no_value() -> None:
    """An explanation of nothing has no grade, and no verdict."""
    made = [replace(t, undefined="no") for t in documents(shuffled(5, SIZE))]
    row = by_name(grade(explained(*made)), "a")
    assert np.isnan(row["AUPRC"].value)
    assert row["AUPRC"].baseline is None
    assert (row["AUPRC"].n, row["AUPRC"].said) == (0, "none")
    assert row["texts answered"].value == 0


def test_the_gate_needs_texts() -> None:
    """With 200 the notes are silent, with 199 they say that there are too few."""
    for count, few in ((GATE, False), (GATE - 1, True)):
        found = grade(explained(*documents(shuffled(count, 6), label="positive")))
        assert any("are too few to pass or to fail" in n for n in found.notes) == few


def test_texts_that_say_nothing_do_not_count() -> None:
    """Without a rationale, or where every word is in it, there is nothing to find."""
    made = documents(knowing())
    odd = [text([1, 2, 3], document=98), text([1, 2, 3], (0, 3), document=99)]
    found = grade(explained(*made, *odd))
    assert by_name(found, "a")["texts answered"].n == COUNT
    assert any("2 left out" in note for note in found.notes)
    with pytest.raises(
        CorpusError, match=r'"a" holds 2 texts, and of none it is known'
    ):
        grade(explained(*odd))


def test_anchors_are_graded_in_their_order() -> None:
    """The words of an anchor come first, all others are tied."""
    exact = [anchored(SIZE, [5, 4], SPAN, document=at) for at in range(COUNT)]
    rows = by_name(grade(anchors(*exact)), "a")
    assert rows["AUPRC"].value == pytest.approx(1)
    empty = [anchored(SIZE, [], SPAN, document=at) for at in range(COUNT)]
    rows = by_name(grade(anchors(*empty)), "a")
    assert rows["AUPRC"].value == pytest.approx(rows["AUPRC"].baseline)
    second = [anchored(SIZE, [0, 5], SPAN, document=at) for at in range(COUNT)]
    rows = by_name(grade(anchors(*second)), "a")
    assert rows["top word"].value == 0
    assert rows["token F1"].value == pytest.approx(0.5)


def test_padding_and_gaps() -> None:
    """Padding is not ranked, and a word without a score counts as 0."""
    row = [0.1, 0.2, 3.0, np.nan, 9.0, 9.0]
    made = text(row, (2, 3), document=1, pads=2)
    found = by_name(grade(explained(made), rank="signed"), "a")
    assert found["AUPRC"].value == 1
    assert found["AUPRC"].baseline == pytest.approx(random_precision(1, 4))
    lost = text([np.nan, 0.2, 0.1, -1.0], (0, 1), document=1)
    found = by_name(grade(explained(lost), rank="signed"), "a")
    assert found["AUPRC"].value == pytest.approx(1 / 3)


def test_one_baseline_for_all_explanations_of_a_text() -> None:
    """Also that of spans, which is drawn: the draws belong to the text."""
    found = grade(
        explained(*documents(knowing())), explained(*documents(shuffled(COUNT, SIZE)))
    )
    left, right = by_name(found, "a"), by_name(found, "b")
    for name in MEASURES:
        assert left[name].baseline == right[name].baseline
    assert not any("same texts" in note for note in found.notes)
    assert found.notes[1] == "60 of 60 texts answered"
    other = grade(
        explained(*documents(knowing())), explained(*documents(shuffled(20, SIZE)))
    )
    assert any("not of the same texts" in note for note in other.notes)
    assert "20 of 20 texts answered (b)" in other.notes


def test_a_text_is_graded_alone() -> None:
    """What is measured of a text does not depend on the others."""
    made = documents(knowing())
    one = by_name(grade(explained(made[7])), "a")["span F1"].baseline
    with_others = by_name(grade(explained(*made[5:8])), "a")["span F1"].baseline
    alone = [by_name(grade(explained(t)), "a")["span F1"].baseline for t in made[5:8]]
    assert one == alone[2]
    assert with_others == pytest.approx(np.mean(alone))


def test_spans_that_an_author_gives() -> None:
    """They count for texts that are no documents; wrong ones are refused."""
    made = explained(text([0.1, 5, 4, 0.2]), text([3.0, 0.1, 0.2]))
    found = by_name(grade(made, given=(((1, 3),), ())), "a")
    assert found["AUPRC"].value == 1
    assert found["AUPRC"].n == 1
    with pytest.raises(UnsupportedError, match='spans of 1 text; "a" holds 2'):
        grade(made, given=(((1, 3),),))
    with pytest.raises(UnsupportedError, match='text 2 ends at 4; "a" has 3 words'):
        grade(made, given=((), ((1, 4),)))
    with pytest.raises(ValidationError, match="before it ends"):
        RationaleAgreement(method="rationale", model="m", of=("a",), given=(((3, 3),),))


def test_what_the_corpus_must_hold() -> None:
    """Rationales, unless the study gives its own."""
    plain = RationaleAgreement(method="rationale", model="m", of=("a",))
    given = plain.model_copy(update={"given": (((0, 1),),)})
    assert plain.required_annotations() == {"rationale"}
    assert given.required_annotations() == set()
    assert plain.artifact_names() == ("a",)


def test_the_model_and_its_errors_are_told() -> None:
    """How many texts the model gets right is in the notes, where labels are known."""
    made = documents(knowing(), truth="positive")
    wrong = [replace(t, truth="negative") for t in made[:6]]
    found = grade(explained(*wrong, *made[6:]))
    assert any("is right about 54 of 60" in note for note in found.notes)


def test_what_is_wrong() -> None:
    """Another kind of artifact, and an artifact named twice."""
    curves = Curves(
        x=np.zeros(1), y=np.zeros((1, 1)), x_label="", y_label="", names=("a",)
    )
    with pytest.raises(UnsupportedError, match='"a" holds no scores'):
        grade(curves)
    with pytest.raises(ValidationError, match="named twice"):
        RationaleAgreement(method="rationale", model="m", of=("a", "a"))


def test_it_is_the_same_twice_and_stored_as_it_is() -> None:
    """Rows are equal when asked again, and read back as they were."""
    made = explained(*documents(shuffled(30, SIZE)))
    found = grade(made)
    assert grade(made).rows == found.rows
    assert stored(found) == found
