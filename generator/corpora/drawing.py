"""Random numbers of a corpus of numbers, decided by what they are for and a seed."""

from __future__ import annotations

import hashlib

import numpy as np


def rng(purpose: str, *seed: int) -> np.random.Generator:
    """A generator of its own for each purpose and seed."""
    told = hashlib.sha256(purpose.encode()).digest()
    sequence = np.random.SeedSequence((int.from_bytes(told[:8], "big"), *seed))
    return np.random.Generator(np.random.PCG64(sequence))
