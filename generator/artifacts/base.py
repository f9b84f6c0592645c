"""What every artifact has, and the tokens they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Kind = Literal["word", "pad", "unknown", "mark", "sentence"]

LATER = {"later": True}
"""Metadata of a field that came when artifacts without it had been kept: it is written
where it has another value than its default, so that these stay as they are."""


@dataclass(frozen=True, slots=True)
class Token:
    """The unit a model reads or weighs: a character, a word, a `sentence` of a story.

    `mark` is textgenrnn's `<s>`.
    """

    text: str
    kind: Kind = "word"


@dataclass(frozen=True, slots=True)
class Check:
    """An identity the numbers must satisfy: `error` is at most `tolerance`."""

    name: str
    error: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether the identity holds."""
        return self.error <= self.tolerance


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """The base of all kinds: which model state was asked.

    `epoch` is the snapshot (0 is before training), None when many or none were.
    """

    epoch: int | None = None
    checks: tuple[Check, ...] = ()
