"""Artifacts over a model's input: planes, scores of features, optimised texts."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.artifacts.base import LATER, Artifact, Floats, Ints
from generator.artifacts.signs import state_sign
from generator.core.tokens import Token


@dataclass(frozen=True, kw_only=True)
class Plane(Artifact):
    """A function of two features on a grid, and its gradient there."""

    function: str  # what was differentiated, in words
    unit: str  # of the gradient
    axes: tuple[str, str]
    x: Floats  # (columns,), rising
    y: Floats  # (rows,), rising
    values: Floats  # (rows, columns), of the function
    gradients: Floats  # (rows, columns, 2), by x and by y
    labels: tuple[str, ...]
    probabilities: Floats  # (rows, columns, labels)
    outline: Floats  # (points, 2) along the true boundary; none where it is not known


@dataclass(frozen=True, slots=True)
class FeaturePanel:
    """Scores of all features, of one row or over many."""

    name: str
    scores: Floats  # (features,) or, of a picture, (pixels,)
    marked: Ints  # places in `scores` that an annotation mask names
    row: int | None = None  # the row's number in the corpus
    truth: str = ""
    label: str = ""  # what was predicted
    probability: float = 1.0  # of that
    rows: int = 1  # how many rows it is over


@dataclass(frozen=True, kw_only=True)
class FeatureScores(Artifact):
    """A score for every feature; of pictures, for every pixel."""

    quantity: str
    unit: str
    signed: bool
    features: tuple[str, ...]
    shape: tuple[int, ...]  # (rows, columns) of a picture, empty for a table
    panels: tuple[FeaturePanel, ...]
    mask: str = ""  # the annotation mask that is marked
    notes: tuple[str, ...] = ()
    speaks_for: str = field(default="", metadata=LATER)
    """What scores above 0 speak for, "" where they have no sign."""

    def __post_init__(self) -> None:
        """Say what + speaks for."""
        state_sign(self, "what was differentiated", signed=self.signed)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimisationStage:
    """A text during the search, with its score and that of the mixture it was read off.

    `temperature` and `mixture` are NaN where there is no mixture: a word was exchanged.
    """

    step: int  # of the climb over mixtures, then of the exchanges after it
    tokens: tuple[Token, ...]
    shares: Floats  # (tokens,), of the word in its place's mixture, from 0 to 1
    score: float  # of the text as it stands
    mixture: float
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimisationRun:
    """A search from one start: some of its stages, and the scores of every step."""

    stages: tuple[OptimisationStage, ...]
    mixtures: Floats  # (steps + 1,), scores of the mixtures
    texts: Floats  # (steps + 1,), scores of the texts read off them
    flipped: float  # the score after words were exchanged
    alone: float  # the same from a random text, without any mixture
    random: float  # the best of as many random texts as `OptimisedInputs.drawn` says


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateText:
    """A text and its score."""

    tokens: tuple[Token, ...]
    score: float


@dataclass(frozen=True, kw_only=True)
class OptimisedInputs(Artifact):
    """Inputs of the largest score that a search found, from several starts."""

    label: str  # whose score was climbed
    labels: tuple[str, ...]
    quantity: str  # "log odds of positive"
    unit: str
    searches: tuple[OptimisationRun, ...]
    drawn: int  # random texts of each start
    best_random: CandidateText
    best_trained: (
        CandidateText | None
    )  # of training texts, None where none is long enough
    windows: int  # stretches of training texts that were asked about
    notes: tuple[str, ...] = ()
