"""Figures a study file can name.

To add one: its module here, its template, its line in the table.
"""

from generator.figures.base import Figure
from generator.table import Table

FIGURES = Table[Figure](
    "generator.figures",
    {
        "text": "text.Text",
        "matrix": "matrix.Matrix",
        "epochs": "epochs.Epochs",
        "parts": "parts.Parts",
        "curve": "curve.Curve",
        "samples": "samples.SampledTexts",
        "estimates": "estimates.EstimateDots",
        "heatmap": "heatmap.Heatmap",
        "rule": "rule.Rule",
        "history": "history.History",
        "violins": "violins.Violins",
        "compare": "compare.Compare",
        "confusion": "confusion.Confusion",
        "bars": "bars.Bars",
        "scores": "scores.ScoreDots",
        "quiver": "quiver.Quiver",
        "features": "features.Features",
        "agreement": "agreement.AgreementMatrix",
        "alignment": "alignment.AlignmentMatrix",
        "optimised": "optimised.OptimisedText",
        "trace": "trace.CellText",
        "wall": "wall.Wall",
        "hypotheses": "hypotheses.Hypotheses",
    },
)
"""The word after `figure:` under `figures:`, and its class."""
