"""Questions with a classifier's attention to them, checked before anyone reads it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Check
from generator.errors import CorpusError
from generator.methods.checks import attention_checks, verified
from generator.methods.classified import Question
from generator.models.attentive import Attentive
from generator.models.base import Floats

RATIO_TOLERANCE = 1e-4
"""Float32 rounding of two weights and of their quotient, relative to the bound."""


@dataclass(frozen=True)
class Weighed:
    """What a model in one state attended to in each text."""

    model: Attentive
    questions: tuple[Question, ...]
    weights: tuple[Floats, ...]  # each (slots,), tokens first, then padding if weighed
    probabilities: Floats  # (texts, labels)
    checks: tuple[Check, ...]

    def each(
        self, value: Callable[[Floats, Question], float]
    ) -> NDArray[np.floating[Any]]:
        """One value for each text, (texts,)."""
        pairs = zip(self.weights, self.questions, strict=True)
        return np.array([value(row, one) for row, one in pairs], dtype=np.float64)


def weigh(model: Attentive, questions: Iterable[Question]) -> Weighed:
    """The model's attention to the texts. Raises `IntegrityError`."""
    every = tuple(questions)
    found = model.attend([one.ids for one in every])
    checks = checked(model, every, found.weights, found.probabilities)
    return Weighed(model, every, found.weights, found.probabilities, checks)


def checked(
    model: Attentive,
    questions: tuple[Question, ...],
    weights: tuple[Floats, ...],
    probabilities: Floats,
) -> tuple[Check, ...]:
    """Rows are shares of the slots that there are. Raises `IntegrityError`.

    A text without tokens has no row to check.
    """
    held = [(row, one) for row, one in zip(weights, questions, strict=True) if one.ids]
    wrong = [abs(len(row) - slots(model, one)) for row, one in held]
    named = "padding is not weighed"
    if not model.masked:
        named = f"every text has {model.max_tokens:,} slots"
    right = verified(Check(named, float(max(wrong, default=0)), 0.0))
    rows = tuple(row for row, _ in held)
    return verified(
        *right, *attention_checks(dense(rows), probabilities), *bounded(model, rows)
    )


def bounded(model: Attentive, rows: tuple[Floats, ...]) -> tuple[Check, ...]:
    """Two weights of a text are no further apart than the formula lets them be."""
    if model.ratio is None:
        return ()
    over = [observed_ratio(row) / model.ratio - 1 for row in rows]
    name = f"the largest weight is at most {model.ratio:.4g} times the smallest"
    return (Check(name, max(0.0, *over) if over else 0.0, RATIO_TOLERANCE),)


def observed_ratio(row: Floats) -> float:
    """The largest weight of a text over its smallest; infinite if that is 0."""
    least = float(row.min())
    return float(row.max()) / least if least > 0 else math.inf


def dense(rows: tuple[Floats, ...]) -> Floats:
    """Rows of any lengths as one array, 0 after their ends."""
    found = np.zeros((len(rows), max(map(len, rows), default=0)), np.float32)
    for line, row in zip(found, rows, strict=True):
        line[: len(row)] = row
    return found


def slots(model: Attentive, question: Question) -> int:
    """How many slots of a text are weighed."""
    return len(question.ids) if model.masked else model.max_tokens


def fit(
    questions: Iterable[Question], part: str, why_not: Callable[[Question], str]
) -> tuple[tuple[Question, ...], tuple[str, ...]]:
    """The documents that can be asked, and notes that count these and the others.

    `why_not` says why a document cannot be asked, "" where it can. Raises `CorpusError`
    where none can.
    """
    kept: list[Question] = []
    left: Counter[str] = Counter()
    for one in questions:
        reason = why_not(one) if one.ids else "it holds no word"
        if reason:
            left[reason] += 1
        else:
            kept.append(one)
    reasons = [f"{count:,} left out: {why}" for why, count in sorted(left.items())]
    if not kept:
        raise CorpusError(
            f"no {part} document can be asked about ({'; '.join(reasons)}); expected "
            "at least one: ask about more documents"
        )
    return tuple(kept), (f"{len(kept):,} {part} documents", *reasons)
