"""The predictions that an attribution explains: of texts, or of one written token.

A case is a text, the model that read it, and the label that is explained: the predicted
one unless the study names another. For a language model the text is the history of one
step of an artifact, padding left out, and the label is the token written there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr

from generator.artifacts import ScoredText, SlotScores, Token
from generator.errors import UnsupportedError, quoted
from generator.methods.base import Asked
from generator.methods.classified import (
    Question,
    TextMethod,
    label_place,
    predicted,
    scored,
)
from generator.methods.next_token import NextToken
from generator.methods.perturbing import Array, Masks, Operator, answers
from generator.methods.states import state_of
from generator.methods.texts import any_slot_scores
from generator.methods.windows import ids_of
from generator.models.base import Epoch, Floats
from generator.models.classifiers import Classifier
from generator.models.language_models import LanguageModel


@dataclass(frozen=True)
class Case:
    """One prediction to explain."""

    model: Classifier
    question: Question
    label: int  # its place in the model's labels
    probabilities: Floats  # (labels,), of the whole text

    @property
    def size(self) -> int:
        """How many tokens it has."""
        return len(self.question.tokens)

    @property
    def name(self) -> str:
        """The label that is explained."""
        return self.model.labels[self.label]

    def ask(self, masks: Masks, operator: Operator) -> Array:
        """Probabilities (perturbations, labels) with the masked tokens hidden."""
        return answers(self.model, [self.question.ids], [masks], operator)[0]

    def with_scores(
        self,
        scores: NDArray[np.floating[Any]],
        **more: Any,  # noqa: ANN401 - fields of `ScoredText`
    ) -> ScoredText:
        """The text with a score for each token."""
        asked = self.question
        return scored(asked, scores, self.probabilities, label=self.name, **more)

    def without(self, reason: str) -> ScoredText:
        """The text where scores are not defined, and why."""
        return self.with_scores(np.full(self.size, np.nan), undefined=reason)


class Explaining(TextMethod):
    """A method that explains what a classifier says of texts.

    `about` makes one that explains other predictions than its settings name.
    """

    _given: tuple[Case, ...] = PrivateAttr(default=())

    def about(self, cases: Sequence[Case]) -> Self:
        """The same method, for these predictions, of the model that is asked."""
        found = self.model_copy()
        found._given = tuple(cases)  # noqa: SLF001 - of its own class
        return found

    def questions(self, asked: Asked, model: Classifier) -> tuple[Question, ...]:
        """The texts to explain. Raises `CorpusError`."""
        given = tuple(case.question for case in self._given)
        return given or super().questions(asked, model)


class Attribution(Explaining):
    """A method that explains predictions of a classifier or of a language model."""

    needs: ClassVar = ((Classifier, LanguageModel),)
    label: str | None = None
    """The label that scores speak for; without it, the predicted one."""
    of: str | None = None
    """For a language model: the artifact of `writing` or `reading` with the text."""
    step: int | None = Field(default=None)
    """For a language model: which token of it, from 1, negative from the end."""

    def check_texts(self) -> None:
        """Raise `ValueError` where nothing is asked about, or two things."""
        if self.of is None:
            super().check_texts()
        elif self.texts or self.documents or self.label or not self.step:
            raise ValueError(
                "of: a written token needs its step, from 1, and neither texts nor "
                "documents nor a label"
            )

    def reads(self) -> tuple[str, ...]:
        """The artifact that holds the text, if it is one's."""
        return () if self.of is None else (self.of,)

    def cases(self, asked: Asked) -> tuple[Case, ...]:
        """What is to be explained. Raises `UnsupportedError`, `CorpusError`."""
        if self._given:
            return self._given
        model = asked.model.at(self.epoch)
        if isinstance(model, LanguageModel) != (self.of is not None):
            kind = "language model" if self.of is None else "classifier"
            wanted = "of and step" if self.of is None else "texts or documents"
            raise UnsupportedError(f"the model is a {kind}; expected {wanted}")
        if self.of is not None:
            text = any_slot_scores(asked.read[0], self.of)
            return (written(asked, text, self.epoch, self.step or 0),)
        return of_texts(model, self.questions(asked, model), self.label)


def of_texts(
    model: Classifier, questions: Sequence[Question], label: str | None = None
) -> tuple[Case, ...]:
    """A case for each text; all are asked in one call."""
    found = model.predict([question.ids for question in questions])
    places = predicted(found)
    if label is not None:
        places = np.full(len(questions), label_place(model, label))
    return tuple(
        Case(model, question, int(place), row)
        for question, place, row in zip(questions, places, found, strict=True)
    )


def written(asked: Asked, text: SlotScores, epoch: Epoch, step: int) -> Case:
    """The case of one written token. Raises `UnsupportedError`."""
    steps = len(text.targets)
    if not 1 <= abs(step) <= steps:
        raise UnsupportedError(
            f"step: {step} of {steps}; expected 1 to {steps}, or below 0 from the end"
        )
    place = step - 1 if step > 0 else step
    model: LanguageModel = state_of(asked, epoch, text.epoch)
    (target,) = ids_of(model.vocabulary, [text.targets[place]])
    if not target:
        raise UnsupportedError(
            f"step: {quoted(text.targets[place].text)} is unknown to the model"
        )
    classifier = NextToken(model, target)
    tokens = tuple(t for t in text.histories[place] if t.kind != "pad")
    question = Question(tokens=tokens, ids=tuple(ids_of(model.vocabulary, tokens)))
    (row,) = classifier.predict([question.ids])
    return Case(classifier, question, 1, row)


def unreadable(tokens: Sequence[Token], least: int = 1) -> str:
    """Why a text's scores are not defined, "" where they are."""
    if len(tokens) < least:
        return (
            f"{len(tokens)} tokens; at least {least} are needed"
            if tokens
            else ("the text is empty")
        )
    if all(token.kind == "unknown" for token in tokens):
        many = f"all {len(tokens)} words are" if len(tokens) > 1 else "its one word is"
        return f"{many} outside the vocabulary"
    return ""


def constant(scores: NDArray[np.floating[Any]]) -> str:
    """Why equal scores say nothing, "" where they differ."""
    flat = scores.size > 1 and float(np.ptp(scores)) == 0
    return "all scores are equal" if flat else ""
