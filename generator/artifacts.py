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
Ints = NDArray[np.int32]
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


@dataclass(frozen=True, slots=True)
class Fact:
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

    `label` is what signed scores speak for; "" where they are about no label, as
    attention is. `spread` is the standard error of each score, empty where there is
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
    facts: tuple[Fact, ...] = ()
    undefined: str = ""  # why there are no scores to draw, "" where there are


@dataclass(frozen=True, kw_only=True)
class TokenScores(Artifact):
    """Scores of the tokens of one or more texts, for what a classifier said of them.

    Padding, where the model reads any, stays at the end of a text as tokens.
    """

    texts: tuple[ScoredText, ...]
    labels: tuple[str, ...]  # in the model's order
    quantity: str  # "attention weight", "LIME coefficient", "Shapley value"
    unit: str = ""  # "" for shares, "logits", "nats", "probability"
    signed: bool = False
    ratio: float | None = None  # largest possible ratio of two scores of a text
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TokenFrames(Artifact):
    """The same texts at several epochs; every frame carries its own `epoch`."""

    frames: tuple[TokenScores, ...]


@dataclass(frozen=True, kw_only=True)
class Predictions(Artifact):
    """What a classifier said of every document of one side of its corpus."""

    labels: tuple[str, ...]
    documents: Ints  # (documents,), their numbers in the corpus, rising
    truths: Ints  # (documents,), places in `labels`
    probabilities: Floats  # (documents, labels), rows sum to 1
    part: str  # "test" or "validation"
    parameters: int = 0  # numbers the model learnt
    seconds_per_epoch: float | None = None  # None where times are not recorded
    seconds_per_text: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One value for each of many texts, their mean and its 95 % interval."""

    name: str
    values: Floats  # (n,), NaN left out before
    mean: float
    low: float
    high: float
    role: Role = "observed"
    published: float | None = None  # the mean that a paper reports


@dataclass(frozen=True, kw_only=True)
class Distributions(Artifact):
    """One quantity over many texts, in groups that share an axis."""

    quantity: str
    groups: tuple[Group, ...]
    unit: str = ""
    ends: tuple[float, float] | None = None  # what the quantity can be at all
    reference: float | None = None  # what no effect would give
    reference_name: str = ""
    published_name: str = ""  # the paper whose means are given
    verdict: Literal["supported", "not supported", "undecided", "none"] = "none"
    claim: str = ""
    notes: tuple[str, ...] = ()


ARTIFACTS: dict[str, type[Artifact]] = {
    "slot-scores": SlotScores,
    "part-scores": PartScores,
    "frames": Frames,
    "samples": Samples,
    "curves": Curves,
    "estimates": Estimates,
    "token-scores": TokenScores,
    "token-frames": TokenFrames,
    "predictions": Predictions,
    "distributions": Distributions,
}
"""Kind as written in an artifact's file, and its class."""

SCHEMA = 1
"""Bump when a field of any kind changes its meaning: every artifact is stale then."""
