"""Scores over the starts of a search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np

from generator.artifacts import Estimate, Estimates, Optimised, Role
from generator.errors import UnsupportedError, quoted
from generator.methods.base import Asked, Method
from generator.methods.estimates import mean
from generator.methods.logodds import Array

Row = tuple[str, Array, Role]


class MaximisationScores(Method):
    """How good are the texts that a search found, from several starts, against others?

    1. The search is read from an artifact of `maximisation`; nothing is asked again. Every
       number is a mean over its starts, with a 95 % bootstrap interval over them.
    2. `scores` are the log odds of: the last mixtures; the texts read off them; these after
       words were exchanged; a random text after words were exchanged; the best random text
       of a start; and the best stretch of a training text, which is one number and has no
       interval.
    3. `gains` are differences, start by start, and the line is 0: the gap, which is what a
       text scores beyond the mixture it was read off; what exchanges add to it; and what
       the final text has over exchanges alone, over the best random text, and over the best
       stretch of a training text. An interval below 0 says that the search lost.

    An interval over starts says how much a search depends on its start. It says nothing of
    another model trained on the same texts.

    Source: as in *maximisation*.
    """

    gives: ClassVar = Estimates
    method: Literal["maximisation_scores"]
    of: str
    """The artifact of `maximisation`."""
    measure: Literal["scores", "gains"] = "scores"
    """Log odds, or differences of log odds start by start."""

    def reads(self) -> tuple[str, ...]:
        """The search."""
        return (self.of,)

    def collect(self, asked: Asked) -> Estimates:
        """Average. Raises `UnsupportedError`."""
        found = optimised(asked, self.of)
        rows = scores(found) if self.measure == "scores" else gains(found)
        gained = self.measure == "gains"
        return Estimates(
            epoch=found.epoch,
            quantity=f"{'difference in ' if gained else ''}{found.quantity}"
            f" ({found.unit})",
            rows=tuple(
                estimate(name, values, role, asked.generator(number))
                for number, (name, values, role) in enumerate(rows)
            ),
            reference=0.0 if gained else None,
            reference_name="no difference" if gained else "",
            notes=(f"means over {len(found.searches)} starts", *found.notes),
        )


def optimised(asked: Asked, name: str) -> Optimised:
    """The search that `of:` names. Raises `UnsupportedError`."""
    (found,) = asked.read
    if not isinstance(found, Optimised):
        raise UnsupportedError(
            f"of: {quoted(name)} holds {type(found).__name__}; expected a search: name "
            "an artifact of the method maximisation"
        )
    return found


def estimate(
    name: str, values: Array, role: Role, rng: np.random.Generator
) -> Estimate:
    """A mean over starts; of one number, the number itself."""
    if values.size == 1:
        (value,) = values.tolist()
        return Estimate(name, value, value, value, 1, role)
    return mean(name, values, rng, role)


def each(found: Optimised, field: str) -> Array:
    """A score of every start, (starts,); of a line, its last."""
    values = [getattr(one, field) for one in found.searches]
    return np.array([np.ravel(value)[-1] for value in values], np.float64)


def scores(found: Optimised) -> Iterator[Row]:
    """Log odds of what was found and of what it has to beat."""
    yield "mixtures", each(found, "mixtures"), "observed"
    yield "texts read off them", each(found, "texts"), "observed"
    yield "after exchanges", each(found, "flipped"), "observed"
    yield "exchanges from a random text", each(found, "alone"), "observed"
    yield f"best of {found.drawn:,} random texts", each(found, "random"), "null"
    if found.best_trained is not None:
        best = np.array([found.best_trained.score])
        yield f"best of {found.windows:,} training stretches", best, "null"


def gains(found: Optimised) -> Iterator[Row]:
    """Differences, start by start."""
    text, final = each(found, "texts"), each(found, "flipped")
    yield "gap, texts less mixtures", text - each(found, "mixtures"), "observed"
    yield "exchanges add", final - text, "observed"
    yield "final less exchanges alone", final - each(found, "alone"), "observed"
    yield "final less best random text", final - each(found, "random"), "observed"
    if found.best_trained is not None:
        over = final - found.best_trained.score
        yield "final less best training stretch", over, "observed"
