"""Methods a study file can name. To add one: its module here, its line in the table."""

from generator.methods.base import Method
from generator.table import Table

METHODS = Table[Method](
    "generator.methods",
    {
        "writing": "attention.writing.Writing",
        "reading": "attention.reading.Reading",
        "contributions": "attention.contributions.Contributions",
        "occlusion": "attention.occlusion.Occlusion",
        "padding": "attention.padding.Padding",
        "planted": "attention.planted.Planted",
        "planted_curve": "attention.planted_curve.PlantedCurve",
        "attention_tests": "attention.battery.AttentionTests",
        "streak": "attention.streak.Streak",
        "tfidf": "attention.tfidf.Tfidf",
        "attention": "attention.weights.Attention",
        "attention_history": "attention.history.AttentionHistory",
        "attention_curve": "attention.curve.AttentionCurve",
        "attention_rationale": "attention.rationale.AttentionRationale",
        "attention_shares": "attention.shares.AttentionShares",
        "pointer": "attention.pointer.Pointer",
        "leave_one_out": "attribution.leave_one_out.LeaveOneOut",
        "gradients": "attribution.gradients.Gradients",
        "integrated_gradients": "attribution.integrated_gradients.IntegratedGradients",
        "lime": "attribution.lime.Lime",
        "anchors": "attribution.anchors.Anchoring",
        "shap": "attribution.shap.Shap",
        "coefficients": "attribution.coefficients.Coefficients",
        "predictions": "evaluation.predictions.Predicting",
        "evaluation": "evaluation.evaluation.Evaluation",
        "faithfulness": "evaluation.faithfulness.Faithfulness",
        "deletion_curves": "evaluation.deletion.DeletionCurves",
        "stability": "evaluation.stability.Stability",
        "sanity": "evaluation.sanity.Sanity",
        "rationale": "evaluation.rationale.Rationale",
        "agreement": "evaluation.agreement.Agreeing",
        "cells": "activation.cells.Cells",
        "activations": "activation.activations.Activations",
        "ablation": "activation.ablation.Ablation",
        "cell_training": "activation.cell_training.CellTraining",
        "training": "training.curves.Training",
        "samples": "training.samples.Sampling",
    },
)
"""The word after `method:` under `artifacts:`, and its class."""
