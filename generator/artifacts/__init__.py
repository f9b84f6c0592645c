"""What a method leaves on disk: frozen dataclasses over numpy, without behaviour.

An artifact holds raw numbers in true units. Scaling and colour happen once, in
`figures.colour`. Every kind says what its arrays' axes are; `store` reads and writes
all of them from their fields alone, so a new kind needs only its entry in `ARTIFACTS`.

Padding and unknown words stay in a history as tokens with their kind: textgenrnn gives
both the id 0 and masks neither, so real attention falls on them.
"""

from __future__ import annotations

from generator.artifacts.alignments import AlignedText as AlignedText
from generator.artifacts.alignments import AlignmentFrames as AlignmentFrames
from generator.artifacts.alignments import Alignments as Alignments
from generator.artifacts.alignments import Links as Links
from generator.artifacts.attributions import AnchoredText as AnchoredText
from generator.artifacts.attributions import Anchors as Anchors
from generator.artifacts.attributions import Fact as Fact
from generator.artifacts.attributions import ScoredText as ScoredText
from generator.artifacts.attributions import TokenFrames as TokenFrames
from generator.artifacts.attributions import TokenScores as TokenScores
from generator.artifacts.base import Artifact as Artifact
from generator.artifacts.base import Check as Check
from generator.artifacts.base import Floats as Floats
from generator.artifacts.base import Ints as Ints
from generator.artifacts.cells import Cell as Cell
from generator.artifacts.cells import CellEffects as CellEffects
from generator.artifacts.cells import CellSearch as CellSearch
from generator.artifacts.cells import CellTraces as CellTraces
from generator.artifacts.cells import Effect as Effect
from generator.artifacts.cells import Fit as Fit
from generator.artifacts.cells import Use as Use
from generator.artifacts.inputs import FeaturePanel as FeaturePanel
from generator.artifacts.inputs import FeatureScores as FeatureScores
from generator.artifacts.inputs import Found as Found
from generator.artifacts.inputs import Optimised as Optimised
from generator.artifacts.inputs import Plane as Plane
from generator.artifacts.inputs import Search as Search
from generator.artifacts.inputs import Stage as Stage
from generator.artifacts.language import Alternative as Alternative
from generator.artifacts.language import Frames as Frames
from generator.artifacts.language import PartScores as PartScores
from generator.artifacts.language import Sample as Sample
from generator.artifacts.language import Samples as Samples
from generator.artifacts.language import SlotScores as SlotScores
from generator.artifacts.statistics import Agreement as Agreement
from generator.artifacts.statistics import Aspect as Aspect
from generator.artifacts.statistics import Curves as Curves
from generator.artifacts.statistics import Distributions as Distributions
from generator.artifacts.statistics import Estimate as Estimate
from generator.artifacts.statistics import Estimates as Estimates
from generator.artifacts.statistics import Group as Group
from generator.artifacts.statistics import Predictions as Predictions
from generator.artifacts.statistics import Role as Role
from generator.artifacts.statistics import Score as Score
from generator.artifacts.statistics import Scores as Scores
from generator.core.tokens import Kind as Kind
from generator.core.tokens import Token as Token

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
    "anchors": Anchors,
    "plane": Plane,
    "feature-scores": FeatureScores,
    "scores": Scores,
    "agreement": Agreement,
    "cell-traces": CellTraces,
    "cell-search": CellSearch,
    "cell-effects": CellEffects,
    "alignments": Alignments,
    "alignment-frames": AlignmentFrames,
    "optimised": Optimised,
}
"""Kind as written in an artifact's file, and its class."""

SCHEMA = 1
"""Bump when a field of any kind changes its meaning: every artifact is stale then."""
