"""Dropout's randomness as a function of the step, not of what happened before.

Keras draws dropout masks from seed generators whose states it neither saves with the
weights nor restores. Before each step every generator gets a state computed from the
seed, its place in the model and the step, so a resumed run draws what it would have.
"""

from __future__ import annotations

import hashlib
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state
from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR
from numpy.typing import NDArray


def states_of(model: keras.Model, expected: int | None) -> list[Any]:
    """The states of all seed generators of `model`, in its order.

    Raises:
        RuntimeError: There are not as many as `expected`, or some layer drew from
            Keras's global generator, whose state depends on the whole process.
    """
    weights = {id(variable) for variable in model.weights}
    states = [v for v in model.variables if id(v) not in weights]
    if any(tuple(state.shape) != (2,) for state in states):
        raise RuntimeError("a variable that is neither a weight nor a seed state")
    if expected is not None and len(states) != expected:
        raise RuntimeError(f"{len(states)} seed generators; expected {expected}")
    if global_state.get_global_attribute(GLOBAL_SEED_GENERATOR) is not None:
        raise RuntimeError("a layer without a seed of its own drew a random number")
    return states


def states_at(seed: int, count: int, step: int) -> NDArray[np.int64]:
    """The states (count, 2) that `count` generators have at `step`."""
    digests = (
        hashlib.sha256(f"noise/{seed}/{place}/{step}".encode()).digest()[:8]
        for place in range(count)
    )
    words = np.frombuffer(b"".join(digests), dtype="<u4").reshape(-1, 2)
    return (words & 0x7FFFFFFF).astype(np.int64)
