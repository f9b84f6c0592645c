"""How much of what a model uses lies under a mask, beside other models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from generator.artifacts import Artifact, Estimate, Estimates
from generator.core.errors import UnsupportedError, quote_text
from generator.core.spec import LineText
from generator.corpora.base import Annotation
from generator.corpora.numeric.base import NumericCorpus, require_numeric
from generator.methods.base import Context
from generator.methods.common.feature_rows import (
    FeatureMethod,
    Mask,
    Sizes,
    find_used,
    join_channels,
    load_rows,
)
from generator.methods.common.statistics import mean_estimate
from generator.methods.inputs.feature_gradients import gradient_factors
from generator.models.capabilities import RowClassifier

TOP = 10


class FeatureUsage(FeatureMethod):
    """How much of what a model uses lies where an annotation mask says.

    The model is asked about test rows, and the gradient of the predicted label's quantity
    is taken by every feature.

    *share*: of the features that a row used, the share that lies in the mask; a feature was
    used if the size of its gradient is larger than 0.67 times the row's largest, and of a
    picture with channels a pixel if one of its channels was. The mean over rows. A row none
    of whose gradients differ from 0 used nothing and is left out.

    *top*: how many of the ten features with the largest gradients lie in the mask, the mean
    over rows.

    The reference is what features drawn evenly would give. Other models' answers stand
    beside this one's where they are named. Intervals are 95 % bootstrap intervals over
    rows, of one trained model; another division or other first weights may differ by more.

    Source: Ross, Hughes and Doshi-Velez (2017), arXiv 1703.03717; `rule1_score` and
    `rule2_score` of their code are the first, the top ten of their notebook Iris-Cancer are
    the second. Their share of iris features is of all rows' used features taken together;
    here each row counts alike.
    """

    needs: ClassVar = (RowClassifier,)
    reads: ClassVar = (Estimates,)
    gives: ClassVar = Estimates
    expects: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.NUMBERS}
    )
    version: ClassVar[int] = 3
    method: Literal["feature_usage"]
    mask: LineText
    """The annotation mask of the corpus."""
    measure: Literal["share", "top"] = "share"
    """Which table."""
    per: Literal["unit", "deviation"] = "unit"
    """What a feature is changed by: its own unit, or its standard deviation."""
    against: Annotated[tuple[str, ...], Field(max_length=12)] = ()
    """Artifacts of this method with the same measure, whose first rows are added."""
    names: tuple[LineText, ...] = ()
    """What rows are called: this model's, then the others'; without, as the study."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.names and len(self.names) != 1 + len(self.against):
            raise ValueError("names: give one for the model and one for each other")
        return self

    def artifact_names(self) -> tuple[str, ...]:
        """Return the tables of other models."""
        return self.against

    def collect(self, context: Context) -> Estimates:
        """Measure the use of masked features; see the base."""
        model: RowClassifier = context.model.at(self.epoch)
        corpus = require_numeric(context.corpus)
        places = self.choose_rows(context)
        rows, _ = load_rows(context, places)
        sizes = np.abs(
            self.gradients(model, rows).gradients
            * gradient_factors(context, corpus, self.per)
        )
        mask = corpus.mask(self.mask, places)
        values, even = self._values(corpus, sizes, mask)
        names = self.names or (self.model, *self.against)
        quantity = self._quantity()
        return Estimates(
            epoch=model.epoch,
            quantity=quantity,
            rows=(
                mean_estimate(names[0], values, context.generator(0), ids=places),
                *other_estimates(context.artifacts, self.against, names[1:], quantity),
            ),
            reference=even,
            reference_name="features drawn evenly",
            notes=(
                f"gradients are of {self.describe_function()}, per {self.per} of a feature",
            ),
        )

    def _quantity(self) -> str:
        if self.measure == "share":
            return f"share of what a row used that lies in {self.mask}"
        return f"features of {self.mask} among the {TOP} with the largest gradients"

    def _values(
        self, corpus: NumericCorpus, sizes: Sizes, mask: Mask
    ) -> tuple[Sizes, float]:
        """Compute a value for each row, NaN without any use, and what even use gives."""
        if self.measure == "top":
            order = np.argsort(sizes, axis=1, kind="stable")[:, -TOP:]
            inside = np.take_along_axis(mask, order, 1).sum(1)
            return inside.astype(np.float64), float(order.shape[1] * mask.mean())
        used = join_channels(corpus, find_used(sizes), np.any)
        allowed = join_channels(corpus, mask, np.any)
        counts = used.sum(1)
        inside = (used & allowed).sum(1)
        values = np.where(counts > 0, inside / np.maximum(counts, 1), np.nan)
        return values, float(allowed.mean())


def other_estimates(
    read: tuple[Artifact, ...],
    against: tuple[str, ...],
    names: tuple[str, ...],
    quantity: str,
) -> Iterator[Estimate]:
    """Yield the first row of each other table.

    Raises:
        UnsupportedError: A table is of another quantity.
    """
    for artifact, name, called in zip(read, against, names, strict=True):
        alike = isinstance(artifact, Estimates) and artifact.quantity == quantity
        if not alike or not isinstance(artifact, Estimates):
            raise UnsupportedError(
                f"against: {quote_text(name)} is no table of this quantity; expected an "
                f"artifact of feature_usage with the same mask and measure: {quantity}"
            )
        yield replace(artifact.rows[0], name=called)
