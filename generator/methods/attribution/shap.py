"""Shapley values of tokens: predictions of many texts divided, all predicted together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Check, Measurement, ScoredText, TokenScores
from generator.methods.attribution.shapley_values import (
    Orders,
    all_coalitions,
    coalitions_of_orders,
    draw_orders,
    exact_values,
    marginal_contributions,
    standard_errors,
    with_reversed,
)
from generator.methods.base import Context
from generator.methods.common import explained_predictions
from generator.methods.common.checks import (
    probability_checks,
    verify_checks,
    worst_checks,
)
from generator.methods.common.explained_predictions import (
    AttributionMethod,
    MaskableTokens,
    answer_masks,
    constant_reason,
    find_maskable_tokens,
    unmoved_reason,
)
from generator.methods.common.language_model_texts import to_float32
from generator.methods.common.perturbation import (
    UNITS,
    Array,
    Masks,
    Operator,
    ValueScale,
    describe_operator,
    distinct_masks,
    explained_value,
)
from generator.models.capabilities import Classifier

ROUND = 10
"""Pairs of orders drawn before standard errors are looked at."""


@dataclass(frozen=True, slots=True)
class ShapleyDivision:
    """The value of a text divided among its maskable tokens."""

    scores: Array  # (players,)
    errors: Array  # (players,), standard errors, empty where scores are exact
    base: float  # the value with no player
    total: float  # with all of them
    evaluations: int  # different coalitions asked about
    pairs: int  # of orders, 0 where scores are exact
    flat: str  # why nothing was divided, "" where something was
    checks: tuple[Check, ...]

    @property
    def gap(self) -> float:
        """The sum of scores less what they divide."""
        return float(self.scores.sum() - (self.total - self.base))


def divide_exactly(
    games: Sequence[MaskableTokens], scale: ValueScale
) -> Iterator[ShapleyDivision]:
    """Divide each text's value exactly, from all coalitions of its tokens.

    Args:
        games: The texts.
        scale: What is divided.

    Yields:
        One division per text.
    """
    asking = ((game, all_coalitions(len(game.places))) for game in games)
    for game, (masks, rows) in zip(games, answer_masks(asking), strict=True):
        values = explained_value(rows, game.case.label, scale)
        yield ShapleyDivision(
            scores=exact_values(values),
            errors=np.zeros(0),
            base=float(values[0]),
            total=float(values[-1]),
            evaluations=len(masks),
            pairs=0,
            flat=unmoved_reason(rows[:, game.case.label]),
            checks=probability_checks(rows),
        )


def divide_by_orders(
    games: Sequence[MaskableTokens],
    orders: Sequence[Orders],
    scale: ValueScale,
    precision: float = 0.0,
) -> list[ShapleyDivision]:
    """Divide each text's value by random orders.

    Args:
        games: The texts.
        orders: Random orders of each text, (pairs, maskable tokens).
        scale: What is divided.
        precision: A standard error; above 0, a text is predicted in rounds until its
            largest
            standard error is no larger. With 0, all at once.

    Returns:
        One division per text.
    """
    walked = [OrderSampling(*each) for each in zip(games, orders, strict=True)]
    most = max(map(len, orders), default=0)
    step = ROUND if precision else most
    for start in range(0, most, max(step, 1)):
        going = [one for one in walked if not one.is_settled(precision)]
        parts = [with_reversed(one.orders[start : start + step]) for one in going]
        asking = zip(
            (one.game for one in going), map(coalitions_of_orders, parts), strict=True
        )
        for one, part, answers in zip(going, parts, answer_masks(asking), strict=True):
            one.add_answers(part, *answers, scale)
    return [one.division() for one in walked]


class OrderSampling:
    """A text, and what its tokens added in the orders evaluated so far."""

    def __init__(self, maskable: MaskableTokens, orders: Orders) -> None:
        self.game, self.orders = maskable, orders
        self._parts: list[Array] = []
        self._ends = (0.0, 0.0)
        self._flat: list[str] = []
        self._asked = 0
        self._checks: tuple[Check, ...] = ()

    def is_settled(self, precision: float) -> bool:
        """Return whether the largest standard error is small enough."""
        return bool(
            self._parts and standard_errors(self._order_means()).max() <= precision
        )

    def add_answers(
        self, orders: Orders, masks: Masks, rows: Array, scale: ValueScale
    ) -> None:
        """Add the predictions of the coalitions of some orders.

        Args:
            orders: Orders with their reverses, (2 × pairs, tokens).
            masks: Their coalitions.
            rows: Probabilities, (coalitions, labels).
            scale: What is divided.
        """
        label, tokens = self.game.case.label, orders.shape[1]
        values = explained_value(rows, label, scale)
        self._parts.append(marginal_contributions(values, orders))
        self._ends = float(values[0]), float(values[tokens])
        self._flat.append(unmoved_reason(rows[:, label]))
        self._asked += len(distinct_masks(masks)[0])
        self._checks = worst_checks((*self._checks, *probability_checks(rows)))

    def division(self) -> ShapleyDivision:
        """Return the division so far."""
        pairs = self._order_means()
        return ShapleyDivision(
            scores=pairs.mean(axis=0),
            errors=standard_errors(pairs),
            base=self._ends[0],
            total=self._ends[1],
            evaluations=self._asked,
            pairs=len(pairs),
            flat=min(self._flat),  # "" where any round saw it change
            checks=self._checks,
        )

    def _order_means(self) -> Array:
        return np.concatenate(self._parts)


EXACT, SAMPLED = 1e-9, 1e-3
"""How far scores may be from their sum, relative to the values where they are large."""


class Shap(AttributionMethod):
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

    version: ClassVar[int] = 2
    gives: ClassVar = TokenScores
    method: Literal["shap"]
    exact_up_to: int = Field(default=10, ge=1, le=16)
    """Up to how many tokens all sets are asked about: 2 to the power of them."""
    orders: int = Field(default=25, ge=2, le=100_000)
    """How many random orders are drawn for a longer text, each used reversed too."""
    precision: float | None = Field(default=None, gt=0)
    """A standard error, in the unit of the scores, at which drawing may end early."""
    scale: ValueScale = "probability"
    """What is divided: the label's probability, its logarithm, or the log odds."""
    operator: Operator = "remove"
    """What becomes of a hidden token: taken out, or replaced by the unknown word or by
    padding."""

    def collect(self, context: Context) -> TokenScores:
        """Compute Shapley values of every text; see the base."""
        cases = self.find_predictions(context)
        on_texts = probability_checks(np.array([case.probabilities for case in cases]))
        checks = list(verify_checks(*on_texts))
        games = [find_maskable_tokens(case, self.operator) for case in cases]
        texts = [game.case.undefined_text(game.undefined_reason(1)) for game in games]
        for at, division in self._divide_texts(context, games):
            texts[at] = self._scored_text(games[at], division)
            checks += [*division.checks, efficiency_check(division)]
        return TokenScores(
            epoch=cases[0].model.epoch,
            checks=verify_checks(*worst_checks(checks)),
            texts=tuple(texts),
            labels=cases[0].model.labels,
            quantity="Shapley value",
            unit=UNITS[self.scale],
            signed=True,
            notes=self._notes(cases[0].model),
        )

    def _divide_texts(
        self, context: Context, games: list[MaskableTokens]
    ) -> Iterator[tuple[int, ShapleyDivision]]:
        """Yield the division of each text that has one, with the text's index."""
        able = [at for at, game in enumerate(games) if not game.undefined_reason(1)]
        short = [at for at in able if len(games[at].places) <= self.exact_up_to]
        long = [at for at in able if len(games[at].places) > self.exact_up_to]
        yield from zip(
            short, divide_exactly([games[at] for at in short], self.scale), strict=True
        )
        orders = [
            draw_orders(len(games[at].places), self.orders, context.generator(at))
            for at in long
        ]
        rest = divide_by_orders(
            [games[at] for at in long], orders, self.scale, self.precision or 0.0
        )
        yield from zip(long, rest, strict=True)

    def _scored_text(
        self, maskable: MaskableTokens, division: ShapleyDivision
    ) -> ScoredText:
        why = division.flat or constant_reason(division.scores)
        if why:
            return maskable.case.undefined_text(why)
        errors = division.errors
        return maskable.case.with_scores(
            maskable.scores_of_all(division.scores),
            spread=to_float32(
                maskable.scores_of_all(errors) if errors.size else errors
            ),
            facts=(
                *self._measurements(division),
                *explained_predictions.unknown_word_measurements(
                    maskable.case.question
                ),
            ),
        )

    def _measurements(self, division: ShapleyDivision) -> Iterator[Measurement]:
        unit = "" if self.scale == "probability" else UNITS[self.scale]
        yield Measurement(f"{self.scale} with every token", division.total, unit)
        yield Measurement(f"{self.scale} with no token", division.base, unit)
        yield Measurement("efficiency gap", division.gap, UNITS[self.scale])
        yield Measurement("coalitions asked about", float(division.evaluations))
        if division.errors.size:
            yield Measurement("pairs of orders", float(division.pairs))
            yield Measurement(
                "largest standard error",
                float(division.errors.max()),
                UNITS[self.scale],
                doubt_reason(division, self.precision),
            )

    def _notes(self, model: Classifier) -> tuple[str, ...]:
        efficiency = (
            "a text's scores sum to its value with every token minus that with none"
        )
        how = (
            f"exact up to {self.exact_up_to} tokens, beyond that estimated from up to "
            f"{self.orders} pairs of random orders"
        )
        return (describe_operator(model, self.operator), efficiency, how)


def efficiency_check(division: ShapleyDivision) -> Check:
    """Check that scores sum to the value of all tokens less that of none."""
    size = max(1.0, abs(division.total), abs(division.base))
    named = "sampled " if division.errors.size else ""
    return Check(
        f"{named}scores sum to the prediction less the base",
        abs(division.gap) / size,
        SAMPLED if division.errors.size else EXACT,
    )


def doubt_reason(division: ShapleyDivision, precision: float | None) -> str:
    """Return why not to rely on drawn orders, "" where they suffice."""
    if not (np.abs(division.scores) > 2 * division.errors).any():
        return "no score is clear of its standard error"
    if precision is not None and division.errors.max() > precision:
        return f"the precision asked for, {precision:g}, was not reached"
    return ""
