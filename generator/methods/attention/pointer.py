"""Tables of where a reader of stories points, and whether its answer depends on that.

The method *pointer* says what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Estimate, Estimates
from generator.corpora.base import Annotation
from generator.methods.attention.measures import (
    BEFORE,
    AttendedTexts,
    AttentionComparison,
    AttentionTable,
)
from generator.methods.attribution.gradients import embed_cases, slot_scores
from generator.methods.base import Context
from generator.methods.common import statistics
from generator.methods.common.classifier_texts import InputText, predicted_labels
from generator.methods.common.explained_predictions import ExplainedPrediction
from generator.methods.common.perturbation import perturbed_answers
from generator.methods.common.spans import Mask, holds_largest, spans_mask
from generator.models.capabilities import Differentiable, StoryReader

Measure = Literal["pointing", "accuracy", "dependence", "agreement"]
Row = NDArray[np.floating[Any]]
Rows = Sequence[Row]
"""A score for each sentence of each story."""
ATTENTION, LEFT, GRADIENT = "attention", "leaving out", "gradient"
RANDOM = "a sentence at random"


class PointerStories:
    """Stories as a reader answers and weighs them, with and without each sentence."""

    def __init__(self, compared: AttentionComparison) -> None:
        self.compared, self.now = compared, compared.now
        self.before = compared.before
        self.questions = compared.now.questions
        self.support = [support_mask(one) for one in self.questions]

    @cached_property
    def reduced_answers(self) -> tuple[NDArray[Any], ...]:
        """Probabilities of each story without each sentence, (sentences, labels)."""
        return answers_without_each(self.now)

    @cached_property
    def answer_drops(self) -> Rows:
        """The drop in the answer's probability without each sentence, (sentences,)."""
        return answer_drops(self.now, self.reduced_answers)

    @cached_property
    def gradient_lengths(self) -> Rows:
        """The length of the answer's logit gradient by each sentence, (sentences,)."""
        model = self.now.model
        lengths: list[Row] = []
        assert isinstance(model, Differentiable)  # noqa: S101 - the study is checked for this capability
        predicted = predicted_labels(self.now.probabilities)
        cases = [
            ExplainedPrediction(model, one, int(label), row)
            for one, label, row in zip(
                self.questions, predicted, self.now.probabilities, strict=True
            )
        ]
        for pairs in embed_cases(model, cases):
            batch, points = zip(*pairs, strict=True)
            gradients = model.compute_gradients(
                points, [case.label for case in batch], "logit"
            )
            for case, slope, point in zip(
                batch, gradients.gradients, points, strict=True
            ):
                lengths.append(slot_scores(slope, point, "norm")[: case.size])
        return lengths

    @cached_property
    def even_weights(self) -> Row:
        """One over the number of sentences of each story, (stories,)."""
        return np.array([1 / len(one.ids) for one in self.questions])

    def is_on_support(self, rows: Rows) -> Mask:
        """Return whether the largest of each row is on the sentence that answers."""
        pairs = zip(rows, self.support, strict=True)
        return np.array([holds_largest(row, support) for row, support in pairs])

    def random_estimate(self) -> Estimate:
        """Estimate how often a sentence taken at random would be a given one."""
        return self.compared.mean_row(RANDOM, self.even_weights, "null")

    def build_table(
        self,
        quantity: str,
        claim: str,
        rows: list[Estimate],
        line: tuple[float, str],
        bar: float,
    ) -> Estimates:
        """Build a table whose verdict compares the first row with `bar`."""
        return self.compared.build_table(
            quantity,
            claim,
            reference=line,
            verdict=statistics.judge_interval(rows[0], bar),
            rows=rows,
        )


def pointing_table(stories: PointerStories) -> Estimates:
    """Build the table of how often the largest value is on the sentence that answers."""
    on = stories.is_on_support
    hits, wrong = on(stories.now.weights), ~right_answers(stories.now)
    last = np.array([bool(support[-1]) for support in stories.support])
    rows = [
        stories.compared.share_row(ATTENTION, hits),
        stories.compared.share_row(LEFT, on(stories.answer_drops)),
        stories.compared.share_row(GRADIENT, on(stories.gradient_lengths)),
    ]
    for name, some in (("right", ~wrong), ("wrong", wrong)):
        if some.any():
            rows.append(
                stories.compared.share_row(
                    f"{ATTENTION}, {name} answers", hits, where=some
                )
            )
    if stories.before is not None:
        untrained = on(stories.before.weights)
        rows.append(
            stories.compared.share_row(
                f"{ATTENTION} {BEFORE}", untrained, "negative control"
            )
        )
    chance = stories.random_estimate()
    rows += [stories.compared.share_row("the last sentence", last, "null"), chance]
    return stories.build_table(
        "share of stories with the largest value on the sentence that answers",
        "the reader points at the sentence that answers",
        rows,
        (chance.value, RANDOM),
        chance.value,
    )


def story_accuracy_table(stories: PointerStories) -> Estimates:
    """Build the table of accuracy with all sentences and without some."""
    labels = stories.now.model.labels
    truths = [labels.index(one.truth) for one in stories.questions]
    without_it, without_other = [], []
    each = zip(stories.reduced_answers, stories.support, truths, strict=True)
    for probabilities, support, truth in each:
        hits = predicted_labels(probabilities) == truth
        without_it.append(bool(hits[support].all()))
        without_other.append(float(hits[~support].mean()))
    most = max(truths.count(place) for place in set(truths)) / len(truths)
    line = "always the most frequent answer"
    rows = [
        stories.compared.share_row("all sentences", right_answers(stories.now)),
        stories.compared.share_row(
            "without the one that answers", np.array(without_it), "negative control"
        ),
        stories.compared.mean_row("without another", np.array(without_other)),
    ]
    if stories.before is not None:
        rows.append(
            stories.compared.share_row(BEFORE, right_answers(stories.before), "null")
        )
    return stories.build_table(
        "accuracy",
        "the reader answers, and needs the sentence that answers",
        rows,
        (most, line),
        max(most, rows[1].value),
    )


def dependence_table(stories: PointerStories) -> Estimates:
    """Build the table of the answer's drop without the sentence pointed at."""
    pointed, others = pointed_drops(stories.now.weights, stories.answer_drops)
    mean = stories.compared.mean_row
    rows = [
        mean("the sentence pointed at", pointed),
        mean("another sentence", others, "null"),
    ]
    if stories.before is not None:
        untrained = answer_drops(stories.before, answers_without_each(stories.before))
        value, _ = pointed_drops(stories.before.weights, untrained)
        rows.append(mean(f"the sentence pointed at {BEFORE}", value, "null"))
    return stories.build_table(
        "drop in the probability of the answer given",
        "the answer depends on the sentence that the reader points at",
        rows,
        (0.0, "no drop"),
        rows[1].value,
    )


def pointing_agreement_table(stories: PointerStories) -> Estimates:
    """Build the table of how often two measures choose the same sentence."""
    every = {
        ATTENTION: stories.now.weights,
        LEFT: stories.answer_drops,
        GRADIENT: stories.gradient_lengths,
    }
    pairs = ((ATTENTION, LEFT), (ATTENTION, GRADIENT), (LEFT, GRADIENT))
    rows = [
        stories.compared.share_row(
            f"{one} and {other}",
            largest_places(every[one]) == largest_places(every[other]),
        )
        for one, other in pairs
    ]
    chance = stories.random_estimate()
    return stories.build_table(
        "share of stories in which both choose the same sentence",
        "the reader points at the sentence that its answer needs",
        [*rows, chance],
        (chance.value, RANDOM),
        chance.value,
    )


TABLES: dict[Measure, Callable[[PointerStories], Estimates]] = {
    "pointing": pointing_table,
    "accuracy": story_accuracy_table,
    "dependence": dependence_table,
    "agreement": pointing_agreement_table,
}


def support_mask(question: InputText) -> Mask:
    """Return which sentences of a story answer, (sentences,)."""
    return spans_mask(question.rationale, len(question.ids))


def right_answers(attended: AttendedTexts) -> Mask:
    """Return whether each answer is the story's own, (stories,)."""
    labels = attended.model.labels
    predicted = predicted_labels(attended.probabilities)
    pairs = zip(predicted, attended.questions, strict=True)
    return np.array([labels[place] == one.truth for place, one in pairs])


def largest_places(rows: Rows) -> NDArray[np.intp]:
    """Return the place of the largest value of each row, the first of a tie."""
    return np.array([int(np.argmax(row)) for row in rows])


def answers_without_each(attended: AttendedTexts) -> tuple[NDArray[Any], ...]:
    """Predict each story without each sentence, (sentences, labels)."""
    texts = [one.ids for one in attended.questions]
    masks = [~np.eye(len(ids), dtype=np.bool_) for ids in texts]
    return tuple(perturbed_answers(attended.model, texts, masks, "remove"))


def answer_drops(attended: AttendedTexts, left: Sequence[NDArray[Any]]) -> Rows:
    """Compute the drop in the answer's probability without each sentence, (sentences,)."""
    predicted = predicted_labels(attended.probabilities)
    each = zip(attended.probabilities, predicted, left, strict=True)
    return [float(row[label]) - rows[:, label] for row, label, rows in each]


def pointed_drops(weights: Rows, dropped: Rows) -> tuple[Row, Row]:
    """Return drops without the sentence pointed at, and the mean drop of the others."""
    places = largest_places(weights)
    pairs = list(zip(dropped, places, strict=True))
    pointed = np.array([row[place] for row, place in pairs])
    others = [np.delete(row, place).mean() for row, place in pairs]
    return pointed, np.array(others)


class PointerTest(AttentionTable):
    """Does a reader of stories point at the sentence that answers, and need it?

    The model reads stories that it did not learn from, of which it is known which sentence
    holds the answer. Nobody told the model: it was trained on answers. Each `measure` is a
    table of one quantity:

    1. `pointing`: how often the largest attention weight of a story is on the sentence that
       answers; a tie with any other counts as lost. The same of two ways of asking what the
       answer needs: the sentence without which the probability of the answer given drops
       most, and the one whose vector has the longest gradient of its logit. Beside them
       stand the attention of right answers alone and of wrong ones, attention before
       training, the rule that takes the last sentence, and a sentence taken at random.
    2. `accuracy`: how often the answer is right; how often it is without the sentence that
       answers, without another one (each in turn, the mean over the story), and before
       training. The line is always giving the most frequent answer.
    3. `dependence`: by how much the probability of the answer given drops without the
       sentence that the model points at, and without another one (the mean), and the same
       before training. The line is no drop.
    4. `agreement`: how often two of attention, leaving out and gradient have their largest
       value on the same sentence, right or wrong. The line is a sentence taken at random.

    Shares have Wilson intervals, means 95 % bootstrap intervals over stories. Stories of
    one sentence, and those of which the sentence that answers was not read, are left out
    and counted in the notes.

    Verdict. In `pointing` and `agreement` the first row is compared with the line; in
    `accuracy` with the accuracy without the sentence that answers, or the line where that
    is larger; in `dependence` with the drop without another sentence. Supported: the whole
    interval lies above the bar. Not supported: none of it does. Undecided otherwise.

    Where sentences know of each other, a reader can be right without pointing at the one
    that answers, as another may carry what it says. Where they do not, and the question
    acts through the weights alone, it cannot answer for long from where it does not point:
    there attention is an explanation because the model was built so that it must be.

    Source: pointing at the supporting fact of a story, Weston et al. (2015), arXiv
    1502.05698, and Sukhbaatar et al. (2015), arXiv 1503.08895.
    Differs: there the supporting fact is shown in training or looked at for single stories;
    here it is held back and every story counts.
    """

    version: ClassVar[int] = 2
    needs: ClassVar = (StoryReader,)
    expects: ClassVar = frozenset({Annotation.LABEL, Annotation.RATIONALE})
    method: Literal["pointer"]
    measure: Measure = "pointing"
    """Which table: one quantity on one axis."""

    def collect(self, context: Context) -> Estimates:
        """Measure where the reader points; see the base."""
        comparison = self.compare(
            context, context.model.at(self.epoch), unusable_reason
        )
        return TABLES[self.measure](PointerStories(comparison))


def unusable_reason(question: InputText) -> str:
    """Return why a story cannot be used, "" where it can."""
    if len(question.ids) == 1:
        return "it has one sentence"
    return "" if question.rationale else "the sentence that answers was not read"
