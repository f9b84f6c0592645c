"""The Shapley value of each token of each text.

Predictions of many texts divided among their tokens, all texts asked together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Check, Fact, ScoredText, TokenScores
from generator.methods.attribution.shapley_values import (
    Orders,
    added,
    both_ways,
    drawn,
    every,
    exact,
    standard_errors,
    walks,
)
from generator.methods.base import Asked
from generator.methods.common import explained_predictions
from generator.methods.common.checks import probability_checks, verified, worst
from generator.methods.common.explained_predictions import (
    Attribution,
    Players,
    answered,
    constant,
    players,
    unmoved,
)
from generator.methods.common.language_model_texts import narrow
from generator.methods.common.perturbation import (
    SAID,
    UNITS,
    Array,
    Masks,
    Operator,
    Scale,
    distinct,
    value,
)

ROUND = 10
"""Pairs of orders drawn before standard errors are looked at."""


@dataclass(frozen=True, slots=True)
class Division:
    """How the value of a text is divided among its players."""

    scores: Array  # (players,)
    errors: Array  # (players,), standard errors, empty where scores are exact
    base: float  # the value with no player
    whole: float  # with all of them
    asked: int  # different coalitions asked about
    pairs: int  # of orders, 0 where scores are exact
    flat: str  # why nothing was divided, "" where something was
    checks: tuple[Check, ...]

    @property
    def gap(self) -> float:
        """By how much scores miss what they divide."""
        return float(self.scores.sum() - (self.whole - self.base))


def by_all(games: Sequence[Players], scale: Scale) -> Iterator[Division]:
    """Exact divisions, from all coalitions."""
    asking = ((game, every(len(game.places))) for game in games)
    for game, (masks, rows) in zip(games, answered(asking), strict=True):
        values = value(rows, game.case.label, scale)
        yield Division(
            scores=exact(values),
            errors=np.zeros(0),
            base=float(values[0]),
            whole=float(values[-1]),
            asked=len(masks),
            pairs=0,
            flat=unmoved(rows[:, game.case.label]),
            checks=probability_checks(rows),
        )


def by_orders(
    games: Sequence[Players],
    orders: Sequence[Orders],
    scale: Scale,
    precision: float = 0.0,
) -> list[Division]:
    """Divisions from random orders (pairs, players) of each text.

    With a precision, a text is asked about in rounds until its largest standard error
    is no larger. Without, all at once.
    """
    walked = [Walked(*each) for each in zip(games, orders, strict=True)]
    most = max(map(len, orders), default=0)
    step = ROUND if precision else most
    for start in range(0, most, max(step, 1)):
        going = [one for one in walked if not one.settled(precision)]
        parts = [both_ways(one.orders[start : start + step]) for one in going]
        asking = zip((one.game for one in going), map(walks, parts), strict=True)
        for one, part, found in zip(going, parts, answered(asking), strict=True):
            one.take(part, *found, scale)
    return [one.divided() for one in walked]


class Walked:
    """A text, and what its tokens added in the orders gone through so far."""

    def __init__(self, game: Players, orders: Orders) -> None:
        self.game, self.orders = game, orders
        self._parts: list[Array] = []
        self._ends = (0.0, 0.0)
        self._flat: list[str] = []
        self._asked = 0
        self._checks: tuple[Check, ...] = ()

    def settled(self, precision: float) -> bool:
        """Whether its largest standard error is small enough."""
        return bool(self._parts and standard_errors(self._added()).max() <= precision)

    def take(self, orders: Orders, masks: Masks, rows: Array, scale: Scale) -> None:
        """Add what was answered to the coalitions of `orders`, `both_ways`."""
        label, tokens = self.game.case.label, orders.shape[1]
        values = value(rows, label, scale)
        self._parts.append(added(values, orders))
        self._ends = float(values[0]), float(values[tokens])
        self._flat.append(unmoved(rows[:, label]))
        self._asked += len(distinct(masks)[0])
        self._checks = worst((*self._checks, *probability_checks(rows)))

    def divided(self) -> Division:
        """The division, as far as it is known."""
        pairs = self._added()
        return Division(
            scores=pairs.mean(axis=0),
            errors=standard_errors(pairs),
            base=self._ends[0],
            whole=self._ends[1],
            asked=self._asked,
            pairs=len(pairs),
            flat=min(self._flat),  # "" where any round saw it change
            checks=self._checks,
        )

    def _added(self) -> Array:
        return np.concatenate(self._parts)


EXACT, SAMPLED = 1e-9, 1e-3
"""How far scores may be from their sum, relative to the values where they are large."""


class Shap(Attribution):
    """The prediction divided fairly among the words of the text: Shapley values.

    1. The value of a set of words is what the classifier says of one label when these words
       are kept and the others hidden: its probability, the logarithm of that, or the log
       odds. The label is the predicted one unless the study names another.
    2. The score of a word is what it adds to a set of other words, averaged over all orders
       in which the words of the text can come in: φ = Σ |S|! (n − |S| − 1)! / n! ·
       (v(S with the word) − v(S)) over all sets S of the others.
    3. Up to ten words all sets are asked about, 1,024 at most, and the scores are exact.
    4. Of a longer text random orders are drawn. Each is taken together with its reverse, so
       that a word which comes in early in one comes in late in the other. A score is the
       mean of what the word added, and its standard error that over pairs of orders. With a
       precision given, drawing ends as soon as the largest standard error is below it.

    The scores of a text sum to the prediction with all words less the prediction with none,
    exactly so for drawn orders too, and this is checked. A word that never changes anything
    scores 0, and two words that act alike score alike; where orders are drawn, up to the
    standard error.

    **How far to believe it.** What hiding a word means decides what the scores are: a text
    with words taken out, and one with unknown words in their place, are different texts,
    and few of either are like those that the classifier was trained on. The base value is
    what it says of a text without any word, which need not be neutral. Two words that say
    the same share the credit, so that each may look weaker than it is alone.

    A word that hiding does not change, as an unknown word that the unknown word would
    replace, has no score. A text whose words are all unknown has none, nor has one whose
    prediction never changes. Probabilities below 1e-30 count as 1e-30 before a logarithm is
    taken.

    Source: Lundberg and Lee (2017), A unified approach to interpreting model predictions,
    arXiv 1705.07874, after Shapley (1953), A value for n-person games; orders with their
    reverses as in Mitchell, Cooper, Frank and Holmes (2022), Sampling permutations for
    Shapley value estimation, arXiv 2104.12199.

    Differs: no set is averaged over other texts of the corpus; a hidden word is hidden in
    one way. Ending at a precision looks at the standard error after every ten pairs, which
    makes the last one slightly too small.
    """

    gives: ClassVar = TokenScores
    method: Literal["shap"]
    exact_up_to: int = Field(default=10, ge=1, le=16)
    """Up to how many tokens all sets are asked about: 2 to the power of them."""
    orders: int = Field(default=25, ge=2, le=100_000)
    """How many random orders are drawn for a longer text, each used reversed too."""
    precision: float | None = Field(default=None, gt=0)
    """A standard error, in the unit of the scores, at which drawing may end early."""
    scale: Scale = "probability"
    """What is divided: the label's probability, its logarithm, or the log odds."""
    operator: Operator = "remove"
    """What becomes of a hidden token: taken out, or replaced by the unknown word or by
    padding."""

    def collect(self, asked: Asked) -> TokenScores:
        """Divide. Raises any `StudyError` of asking, and `IntegrityError`."""
        cases = self.cases(asked)
        found = probability_checks(np.array([case.probabilities for case in cases]))
        checks = list(verified(*found))
        games = [players(case, self.operator) for case in cases]
        texts = [game.case.without(game.undefined(1)) for game in games]
        for at, division in self._divided(asked, games):
            texts[at] = self._text(games[at], division)
            checks += [*division.checks, efficiency(division)]
        return TokenScores(
            epoch=cases[0].model.epoch,
            checks=verified(*worst(checks)),
            texts=tuple(texts),
            labels=cases[0].model.labels,
            quantity="Shapley value",
            unit=UNITS[self.scale],
            signed=True,
            notes=self._notes(),
        )

    def _divided(
        self, asked: Asked, games: list[Players]
    ) -> Iterator[tuple[int, Division]]:
        """The texts that can be divided, each with its place."""
        able = [at for at, game in enumerate(games) if not game.undefined(1)]
        short = [at for at in able if len(games[at].places) <= self.exact_up_to]
        long = [at for at in able if len(games[at].places) > self.exact_up_to]
        yield from zip(
            short, by_all([games[at] for at in short], self.scale), strict=True
        )
        orders = [
            drawn(len(games[at].places), self.orders, asked.generator(at))
            for at in long
        ]
        rest = by_orders(
            [games[at] for at in long], orders, self.scale, self.precision or 0.0
        )
        yield from zip(long, rest, strict=True)

    def _text(self, game: Players, found: Division) -> ScoredText:
        why = found.flat or constant(found.scores)
        if why:
            return game.case.without(why)
        errors = found.errors
        return game.case.with_scores(
            game.spread_out(found.scores),
            spread=narrow(game.spread_out(errors) if errors.size else errors),
            facts=(
                *self._facts(found),
                *explained_predictions.unknown(game.case.question.tokens),
            ),
        )

    def _facts(self, found: Division) -> Iterator[Fact]:
        unit = "" if self.scale == "probability" else UNITS[self.scale]
        yield Fact(f"{self.scale} with every token", found.whole, unit)
        yield Fact(f"{self.scale} with no token", found.base, unit)
        yield Fact("efficiency gap", found.gap, UNITS[self.scale])
        yield Fact("coalitions asked about", float(found.asked))
        if found.errors.size:
            yield Fact("pairs of orders", float(found.pairs))
            yield Fact(
                "largest standard error",
                float(found.errors.max()),
                UNITS[self.scale],
                doubt(found, self.precision),
            )

    def _notes(self) -> tuple[str, ...]:
        said = "the scores of a text sum to what it has with every token less with none"
        how = (
            f"exact up to {self.exact_up_to} tokens, above that from up to "
            f"{self.orders} pairs of random orders"
        )
        return (SAID[self.operator], said, how)


def efficiency(found: Division) -> Check:
    """Scores sum to the value of all tokens less that of none."""
    size = max(1.0, abs(found.whole), abs(found.base))
    named = "sampled " if found.errors.size else ""
    return Check(
        f"{named}scores sum to the prediction less the base",
        abs(found.gap) / size,
        SAMPLED if found.errors.size else EXACT,
    )


def doubt(found: Division, precision: float | None) -> str:
    """Why not to rely on drawn orders, "" where they suffice."""
    if not (np.abs(found.scores) > 2 * found.errors).any():
        return "no score is clear of its standard error"
    if precision is not None and found.errors.max() > precision:
        return f"the precision asked for, {precision:g}, was not reached"
    return ""
