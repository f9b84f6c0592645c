"""Gradients by feature, of some rows or over many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import FeaturePanel, FeatureScores
from generator.core.spec import LineText
from generator.corpora.base import Annotation
from generator.corpora.numeric.base import NumericCorpus, require_numeric
from generator.methods.base import Context
from generator.methods.common.feature_rows import (
    COLOURED,
    FeatureMethod,
    Sizes,
    euclidean_length,
    find_used,
    join_channels,
    load_rows,
    pixel_names,
)
from generator.methods.common.language_model_texts import choose_places
from generator.models.capabilities import RowClassifier

QUANTITIES = {
    "gradient": "gradient",
    "size": "mean size of the gradient",
    "used": "share of rows that used it",
}


class FeatureGradients(FeatureMethod):
    """What the answer to a row of numbers would react to: the gradient by each feature.

    `gradient`   of some rows: the gradient itself, with its sign; of a picture with several
                 channels the length of each pixel's gradient, without one
    `size`       over many rows: the mean size of each feature's gradient
    `used`       over many rows: in what share of them a feature was used, which it is
                 where its gradient is larger than 0.67 times the row's largest; a pixel is
                 used if one of its channels is

    What is differentiated is one number that the model gives: the probability of the label
    it predicts, unless the study names another. Gradients are per unit of a feature, or per
    standard deviation of it over the rows learnt from (`per: deviation`); features of other
    units cannot be compared without that.

    **How far to believe it.** A gradient is about very small changes of one feature at a
    time. Where the model is sure, all gradients of a probability are close to 0, and which
    is the largest of them is still told.

    Source: Ross, Hughes and Doshi-Velez (2017), arXiv 1703.03717; the fraction 0.67 is that
    of their code (`largest_gradient_mask`), chosen there by eye.
    """

    version: ClassVar[int] = 2
    needs: ClassVar = (RowClassifier,)
    gives: ClassVar = FeatureScores
    expects: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.NUMBERS}
    )
    method: Literal["feature_gradients"]
    kind: Literal["gradient", "size", "used"] = "used"
    """What a score is."""
    per: Literal["unit", "deviation"] = "unit"
    """What a feature is changed by: its own unit, or its standard deviation."""
    shown: int = Field(default=4, ge=1, le=12)
    """Of `gradient`: how many rows are shown."""
    mask: LineText | None = None
    """The annotation mask that figures mark."""

    def collect(self, context: Context) -> FeatureScores:
        """Differentiate the chosen rows; see the base."""
        model: RowClassifier = context.model.at(self.epoch)
        corpus = require_numeric(context.corpus)
        places = self.choose_rows(context)
        if self.kind == "gradient":
            places = tuple(choose_places(places, self.shown, context.seed[:1]))
        rows, truths = load_rows(context, places)
        gradients = self.gradients(model, rows)
        slopes = gradients.gradients * gradient_factors(context, corpus, self.per)
        coloured = len(corpus.shape) >= COLOURED
        one = self.kind == "gradient"
        panels = [self._panel(corpus, self._aggregate(corpus, slopes), places)]
        if one:
            answers = zip(gradients.probabilities, truths, strict=True)
            scores = join_channels(corpus, slopes, euclidean_length)
            panels = [
                self._panel(
                    corpus,
                    scores[i],
                    [places[i]],
                    row=places[i],
                    truth=truth,
                    label=model.labels[shares.argmax()],
                    probability=float(shares.max()),
                )
                for i, (shares, truth) in enumerate(answers)
            ]
        share = self.kind == "used"
        what = f"{self.describe_function()}, per {UNITS[self.per]} of a feature"
        return FeatureScores(
            epoch=model.epoch,
            quantity=QUANTITIES[self.kind],
            unit="" if share else f"of {what}",
            signed=one and not coloured,
            features=pixel_names(corpus),
            shape=corpus.shape[:2],
            panels=tuple(panels),
            mask=self.mask or "",
            notes=(f"gradients are of {what}",),
        )

    def _aggregate(self, corpus: NumericCorpus, slopes: Sizes) -> Sizes:
        """Aggregate to one score for each feature or pixel, over all rows."""
        if self.kind == "used":
            return np.asarray(
                join_channels(corpus, find_used(np.abs(slopes)), np.any).mean(0)
            )
        return np.asarray(
            join_channels(corpus, np.abs(slopes), euclidean_length).mean(0)
        )

    def _panel(
        self,
        corpus: NumericCorpus,
        scores: Sizes,
        places: Sequence[int],
        **more: Any,  # noqa: ANN401 - fields of `FeaturePanel`
    ) -> FeaturePanel:
        marked = np.zeros(0, np.int64)
        if self.mask is not None:
            mask = join_channels(corpus, corpus.mask(self.mask, places), np.any)
            marked = np.flatnonzero(mask.all(0))
        alone = len(places) == 1 and "row" in more
        name = f"row {places[0] + 1:,}" if alone else f"{len(places):,} test rows"
        return FeaturePanel(
            name=name,
            scores=scores.astype(np.float32),
            marked=marked.astype(np.int32),
            rows=len(places),
            **more,
        )


UNITS = {"unit": "unit", "deviation": "standard deviation"}


def gradient_factors(context: Context, corpus: NumericCorpus, per: str) -> Sizes:
    """Return what gradients (features,) are multiplied by: 1, or deviations in training."""
    if per == "unit":
        return np.ones(len(corpus.features))
    away = {*context.model.log.tested, *context.model.log.held_out}
    learnt = [i for i in range(len(corpus.documents)) if i not in away]
    return np.asarray(corpus.inputs[learnt].std(0, dtype=np.float64))
