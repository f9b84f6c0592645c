"""Identities that collected numbers must satisfy, and the refusal of those that do not.

An artifact that fails a check of its own is never stored: a map of numbers that are not
what they claim to be is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Alternative, Check
from generator.core.errors import IntegrityError
from generator.corpora.tokenization import Vocabulary

SUM_TOLERANCE = 1e-5
"""Rounding of 40 float32 shares, and the 1e-7 that textgenrnn adds to their sum."""
LOGIT_TOLERANCE = 1e-5
"""Float32 rounding of a sum of 40 slots, relative to the size of its terms."""

Array = NDArray[np.floating[Any]]


def attention_checks(weights: Array, probabilities: Array) -> tuple[Check, ...]:
    """Attention rows (…, window) are shares; probabilities lie from 0 to 1."""
    sums = np.asarray(weights, dtype=np.float64).sum(-1)
    outside = np.maximum(-probabilities, probabilities - 1)
    return (
        Check(
            "attention rows sum to 1", largest_error(np.abs(sums - 1)), SUM_TOLERANCE
        ),
        Check("attention is not negative", largest_error(-weights), 0.0),
        Check("probabilities lie from 0 to 1", largest_error(outside), SUM_TOLERANCE),
    )


def probability_checks(probabilities: Array) -> tuple[Check, ...]:
    """Rows (…, labels) are probabilities: not logits, not logarithms."""
    sums = np.asarray(probabilities, dtype=np.float64).sum(-1)
    outside = np.maximum(-probabilities, probabilities - 1)
    return (
        Check("probabilities sum to 1", largest_error(np.abs(sums - 1)), SUM_TOLERANCE),
        Check("probabilities lie from 0 to 1", largest_error(outside), SUM_TOLERANCE),
    )


def largest_error(errors: Array) -> float:
    """The largest error, at least 0; NaN if any is."""
    return float(np.maximum(0.0, errors.max())) + 0.0 if errors.size else 0.0


def worst_checks(checks: Iterable[Check]) -> tuple[Check, ...]:
    """One check for each name, with the largest error of those of that name."""
    found: dict[str, Check] = {}
    for check in checks:
        known = found.get(check.name, check)
        error = float(np.maximum(known.error, check.error))  # NaN if either is
        found[check.name] = replace(check, error=error)
    return tuple(found.values())


def verify_checks(*checks: Check) -> tuple[Check, ...]:
    """The checks. Raises `IntegrityError` naming every one that failed."""
    failed = [
        f"{check.name}: off by {check.error:.3g}; expected at most "
        f"{check.tolerance:.3g}; the numbers were not stored"
        for check in checks
        if not check.passed
    ]
    if failed:
        raise IntegrityError(*failed)
    return checks


def top_alternatives(
    vocabulary: Vocabulary, probabilities: Array, count: int
) -> tuple[tuple[Alternative, ...], ...]:
    """The `count` most probable tokens of each step, ties in the order of their ids.

    `probabilities` is (steps, vocabulary). Id 0, which cannot be written, is left out.
    """
    if not count:
        return ()
    best = np.argsort(-probabilities[:, 1:], axis=1, kind="stable")[:, :count] + 1
    return tuple(
        tuple(
            Alternative(vocabulary.token(int(index)), float(row[index]))
            for index in order
        )
        for row, order in zip(probabilities, best, strict=True)
    )
