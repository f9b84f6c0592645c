"""The numbers behind a heatmap, as a table a screen reader can read."""

from __future__ import annotations

from generator.artifacts import SlotScores
from generator.figures.masses import padding_mass, recency_mass
from generator.figures.numbers import fixed, significant
from generator.figures.slots import Slots
from generator.figures.tokens import show
from generator.figures.view import Row, Table

DIGITS = 4
"""Decimals of a score in a table."""
NOTHING = 0.5 * 10.0**-DIGITS
"""Sizes below it round to nothing."""


def slot_table(slots: Slots) -> Table:
    """One row for each token written: every slot, then the row's sums."""
    scores = slots.scores
    unit = f" ({scores.unit})" if scores.unit else ""
    distances = tuple(str(back) for back in range(slots.window, 0, -1))
    return Table(
        f"{scores.quantity[:1].upper()}{scores.quantity[1:]}{unit} by step (rows) and "
        "slot (columns, tokens back)",
        ("token written", *distances, "padding", "last slot", "p"),
        tuple(
            Row(show(scores.targets[t]), cells(slots, t)) for t in range(slots.steps)
        ),
    )


def cells(slots: Slots, step: int) -> tuple[str, ...]:
    """A step's numbers: slots, padding's sum, newest slot, probability."""
    scores = slots.scores
    values = [float(v) for v in scores.scores[step]]
    values += [float(slots.padding[step]), float(slots.recency[step])]
    probability = significant(float(scores.probabilities[step]), 3)
    return (*map(cell, values), probability)


def cell(value: float) -> str:
    """A score of a table; what rounds to nothing is `0`, as most of them may be."""
    return "0" if abs(value) < NOTHING else fixed(value, DIGITS)


def step_table(frames: tuple[SlotScores, ...], names: tuple[str, ...]) -> Table:
    """Padding's sum, the newest slot and p by step, for each of several frames."""
    masses = [(padding_mass(f), recency_mass(f), f.probabilities) for f in frames]
    head = [
        f"{name}: {what}" for name in names for what in ("padding", "last slot", "p")
    ]
    rows = tuple(
        Row(
            show(token),
            tuple(fixed(float(part[t]), DIGITS) for mass in masses for part in mass),
        )
        for t, token in enumerate(frames[0].targets)
    )
    return Table("Sums of each step, by epoch", ("token written", *head), rows)
