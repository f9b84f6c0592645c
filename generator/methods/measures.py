"""What a model does with planted documents: one value for each document.

Everything here takes a model and `Cases` and gives arrays (documents,) or
(documents, window), raw and in true units.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.attention.contributions import by_slot, logit_identity
from generator.methods.attention.occlusion import drops, occluded, without_each
from generator.methods.checks import attention_checks, verified
from generator.methods.statistics import kendall
from generator.methods.truth import Cases, mean_over, named
from generator.methods.windows import (
    is_padding,
    log,
    predict,
    probabilities,
    probability,
)
from generator.models.base import Ids
from generator.models.language_models import LanguageModel

Array = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


def right(model: LanguageModel, cases: Cases, rows: Ids) -> tuple[Mask, Mask]:
    """Whether the decided word is the most probable among the choices, and of all."""
    found = predict(model, rows).probabilities
    chosen = [named(c, row) for c, row in zip(cases.choices, found, strict=True)]
    return np.array(chosen) == cases.targets, found.argmax(1) == cases.targets


def attention(model: LanguageModel, cases: Cases) -> Array:
    """Attention weights, (documents, window)."""
    found = predict(model, cases.rows)
    verified(*attention_checks(found.weights, found.probabilities))
    return found.weights


def occlusion(model: LanguageModel, cases: Cases) -> Array:
    """Drop in log probability of the decided word by slot, in nats."""
    whole, without = occluded(model, cases.rows, cases.targets)
    return drops(whole, without, "log probability")


def occlusion_of_key(model: LanguageModel, cases: Cases) -> Array:
    """Drop in log probability without all deciding words, (documents,), in nats."""
    whole = probability(model, cases.rows, cases.targets)
    without = probability(model, cases.hidden, cases.targets)
    return log(whole) - log(without)


def decision(model: LanguageModel, cases: Cases) -> Array:
    """Drop in log probability among the choices by slot, in nats."""
    found = log_shares(model, cases, without_each(cases.rows))
    return found[:, -1:] - found[:, :-1]


def decision_of_key(model: LanguageModel, cases: Cases) -> Array:
    """Drop among the choices without all deciding words, (documents,), in nats."""
    found = log_shares(model, cases, np.stack([cases.rows, cases.hidden], axis=1))
    return np.asarray(found[:, 0] - found[:, 1])


def log_shares(model: LanguageModel, cases: Cases, rows: Ids) -> Array:
    """Log of the decided word's share of the choices' probability, (documents, m).

    `rows` are (documents, m, window).
    """
    documents, times, window = rows.shape
    ids = np.zeros((documents, max(map(len, cases.choices))), np.int32)
    for row, choices in zip(ids, cases.choices, strict=True):
        row[: len(choices)] = choices
    asked = np.repeat(ids, times, axis=0)
    found = probabilities(model, rows.reshape(-1, window), asked)
    targets = np.repeat(cases.targets, times)[:, None]
    mine = np.where(asked == targets, found, 0).sum(1)
    every = np.where(asked != 0, found, 0).sum(1)
    return np.asarray((log(mine) - log(every)).reshape(documents, times))


def contribution(model: LanguageModel, cases: Cases) -> Array:
    """Contribution of each slot to the decided word's logit."""
    found = model.decompose(cases.rows, cases.targets)
    verified(logit_identity(found))
    return by_slot(found.by_part)


def on_key(values: Array, cases: Cases) -> Array:
    """Sum over the deciding words, (documents,)."""
    return np.asarray(np.where(cases.keys, values, 0).sum(1, dtype=np.float64))


def on_another(values: Array, cases: Cases) -> Array:
    """Mean over the other words, as often as there are deciding ones, (documents,)."""
    return np.asarray(mean_over(values, cases.others) * cases.keys.sum(1))


def on_padding(values: Array, cases: Cases) -> Array:
    """Sum over padding, (documents,)."""
    pads = is_padding(cases.rows)
    return np.asarray(np.where(pads, values, 0).sum(1, dtype=np.float64))


def agreement(left: Array, right: Array, cases: Cases) -> Array:
    """Kendall's tau over the tokens of each history, NaN where one is constant."""
    tokens = ~is_padding(cases.rows)
    each = zip(left, right, tokens, strict=True)
    return np.array([kendall(a[kept], b[kept]) for a, b, kept in each])
