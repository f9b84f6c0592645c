"""Gradients of a prediction by the vectors that were read, and the gradient method.

Texts are differentiated many at once, as many as memory allows. A classifier that reads
padding reads it behind the text: its scores stay there, as tokens. A language model
reads it before the text: its scores are reported as a sum, and only the text's are
stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Check, Measurement, ScoredText, TokenScores
from generator.methods.base import Context
from generator.methods.common import explained_predictions
from generator.methods.common.checks import (
    largest_error,
    probability_checks,
    verify_checks,
    worst_checks,
)
from generator.methods.common.explained_predictions import (
    AttributionMethod,
    ExplainedPrediction,
    NextTokenClassifier,
    constant_reason,
    unreadable_reason,
)
from generator.methods.common.perturbation import split_portions
from generator.models.base import Floats, Quantity
from generator.models.capabilities import (
    Differentiable,
    DifferentiableLanguageModel,
    InputGradients,
)

Array = NDArray[np.floating[Any]]
GradientScore = Literal["input", "norm"]
CELLS = 8_000_000
"""Numbers of points asked about in one call, 32 MB; their gradients are as many."""
ROUNDING = 1e-4
"""Float32 rounding of probabilities, computed on two ways, with room to spare."""
UNITS: dict[Quantity, str] = {
    "logit": "logits",
    "probability": "probability",
    "log probability": "nats",
}
EXPLAINED_NOTES: dict[Quantity, str] = {
    "logit": "scores explain the label's logit, before softmax",
    "probability": "scores explain the label's probability",
    "log probability": "scores explain the label's log probability, in nats",
}
"""What is differentiated, for the notes of an artifact."""


class GradientMethod(AttributionMethod):
    """A method that differentiates a model by the vectors it reads."""

    needs: ClassVar = ((Differentiable, DifferentiableLanguageModel),)
    quantity: Quantity = "logit"
    """What is differentiated: the label's logit, its probability, or its logarithm."""

    def explain(
        self,
        context: Context,
        **more: Any,  # noqa: ANN401 - fields of `TokenScores`
    ) -> TokenScores:
        """Explain all texts.

        Args:
            context: The model and where its texts come from.
            more: Further fields of `TokenScores`.

        Returns:
            Scores of every text, with the checks of their gradients.

        Raises:
            IntegrityError: The model does not predict the same from the embedded texts.
        """
        cases = self.find_predictions(context)
        model: Differentiable = cases[0].model  # type: ignore[assignment]  # `needs`
        checks = list(probability_checks(np.array([c.probabilities for c in cases])))
        texts = [
            case.undefined_text(unreadable_reason(case.question)) for case in cases
        ]
        able = iter([at for at, text in enumerate(texts) if not text.undefined])
        readable = (case for case in cases if not unreadable_reason(case.question))
        for pairs in embed_cases(model, readable):
            batch, points = zip(*pairs, strict=True)
            gradients = model.compute_gradients(
                points, [one.label for one in batch], self.quantity
            )
            checks.append(agreement_check(batch, gradients))
            for text in self.score_texts(model, batch, points, gradients):
                texts[next(able)] = text
        return TokenScores(
            epoch=model.epoch,
            checks=verify_checks(*worst_checks(checks)),
            texts=tuple(texts),
            labels=model.labels,
            **more,
        )

    def score_texts(
        self,
        model: Differentiable,
        cases: Sequence[ExplainedPrediction],
        points: Sequence[Floats],
        gradients: InputGradients,
    ) -> Iterator[ScoredText]:
        """Yield each prediction's scores from its embedded text and the gradient there.

        Args:
            model: The model.
            cases: The predictions.
            points: Embedded texts, each (slots, dimensions).
            gradients: Gradients at these points, and the values that were
                differentiated.
        """
        raise NotImplementedError


def embed_cases(
    model: Differentiable, cases: Iterable[ExplainedPrediction]
) -> Iterator[list[tuple[ExplainedPrediction, Floats]]]:
    """Yield predictions with their embedded texts, as many at once as memory allows.

    Args:
        model: Embeds the texts.
        cases: The predictions.

    Yields:
        Lists of a prediction and its embedded text, (slots, dimensions).
    """
    each = ((case, model.embed([case.question.ids])[0]) for case in cases)
    return split_portions(each, lambda pair: pair[1].size, CELLS)


def slot_scores(
    slope: Floats, point: Floats, kind: GradientScore
) -> NDArray[np.float64]:
    """Compute a score for each slot from its gradient.

    "norm" is the gradient's length. "input" is its product with the slot's own vector:
    the
    slope by the word's place in a one-hot input.

    Args:
        slope: Gradients, (slots, dimensions).
        point: Embedding vectors, (slots, dimensions).
        kind: Which score.

    Returns:
        (slots,).
    """
    wide = np.asarray(slope, dtype=np.float64)
    if kind == "norm":
        return np.asarray(np.linalg.norm(wide, axis=1))
    return np.asarray((wide * point).sum(1))


def split_padding(
    prediction: ExplainedPrediction, scores: Array
) -> tuple[Array, Array]:
    """Split scores (slots,) into those of the text and those beside it.

    The latter are padding's; of a story, those of its question, which is no sentence of
    it.
    """
    if prediction.question.question:
        return scores[: prediction.size], scores[prediction.size :]
    if isinstance(prediction.model, NextTokenClassifier):
        before = len(scores) - prediction.size
        return scores[before:], scores[:before]
    return scores, scores[prediction.size :]


def build_scored_text(
    prediction: ExplainedPrediction,
    scores: Array,
    unit: str,
    *more: Measurement,
    why: str = "",
) -> ScoredText:
    """Build a scored text with what is reported beside it.

    Args:
        prediction: The prediction that is explained.
        scores: Scores, (slots,).
        unit: Their unit.
        more: Measurements that come first.
        why: Why there are no scores, "" where there are.
    """
    shown, beside = split_padding(prediction, scores)
    name = (
        "score of the question" if prediction.question.question else "sum over padding"
    )
    why = why or undefined_reason(shown[: prediction.size])
    return prediction.with_scores(
        np.full(prediction.size, np.nan) if why else shown,
        undefined=why,
        facts=(
            *more,
            Measurement(name, float(beside.sum()), unit),
            *explained_predictions.unknown_word_measurements(prediction.question),
        ),
    )


def value_measurement(quantity: Quantity, where: str, number: float) -> Measurement:
    """Return the explained value at one point as a measurement.

    A probability has no unit beside its name.
    """
    unit = "" if quantity == "probability" else UNITS[quantity]
    return Measurement(f"{quantity} {where}", number, unit)


def undefined_reason(scores: Array) -> str:
    """Return why scores of tokens say nothing, "" where they do."""
    return (
        constant_reason(scores)
        if np.isfinite(scores).all()
        else "a score is not finite"
    )


def agreement_check(
    cases: Sequence[ExplainedPrediction], gradients: InputGradients
) -> Check:
    """Check that the model predicts the same from embedded texts as from the texts."""
    known = np.array([case.probabilities for case in cases], dtype=np.float64)
    return Check(
        "probabilities at the embedded text are those of the text",
        largest_error(np.abs(gradients.probabilities - known)),
        ROUNDING,
    )


NAMES: dict[GradientScore, str] = {"norm": "saliency", "input": "gradient × input"}
ZERO = "the gradient is zero everywhere"


class WordGradients(GradientMethod):
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

    version: ClassVar[int] = 2
    gives: ClassVar = TokenScores
    method: Literal["gradients"]
    kind: GradientScore = "norm"
    """Whether a score is the gradient's length, or its product with the word's vector,
    which has a sign."""

    def collect(self, context: Context) -> TokenScores:
        """Differentiate every text; see the base."""
        return self.explain(
            context,
            quantity=NAMES[self.kind],
            unit=self._length_unit() if self.kind == "norm" else UNITS[self.quantity],
            signed=self.kind == "input",
            notes=(EXPLAINED_NOTES[self.quantity],),
        )

    def _length_unit(self) -> str:
        """Return the unit of a gradient's length."""
        return f"{UNITS[self.quantity]} per unit of distance"

    def score_texts(
        self,
        model: Differentiable,
        cases: Sequence[ExplainedPrediction],
        points: Sequence[Floats],
        gradients: InputGradients,
    ) -> Iterator[ScoredText]:
        """Yield each prediction's scores; see the base."""
        del model
        each = zip(cases, points, gradients.gradients, gradients.values, strict=True)
        for case, point, slope, size in each:
            steepest = float(slot_scores(slope, point, "norm").max())
            yield build_scored_text(
                case,
                slot_scores(slope, point, self.kind),
                self._length_unit() if self.kind == "norm" else UNITS[self.quantity],
                value_measurement(self.quantity, "with every token", float(size)),
                Measurement("largest gradient", steepest, self._length_unit()),
                why="" if steepest else ZERO,
            )
