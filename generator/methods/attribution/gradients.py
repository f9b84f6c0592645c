"""The gradient at each token of each text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from generator.artifacts import Fact, ScoredText, TokenScores
from generator.methods.attributing import Case
from generator.methods.base import Asked
from generator.methods.sloping import (
    EXPLAINED,
    UNITS,
    Differentiating,
    Gradient,
    explained,
    scores,
    value,
)
from generator.models.base import Floats
from generator.models.differentiable import Differentiable, Slopes

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
