"""The snapshots of a trained model that a method uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from generator.artifacts import Curves
from generator.core.errors import ConfigError, UnsupportedError
from generator.methods.base import Context
from generator.methods.common.language_model_texts import to_float32
from generator.models.base import Epoch
from generator.models.capabilities import LanguageModel


class ModelState(Protocol):
    """A model at one snapshot, of whatever kind."""

    epoch: int


Model = TypeVar("Model", bound=ModelState)


def iterate_states(context: Context, epochs: Sequence[Epoch]) -> Iterator[Any]:
    """Yield the model at each snapshot.

    Raises what the model raises for a named epoch whose weights were not saved.

    Args:
        context: The trained model.
        epochs: The snapshots; without any, every epoch whose weights were saved.

    Yields:
        The model at each of them.
    """
    if epochs:
        yield from (context.model.at(epoch) for epoch in epochs)
        return
    for epoch in context.model.log.epochs:
        model = find_state(context, epoch)
        if model is not None:
            yield model


def measure_epochs(
    context: Context,
    epochs: Sequence[Epoch],
    measure: Callable[[Any], tuple[float, ...]],
    names: tuple[str, ...],
    y_label: str,
) -> Curves:
    """Measure numbers at snapshots, as curves over epochs.

    Args:
        context: The trained model.
        epochs: The snapshots; without any, every saved one.
        measure: Numbers of the model at one snapshot, as many as `names`.
        names: A name per curve.
        y_label: What the numbers are.

    Returns:
        Curves sorted by epoch; the best epoch is marked where it was measured.
    """
    points = {model.epoch: measure(model) for model in iterate_states(context, epochs)}
    saved = sorted(points)
    best = context.model.log.best
    return Curves(
        x=np.array(saved, dtype=np.float32),
        y=to_float32(np.array([points[epoch] for epoch in saved]).T),
        x_label="epoch",
        y_label=y_label,
        names=names,
        marked_x=float(best) if best in points else None,
    )


def find_state(context: Context, epoch: int) -> Any:  # noqa: ANN401 - what `TrainedModel.at` returns
    """Return the model at `epoch`, None if its weights were not saved."""
    try:
        return context.model.at(epoch)
    except (ConfigError, UnsupportedError):
        return None


def untrained_state(context: Context, model: Model) -> Model | None:
    """Return the model at epoch 0, None if it was not saved or is `model` itself."""
    return find_state(context, 0) if model.epoch else None


def choose_state(
    context: Context, epoch: Epoch | None, other: int | None
) -> LanguageModel:
    """Return the language model at a snapshot.

    Args:
        context: The trained model.
        epoch: The snapshot that the settings name, if they do.
        other: The epoch of the artifact read, used where `epoch` is None; without
            either,
            the best epoch.
    """
    chosen = other if epoch is None else epoch
    model: LanguageModel = context.model.at("best" if chosen is None else chosen)
    return model
