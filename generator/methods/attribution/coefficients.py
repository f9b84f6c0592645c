"""The exact division of a bag-of-words logit among tokens."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Check, Measurement, ScoredText, TokenScores
from generator.methods.base import Context
from generator.methods.common import explained_predictions
from generator.methods.common.checks import largest_error, verify_checks
from generator.methods.common.divergence import softmax
from generator.methods.common.explained_predictions import (
    ExplainedPrediction,
    ExplanationMethod,
    predict_texts,
    unreadable_reason,
)
from generator.models.capabilities import Additive, LogitTerms

Array = NDArray[np.float64]
TOLERANCE = 1e-6
TWO = 2


class Coefficients(ExplanationMethod):
    """What each token of a text adds to the logit of a label, exactly, in a bag of words.

    1. A bag of words gives a label a logit: an intercept, plus for each known word of the
       text, and for each known pair of neighbouring words, a coefficient times its TF-IDF.
       The intercept and these terms are the logit; nothing is left over.
    2. A word's term belongs to its token. A pair's term is divided equally between its two
       tokens. The sum of a token's shares is its score: how much of the logit is its own.
       Above 0 it speaks for the label, below 0 against it.
    3. The label is the one that the model finds most probable, or the one the study names.
       With two labels the model has one logit, the second label's; scores for the first
       label are its negative, as its logit against the other is.
    4. Two identities are checked, and nothing is stored if either fails by more than one in
       a million: the intercept and all scores sum to the logit, relative to the size of the
       terms where that is above 1; and the logits of all labels give the probabilities that
       the model gives.

    The division between the tokens of a pair is a choice. That "not good" speaks against a
    film lies in neither of its words, and each gets half. With more than two labels a logit
    alone decides nothing: what counts is by how much it exceeds the others.

    A token scores 0 if the model does not know its word. A text of unknown words alone has
    no scores. The same word scores differently in a longer text, as the values of a text
    are scaled to a vector of length 1.

    Source: the additive explanation of a linear model, which needs no approximation; the
    coefficients are those of logistic regression on TF-IDF.
    """

    needs: ClassVar = (Additive,)
    gives: ClassVar = TokenScores
    method: Literal["coefficients"]
    label: str | None = None
    """The label that scores speak for; without it, the most probable one."""

    def collect(self, context: Context) -> TokenScores:
        """Divide the logit of every text; see the base."""
        model: Additive = context.model.at(self.epoch)
        cases = predict_texts(model, self.input_texts(context, model), self.label)
        terms = [model.terms(case.question.ids) for case in cases]
        scores = [
            term_shares(one, case.size) for case, one in zip(cases, terms, strict=True)
        ]
        pairs = tuple(zip(cases, terms, scores, strict=True))
        checks = verify_checks(
            Check(
                "intercept and scores sum to the logit",
                _sum_error(terms, scores),
                TOLERANCE,
            ),
            Check(
                "logits give the probabilities",
                _probability_error(cases, terms),
                TOLERANCE,
            ),
        )
        return TokenScores(
            epoch=model.epoch,
            checks=checks,
            texts=tuple(_scored_text(*each) for each in pairs),
            labels=model.labels,
            quantity="logit contribution",
            unit="logits",
            signed=True,
            notes=("a pair's contribution is divided equally between its two words",),
        )


def term_shares(terms: LogitTerms, size: int) -> Array:
    """Divide terms among tokens.

    Args:
        terms: The terms of one text's logits.
        size: Number of tokens.

    Returns:
        What each token adds to each logit, (tokens, labels).
    """
    shares = np.zeros((size, len(terms.intercepts)))
    for places, values in zip(terms.places, terms.values, strict=True):
        shares[list(places)] += np.asarray(values, np.float64) / len(places)
    return shares


def sum_logits(terms: LogitTerms) -> Array:
    """Sum all terms to the logits, (labels,)."""
    return np.asarray(terms.intercepts + terms.values.sum(0, dtype=np.float64))


def label_scores(values: NDArray[np.floating[Any]], label: int) -> Array:
    """Return what speaks for a label.

    Args:
        values: (…, labels); with two labels the model has one logit, so the other
            label's
            value is subtracted.
        label: Index of the label.

    Returns:
        (…).
    """
    if values.shape[-1] == TWO:
        return np.asarray(values[..., label] - values[..., 1 - label], np.float64)
    return np.asarray(values[..., label], np.float64)


def _scored_text(
    prediction: ExplainedPrediction, terms: LogitTerms, scores: Array
) -> ScoredText:
    """Build one text with its scores and measurements."""
    if reason := unreadable_reason(prediction.question):
        return prediction.undefined_text(reason)
    return prediction.with_scores(
        label_scores(scores, prediction.label),
        facts=(
            Measurement(
                "logit",
                float(label_scores(sum_logits(terms), prediction.label)),
                "logits",
            ),
            Measurement(
                "intercept",
                float(label_scores(terms.intercepts, prediction.label)),
                "logits",
            ),
            *explained_predictions.unknown_word_measurements(prediction.question),
        ),
    )


def _sum_error(terms: list[LogitTerms], scores: list[Array]) -> float:
    """Return the largest error of a sum, relative to its terms where these exceed 1."""
    errors = []
    for one, shares in zip(terms, scores, strict=True):
        stored = shares.astype(np.float32).sum(0, dtype=np.float64)
        size = max(1.0, float(np.abs(one.values).sum(0).max(initial=0)))
        errors.append(np.abs(one.intercepts + stored - sum_logits(one)).max() / size)
    return largest_error(np.array(errors))


def _probability_error(
    cases: tuple[ExplainedPrediction, ...], terms: list[LogitTerms]
) -> float:
    """Return the largest error of the probabilities that logits give."""
    errors = []
    for case, one in zip(cases, terms, strict=True):
        errors.append(np.abs(softmax(sum_logits(one)) - case.probabilities).max())
    return largest_error(np.array(errors))
