"""Base classes of recipes that train epoch by epoch into a folder of snapshots.

`EpochTrainedSpec` hands the work to a module of `networks`, imported only then.
`SeededSpec` adds a seed and a decaying learning rate. `RightReasons` is the setting
`right_reasons:`, which inputs must not matter and how much; `networks.right_reasons`
describes its loss.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from pydantic import Field, PrivateAttr, model_validator

from generator.core import files
from generator.core.errors import ConfigError, quote_text
from generator.core.progress import Progress
from generator.core.spec import LineText, Spec
from generator.corpora.base import Corpus, Folders
from generator.models.base import Epoch, ExportFormat, ModelSpec, TrainedModel


class Trainer(Protocol):
    """The module of `networks` that trains what a recipe describes."""

    def train(
        self,
        corpus: Any,  # noqa: ANN401 - a `Corpus`, or None where none is named
        plan: Any,  # noqa: ANN401 - of the module's own
        seed: int,
        folder: Path,
        progress: Progress,
    ) -> None:
        """Train into a folder, continuing where an earlier run stopped.

        Args:
            corpus: The corpus, or None where the recipe names none.
            plan: Settings, of a class of that module.
            seed: The study's seed.
            folder: Where the model is written.
            progress: Receives losses as training goes on.
        """
        ...

    def SavedModel(self, folder: Path) -> TrainedModel:  # noqa: N802 - a class of the module
        """Load the model that was trained into a folder."""
        ...


class EpochTrainedSpec(ModelSpec):
    """What such recipes share."""

    early_stop: int | None = Field(default=None, ge=1)
    """Stop after as many epochs without a better held-out loss; null never stops."""
    snapshots: tuple[int, ...] | None = None
    """Epochs whose weights are kept beside the best and the last; null keeps all."""

    shards: int = Field(default=2, ge=1, le=64, exclude_if=lambda number: number == 2)  # noqa: PLR2004 - the default
    """Parts of each step of training that are computed at once, where there are as many
    cores. They are added in a fixed order: how many cores there are decides no bit, and
    another number of shards trains to others."""

    _folders: Folders | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _check_snapshots(self) -> Self:
        """Refuse a snapshot that training does not reach."""
        if any(not 0 <= epoch <= self.epochs for epoch in self.snapshots or ()):
            raise ValueError(f"snapshots must be epochs from 0 to {self.epochs}")
        return self

    def is_epoch_saved(self, epoch: int) -> bool:
        """Return whether an epoch is saved; which one is best is not known yet."""
        saved = self.snapshots is None or epoch in {*self.snapshots, self.epochs}
        return saved and super().is_epoch_saved(epoch)

    def with_folders(self, folders: Folders) -> Self:
        """Return a copy of the recipe with the folders of the files it names."""
        copy = self.model_copy()
        copy._folders = folders  # noqa: SLF001  # of its own class
        return copy

    def is_trained(self, folder: Path) -> bool:
        """Return whether a folder holds the complete model, hashes verified."""
        return files.is_complete(folder)

    def train(
        self, corpus: Corpus | None, seed: int, folder: Path, progress: Progress
    ) -> None:
        """Train into a folder; see `ModelSpec.train`.

        Raises:
            ConfigError: The recipe names a corpus, and none is given.
        """
        if corpus is None and self.corpus is not None:
            raise ConfigError(f"{self.kind}: needs a corpus to learn from; name one")
        if not files.is_complete(folder):
            self._import_trainer().train(
                corpus, self._make_plan(seed), seed, folder, progress
            )

    def load(self, folder: Path) -> TrainedModel:
        """Load the trained model; see `ModelSpec.load`."""
        return self._import_trainer().SavedModel(folder)

    def encode_export(
        self, folder: Path, epoch: Epoch, name: str, form: ExportFormat
    ) -> dict[str, bytes]:
        """Encode a file of Keras; see `ModelSpec`."""
        del form
        from generator.networks import keras_files

        return keras_files.encode_keras_files(self.load(folder).at(epoch), name)

    def find_disagreement(self, model: TrainedModel, corpus: Corpus | None) -> str:
        """Find in what a model is not what these settings train; see `ModelSpec`.

        Its network's settings are compared by their names, and the epochs that it says
        it trained for; the shapes of its weights follow from both, and are compared
        where they are read.
        """
        for name, stated in _read_stated_settings(model).items():
            wanted = getattr(self, name) if name in type(self).model_fields else stated
            if stated != wanted:
                return (
                    f"its {name} is {quote_text(stated)}, in the study file it is "
                    f"{quote_text(wanted)}"
                )
        last = max(model.log.epochs, default=0)
        if last > self.epochs or (last < self.epochs and self.early_stop is None):
            return f"it trained for {last} epochs, in the study file {self.epochs}"
        return super().find_disagreement(model, corpus)

    def _import_trainer(self) -> Trainer:
        """Import the module that trains this recipe, which is slow the first time."""
        raise NotImplementedError

    def _make_plan(self, seed: int) -> Any:  # noqa: ANN401 - a plan of `networks`
        """Build the plan that the trainer gets; `seed` is the study's."""
        raise NotImplementedError

    def _make_loop_settings(self, seed: int, **more: Any) -> Any:  # noqa: ANN401 - `Settings`
        """Build the training loop's settings: those all recipes share, and `more`."""
        from generator.networks.training.examples import TrainingSettings

        return TrainingSettings(
            epochs=self.epochs,
            seed=seed,
            patience=self.early_stop,
            snapshots=self.snapshots,
            shards=self.shards,
            **more,
        )

    def _copy_settings(self, kind: Any, **more: object) -> Any:  # noqa: ANN401 - a dataclass
        """Build a dataclass from the recipe's settings of its names, and `more`."""
        names = {field.name for field in fields(kind)} - more.keys()
        return kind(**{name: getattr(self, name) for name in names}, **more)


class SeededSpec(EpochTrainedSpec):
    """A recipe with a seed beside the study's and a rate that decays by the epoch."""

    draws: ClassVar[str]
    """The word from which, with both seeds, all that it draws follows."""
    batch_size: int = Field(default=64, ge=1, le=65536)
    """Examples in a step of training."""
    learning_rate: float = Field(default=1e-3, gt=0, le=10)
    """Of Adam in the first epoch."""
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    """Beside the study's seed, decides what training draws, but not how the corpus is
    divided."""

    def _make_decaying_settings(
        self, seed: int, decay: float, floor: float = 0.0
    ) -> Any:  # noqa: ANN401 - `Settings`
        """Build the loop's settings, the rate decaying by `decay` every epoch."""
        return self._make_loop_settings(
            derive_seed(self.draws, seed, self.seed),
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            schedule="decay",
            decay=decay,
            floor=floor,
        )


def derive_seed(word: str, study: int, model: int) -> int:
    """Derive one seed from the study's and the model's.

    Args:
        word: What the seed is for.
        study: The study's seed.
        model: The recipe's own seed.

    Returns:
        A number below 2**31, as Keras requires.
    """
    drawn = hashlib.sha256(f"{word}/{study}/{model}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") >> 1


class RightReasons(Spec):
    """A penalty on the gradients of inputs that must not matter."""

    mask: LineText | None = None
    """Which inputs: the name of an annotation mask of the corpus."""
    strength: float = Field(default=1000.0, ge=0, le=1e12)
    """What the penalty is multiplied by in the loss; 0 trains as without it."""


def _read_stated_settings(model: TrainedModel) -> dict[str, Any]:
    """Return the settings of its network that a model's folder states, by name."""
    settings = getattr(model, "settings", None)
    if not is_dataclass(settings):
        return {}
    return {one.name: getattr(settings, one.name) for one in fields(settings)}
