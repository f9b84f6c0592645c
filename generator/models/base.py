"""Base classes of models: recipes, trained models, and the log of their training.

A recipe (`ModelSpec`) is read from a study file and trains into a folder. Loading that
folder gives a `TrainedModel`: its log, and `at(epoch)`, the network as it was after
that epoch. Methods use the network through the protocols of `capabilities` and never
see a framework. A capability that a method needs and a recipe does not offer is an
error of the study file, found before training.

`encode_json` and `decode_log` are the format of the JSON files in a model's folder.
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

from generator.core.errors import quote_text
from generator.core.progress import Progress
from generator.core.spec import Spec
from generator.corpora.base import Annotation, Corpus, Folders

ExampleUnit = Literal["windows", "parts", "pairs", "texts", "rows"]
"""What an example is: a token after its window, a part of a stream, a sentence with its
translation, a text, a row. Losses are per token with the first three."""

ExportFormat = Literal["textgenrnn", "keras"]
"""The program that reads an exported model."""


@dataclass(frozen=True, slots=True)
class TrainingLog:
    """Log of a training: one entry for each epoch, epoch 0 being before training.

    Values that do not exist are NaN: the training loss of epoch 0, and validation
    losses where nothing was held out.
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
    """Encode a JSON file of a model's folder; NaN becomes null.

    Args:
        value: Any value of JSON, tuples counting as lists.

    Returns:
        The file's bytes.

    Raises:
        ValueError: A number is infinite.
    """
    text = json.dumps(_replace_nan(value), indent=1, allow_nan=False) + "\n"
    return text.encode()


def decode_log(data: dict[str, Any]) -> TrainingLog:
    """Decode a training log from parsed JSON.

    Args:
        data: The object that `encode_json` wrote for a log.

    Returns:
        The log; null becomes NaN.

    Raises:
        KeyError: A field is missing.
        TypeError: The object is no log.
    """
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
    }
    for name in ("losses", "validation_losses"):
        values[name] = tuple(math.nan if v is None else v for v in values[name])
    values["fingerprint"] = tuple((name, value) for name, value in data["fingerprint"])
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
"""Texts of any lengths as ids of a `WordVocabulary`: 0 padding, 1 unknown, words from
2. A text may be empty; its prediction is then the model's with nothing to read."""
Quantity = Literal["logit", "probability", "log probability"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
Epoch = int | Literal["best", "last"]
"""Which snapshot: a number (0 is before training), the best by validation loss, or the
last. "best" is "last" where nothing was held out."""


class TrainedModel(Protocol):
    """A trained model: the log of its training, and its network at each saved epoch."""

    log: TrainingLog

    def at(self, epoch: Epoch) -> Any:  # noqa: ANN401 - any capability
        """Return the network as it was after an epoch.

        Args:
            epoch: A number, "best" or "last".

        Returns:
            A network with the capabilities that the recipe offers.
        """
        ...


@runtime_checkable
class HasParameterCount(Protocol):
    """A model that knows how many numbers it has learnt."""

    @property
    def parameters(self) -> int:
        """Number of learnt parameters."""
        ...


@runtime_checkable
class HasLabels(Protocol):
    """A model of the labels of its corpus."""

    labels: tuple[str, ...]


@runtime_checkable
class HasWeightsHash(Protocol):
    """A model that can prove that its weights have not changed."""

    def weights_hash(self) -> str:
        """Return the SHA-256 of all weights as they are now."""
        ...


class ModelSpec(Spec):
    """A recipe. Training writes a folder; loading reads it."""

    version: ClassVar[int] = 1
    """Bump when the same settings would train another model."""
    offers: ClassVar[tuple[type, ...]] = ()
    """Capability protocols that trained models can have; a test proves them."""
    expects: ClassVar[frozenset[Annotation]] = frozenset()
    """What the documents of its corpus must carry beside their text."""
    export_formats: ClassVar[tuple[ExportFormat, ...]] = ()
    """Programs that can read the kind, the one meant if none is said first."""
    kind: str
    """Which recipe; the rest of the entry are its settings."""
    corpus: str | None = None
    """Name of the corpus to learn from; none for a model that is read, not trained."""
    epochs: int = 0
    """How often the whole corpus is gone through."""

    def capabilities(self) -> tuple[type, ...]:
        """Return the capabilities of a model with these settings, among `offers`."""
        return self.offers

    def explain_missing_capability(self, capability: type) -> str:
        """Explain why these settings rule out a capability that the kind offers.

        Args:
            capability: One of the protocols in `capabilities`.

        Returns:
            The reason, ending with what to set instead; "" if nothing rules it out.
        """
        del capability
        return ""

    def is_epoch_saved(self, epoch: int) -> bool:
        """Return whether training is known to save the weights of an epoch.

        Args:
            epoch: Number of the epoch; 0 is before training.

        Returns:
            True if the epoch will be saved for certain.
        """
        return 0 <= epoch <= self.epochs

    def with_folders(self, folders: Folders) -> Self:
        """Return the recipe with the folders that its files are looked for in.

        Args:
            folders: The study's folder and the data folder.

        Returns:
            A recipe with these folders, or the same where it reads no files.
        """
        del folders
        return self

    def with_file_settings(self, folder: Path) -> Self:
        """Return the recipe with the settings that the files it begins with bring.

        Called when the study file is read, so that whatever is printed, keyed or asked
        of the recipe is what the files say. Files that are not there change nothing:
        a study whose artifacts are committed is drawn without them.

        Args:
            folder: The study's folder.

        Returns:
            A recipe with these settings, or the same where files bring none.

        Raises:
            SettingError: A file is not what it should be, or says otherwise than a
                setting.
        """
        del folder
        return self

    def check_files(self) -> None:
        """Check the files that training begins with, all of their bytes.

        Called before anything of the study is trained.

        Raises:
            StudyError: A file is damaged, or does not fit the others.
        """

    def list_code(self) -> dict[str, Path]:
        """Return the files of a project's own code that this recipe runs.

        They run only after somebody has trusted them; see `with_trusted_code`.

        Returns:
            Paths by the names that the code knows them by.

        Raises:
            SettingError: A file is missing, or no plain file.
        """
        return {}

    def with_trusted_code(self, hashes: Mapping[str, str]) -> Self:
        """Return the recipe with leave to run its code.

        Args:
            hashes: SHA-256 of each file of `list_code`, as it was trusted.

        Returns:
            A recipe that runs files with these hashes and no others.
        """
        del hashes
        return self

    def list_followed_models(self) -> tuple[str, ...]:
        """Return the names of models that must be trained before this one."""
        return ()

    def with_followed_models(self, earlier: Mapping[str, TrainedModel]) -> Self:
        """Return the recipe with the trained models that it follows.

        Args:
            earlier: Trained models by name, those of `list_followed_models` among them.

        Returns:
            A recipe with these models, or the same where it follows none.
        """
        del earlier
        return self

    def key_settings(self) -> dict[str, Any]:
        """Return the settings that enter the model's key.

        Names of other entries, such as the corpus, are left out: those enter by their
        own keys.

        Returns:
            Settings as plain JSON values.
        """
        return self.model_dump(mode="json", exclude={"corpus"})

    @classmethod
    def describe_settings(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings that a page prints: those that play a part.

        Args:
            settings: All settings of a model, as its artifacts record them.

        Returns:
            Settings as plain JSON values.
        """
        return dict(settings)

    def key_answers(self) -> dict[str, Any]:
        """Return what enters the keys of artifacts, and not of the model itself.

        Changed where methods would ask the same weights in another way.
        """
        return {}

    def train(
        self, corpus: Corpus | None, seed: int, folder: Path, progress: Progress
    ) -> None:
        """Train into a folder, continuing from a checkpoint that is there.

        Returns when the folder is complete; a complete folder is left untouched. An
        interrupt is raised again after a checkpoint was written.

        Args:
            corpus: The corpus to learn from; None for a model that is read, not
                trained.
            seed: The study's seed.
            folder: Where the model is written.
            progress: Receives losses as training goes on.
        """
        raise NotImplementedError

    def is_trained(self, folder: Path) -> bool:
        """Return whether a folder holds the complete model.

        Args:
            folder: A model's folder.

        Returns:
            True if every file is there and its hash is right.
        """
        raise NotImplementedError

    def load(self, folder: Path) -> TrainedModel:
        """Load the trained model.

        Args:
            folder: A complete folder.

        Returns:
            The trained model.

        Raises:
            IntegrityError: The folder is damaged.
        """
        raise NotImplementedError

    def find_disagreement(self, model: TrainedModel, corpus: Corpus | None) -> str:
        """Find in what a trained model is not what these settings train.

        The hashes of a model's files prove that nothing happened to them, and not that
        this recipe wrote them.

        Args:
            model: The model, as it was loaded.
            corpus: The corpus that it should have learnt from; None to leave out what
                only that can tell.

        Returns:
            What it says, and what it should; "" where all agrees.
        """
        if corpus is None:
            return ""
        aside = {*model.log.held_out, *model.log.tested}
        if len(aside) < len(model.log.held_out) + len(model.log.tested):
            return "it holds the same text out twice"
        if aside - set(range(len(corpus.documents))):
            return (
                f"it holds out texts beyond the {len(corpus.documents)} of its corpus"
            )
        if isinstance(model, HasLabels) and model.labels != corpus.labels:
            ours, theirs = (", ".join(one) for one in (model.labels, corpus.labels))
            return (
                f"its labels are {quote_text(ours)}, its corpus' {quote_text(theirs)}"
            )
        return ""

    def explain_missing_export(self, form: ExportFormat) -> str:
        """Explain why a model has no files of another program; "" if it has.

        Args:
            form: The program that would read them.
        """
        if form in self.export_formats:
            return ""
        programs = {"keras": "stock Keras", "textgenrnn": "textgenrnn"}
        return f"{programs[form]} reads no models of kind {self.kind}"

    def encode_export(
        self, folder: Path, epoch: Epoch, name: str, form: ExportFormat
    ) -> dict[str, bytes]:
        """Encode a trained model in the files of another program.

        Args:
            folder: A complete folder.
            epoch: The snapshot: a number, "best" or "last".
            name: What the files' names begin with.
            form: The program that reads them.

        Returns:
            The bytes of each file by its name.

        Raises:
            ConfigError: The epoch was not kept.
        """
        raise NotImplementedError

    def foreign_key(self) -> str:
        """Return a hash of the files that this recipe reads, such as weights, or ""."""
        return ""
