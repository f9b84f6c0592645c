"""Predictions of many texts divided among their tokens, all texts asked together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from generator.artifacts import Check
from generator.methods.checks import probability_checks, worst
from generator.methods.coalitions import (
    Orders,
    added,
    both_ways,
    every,
    exact,
    standard_errors,
    walks,
)
from generator.methods.perturbing import Array, Masks, Scale, distinct, value
from generator.methods.players import Players, answered, unmoved

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
