"""Questions with a classifier's attention to them, checked before anyone reads it.

What one row of attention says: how even it is, and where it rests.

A row is one text's weights, (slots,): its tokens first, padding after them where the
model weighs any. Everything is computed in double precision from what the model gave.

Attention to documents, after training and before it, as one table of estimates.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Check, Estimate, Estimates, Role
from generator.core.errors import CorpusError
from generator.methods.base import Asked, Method
from generator.methods.common import statistics
from generator.methods.common.checks import attention_checks, verified
from generator.methods.common.classifier_texts import Question, documents
from generator.methods.common.snapshots import before_training
from generator.models.base import Epoch, Floats
from generator.models.capabilities import Attentive

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


Row = NDArray[np.floating[Any]]

PARTS = 5
"""Into how many equal parts a text is divided: fifths."""


def evenness(weights: Row) -> float:
    """Entropy as a share of its largest value, log n: 1 is even, 0 is one slot alone.

    NaN for a single slot, whose weight is 1 by definition.
    """
    if weights.size < 2:  # noqa: PLR2004 - two slots can differ
        return math.nan
    shares = np.asarray(weights, dtype=np.float64)
    shares = shares[shares > 0] / shares.sum()
    return float(-(shares @ np.log(shares)) / math.log(weights.size)) + 0.0


def largest(weights: Row) -> float:
    """The largest weight."""
    return float(weights.max())


def on_padding(weights: Row, tokens: int) -> float:
    """Sum over the slots after the text's tokens."""
    return float(np.sum(weights[tokens:], dtype=np.float64))


def on(weights: Row, mask: NDArray[np.bool_]) -> float:
    """Sum over the tokens under a mask (tokens,), which may end before padding."""
    return float(np.sum(weights[: mask.size][mask], dtype=np.float64))


def fifths(weights: Row, tokens: int) -> NDArray[np.float64]:
    """Shares of the attention on tokens that fall on each fifth of the text, (5,).

    A token that a border cuts is divided in proportion, so that even attention gives
    each fifth exactly 0.2 whatever the number of tokens. NaN where none is on tokens.
    """
    sums = np.cumsum(weights[:tokens], dtype=np.float64)
    if not sums[-1]:
        return np.full(PARTS, np.nan)
    borders = np.linspace(0, 1, PARTS + 1)
    reached = np.interp(borders, np.linspace(0, 1, tokens + 1), [0.0, *sums])
    return np.asarray(np.diff(reached) / sums[-1])


def least_on_padding(slots: int, tokens: int, ratio: float) -> float:
    """The least padding can get if no weight is over `ratio` times another."""
    pads = slots - tokens
    return pads / (pads + ratio * tokens)


BEFORE = "before training"
EVEN = "even attention"


class AttentionTable(Method):
    """A method that gives a table of attention to documents."""

    needs: ClassVar = (Attentive,)
    gives: ClassVar = Estimates
    documents: int = Field(default=500, ge=1, le=100_000)
    """At most so many documents."""
    part: Literal["test", "validation"] = "test"
    """The side of the corpus from which documents are taken."""
    epoch: Epoch = "best"
    """The snapshot that is asked, beside the one before training."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """The one snapshot that must be there."""
        return (self.epoch,)

    def compare(
        self, asked: Asked, model: Attentive, why_not: Callable[[Question], str]
    ) -> Compared:
        """Read the documents for which `why_not` gives no reason not to.

        Raises `CorpusError` where there are none, and `IntegrityError`.
        """
        every = documents(asked, model, self.part, self.documents)
        kept, notes = fit(every, self.part, why_not)
        before = before_training(asked, model)
        return Compared(
            asked, weigh(model, kept), weigh(before, kept) if before else None, notes
        )


@dataclass(frozen=True)
class Compared:
    """What a model attends to in documents, and what it did before training.

    `before` is None where epoch 0 was not kept or is `now`.
    """

    asked: Asked
    now: Weighed
    before: Weighed | None
    notes: tuple[str, ...]

    def mean(
        self, name: str, values: NDArray[np.floating[Any]], role: Role = "observed"
    ) -> Estimate:
        """Mean over the documents in which the value is defined."""
        return statistics.mean(name, values, self.asked.generator(0), role)

    def control(self, value: Callable[[Floats, Question], float]) -> list[Estimate]:
        """The mean before training as a row; no row where that is not known."""
        if self.before is None:
            return []
        return [self.mean(BEFORE, self.before.each(value), "negative control")]

    def table(
        self,
        quantity: str,
        claim: str,
        *,
        reference: tuple[float, str],
        verdict: statistics.Verdict,
        rows: list[Estimate],
        notes: tuple[str, ...] = (),
    ) -> Estimates:
        """The rows as an artifact; `reference` is what no effect would give."""
        return Estimates(
            epoch=self.now.model.epoch,
            checks=self.now.checks,
            quantity=quantity,
            rows=tuple(rows),
            reference=reference[0],
            reference_name=reference[1],
            verdict=verdict,
            claim=claim,
            notes=self.notes + notes,
        )
