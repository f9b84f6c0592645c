"""Tables of where a reader of stories points, one quantity each.

The method *pointer* says what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Estimate, Estimates
from generator.methods import estimates
from generator.methods.attributing import Case
from generator.methods.classified import Question, predicted
from generator.methods.comparing import BEFORE, Compared
from generator.methods.perturbing import answers
from generator.methods.sloping import embedded, scores
from generator.methods.spans import Mask, holds_largest, mask_of
from generator.methods.weighing import Weighed
from generator.models.differentiable import Differentiable

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
            verdict=estimates.verdict(rows[0], bar),
            rows=rows,
        )


def pointing(found: Stories) -> Estimates:
    """How often the largest value is on the sentence that answers."""
    on = found.on_support
    hits, wrong = on(found.now.weights), ~right(found.now)
    last = np.array([bool(support[-1]) for support in found.support])
    rows = [
        estimates.share(ATTENTION, hits),
        estimates.share(LEFT, on(found.drops)),
        estimates.share(GRADIENT, on(found.slopes)),
    ]
    for name, some in (("right", ~wrong), ("wrong", wrong)):
        if some.any():
            rows.append(estimates.share(f"{ATTENTION}, {name} answers", hits[some]))
    if found.before is not None:
        untrained = on(found.before.weights)
        rows.append(
            estimates.share(f"{ATTENTION} {BEFORE}", untrained, "negative control")
        )
    chance = found.random()
    rows += [estimates.share("the last sentence", last, "null"), chance]
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
        estimates.share("all sentences", right(found.now)),
        estimates.share(
            "without the one that answers", np.array(without_it), "negative control"
        ),
        found.compared.mean("without another", np.array(without_other)),
    ]
    if found.before is not None:
        rows.append(estimates.share(BEFORE, right(found.before), "null"))
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
        estimates.share(
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
