"""A trained network on disk: settings, vocabulary, log and snapshots.

model.json                what shape the network has
vocabulary.json           tokens in the order of their ids, and what goes with them
log.json                  losses by epoch, held-out documents, fingerprint
snapshots/epoch-000.npz   weights after an epoch; 0 is before training
manifest.json             written last, with the SHA-256 of all of these
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import keras

from generator.core import files
from generator.core import files as manifest
from generator.core.errors import ConfigError, IntegrityError
from generator.core.progress import Progress
from generator.models import base
from generator.models.base import Epoch, ExampleUnit, TrainingLog
from generator.networks import parameters
from generator.networks.parameters import Arrays, Shapes
from generator.networks.training import checkpoint, loop
from generator.networks.training.examples import Examples
from generator.networks.training.loop import snapshot_path
from generator.networks.training.steps import Loss

_FILE_NAMES = ("model.json", "vocabulary.json", "log.json")
Network = TypeVar("Network")
Json = Mapping[str, Any]


class SavedNetwork(Generic[Network]):
    """A trained model, read from its folder.

    A subclass reads the files' settings in `_read_settings`, and builds in
    `_build_network` the network of an epoch.
    """

    learnt: ClassVar[ExampleUnit | None] = None
    """What an example is, whatever the log says: earlier ones of some kinds call it a
    text, though their losses were per token."""

    def __init__(self, folder: Path) -> None:
        """Read and check the folder.

        Args:
            folder: A folder that `train_into_folder` completed.

        Raises:
            IntegrityError: The folder is incomplete, damaged or of another version.
        """
        contents = manifest.read_verified_files(folder)
        try:
            model, vocabulary, log = (
                json.loads(contents[name]) for name in _FILE_NAMES
            )
            self._shapes = self._read_settings(model, vocabulary)
            self.log = base.decode_log(log)
            if self.learnt:
                self.log = replace(self.log, learnt=self.learnt)
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"{folder}: written by another version") from error
        self._snapshots = {
            epoch: contents[name]
            for epoch in self.log.epochs
            if (name := _format_snapshot_name(folder, epoch)) in contents
        }
        self._networks: dict[int, Network] = {}

    def at(self, epoch: Epoch) -> Network:
        """Return the network after an epoch, built once.

        Args:
            epoch: A number, `best` or `last`.

        Raises:
            ConfigError: The epoch's weights were not kept.
            IntegrityError: The weights do not fit the settings.
        """
        named = {"best": self.log.best, "last": self.log.epochs[-1]}
        number = named[epoch] if isinstance(epoch, str) else epoch
        if number not in self._snapshots:
            kept = ", ".join(map(str, sorted(self._snapshots)))
            raise ConfigError(
                f"epoch {number} was not kept; kept: {kept}; "
                "name one of these, or add it to the model's snapshots"
            )
        if number not in self._networks:
            expected = [(shape, "<f4") for _, shape in self._shapes]
            arrays = parameters.decode_arrays(self._snapshots[number], expected)
            self._networks[number] = self._build_network(arrays, number)
        return self._networks[number]

    def _read_settings(self, model: Json, vocabulary: Json) -> Shapes:
        """Store what the files say, and return the shapes of the weights.

        Raises:
            KeyError: A file lacks a value.
            TypeError: A value is of another type.
            ValueError: A value is out of range.
        """
        raise NotImplementedError

    def _build_network(self, arrays: Arrays, epoch: int) -> Network:
        """Return the network with these weights."""
        raise NotImplementedError


@dataclass(frozen=True)
class Lesson:
    """What a network learns, and what its folder then says of it."""

    model: keras.Model
    loss: Loss
    examples: Examples
    held_out: Examples
    identity: str  # hash of what decides the result beside weights and examples
    seed_generators: int
    shape: Json
    vocabulary: Json
    documents: tuple[int, ...]  # held out
    learnt: ExampleUnit
    tested: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    name: str = "model"


def train_into_folder(
    lesson: Lesson, settings: loop.TrainingSettings, folder: Path, progress: Progress
) -> None:
    """Train into `folder`, resuming where an earlier run stopped, and complete it.

    Args:
        lesson: The network and what it learns from.
        settings: How to train.
        folder: Gets checkpoints, snapshots and the files listed above.
        progress: Gets reports of steps and epochs.

    Raises:
        CorpusError: There is nothing to train on.
        IntegrityError: The training diverged.
        ResourceError: A file cannot be written.
    """
    outcome = loop.train(
        lesson.model,
        lesson.loss,
        lesson.examples,
        lesson.held_out,
        settings,
        folder,
        progress,
        name=lesson.name,
        identity=lesson.identity,
        seed_generators=lesson.seed_generators,
    )
    log = replace(
        outcome.log,
        held_out=lesson.documents,
        tested=lesson.tested,
        learnt=lesson.learnt,
        notes=lesson.notes,
    )
    save_model(folder, lesson.shape, lesson.vocabulary, log, outcome.snapshots)
    checkpoint.remove_checkpoints(folder)


def hash_json(value: object) -> str:
    """Return the SHA-256 of a JSON value, for `Lesson.identity`."""
    return files.digest(json.dumps(value, sort_keys=True).encode())


def save_model(
    folder: Path,
    model: Json,
    vocabulary: Json,
    log: TrainingLog,
    snapshots: Iterable[int],
) -> None:
    """Write the files of a trained model and declare its folder complete.

    Args:
        folder: Holds the snapshots already.
        model: What shape the network has.
        vocabulary: Tokens in the order of their ids, and what goes with them.
        log: The past of the training by epochs.
        snapshots: The epochs whose weights were kept.

    Raises:
        ResourceError: A file cannot be written.
    """
    data = dict(zip(_FILE_NAMES, (model, vocabulary, asdict(log)), strict=True))
    project = files.find_project_of(folder, files.MODEL_DEPTH)
    for name, value in data.items():
        encoded = base.encode_json(value)
        files.write(folder / name, encoded, "a trained model", project)
    names = [_format_snapshot_name(folder, epoch) for epoch in snapshots]
    manifest.write_manifest(folder, [*data, *names])


def _format_snapshot_name(folder: Path, epoch: int) -> str:
    return snapshot_path(folder, epoch).relative_to(folder).as_posix()
