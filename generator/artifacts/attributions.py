"""Artifacts of a classifier: a score for each token of a text, or an anchor."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from generator.artifacts.base import LATER, Artifact, Floats
from generator.artifacts.signs import state_sign
from generator.core.tokens import Token


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number that belongs to an explanation: its R², its completeness gap.

    `doubt` says why the number speaks against the explanation, "" where it does not.
    """

    name: str
    value: float
    unit: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredText:
    """One text as a classifier read it, with a score for each token.

    `label` is the label that signed scores speak for; "" where they are about no label,
    as attention is. `spread` is the standard error of each score, empty where there is
    none. `rationale` are half-open spans of the tokens known to decide.
    """

    tokens: tuple[Token, ...]
    scores: Floats  # (tokens,), in the artifact's unit; NaN where not defined
    probabilities: Floats  # (labels,), the model's
    label: str = ""
    truth: str = ""  # the document's own label, "" where unknown
    rationale: tuple[tuple[int, int], ...] = ()
    document: int | None = None  # its number in the corpus, None for a given text
    length: int = 0  # tokens of the whole text, if more than were read
    spread: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    facts: tuple[Measurement, ...] = ()
    undefined: str = ""  # why there are no scores to draw, "" where there are
    question: str = field(default="", metadata=LATER)
    """What was asked about the text, "" where nothing was."""


@dataclass(frozen=True, kw_only=True)
class TokenScores(Artifact):
    """Scores of the tokens of one or more texts, for what a classifier predicted.

    Padding, where the model reads any, stays at the end of a text as tokens.
    """

    texts: tuple[ScoredText, ...]
    labels: tuple[str, ...]  # in the model's order
    quantity: str  # "attention weight", "LIME coefficient", "Shapley value"
    unit: str = ""  # "" for shares, "logits", "nats", "probability"
    signed: bool = False
    ratio: float | None = None  # largest possible ratio of two scores of a text
    notes: tuple[str, ...] = ()
    speaks_for: str = field(default="", metadata=LATER)
    """What scores above 0 speak for, "" where they have no sign."""

    def __post_init__(self) -> None:
        """Say what + speaks for."""
        state_sign(self, "the label of each text", signed=self.signed)


@dataclass(frozen=True, kw_only=True)
class TokenFrames(Artifact):
    """Token scores of the same texts at several epochs; each frame has its `epoch`."""

    frames: tuple[TokenScores, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchoredText:
    """One text and its anchor: tokens that, left in place, preserve the prediction."""

    tokens: tuple[Token, ...]
    probabilities: Floats  # (labels,), the model's
    label: str  # the prediction that the anchor preserves
    anchor: tuple[int, ...]  # places of tokens, in the order they were added
    precision: float  # share of perturbed texts holding the anchor with this label
    low: float  # 95 % interval of the precision
    high: float
    coverage: float  # share of perturbed texts that hold the anchor
    samples: int  # texts the precision rests on
    coverage_samples: int  # 0 where the coverage is exact
    base: float  # precision of the empty anchor
    truth: str = ""
    rationale: tuple[tuple[int, int], ...] = ()
    document: int | None = None
    length: int = 0
    facts: tuple[Measurement, ...] = ()
    undefined: str = ""


@dataclass(frozen=True, kw_only=True)
class Anchors(Artifact):
    """Anchors of one or more texts; `threshold` is the precision required of them."""

    texts: tuple[AnchoredText, ...]
    labels: tuple[str, ...]
    threshold: float
    perturbation: str  # how the other tokens are changed, in words
    notes: tuple[str, ...] = ()
