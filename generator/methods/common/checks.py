"""Identities that collected numbers must satisfy, and errors for those that do not.

An artifact that fails one of its own checks is never stored: a figure of numbers that
are
not what they claim to be is worse than none.
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
    """Compute the checks of attention weights and the probabilities beside them.

    Args:
        weights: Attention, (…, window); rows should be non-negative and sum to 1.
        probabilities: Any shape; should lie from 0 to 1.

    Returns:
        Three checks, each with its largest error.
    """
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
    """Compute the checks that rows are probabilities, not logits or logarithms.

    Args:
        probabilities: (…, labels); rows should sum to 1 with entries from 0 to 1.

    Returns:
        Two checks, each with its largest error.
    """
    sums = np.asarray(probabilities, dtype=np.float64).sum(-1)
    outside = np.maximum(-probabilities, probabilities - 1)
    return (
        Check("probabilities sum to 1", largest_error(np.abs(sums - 1)), SUM_TOLERANCE),
        Check("probabilities lie from 0 to 1", largest_error(outside), SUM_TOLERANCE),
    )


def largest_error(errors: Array) -> float:
    """Return the largest error.

    Args:
        errors: Any shape, any sign.

    Returns:
        The largest entry, at least 0; NaN if any entry is NaN, 0 where there is none.
    """
    return float(np.maximum(0.0, errors.max())) + 0.0 if errors.size else 0.0


def worst_checks(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Merge checks of the same name.

    Args:
        checks: Checks of several texts or batches.

    Returns:
        One check per name, with the largest error of that name.
    """
    worst: dict[str, Check] = {}
    for check in checks:
        known = worst.get(check.name, check)
        error = float(np.maximum(known.error, check.error))  # NaN if either is
        worst[check.name] = replace(check, error=error)
    return tuple(worst.values())


def verify_checks(*checks: Check) -> tuple[Check, ...]:
    """Return the checks if all of them passed.

    Args:
        checks: The checks of one artifact.

    Returns:
        The same checks.

    Raises:
        IntegrityError: Some failed; the message names every one.
    """
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
    """Return the most probable tokens of each step.

    Args:
        vocabulary: The model's vocabulary.
        probabilities: (steps, vocabulary).
        count: How many tokens per step.

    Returns:
        `count` alternatives per step, most probable first, ties in the order of their
        ids;
        id 0, which cannot be generated, is left out. Empty where `count` is 0.
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
