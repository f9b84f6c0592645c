"""Likeness of explanations with other draws, and of texts with one word replaced.

The word that comes in is the one nearest in the model's own vectors, by the cosine; of
a model without vectors, the next one in the list of words by frequency.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Anchors, Scores, TokenScores, TrustScore
from generator.core.wording import format_count
from generator.corpora.words import FIRST_WORD_ID
from generator.methods.base import Context, Method
from generator.methods.common.classifier_texts import predicted_labels
from generator.methods.common.explained_predictions import ExplainedPrediction
from generator.methods.common.explanations import (
    ExplanationRow,
    Names,
    TextExplanation,
    common_epoch,
    describe_given,
    describe_left_out,
    document_ids,
    explanation_rows,
)
from generator.methods.common.perturbation import Array
from generator.methods.common.statistics import build_score, judge_score
from generator.methods.evaluation.deletion import rank_tokens
from generator.methods.evaluation.reexplain import (
    NOT_REPEATABLE,
    RepeatableExplanation,
    describe_likeness,
    find_repeatable,
    is_repeatable,
    mean_of_repeats,
    measure_likeness,
    unrepeatable_reason,
)
from generator.models.base import Floats, ModelSpec
from generator.models.capabilities import Classifier, Differentiable

TOP = 3
"""The words with the largest scores are not replaced: they may well decide."""
MOVED = 0.1
"""A text whose label moves by more probability is another text."""
SMALL = 1e-12
"""The length of a vector without a direction."""
BY_VECTOR = "a word is replaced by the nearest, by the cosine of the model's vectors"
BY_FREQUENCY = (
    "a word is replaced by the next by frequency, as the model has no vectors"
)


class NearestWords:
    """The nearest word of each word that a model knows."""

    def __init__(self, model: Classifier) -> None:
        self.known = len(model.words.words)
        self.said = BY_FREQUENCY
        self._vectors = None
        if isinstance(model, Differentiable):
            vectors = model.embedding()[FIRST_WORD_ID:].astype(np.float64)
            sizes = np.linalg.norm(vectors, axis=1, keepdims=True)
            self._vectors = vectors / np.maximum(sizes, SMALL)
            self.said = BY_VECTOR

    def nearest(self, index: int) -> int:
        """Return the id of the word nearest to that with this id, ties by frequency."""
        place = index - FIRST_WORD_ID
        if self._vectors is None:
            return index + 1 if place + 1 < self.known else index - 1
        near = self._vectors @ self._vectors[place]
        near[place] = -np.inf
        return int(near.argmax()) + FIRST_WORD_ID


@dataclass(frozen=True)
class ChangedText:
    """A text with another word in one place."""

    case: ExplainedPrediction
    place: int
    alike: bool  # whether the model reads it as it read the text


def replaceable_places(text: TextExplanation) -> list[int]:
    """Return the places of known words outside the largest scores.

    Returns:
        Places, none where the model knows no other word or there are no scores.
    """
    if text.undefined_reason or len(text.case.model.words.words) < 2:  # noqa: PLR2004 - a word and another to replace it
        return []
    top = set(rank_tokens(np.abs(text.scores))[:TOP].tolist())
    ids = text.case.question.ids
    return [
        at for at, index in enumerate(ids) if index >= FIRST_WORD_ID and at not in top
    ]


def replace_words(
    places: Sequence[tuple[ExplainedPrediction, int]], near: NearestWords
) -> list[ChangedText]:
    """Replace one word of each prediction, and predict all with one call.

    Args:
        places: Predictions, all of one model, and the place to change.
        near: Chooses the other word.

    Returns:
        The changed texts, with the same label to explain.
    """
    swaps = [replace_word(case, place, near) for case, place in places]
    if not swaps:
        return []
    rows = swaps[0].model.predict([case.question.ids for case in swaps])
    return [
        ChangedText(
            replace(case, probabilities=row), place, is_same_prediction(case, row)
        )
        for case, (_, place), row in zip(swaps, places, rows, strict=True)
    ]


def replace_word(
    prediction: ExplainedPrediction, place: int, near: NearestWords
) -> ExplainedPrediction:
    """Return a prediction with another word, its probabilities still the old ones."""
    ids, tokens = list(prediction.question.ids), list(prediction.question.tokens)
    ids[place] = near.nearest(ids[place])
    tokens[place] = prediction.model.words.token(ids[place])
    question = replace(prediction.question, ids=tuple(ids), tokens=tuple(tokens))
    return replace(prediction, question=question)


def is_same_prediction(prediction: ExplainedPrediction, probabilities: Floats) -> bool:
    """Return whether probabilities predict the same label about as surely."""
    known = prediction.probabilities
    shift = abs(float(probabilities[prediction.label]) - float(known[prediction.label]))
    return (
        bool(predicted_labels(probabilities) == predicted_labels(known))
        and shift <= MOVED
    )


NONE = "no known word outside the three largest scores"


class Stability(Method):
    """Whether an explanation stays when nothing that matters has changed.

    1. **Other draws**: the same predictions are explained again by the same method with
       other random draws, three times. It is how alike the scores are, by Spearman's rank
       correlation over the words of a text, averaged over the three.
    2. **One word replaced**: in each text one word outside the three largest scores, drawn
       at random, gives way to the word nearest to it in the model's own vectors, and the
       text is explained again with the same draws. It is how alike the scores of all other
       words are. Three words are tried in turn. A model without vectors gets the next word
       by frequency instead.
    3. 1 is the same order of words, 0 is none. A method that draws nothing has exactly 1
       for the first number.

    A replaced word counts only if the model reads the text as before: the predicted label
    is the same, and the label that is explained moves by no more than 0.1 in probability.
    Where the prediction changes, another explanation may well be right.

    **Passed** is said where the whole interval over texts lies above 0.8, **failed** where
    it lies below, and nothing where it holds 0.8 or there are fewer than ten texts. Of two
    anchors it is their overlap that is measured: how many of the words in either are in
    both. A text whose anchor is empty is left out.

    **What it cannot tell.** A stable explanation need not be true: one that always points
    at the first word is perfectly stable. An unstable one is of no use, though each may be
    as good as the next: a word may gain its score from another that says the same. The
    nearest word by its vector need not mean the same; among rare words it may be any.

    Source: Alvarez-Melis and Jaakkola (2018), On the robustness of interpretability
    methods, arXiv 1806.08049, for like texts; Visani et al. (2022), Statistical stability
    indices for LIME, arXiv 2001.11757, for other draws.

    Differs: orders are compared and not distances, as the units of two methods are not the
    same; neighbours are real texts of known words, not noise added to vectors.
    """

    version: ClassVar[int] = 3
    needs: ClassVar = (Classifier,)
    reads: ClassVar = (TokenScores, Anchors)
    gives: ClassVar = Scores
    method: Literal["stability"]
    of: Names
    """Artifacts with attributions, attention or anchors of the model that is asked."""
    documents: int = Field(default=50, ge=1, le=100_000)
    """Of how many texts at most, the first ones of each artifact."""
    repeats: int = Field(default=3, ge=1, le=100)
    """How often each is explained with other draws, and with another word."""
    least: float = Field(default=0.8, gt=0, lt=1)
    """The rank correlation from which an explanation is stable."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the explanations."""
        return self.of

    @classmethod
    def inapplicable_reason(cls, producer: Method) -> str:
        """Return why an explanation cannot be repeated, which this needs."""
        return "" if is_repeatable(producer) else NOT_REPEATABLE

    def refusal_reason(self, read: str, producer: Method, model: ModelSpec) -> str:
        """Return why an explanation cannot be repeated."""
        del read, model
        return unrepeatable_reason(self, producer)

    def collect(self, context: Context) -> Scores:
        """Explain again and compare; see the base."""
        notes: list[str] = []
        given: dict[str, Sequence[ExplanationRow]] = {}
        rows: list[TrustScore] = []
        every = find_repeatable(context, self, self.of, self.documents)
        for one, artifact in zip(every, context.artifacts, strict=True):
            rows.append(
                self._row(context, one, "other draws", self._score_redraws(one))
            )
            values, remarks = self._score_replacements(one)
            rows.append(self._row(context, one, "one word replaced", values))
            given[one.name] = explanation_rows(artifact, one.name)
            notes += describe_left_out(
                (text.undefined_reason for text in one.texts), one.name
            )
            notes += remarks
        return Scores(
            epoch=common_epoch(artifact.epoch for artifact in context.artifacts),
            aspect="stability",
            rows=tuple(rows),
            notes=(*self._notes(), *describe_given(given), *dict.fromkeys(notes)),
        )

    def _row(
        self,
        context: Context,
        explanation: RepeatableExplanation,
        what: str,
        values: Array,
    ) -> TrustScore:
        score = build_score(
            explanation.name,
            f"{describe_likeness(explanation)}, {what}",
            values,
            context.generator(1),
            ids=document_ids(explanation.texts),
        )
        return replace(score, said=judge_score(score, self.least))

    def _score_redraws(self, explanation: RepeatableExplanation) -> Array:
        """Compute the likeness (texts,) to explanations with other draws."""
        likeness = []
        for repeat in range(1, self.repeats + 1):
            again = explanation.explain_again(
                explanation.cases, (*explanation.context.seed, repeat)
            )
            likeness.append(list(map(measure_likeness, explanation.texts, again)))
        return mean_of_repeats(np.array(likeness).T)

    def _score_replacements(
        self, explanation: RepeatableExplanation
    ) -> tuple[Array, tuple[str, ...]]:
        """Compute the likeness (texts,) to texts with another word, and notes on these."""
        near = NearestWords(explanation.cases[0].model)
        tried = self._draw_changes(explanation, near)
        likeness = []
        for repeat in range(self.repeats):
            swaps = [these[repeat] if repeat < len(these) else None for these in tried]
            likeness.append(change_likenesses(explanation, swaps))
        return mean_of_repeats(np.array(likeness).T), (
            *describe_changes(explanation, tried),
            near.said,
        )

    def _draw_changes(
        self, explanation: RepeatableExplanation, near: NearestWords
    ) -> list[list[ChangedText]]:
        """Draw for each text as many changed texts as repeats, or as many as it has."""
        places = [
            explanation.context.generator(0, number).permutation(
                replaceable_places(text)
            )[: self.repeats]
            for number, text in enumerate(explanation.texts)
        ]
        pairs = [
            (case, int(place))
            for case, mine in zip(explanation.cases, places, strict=True)
            for place in mine
        ]
        changes = iter(replace_words(pairs, near))
        return [list(islice(changes, len(mine))) for mine in places]

    def _notes(self) -> Iterator[str]:
        yield f"passed if the interval lies above {self.least:g}, failed if below"
        texts = format_count(self.documents, "text")
        times = format_count(self.repeats, "time")
        yield f"at most {texts} of each explanation, each explained {times}"


def describe_changes(
    explanation: RepeatableExplanation, tried: Sequence[Sequence[ChangedText]]
) -> Iterator[str]:
    """Yield how many texts with another word do not count, and texts without one."""
    every = [swap for these in tried for swap in these]
    lost = sum(not swap.alike for swap in every)
    if lost:
        yield (
            f"{explanation.name}: {lost:,} of {len(every):,} texts with a changed word left out: "
            f"the prediction changed, or moved by more than {MOVED}"
        )
    pairs = zip(tried, explanation.texts, strict=True)
    fixed = (
        NONE if not (these or text.undefined_reason) else "" for these, text in pairs
    )
    yield from describe_left_out(fixed, explanation.name)


def change_likenesses(
    explanation: RepeatableExplanation, swaps: Sequence[ChangedText | None]
) -> list[float]:
    """Compute the likeness of each explanation to that of a text with another word.

    Args:
        explanation: The explanations.
        swaps: A changed text for each, None where there is none.

    Returns:
        One per text, NaN where there is no such text, or the model reads it otherwise.
    """
    alike = [swap if swap and swap.alike else None for swap in swaps]
    if not any(alike):
        return [math.nan] * len(alike)
    again = explanation.explain_again(
        [
            s.case if s else case
            for s, case in zip(alike, explanation.cases, strict=True)
        ]
    )
    return [
        measure_likeness(text, other, swap.place) if swap else math.nan
        for text, other, swap in zip(explanation.texts, again, alike, strict=True)
    ]
