"""Made-up traces, a search and an ablation of cells, to be drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from generator.artifacts import (
    Cell,
    CellEffects,
    CellSearch,
    CellTraces,
    ClampEffect,
    Estimate,
    HypothesisFit,
)
from generator.core.tokens import Token

CODE = """def greet(name):
    # say <b>hello</b>
    if name == "you":
        return "it's " + name
    return f"{name}!"
"""
HYPOTHESES = ("in string", "in comment", "bracket depth")


def truths(text: str = CODE) -> np.ndarray:
    """Labels of the code above, made by hand of its quotes and its #."""
    quoted, comment, depth = [], [], []
    inside, note, deep = False, False, 0
    for char in text:
        note = (note or (char == "#" and not inside)) and char != "\n"
        inside ^= char == '"'
        deep += (char in "([{") - (char in ")]}")
        quoted.append(float(inside))
        comment.append(float(note))
        depth.append(float(deep))
    return np.array([quoted, comment, depth], np.float32)


def cells(layers: int = 1, width: int = 24) -> tuple[Cell, ...]:
    """All cells of a network of some layers."""
    return tuple(Cell(i + 1, j + 1) for i in range(layers) for j in range(width))


def traces(text: str = CODE, layers: int = 1, width: int = 24) -> CellTraces:
    """Cells that follow a hypothesis more or less; the first follows the quotes."""
    known, rng = truths(text), np.random.default_rng(3)
    every = cells(layers, width)
    rows = []
    for i in range(len(every)):
        noise = np.convolve(rng.normal(size=len(text) + 4), np.ones(5) / 5, "valid")
        mix = 1.6 * (known[i % 2] - 0.4) * max(0.0, 1 - i / 8) + noise
        rows.append(np.tanh(mix * (1 if i % 3 else -1)))
    values = 0.99 * np.array(rows, np.float32)
    return CellTraces(
        epoch=6,
        tokens=tuple(map(Token, text)),
        cells=every,
        activations=values / 2,
        memories=np.arctanh(values),
        hypotheses=HYPOTHESES,
        truths=known,
        document=7,
        start=120,
    )


def chosen() -> CellTraces:
    """Two cells of the above."""
    every = traces()
    keep = [0, 1]
    return CellTraces(
        epoch=6,
        tokens=every.tokens,
        cells=tuple(every.cells[i] for i in keep),
        activations=every.activations[keep],
        memories=every.memories[keep],
        hypotheses=HYPOTHESES,
        truths=every.truths,
        document=7,
    )


def fit(name: str, place: int, **given: Any) -> HypothesisFit:
    """A hypothesis whose best cell was found, unless more is given."""
    numbers: dict[str, Any] = {
        "graded": False, "share": 0.2, "cell": Cell(1, place), "sign": 1,
        "score": 0.96, "again": 0.951, "low": 0.933, "high": 0.967, "shifts": 0.63,
        "untrained": 0.81, "p": 0.0002, "found": True, "cells": 4, "overlap": 0.667,
        "probe": 0.993, "probe_cells": 17, "untrained_probe": 0.87, "closes": "a quote",
    }  # fmt: skip
    return HypothesisFit(name=name, **{**numbers, **given})


def search(layers: int = 1, width: int = 24) -> CellSearch:
    """A search for three hypotheses, one of them graded, one without a cell."""
    fits = (
        fit("in string", 1),
        fit("in comment", 2, sign=-1, again=0.9, low=0.85, high=0.93, overlap=0.25),
        fit(
            "bracket depth", 5, graded=True, share=math.nan, score=0.31, again=0.28,
            low=0.2, high=0.36, shifts=0.22, untrained=0.4, p=0.3, found=False,
            cells=0, probe=0.77, untrained_probe=0.6, closes="",
        ),
    )  # fmt: skip
    every = cells(layers, width)
    rng = np.random.default_rng(5)
    strengths = 0.3 * rng.random((3, len(every))).astype(np.float32)
    strengths[0, 0], strengths[1, 1], strengths[2, 4] = 0.92, -0.8, 0.31
    found = np.zeros(strengths.shape, np.int32)
    found[0, 0] = found[1, 1] = 1
    return CellSearch(
        epoch=6,
        quantity="AUROC, or ρ of graded hypotheses, on the second text",
        rows=tuple(Estimate(f.name, f.again, f.low, f.high, n=50, p=f.p) for f in fits),
        reference=0.5,
        reference_name="chance",
        cells=every,
        fits=fits,
        strengths=strengths,
        found=found,
        characters=(20_000, 19_800),
        networks=8,
        q=0.05,
    )


def effect(name: str, place: int, **given: Any) -> ClampEffect:
    """A cell that is used, unless more is given."""
    numbers: dict[str, Any] = {
        "closes": "a quote", "off": 0.31, "off_low": 0.25, "off_high": 0.37,
        "off_random": 0.04, "off_p": 0.01, "off_places": 120, "on": 0.09,
        "on_low": 0.07, "on_high": 0.11, "on_random": 0.02, "on_p": 0.01,
        "on_places": 400, "random": 100, "before": 0.62, "use": "used",
    }  # fmt: skip
    return ClampEffect(hypothesis=name, cell=Cell(1, place), **{**numbers, **given})


def effects() -> CellEffects:
    """One cell that is used, and one that is not."""
    found = (
        effect("in string", 1),
        effect(
            "in comment", 2, closes="a line break", off=0.01, off_low=-0.01,
            off_high=0.03, off_random=0.05, off_p=0.4, on=0.0, on_low=-0.01,
            on_high=0.01, on_random=0.03, on_p=0.6, use="correlates only",
        ),
    )  # fmt: skip
    rows = []
    for one in found:
        name = f"{one.hypothesis}: cell {one.cell.name} held off"
        value = (one.off, one.off_low, one.off_high)
        rows.append(Estimate(name, *value, n=one.off_places, p=one.off_p))
        bar = (one.off_random,) * 3
        null = f"{one.hypothesis}: random cells held off, 99 %"
        rows.append(Estimate(null, *bar, n=one.random, role="null"))
    return CellEffects(
        epoch=6,
        quantity="fall of the probability of the closing token",
        rows=tuple(rows),
        reference=0.0,
        reference_name="no effect",
        effects=found,
    )


LONG = CODE * 2
"""A passage that is longer than most."""

ARTIFACTS = {
    "cell-traces": traces,
    "chosen-cells": chosen,
    "cell-search": search,
    "cell-effects": effects,
    "many-traces": lambda: traces(LONG[:100], layers=2, width=128),
    "many-cells": lambda: search(layers=2, width=128),
}
FIGURES: dict[str, dict[str, Any]] = {
    "trace": {"figure": "trace", "artifact": "chosen-cells", "search": "cell-search",
              "hypothesis": "in string"},
    "activation": {"figure": "trace", "artifact": "chosen-cells", "cells": ("1.2",),
                   "shows": "activation"},
    "wall": {"figure": "wall", "search": "cell-search", "traces": "cell-traces"},
    "large-wall": {"figure": "wall", "search": "many-cells", "traces": "many-traces",
                   "hypothesis": "in comment"},
    "hypotheses": {"figure": "hypotheses", "search": "cell-search",
                   "ablation": "cell-effects"},
    "unclamped": {"figure": "hypotheses", "search": "cell-search"},
    "found-again": {"figure": "estimates", "artifact": "cell-search"},
    "clamped": {"figure": "estimates", "artifact": "cell-effects"},
}  # fmt: skip
