"""Scores of a search for inputs: over its starts, and by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np

from generator.artifacts import (
    Curves,
    Estimate,
    EstimateRole,
    Estimates,
    OptimisedInputs,
)
from generator.core.errors import UnsupportedError, quote_text
from generator.methods.base import Context, Method
from generator.methods.common.language_model_texts import to_float32
from generator.methods.common.statistics import mean_estimate
from generator.methods.inputs.maximisation_search import Array

Row = tuple[str, Array, EstimateRole]


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

    reads: ClassVar = (OptimisedInputs,)
    gives: ClassVar = Estimates
    unit: ClassVar[str] = "start"
    method: Literal["maximisation_scores"]
    of: str
    """The artifact of `maximisation`."""
    measure: Literal["scores", "gains"] = "scores"
    """Log odds, or differences of log odds start by start."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the search."""
        return (self.of,)

    def collect(self, context: Context) -> Estimates:
        """Average over starts; see the base."""
        optimised = read_optimised(context, self.of)
        rows = (
            score_rows(optimised) if self.measure == "scores" else gain_rows(optimised)
        )
        gained = self.measure == "gains"
        return Estimates(
            epoch=optimised.epoch,
            quantity=f"{'difference in ' if gained else ''}{optimised.quantity}"
            f" ({optimised.unit})",
            rows=tuple(
                mean_over_starts(name, values, role, context.generator(number))
                for number, (name, values, role) in enumerate(rows)
            ),
            reference=0.0 if gained else None,
            reference_name="no difference" if gained else "",
            notes=(f"means over {len(optimised.searches)} starts", *optimised.notes),
        )


def read_optimised(context: Context, name: str) -> OptimisedInputs:
    """Return the search that `of:` names.

    Raises:
        UnsupportedError: The artifact is no search for inputs.
    """
    (artifact,) = context.artifacts
    if not isinstance(artifact, OptimisedInputs):
        raise UnsupportedError(
            f"of: {quote_text(name)} holds no search for inputs; name an artifact of the "
            "method maximisation"
        )
    return artifact


def mean_over_starts(
    name: str, values: Array, role: EstimateRole, rng: np.random.Generator
) -> Estimate:
    """Estimate a mean over starts (starts,); of one number, the number itself."""
    if values.size == 1:
        (value,) = values.tolist()
        return Estimate(name, value, value, value, 1, role)
    return mean_estimate(name, values, rng, role)


def start_values(optimised: OptimisedInputs, field: str) -> Array:
    """Return a score of every start, (starts,); of a line, its last."""
    values = [getattr(one, field) for one in optimised.searches]
    return np.array([np.ravel(value)[-1] for value in values], np.float64)


def score_rows(optimised: OptimisedInputs) -> Iterator[Row]:
    """Yield the log odds of what was found and of what it has to beat."""
    yield "mixtures", start_values(optimised, "mixtures"), "observed"
    yield "texts read off them", start_values(optimised, "texts"), "observed"
    yield "after exchanges", start_values(optimised, "flipped"), "observed"
    yield "exchanges from a random text", start_values(optimised, "alone"), "observed"
    yield (
        f"best of {optimised.drawn:,} random texts",
        start_values(optimised, "random"),
        "null",
    )
    if optimised.best_trained is not None:
        best = np.array([optimised.best_trained.score])
        yield f"best of {optimised.windows:,} training stretches", best, "null"


def gain_rows(optimised: OptimisedInputs) -> Iterator[Row]:
    """Yield differences of log odds, start by start."""
    text, final = start_values(optimised, "texts"), start_values(optimised, "flipped")
    yield (
        "gap, texts less mixtures",
        text - start_values(optimised, "mixtures"),
        "observed",
    )
    yield "exchanges add", final - text, "observed"
    yield (
        "final less exchanges alone",
        final - start_values(optimised, "alone"),
        "observed",
    )
    yield (
        "final less best random text",
        final - start_values(optimised, "random"),
        "observed",
    )
    if optimised.best_trained is not None:
        over = final - optimised.best_trained.score
        yield "final less best training stretch", over, "observed"


class MaximisationCurve(Method):
    """What mixtures promise and what texts keep, step by step of a search for an input.

    1. The search is read from an artifact of `maximisation`; nothing is asked again.
    2. Two lines are means over its starts: the log odds of the mixtures, and those of the
       texts read off them at the same step. The distance of the two is the gap.
    3. Two lines do not change with the step: the best random text of a start, as a mean
       over starts, and the best stretch of a training text.

    At the first steps nearly every word has a share in every mixture, and a text read off
    them says little of what the mixtures score. As the temperature falls the mixtures come
    down to words and the two lines to each other; where a distance is left, the model likes
    something that no text of these words is.

    Source: as in *maximisation*.
    """

    reads: ClassVar = (OptimisedInputs,)
    gives: ClassVar = Curves
    method: Literal["maximisation_curve"]
    of: str
    """The artifact of `maximisation`."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the search."""
        return (self.of,)

    def collect(self, context: Context) -> Curves:
        """Average over starts by step; see the base."""
        optimised = read_optimised(context, self.of)
        lines = {
            "mixture": mean_line(optimised, "mixtures"),
            "text read off it": mean_line(optimised, "texts"),
        }
        steps = len(lines["mixture"])
        random = float(np.mean([one.random for one in optimised.searches]))
        lines["best random text"] = np.full(steps, random)
        if optimised.best_trained is not None:
            best = optimised.best_trained.score
            lines["best stretch of a training text"] = np.full(steps, best)
        return Curves(
            epoch=optimised.epoch,
            x=to_float32(np.arange(float(steps))),
            y=to_float32(np.stack([*lines.values()])),
            x_label="step over mixtures",
            y_label="log odds",
            names=tuple(lines),
            unit=optimised.unit,
        )


def mean_line(optimised: OptimisedInputs, line: str) -> np.ndarray:
    """Average a line over all starts, (steps + 1,)."""
    rows = [getattr(one, line) for one in optimised.searches]
    return np.asarray(np.mean(np.array(rows, np.float64), 0))
