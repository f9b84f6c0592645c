"""Recipes, trained models, and what all questions to a trained model are made of.

A recipe (`ModelSpec`) is read from a study file and trains into a folder. What comes
back is a `Trained`: its snapshots by epoch, its losses, and `at(epoch)`, which gives
the network in that state. Methods ask through capability protocols, in the modules
beside this one, and never see a framework. A capability that a method needs and a
recipe does not offer is an error of the study file, found before training.

What training left, and the JSON files of a model's folder that keep it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, Self, get_args, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from generator.core.progress import Progress
from generator.core.spec import Spec
from generator.corpora.base import Annotation, Corpus, Folders

ExampleUnit = Literal["windows", "parts", "pairs", "texts", "rows"]
"""What an example is: a token after its window, a part of a stream, a sentence with its
translation, a text, a row. Losses are per token with the first three."""


@dataclass(frozen=True, slots=True)
class TrainingLog:
    """What training left: one entry for each epoch, epoch 0 being before training.

    NaN where a value does not exist (no training loss at epoch 0; nothing held out).
    """

    epochs: tuple[int, ...]
    losses: tuple[float, ...]  # mean training loss of the epoch, nats for a token
    validation_losses: tuple[float, ...]
    best: int
    windows: int  # training examples in an epoch
    held_out: tuple[int, ...]  # indices of held-out documents
    seconds: float | None  # None when times are not recorded
    fingerprint: tuple[tuple[str, str], ...]  # versions, threads, CPU: (name, value)
    tested: tuple[int, ...] = ()  # indices of documents that decide nothing
    learnt: ExampleUnit = "windows"
    notes: tuple[str, ...] = ()


def encode_json(value: Any) -> bytes:  # noqa: ANN401  # any JSON value
    """A file of a model's folder; NaN becomes null, infinite numbers are refused."""
    text = json.dumps(_replace_nan(value), indent=1, allow_nan=False) + "\n"
    return text.encode()


def decode_log(found: dict[str, Any]) -> TrainingLog:
    """A log as JSON gives it back. Raises `KeyError`, `TypeError` for anything else."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in found.items()
    }
    for name in ("losses", "validation_losses"):
        values[name] = tuple(math.nan if v is None else v for v in values[name])
    values["fingerprint"] = tuple((name, value) for name, value in found["fingerprint"])
    return TrainingLog(**values)


def _replace_nan(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    if isinstance(value, dict):
        return {key: _replace_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


Ids = NDArray[np.integer[Any]]
Floats = NDArray[np.float32]
Texts = Sequence[Sequence[int]]
"""Texts of any lengths as ids of `Words`: 0 padding, 1 unknown, words from 2. A text
may be empty; its answer is the model's with nothing to read."""
Quantity = Literal["logit", "probability", "log probability"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
Epoch = int | Literal["best", "last"]
"""Which snapshot: a number (0 is before training), the best by validation loss, or the
last. "best" is "last" where nothing was held out."""


class TrainedModel(Protocol):
    """A trained model: its history and its states."""

    log: TrainingLog

    def at(self, epoch: Epoch) -> Any:  # noqa: ANN401 - any capability
        """The network as it was; what it can do is the recipe's `offers`."""
        ...


@runtime_checkable
class HasParameterCount(Protocol):
    """A model that says how many numbers it learnt."""

    @property
    def parameters(self) -> int:
        """How many."""
        ...


@runtime_checkable
class HasWeightsHash(Protocol):
    """A model that can show that nothing has changed its weights."""

    def weights_hash(self) -> str:
        """SHA-256 of all its weights as they are now."""
        ...


class ModelSpec(Spec):
    """A recipe. Training writes a folder; loading reads it."""

    version: ClassVar[int] = 1
    """Bump when the same settings would train another model."""
    offers: ClassVar[tuple[type, ...]] = ()
    """Capability protocols that trained models can have; a test proves them."""
    expects: ClassVar[frozenset[Annotation]] = frozenset()
    """What the documents of its corpus must carry beside their text."""
    kind: str
    """Which recipe; the rest of the entry are its settings."""
    corpus: str | None = None
    """Name of the corpus to learn from; none for a model that is read, not trained."""
    epochs: int = 0
    """How often the whole corpus is gone through."""

    def capabilities(self) -> tuple[type, ...]:
        """Capabilities of a model with these settings, some of `offers`."""
        return self.offers

    def explain_missing_capability(self, capability: type) -> str:
        """Why these settings rule out what others of the kind offer, "" if they do not.

        Ends with what to set instead.
        """
        del capability
        return ""

    def is_epoch_saved(self, epoch: int) -> bool:
        """Whether training is known to leave the weights of `epoch`."""
        return 0 <= epoch <= self.epochs

    def with_folders(self, folders: Folders) -> Self:
        """The recipe, told where the files it names may lie."""
        del folders
        return self

    def list_followed_models(self) -> tuple[str, ...]:
        """Names of other models of the study that it is trained after."""
        return ()

    def with_followed_models(self, earlier: Mapping[str, TrainedModel]) -> Self:
        """The recipe, given the trained models that `follows` names."""
        del earlier
        return self

    def key_settings(self) -> dict[str, Any]:
        """The settings that enter its key, as plain JSON, without names of others."""
        return self.model_dump(mode="json", exclude={"corpus"})

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

    def load(self, folder: Path) -> TrainedModel:
        """The trained model. Raises `IntegrityError` for a damaged folder."""
        raise NotImplementedError

    def foreign_key(self) -> str:
        """Hash of files outside the study that this recipe reads (weights), or ""."""
        return ""
