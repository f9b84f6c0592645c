"""The gradient at each token of each text.

Gradients of what is explained by the vectors that were read, a score for each slot.

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
from generator.methods.base import Asked
from generator.methods.common import explained_predictions
from generator.methods.common.checks import largest, probability_checks, verified, worst
from generator.methods.common.explained_predictions import (
    Attribution,
    Case,
    NextToken,
    constant,
    unreadable,
)
from generator.methods.common.perturbation import portions
from generator.models.base import Floats, Quantity
from generator.models.capabilities import (
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
            *explained_predictions.unknown(case.question.tokens),
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


NAMES: dict[Gradient, str] = {"norm": "saliency", "input": "gradient × input"}
ZERO = "the gradient is zero everywhere"


class Gradients(Differentiating):
    """How strongly the prediction would react to a small change of each word's vector.

    1. A word enters the model as a vector. The gradient of a number that the model gives,
       by that vector, says in which direction the number grows and how fast.
    2. The number is that of one label, the predicted one unless the study names another:
       its logit before softmax, its probability, or the logarithm of that. Which of them
       stands in the notes, as they are different maps.
    3. The saliency of a word is the length of its gradient. It has no sign: it says how
       much could change, and not which way the word speaks.
    4. Gradient × input is the product of the gradient with the word's own vector, summed
       over its dimensions: what the word would add, were the model a straight plane through
       zero with this slope. It has a sign, and speaks for the label above 0.

    The gradient flows through everything, attention weights included, with dropout off, so
    that asked twice it is the same to the last bit. Beside the scores stand the value that
    is explained and the length of the largest gradient.

    **Padding.** A model that masks padding gives it no gradient, and the sum over padding
    is 0. One that reads padding as if it were a word has gradients there too; they stay
    with the text as padding, and their sum is told. A language model reads padding before
    the text; its sum is told, and the scores are those of the words.

    **How far to believe it.** A gradient is about very small changes, and there is no word
    a very small step away from another one. Where a probability is close to 0 or 1, its
    gradient is close to 0 however much a word decided; the logit does not have that. A
    logit counts only against those of the other labels: what raises all of them alike
    changes no probability and still has a gradient. Gradient × input is 0 for a word whose
    vector is 0, and changes if all vectors are shifted, even where the model is shifted
    back.

    A text whose words are all unknown has no scores, nor has one where the gradient is zero
    everywhere or all scores are equal.

    Source: Simonyan, Vedaldi and Zisserman (2014), Deep inside convolutional networks:
    visualising image classification models and saliency maps, arXiv 1312.6034; for text,
    Li, Chen, Hovy and Jurafsky (2016), Visualizing and understanding neural models in NLP,
    arXiv 1506.01066; gradient × input after Shrikumar, Greenside, Shcherbina and Kundaje
    (2016), Not just a black box, arXiv 1605.01713.

    Differs: the length of a word's gradient is taken, where the first take its largest
    entry and the second show every dimension. Scores are not divided by their sum or by the
    largest, so that texts can be compared.
    """

    gives: ClassVar = TokenScores
    method: Literal["gradients"]
    kind: Gradient = "norm"
    """Whether a score is the gradient's length, or its product with the word's vector,
    which has a sign."""

    def collect(self, asked: Asked) -> TokenScores:
        """Differentiate. Raises any `StudyError` of asking, and `IntegrityError`."""
        return self.explain(
            asked,
            quantity=NAMES[self.kind],
            unit=self._slope() if self.kind == "norm" else UNITS[self.quantity],
            signed=self.kind == "input",
            notes=(EXPLAINED[self.quantity],),
        )

    def _slope(self) -> str:
        """The unit of a gradient's length."""
        return f"{UNITS[self.quantity]} per unit of distance"

    def texts_of(
        self,
        model: Differentiable,
        cases: Sequence[Case],
        points: Sequence[Floats],
        found: Slopes,
    ) -> Iterator[ScoredText]:
        """Each case with its scores; see the base."""
        del model
        each = zip(cases, points, found.gradients, found.values, strict=True)
        for case, point, slope, size in each:
            steepest = float(scores(slope, point, "norm").max())
            yield explained(
                case,
                scores(slope, point, self.kind),
                self._slope() if self.kind == "norm" else UNITS[self.quantity],
                value(self.quantity, "with every token", float(size)),
                Fact("largest gradient", steepest, self._slope()),
                why="" if steepest else ZERO,
            )
