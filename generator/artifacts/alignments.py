"""Artifacts of a translator: a score for each pair of target and source token."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.artifacts.attributions import Measurement
from generator.artifacts.base import LATER, Artifact, Floats
from generator.artifacts.signs import state_sign
from generator.core.tokens import Token

Links = tuple[tuple[int, int], ...]
"""Pairs (target token, source token), both counted from 0, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedText:
    """One text, its translation, and a score for each pair of their tokens.

    Row `i` of `scores` is about the source when `targets[i]` was to be written. Closing
    marks are tokens of both. `gold` are the links known to be right, None where nobody
    knows them; `possible` are links that are neither required nor wrong.
    """

    sources: tuple[Token, ...]
    targets: tuple[Token, ...]
    scores: Floats  # (targets, sources), in the artifact's unit; NaN where not defined
    probabilities: Floats  # (targets,), the model's, of each target token
    gold: Links | None = None
    possible: Links = ()
    reference: tuple[Token, ...] = ()  # the corpus's translation, () where unknown
    document: int | None = None  # its number in the corpus, None for a given text
    facts: tuple[Measurement, ...] = ()  # "alignment error rate", "entropy", "coverage"


@dataclass(frozen=True, kw_only=True)
class Alignments(Artifact):
    """Scores of source tokens for each target token, of one or more texts.

    Attention weights: rows sum to 1. `signed` scores are for and against, around 0.
    `forced` says whose target it is: the corpus's own, or the model's writing.
    """

    texts: tuple[AlignedText, ...]
    quantity: str  # "attention weight", "gradient times input", "drop in log …"
    unit: str = ""  # "" for shares, "nats"
    signed: bool = False
    forced: bool = False
    scoring: str = ""  # how attention is scored, "additive", …
    notes: tuple[str, ...] = ()
    speaks_for: str = field(default="", metadata=LATER)
    """What scores above 0 speak for, "" where they have no sign."""

    def __post_init__(self) -> None:
        """Say what + speaks for."""
        state_sign(self, "the target token", signed=self.signed)


@dataclass(frozen=True, kw_only=True)
class AlignmentFrames(Artifact):
    """Alignments of the same texts at several epochs; each frame has its own `epoch`.

    Targets are the corpus's own, so that all frames have the same rows.
    """

    frames: tuple[Alignments, ...]
