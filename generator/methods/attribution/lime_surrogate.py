"""A linear model of a classifier around one text, as LIME fits it.

1. `hidden` draws texts around it: how many tokens are hidden is drawn from 1 to all,
   which ones evenly. The first row is the text itself.
2. `nearness` weighs them: a text that keeps k of d tokens lies `100 (1 - √(k/d))` away
   from the whole one, a hundredfold cosine distance, and weighs
   `√exp(−distance²/width²)`.
3. `chosen` picks the tokens that get a coefficient; `fitted` fits them by weighted
   ridge regression, the intercept not shrunk.

Everything follows from the weighted products of the centred masks, made once. Of equal
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
    """A linear model of one label's value over masks of a text's tokens."""

    coefficients: Array  # (tokens,), 0 for a token that was not chosen
    intercept: float
    fidelity: float  # weighted R², NaN where the value never changes
    local: float  # what it says of the whole text
    chosen: Places  # the tokens with a coefficient, best first
    distinct: int  # different masks it was fitted to
    singular: bool  # whether the chosen tokens cannot be told apart


class Moments(NamedTuple):
    """Weighted sums over rows, from weighted means."""

    means: Array  # (tokens,), of masks
    mean: float  # of values
    products: Array  # (tokens, tokens)
    cross: Array  # (tokens,), with values


def draw_masks(tokens: int, samples: int, rng: np.random.Generator) -> Masks:
    """Masks (samples, tokens) of texts around a whole one, which is the first row."""
    keys = rng.random((samples, tokens))
    sizes = rng.integers(1, tokens + 1, samples)
    last = np.sort(keys, axis=1)[np.arange(samples), sizes - 1]
    masks = keys > last[:, None]
    masks[0] = True
    return np.asarray(masks)


def proximity_weights(masks: Masks, width: float) -> Array:
    """How much each masked text weighs, (rows,), from 0 to 1."""
    distances = 100 * (1 - np.sqrt(masks.mean(axis=1)))
    return np.asarray(np.sqrt(np.exp(-((distances / width) ** 2))))


def fit_surrogate(
    masks: Masks,
    values: Array,
    weights: Array,
    most: int,
    alpha: float = ALPHA,
) -> LimeSurrogate:
    """The model of values (rows,) by at most `most` tokens; row 0 is the text."""
    seen = masks.astype(np.float64)
    sums = weighted_moments(seen, values, weights)
    places = choose_tokens(sums, most)
    products = sums.products[np.ix_(places, places)]
    slopes = fit_ridge(products, sums.cross[places], alpha)
    intercept = sums.mean - float(sums.means[places] @ slopes)
    coefficients = np.zeros(masks.shape[1])
    coefficients[places] = slopes
    said = intercept + seen @ coefficients
    return LimeSurrogate(
        coefficients=coefficients,
        intercept=intercept,
        fidelity=fidelity(values, said, weights),
        local=float(said[0]),
        chosen=places,
        distinct=len(np.unique(np.packbits(masks, axis=1), axis=0)),
        singular=is_singular(products),
    )


def weighted_moments(seen: Array, values: Array, weights: Array) -> Moments:
    """Weighted means of masks and values, and products around them."""
    total = weights.sum()
    means, mean = weights @ seen / total, float(weights @ values / total)
    centred = seen - means
    weighed = centred * weights[:, None]
    return Moments(means, mean, weighed.T @ centred, weighed.T @ (values - mean))


def fit_ridge(products: Array, cross: Array, alpha: float) -> Array:
    """Coefficients (tokens,) of least squares with the penalty `alpha`."""
    if alpha:
        shrunk = products + alpha * np.eye(len(products))
        return np.asarray(np.linalg.solve(shrunk, cross))
    return np.asarray(np.linalg.lstsq(products, cross)[0])


def choose_tokens(sums: Moments, most: int) -> Places:
    """The tokens that get a coefficient, at most `most`, best first."""
    if most <= FORWARD:
        return select_forward(sums, min(most, len(sums.cross)))
    sizes = np.abs(fit_ridge(sums.products, sums.cross, CHOOSING))
    return np.argsort(-sizes, kind="stable")[:most]


def select_forward(sums: Moments, most: int) -> Places:
    """Tokens one after the other: each adds most to R² beside those before it."""
    left, cross = sums.products.copy(), sums.cross.copy()
    least = SINGULAR * left.diagonal()
    found: list[int] = []
    for _ in range(most):
        sizes = left.diagonal()
        varies = sizes > least
        gains = np.where(varies, cross**2 / np.where(varies, sizes, 1), 0)
        gains[found] = -1
        best = int(np.argmax(gains))
        found.append(best)
        if varies[best]:
            share = left[best] / left[best, best]
            cross = cross - share * cross[best]
            left = left - np.outer(share, left[best])
    return np.array(found, dtype=np.intp)


def fidelity(values: Array, said: Array, weights: Array) -> float:
    """Weighted R² of what is said, NaN where the values do not vary."""
    rest = float(weights @ (values - said) ** 2)
    total = float(weights @ (values - weights @ values / weights.sum()) ** 2)
    return 1 - rest / total if np.ptp(values) else math.nan


def is_singular(products: Array) -> bool:
    """Whether some tokens never vary, or only together."""
    sizes = np.linalg.eigvalsh(products)
    return bool(sizes[0] <= SINGULAR * sizes[-1])
