"""What a method leaves on disk: frozen dataclasses over numpy, without behaviour.

An artifact holds raw numbers in true units. Scaling and colour happen once, in
`figures.colour`. Every kind says what its arrays' axes are; `store` reads and writes
all of them from their fields alone, so a new kind needs only its entry in `ARTIFACTS`.

Padding and unknown words stay in a history as tokens with their kind: textgenrnn gives
both the id 0 and masks neither, so real attention falls on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Kind = Literal["word", "pad", "unknown", "mark"]


@dataclass(frozen=True, slots=True)
class Token:
    """The unit a model reads, a character or a word; `mark` is textgenrnn's `<s>`."""

    text: str
    kind: Kind = "word"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A token the model could have written, and its probability."""

    token: Token
    probability: float


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


@dataclass(frozen=True, kw_only=True)
class SlotScores(Artifact):
    """Scores of a language model's history slots, one row for each token written.

    Row `t` holds what the model saw when it wrote `targets[t]`: `histories[t]`, oldest
    first, always `window` long, padding included, and `scores[t]`, parallel to it.
    Attention weights: rows sum to 1. `signed` scores are for and against, around 0.
    """

    targets: tuple[Token, ...]
    histories: tuple[tuple[Token, ...], ...]  # (steps, window)
    scores: Floats  # (steps, window), in `unit`
    probabilities: Floats  # (steps,), the model's own, at temperature 1
    quantity: str  # "attention weight", "logit contribution", "drop in log probability"
    unit: str = ""  # "" for shares, "logits", "nats"
    signed: bool = False
    alternatives: tuple[tuple[Alternative, ...], ...] = ()  # (steps, k), best first
    prefix: str = ""
    temperature: float | None = None  # None: the text was given, not written


@dataclass(frozen=True, kw_only=True)
class PartScores(SlotScores):
    """Slot scores split exactly over the parts of each slot's vector.

    `by_part.sum(-1) == scores`; parts are "embedding", "layer 1", … in model order.
    """

    parts: tuple[str, ...]
    by_part: Floats  # (steps, window, parts)


@dataclass(frozen=True, kw_only=True)
class Frames(Artifact):
    """The same text read at several epochs; every frame carries its own `epoch`."""

    frames: tuple[SlotScores, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One text as sampled, its marks removed."""

    text: str
    temperature: float
    epoch: int


@dataclass(frozen=True, kw_only=True)
class Samples(Artifact):
    """Texts kept without their weights, ordered by epoch, temperature, draw."""

    samples: tuple[Sample, ...]
    prefix: str = ""


@dataclass(frozen=True, kw_only=True)
class Curves(Artifact):
    """Named lines over one axis; NaN where a line has no value."""

    x: Floats  # (points,)
    y: Floats  # (curves, points)
    x_label: str
    y_label: str
    names: tuple[str, ...]  # one for each curve
    marked_x: float | None = None  # e.g. the best epoch
    unit: str = ""


Role = Literal["observed", "null", "positive control", "negative control"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with its 95 % interval over `n` units, and what it stands for."""

    name: str
    value: float
    low: float
    high: float
    n: int
    role: Role = "observed"
    p: float | None = None


@dataclass(frozen=True, kw_only=True)
class Estimates(Artifact):
    """A small table of estimates of one quantity, and the verdict they give."""

    quantity: str
    rows: tuple[Estimate, ...]
    reference: float | None = None  # what no effect would give
    reference_name: str = ""
    verdict: Literal["supported", "not supported", "undecided", "none"] = "none"
    claim: str = ""  # the sentence the verdict is about
    notes: tuple[str, ...] = field(default=())


ARTIFACTS: dict[str, type[Artifact]] = {
    "slot-scores": SlotScores,
    "part-scores": PartScores,
    "frames": Frames,
    "samples": Samples,
    "curves": Curves,
    "estimates": Estimates,
}
"""Kind as written in an artifact's file, and its class."""

SCHEMA = 1
"""Bump when a field of any kind changes its meaning: every artifact is stale then."""
