"""Integrals along lines, of functions whose integral is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.methods.attribution import integrated_gradients
from generator.methods.attribution.integrated_gradients import (
    IntegrationPath,
    gauss_legendre,
    integrate,
    integrate_until_complete,
)

Array = NDArray[Any]


def relu(number: float) -> float:
    """What is above 0."""
    return max(number, 0.0)


def first(x: Array) -> float:
    """One network of the equal pair."""
    return relu(relu(x[0]) - 1 - relu(x[1]))


def second(x: Array) -> float:
    """The other, which computes the same in another way."""
    return relu(relu(x[0] - 1) - relu(x[1]))


def differences(function: Callable[[Array], float]) -> Any:
    """The gradient of a function, by central differences."""

    def slope(point: Array) -> Array:
        moves = 1e-6 * np.eye(len(point))
        ahead = [function(point + move) - function(point - move) for move in moves]
        return np.array(ahead) / 2e-6

    def slopes(
        lines: Sequence[IntegrationPath], points: Sequence[Array]
    ) -> list[Array]:
        assert len(lines) == len(points)
        return [slope(np.asarray(point, np.float64)) for point in points]

    return slopes


def test_equal_functions_get_equal_parts() -> None:
    """Both networks give (1.5, -0.5) at (3, 1), however they are written.

    Their kinks cost the quadrature its speed: 512 nodes come within a hundredth.
    """
    line = IntegrationPath(np.zeros(2, np.float32), np.array([3, 1], np.float32))
    parts = [integrate(differences(f), [line], 512)[0] for f in (first, second)]
    for found in parts:
        assert found == pytest.approx([1.5, -0.5], abs=1e-2)
    assert parts[0] == pytest.approx(parts[1], abs=1e-6)


@pytest.mark.parametrize("nodes", [1, 2, 7, 64, 512])
def test_nodes(nodes: int) -> None:
    """They lie within the line, weigh 1 together, and are exact up to 2n - 1."""
    at, weights = gauss_legendre(nodes)
    assert weights.min() > 0
    assert at.min() > 0
    assert at.max() < 1
    for power in {0, 1, 2 * nodes - 2, 2 * nodes - 1}:
        assert weights @ at**power == pytest.approx(1 / (power + 1), rel=1e-9)


def cubes(lines: Sequence[IntegrationPath], points: Sequence[Array]) -> list[Array]:
    """The gradient of the sum of cubes, a multiple of it for each line."""
    pairs = zip(lines, points, strict=True)
    return [
        3 * (line.label + 1) * np.square(point, dtype=float) for line, point in pairs
    ]


def lines(count: int = 5) -> list[IntegrationPath]:
    """Lines of several shapes, and what the sum of cubes is at their ends."""
    rng = np.random.default_rng(0)
    made = []
    for label in range(count):
        start, end = rng.normal(size=(2, label + 1, 3)).astype(np.float32)
        values = [
            (label + 1) * float((p.astype(float) ** 3).sum()) for p in (start, end)
        ]
        made.append(IntegrationPath(start, end, label, *values))
    return made


def test_each_dimension_has_its_part() -> None:
    """Where dimensions do not mix, each gets what its own function grew by."""
    for line, found in zip(lines(), integrate(cubes, lines(), 2), strict=True):
        ends = [point.astype(float) ** 3 for point in (line.start, line.end)]
        known = (line.label + 1) * (ends[1] - ends[0])
        np.testing.assert_allclose(found, known, rtol=1e-4, atol=1e-5)


def test_memory_bounds_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many points are asked about at once, no bit changes."""
    sizes: list[int] = []

    def counting(
        asked: Sequence[IntegrationPath], points: Sequence[Array]
    ) -> list[Array]:
        sizes.append(sum(point.size for point in points))
        return cubes(asked, points)

    whole = integrate(counting, lines(), 6)
    assert len(sizes) == 1
    monkeypatch.setattr(integrated_gradients, "CELLS", 20)
    parts = integrate(counting, lines(), 6)
    assert max(sizes[1:]) <= 20
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, other)


def test_nodes_are_doubled_for_what_needs_it() -> None:
    """A polynomial has enough, a kink has not: only that is asked about again."""
    kink = differences(lambda x: relu(x[0] - 0.3))
    bent = IntegrationPath(np.zeros(1, np.float32), np.ones(1, np.float32), 9, 0.0, 0.7)

    def mixed(asked: Sequence[IntegrationPath], points: Sequence[Array]) -> list[Array]:
        return [
            (kink if line.label == 9 else cubes)([line], [point])[0]
            for line, point in zip(asked, points, strict=True)
        ]

    *smooth, hard = integrate_until_complete(mixed, [*lines(), bent], 4, 4096)
    assert {one.nodes for one in smooth} == {4}
    assert hard.nodes > 32
    assert bent.is_complete(hard.gap)
    assert hard.parts == pytest.approx([0.7], rel=1e-3)


def test_nodes_end_at_the_limit() -> None:
    """What is still not complete there is given with its gap."""
    kink = differences(lambda x: relu(x[0] - 0.3))
    bent = IntegrationPath(np.zeros(1, np.float32), np.ones(1, np.float32), 0, 0.0, 0.7)
    (found,) = integrate_until_complete(kink, [bent], 4, 6)
    assert found.nodes == 6
    assert not bent.is_complete(found.gap)
    assert found.gap == pytest.approx(float(found.parts.sum()) - 0.7)
    assert integrate_until_complete(kink, [], 4, 8) == []


@pytest.mark.parametrize(
    ("ends", "gap", "holds"),
    [
        ((0.0, 2.0), 1.9e-3, True),
        ((0.0, 2.0), -2.1e-3, False),
        ((5.0, 5.0), 4e-6, True),
        ((5.0, 5.0), 6e-6, False),
        ((0.0, 0.0), 0.0, True),
    ],
)
def test_what_holds(ends: tuple[float, float], gap: float, holds: bool) -> None:
    """A gap may be a thousandth of the change, and rounding of the values."""
    assert IntegrationPath(np.zeros(1), np.zeros(1), 0, *ends).is_complete(gap) == holds


@pytest.mark.parametrize("gap", [1e-9, 4e-6, 6e-6, 1e-3, 1.0])
@pytest.mark.parametrize("ends", [(5.0, 5.0), (0.0, 2.0), (-3.0, 5.0), (5.0, -0.5)])
def test_what_holds_does_not_depend_on_a_sign(
    ends: tuple[float, float], gap: float
) -> None:
    """The negative function, and the same line backwards, are as complete."""
    first, last = ends
    start = np.zeros(1)
    holds = IntegrationPath(start, start, 0, first, last).is_complete(gap)
    assert IntegrationPath(start, start, 0, -first, -last).is_complete(gap) == holds
    assert IntegrationPath(start, start, 0, last, first).is_complete(-gap) == holds
