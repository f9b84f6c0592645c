"""Attention weights handed to the wrong tokens: how far does the answer move?"""

from __future__ import annotations

import numpy as np

from generator.methods.averages import Weighing


def median_move(
    weighing: Weighing, permutations: int, rng: np.random.Generator
) -> float:
    """Median total variation over so many shufflings of the weights, from 0 to 1."""
    slots = len(weighing.weights)
    places = rng.random((permutations, slots)).argsort(1)
    return float(np.median(weighing.moved(weighing.weights[places])))
