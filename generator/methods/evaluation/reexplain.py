"""Explanations made again: with other draws, of changed texts, of a changed model.

The method that made an artifact is asked for the same labels of other cases, or of the
same ones with another seed. With the artifact's own seed and its cases in their places
it draws what it drew then, so that what differs is due to what was changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from generator.core.errors import ConfigError, UnsupportedError, quoted
from generator.methods.base import Asked, Method
from generator.methods.common.explained_predictions import Case, Explaining
from generator.methods.common.explanations import Explained, explained, level
from generator.methods.common.perturbation import Array
from generator.methods.common.statistics import spearman
from generator.models.base import Epoch, TrainingLog
from generator.models.capabilities import Classifier


@dataclass
class OneState:
    """A trained model that is always in one state."""

    state: Classifier
    log: TrainingLog

    def at(self, epoch: Epoch) -> Classifier:
        """The state, whatever is asked for."""
        del epoch
        return self.state


@dataclass(frozen=True)
class Repeated:
    """An artifact's texts, and the method that can explain again."""

    name: str
    asked: Asked
    method: Explaining
    seed: tuple[int, ...]  # the artifact's own
    texts: tuple[Explained, ...]

    @property
    def cases(self) -> tuple[Case, ...]:
        """The predictions that the artifact explains."""
        return tuple(text.case for text in self.texts)

    def again(
        self, cases: Sequence[Case], seed: tuple[int, ...] | None = None
    ) -> tuple[Explained, ...]:
        """Explanations of cases, all of one model, by default with the same draws."""
        state = OneState(cases[0].model, self.asked.model.log)
        asked = Asked(state, self.asked.corpus, (), seed or self.seed)
        return explained(asked, self.method.about(cases).collect(asked), self.name)


def repeated(
    asked: Asked, method: Method, names: Sequence[str], most: int
) -> Iterator[Repeated]:
    """What can be explained again of the first artifacts read, at most `most` texts.

    Raises `UnsupportedError` where a method cannot, `ConfigError` for another model.
    """
    for name, artifact, maker in zip(names, asked.read, asked.makers, strict=False):
        made = maker.method
        if not isinstance(made, Explaining) or made.reads():
            raise UnsupportedError(
                f"of: {quoted(name)} was made by {made.method}, which cannot be asked "
                "again; expected an attribution or attention of a classifier's texts"
            )
        if made.model != method.model:
            raise ConfigError(
                f"of: {quoted(name)} explains the model {quoted(made.model)}; expected "
                f"{quoted(method.model)}, which is asked: name the same under model"
            )
        texts = explained(asked, artifact, name)[:most]
        if not texts:
            raise UnsupportedError(f"of: {quoted(name)} holds no text")
        yield Repeated(name, asked, made, maker.seed, texts)


def likeness(one: Explained, other: Explained, without: int | None = None) -> float:
    """How alike two explanations of like texts are, one place left out.

    NaN where one of them is not defined, or the first one's anchor is empty.
    """
    if one.undefined or other.missing:
        return math.nan
    places = np.isfinite(one.scores) & np.isfinite(other.scores)
    if without is not None:
        places[without] = False
    measure = overlap if one.anchored else alike
    return measure(one.scores[places], other.scores[places])


def alike(one: Array, other: Array) -> float:
    """Spearman's rho of scores, NaN where some are all equal but for rounding."""
    return math.nan if level(one) or level(other) else spearman(one, other)


def overlap(one: Array, other: Array) -> float:
    """The share of words in both anchors of those in either; NaN of empty ones."""
    either = np.count_nonzero((one > 0) | (other > 0))
    return np.count_nonzero((one > 0) & (other > 0)) / either if either else math.nan


def measured(one: Repeated) -> str:
    """What `likeness` is of these explanations."""
    return "overlap of anchors" if one.texts[0].anchored else "rank correlation"


def mean(values: Array) -> Array:
    """Means (texts,) of what is defined of (texts, repeats), NaN where nothing is."""
    real = np.isfinite(values)
    sums = np.where(real, values, 0.0).sum(axis=1)
    return np.where(real.any(axis=1), sums / np.maximum(real.sum(axis=1), 1), np.nan)
