"""Explanations repeated with other draws, of changed texts, or of a changed model.

The method that made an artifact is applied to the same labels of other predictions, or
to
the same ones with another seed. With the artifact's own seed and its predictions in
their
places it draws what it drew then, so that what differs is due to what was changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from generator.core.errors import UnsupportedError, quote_text
from generator.methods.base import Context, Method
from generator.methods.common.explained_predictions import (
    ExplainedPrediction,
    ExplanationMethod,
)
from generator.methods.common.explanations import (
    TextExplanation,
    level_reason,
    read_explanations,
    select_sampled,
)
from generator.methods.common.perturbation import Array
from generator.methods.common.statistics import spearman_rho
from generator.models.base import Epoch, TrainingLog
from generator.models.capabilities import Classifier


@dataclass
class FixedModel:
    """A trained model that is always at one snapshot."""

    state: Classifier
    log: TrainingLog

    def at(self, epoch: Epoch) -> Classifier:
        """Return the one state, whatever the epoch."""
        del epoch
        return self.state


@dataclass(frozen=True)
class RepeatableExplanation:
    """An artifact's texts, and the method that can explain again."""

    name: str
    context: Context
    method: ExplanationMethod
    seed: tuple[int, ...]  # the artifact's own
    texts: tuple[TextExplanation, ...]

    @property
    def cases(self) -> tuple[ExplainedPrediction, ...]:
        """The predictions that the artifact explains."""
        return tuple(text.case for text in self.texts)

    def explain_again(
        self, cases: Sequence[ExplainedPrediction], seed: tuple[int, ...] | None = None
    ) -> tuple[TextExplanation, ...]:
        """Explain predictions by the artifact's method.

        Args:
            cases: Predictions, all of one model.
            seed: Seeds the draws; None repeats those of the artifact.

        Returns:
            One explanation per prediction.
        """
        state = FixedModel(cases[0].model, self.context.model.log)
        context = Context(state, self.context.corpus, (), seed or self.seed)
        return read_explanations(
            context, self.method.restrict_to(cases).collect(context), self.name
        )


NOT_REPEATABLE = "needs the texts explained again, which this method cannot do"
"""Why an explanation that is read from another artifact has no such score."""


def is_repeatable(producer: Method) -> bool:
    """Return whether a method can explain other texts as it explained its own."""
    return isinstance(producer, ExplanationMethod) and not producer.artifact_names()


def unrepeatable_reason(method: Method, producer: Method) -> str:
    """Return why an explanation cannot be made again, "" where it can.

    Args:
        method: The method that asks for it.
        producer: The method that gave the explanation.
    """
    if not is_repeatable(producer):
        return (
            f"is of method {producer.method}, which cannot be repeated on other texts; "
            "name an attribution or attention of a classifier's texts"
        )
    if producer.model != method.model:
        return (
            f"explains the model {quote_text(producer.model)}; name one of "
            f"{quote_text(method.model)}, or write model: {producer.model}"
        )
    return ""


def find_repeatable(
    context: Context, method: Method, names: Sequence[str], most: int
) -> Iterator[RepeatableExplanation]:
    """Yield the explanations that can be repeated, of the first artifacts read.

    Args:
        context: The artifacts and what made each.
        method: The method that asks; its model must be the explained one.
        names: Names of the artifacts.
        most: At most so many texts of each.

    Raises:
        UnsupportedError: A method cannot be repeated, or an artifact holds no text.
    """
    for name, artifact, maker in zip(
        names, context.artifacts, context.producers, strict=False
    ):
        producer = maker.method
        if reason := unrepeatable_reason(method, producer):
            raise UnsupportedError(f"of: {quote_text(name)} {reason}")
        assert isinstance(producer, ExplanationMethod)  # noqa: S101 - others cannot be repeated
        texts = select_sampled(read_explanations(context, artifact, name))[:most]
        if not texts:
            raise UnsupportedError(f"of: {quote_text(name)} holds no text")
        yield RepeatableExplanation(name, context, producer, maker.seed, texts)


def measure_likeness(
    explanation: TextExplanation, other: TextExplanation, without: int | None = None
) -> float:
    """Compute how alike two explanations of like texts are.

    Args:
        explanation: One explanation.
        other: The other, of as many tokens.
        without: A place to leave out.

    Returns:
        Spearman's rho, or the overlap of anchors; NaN where one of them is not defined,
        or
        the first one's anchor is empty.
    """
    if explanation.undefined_reason or other.missing:
        return math.nan
    places = np.isfinite(explanation.scores) & np.isfinite(other.scores)
    if without is not None:
        places[without] = False
    measure = anchor_overlap if explanation.anchored else rank_likeness
    return measure(explanation.scores[places], other.scores[places])


def rank_likeness(one: Array, other: Array) -> float:
    """Compute Spearman's rho of scores, NaN where some are all equal but for rounding."""
    return (
        math.nan
        if level_reason(one) or level_reason(other)
        else spearman_rho(one, other)
    )


def anchor_overlap(one: Array, other: Array) -> float:
    """Compute the share of words in both anchors of those in either, NaN of empty ones."""
    either = np.count_nonzero((one > 0) | (other > 0))
    return np.count_nonzero((one > 0) & (other > 0)) / either if either else math.nan


def describe_likeness(explanation: RepeatableExplanation) -> str:
    """Name the likeness that `measure_likeness` computes for these explanations."""
    return "overlap of anchors" if explanation.texts[0].anchored else "rank correlation"


def mean_of_repeats(values: Array) -> Array:
    """Average the defined values of each text.

    Args:
        values: (texts, repeats).

    Returns:
        (texts,), NaN where nothing is defined.
    """
    real = np.isfinite(values)
    sums = np.where(real, values, 0.0).sum(axis=1)
    return np.where(real.any(axis=1), sums / np.maximum(real.sum(axis=1), 1), np.nan)
