"""Tables of a classifier's accuracy, calibration and cost on one side of its corpus.

The method *evaluation* says what they mean. Two models are compared on the same
documents:
only those on which one of the two is right and the other wrong tell them apart, and if
neither model were better, each of these would fall to either like a coin.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Estimate, Estimates, Predictions
from generator.core.decision import Verdict
from generator.core.errors import quote_text
from generator.core.wording import format_count
from generator.methods.base import Context
from generator.methods.common.classifier_texts import predicted_labels
from generator.methods.common.language_model_texts import training_documents
from generator.methods.common.statistics import (
    RESAMPLES,
    Interval,
    percentiles,
    share_estimate,
)
from generator.methods.evaluation.predictions import TIMED, right_predictions
from generator.models.base import Epoch

Mask = NDArray[np.bool_]
SIGNIFICANT = 0.05


class ModelPair(NamedTuple):
    """How many documents each of two models alone has right, of how many."""

    mine: int
    other: int
    documents: int

    @property
    def difference(self) -> float:
        """The first model's accuracy minus the other's."""
        return (self.mine - self.other) / self.documents

    def p_value(self) -> float:
        """Compute McNemar's exact two-sided p, 1 where nothing tells the models apart."""
        if not self.mine + self.other:
            return 1.0
        from scipy.stats import binomtest

        return float(binomtest(self.mine, self.mine + self.other).pvalue)

    def interval(self, rng: np.random.Generator) -> Interval:
        """Compute the difference and its bootstrap interval over documents.

        A resampled document falls to the one model, to the other, or to neither, so
        that three
        numbers are drawn where all documents could be.
        """
        both = self.documents - self.mine - self.other
        shares = np.array([self.mine, self.other, both]) / self.documents
        counts = rng.multinomial(self.documents, shares, size=RESAMPLES)
        low, high = percentiles((counts[:, 0] - counts[:, 1]) / self.documents)
        value = self.difference
        return Interval(value, min(low, value), max(high, value))

    def verdict(self) -> Verdict:
        """Judge whether the first is right more often, if the p-value allows."""
        if self.p_value() >= SIGNIFICANT:
            return "undecided"
        return "supported" if self.mine > self.other else "not supported"


def compare_models(mine: Mask, other: Mask) -> ModelPair:
    """Count where one of two models alone was right.

    Args:
        mine: Where the first model was right, (documents,).
        other: Where the other one was, (documents,).
    """
    return ModelPair(int(np.sum(mine & ~other)), int(np.sum(other & ~mine)), mine.size)


BINS = 10
"""Of equal width; a bin holds its upper end, not its lower one."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class LabelConfidence:
    """How sure a model was of the label it gave, and whether it was right."""

    sure: Array  # (documents,), probability of the label given
    right: NDArray[np.bool_]  # (documents,)

    @property
    def bins(self) -> NDArray[np.intp]:
        """The bin of each document, (documents,)."""
        bins = np.ceil(self.sure * BINS).astype(np.intp) - 1
        return np.clip(bins, 0, BINS - 1)

    def accuracy_by_bin(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield the name of each bin that is not empty, and who in it was right."""
        bins = self.bins
        for number in range(BINS):
            mine = bins == number
            if mine.any():
                ends = f"{number / BINS:.1f}–{(number + 1) / BINS:.1f}"
                yield f"{ends} (mean {self.sure[mine].mean():.2f})", self.right[mine]

    def error(self) -> float:
        """Compute the expected calibration error: a bin's gap, averaged over documents."""
        return calibration_gap(self.bins, self.right - self.sure)

    def interval(self, rng: np.random.Generator) -> Interval:
        """Compute the calibration error and its bootstrap interval over documents."""
        bins, gaps, size = self.bins, self.right - self.sure, len(self.sure)
        value = self.error()
        resamples = (rng.integers(0, size, size) for _ in range(RESAMPLES))
        errors = [calibration_gap(bins[places], gaps[places]) for places in resamples]
        low, high = percentiles(np.array(errors))
        return Interval(value, min(low, value), max(high, value))

    def perfect_error(self, rng: np.random.Generator) -> Interval:
        """Compute the error of a model that is as sure, and right exactly as often.

        It is above 0, for in a finite sample no bin hits its mean.
        """
        bins = self.bins
        errors = [
            calibration_gap(bins, (rng.random(len(self.sure)) < self.sure) - self.sure)
            for _ in range(RESAMPLES)
        ]
        low, high = percentiles(np.array(errors))
        return Interval(float(np.mean(errors)), low, high)


def measure_confidence(predictions: Predictions) -> LabelConfidence:
    """Compute the confidence of predictions, in double precision."""
    sure = predictions.probabilities.max(axis=1).astype(np.float64)
    return LabelConfidence(np.clip(sure, 0.0, 1.0), right_predictions(predictions))


def calibration_gap(bins: NDArray[np.intp], gaps: NDArray[np.floating[Any]]) -> float:
    """Sum the sizes of each bin's total gap, over the number of documents.

    Args:
        bins: The bin of each document, (documents,).
        gaps: Right (0 or 1) minus confidence, (documents,).
    """
    sums = np.bincount(bins, gaps, BINS)
    return float(np.abs(sums).sum() / len(bins))


Measure = Literal[
    "accuracy", "difference", "calibration", "labels", "cost", "training_cost"
]
UNTIMED = "no times of {}: this build keeps none, so that it can be repeated exactly"


@dataclass(frozen=True)
class ModelAnswers:
    """Several models' predictions of the same documents; the first is evaluated."""

    context: Context
    names: tuple[str, ...]
    predictions: tuple[Predictions, ...]
    chosen: str  # which state was asked, and why
    rival: int | None  # whom the verdict is about, an index of `predictions`
    claim: str

    @property
    def mine(self) -> Predictions:
        """The predictions of the model that is evaluated."""
        return self.predictions[0]

    def compare_each(self) -> tuple[ModelPair, ...]:
        """Compare the evaluated model with each other one."""
        mine = right_predictions(self.mine)
        return tuple(
            compare_models(mine, right_predictions(other))
            for other in self.predictions[1:]
        )

    def build_table(
        self,
        quantity: str,
        rows: Iterable[Estimate],
        notes: Iterable[str] = (),
        **more: Any,  # noqa: ANN401 - fields of `Estimates`
    ) -> Estimates:
        """Build a table whose notes begin with the snapshot.

        Args:
            quantity: What the values are.
            rows: The rows.
            notes: Further notes.
            more: Further fields of `Estimates`.
        """
        return Estimates(
            epoch=self.mine.epoch,
            checks=self.mine.checks,
            quantity=quantity,
            rows=tuple(rows),
            notes=(f"{self.names[0]}: {self.chosen}", *notes),
            **more,
        )

    def build_comparison(
        self, quantity: str, rows: Iterable[Estimate], reference: tuple[float, str]
    ) -> Estimates:
        """Build a table with the counts behind each p, and the verdict.

        Args:
            quantity: What the values are.
            rows: The rows.
            reference: The value that no effect would give, and its name.
        """
        me, pairs = self.names[0], self.compare_each()
        notes = [
            f"{me} is right and {name} wrong on {format_count(one.mine, 'document')}; "
            f"the reverse holds for {one.other:,}"
            for name, one in zip(self.names[1:], pairs, strict=True)
        ]
        more: dict[str, Any] = {
            "reference": reference[0],
            "reference_name": reference[1],
        }
        if self.rival is not None:
            claim = f"{me} is right more often than {self.names[self.rival]}"
            more["claim"] = self.claim or claim
            more["verdict"] = pairs[self.rival - 1].verdict()
        return self.build_table(quantity, rows, notes, **more)


def describe_state(context: Context, predictions: Predictions, epoch: Epoch) -> str:
    """Describe which snapshot was evaluated, and how it was chosen."""
    log = context.model.log
    description = f"epoch {predictions.epoch} of {max(log.epochs)}"
    if epoch == "best" and log.held_out and max(log.epochs) > 1:
        description += (
            f", chosen by the loss on {len(log.held_out):,} validation documents"
        )
    if predictions.part == "validation":
        description += "; the documents asked about helped to choose the model"
    return description


def accuracy_table(tested: ModelAnswers) -> Estimates:
    """Build the table of each model's accuracy, with the most frequent label beside."""
    label, place = most_frequent_label(tested)
    ids = tested.mine.documents.tolist()
    hits = tested.mine.truths == place
    guessed = share_estimate(f"always {quote_text(label)}", hits, "null", ids)

    def rows() -> Iterator[Estimate]:
        first = share_estimate(tested.names[0], right_predictions(tested.mine), ids=ids)
        yield first
        for name, other, one in zip(
            tested.names[1:], tested.predictions[1:], tested.compare_each(), strict=True
        ):
            row = share_estimate(name, right_predictions(other), ids=ids)
            yield replace(row, p=one.p_value())
        yield guessed

    return tested.build_comparison(
        f"accuracy on {tested.mine.part} documents",
        rows(),
        (guessed.value, "the label most frequent in training"),
    )


def most_frequent_label(tested: ModelAnswers) -> tuple[str, int]:
    """Return the label that most training documents have, the first of a tie.

    Returns:
        The label and its index.
    """
    counts = Counter(document.label for document in training_documents(tested.context))
    labels = tested.mine.labels
    found = max(labels, key=lambda label: counts[label])
    return found, labels.index(found)


def difference_table(tested: ModelAnswers) -> Estimates:
    """Build the table of differences in accuracy to each other model."""

    def rows() -> Iterator[Estimate]:
        for number, one in enumerate(tested.compare_each()):
            interval = one.interval(tested.context.generator(number))
            name = f"{tested.names[0]} minus {tested.names[1 + number]}"
            yield Estimate(name, *interval, n=one.documents, p=one.p_value())

    return tested.build_comparison(
        f"difference in accuracy on {tested.mine.part} documents",
        rows(),
        (0.0, "no difference"),
    )


def calibration_table(tested: ModelAnswers) -> Estimates:
    """Build the table of calibration: accuracy by confidence."""
    confidence = measure_confidence(tested.mine)
    count = len(confidence.sure)

    def rows() -> Iterator[Estimate]:
        error = confidence.interval(tested.context.generator(0))
        yield Estimate("expected calibration error", *error, n=count)
        null = confidence.perfect_error(tested.context.generator(1))
        yield Estimate("the error, were it calibrated", *null, n=count, role="null")
        for name, hits in confidence.accuracy_by_bin():
            yield share_estimate(name, hits)

    mean = f"mean probability {confidence.sure.mean():.3f}, accuracy {confidence.right.mean():.3f}"
    return tested.build_table(
        f"share right on {tested.mine.part} documents, by probability of the label",
        rows(),
        (mean,),
    )


def label_table(tested: ModelAnswers) -> Estimates:
    """Build the table of each label's recall and precision."""
    truths, predicted = tested.mine.truths, predicted_labels(tested.mine.probabilities)

    def rows() -> Iterator[Estimate]:
        for place, label in enumerate(tested.mine.labels):
            yield share_estimate(
                f"{label}, recall", predicted[truths == place] == place
            )
            yield share_estimate(
                f"{label}, precision", truths[predicted == place] == place
            )

    return tested.build_table(
        f"recall and precision on {tested.mine.part} documents", rows()
    )


def answer_cost_table(tested: ModelAnswers) -> Estimates:
    """Build the table of the time that a prediction takes."""
    texts = min(TIMED, len(tested.mine.documents))
    return _time_table(
        tested, "milliseconds for a text", 1e3, texts, lambda p: p.seconds_per_text
    )


def training_cost_table(tested: ModelAnswers) -> Estimates:
    """Build the table of the time that an epoch of training took."""
    return _time_table(
        tested,
        "seconds for an epoch of training",
        1,
        1,
        lambda p: p.seconds_per_epoch,
    )


def _time_table(
    tested: ModelAnswers,
    quantity: str,
    scale: float,
    count: int,
    seconds: Callable[[Predictions], float | None],
) -> Estimates:
    """Build a table of a time for each model, without an interval, NaN if unknown."""
    each = [*zip(tested.names, tested.predictions, strict=True)]
    unit = "training" if scale == 1 else ""

    def rows() -> Iterator[Estimate]:
        for name, predictions in each:
            time = seconds(predictions)
            value = math.nan if time is None else scale * time
            yield Estimate(name, value, math.nan, math.nan, count, unit=unit)

    sizes = [f"{n}: {p.parameters:,} parameters" for n, p in each if p.parameters]
    missing = ", ".join(
        name for name, predictions in each if seconds(predictions) is None
    )
    return tested.build_table(
        quantity, rows(), (*sizes, *((UNTIMED.format(missing),) if missing else ()))
    )


TABLES: dict[Measure, Callable[[ModelAnswers], Estimates]] = {
    "accuracy": accuracy_table,
    "difference": difference_table,
    "calibration": calibration_table,
    "labels": label_table,
    "cost": answer_cost_table,
    "training_cost": training_cost_table,
}
"""What makes the table of each measure."""
