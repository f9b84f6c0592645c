"""How far other artifacts can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.artifacts.base import Artifact, Floats, Ints

Aspect = Literal["faithfulness", "stability", "sanity", "agreement", "rationale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One number that says how far another artifact can be trusted.

    `baseline` is what an explanation that knows nothing gets on the same texts.
    """

    of: str  # name of the artifact that is graded
    name: str  # "comprehensiveness", "tau against leave-one-out", "AUPRC"
    value: float  # NaN where not defined
    low: float
    high: float
    n: int  # texts
    higher_is_better: bool = True
    baseline: float | None = None
    baseline_low: float | None = None
    baseline_high: float | None = None
    baseline_name: str = "random order"
    said: Literal[
        "better than random", "not better than random", "passed", "failed", "none"
    ] = "none"


@dataclass(frozen=True, kw_only=True)
class Scores(Artifact):
    """How far other artifacts can be trusted, in one aspect."""

    aspect: Aspect
    rows: tuple[Score, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Agreement(Artifact):
    """How far explanations of the same texts agree, pair by pair."""

    names: tuple[str, ...]  # of the artifacts compared
    quantities: tuple[str, ...]  # of each of them
    measures: tuple[str, ...]  # "Spearman's rho", "top-3 overlap", "sign agreement"
    values: Floats  # (measures, names, names), NaN where not defined
    low: Floats  # 95 % interval over texts, of the same shape
    high: Floats
    texts: Ints  # (measures, names, names), how many texts each rests on
    seconds: Floats  # (names,), NaN where times are not recorded
    notes: tuple[str, ...] = ()
