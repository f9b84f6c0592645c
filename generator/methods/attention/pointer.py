"""One measure of where a reader points, and of what it needs.

Tables of where a reader of stories points, one quantity each.

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
    AttentionTable,
    Compared,
    Weighed,
)
from generator.methods.attribution.gradients import embedded, scores
from generator.methods.base import Asked
from generator.methods.common import statistics
from generator.methods.common.classifier_texts import Question, predicted
from generator.methods.common.explained_predictions import Case
from generator.methods.common.perturbation import answers
from generator.methods.common.spans import Mask, holds_largest, mask_of
from generator.models.capabilities import Differentiable, Reader

Measure = Literal["pointing", "accuracy", "dependence", "agreement"]
Row = NDArray[np.floating[Any]]
Rows = Sequence[Row]
"""A score for each sentence of each story."""
ATTENTION, LEFT, GRADIENT = "attention", "leaving out", "gradient"
RANDOM = "a sentence at random"


class Stories:
    """Stories as a reader answers and weighs them, with and without each sentence."""

    def __init__(self, compared: Compared) -> None:
        self.compared, self.now = compared, compared.now
        self.before = compared.before
        self.questions = compared.now.questions
        self.support = [mask(one) for one in self.questions]

    @cached_property
    def left(self) -> tuple[NDArray[Any], ...]:
        """Probabilities of each story's labels without each sentence, (T, labels)."""
        return without(self.now)

    @cached_property
    def drops(self) -> Rows:
        """Drop of the answer given without each sentence."""
        return drops(self.now, self.left)

    @cached_property
    def slopes(self) -> Rows:
        """Lengths of the gradient of the answer's logit by each sentence."""
        model = self.now.model
        found: list[Row] = []
        assert isinstance(model, Differentiable)  # noqa: S101 - checked with the study
        given = predicted(self.now.probabilities)
        cases = [
            Case(model, one, int(label), row)
            for one, label, row in zip(
                self.questions, given, self.now.probabilities, strict=True
            )
        ]
        for pairs in embedded(model, cases):
            held, points = zip(*pairs, strict=True)
            asked = model.slopes(points, [case.label for case in held], "logit")
            for case, slope, point in zip(held, asked.gradients, points, strict=True):
                found.append(scores(slope, point, "norm")[: case.size])
        return found

    @cached_property
    def even(self) -> Row:
        """One over the sentences of each story."""
        return np.array([1 / len(one.ids) for one in self.questions])

    def on_support(self, rows: Rows) -> Mask:
        """Whether the largest of each row is on the sentence that answers."""
        pairs = zip(rows, self.support, strict=True)
        return np.array([holds_largest(row, support) for row, support in pairs])

    def random(self) -> Estimate:
        """How often a sentence taken at random would be a given one."""
        return self.compared.mean(RANDOM, self.even, "null")

    def table(
        self,
        quantity: str,
        claim: str,
        rows: list[Estimate],
        line: tuple[float, str],
        bar: float,
    ) -> Estimates:
        """A table whose verdict compares the first row with `bar`."""
        return self.compared.table(
            quantity,
            claim,
            reference=line,
            verdict=statistics.verdict(rows[0], bar),
            rows=rows,
        )


def pointing(found: Stories) -> Estimates:
    """How often the largest value is on the sentence that answers."""
    on = found.on_support
    hits, wrong = on(found.now.weights), ~right(found.now)
    last = np.array([bool(support[-1]) for support in found.support])
    rows = [
        statistics.share(ATTENTION, hits),
        statistics.share(LEFT, on(found.drops)),
        statistics.share(GRADIENT, on(found.slopes)),
    ]
    for name, some in (("right", ~wrong), ("wrong", wrong)):
        if some.any():
            rows.append(statistics.share(f"{ATTENTION}, {name} answers", hits[some]))
    if found.before is not None:
        untrained = on(found.before.weights)
        rows.append(
            statistics.share(f"{ATTENTION} {BEFORE}", untrained, "negative control")
        )
    chance = found.random()
    rows += [statistics.share("the last sentence", last, "null"), chance]
    return found.table(
        "share of stories with the largest value on the sentence that answers",
        "the reader points at the sentence that answers",
        rows,
        (chance.value, RANDOM),
        chance.value,
    )


def accuracy(found: Stories) -> Estimates:
    """How often the answer is right, with all sentences and without some."""
    labels = found.now.model.labels
    truths = [labels.index(one.truth) for one in found.questions]
    without_it, without_other = [], []
    each = zip(found.left, found.support, truths, strict=True)
    for told, support, truth in each:
        hits = predicted(told) == truth
        without_it.append(bool(hits[support].all()))
        without_other.append(float(hits[~support].mean()))
    most = max(truths.count(place) for place in set(truths)) / len(truths)
    line = "always the most frequent answer"
    rows = [
        statistics.share("all sentences", right(found.now)),
        statistics.share(
            "without the one that answers", np.array(without_it), "negative control"
        ),
        found.compared.mean("without another", np.array(without_other)),
    ]
    if found.before is not None:
        rows.append(statistics.share(BEFORE, right(found.before), "null"))
    return found.table(
        "accuracy",
        "the reader answers, and needs the sentence that answers",
        rows,
        (most, line),
        max(most, rows[1].value),
    )


def dependence(found: Stories) -> Estimates:
    """How much the answer given drops without the sentence pointed at."""
    pointed, others = without_pointed(found.now.weights, found.drops)
    mean = found.compared.mean
    rows = [
        mean("the sentence pointed at", pointed),
        mean("another sentence", others, "null"),
    ]
    if found.before is not None:
        untrained = drops(found.before, without(found.before))
        value, _ = without_pointed(found.before.weights, untrained)
        rows.append(mean(f"the sentence pointed at {BEFORE}", value, "null"))
    return found.table(
        "drop in the probability of the answer given",
        "the answer depends on the sentence that the reader points at",
        rows,
        (0.0, "no drop"),
        rows[1].value,
    )


def agreement(found: Stories) -> Estimates:
    """How often two ways of asking choose the same sentence."""
    every = {
        ATTENTION: found.now.weights,
        LEFT: found.drops,
        GRADIENT: found.slopes,
    }
    pairs = ((ATTENTION, LEFT), (ATTENTION, GRADIENT), (LEFT, GRADIENT))
    rows = [
        statistics.share(
            f"{one} and {other}", largest(every[one]) == largest(every[other])
        )
        for one, other in pairs
    ]
    chance = found.random()
    return found.table(
        "share of stories in which both choose the same sentence",
        "the reader points at the sentence that its answer needs",
        [*rows, chance],
        (chance.value, RANDOM),
        chance.value,
    )


TABLES: dict[Measure, Callable[[Stories], Estimates]] = {
    "pointing": pointing,
    "accuracy": accuracy,
    "dependence": dependence,
    "agreement": agreement,
}


def mask(question: Question) -> Mask:
    """Which sentences of a story answer."""
    return mask_of(question.rationale, len(question.ids))


def right(found: Weighed) -> Mask:
    """Whether the answer given is the story's own."""
    labels = found.model.labels
    given = predicted(found.probabilities)
    pairs = zip(given, found.questions, strict=True)
    return np.array([labels[place] == one.truth for place, one in pairs])


def largest(rows: Rows) -> NDArray[np.intp]:
    """The place of the largest value of each row, the first of a tie."""
    return np.array([int(np.argmax(row)) for row in rows])


def without(found: Weighed) -> tuple[NDArray[Any], ...]:
    """What the model answers to each story without each sentence, (T, labels)."""
    texts = [one.ids for one in found.questions]
    masks = [~np.eye(len(ids), dtype=np.bool_) for ids in texts]
    return tuple(answers(found.model, texts, masks, "remove"))


def drops(found: Weighed, left: Sequence[NDArray[Any]]) -> Rows:
    """Drop of the answer given without each sentence."""
    given = predicted(found.probabilities)
    each = zip(found.probabilities, given, left, strict=True)
    return [float(row[label]) - rows[:, label] for row, label, rows in each]


def without_pointed(weights: Rows, dropped: Rows) -> tuple[Row, Row]:
    """Drops without the sentence of the largest weight, and the mean of the others."""
    places = largest(weights)
    pairs = list(zip(dropped, places, strict=True))
    pointed = np.array([row[place] for row, place in pairs])
    others = [np.delete(row, place).mean() for row, place in pairs]
    return pointed, np.array(others)


class Pointer(AttentionTable):
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
    interval lies above the bar. Not supported: it lies below. Undecided otherwise.

    Where sentences know of each other, a reader can be right without pointing at the one
    that answers, as another may carry what it says. Where they do not, and the question
    acts through the weights alone, it cannot answer for long from where it does not point:
    there attention is an explanation because the model was built so that it must be.

    Source: pointing at the supporting fact of a story, Weston et al. (2015), arXiv
    1502.05698, and Sukhbaatar et al. (2015), arXiv 1503.08895.
    Differs: there the supporting fact is shown in training or looked at for single stories;
    here it is held back and every story counts.
    """

    needs: ClassVar = (Reader,)
    expects: ClassVar = frozenset({Annotation.LABEL, Annotation.RATIONALE})
    method: Literal["pointer"]
    measure: Measure = "pointing"
    """Which table: one quantity on one axis."""

    def collect(self, asked: Asked) -> Estimates:
        """Measure. Raises `CorpusError`, `UnsupportedError` and `IntegrityError`."""
        found = self.compare(asked, asked.model.at(self.epoch), why_not)
        return TABLES[self.measure](Stories(found))


def why_not(question: Question) -> str:
    """Why a story cannot tell, "" where it can."""
    if len(question.ids) == 1:
        return "it has one sentence"
    return "" if question.rationale else "the sentence that answers was not read"
