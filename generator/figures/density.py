"""How values are spread along an axis, as the outline of a violin.

A Gaussian kernel over the values, with Silverman's bandwidth: 0.9 of the smaller of the
standard deviation and the interquartile range over 1.34, divided by the fifth root of
n. Where the quantity has an end, what a kernel would put beyond it is folded back, so
that no outline shows values that cannot be.

Source: Silverman (1986), Density estimation for statistics and data analysis, sections
2.10 and 3.4.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
POINTS = 60
"""Points of an outline."""
REACH = 3.0
"""Bandwidths that an outline goes on beyond the outermost value."""


def bandwidth(values: Numbers) -> float:
    """Silverman's bandwidth, 0 where all values are one."""
    if values.size < 2:  # noqa: PLR2004 - one value has no spread
        return 0.0
    low, high = np.quantile(values, (0.25, 0.75))
    sizes = (float(values.std(ddof=1)), float(high - low) / 1.34)
    spread = min(size for size in sizes if size > 0) if max(sizes) > 0 else 0.0
    return float(0.9 * spread * values.size**-0.2)


def density(
    values: Numbers, ends: tuple[float, float] | None = None
) -> tuple[Numbers, Numbers]:
    """Places along the axis, and the density there, both (points,).

    Empty where the values have no spread.
    """
    width = bandwidth(values)
    if width == 0:
        return np.zeros(0), np.zeros(0)
    low, high = values.min() - REACH * width, values.max() + REACH * width
    folds = [values]
    if ends is not None:
        low, high = max(low, ends[0]), min(high, ends[1])
        folds += [2 * end - values for end in ends]
    places = np.linspace(low, high, POINTS)
    every = np.concatenate(folds)
    kernels = np.exp(-0.5 * ((places[:, None] - every[None]) / width) ** 2)
    return places, kernels.sum(1) / (values.size * width * np.sqrt(2 * np.pi))
