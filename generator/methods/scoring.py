"""Rows that say how far an explanation can be trusted, from one value for each text."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Score
from generator.methods.groups import judged
from generator.methods.statistics import bootstrap

Said = Literal[
    "better than random", "not better than random", "passed", "failed", "none"
]
Values = NDArray[np.floating[Any]]
PASSED: dict[str, Said] = {"supported": "passed", "not supported": "failed"}


def score(
    of: str,
    name: str,
    values: Values,
    rng: np.random.Generator,
    *,
    random: Values | None = None,
    higher: bool = True,
    said: Said = "none",
    without: Said = "none",
) -> Score:
    """A row over the texts where a value is defined.

    `random` (texts,) is what random orders get; `without` is said where there is none.
    """
    real = np.isfinite(values)
    base = bootstrap(values[:0] if random is None else random[real], rng)
    return Score(
        of=of,
        name=name,
        **bootstrap(values[real], rng)._asdict(),
        n=int(real.sum()),
        higher_is_better=higher,
        baseline=_known(base.value),
        baseline_low=_known(base.low),
        baseline_high=_known(base.high),
        said=said if real.any() else without,
    )


def passed(values: Values, bar: float, rng: np.random.Generator) -> Said:
    """Whether the mean lies above a bar: its whole interval, of ten texts or more."""
    real = values[np.isfinite(values)]
    return PASSED.get(judged(bootstrap(real, rng), bar, real.size), "none")


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
