"""Artifacts of a language model: scores of its history's slots, and sampled texts."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.artifacts.base import LATER, Artifact, Floats
from generator.artifacts.signs import state_sign
from generator.core.tokens import Token


@dataclass(frozen=True, slots=True)
class Alternative:
    """A token the model could have written, and its probability."""

    token: Token
    probability: float


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
    speaks_for: str = field(default="", metadata=LATER)
    """What scores above 0 speak for, "" where they have no sign."""

    def __post_init__(self) -> None:
        """Say what + speaks for."""
        state_sign(self, "the token written", signed=self.signed)


@dataclass(frozen=True, kw_only=True)
class PartScores(SlotScores):
    """Slot scores split exactly over the parts of each slot's vector.

    `by_part.sum(-1) == scores`; parts are "embedding", "layer 1", … in model order.
    """

    parts: tuple[str, ...]
    by_part: Floats  # (steps, window, parts)


@dataclass(frozen=True, kw_only=True)
class Frames(Artifact):
    """Slot scores of the same text at several epochs; each frame has its `epoch`."""

    frames: tuple[SlotScores, ...]


@dataclass(frozen=True, slots=True)
class SampledText:
    """One sampled text, its marks removed."""

    text: str
    temperature: float
    epoch: int


@dataclass(frozen=True, kw_only=True)
class Samples(Artifact):
    """Sampled texts without attention weights, by epoch, temperature and draw."""

    samples: tuple[SampledText, ...]
    prefix: str = ""
