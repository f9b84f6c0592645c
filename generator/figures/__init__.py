"""Figures a study file can name.

To add one: its module here, its template, its line in the table.
"""

from __future__ import annotations

from generator.core.spec import ClassTable
from generator.figures.base import Figure

FIGURES = ClassTable[Figure](
    "generator.figures",
    {
        "text": "language_model.text.ShadedText",
        "matrix": "language_model.matrix.SlotMatrix",
        "epochs": "language_model.epochs.Epochs",
        "parts": "language_model.contributions.ContributionParts",
        "curve": "statistics.curve.Curve",
        "samples": "language_model.samples.SampledTexts",
        "estimates": "statistics.estimates.EstimateDots",
        "heatmap": "text.heatmap.Heatmap",
        "rule": "text.anchors.AnchorRule",
        "history": "text.history.EpochHistory",
        "violins": "statistics.violins.Violins",
        "compare": "text.compare.TextComparison",
        "confusion": "statistics.confusion.Confusion",
        "bars": "text.bars.WordBars",
        "scores": "statistics.scores.ScoreDots",
        "quiver": "features.quiver.Quiver",
        "features": "features.feature_scores.FeatureImportance",
        "agreement": "statistics.agreement.AgreementMatrix",
        "alignment": "alignment.alignment_matrix.AlignmentMatrix",
        "optimised": "text.optimised.OptimisedText",
        "trace": "cells.trace.CellTraceText",
        "wall": "cells.wall.CellWall",
        "hypotheses": "cells.hypotheses.Hypotheses",
    },
)
"""The word after `figure:` under `figures:`, and its class."""
