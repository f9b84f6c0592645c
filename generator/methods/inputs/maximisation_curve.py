"""Scores of mixtures and of texts, by step."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from generator.artifacts import Curves, Optimised
from generator.methods.base import Asked, Method
from generator.methods.inputs.maximisation_scores import optimised
from generator.methods.windows import narrow


class MaximisationCurve(Method):
    """What mixtures promise and what texts keep, step by step of a search for an input.

    1. The search is read from an artifact of `maximisation`; nothing is asked again.
    2. Two lines are means over its starts: the log odds of the mixtures, and those of the
       texts read off them at the same step. The distance of the two is the gap.
    3. Two lines do not change with the step: the best random text of a start, as a mean
       over starts, and the best stretch of a training text.

    At the first steps nearly every word has a share in every mixture, and a text read off
    them says little of what the mixtures score. As the temperature falls the mixtures come
    down to words and the two lines to each other; where a distance is left, the model likes
    something that no text of these words is.

    Source: as in *maximisation*.
    """

    gives: ClassVar = Curves
    method: Literal["maximisation_curve"]
    of: str
    """The artifact of `maximisation`."""

    def reads(self) -> tuple[str, ...]:
        """The search."""
        return (self.of,)

    def collect(self, asked: Asked) -> Curves:
        """Average. Raises `UnsupportedError`."""
        found = optimised(asked, self.of)
        lines = {
            "mixture": mean(found, "mixtures"),
            "text read off it": mean(found, "texts"),
        }
        steps = len(lines["mixture"])
        random = float(np.mean([one.random for one in found.searches]))
        lines["best random text"] = np.full(steps, random)
        if found.best_trained is not None:
            best = found.best_trained.score
            lines["best stretch of a training text"] = np.full(steps, best)
        return Curves(
            epoch=found.epoch,
            x=narrow(np.arange(float(steps))),
            y=narrow(np.stack([*lines.values()])),
            x_label="step over mixtures",
            y_label="log odds",
            names=tuple(lines),
            unit=found.unit,
        )


def mean(found: Optimised, line: str) -> np.ndarray:
    """A line of all searches, averaged (steps + 1,)."""
    rows = [getattr(one, line) for one in found.searches]
    return np.asarray(np.mean(np.array(rows, np.float64), 0))
