"""What a claim's path leads to: an estimate with its interval, or a plain number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.artifacts import (
    Artifact,
    Distributions,
    Estimate,
    Estimates,
    Group,
    Score,
)
from generator.claims.settings import HOLDS
from generator.errors import WriteUpError, quoted
from generator.values import trail

NAMED = {"reference": "reference_name", "bar": "bar_name"}
"""Numbers of an artifact that have a name beside them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An estimate, and the quantity that it is of, "" where nobody says."""

    estimate: Estimate
    quantity: str


def evidence(artifacts: Mapping[str, Artifact], path: str) -> Evidence:
    """The estimate at `path`. Raises `WriteUpError` for what has no interval."""
    steps = trail(artifacts, path)
    found = estimate_of(steps, path)
    if found is None:
        raise WriteUpError(f"{quoted(path)}: {lacking(steps[0], path)}")
    return Evidence(found, quantity(steps))


def comparison(artifacts: Mapping[str, Artifact], than: float | str) -> Evidence:
    """What an estimate is compared with. Raises `WriteUpError` for what is none."""
    if not isinstance(than, str):
        return Evidence(exactly("", float(than)), "")
    steps = trail(artifacts, than)
    found = estimate_of(steps, than)
    if found is not None:
        return Evidence(found, quantity(steps))
    number = steps[-1]
    if isinstance(number, bool) or not isinstance(number, (int, float, np.number)):
        raise WriteUpError(
            f"{quoted(than)}: is neither an estimate nor a number; name one of its "
            "numbers, or give a number"
        )
    if not math.isfinite(float(number)):
        raise WriteUpError(f"{quoted(than)}: has no value there; give a number")
    last = than.rpartition(".")[2]
    name = getattr(steps[-2], NAMED.get(last, ""), "") or last.replace("_", " ")
    return Evidence(exactly(str(name), float(number)), quantity(steps))


def exactly(name: str, number: float) -> Estimate:
    """A number that is given, as an estimate without width."""
    return Estimate(name, number, number, number, n=0)


def estimate_of(steps: tuple[object, ...], path: str) -> Estimate | None:
    """The estimate that a path's steps end in, None if they end in none."""
    found = steps[-1]
    if isinstance(found, Estimate):
        return found
    if isinstance(found, Group):
        n = int(np.isfinite(found.values).sum())
        name, role = found.name, found.role
        return Estimate(name, found.mean, found.low, found.high, n, role)
    if isinstance(found, Score):
        name = f"{found.name} of {found.of}"
        return Estimate(name, found.value, found.low, found.high, found.n)
    score = steps[-2] if len(steps) > 1 else None
    if isinstance(score, Score) and path.endswith(".baseline"):
        ends = score.baseline, score.baseline_low, score.baseline_high
        value, low, high = (math.nan if v is None else v for v in ends)
        return Estimate(score.baseline_name, value, low, high, score.n, "null")
    return None


def quantity(steps: tuple[object, ...]) -> str:
    """What is measured along a path."""
    top = steps[0]
    if isinstance(top, Distributions):
        return f"{top.quantity} ({top.unit})" if top.unit else top.quantity
    if isinstance(top, Estimates):
        return top.quantity
    scores = (step for step in steps if isinstance(step, Score))
    return next((score.name for score in scores), "")


def lacking(top: object, path: str) -> str:
    """Why a path is no evidence, and what would be."""
    fields = next((f for kind, f in HOLDS.items() if isinstance(top, kind)), ())
    if not fields:
        return (
            f"{type(top).__name__} has no interval, so no claim can rest on it; "
            "collect estimates, distributions or scores"
        )
    name = path.partition(".")[0]
    each = (f if f == "decided" else f"{f}.NAME" for f in fields)
    ways = " or ".join(f"{name}.{field}" for field in each)
    return f"has no interval; name an estimate, {ways}"
