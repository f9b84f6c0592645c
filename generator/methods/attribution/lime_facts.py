"""What is said beside the coefficients of a linear model: how far to believe it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Check, Fact
from generator.errors import UnsupportedError
from generator.methods.attributing import Case
from generator.methods.checks import probability_checks
from generator.methods.perturbing import UNITS, Array
from generator.methods.surrogate import Surrogate

TOLERANCE = 1e-3
"""How far the probabilities of a text may be from a sum of 1."""
POOR = 0.5
"""An R² below this is told."""
SPARE = 2
"""How many more different texts than coefficients there must be: one for the intercept,
one to leave anything open."""


def chance_checks(rows: Iterable[NDArray[np.floating[Any]]]) -> tuple[Check, ...]:
    """Rows (…, labels) are probabilities, within a thousandth."""
    return tuple(
        replace(check, tolerance=TOLERANCE)
        for check in probability_checks(np.asarray(rows))
    )


def refuse_logits(cases: Sequence[Case]) -> None:
    """Raise `UnsupportedError` where a model's answers are not probabilities."""
    for case in cases:
        if not all(check.passed for check in chance_checks([case.probabilities])):
            row = ", ".join(f"{value:.3g}" for value in case.probabilities)
            raise UnsupportedError(
                f"the model answers {row}; expected probabilities, from 0 to 1 with "
                f"a sum of 1 within {TOLERANCE:g}: LIME explains no logits"
            )


def of_fit(case: Case, found: Surrogate, samples: int) -> Iterator[Fact]:
    """The fit in numbers, with what speaks against it."""
    yield Fact("probability with every token", float(case.probabilities[case.label]))
    yield Fact("local prediction", found.local, doubt=other_side(case, found.local))
    poor = "the linear model explains less than half of the variation"
    yield Fact("R²", found.fidelity, doubt=poor if found.fidelity < POOR else "")
    yield Fact("intercept", found.intercept)
    yield Fact("perturbed texts", float(samples), doubt=undetermined(found))
    if len(found.chosen) < len(found.coefficients):
        yield Fact("tokens with a coefficient", float(len(found.chosen)))


def other_side(case: Case, local: float) -> str:
    """Why a local prediction contradicts the model's, "" where both decide alike."""
    chance, least = float(case.probabilities[case.label]), threshold(case)
    if (chance >= least) == (local >= least):
        return ""
    return (
        "unreliable, as it falls on the other side of the decision than the "
        f"model's {chance:.3g}"
    )


def threshold(case: Case) -> float:
    """The probability from which the label is decided for."""
    others = np.delete(case.probabilities, case.label)
    return 0.5 if len(others) == 1 else float(others.max())


def undetermined(found: Surrogate) -> str:
    """Why the draw does not determine the coefficients, "" where it does."""
    count = len(found.chosen)
    if found.distinct < count + SPARE:
        return f"only {found.distinct} of them differ, too few for {count} coefficients"
    return "some tokens were hidden only together" if found.singular else ""


def of_draws(scores: Array, spread: Array, runs: int) -> Iterator[Fact]:
    """The largest standard deviation, and whether the largest score is clear of it."""
    if not spread.size:
        return
    largest = int(np.argmax(np.abs(scores)))
    clear = abs(scores[largest]) > 2 * spread[largest]
    yield Fact(
        f"largest standard deviation over {runs} draws",
        float(spread.max()),
        UNITS["probability"],
        "" if clear else "the largest score may have the other sign",
    )


def deviations(runs: Sequence[Array]) -> Array:
    """The standard deviation of each score over runs, empty for a single run."""
    return np.std(runs, axis=0, ddof=1) if len(runs) > 1 else np.zeros(0)
