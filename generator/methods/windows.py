"""From a text to the questions a language model is asked about it.

A text is ids after its opening mark (none in a single text). The history of the token
at a place is the `window` ids before it, padded with 0 on the left, as in training and
in writing. All questions go through one predict over distinct histories.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Token
from generator.corpora.vocabulary import Vocabulary
from generator.models.base import Floats, Ids
from generator.models.language_models import LanguageModel, Prediction

BATCH = 1024
"""Distinct histories in one call: 40 MB of probabilities over 10,000 words."""
FLOOR = 1e-30
"""Probabilities are at least this before their logarithm is taken: 69 nats."""


def histories(ids: Sequence[int], places: Iterable[int], window: int) -> Ids:
    """The `window` ids before each place, padded with 0: (places, window)."""
    padded = np.concatenate([np.zeros(window, np.int64), np.asarray(ids, np.int64)])
    at = np.fromiter(places, dtype=np.int64)
    return np.asarray(padded[at[:, None] + np.arange(window)], dtype=np.int32)


def is_padding(rows: Ids) -> NDArray[np.bool_]:
    """Which slots come before the first token: (histories, window).

    An unknown token has the id 0 too, but stands after a known one; one that opens a
    single text cannot be told from padding.
    """
    return np.asarray(np.cumsum(rows != 0, axis=1) == 0)


def ids_of(vocabulary: Vocabulary, tokens: Iterable[Token]) -> list[int]:
    """The ids of tokens, 0 for padding and what is unknown."""
    return [
        0 if token.kind in {"pad", "unknown"} else vocabulary.ids.get(token.text, 0)
        for token in tokens
    ]


def predict(model: LanguageModel, rows: Ids) -> Prediction:
    """The model's answers to all histories, each distinct one asked once."""
    distinct, where = unique(rows)
    parts = [model.predict(part) for part in batches(distinct)]
    probabilities = np.concatenate([part.probabilities for part in parts])
    weights = np.concatenate([part.weights for part in parts])
    return Prediction(probabilities[where], weights[where])


def probability(model: LanguageModel, rows: Ids, targets: Ids) -> NDArray[np.float64]:
    """Probability of `targets[i]` after `rows[i]`, (n,); see `probabilities`."""
    return probabilities(model, rows, np.asarray(targets)[:, None])[:, 0]


def probabilities(model: LanguageModel, rows: Ids, ids: Ids) -> NDArray[np.float64]:
    """Probability of each of `ids[i]` (n, k) after `rows[i]`, (n, k).

    Holds the probabilities of one batch at a time, so any number may be asked.
    """
    distinct, where = unique(rows)
    found = np.empty(ids.shape, dtype=np.float64)
    for number, part in enumerate(batches(distinct)):
        answers = model.predict(part).probabilities
        mine = np.flatnonzero(where // BATCH == number)
        found[mine] = answers[(where[mine] % BATCH)[:, None], ids[mine]]
    return found


def log(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Natural logarithm of probabilities, which are taken as at least `FLOOR`."""
    return np.log(np.maximum(np.asarray(values, dtype=np.float64), FLOOR))


def unique(rows: Ids) -> tuple[Ids, NDArray[np.intp]]:
    """Distinct rows, sorted, and which of them each row is."""
    distinct, where = np.unique(rows, axis=0, return_inverse=True)
    return distinct, where.reshape(-1)


def batches(rows: Ids) -> list[Ids]:
    """`rows` in parts of at most `BATCH`."""
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]


def narrow(values: NDArray[np.floating[Any]]) -> Floats:
    """`values` in the precision of artifacts."""
    return np.asarray(values, dtype=np.float32)
