"""Curves of losses, taken over as they are."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from generator.artifacts import Curves
from generator.artifacts.base import ModelProvenance
from generator.core.errors import UnsupportedError
from generator.methods.training.curves import TrainingCurves
from generator.methods.training.curves import loss_curves as curves_of
from generator.site.pages.provenance import model_facts
from tests.fakes.language_models import FakeTrained, ask

NAN = math.nan


def curves(**log: Any) -> Curves:
    """The curves of a log over epochs 0, 1, 2."""
    model = FakeTrained({0: None, 1: None, 2: None}, best=1, **log)
    return TrainingCurves(method="training", model="lm").collect(ask(model))


def test_both_losses_and_the_best_epoch() -> None:
    """Epoch 0 has a validation loss alone; the best epoch is marked."""
    found = curves(losses=(NAN, 2.0, 1.0), validation=(5.0, 3.0, 4.0))
    assert found.names == ("training", "validation")
    assert found.x.tolist() == [0, 1, 2]
    assert found.y[1].tolist() == [5, 3, 4]
    assert math.isnan(found.y[0, 0])
    assert found.marked_x == 1
    assert found.unit == "nats"


def test_nothing_held_out() -> None:
    """A line without values is left out, and no epoch is called best."""
    found = curves(losses=(NAN, 2.0, 1.0))
    assert found.names == ("training",)
    assert found.y.shape == (1, 3)
    assert found.marked_x is None


def test_nothing_trained() -> None:
    """A model that came trained has no losses to draw."""
    with pytest.raises(UnsupportedError, match="has no losses"):
        curves()


@pytest.mark.parametrize(
    ("learnt", "each", "many"),
    [
        ("windows", "token", "windows"),
        ("parts", "token", "parts of streams"),
        ("texts", "text", "texts"),
        ("rows", "row", "rows"),
    ],
)
def test_what_a_loss_is_a_mean_over(learnt: Any, each: str, many: str) -> None:
    """The axis and the facts of a model name the same unit, and what is learnt from."""
    log = FakeTrained({0: None, 1: None}, losses=(NAN, 2.0)).log
    assert curves_of(replace(log, learnt=learnt)).y_label == f"loss per {each}"
    made = ModelProvenance(
        name="m", kind="k", settings={}, key="", seed=1, epochs=1, best=1,
        windows=1234, held_out=2, learnt=learnt, loss=2.0,
    )  # fmt: skip
    told = {fact.name: fact.text for fact in model_facts(made)}
    assert told[many] == "1,234 an epoch; 2 documents held out"
    assert told["last training loss"] == f"2 nats a {each}"
