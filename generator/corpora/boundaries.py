"""Boundaries in the plane whose course is known: where they are, and what is normal.

Every boundary is a level line `r(x, y) = 1` of a smooth function: below 1 a point is
inside, above it outside. The gradient of r is normal to every level line.

`super_ellipse`   r = ((x⁴ + y⁴) / 0.66 m)^(1/4), m the mean of x⁴ + y⁴ over the square
`circle`          r = √(x² + y²) / 35
`line`            r = 1 + (x + 2 y) / 100
`wave`            r = 1 + (y - 15 sin(x / 10)) / 50

The square is [-50, 50]² for all of them.

Source: the first is that of Ross, Hughes and Doshi-Velez (2017), notebook 2D Intuition;
there m is the mean of the sample, here that of the square.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shape = Literal["super_ellipse", "circle", "line", "wave"]

EXTENT = 50.0
"""Half the side of the square."""
POWER = 4
LEVEL = 0.66 * 2 * EXTENT**POWER / (POWER + 1)
"""Of x⁴ + y⁴ on the super-ellipse; its mean over the square is 2 · 50⁴ / 5."""
RADIUS = 35.0
SLANT = np.array([1.0, 2.0]) / (2 * EXTENT)
HEIGHT, LENGTH = 15.0, 10.0


@dataclass(frozen=True, slots=True)
class Boundary:
    """A line in the plane between an inside and an outside."""

    shape: Shape

    def ratio(self, points: Array) -> Array:
        """R at points (n, 2): 1 on the boundary, smaller inside, larger outside."""
        x, y = np.asarray(points, np.float64).T
        if self.shape == "super_ellipse":
            return np.asarray(((x**POWER + y**POWER) / LEVEL) ** (1 / POWER))
        if self.shape == "circle":
            return np.asarray(np.hypot(x, y) / RADIUS)
        if self.shape == "line":
            return np.asarray(1 + np.stack([x, y], -1) @ SLANT)
        return np.asarray(1 + (y - HEIGHT * np.sin(x / LENGTH)) / EXTENT)

    def normals(self, points: Array) -> Array:
        """Directions (n, 2) in which r grows, not scaled to any length."""
        x, y = np.asarray(points, np.float64).T
        if self.shape == "super_ellipse":
            return np.stack([x ** (POWER - 1), y ** (POWER - 1)], -1)
        if self.shape == "circle":
            return np.stack([x, y], -1)
        if self.shape == "line":
            return np.broadcast_to(SLANT, (len(x), 2)).copy()
        slope = -HEIGHT / LENGTH * np.cos(x / LENGTH)
        return np.stack([slope, np.ones_like(slope)], -1)

    def outline(self, count: int = 96) -> Array:
        """Points (count, 2) along the boundary, closed where the boundary is."""
        turn = np.linspace(0, 2 * np.pi, count)
        if self.shape in {"super_ellipse", "circle"}:
            rays = np.stack([np.cos(turn), np.sin(turn)], -1)
            return rays / self.ratio(rays)[:, None]
        x = np.linspace(-EXTENT, EXTENT, count)
        y = -x / 2 if self.shape == "line" else HEIGHT * np.sin(x / LENGTH)
        return np.stack([x, y], -1)
