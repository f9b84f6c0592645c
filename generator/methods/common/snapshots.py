"""Which states of a trained model a method asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from generator.artifacts import Curves
from generator.core.errors import ConfigError, UnsupportedError
from generator.methods.base import Asked
from generator.methods.common.language_model_texts import narrow
from generator.models.base import Epoch
from generator.models.capabilities import LanguageModel


class State(Protocol):
    """A model in one state, of whatever kind."""

    epoch: int


Model = TypeVar("Model", bound=State)


def states(asked: Asked, epochs: Sequence[Epoch]) -> Iterator[Any]:
    """The model at `epochs`; without any, at every epoch whose weights were kept.

    Raises what the model raises for an epoch that is asked for and was not kept.
    """
    if epochs:
        yield from (asked.model.at(epoch) for epoch in epochs)
        return
    for epoch in asked.model.log.epochs:
        model = state_or_none(asked, epoch)
        if model is not None:
            yield model


def by_epoch(
    asked: Asked,
    epochs: Sequence[Epoch],
    measure: Callable[[Any], tuple[float, ...]],
    names: tuple[str, ...],
    y_label: str,
) -> Curves:
    """One curve for each number that `measure` gives, over the states asked."""
    points = {model.epoch: measure(model) for model in states(asked, epochs)}
    found = sorted(points)
    best = asked.model.log.best
    return Curves(
        x=np.array(found, dtype=np.float32),
        y=narrow(np.array([points[epoch] for epoch in found]).T),
        x_label="epoch",
        y_label=y_label,
        names=names,
        marked_x=float(best) if best in points else None,
    )


def state_or_none(asked: Asked, epoch: int) -> Any:  # noqa: ANN401 - as `Trained.at`
    """The model at `epoch`, None if its weights were not kept."""
    try:
        return asked.model.at(epoch)
    except (ConfigError, UnsupportedError):
        return None


def before_training(asked: Asked, model: Model) -> Model | None:
    """The model at epoch 0, None if it was not kept or is `model` itself."""
    return state_or_none(asked, 0) if model.epoch else None


def state_of(asked: Asked, epoch: Epoch | None, other: int | None) -> LanguageModel:
    """The model at `epoch`, else at the epoch of another artifact, else at its best."""
    found = other if epoch is None else epoch
    model: LanguageModel = asked.model.at("best" if found is None else found)
    return model
