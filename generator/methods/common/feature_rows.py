"""Rows of numbers that a model classifies, and which of their features it used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.core.errors import CorpusError
from generator.core.spec import LineText
from generator.corpora.numeric.base import NumericCorpus, require_numeric
from generator.methods.base import Context, Method
from generator.methods.common.classifier_texts import side_documents
from generator.methods.common.language_model_texts import choose_places
from generator.models.base import Epoch, Quantity
from generator.models.capabilities import RowClassifier, RowGradients

Rows = NDArray[np.float32]
Sizes = NDArray[np.float64]
Mask = NDArray[np.bool_]
CUTOFF = 0.67
"""Of a row's largest gradient: what is above counts as used, as the source has it."""
COLOURED = 3
"""Numbers that say the shape of a picture with channels."""


class RowMethod(Method):
    """A method that applies one snapshot of a model to its corpus's test rows."""

    epoch: Epoch = "best"
    """The snapshot that is asked."""
    quantity: Quantity = "probability"
    """What is differentiated: the label's probability, its logarithm, or its logit."""
    label: LineText | None = None
    """Whose; without it, the label that the model predicts for each row."""

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the one snapshot it uses."""
        return (self.epoch,)

    def label_index(self, model: RowClassifier) -> int | None:
        """Return the index of the label among the model's, None for the predicted one.

        Raises:
            CorpusError: The model has no such label.
        """
        if self.label is not None and self.label not in model.labels:
            known = ", ".join(model.labels)
            raise CorpusError(f"label: the model has no {self.label}; known: {known}")
        return None if self.label is None else model.labels.index(self.label)

    def gradients(
        self, model: RowClassifier, rows: NDArray[np.floating[Any]]
    ) -> RowGradients:
        """Compute the gradient of the chosen quantity at rows (n, features)."""
        return model.compute_gradients(rows, self.quantity, self.label_index(model))

    def describe_function(self) -> str:
        """Return what is differentiated, in words."""
        if self.label is not None:
            return f"the {self.quantity} of {self.label}"
        return f"the predicted label's {self.quantity}"


class FeatureMethod(RowMethod):
    """A method about the features of many rows."""

    rows: int = Field(default=1000, ge=1, le=1_000_000)
    """How many rows are asked about, at most; the study's seed chooses them."""

    def choose_rows(self, context: Context) -> tuple[int, ...]:
        """Choose test rows by the study's seed.

        Returns:
            Sorted indices, at most `rows`.

        Raises:
            CorpusError: The test side is empty.
        """
        return tuple(
            choose_places(side_documents(context, "test"), self.rows, context.seed[:1])
        )


def load_rows(
    context: Context, places: Sequence[int], without: str | None = None
) -> tuple[Rows, tuple[str, ...]]:
    """Load rows of the corpus and their labels.

    Args:
        context: Its corpus is numeric.
        places: Indices of the rows.
        without: Name of a feature mask whose features are set to 0.

    Returns:
        Inputs (rows, features), and a label per row, "" where it has none.

    Raises:
        CorpusError: The corpus is not numeric.
    """
    corpus = require_numeric(context.corpus)
    rows = corpus.inputs[list(places)]
    if without is not None:
        rows = np.where(corpus.mask(without, places), np.float32(0), rows)
    return rows, tuple(corpus.documents[place].label or "" for place in places)


def find_used(sizes: Sizes) -> Mask:
    """Find the features of each row that count as used.

    Args:
        sizes: Absolute gradients, (rows, features).

    Returns:
        (rows, features), true above 0.67 times the row's largest size; all false where
        the
        gradient is 0.
    """
    return np.asarray(sizes > CUTOFF * sizes.max(1, keepdims=True))


def join_channels(
    corpus: NumericCorpus, values: NDArray[Any], how: Callable[..., Any]
) -> NDArray[Any]:
    """Join the channels of each pixel.

    Args:
        corpus: Its shape says whether there are channels.
        values: (n, features).
        how: Called as `how(values, axis)`.

    Returns:
        (n, pixels), or `values` where there are no channels.
    """
    if len(corpus.shape) < COLOURED:
        return values
    return np.asarray(how(values.reshape(len(values), -1, corpus.shape[-1]), -1))


def euclidean_length(values: Sizes, axis: int) -> Sizes:
    """Compute the Euclidean length along an axis."""
    return np.asarray(np.sqrt((values**2).sum(axis)))


def pixel_names(corpus: NumericCorpus) -> tuple[str, ...]:
    """Return a name per pixel, or per feature where there are no channels."""
    if len(corpus.shape) < COLOURED:
        return corpus.features
    return tuple(
        name.rpartition(",")[0] for name in corpus.features[:: corpus.shape[-1]]
    )
