"""Made-up artifacts of models of numbers: fields and scores of features."""

from __future__ import annotations

from typing import Any

import numpy as np

from generator.artifacts import FeaturePanel, FeatureScores, Plane


def plane(points: int = 9, **changed: Any) -> Plane:
    """The probability of a disc's outside, steepest at its edge, radius 30."""
    line = np.linspace(-48, 48, points)
    x, y = np.meshgrid(line, line)
    radius = np.maximum(np.hypot(x, y), 1e-9)
    outside = 1 / (1 + np.exp(-(radius - 30) / 4))
    slope = outside * (1 - outside) / 4
    turn = np.linspace(0, 2 * np.pi, 40)
    made: dict[str, Any] = {
        "epoch": 3,
        "function": "the probability of <outside>",
        "unit": "per unit of x and y",
        "axes": ("x", "y"),
        "x": line.astype(np.float32),
        "y": line.astype(np.float32),
        "values": outside.astype(np.float32),
        "gradients": np.stack([slope * x / radius, slope * y / radius], -1).astype(
            np.float32
        ),
        "labels": ("inside", "<outside>"),
        "probabilities": np.stack([1 - outside, outside], -1).astype(np.float32),
        "outline": 30 * np.stack([np.cos(turn), np.sin(turn)], -1).astype(np.float32),
    }
    return Plane(**made | changed)


def panel(size: int, seed: int, marked: tuple[int, ...], **more: Any) -> FeaturePanel:
    """Scores drawn at random."""
    scores = np.random.default_rng(seed).normal(size=size).astype(np.float32)
    return FeaturePanel(
        name=more.pop("name", "200 test rows"),
        scores=np.abs(scores) if more.pop("sizes", True) else scores,
        marked=np.array(marked, np.int32),
        **more,
    )


def pixels(seed: int = 1, **changed: Any) -> FeatureScores:
    """A share for each of 25 pixels, the corners masked."""
    made: dict[str, Any] = {
        "epoch": 3,
        "quantity": "share of rows that used it",
        "unit": "",
        "signed": False,
        "features": tuple(f"row {i // 5 + 1}, column {i % 5 + 1}" for i in range(25)),
        "shape": (5, 5),
        "panels": (panel(25, seed, (0, 4, 20, 24)),),
        "mask": "corners",
    }
    return FeatureScores(**made | changed)


def columns(seed: int = 1, **changed: Any) -> FeatureScores:
    """A signed gradient by each of 20 features of two rows, four of them masked."""
    told = {"label": "b", "truth": "a", "probability": 0.75, "sizes": False}
    made: dict[str, Any] = {
        "epoch": 3,
        "quantity": "gradient",
        "unit": "per unit of a feature",
        "signed": True,
        "features": tuple(f"<feature {i}>" for i in range(20)),
        "shape": (),
        "panels": tuple(
            panel(20, seed + i, (0, 1, 2, 3), name=f"row {i + 1}", row=i, **told)
            for i in range(2)
        ),
        "mask": "iris",
    }
    return FeatureScores(**made | changed)


ARTIFACTS = {
    "plane": plane,
    "pixels": pixels,
    "otherpixels": lambda: pixels(2),
    "columns": columns,
}
FIGURES: dict[str, dict[str, Any]] = {
    "field": {"figure": "quiver", "artifact": "plane", "title": "A field"},
    "masks": {"figure": "features", "artifacts": ("pixels", "otherpixels"),
              "names": {"pixels": "plain", "otherpixels": "right reasons"}},
    "features": {"figure": "features", "artifacts": ("columns",), "most": 10},
}  # fmt: skip
