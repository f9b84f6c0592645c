"""The losses of a training, by epoch."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from generator.artifacts import Curves
from generator.core.errors import UnsupportedError
from generator.methods.base import Context, Method
from generator.methods.common.language_model_texts import to_float32
from generator.models.base import ModelSpec, TrainingLog

EXAMPLE = {
    "windows": "token",
    "parts": "token",
    "pairs": "token",
    "texts": "text",
    "rows": "row",
}
"""What a loss is a mean over."""


class TrainingCurves(Method):
    """Training and held-out loss by epoch.

    1. The training loss of an epoch is the mean over what is learnt from: windows, parts
       of streams, pairs, texts or rows. It is measured while the weights move, with dropout
       where the model has any.
    2. The validation loss is measured after the epoch on held-out documents, without
       dropout. At epoch 0 it is the loss before training.
    3. Both are cross-entropies in nats: `−ln p` of the token that came next, or of a
       text's label. A model that knows nothing loses the logarithm of the number of tokens,
       or of labels.
    4. A mark stands at the best epoch, the one with the lowest validation loss; other
       methods ask its weights unless told otherwise.

    Where the validation loss rises while the training loss falls, the model learns its
    documents by heart, and what is seen at later epochs is about that.

    Source: Woolf (2018), textgenrnn, which prints both losses after each epoch.

    Differs: textgenrnn holds out windows, whose neighbours it trains on. Here whole
    documents are held out.
    """

    gives: ClassVar = Curves
    method: Literal["training"]

    def unsuitable_reason(self, model: ModelSpec) -> str | None:
        """Return why a model that is not trained here has no losses."""
        return (
            None
            if model.epochs
            else "the model has no epochs, so no losses; raise its epochs"
        )

    def collect(self, context: Context) -> Curves:
        """Return the losses of the training; see the base."""
        return loss_curves(context.model.log)


def loss_curves(log: TrainingLog) -> Curves:
    """Build the curves of a log's losses; a line without any value is left out.

    Raises:
        UnsupportedError: There is no loss.
    """
    lines = {"training": log.losses, "validation": log.validation_losses}
    real = {name: line for name, line in lines.items() if np.isfinite(line).any()}
    if not real:
        raise UnsupportedError(
            "the model has no losses; expected at least one epoch of training: "
            "raise its epochs"
        )
    return Curves(
        x=np.array(log.epochs, dtype=np.float32),
        y=to_float32(np.array(list(real.values()))),
        x_label="epoch",
        y_label=f"loss per {EXAMPLE[log.learnt]}",
        names=tuple(real),
        marked_x=float(log.best) if "validation" in real else None,
        unit="nats",
    )
