"""Recipes, trained models, and what all questions to a trained model are made of.

A recipe (`ModelSpec`) is read from a study file and trains into a folder. What comes
back is a `Trained`: its snapshots by epoch, its losses, and `at(epoch)`, which gives
the network in that state. Methods ask through capability protocols, in the modules
beside this one, and never see a framework. A capability that a method needs and a
recipe does not offer is an error of the study file, found before training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import (
    Any,
    ClassVar,
    Literal,
    Protocol,
    Self,
    get_args,
    runtime_checkable,
)

import numpy as np
from numpy.typing import NDArray

from generator.corpora.base import Annotation, Corpus, Folders
from generator.models.logs import TrainingLog
from generator.progress import Progress
from generator.spec import Spec

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


class Trained(Protocol):
    """A trained model: its history and its states."""

    log: TrainingLog

    def at(self, epoch: Epoch) -> Any:  # noqa: ANN401 - any capability
        """The network as it was; what it can do is the recipe's `offers`."""
        ...


@runtime_checkable
class Counted(Protocol):
    """A model that says how many numbers it learnt."""

    @property
    def parameters(self) -> int:
        """How many."""
        ...


@runtime_checkable
class Hashed(Protocol):
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

    def can(self) -> tuple[type, ...]:
        """Capabilities of a model with these settings, some of `offers`."""
        return self.offers

    def lacks(self, capability: type) -> str:
        """Why these settings rule out what others of the kind offer, "" if they do not.

        Ends with what to set instead.
        """
        del capability
        return ""

    def keeps(self, epoch: int) -> bool:
        """Whether training is known to leave the weights of `epoch`."""
        return 0 <= epoch <= self.epochs

    def placed(self, folders: Folders) -> Self:
        """The recipe, told where the files it names may lie."""
        del folders
        return self

    def follows(self) -> tuple[str, ...]:
        """Names of other models of the study that it is trained after."""
        return ()

    def after(self, earlier: Mapping[str, Trained]) -> Self:
        """The recipe, given the trained models that `follows` names."""
        del earlier
        return self

    def told(self) -> dict[str, Any]:
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

    def load(self, folder: Path) -> Trained:
        """The trained model. Raises `IntegrityError` for a damaged folder."""
        raise NotImplementedError

    def foreign_key(self) -> str:
        """Hash of files outside the study that this recipe reads (weights), or ""."""
        return ""
