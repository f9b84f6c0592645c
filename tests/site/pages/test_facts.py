"""What a page says of a model's making and of a study that was collected again."""

from __future__ import annotations

import math
from typing import Any

import pytest

from generator.artifacts.base import ModelProvenance
from generator.site.pages.provenance import describe_verification, model_facts
from generator.study.origins import Verification

MODEL: dict[str, Any] = {
    "name": "m", "kind": "k", "settings": {"b": 2, "kind": "k"}, "key": "", "seed": 3,
    "epochs": 5, "best": 4, "windows": 1200, "held_out": 2,
}  # fmt: skip


def facts(**more: Any) -> dict[str, str]:
    """The facts of a model by name."""
    return {one.name: one.text for one in model_facts(ModelProvenance(**MODEL | more))}


def test_a_model_s_facts_are_those_that_are_known() -> None:
    """Each by itself; the rest is left out."""
    known = facts()
    assert known["kind"] == "k"
    assert known["seed"] == "3"
    assert known["epochs"] == "5, best 4 by held-out loss"
    assert known["windows"] == "1,200 an epoch; 2 documents held out"
    assert set(known) == {"kind", "settings", "seed", "epochs", "windows", "key"}
    assert "settings" not in facts(settings={"kind": "k"})
    assert facts(held_out=0)["epochs"] == "5"
    tested = facts(tested=1500)["windows"]
    assert tested == "1,200 an epoch; 2 documents held out to choose by, 1,500 to test"
    assert not {"epochs", "windows"} & set(facts(epochs=0))


@pytest.mark.parametrize(
    ("learnt", "name", "unit"),
    [
        ("windows", "windows", "token"),
        ("parts", "parts of streams", "token"),
        ("pairs", "pairs", "token"),
        ("texts", "texts", "text"),
        ("rows", "rows", "row"),
    ],
)
def test_a_loss_is_that_of_what_is_learnt_from(
    learnt: str, name: str, unit: str
) -> None:
    """In nats; one that there is not is not said."""
    known = facts(learnt=learnt, loss=0.12345, validation_loss=math.nan)
    assert name in known
    assert known["last training loss"] == f"0.1235 nats a {unit}"
    assert "held-out loss" not in known
    known = facts(learnt=learnt, validation_loss=2.0)
    assert known["held-out loss"].startswith("2")
    assert "last training loss" not in known


def test_times_and_notes_are_said_where_there_are_some() -> None:
    """Seconds whole, 0 too; notes with what cannot be seen in sight."""
    assert facts(seconds=0.4)["time taken"] == "0 s"
    assert "time taken" not in facts()
    assert facts(notes=("a\u202eb",))["note"] != "a\u202eb"
    assert "note" not in facts()
    listed = " ".join(facts(fingerprint={"b": "2", "a": "1"}).values())
    assert "a 1; b 2" in listed


def test_a_verification_names_who_and_how_far() -> None:
    """Where they are known; versions in their order."""
    assert describe_verification(None) == "verified"
    versions = {"b": "2", "a": "1"}
    for by, who in (("", ""), ("Ann", " by Ann")):
        for gap, came in (
            (0.0, "every number but the times is the same"),
            (0.00123, "no number differs by more than 0.12% of the largest beside it"),
        ):
            said = describe_verification(Verification(by, gap, versions, {}, {}))
            assert said == (
                f"verified{who}: collected again with the same seeds on a 1, b 2, "
                f"and {came}"
            )
