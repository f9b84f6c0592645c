"""What holding a cell does to the probability of a token, on plain arrays.

A hypothesis ends somewhere: a string with a quote, a comment with its line. If the
model uses a cell to know that it is inside, then holding the cell at its mean where the
hypothesis is false ("off") must make the closing token less probable where it comes
next, and holding it at its mean where the hypothesis is true ("on") must make that
token more probable where the hypothesis is false. Random cells, held at their own two
means, say how much holding any cell does. A cell is used in a direction if its change
exceeds 99 % of theirs.

Source: the warning that single cells of a plausible story may do nothing when taken
away: Donnelly and Roegiest (2019), "On Interpretability and Feature Representations".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Cell, Effect, Estimate, Use
from generator.methods.rank_scores import Doubles, Numbers
from generator.methods.statistics import Interval, bootstrap, permutation_p

RANDOM = 0.99
"""The quantile of random cells' changes that a cell must exceed."""


@dataclass(frozen=True, slots=True)
class Places:
    """Characters after which the closing token is asked for."""

    closing: NDArray[np.intp]  # it comes next
    outside: NDArray[np.intp]  # the hypothesis is false there and stays so


@dataclass(frozen=True, slots=True)
class Held:
    """Probability of the closing token with one cell held, and with none."""

    off: Doubles  # (closing places,)
    on: Doubles  # (places outside,)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A cell, the hypothesis that it is said to follow, and what closes that."""

    cell: Cell
    hypothesis: str
    closes: str


def places_of(
    text: str, truth: NDArray[np.bool_], closes: Collection[str], most: int
) -> Places:
    """Where to ask in a text, at most so many places of each kind, evenly spread.

    The closing token may count as a part of what it closes, or not.
    """
    length = len(text) - 2
    here, then, after = (truth[i : i + length] for i in range(3))
    closer = np.array([char in closes for char in text[1 : length + 1]], dtype=bool)
    closing = np.flatnonzero(here & closer & ~(then & after))
    outside = np.flatnonzero(~here & ~then)
    return Places(spread(closing, most), spread(outside, most))


def spread(places: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """At most so many of `places`, the first and the last among them."""
    if len(places) <= most:
        return places
    chosen = np.linspace(0, len(places) - 1, most).astype(np.intp)
    return np.asarray(places[chosen])


def means(cells: Numbers, truth: NDArray[np.bool_]) -> tuple[Doubles, Doubles]:
    """Each cell's mean where a hypothesis is false, and where it is true."""
    off, on = (
        np.asarray(cells[side].mean(0), dtype=np.float64)
        if side.any()
        else np.full(cells.shape[1], np.nan)
        for side in (~truth, truth)
    )
    return off, on


def effect_of(
    claimed: Claimed,
    base: Held,
    held: Held,
    others: Collection[Held],
    rng: np.random.Generator,
) -> Effect:
    """What holding a cell does, against what holding each of `others` does."""
    off = bootstrap(base.off - held.off, rng)
    on = bootstrap(held.on - base.on, rng)
    null_off = np.array([float((base.off - one.off).mean()) for one in others])
    null_on = np.array([float((one.on - base.on).mean()) for one in others])
    bars = high(null_off), high(null_on)
    return Effect(
        hypothesis=claimed.hypothesis,
        closes=claimed.closes,
        cell=claimed.cell,
        off=off.value,
        off_low=off.low,
        off_high=off.high,
        off_random=bars[0],
        off_p=permutation_p(off.value, null_off),
        off_places=len(base.off),
        on=on.value,
        on_low=on.low,
        on_high=on.high,
        on_random=bars[1],
        on_p=permutation_p(on.value, null_on),
        on_places=len(base.on),
        random=len(others),
        before=float(base.off.mean()) if base.off.size else np.nan,
        use=use_of(off, on, bars),
    )


def high(null: Doubles) -> float:
    """The smallest change that at least 99 % of random cells do not exceed."""
    return float(np.quantile(null, RANDOM, method="higher")) if null.size else np.nan


def use_of(off: Interval, on: Interval, bars: tuple[float, float]) -> Use:
    """Whether the changes exceed the bars; what is not defined exceeds nothing."""
    if not np.isfinite([off.value, on.value, *bars]).any():
        return "not tested"
    passed = (off.value > bars[0]) + (on.value > bars[1])
    if not passed:
        return "correlates only"
    return "used" if passed == 2 else "one direction only"  # noqa: PLR2004 - both


def rows_of(effect: Effect) -> list[Estimate]:
    """An effect's changes and what random cells reach, as estimates."""
    found = []
    ways = (
        ("off", effect.off, effect.off_low, effect.off_high, effect.off_places),
        ("on", effect.on, effect.on_low, effect.on_high, effect.on_places),
    )
    for way, value, low, high_, n in ways:
        p = effect.off_p if way == "off" else effect.on_p
        bar = effect.off_random if way == "off" else effect.on_random
        name = f"{effect.hypothesis} held {way}"
        found.append(Estimate(name, value, low, high_, n=n, p=p))
        null = f"{name}, random cells"
        found.append(Estimate(null, bar, bar, bar, n=effect.random, role="null"))
    return found
