"""Gradients by feature, of some rows or over many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import FeaturePanel, FeatureScores
from generator.core.spec import Line
from generator.corpora.base import Annotation
from generator.corpora.numeric.base import NumericCorpus, numbers_of
from generator.methods.base import Asked
from generator.methods.common.feature_rows import (
    COLOURED,
    OfRows,
    Sizes,
    by_pixel,
    length,
    pixels,
    rows_of,
    used,
)
from generator.methods.common.language_model_texts import chosen
from generator.models.capabilities import RowClassifier

QUANTITIES = {
    "gradient": "gradient",
    "size": "mean size of the gradient",
    "used": "share of rows that used it",
}


class FeatureGradients(OfRows):
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
    mask: Line | None = None
    """The annotation mask that figures mark."""

    def collect(self, asked: Asked) -> FeatureScores:
        """Ask. Raises `CorpusError`."""
        model: RowClassifier = asked.model.at(self.epoch)
        corpus = numbers_of(asked.corpus)
        places = self.chosen(asked)
        if self.kind == "gradient":
            places = tuple(chosen(places, self.shown, asked.seed[:1]))
        rows, truths = rows_of(asked, places)
        found = self.slopes(model, rows)
        slopes = found.gradients * scales(asked, corpus, self.per)
        coloured = len(corpus.shape) >= COLOURED
        one = self.kind == "gradient"
        panels = [self._panel(corpus, self._over(corpus, slopes), places)]
        if one:
            told = zip(found.probabilities, truths, strict=True)
            scores = by_pixel(corpus, slopes, length)
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
                for i, (shares, truth) in enumerate(told)
            ]
        share = self.kind == "used"
        what = f"{self.function()}, per {UNITS[self.per]} of a feature"
        return FeatureScores(
            epoch=model.epoch,
            quantity=QUANTITIES[self.kind],
            unit="" if share else f"of {what}",
            signed=one and not coloured,
            features=pixels(corpus),
            shape=corpus.shape[:2],
            panels=tuple(panels),
            mask=self.mask or "",
            notes=(f"differentiated: {what}",),
        )

    def _over(self, corpus: NumericCorpus, slopes: Sizes) -> Sizes:
        """One score for each feature or pixel, over all rows."""
        if self.kind == "used":
            return np.asarray(by_pixel(corpus, used(np.abs(slopes)), np.any).mean(0))
        return np.asarray(by_pixel(corpus, np.abs(slopes), length).mean(0))

    def _panel(
        self,
        corpus: NumericCorpus,
        scores: Sizes,
        places: Sequence[int],
        **more: Any,  # noqa: ANN401 - fields of `FeaturePanel`
    ) -> FeaturePanel:
        marked = np.zeros(0, np.int64)
        if self.mask is not None:
            mask = by_pixel(corpus, corpus.mask(self.mask, places), np.any)
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


def scales(asked: Asked, corpus: NumericCorpus, per: str) -> Sizes:
    """What gradients (features,) are multiplied by: 1, or deviations in training."""
    if per == "unit":
        return np.ones(len(corpus.features))
    away = {*asked.model.log.tested, *asked.model.log.held_out}
    learnt = [i for i in range(len(corpus.documents)) if i not in away]
    return np.asarray(corpus.inputs[learnt].std(0, dtype=np.float64))
