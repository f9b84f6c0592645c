"""Figures a study file can name.

To add one: its module here, its template, its line in the table.
"""

from generator.figures.agreement import AgreementMatrix
from generator.figures.bars import Bars
from generator.figures.base import Figure
from generator.figures.compare import Compare
from generator.figures.confusion import Confusion
from generator.figures.curve import Curve
from generator.figures.epochs import Epochs
from generator.figures.estimates import EstimateDots
from generator.figures.heatmap import Heatmap
from generator.figures.history import History
from generator.figures.matrix import Matrix
from generator.figures.parts import Parts
from generator.figures.rule import Rule
from generator.figures.samples import SampledTexts
from generator.figures.scores import ScoreDots
from generator.figures.text import Text
from generator.figures.violins import Violins

FIGURES: dict[str, type[Figure]] = {
    "text": Text,
    "matrix": Matrix,
    "epochs": Epochs,
    "parts": Parts,
    "curve": Curve,
    "samples": SampledTexts,
    "estimates": EstimateDots,
    "heatmap": Heatmap,
    "rule": Rule,
    "history": History,
    "violins": Violins,
    "compare": Compare,
    "confusion": Confusion,
    "bars": Bars,
    "scores": ScoreDots,
    "agreement": AgreementMatrix,
}
"""The word after `figure:` under `figures:`, and its class."""
