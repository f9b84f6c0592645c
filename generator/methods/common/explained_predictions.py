"""The predictions that an attribution explains, and hiding parts of their texts.

A prediction is a text, the model that read it, and the label that is explained: the
predicted one unless the study names another. For a language model the text is the
history
of one step of an artifact, padding left out, and the label is the token written there:
`NextTokenClassifier` makes a classifier of the language model at that step (this token,
or
any other), so that whatever explains a classifier explains a written token.

A token that looks the same hidden and visible, such as an unknown word that the unknown
word would replace, is not maskable: nothing can be said of it, and masks have no column
for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr

from generator.artifacts import (
    OTHER_TOKEN,
    Frames,
    Measurement,
    ScoredText,
    SlotScores,
)
from generator.core.errors import UnsupportedError, quote_text
from generator.corpora.words import Unit, WordVocabulary
from generator.methods.base import Context
from generator.methods.common.classifier_texts import (
    InputText,
    TextMethod,
    build_scored_text,
    label_index,
    predicted_labels,
)
from generator.methods.common.language_model_texts import (
    read_slot_scores,
    target_probability,
    to_float32,
    token_ids,
)
from generator.methods.common.perturbation import (
    Array,
    Masks,
    Operator,
    filling_ids,
    perturbed_answers,
)
from generator.methods.common.snapshots import choose_state
from generator.models.base import Epoch, Floats, Ids, Quantity, Texts
from generator.models.capabilities import (
    Classifier,
    DifferentiableLanguageModel,
    InputGradients,
    LanguageModel,
)


class NextTokenClassifier:
    """A language model at one step as a two-class classifier: one token, or any other.

    Its texts are histories: the ids of the last tokens, oldest first, padded on the
    left to
    the model's window. It is `Differentiable` if the language model can be
    differentiated.
    """

    fillings: ClassVar = {"unknown": 0, "pad": 0}
    """What `perturbation` puts in a token's place: one id is padding and unknown."""

    def __init__(self, model: LanguageModel, target: int) -> None:
        self.model, self.target = model, target
        self.labels: tuple[str, ...] = (
            OTHER_TOKEN,
            model.vocabulary.token(target).text,
        )
        self.epoch, self.max_tokens = model.epoch, model.window
        # Its texts are ids of the model's own vocabulary.
        unit: Unit = "word" if model.vocabulary.word_level else "character"
        self.words = WordVocabulary((), unit)

    def predict(self, texts: Texts) -> Floats:
        """Compute the probabilities (texts, 2) of any other token, and of this one."""
        rows = self.rows(texts)
        own = target_probability(self.model, rows, np.full(len(rows), self.target))
        return to_float32(np.stack([1 - own, own], axis=1))

    def rows(self, texts: Texts) -> Ids:
        """Return the histories (texts, window) of texts, padded on the left."""
        windows = np.zeros((len(texts), self.max_tokens), np.int32)
        for row, text in zip(windows, texts, strict=True):
            if len(text):
                row[-len(text) :] = text
        return windows

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        """Return the embedded windows, padding on the left, each (window, dimensions)."""
        return tuple(self.embedding()[row] for row in self.rows(texts))

    def embedding(self) -> Floats:
        """Return the embedding vectors of all ids, (ids, dimensions)."""
        return self._differentiable().embedding()

    def compute_gradients(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        """Compute the gradient of the written token's quantity; see `Differentiable`.

        Raises:
            UnsupportedError: A label is "any other token", or the model has no
                gradients.
        """
        if any(label != 1 for label in labels):
            raise UnsupportedError("a written token is explained, not what it is not")
        targets = np.full(len(points), self.target)
        return self._differentiable().compute_gradients(
            points, targets, quantity, frozen=frozen
        )

    def _differentiable(self) -> DifferentiableLanguageModel:
        if not isinstance(self.model, DifferentiableLanguageModel):
            raise UnsupportedError("the language model gives no gradients")
        return self.model


@dataclass(frozen=True)
class ExplainedPrediction:
    """One prediction to explain."""

    model: Classifier
    question: InputText
    label: int  # its place in the model's labels
    probabilities: Floats  # (labels,), of the whole text

    @property
    def size(self) -> int:
        """The number of tokens."""
        return len(self.question.tokens)

    @property
    def name(self) -> str:
        """The label that is explained."""
        return self.model.labels[self.label]

    def with_scores(
        self,
        scores: NDArray[np.floating[Any]],
        **more: Any,  # noqa: ANN401 - fields of `ScoredText`
    ) -> ScoredText:
        """Return the text with a score for each token.

        Args:
            scores: (slots,), NaN where not defined.
            more: Further fields of `ScoredText`.
        """
        question = self.question
        return build_scored_text(
            question, scores, self.probabilities, label=self.name, **more
        )

    def undefined_text(self, reason: str) -> ScoredText:
        """Return the text without scores, and the reason why it has none."""
        return self.with_scores(np.full(self.size, np.nan), undefined=reason)


class ExplanationMethod(TextMethod):
    """A method that explains predictions of a classifier.

    `restrict_to` makes one that explains other predictions than its settings name.
    """

    _given: tuple[ExplainedPrediction, ...] = PrivateAttr(default=())

    def restrict_to(self, cases: Sequence[ExplainedPrediction]) -> Self:
        """Return a copy of the method that explains given predictions.

        Args:
            cases: Predictions of the model that the method is applied to.

        Returns:
            The copy; it takes no texts from its settings.
        """
        copy = self.model_copy()
        copy._given = tuple(cases)  # noqa: SLF001 - a private field of this class
        return copy

    def input_texts(self, context: Context, model: Classifier) -> tuple[InputText, ...]:
        """Return the texts to explain; see the base."""
        questions = tuple(case.question for case in self._given)
        return questions or super().input_texts(context, model)


class AttributionMethod(ExplanationMethod):
    """A method that explains predictions of a classifier or of a language model."""

    needs: ClassVar = ((Classifier, LanguageModel),)
    reads: ClassVar = (SlotScores, Frames)
    label: str | None = None
    """The label that scores speak for; without it, the predicted one."""
    of: str | None = None
    """For a language model: the artifact of `writing` or `reading` with the text."""
    step: int | None = Field(default=None)
    """For a language model: which token of it, from 1, negative from the end."""

    def check_texts(self) -> None:
        """Check that the settings name texts, or one written token.

        Raises:
            ValueError: They name nothing, or both.
        """
        if self.of is None:
            super().check_texts()
        elif self.texts or self.documents or self.label or not self.step:
            raise ValueError(
                "of: a written token needs its step, from 1, and neither texts nor "
                "documents nor a label"
            )

    def artifact_names(self) -> tuple[str, ...]:
        """Return the artifact that holds the written text, if one is named."""
        return () if self.of is None else (self.of,)

    def find_predictions(self, context: Context) -> tuple[ExplainedPrediction, ...]:
        """Return the predictions to explain.

        Args:
            context: The model, its corpus and the artifact that `of` names.

        Returns:
            One prediction per text, or that of the written token.

        Raises:
            UnsupportedError: The settings are for the other kind of model, or the
                artifact
                holds no such step.
            CorpusError: Documents are wanted and there are none.
        """
        if self._given:
            return self._given
        model = context.model.at(self.epoch)
        if isinstance(model, LanguageModel) != (self.of is not None):
            kind = "language model" if self.of is None else "classifier"
            wanted = "of and step" if self.of is None else "texts or documents"
            raise UnsupportedError(f"the model is a {kind}; expected {wanted}")
        if self.of is not None:
            text = read_slot_scores(context.artifacts[0], self.of)
            return (predict_written_token(context, text, self.epoch, self.step or 0),)
        return predict_texts(model, self.input_texts(context, model), self.label)


def predict_texts(
    model: Classifier, questions: Sequence[InputText], label: str | None = None
) -> tuple[ExplainedPrediction, ...]:
    """Predict texts in one call, each with the label to explain.

    Args:
        model: The classifier.
        questions: The texts.
        label: The label to explain, None for the predicted one.

    Returns:
        One prediction per text.

    Raises:
        ConfigError: The model has no such label.
    """
    probabilities = model.predict([question.ids for question in questions])
    places = predicted_labels(probabilities)
    if label is not None:
        places = np.full(len(questions), label_index(model, label))
    return tuple(
        ExplainedPrediction(model, question, int(place), row)
        for question, place, row in zip(questions, places, probabilities, strict=True)
    )


def predict_written_token(
    context: Context, text: SlotScores, epoch: Epoch, step: int
) -> ExplainedPrediction:
    """Build the prediction of one written token.

    Args:
        context: The language model.
        text: The artifact's text, written or read.
        epoch: The snapshot, None for that of `text`.
        step: Counts from 1, or below 0 from the end.

    Returns:
        The prediction of `NextTokenClassifier` for the history of that step.

    Raises:
        UnsupportedError: There is no such step, or the model does not know its token.
    """
    steps = len(text.targets)
    if not 1 <= abs(step) <= steps:
        raise UnsupportedError(
            f"step: {step} of {steps}; expected 1 to {steps}, or below 0 from the end"
        )
    place = step - 1 if step > 0 else step
    model: LanguageModel = choose_state(context, epoch, text.epoch)
    (target,) = token_ids(model.vocabulary, [text.targets[place]])
    if not target:
        raise UnsupportedError(
            f"step: {quote_text(text.targets[place].text)} is unknown to the model"
        )
    classifier = NextTokenClassifier(model, target)
    tokens = tuple(t for t in text.histories[place] if t.kind != "pad")
    question = InputText(
        tokens=tokens,
        ids=tuple(token_ids(model.vocabulary, tokens)),
        unit=classifier.words.unit,
    )
    (row,) = classifier.predict([question.ids])
    return ExplainedPrediction(classifier, question, 1, row)


def unreadable_reason(text: InputText, least: int = 1) -> str:
    """Return why a text's scores are not defined.

    Args:
        text: The text as the model reads it.
        least: The fewest tokens that can be scored.

    Returns:
        The reason, "" where scores are defined.
    """
    count, unit = len(text.tokens), text.unit
    if count < least:
        return (
            f"{count} token{'s' if count != 1 else ''}; at least {least} are needed"
            if count
            else ("the text is empty")
        )
    if all(token.kind == "unknown" for token in text.tokens):
        many = f"all {count} {unit}s are" if count > 1 else f"its one {unit} is"
        return f"{many} outside the vocabulary"
    return ""


def constant_reason(scores: NDArray[np.floating[Any]]) -> str:
    """Return why equal scores say nothing, "" where they differ."""
    flat = scores.size > 1 and float(np.ptp(scores)) == 0
    return "all scores are equal" if flat else ""


def unknown_word_measurements(text: InputText) -> tuple[Measurement, ...]:
    """Count the words, or characters, that the model does not know.

    Returns:
        One measurement, none where the model knows all of them.
    """
    count = sum(token.kind == "unknown" for token in text.tokens)
    return (
        (
            Measurement(
                f"unknown {text.unit}s", float(count), doubt=unreadable_reason(text)
            ),
        )
        if count
        else ()
    )


CELLS = 5_000_000
"""Tokens of perturbed texts predicted in one call: some 200 MB."""
EACH = 10
"""What a text costs beside its tokens, in tokens."""
ROUNDING = 1e-6
"""Rounding of float32 probabilities, as a share of the largest, with room to spare."""


@dataclass(frozen=True)
class MaskableTokens:
    """A prediction, and the places of its tokens that can be hidden."""

    case: ExplainedPrediction
    places: NDArray[np.intp]
    operator: Operator

    def undefined_reason(self, least: int) -> str:
        """Return why fewer than `least` tokens can be hidden, "" where enough can."""
        count = len(self.places)
        why = unreadable_reason(self.case.question, least)
        if why or count >= least:
            return why
        size = self.case.size
        return f"{count} of {size} tokens can be hidden; at least {least} are needed"

    def scores_of_all(self, values: NDArray[np.floating[Any]]) -> Array:
        """Spread values of maskable tokens (places,) over all tokens, NaN elsewhere."""
        scores = np.full(self.case.size, np.nan)
        scores[self.places] = values
        return scores

    def full_masks(self, masks: Masks) -> Masks:
        """Extend masks over maskable tokens to masks over all tokens.

        Args:
            masks: (perturbations, places).

        Returns:
            (perturbations, tokens), true for tokens that cannot be hidden.
        """
        full = np.ones((len(masks), self.case.size), np.bool_)
        full[:, self.places] = masks
        return full


def find_maskable_tokens(
    prediction: ExplainedPrediction, operator: Operator
) -> MaskableTokens:
    """Find the tokens of a prediction that the operator changes."""
    filling = filling_ids(prediction.model).get(operator)
    changed = np.array(
        [index != filling for index in prediction.question.ids], np.bool_
    )
    return MaskableTokens(prediction, np.flatnonzero(changed), operator)


def answer_masks(
    masked_texts: Iterable[tuple[MaskableTokens, Masks]],
) -> Iterator[tuple[Masks, Array]]:
    """Predict many texts under their masks, as many in one call as memory allows.

    Args:
        masked_texts: Pairs of a text and its masks, (perturbations, places); all texts are of
            one
            model.

    Yields:
        The masks of each text and their probabilities, (perturbations, labels), in
        order.
    """
    waiting: list[tuple[MaskableTokens, Masks]] = []
    cells = 0
    for maskable, masks in masked_texts:
        more = len(masks) * (maskable.case.size + EACH)
        if waiting and cells + more > CELLS:
            yield from _answer_together(waiting)
            waiting, cells = [], 0
        waiting.append((maskable, masks))
        cells += more
    if waiting:
        yield from _answer_together(waiting)


def _answer_together(
    masked_texts: list[tuple[MaskableTokens, Masks]],
) -> Iterator[tuple[Masks, Array]]:
    first = masked_texts[0][0]
    probabilities = perturbed_answers(
        first.case.model,
        [maskable.case.question.ids for maskable, _ in masked_texts],
        [maskable.full_masks(masks) for maskable, masks in masked_texts],
        first.operator,
    )
    return zip((masks for _, masks in masked_texts), probabilities, strict=True)


def unmoved_reason(probabilities: NDArray[np.floating[Any]]) -> str:
    """Return why predictions that never change say nothing, "" where they change."""
    flat = np.ptp(probabilities) <= ROUNDING * np.max(probabilities)
    return "the prediction is the same whatever is hidden" if flat else ""
