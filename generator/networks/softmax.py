"""Probabilities of logits, the same wherever in a batch a row stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log probabilities by row, in double precision."""
    below = logits.astype(np.float64) - logits.max(1, keepdims=True)
    return np.asarray(below - np.log(np.exp(below).sum(1, keepdims=True)))


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities by row; TensorFlow's own differ with a row's place in a batch."""
    shares = np.exp(logits - logits.max(1, keepdims=True), dtype=np.float64)
    return (shares / shares.sum(1, keepdims=True)).astype(np.float32)
