"""Explanations graded by what their order of words does to the prediction.

The method *faithfulness* says what the numbers mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from generator.artifacts import Score
from generator.methods.coalitions import Orders, drawn
from generator.methods.erasing import Counts, chances, counts, first, ranked
from generator.methods.groups import TEXTS, judged
from generator.methods.perturbing import Array, Masks, Operator, without_each
from generator.methods.reasking import Explained
from generator.methods.scoring import Said, score
from generator.methods.statistics import Interval, bootstrap, kendall
from generator.methods.taus import SHORT, kendalls

ROUNDING = 1e-6
"""Probabilities that differ by less do not differ."""


class Pair(NamedTuple):
    """What the order of an explanation gets, and what random ones get on average."""

    own: float
    random: float


class Graded(NamedTuple):
    """What one text gets, NaN where it is not defined."""

    comprehensiveness: Pair
    sufficiency: Pair
    tau: Pair
    leaving_out: Pair  # comprehensiveness of the order of leave-one-out


@dataclass(frozen=True)
class Trial:
    """A text whose words are taken away in its own order and in random ones."""

    text: Explained
    random: Orders  # (orders, tokens)
    counts: Counts

    @property
    def masks(self) -> Masks:
        """The text, it without each word, and without and with the first of orders."""
        orders = np.vstack([ranked(self.text.scores), self.random])
        hidden = first(orders, self.counts)
        return np.vstack([without_each(self.text.case.size), ~hidden, hidden])

    def losses(self, answers: Array) -> tuple[Array, Array, Array]:
        """What the label loses by each word, by orders without, and by orders alone."""
        tokens = self.text.case.size
        lost = answers[0] - answers[1:]
        rest = lost[tokens:].reshape(2, len(self.random) + 1, -1).mean(2)
        return lost[:tokens], rest[0], rest[1]

    def taus(self, drops: Array) -> Pair:
        """Tau of the scores against drops (tokens,), and of shuffled scores."""
        scores = self.text.scores
        real = np.isfinite(scores)
        target = drops[real] if self.text.signed else np.abs(drops[real])
        if np.ptp(target) <= ROUNDING:
            return Pair(math.nan, math.nan)
        shuffled = [scores[order[real[order]]] for order in self.random]
        found = against(target, np.array([scores[real], *shuffled]))
        return Pair(float(found[0]), float(found[1:].mean()))


def trial(
    text: Explained, fractions: Sequence[float], orders: int, rng: np.random.Generator
) -> Trial:
    """What is to be asked about a text; of an anchor, about as many words as it has."""
    tokens = text.case.size
    these = counts(tokens, fractions)
    if text.anchored:
        these = np.array([int(text.scores.sum())])
    return Trial(text, drawn(tokens, orders, rng), these)


def graded(trials: Sequence[Trial], operator: Operator) -> list[Graded]:
    """Grades of texts, all of one model."""
    asking = ((one.text.case, one.masks) for one in trials)
    lost = [
        one.losses(answers)
        for one, answers in zip(trials, chances(asking, operator), strict=True)
    ]
    best = (
        (one.text.case, ~first(ranked(drops)[None], one.counts))
        for one, (drops, _, _) in zip(trials, lost, strict=True)
    )
    found = []
    each = zip(trials, lost, chances(best, operator), strict=True)
    for one, (drops, without, alone), answers in each:
        own, random = float(without[0]), float(without[1:].mean())
        whole = one.text.case.probabilities[one.text.case.label]
        found.append(
            Graded(
                comprehensiveness=Pair(own, random),
                sufficiency=Pair(float(alone[0]), float(alone[1:].mean())),
                tau=one.taus(drops),
                leaving_out=Pair(float(np.mean(whole - answers)), random),
            )
        )
    return found


def against(target: Array, rows: Array) -> Array:
    """Kendall's tau-b of each row (k, tokens) with the target (tokens,)."""
    if target.size <= SHORT:
        return kendalls(np.vstack([target, rows]))[0, 1:]
    return np.array([kendall(target, row) for row in rows])


def scores(
    name: str,
    found: Sequence[Graded],
    least: float,
    generator: Callable[[], np.random.Generator],
    without: Said,
) -> Iterator[Score]:
    """One row for each number, over the texts where it is defined.

    `without` is said where it is defined for none.
    """
    every = np.array(found, dtype=np.float64).reshape(-1, len(Graded._fields), 2)
    whole, enough, tau, leaving = np.moveaxis(every, 1, 0)
    real = tau[np.isfinite(tau).all(1)]

    def said(gaps: Array, bar: float) -> Said:
        return verdict(bootstrap(gaps, generator()), bar, gaps.size)

    def row(measure: str, pairs: Array, told: Said, *, higher: bool = True) -> Score:
        own, random = pairs.T
        return score(
            name,
            measure,
            own,
            generator(),
            random=random,
            higher=higher,
            said=told,
            without=without,
        )

    yield row("comprehensiveness", whole, said(gap(whole), least))
    yield row("sufficiency", enough, said(-gap(enough), least), higher=False)
    agrees = weaker(said(gap(real), 0.0), said(gap(leaving), least))
    yield row("tau against leave-one-out", real, agrees)


def gap(pairs: Array) -> Array:
    """By how much the own order exceeds random ones, (texts,)."""
    return np.asarray(pairs[:, 0] - pairs[:, 1])


def verdict(found: Interval, bar: float, texts: int) -> Said:
    """What a difference from random order comes to; of few texts maybe nothing."""
    if judged(found, bar, texts) == "supported":
        return "better than random"
    return "none" if texts < TEXTS and found.value > bar else "not better than random"


def weaker(one: Said, other: Said) -> Said:
    """The verdict that claims less."""
    claims: tuple[Said, ...] = ("not better than random", "none", "better than random")
    return min(one, other, key=claims.index)
