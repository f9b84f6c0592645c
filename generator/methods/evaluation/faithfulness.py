"""Comprehensiveness, sufficiency and tau of explanations, beside a random order.

Explanations are graded by what their order of words does to the prediction; the method
*faithfulness* says what the numbers mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from generator.artifacts import Anchors, Scores, TokenScores, TrustScore
from generator.core.decision import LEAST_UNITS
from generator.methods.attention.hypothesis_tests.rank_agreement import (
    SHORT,
    kendall_matrix,
)
from generator.methods.attribution.shapley_values import Orders, draw_orders
from generator.methods.base import Context, Method
from generator.methods.common.explanations import (
    Names,
    TextExplanation,
    common_epoch,
    describe_given,
    describe_left_out,
    read_explanations,
    select_sampled,
)
from generator.methods.common.perturbation import (
    Array,
    Masks,
    Operator,
    describe_operator,
    leave_out_masks,
)
from generator.methods.common.statistics import (
    Interval,
    ScoreVerdict,
    build_score,
    judge_interval,
    kendall_tau,
    pair_values,
)
from generator.methods.evaluation.deletion import (
    Counts,
    first_words_masks,
    label_probabilities,
    rank_tokens,
    word_counts,
)
from generator.models.capabilities import Classifier, LanguageModel

ROUNDING = 1e-6
"""Probabilities that differ by less do not differ."""


class OrderPair(NamedTuple):
    """A measure of an explanation's order, and its mean over random ones."""

    own: float
    random: float


class TextGrades(NamedTuple):
    """The measures of one text, NaN where not defined."""

    comprehensiveness: OrderPair
    sufficiency: OrderPair
    tau: OrderPair
    leaving_out: OrderPair  # comprehensiveness of the order of leave-one-out


@dataclass(frozen=True)
class DeletionTrial:
    """A text whose words are taken away in its own order and in random ones."""

    text: TextExplanation
    random: Orders  # (orders, tokens)
    counts: Counts

    @property
    def masks(self) -> Masks:
        """The text, it without each word, and without and with the first of orders."""
        orders = np.vstack([rank_tokens(self.text.scores), self.random])
        hidden = first_words_masks(orders, self.counts)
        return np.vstack([leave_out_masks(self.text.case.size), ~hidden, hidden])

    def losses(self, answers: Array) -> tuple[Array, Array, Array]:
        """Compute how much probability the label loses under each mask.

        Args:
            answers: Probabilities of the label under `masks`.

        Returns:
            Without each word, (tokens,); then without the first words of each order and
            with
            these alone, each (1 + random orders,), the explanation's own order first.
        """
        tokens = self.text.case.size
        lost = answers[0] - answers[1:]
        rest = lost[tokens:].reshape(2, len(self.random) + 1, -1).mean(2)
        return lost[:tokens], rest[0], rest[1]

    def taus(self, drops: Array) -> OrderPair:
        """Compute tau of the scores against drops (tokens,), and of shuffled scores."""
        scores = self.text.scores
        real = np.isfinite(scores)
        target = drops[real] if self.text.signed else np.abs(drops[real])
        if np.ptp(target) <= ROUNDING:
            return OrderPair(math.nan, math.nan)
        shuffled = [scores[order[real[order]]] for order in self.random]
        taus = kendall_against(target, np.array([scores[real], *shuffled]))
        return OrderPair(float(taus[0]), float(taus[1:].mean()))


def build_trial(
    text: TextExplanation,
    fractions: Sequence[float],
    orders: int,
    rng: np.random.Generator,
) -> DeletionTrial:
    """Build the trial of a text.

    Args:
        text: The explanation; of an anchor as many words are taken as it has.
        fractions: Shares of the words that are taken away.
        orders: How many random orders.
        rng: Draws them.
    """
    tokens = text.case.size
    these = word_counts(tokens, fractions)
    if text.anchored:
        these = np.array([int(text.scores.sum())])
    return DeletionTrial(text, draw_orders(tokens, orders, rng), these)


def grade_trials(
    trials: Sequence[DeletionTrial], operator: Operator
) -> list[TextGrades]:
    """Grade texts, all of one model.

    Args:
        trials: The texts.
        operator: What becomes of a hidden token.

    Returns:
        The grades of each.
    """
    asking = ((one.text.case, one.masks) for one in trials)
    lost = [
        one.losses(answers)
        for one, answers in zip(
            trials, label_probabilities(asking, operator), strict=True
        )
    ]
    best = (
        (one.text.case, ~first_words_masks(rank_tokens(drops)[None], one.counts))
        for one, (drops, _, _) in zip(trials, lost, strict=True)
    )
    grades = []
    each = zip(trials, lost, label_probabilities(best, operator), strict=True)
    for one, (drops, without, alone), answers in each:
        own, random = float(without[0]), float(without[1:].mean())
        whole = one.text.case.probabilities[one.text.case.label]
        grades.append(
            TextGrades(
                comprehensiveness=OrderPair(own, random),
                sufficiency=OrderPair(float(alone[0]), float(alone[1:].mean())),
                tau=one.taus(drops),
                leaving_out=OrderPair(float(np.mean(whole - answers)), random),
            )
        )
    return grades


def kendall_against(target: Array, rows: Array) -> Array:
    """Compute Kendall's tau-b of each row (k, tokens) with the target (tokens,)."""
    if target.size <= SHORT:
        return kendall_matrix(np.vstack([target, rows]))[0, 1:]
    return np.array([kendall_tau(target, row) for row in rows])


def build_scores(
    name: str,
    graded: Sequence[tuple[int | None, TextGrades]],
    least: float,
    generator: Callable[[], np.random.Generator],
    without: ScoreVerdict,
) -> Iterator[TrustScore]:
    """Yield one row for each measure, over the texts where it is defined.

    Args:
        name: Name of the explanation.
        graded: The number of each text's document, None where it is none, and its
            grades.
        least: By how much probability it must differ from a random order.
        generator: Returns a fresh generator, the same for every interval.
        without: The verdict where a measure is defined for no text.
    """
    numbers = [number for number, _ in graded if number is not None]
    documents = numbers if len(numbers) == len(graded) else None
    every = np.array([grades for _, grades in graded], dtype=np.float64)
    every = every.reshape(-1, len(TextGrades._fields), 2)
    whole, enough, tau, leaving = np.moveaxis(every, 1, 0)
    real = np.asarray(np.isfinite(tau).all(1))

    def describe_score(pairs: Array, bar: float) -> ScoreVerdict:
        return judge_order(pair_values(*pairs.T), bar, len(pairs))

    def row(
        measure: str, pairs: Array, told: ScoreVerdict, *, higher: bool = True
    ) -> TrustScore:
        own, random = pairs.T
        return build_score(
            name,
            measure,
            own,
            generator(),
            random=random,
            ids=documents,
            higher=higher,
            said=told,
            without=without,
        )

    yield row("comprehensiveness", whole, describe_score(whole, least))
    yield row(
        "sufficiency", enough, describe_score(enough[:, ::-1], least), higher=False
    )
    agrees = weaker_verdict(
        describe_score(tau[real], 0.0), describe_score(leaving, least)
    )
    yield row("tau against leave-one-out", np.where(real[:, None], tau, np.nan), agrees)


def judge_order(interval: Interval, bar: float, texts: int) -> ScoreVerdict:
    """Judge a difference from random orders; of few texts there may be no verdict."""
    if judge_interval(interval, bar, n=texts) == "supported":
        return "better than random"
    return (
        "none"
        if texts < LEAST_UNITS and interval.value > bar
        else "not better than random"
    )


def weaker_verdict(one: ScoreVerdict, other: ScoreVerdict) -> ScoreVerdict:
    """Return the verdict that claims less."""
    claims: tuple[ScoreVerdict, ...] = (
        "not better than random",
        "none",
        "better than random",
    )
    return min(one, other, key=claims.index)


Share = Annotated[float, Field(gt=0, le=1)]


class Faithfulness(Method):
    """Whether a prediction depends on the words that an explanation puts first.

    1. The words of a text are put in the order of their scores, the largest first. Scores
       with a sign speak for one label, so words that speak against it come last; scores
       without, as attention, have no label, and that of the predicted one is looked at.
       Equal scores keep the order of the text; words without a score come last.
    2. **Comprehensiveness**: the first words are taken away, a tenth of them, two, three
       and five tenths, at least one. It is by how much the label then loses probability,
       averaged over the four. High is good: these words were needed.
    3. **Sufficiency**: the same words are kept, and all others are taken away. It is by how
       much the label loses, averaged likewise. Low is good: these words were enough. Below
       0 the label is more probable without the others.
    4. **Tau against leave-one-out**: each word is taken away alone, and Kendall's tau-b
       compares the order of the scores with that of the losses: 1 is the same order, 0 is
       none, -1 the reverse. Scores that only have a size are held against the size.
    5. The same is done with twenty random orders of each text. What they get stands beside
       each number, with its interval: it is what an explanation gets that knows nothing.

    Of an anchor there are no tenths: as many words are taken away, or kept, as it has, and
    random orders are asked for as many.

    **Better than random** is said of comprehensiveness and sufficiency where the interval
    of the difference from random order, text by text, lies wholly above 0.05 in
    probability. A difference of nothing would not do. Before training, when weights are
    drawn and no text means anything, a network still moves by some thousandths with its
    words, and a careful method orders these; but a prediction that no words move by more is
    not explained by any of them. Of tau it is said where the difference lies above 0, and
    where to take words away in the order of leave-one-out itself passes the same rule: to
    agree with it is worth something only if it matters. Fewer than ten texts decide for
    nothing; where they do look better than random, nothing is said.

    **What it cannot tell.** A text with holes is not what the model was trained on; part of
    a loss may be surprise at that, and random orders share it. Taking away one word at a
    time misses words that do the same work. An explanation can be faithful and yet tell
    people little, and be unfaithful though it names the words that people would name.

    A text is left out where the explanation is not defined, all scores are equal or fewer
    than two words have one, and from tau where no single word changes the answer. What is
    left out is counted. If all texts are left out there is no number. Where there are
    scores that put no words in order, as even attention before training, they are still no
    better than a random order, and that is said. That the model answers as it did when it
    was explained is checked.

    Source: comprehensiveness and sufficiency by DeYoung et al. (2020), ERASER: a benchmark
    to evaluate rationalized NLP models, arXiv 1911.03429, their mean over several shares
    being the area over the perturbation curve of Samek et al. (2017), Evaluating the
    visualization of what a deep neural network has learned, arXiv 1509.06321; tau against
    leaving one out: Jain and Wallace (2019), Attention is not explanation, arXiv
    1902.10186.

    Differs: shares of 10, 20, 30 and 50 % where ERASER has 1, 5, 10, 20 and 50, as one in a
    hundred words of a sentence is none. A random order stands beside each number; and the
    losses are those of the explained label, where Jain and Wallace take the distance
    between all probabilities.
    """

    version: ClassVar[int] = 3
    needs: ClassVar = ((Classifier, LanguageModel),)
    reads: ClassVar = (TokenScores, Anchors)
    gives: ClassVar = Scores
    method: Literal["faithfulness"]
    of: Names
    """Artifacts with scores of tokens, attention too, or with anchors; all explain the
    model that is asked."""
    operator: Operator = "remove"
    """How words are taken away: out of the text, or replaced by the unknown word or by
    padding."""
    fractions: Annotated[tuple[Share, ...], Field(min_length=1, max_length=20)] = (
        0.1,
        0.2,
        0.3,
        0.5,
    )
    """Shares of the words that are taken away, or kept."""
    orders: int = Field(default=20, ge=1, le=1000)
    """Random orders of each text."""
    least: float = Field(default=0.05, ge=0, lt=1)
    """By how much probability an order must differ from a random one to be better."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the explanations."""
        return self.of

    def collect(self, context: Context) -> Scores:
        """Grade each explanation; see the base."""
        every = {
            name: read_explanations(context, artifact, name)
            for name, artifact in zip(self.of, context.artifacts, strict=True)
        }
        grades: dict[str, list[tuple[int | None, TextGrades]]]
        grades = {name: [] for name in self.of}
        sampled = {name: select_sampled(texts) for name, texts in every.items()}
        for names, trials in group_by_model(self._trials(context, sampled)):
            each = zip(names, trials, grade_trials(trials, self.operator), strict=True)
            for name, trial, one in each:
                grades[name].append((trial.text.document, one))
        return Scores(
            epoch=common_epoch(artifact.epoch for artifact in context.artifacts),
            aspect="faithfulness",
            rows=tuple(
                score
                for name in self.of
                for score in build_scores(
                    name,
                    grades[name],
                    self.least,
                    lambda: context.generator(1),
                    judge_unordered(sampled[name]),
                )
            ),
            notes=(*self._notes(every), *self._left(every)),
        )

    def _trials(
        self, context: Context, every: Mapping[str, Sequence[TextExplanation]]
    ) -> Iterator[tuple[str, DeletionTrial]]:
        """Yield the texts that can be graded, the same text of all artifacts together."""
        for number in range(max(map(len, every.values()))):
            for name, texts in every.items():
                if number < len(texts) and not texts[number].undefined_reason:
                    draws = context.generator(0, number)
                    text = texts[number]
                    yield name, build_trial(text, self.fractions, self.orders, draws)

    def _left(self, every: Mapping[str, Sequence[TextExplanation]]) -> Iterator[str]:
        yield from describe_given(every)
        for name, texts in every.items():
            yield from describe_left_out(
                (text.undefined_reason for text in select_sampled(texts)), name
            )

    def _notes(self, every: Mapping[str, Sequence[TextExplanation]]) -> Iterator[str]:
        models = (text.case.model for texts in every.values() for text in texts)
        yield from dict.fromkeys(describe_operator(m, self.operator) for m in models)
        shares = ", ".join(f"{share:.3g}" for share in self.fractions)
        yield (
            f"means over these shares of the words: {shares}; of an anchor, over its own"
        )
        yield (
            f"the random order is a mean of {self.orders:,} for each text; “better than "
            f"random” means by more than {self.least:g} in probability"
        )


def judge_unordered(texts: Sequence[TextExplanation]) -> ScoreVerdict:
    """Judge an explanation without a number: equal scores are no better than any order."""
    there = any(not text.missing for text in texts)
    return "not better than random" if there else "none"


def group_by_model(
    trials: Iterable[tuple[str, DeletionTrial]],
) -> Iterator[tuple[tuple[str, ...], tuple[DeletionTrial, ...]]]:
    """Yield names and trials of each model, in their order."""
    by_model: dict[int, list[tuple[str, DeletionTrial]]] = {}
    for name, one in trials:
        by_model.setdefault(id(one.text.case.model), []).append((name, one))
    for pairs in by_model.values():
        names, group = zip(*pairs, strict=True)
        yield names, group
