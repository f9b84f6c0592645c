"""The linear surrogate of a classifier around one text, as LIME fits it.

1. `draw_masks` draws texts around it: how many tokens are hidden is drawn from 1 to
all,
   which ones evenly. The first row is the text itself.
2. `proximity_weights` weighs them: a text that keeps k of d tokens lies
   `100 (1 - √(k/d))` away from the whole one, a hundredfold cosine distance, and weighs
   `√exp(−distance²/width²)`.
3. `choose_tokens` picks the tokens that get a coefficient; `fit_surrogate` fits them by
   weighted ridge regression, the intercept not shrunk.

Everything follows from the weighted products of the centred masks, computed once. Of
equal
candidates the first token is taken.

Source: Ribeiro, Singh and Guestrin (2016), arXiv 1602.04938, and the settings of its
authors' package.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.methods.common.perturbation import Array, Masks

Places = NDArray[np.intp]
ALPHA = 1.0
"""Ridge penalty of the model that is reported."""
CHOOSING = 0.01
"""Ridge penalty of the model of all tokens by which some are chosen."""
FORWARD = 6
"""Up to so many tokens are chosen one after the other, by what each adds to R²."""
SINGULAR = 1e-9
"""Tokens whose smallest direction varies less than this share of the largest."""


@dataclass(frozen=True, slots=True)
class LimeSurrogate:
    """A linear model of one label's probability over masks of a text's tokens."""

    coefficients: Array  # (tokens,), 0 for a token that was not chosen
    intercept: float
    fidelity: float  # weighted R², NaN where the value never changes
    local: float  # what it says of the whole text
    chosen: Places  # the tokens with a coefficient, best first
    distinct: int  # different masks it was fitted to
    singular: bool  # whether the chosen tokens cannot be told apart


class Moments(NamedTuple):
    """Weighted second moments of masks and values, around their weighted means."""

    means: Array  # (tokens,), of masks
    mean: float  # of values
    products: Array  # (tokens, tokens)
    cross: Array  # (tokens,), with values


def draw_masks(tokens: int, samples: int, rng: np.random.Generator) -> Masks:
    """Draw masks of texts around a whole one.

    Args:
        tokens: Length of the text.
        samples: How many masks.
        rng: The source of randomness.

    Returns:
        (samples, tokens), true where a token stays; the first row is the whole text.
    """
    keys = rng.random((samples, tokens))
    sizes = rng.integers(1, tokens + 1, samples)
    last = np.sort(keys, axis=1)[np.arange(samples), sizes - 1]
    masks = keys > last[:, None]
    masks[0] = True
    return np.asarray(masks)


def proximity_weights(masks: Masks, width: float) -> Array:
    """Compute how much each masked text weighs in the fit.

    Args:
        masks: (rows, tokens).
        width: Width of the kernel, in hundredths of cosine distance.

    Returns:
        (rows,), from 0 to 1.
    """
    distances = 100 * (1 - np.sqrt(masks.mean(axis=1)))
    return np.asarray(np.sqrt(np.exp(-((distances / width) ** 2))))


def fit_surrogate(
    masks: Masks,
    values: Array,
    weights: Array,
    most: int,
    alpha: float = ALPHA,
) -> LimeSurrogate:
    """Fit a linear model with at most `most` tokens.

    Args:
        masks: (rows, tokens); row 0 is the whole text.
        values: Probabilities, (rows,).
        weights: (rows,), at least 0.
        most: How many tokens may have a coefficient.
        alpha: Ridge penalty.

    Returns:
        The model and what says how well it fits.
    """
    seen = masks.astype(np.float64)
    sums = weighted_moments(seen, values, weights)
    places = choose_tokens(sums, most)
    products = sums.products[np.ix_(places, places)]
    slopes = fit_ridge(products, sums.cross[places], alpha)
    intercept = sums.mean - float(sums.means[places] @ slopes)
    coefficients = np.zeros(masks.shape[1])
    coefficients[places] = slopes
    predicted = intercept + seen @ coefficients
    return LimeSurrogate(
        coefficients=coefficients,
        intercept=intercept,
        fidelity=fidelity(values, predicted, weights),
        local=float(predicted[0]),
        chosen=places,
        distinct=len(np.unique(np.packbits(masks, axis=1), axis=0)),
        singular=is_singular(products),
    )


def weighted_moments(seen: Array, values: Array, weights: Array) -> Moments:
    """Compute weighted means of masks and values, and products around them.

    Args:
        seen: Masks as numbers, (rows, tokens).
        values: (rows,).
        weights: (rows,).
    """
    total = weights.sum()
    means, mean = weights @ seen / total, float(weights @ values / total)
    centred = seen - means
    weighed = centred * weights[:, None]
    return Moments(means, mean, weighed.T @ centred, weighed.T @ (values - mean))


def fit_ridge(products: Array, cross: Array, alpha: float) -> Array:
    """Solve for ridge coefficients.

    Args:
        products: Of the masks, (tokens, tokens).
        cross: Of masks and values, (tokens,).
        alpha: Penalty; 0 is least squares.

    Returns:
        (tokens,).
    """
    if alpha:
        shrunk = products + alpha * np.eye(len(products))
        return np.asarray(np.linalg.solve(shrunk, cross))
    return np.asarray(np.linalg.lstsq(products, cross)[0])


def choose_tokens(sums: Moments, most: int) -> Places:
    """Choose the tokens that get a coefficient, at most `most`, best first."""
    if most <= FORWARD:
        return select_forward(sums, min(most, len(sums.cross)))
    sizes = np.abs(fit_ridge(sums.products, sums.cross, CHOOSING))
    return np.argsort(-sizes, kind="stable")[:most]


def select_forward(sums: Moments, most: int) -> Places:
    """Select tokens one after the other, each the one that adds most to R².

    Args:
        sums: Moments over all tokens.
        most: How many.

    Returns:
        Places in the order of selection.
    """
    left, cross = sums.products.copy(), sums.cross.copy()
    least = SINGULAR * left.diagonal()
    selected: list[int] = []
    for _ in range(most):
        sizes = left.diagonal()
        varies = sizes > least
        gains = np.where(varies, cross**2 / np.where(varies, sizes, 1), 0)
        gains[selected] = -1
        best = int(np.argmax(gains))
        selected.append(best)
        if varies[best]:
            share = left[best] / left[best, best]
            cross = cross - share * cross[best]
            left = left - np.outer(share, left[best])
    return np.array(selected, dtype=np.intp)


def fidelity(values: Array, predicted: Array, weights: Array) -> float:
    """Compute the weighted R² of a fit.

    Args:
        values: (rows,).
        predicted: What the fit predicts, (rows,).
        weights: (rows,).

    Returns:
        At most 1, NaN where the values do not vary.
    """
    rest = float(weights @ (values - predicted) ** 2)
    total = float(weights @ (values - weights @ values / weights.sum()) ** 2)
    return 1 - rest / total if np.ptp(values) else math.nan


def is_singular(products: Array) -> bool:
    """Return whether some tokens never vary, or only together."""
    sizes = np.linalg.eigvalsh(products)
    return bool(sizes[0] <= SINGULAR * sizes[-1])
