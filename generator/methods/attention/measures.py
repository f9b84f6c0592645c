"""Attention of a classifier to texts: collected, checked, measured, and put in tables.

A row is one text's weights, (slots,): its tokens first, padding after them where the
model weighs any. Everything is computed in double precision from what the model gave.
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

from generator.artifacts import Check, Estimate, EstimateRole, Estimates
from generator.core.decision import Verdict
from generator.core.errors import CorpusError
from generator.methods.base import Context, Method
from generator.methods.common import statistics
from generator.methods.common.checks import attention_checks, verify_checks
from generator.methods.common.classifier_texts import InputText, document_texts
from generator.methods.common.snapshots import untrained_state
from generator.models.base import Epoch, Floats
from generator.models.capabilities import Attentive

RATIO_TOLERANCE = 1e-4
"""Float32 rounding of two weights and of their quotient, relative to the bound."""


@dataclass(frozen=True)
class AttendedTexts:
    """The attention of a model at one snapshot to each text."""

    model: Attentive
    questions: tuple[InputText, ...]
    weights: tuple[Floats, ...]  # each (slots,), tokens first, then padding if weighed
    probabilities: Floats  # (texts, labels)
    checks: tuple[Check, ...]

    def measure_each(
        self, value: Callable[[Floats, InputText], float]
    ) -> NDArray[np.floating[Any]]:
        """Compute one value for each text, (texts,)."""
        pairs = zip(self.weights, self.questions, strict=True)
        return np.array([value(row, one) for row, one in pairs], dtype=np.float64)


def collect_attention(
    model: Attentive, questions: Iterable[InputText]
) -> AttendedTexts:
    """Collect the model's attention to texts.

    Args:
        model: The model.
        questions: The texts.

    Returns:
        Weights and probabilities, with their checks.

    Raises:
        IntegrityError: The rows are not attention weights of these texts.
    """
    every = tuple(questions)
    attention = model.attend([one.ids for one in every])
    checks = check_attention(model, every, attention.weights, attention.probabilities)
    return AttendedTexts(
        model, every, attention.weights, attention.probabilities, checks
    )


def check_attention(
    model: Attentive,
    questions: tuple[InputText, ...],
    weights: tuple[Floats, ...],
    probabilities: Floats,
) -> tuple[Check, ...]:
    """Check that rows are shares of the slots that there are.

    A text without tokens has no row to check.

    Args:
        model: The model, which says whether padding is weighed.
        questions: The texts.
        weights: Of each text, (slots,).
        probabilities: (texts, labels).

    Returns:
        The checks.

    Raises:
        IntegrityError: One of them failed.
    """
    pairs = [(row, one) for row, one in zip(weights, questions, strict=True) if one.ids]
    wrong = [abs(len(row) - count_slots(model, one)) for row, one in pairs]
    named = "padding is not weighed"
    if not model.masked:
        named = f"every text has {model.max_tokens:,} slots"
    right = verify_checks(Check(named, float(max(wrong, default=0)), 0.0))
    rows = tuple(row for row, _ in pairs)
    return verify_checks(
        *right,
        *attention_checks(pad_rows(rows), probabilities),
        *check_ratios(model, rows),
    )


def check_ratios(model: Attentive, rows: tuple[Floats, ...]) -> tuple[Check, ...]:
    """Check that two weights of a text are no further apart than the formula allows."""
    if model.ratio is None:
        return ()
    over = [observed_ratio(row) / model.ratio - 1 for row in rows]
    name = f"the largest weight is at most {model.ratio:.4g} times the smallest"
    return (Check(name, max(0.0, *over) if over else 0.0, RATIO_TOLERANCE),)


def observed_ratio(row: Floats) -> float:
    """Return the largest weight of a text over its smallest, infinite if that is 0."""
    least = float(row.min())
    return float(row.max()) / least if least > 0 else math.inf


def pad_rows(rows: tuple[Floats, ...]) -> Floats:
    """Stack rows of any lengths into one array, 0 after their ends."""
    padded = np.zeros((len(rows), max(map(len, rows), default=0)), np.float32)
    for line, row in zip(padded, rows, strict=True):
        line[: len(row)] = row
    return padded


def count_slots(model: Attentive, question: InputText) -> int:
    """Return how many slots of a text are weighed."""
    return len(question.ids) if model.masked else model.max_tokens


def select_texts(
    questions: Iterable[InputText], part: str, why_not: Callable[[InputText], str]
) -> tuple[tuple[InputText, ...], tuple[str, ...]]:
    """Select the documents that can be used.

    Args:
        questions: The documents.
        part: Their side, for the notes.
        why_not: Returns why a document cannot be used, "" where it can.

    Returns:
        The usable documents, and notes that count these and the others.

    Raises:
        CorpusError: There is none.
    """
    usable: list[InputText] = []
    left: Counter[str] = Counter()
    for one in questions:
        reason = why_not(one) if one.ids else "no word"
        if reason:
            left[reason] += 1
        else:
            usable.append(one)
    reasons = [f"{count:,} left out: {why}" for why, count in sorted(left.items())]
    if not usable:
        raise CorpusError(
            f"no {part} document can be asked about ({'; '.join(reasons)}); expected "
            "at least one: ask about more documents"
        )
    return tuple(usable), (f"{len(usable):,} {part} documents", *reasons)


Row = NDArray[np.floating[Any]]

PARTS = 5
"""Into how many equal parts a text is divided: fifths."""


def attention_evenness(weights: Row) -> float:
    """Compute the entropy of weights as a share of its largest value, log n.

    Args:
        weights: (slots,).

    Returns:
        1 for even weights, 0 for one slot alone; NaN for a single slot, whose weight is
        1
        by definition.
    """
    if weights.size < 2:  # noqa: PLR2004 - a single slot has no entropy to compare
        return math.nan
    shares = np.asarray(weights, dtype=np.float64)
    shares = shares[shares > 0] / shares.sum()
    return float(-(shares @ np.log(shares)) / math.log(weights.size)) + 0.0


def largest_weight(weights: Row) -> float:
    """Return the largest weight."""
    return float(weights.max())


def padding_attention(weights: Row, tokens: int) -> float:
    """Sum the weights of the slots after the text's tokens."""
    return float(np.sum(weights[tokens:], dtype=np.float64))


def masked_attention(weights: Row, mask: NDArray[np.bool_]) -> float:
    """Sum the weights of tokens under a mask (tokens,), which may end before padding."""
    return float(np.sum(weights[: mask.size][mask], dtype=np.float64))


def attention_by_fifth(weights: Row, tokens: int) -> NDArray[np.float64]:
    """Compute the share of the attention on tokens that each fifth of a text gets.

    A token that a border cuts is divided in proportion, so that even attention gives
    each
    fifth exactly 0.2 whatever the number of tokens.

    Args:
        weights: (slots,).
        tokens: How many slots are tokens.

    Returns:
        (5,), summing to 1; NaN where no attention is on tokens.
    """
    sums = np.cumsum(weights[:tokens], dtype=np.float64)
    if not sums[-1]:
        return np.full(PARTS, np.nan)
    borders = np.linspace(0, 1, PARTS + 1)
    reached = np.interp(borders, np.linspace(0, 1, tokens + 1), [0.0, *sums])
    return np.asarray(np.diff(reached) / sums[-1])


def least_padding_attention(slots: int, tokens: int, ratio: float) -> float:
    """Return the least padding can get if no weight is over `ratio` times another."""
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
        """Return the one snapshot that must be there."""
        return (self.epoch,)

    def compare(
        self, context: Context, model: Attentive, why_not: Callable[[InputText], str]
    ) -> AttentionComparison:
        """Collect attention to documents, at the snapshot and before training.

        Args:
            context: The model and its corpus.
            model: The model at the snapshot.
            why_not: Returns why a document cannot be used, "" where it can.

        Raises:
            CorpusError: No document can be used.
            IntegrityError: The rows are not attention weights.
        """
        every = document_texts(context, model, self.part, self.documents)
        questions, notes = select_texts(every, self.part, why_not)
        before = untrained_state(context, model)
        return AttentionComparison(
            context,
            collect_attention(model, questions),
            collect_attention(before, questions) if before else None,
            notes,
        )


@dataclass(frozen=True)
class AttentionComparison:
    """Attention to documents at a snapshot, and before training.

    `before` is None where epoch 0 was not saved or is `now`.
    """

    context: Context
    now: AttendedTexts
    before: AttendedTexts | None
    notes: tuple[str, ...]

    def mean_row(
        self,
        name: str,
        values: NDArray[np.floating[Any]],
        role: EstimateRole = "observed",
    ) -> Estimate:
        """Build a row of the mean over the documents in which the value is defined."""
        rng = self.context.generator(0)
        return statistics.mean_estimate(name, values, rng, role, self.ids)

    def share_row(
        self,
        name: str,
        hits: NDArray[np.bool_],
        role: EstimateRole = "observed",
        *,
        where: NDArray[np.bool_] | None = None,
    ) -> Estimate:
        """Build a row of the share of documents with a property.

        Args:
            name: Name of the row.
            hits: Which documents have it, (documents,).
            role: What the row is in its table.
            where: Which of them count, (documents,); all where None.
        """
        some = np.ones(hits.size, np.bool_) if where is None else where
        ids = None if self.ids is None else np.array(self.ids)[some].tolist()
        return statistics.share_estimate(name, hits[some], role, ids)

    @property
    def ids(self) -> list[int] | None:
        """The number of each text's document, None where one is no document."""
        ids = [one.document for one in self.now.questions]
        return None if None in ids else [n for n in ids if n is not None]

    def control_row(
        self, value: Callable[[Floats, InputText], float]
    ) -> list[Estimate]:
        """Build the row of the mean before training; no row where that is not known."""
        if self.before is None:
            return []
        return [
            self.mean_row(BEFORE, self.before.measure_each(value), "negative control")
        ]

    def build_table(
        self,
        quantity: str,
        claim: str,
        *,
        reference: tuple[float, str],
        verdict: Verdict,
        rows: list[Estimate],
        notes: tuple[str, ...] = (),
    ) -> Estimates:
        """Build the artifact.

        Args:
            quantity: What the values are.
            claim: The sentence that the verdict is about.
            reference: What no effect would give, and its name.
            verdict: The verdict.
            rows: The rows.
            notes: Further notes.
        """
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
