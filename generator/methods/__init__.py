"""Methods a study file can name. To add one: its module here, its line in the table."""

from generator.methods.attention.battery import AttentionTests
from generator.methods.attention.contributions import Contributions
from generator.methods.attention.curve import AttentionCurve
from generator.methods.attention.history import AttentionHistory
from generator.methods.attention.occlusion import Occlusion
from generator.methods.attention.padding import Padding
from generator.methods.attention.planted import Planted
from generator.methods.attention.planted_curve import PlantedCurve
from generator.methods.attention.rationale import AttentionRationale
from generator.methods.attention.reading import Reading
from generator.methods.attention.shares import AttentionShares
from generator.methods.attention.streak import Streak
from generator.methods.attention.tfidf import Tfidf
from generator.methods.attention.weights import Attention
from generator.methods.attention.writing import Writing
from generator.methods.attribution.anchors import Anchoring
from generator.methods.attribution.coefficients import Coefficients
from generator.methods.attribution.gradients import Gradients
from generator.methods.attribution.integrated_gradients import IntegratedGradients
from generator.methods.attribution.leave_one_out import LeaveOneOut
from generator.methods.attribution.lime import Lime
from generator.methods.attribution.shap import Shap
from generator.methods.base import Method
from generator.methods.evaluation.agreement import Agreeing
from generator.methods.evaluation.deletion import DeletionCurves
from generator.methods.evaluation.evaluation import Evaluation
from generator.methods.evaluation.faithfulness import Faithfulness
from generator.methods.evaluation.predictions import Predicting
from generator.methods.evaluation.rationale import Rationale
from generator.methods.evaluation.sanity import Sanity
from generator.methods.evaluation.stability import Stability
from generator.methods.training.curves import Training
from generator.methods.training.samples import Sampling

METHODS: dict[str, type[Method]] = {
    "writing": Writing,
    "reading": Reading,
    "contributions": Contributions,
    "occlusion": Occlusion,
    "padding": Padding,
    "planted": Planted,
    "planted_curve": PlantedCurve,
    "attention_tests": AttentionTests,
    "streak": Streak,
    "tfidf": Tfidf,
    "attention": Attention,
    "attention_history": AttentionHistory,
    "attention_curve": AttentionCurve,
    "attention_rationale": AttentionRationale,
    "attention_shares": AttentionShares,
    "leave_one_out": LeaveOneOut,
    "gradients": Gradients,
    "integrated_gradients": IntegratedGradients,
    "lime": Lime,
    "anchors": Anchoring,
    "shap": Shap,
    "coefficients": Coefficients,
    "predictions": Predicting,
    "evaluation": Evaluation,
    "faithfulness": Faithfulness,
    "deletion_curves": DeletionCurves,
    "stability": Stability,
    "sanity": Sanity,
    "rationale": Rationale,
    "agreement": Agreeing,
    "training": Training,
    "samples": Sampling,
}
"""The word after `method:` under `artifacts:`, and its class."""
