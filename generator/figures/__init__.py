"""Figures a study file can name.

To add one: its module here, its template, its line in the table.
"""

from __future__ import annotations

from generator.core.spec import Table
from generator.figures.base import Figure

FIGURES = Table[Figure](
    "generator.figures",
    {
        "text": "language_model.text.Text",
        "matrix": "language_model.matrix.Matrix",
        "epochs": "language_model.epochs.Epochs",
        "parts": "language_model.contributions.Parts",
        "curve": "statistics.curve.Curve",
        "samples": "language_model.samples.SampledTexts",
        "estimates": "statistics.estimates.EstimateDots",
        "heatmap": "text.heatmap.Heatmap",
        "rule": "text.anchors.Rule",
        "history": "text.history.History",
        "violins": "statistics.violins.Violins",
        "compare": "text.compare.Compare",
        "confusion": "statistics.confusion.Confusion",
        "bars": "text.bars.Bars",
        "scores": "statistics.scores.ScoreDots",
        "quiver": "features.quiver.Quiver",
        "features": "features.feature_scores.Features",
        "agreement": "statistics.agreement.AgreementMatrix",
        "alignment": "alignment.alignment_matrix.AlignmentMatrix",
        "optimised": "text.optimised.OptimisedText",
        "trace": "cells.trace.CellText",
        "wall": "cells.wall.Wall",
        "hypotheses": "cells.hypotheses.Hypotheses",
    },
)
"""The word after `figure:` under `figures:`, and its class."""
