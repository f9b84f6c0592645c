"""Recipes, trained models, and what a trained model can be asked.

A recipe (`ModelSpec`) is read from a study file and trains into a folder. What comes
back is a `Trained`: its snapshots by epoch, its losses, and `at(epoch)`, which gives
the network in that state. Methods ask through the capability protocols below and never
see a framework. A capability that a method needs and a recipe does not offer is an
error of the study file, found before training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from generator.corpora.base import Corpus
from generator.corpora.vocabulary import Vocabulary
from generator.progress import Progress
from generator.spec import Spec

Ids = NDArray[np.integer[Any]]
Floats = NDArray[np.float32]
Epoch = int | Literal["best", "last"]
"""Which snapshot: a number (0 is before training), the best by validation loss, or the
last. "best" is "last" where nothing was held out."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A language model's answer to histories."""

    probabilities: Floats  # (histories, vocabulary), rows sum to 1
    weights: Floats  # (histories, window), attention, rows sum to 1


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The logits of chosen tokens, divided exactly.

    `logits == biases + by_part.sum((1, 2))` to float32 rounding.
    """

    parts: tuple[str, ...]  # "embedding", "layer 1", …
    by_part: Floats  # (histories, window, parts)
    logits: Floats  # (histories,)
    biases: Floats  # (histories,)


@dataclass(frozen=True, slots=True)
class Written:
    """Token ids written after each prefix, with what was seen at each step.

    `lengths[i]` steps of row `i` are real: writing stops after the closing mark.
    """

    ids: Ids  # (texts, length)
    histories: Ids  # (texts, length, window)
    weights: Floats  # (texts, length, window)
    probabilities: Floats  # (texts, length, vocabulary)
    lengths: Ids  # (texts,)


@runtime_checkable
class LanguageModel(Protocol):
    """A model of the next token over a window of fixed length, attention exposed."""

    window: int
    epoch: int
    vocabulary: Vocabulary

    def predict(self, histories: Ids) -> Prediction:
        """`histories` (n, window) of ids, 0 where padded: one answer a row."""
        ...

    def decompose(self, histories: Ids, targets: Ids) -> Decomposition:
        """The logit of `targets[i]` after `histories[i]`, by slot and by part."""
        ...

    def write(
        self,
        prefixes: Sequence[Sequence[int]],
        length: int,
        temperature: float,
        seed: Sequence[int],
        *,
        stop: bool = True,
    ) -> Written:
        """Write up to `length` tokens after each prefix (ids, opening mark included).

        Temperature 0 takes the most probable token, the lowest id of a tie. Row `i`
        draws from its own generator, seeded by (*seed, i), so that adding texts
        changes none. With `stop`, a text ends at its closing mark.
        """
        ...


@dataclass(frozen=True, slots=True)
class TrainingLog:
    """What training left: one entry for each epoch, epoch 0 being before training.

    NaN where a value does not exist (no training loss at epoch 0; nothing held out).
    """

    epochs: tuple[int, ...]
    losses: tuple[float, ...]  # mean training loss of the epoch, nats for a token
    validation_losses: tuple[float, ...]
    best: int
    windows: int  # training windows in an epoch
    held_out: tuple[int, ...]  # indices of held-out documents
    seconds: float | None  # None when times are not recorded
    fingerprint: tuple[tuple[str, str], ...]  # versions, threads, CPU: (name, value)
    notes: tuple[str, ...] = ()


class Trained(Protocol):
    """A trained model: its history and its states."""

    log: TrainingLog

    def at(self, epoch: Epoch) -> Any:  # noqa: ANN401 - any capability
        """The network as it was; what it can do is the recipe's `offers`."""
        ...


class ModelSpec(Spec):
    """A recipe. Training writes a folder; loading reads it."""

    version: ClassVar[int] = 1
    """Bump when the same settings would train another model."""
    offers: ClassVar[tuple[type, ...]] = ()
    """Capability protocols of the trained model; a test proves them."""
    kind: str
    """Which recipe; the rest of the entry are its settings."""
    corpus: str | None = None
    """Name of the corpus to learn from; none for a model that is read, not trained."""
    epochs: int = 0
    """How often the whole corpus is gone through."""

    def keeps(self, epoch: int) -> bool:
        """Whether training is known to leave the weights of `epoch`."""
        return 0 <= epoch <= self.epochs

    def placed(self, folder: Path) -> Self:
        """The recipe, told where the files it names lie: the study's folder."""
        del folder
        return self

    def train(
        self, corpus: Corpus | None, seed: int, folder: Path, progress: Progress
    ) -> None:
        """Train into `folder`, or go on from the checkpoint found there.

        Returns when the folder is complete; a complete folder is left untouched.
        An interrupt is raised again after a checkpoint was written.
        """
        raise NotImplementedError

    def is_trained(self, folder: Path) -> bool:
        """Whether `folder` holds the complete model, every file's hash being right."""
        raise NotImplementedError

    def load(self, folder: Path) -> Trained:
        """The trained model. Raises `IntegrityError` for a damaged folder."""
        raise NotImplementedError

    def foreign_key(self) -> str:
        """Hash of files outside the study that this recipe reads (weights), or ""."""
        return ""
