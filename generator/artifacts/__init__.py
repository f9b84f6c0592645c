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
from generator.artifacts.attributions import Measurement as Measurement
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
from generator.artifacts.cells import CellUse as CellUse
from generator.artifacts.cells import ClampEffect as ClampEffect
from generator.artifacts.cells import HypothesisFit as HypothesisFit
from generator.artifacts.inputs import CandidateText as CandidateText
from generator.artifacts.inputs import FeaturePanel as FeaturePanel
from generator.artifacts.inputs import FeatureScores as FeatureScores
from generator.artifacts.inputs import OptimisationRun as OptimisationRun
from generator.artifacts.inputs import OptimisationStage as OptimisationStage
from generator.artifacts.inputs import OptimisedInputs as OptimisedInputs
from generator.artifacts.inputs import Plane as Plane
from generator.artifacts.language import Alternative as Alternative
from generator.artifacts.language import Frames as Frames
from generator.artifacts.language import PartScores as PartScores
from generator.artifacts.language import SampledText as SampledText
from generator.artifacts.language import Samples as Samples
from generator.artifacts.language import SlotScores as SlotScores
from generator.artifacts.signs import OTHER_TOKEN as OTHER_TOKEN
from generator.artifacts.signs import order_classes as order_classes
from generator.artifacts.statistics import Agreement as Agreement
from generator.artifacts.statistics import Curves as Curves
from generator.artifacts.statistics import DistributionGroup as DistributionGroup
from generator.artifacts.statistics import Distributions as Distributions
from generator.artifacts.statistics import Estimate as Estimate
from generator.artifacts.statistics import EstimateRole as EstimateRole
from generator.artifacts.statistics import Estimates as Estimates
from generator.artifacts.statistics import Predictions as Predictions
from generator.artifacts.statistics import Sample as Sample
from generator.artifacts.statistics import Scores as Scores
from generator.artifacts.statistics import TrustAspect as TrustAspect
from generator.artifacts.statistics import TrustScore as TrustScore
from generator.core.tokens import Token as Token
from generator.core.tokens import TokenKind as TokenKind

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
    "optimised": OptimisedInputs,
}
"""Kind as written in an artifact's file, and its class."""

FIRST_SCHEMA = 1
"""The schema of the first artifacts there were."""
SCHEMA = 1
"""Bump when a field of any kind changes its meaning: every artifact is stale then."""
