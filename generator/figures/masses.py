"""A row's score on padding, and on its newest slot."""

from __future__ import annotations

import numpy as np

from generator.artifacts import Floats, SlotScores


def padding_mass(scores: SlotScores) -> Floats:
    """Each step's sum over padded slots, (steps,)."""
    pads = [[token.kind == "pad" for token in row] for row in scores.histories]
    mask = np.array(pads, dtype=bool).reshape(scores.scores.shape)
    sums: Floats = np.where(mask, scores.scores, 0).sum(1, dtype=np.float32)
    return sums


def recency_mass(scores: SlotScores) -> Floats:
    """Each step's score of the newest slot, (steps,)."""
    return scores.scores[:, -1]
