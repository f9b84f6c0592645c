"""Gradients of what is explained by the vectors that were read, a score for each slot.

Texts are asked about many at once, as many as memory allows. A classifier that reads
padding reads it behind the text: its scores stay there, as tokens. A language model
reads it before the text: its scores are told as a sum, and only the text's are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Check, Fact, ScoredText, TokenScores
from generator.methods import facts
from generator.methods.attributing import Attribution, Case, constant, unreadable
from generator.methods.base import Asked
from generator.methods.checks import largest, probability_checks, verified, worst
from generator.methods.next_token import NextToken
from generator.methods.portions import portions
from generator.models.base import Floats, Quantity
from generator.models.differentiable import (
    Differentiable,
    DifferentiableLanguageModel,
    Slopes,
)

Array = NDArray[np.floating[Any]]
Gradient = Literal["input", "norm"]
CELLS = 8_000_000
"""Numbers of points asked about in one call, 32 MB; their gradients are as many."""
ROUNDING = 1e-4
"""Float32 rounding of probabilities, computed on two ways, with room to spare."""
UNITS: dict[Quantity, str] = {
    "logit": "logits",
    "probability": "probability",
    "log probability": "nats",
}
EXPLAINED: dict[Quantity, str] = {
    "logit": "explained is the logit of the label, before softmax",
    "probability": "explained is the probability of the label",
    "log probability": "explained is the log probability of the label, in nats",
}
"""What is differentiated, for the notes of an artifact."""


class Differentiating(Attribution):
    """A method that differentiates a model by what it reads."""

    needs: ClassVar = ((Differentiable, DifferentiableLanguageModel),)
    quantity: Quantity = "logit"
    """What is differentiated: the label's logit, its probability, or its logarithm."""

    def explain(
        self,
        asked: Asked,
        **more: Any,  # noqa: ANN401 - fields of `TokenScores`
    ) -> TokenScores:
        """All texts. Raises any `StudyError` of asking, and `IntegrityError`."""
        cases = self.cases(asked)
        model: Differentiable = cases[0].model  # type: ignore[assignment]  # `needs`
        checks = list(probability_checks(np.array([c.probabilities for c in cases])))
        texts = [case.without(unreadable(case.question.tokens)) for case in cases]
        able = iter([at for at, text in enumerate(texts) if not text.undefined])
        readable = (case for case in cases if not unreadable(case.question.tokens))
        for pairs in embedded(model, readable):
            held, points = zip(*pairs, strict=True)
            found = model.slopes(points, [one.label for one in held], self.quantity)
            checks.append(agreement(held, found))
            for text in self.texts_of(model, held, points, found):
                texts[next(able)] = text
        return TokenScores(
            epoch=model.epoch,
            checks=verified(*worst(checks)),
            texts=tuple(texts),
            labels=model.labels,
            **more,
        )

    def texts_of(
        self,
        model: Differentiable,
        cases: Sequence[Case],
        points: Sequence[Floats],
        found: Slopes,
    ) -> Iterator[ScoredText]:
        """Each case with its scores, from its embedded text and the slope there."""
        raise NotImplementedError


def embedded(
    model: Differentiable, cases: Iterable[Case]
) -> Iterator[list[tuple[Case, Floats]]]:
    """Cases with their embedded texts, as many at once as memory allows."""
    each = ((case, model.embed([case.question.ids])[0]) for case in cases)
    return portions(each, lambda pair: pair[1].size, CELLS)


def scores(slope: Floats, point: Floats, kind: Gradient) -> NDArray[np.float64]:
    """A score for each slot (slots,) of its gradient (slots, dimensions).

    "norm" is the gradient's length. "input" is its product with the slot's own vector:
    the slope by the word's place in a one-hot input.
    """
    wide = np.asarray(slope, dtype=np.float64)
    if kind == "norm":
        return np.asarray(np.linalg.norm(wide, axis=1))
    return np.asarray((wide * point).sum(1))


def by_slot(case: Case, found: Array) -> tuple[Array, Array]:
    """What a figure shows of scores (slots,), and those beside the text.

    These are padding's; of a story, that of its question, which is no sentence of it.
    """
    if case.question.question:
        return found[: case.size], found[case.size :]
    if isinstance(case.model, NextToken):
        before = len(found) - case.size
        return found[before:], found[:before]
    return found, found[case.size :]


def explained(
    case: Case, found: Array, unit: str, *more: Fact, why: str = ""
) -> ScoredText:
    """A case with its scores (slots,), or with `why` there are none."""
    shown, beside = by_slot(case, found)
    name = "score of the question" if case.question.question else "sum over padding"
    why = why or undefined(shown[: case.size])
    return case.with_scores(
        np.full(case.size, np.nan) if why else shown,
        undefined=why,
        facts=(
            *more,
            Fact(name, float(beside.sum()), unit),
            *facts.unknown(case.question.tokens),
        ),
    )


def value(quantity: Quantity, where: str, number: float) -> Fact:
    """What is explained, at one point; a probability has no unit beside its name."""
    unit = "" if quantity == "probability" else UNITS[quantity]
    return Fact(f"{quantity} {where}", number, unit)


def undefined(found: Array) -> str:
    """Why scores of tokens say nothing, "" where they do."""
    return constant(found) if np.isfinite(found).all() else "a score is not finite"


def agreement(cases: Sequence[Case], found: Slopes) -> Check:
    """At the embedded texts, the model says what it said of the texts."""
    known = np.array([case.probabilities for case in cases], dtype=np.float64)
    return Check(
        "probabilities at the embedded text are those of the text",
        largest(np.abs(found.probabilities - known)),
        ROUNDING,
    )
