"""What a method leaves on disk: frozen dataclasses over numpy, without behaviour.

An artifact holds raw numbers in true units. Scaling and colour happen once, in
`figures.colour`. Every kind says what its arrays' axes are; `store` reads and writes
all of them from their fields alone, so a new kind needs only its entry in `ARTIFACTS`.

Padding and unknown words stay in a history as tokens with their kind: textgenrnn gives
both the id 0 and masks neither, so real attention falls on them.
"""

from __future__ import annotations

from generator.artifacts.activated import Cell as Cell
from generator.artifacts.activated import CellEffects as CellEffects
from generator.artifacts.activated import CellSearch as CellSearch
from generator.artifacts.activated import CellTraces as CellTraces
from generator.artifacts.activated import Effect as Effect
from generator.artifacts.activated import Fit as Fit
from generator.artifacts.activated import Use as Use
from generator.artifacts.aligned import AlignedText as AlignedText
from generator.artifacts.aligned import AlignmentFrames as AlignmentFrames
from generator.artifacts.aligned import Alignments as Alignments
from generator.artifacts.aligned import Links as Links
from generator.artifacts.base import Artifact as Artifact
from generator.artifacts.base import Check as Check
from generator.artifacts.base import Floats as Floats
from generator.artifacts.base import Ints as Ints
from generator.artifacts.base import Kind as Kind
from generator.artifacts.base import Token as Token
from generator.artifacts.explained import AnchoredText as AnchoredText
from generator.artifacts.explained import Anchors as Anchors
from generator.artifacts.explained import Fact as Fact
from generator.artifacts.explained import ScoredText as ScoredText
from generator.artifacts.explained import TokenFrames as TokenFrames
from generator.artifacts.explained import TokenScores as TokenScores
from generator.artifacts.judged import Agreement as Agreement
from generator.artifacts.judged import Aspect as Aspect
from generator.artifacts.judged import Score as Score
from generator.artifacts.judged import Scores as Scores
from generator.artifacts.language import Alternative as Alternative
from generator.artifacts.language import Frames as Frames
from generator.artifacts.language import PartScores as PartScores
from generator.artifacts.language import Sample as Sample
from generator.artifacts.language import Samples as Samples
from generator.artifacts.language import SlotScores as SlotScores
from generator.artifacts.measured import Curves as Curves
from generator.artifacts.measured import Distributions as Distributions
from generator.artifacts.measured import Estimate as Estimate
from generator.artifacts.measured import Estimates as Estimates
from generator.artifacts.measured import Group as Group
from generator.artifacts.measured import Predictions as Predictions
from generator.artifacts.measured import Role as Role
from generator.artifacts.rows import FeaturePanel as FeaturePanel
from generator.artifacts.rows import FeatureScores as FeatureScores
from generator.artifacts.rows import Plane as Plane
from generator.artifacts.searched import Found as Found
from generator.artifacts.searched import Optimised as Optimised
from generator.artifacts.searched import Search as Search
from generator.artifacts.searched import Stage as Stage

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
