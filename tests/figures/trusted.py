"""Explanations whose worth is known, and what grades, compares and doubts them.

Three explanations of made-up documents: one that nearly knows the words that decide,
one that half knows them, and one that knows nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from generator.artifacts import Agreement, Artifact, Scores, TokenScores, TrustScore
from generator.methods.evaluation.agreement import ExplanationAgreement
from generator.methods.evaluation.rationale import RationaleAgreement
from tests.figures import celled
from tests.figures.scored import LABELS, PLAIN, REVIEW, ScoredText, shares, tokens
from tests.methods.explained import make_context

COUNT = 60
NAMES = ("exact", "half", "blind")
"""How much each explanation knows."""
ASKED = {"exact": "shap", "half": "lime", "blind": "gradients"}
"""The methods that they are said to come from."""


@lru_cache
def explained(name: str) -> TokenScores:
    """Scores of documents, and of two texts given."""
    knows = {"exact": 2.0, "half": 0.7, "blind": 0.0}[name]
    draws = np.random.default_rng(3 + NAMES.index(name))
    made = []
    for number in range(COUNT + 2):
        words = (REVIEW, PLAIN)[number % 2]
        span = ((11, 14), (6, 8))[number % 2]
        scores = draws.normal(size=len(words)) * 0.5
        scores[slice(*span)] += knows
        lost = name == "half" and number % 9 == 8
        made.append(
            ScoredText(
                tokens=tokens(words),
                scores=(scores * (np.nan if lost else 1)).astype(np.float32),
                probabilities=shares(0.9),
                label="positive",
                truth="positive",
                rationale=(span,),
                document=None if number < 2 else number,
                spread=np.full(len(words), 0.2, np.float32)
                if name == "half"
                else np.zeros(0, np.float32),
                undefined="no word changes the prediction" if lost else "",
            )
        )
    return TokenScores(
        epoch=6, texts=tuple(made), labels=LABELS, unit="logits", signed=True,
        quantity={"exact": "Shapley value", "half": "LIME coefficient",
                  "blind": "gradient × input"}[name],
    )  # fmt: skip


@lru_cache
def grades() -> Scores:
    """How well each finds the words that decide."""
    method = RationaleAgreement(method="rationale", model="m", of=NAMES)
    return method.collect(make_context(*map(explained, NAMES)))


@lru_cache
def agreement() -> Agreement:
    """How far they agree."""
    method = ExplanationAgreement(method="agreement", model="m", of=NAMES)
    return method.collect(make_context(*map(explained, NAMES)))


def faithful() -> Scores:
    """Grades of another aspect: of two explanations, by three measures."""

    def row(of: str, name: str, *given: Any, **more: Any) -> TrustScore:
        value, low, high, base = given
        return TrustScore(
            of=of, name=name, value=value, low=low, high=high, n=60, baseline=base,
            baseline_low=base - 0.01, baseline_high=base + 0.01, **more,
        )  # fmt: skip

    good, bad = "better than random", "not better than random"
    return Scores(
        epoch=6,
        aspect="faithfulness",
        rows=(
            row("exact", "comprehensiveness", 0.31, 0.27, 0.35, 0.06, said=good),
            row("exact", "sufficiency", 0.08, 0.05, 0.11, 0.24, said=good,
                higher_is_better=False),
            row("exact", "tau against leave-one-out", 0.42, 0.36, 0.47, 0.0, said=good),
            row("blind", "comprehensiveness", 0.07, 0.04, 0.1, 0.06, said=bad),
            row("blind", "sufficiency", 0.25, 0.2, 0.29, 0.24, said=bad,
                higher_is_better=False),
            row("blind", "tau against leave-one-out", 0.11, 0.06, 0.16, 0.0, said=good),
            row("half", "comprehensiveness", np.nan, np.nan, np.nan, 0.06),
        ),
        notes=("a token that is hidden is taken out of the text",),
    )  # fmt: skip


def sane() -> Scores:
    """A grade without a baseline, of one explanation."""
    return Scores(
        epoch=6,
        aspect="sanity",
        rows=(
            TrustScore(
                of="exact",
                name="rho with random weights",
                value=0.04,
                low=-0.03,
                high=0.11,
                n=60,
                higher_is_better=False,
                said="passed",
            ),
        ),
    )


ARTIFACTS: dict[str, Any] = {
    **{name: (lambda name=name: explained(name)) for name in NAMES},
    "grades": grades,
    "agreement": agreement,
    "faithful": faithful,
    "sane": sane,
    **celled.ARTIFACTS,
}
FIGURES: dict[str, dict[str, Any]] = {
    "bars": {"figure": "bars", "artifact": "half"},
    "bars-by-size": {"figure": "bars", "artifact": "exact", "text": 1, "order": "size",
                     "most": 6},
    "one": {"figure": "heatmap", "artifact": "exact", "text": 1},
    "answers": {"figure": "compare", "artifacts": NAMES},
    "grades": {"figure": "scores", "artifact": "grades"},
    "faithful": {"figure": "scores", "artifact": "faithful",
                 "names": {"blind": "knows nothing"}},
    "agreement": {"figure": "agreement", "artifact": "agreement"},
    **celled.FIGURES,
}  # fmt: skip


def known() -> dict[str, Artifact]:
    """All artifacts by name."""
    return {name: make() for name, make in ARTIFACTS.items()}
