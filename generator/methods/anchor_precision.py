"""The precision of an anchor once it is chosen, on texts that it was not chosen by."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

import numpy as np

from generator.methods import klucb
from generator.methods.anchor_search import Anchor, holding
from generator.methods.anchor_space import Same, precisions
from generator.methods.coalitions import every
from generator.methods.perturbing import Masks


class Precision(NamedTuple):
    """A precision, its 95 % interval, and the texts that it rests on.

    The interval has no width where these are all perturbed texts that hold the anchor.
    """

    value: float
    low: float
    high: float
    texts: int


def measured(
    anchor: Anchor, fresh: Masks, keep: float
) -> Generator[Masks, Same, Precision]:
    """Ask about the draws `fresh` (draws, tokens), or about all texts if not more."""
    tokens = fresh.shape[1]
    others = [token for token in range(tokens) if token not in anchor]
    if 2 ** len(others) > len(fresh):
        same = yield holding(fresh, anchor)
        return Precision(*klucb.interval(float(same.mean()), len(same)), len(same))
    masks = np.ones((2 ** len(others), tokens), np.bool_)
    masks[:, others] = every(len(others))
    same = yield masks
    return exactly(float(precisions(same, keep)[0]), len(same))


def exactly(value: float, texts: int) -> Precision:
    """A precision that all perturbed texts were asked for."""
    return Precision(value, value, value, texts)
