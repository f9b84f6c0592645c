"""Which states of a trained model a method asks."""

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
    """A model in one state, of whatever kind."""

    epoch: int


Model = TypeVar("Model", bound=ModelState)


def iterate_states(context: Context, epochs: Sequence[Epoch]) -> Iterator[Any]:
    """The model at `epochs`; without any, at every epoch whose weights were kept.

    Raises what the model raises for an epoch that is asked for and was not kept.
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
    """One curve for each number that `measure` gives, over the states asked."""
    points = {model.epoch: measure(model) for model in iterate_states(context, epochs)}
    found = sorted(points)
    best = context.model.log.best
    return Curves(
        x=np.array(found, dtype=np.float32),
        y=to_float32(np.array([points[epoch] for epoch in found]).T),
        x_label="epoch",
        y_label=y_label,
        names=names,
        marked_x=float(best) if best in points else None,
    )


def find_state(context: Context, epoch: int) -> Any:  # noqa: ANN401 - as `Trained.at`
    """The model at `epoch`, None if its weights were not kept."""
    try:
        return context.model.at(epoch)
    except (ConfigError, UnsupportedError):
        return None


def untrained_state(context: Context, model: Model) -> Model | None:
    """The model at epoch 0, None if it was not kept or is `model` itself."""
    return find_state(context, 0) if model.epoch else None


def choose_state(
    context: Context, epoch: Epoch | None, other: int | None
) -> LanguageModel:
    """The model at `epoch`, else at the epoch of another artifact, else at its best."""
    found = other if epoch is None else epoch
    model: LanguageModel = context.model.at("best" if found is None else found)
    return model
