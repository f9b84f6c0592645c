"""Attention over a text as an artifact: labels, shares, probabilities, row by row."""

from __future__ import annotations

import numpy as np

from generator.artifacts import Check, SlotScores
from generator.methods.checks import alternatives, attention_checks, verified
from generator.methods.texts import Text
from generator.methods.windows import narrow, predict
from generator.models.language_models import LanguageModel, Prediction

QUANTITY = "attention weight"


def opened(model: LanguageModel) -> int:
    """The place of a text's first token after its opening mark."""
    return 0 if model.vocabulary.mark is None else 1


def read_rows(model: LanguageModel, text: Text, places: range) -> Prediction:
    """The model's answers at some places of a text that is there already."""
    return predict(model, text.rows(places, model.window))


def attention_rows(
    model: LanguageModel,
    text: Text,
    places: range,
    found: Prediction,
    count: int,
    *checks: Check,
    prefix: str = "",
    temperature: float | None = None,
) -> SlotScores:
    """What the model gave at `places`, and what it saw. Raises `IntegrityError`.

    `found` is parallel to `places`; `count` is how many alternatives are kept.
    """
    targets = np.array([text.ids[place] for place in places])
    given = found.probabilities[np.arange(len(places)), targets]
    sound = attention_checks(found.weights, found.probabilities)
    return SlotScores(
        epoch=model.epoch,
        checks=verified(*sound, *checks),
        targets=tuple(text.tokens[place] for place in places),
        histories=text.labels(places, model.window),
        scores=narrow(found.weights),
        probabilities=narrow(given),
        quantity=QUANTITY,
        alternatives=alternatives(model.vocabulary, found.probabilities, count),
        prefix=prefix,
        temperature=temperature,
    )
